//! A table laid out for paper: its title over it, heads repeated on every page, one page wide, its total last, notes under it.

use super::Cell;
use super::xlsx::{date, width_of, write_figure};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::time::Day;
use rust_xlsxwriter::{DocProperties, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

/// A4, as workbooks number papers.
const A4: u8 = 9;

/// A table for paper.
#[derive(Debug)]
pub struct Printed<'a> {
    /// The name on the tab.
    pub name: &'a str,
    /// Over the table.
    pub title: &'a str,
    /// Under the title: the day, the number, the unit of the amounts.
    pub subtitle: &'a str,
    /// The names of its columns.
    pub header: &'a [&'a str],
    /// Its rows, each as long as the header; the last one is the total.
    pub rows: &'a [Vec<Cell>],
    /// Under the table.
    pub notes: &'a [String],
}

struct Formats {
    title: Format,
    subtitle: Format,
    head: Format,
    text: Format,
    count: Format,
    amount: Format,
    note: Format,
}

impl Formats {
    fn new(total: bool) -> Formats {
        let cell = || {
            let cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
            if total { cell.set_bold() } else { cell }
        };
        Formats {
            title: Format::new().set_bold().set_font_size(16).set_align(FormatAlign::Center),
            subtitle: Format::new().set_align(FormatAlign::Right),
            head: cell().set_bold().set_align(FormatAlign::Center).set_text_wrap(),
            text: cell().set_text_wrap(),
            count: cell().set_num_format("#,##0"),
            amount: cell().set_num_format("#,##0.00"),
            note: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        }
    }
}

/// The workbook of a table for paper; the same table made for the same day is the same bytes.
///
/// # Errors
/// When a row has another length than its header.
pub fn printed(table: &Printed<'_>, made_on: Day) -> Outcome<Vec<u8>> {
    if table.rows.iter().any(|row| row.len() != table.header.len()) {
        return Err(AppError::internal("a row has another length than its header"));
    }
    let mut workbook = Workbook::new();
    if let Some(made) = date(made_on) {
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    }
    fill(workbook.add_worksheet(), table).map_err(AppError::internal)?;
    workbook.save_to_buffer().map_err(AppError::internal)
}

fn fill(sheet: &mut Worksheet, table: &Printed<'_>) -> Result<(), XlsxError> {
    let (plain, total) = (Formats::new(false), Formats::new(true));
    let last = u16::try_from(table.header.len()).unwrap_or(u16::MAX).saturating_sub(1);
    sheet.set_name(table.name)?.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0);
    sheet.set_repeat_rows(0, 2)?.set_freeze_panes(3, 1)?.set_footer("&C第 &P 页，共 &N 页");
    across(sheet, 0, last, table.title, &plain.title)?;
    across(sheet, 1, last, table.subtitle, &plain.subtitle)?;
    for (column, name) in (0u16..).zip(table.header) {
        sheet.write_string_with_format(2, column, *name, &plain.head)?;
        sheet.set_column_width(column, width_of(table.rows, usize::from(column), name))?;
    }
    let mut row = 3u32;
    for (index, cells) in table.rows.iter().enumerate() {
        let formats = if index + 1 == table.rows.len() { &total } else { &plain };
        for (column, cell) in (0u16..).zip(cells) {
            write(sheet, (row, column), cell, formats)?;
        }
        row += 1;
    }
    for note in table.notes {
        across(sheet, row, last, note, &plain.note)?;
        row += 1;
    }
    Ok(())
}

/// A text over the whole width.
fn across(sheet: &mut Worksheet, row: u32, last: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if last == 0 {
        return sheet.write_string_with_format(row, 0, text, format).map(drop);
    }
    sheet.merge_range(row, 0, row, last, text, format).map(drop)
}

fn write(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, formats: &Formats) -> Result<(), XlsxError> {
    let text = match cell {
        Cell::Figure(figure) => {
            let number = if figure.contains('.') { &formats.amount } else { &formats.count };
            return write_figure(sheet, (row, column), figure, (number, &formats.text));
        }
        Cell::Day(day) => day.to_string(),
        Cell::Text(text) => text.clone(),
    };
    sheet.write_string_with_format(row, column, text, &formats.text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    #[test]
    fn another_library_reads_title_heads_numbers_total_and_notes() {
        let figure = |text: &str| Cell::Figure(text.to_owned());
        let rows = [
            vec![Cell::from("区本级"), Cell::count(12), figure("602.26"), figure("N/A")],
            vec![Cell::from("合计"), Cell::count(12), figure("602.26"), figure("23.43")],
        ];
        let notes = ["注：分项与合计可能存在尾差。".to_owned()];
        let table = Printed {
            name: "通报",
            title: "采购进度通报",
            subtitle: "单位：万元",
            header: &["地区", "账号数", "预留", "完成率"],
            rows: &rows,
            notes: &notes,
        };
        let day = Day::ymd(2021, 3, 1);
        let bytes = printed(&table, day).unwrap();
        assert_eq!(bytes, printed(&table, day).unwrap());
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let read = book.worksheet_range("通报").unwrap();
        let text = |row, column| read.get((row, column)).map(ToString::to_string).unwrap_or_default();
        assert_eq!((text(0, 0), text(1, 0), text(2, 3)), ("采购进度通报".into(), "单位：万元".into(), "完成率".into()));
        assert_eq!((read.get((3, 2)), read.get((4, 3))), (Some(&Data::Float(602.26)), Some(&Data::Float(23.43))));
        assert_eq!((text(3, 3), text(5, 0)), ("N/A".into(), notes[0].clone()));
        assert!(printed(&Printed { header: &["地区"], ..table }, day).is_err());
    }
}
