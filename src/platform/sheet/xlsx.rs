//! Workbooks: text cells are written as texts, figures as numbers, days as dates; columns are as wide as what stands in them.

use super::Cell;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::time::Day;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

/// The widest that a column becomes, in Latin letters; longer texts run over several lines.
const WIDEST: usize = 48;

/// A sheet of a workbook.
#[derive(Debug)]
pub struct Table<'a> {
    /// The name on its tab.
    pub name: &'a str,
    /// The names of its columns.
    pub header: &'a [&'a str],
    /// Its rows, each as long as the header.
    pub rows: &'a [Vec<Cell>],
}

struct Formats {
    head: Format,
    text: Format,
    figure: Format,
    day: Format,
}

/// A workbook of these sheets; the same sheets made for the same day are the same bytes.
///
/// # Errors
/// When a row has another length than its header, or a table is more than a sheet holds.
pub fn xlsx(tables: &[Table<'_>], made_on: Day) -> Outcome<Vec<u8>> {
    let formats = Formats {
        head: Format::new().set_bold().set_align(FormatAlign::Center).set_border_bottom(FormatBorder::Thin),
        text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        figure: Format::new(),
        day: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Top),
    };
    let mut workbook = Workbook::new();
    if let Some(made) = date(made_on) {
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    }
    for table in tables {
        if table.rows.iter().any(|row| row.len() != table.header.len()) {
            return Err(AppError::internal("a row has another length than its header"));
        }
        fill(workbook.add_worksheet(), table, &formats).map_err(AppError::internal)?;
    }
    workbook.save_to_buffer().map_err(AppError::internal)
}

fn fill(sheet: &mut Worksheet, table: &Table<'_>, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?.set_freeze_panes(1, 0)?;
    for (column, name) in (0u16..).zip(table.header) {
        sheet.write_string_with_format(0, column, *name, &formats.head)?;
        sheet.set_column_width(column, width(table, usize::from(column), name))?;
    }
    for (row, cells) in (1u32..).zip(table.rows) {
        for (column, cell) in (0u16..).zip(cells) {
            write(sheet, (row, column), cell, formats)?;
        }
    }
    Ok(())
}

fn write(sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell, formats: &Formats) -> Result<(), XlsxError> {
    let text = match cell {
        Cell::Day(day) => match date(*day) {
            Some(date) => return sheet.write_datetime_with_format(row, column, date, &formats.day).map(drop),
            None => day.to_string(),
        },
        Cell::Figure(figure) => return write_figure(sheet, (row, column), figure, (&formats.figure, &formats.text)),
        Cell::Text(text) => text.clone(),
    };
    sheet.write_string_with_format(row, column, text, &formats.text).map(drop)
}

/// A figure as a number; a spreadsheet counts with fifteen digits: a longer one, or a word in its place, stays whole as a text.
pub(super) fn write_figure(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    figure: &str,
    (number, text): (&Format, &Format),
) -> Result<(), XlsxError> {
    match figure.parse::<serde_json::Number>().ok().and_then(|number| number.as_f64()) {
        Some(value) if figure.len() <= 15 => sheet.write_number_with_format(row, column, value, number).map(drop),
        _ => sheet.write_string_with_format(row, column, figure, text).map(drop),
    }
}

/// Dates of spreadsheets begin in 1900.
pub(super) fn date(day: Day) -> Option<ExcelDateTime> {
    let date = day.date();
    let (year, month, day) = (date.year().try_into().ok()?, date.month().try_into().ok()?, date.day().try_into().ok()?);
    ExcelDateTime::from_ymd(year, month, day).ok()
}

/// A Chinese character is as wide as two Latin letters.
fn width(table: &Table<'_>, column: usize, name: &str) -> u32 {
    width_of(table.rows, column, name)
}

pub(super) fn width_of(rows: &[Vec<Cell>], column: usize, name: &str) -> u32 {
    let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| match cell {
        Cell::Text(text) | Cell::Figure(text) => text.width(),
        Cell::Day(_) => 10,
    });
    let widest = cells.chain([name.width()]).max().unwrap_or(0).min(WIDEST);
    u32::try_from(widest + 2).unwrap_or(10)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    #[test]
    fn what_is_read_back_has_the_values_and_types_that_were_written() {
        let rows = [
            vec![Cell::from("=HYPERLINK(\"http://x\")"), Cell::count(3), Cell::from(Day::ymd(2021, 3, 1))],
            vec![Cell::from("盐池县黄花菜"), Cell::Figure("-12.05".to_owned()), Cell::from(Day::ymd(1899, 3, 1))],
            vec![Cell::from("007"), Cell::Figure("12345678901234567".to_owned()), Cell::from(Day::ymd(2024, 2, 29))],
        ];
        let tables = [Table { name: "目录", header: &["产品", "数", "日期"], rows: &rows }];
        let bytes = xlsx(&tables, Day::ymd(2021, 3, 1)).unwrap();
        assert_eq!(bytes, xlsx(&tables, Day::ymd(2021, 3, 1)).unwrap());
        let mut book = Xlsx::new(Cursor::new(bytes)).unwrap();
        let read = book.worksheet_range("目录").unwrap();
        let day = |row| read.get((row, 2)).unwrap().clone();
        assert_eq!(read.get((1, 0)), Some(&Data::String("=HYPERLINK(\"http://x\")".to_owned())));
        assert_eq!(read.get((1, 1)), Some(&Data::Float(3.0)));
        assert!(matches!(day(1), Data::DateTime(date) if date.to_ymd_hms_milli() == (2021, 3, 1, 0, 0, 0, 0)));
        assert_eq!((read.get((2, 1)), day(2)), (Some(&Data::Float(-12.05)), Data::String("1899-03-01".to_owned())));
        assert_eq!(read.get((3, 0)), Some(&Data::String("007".to_owned())));
        assert_eq!(read.get((3, 1)), Some(&Data::String("12345678901234567".to_owned())));
        assert!(book.worksheet_formula("目录").unwrap().is_empty(), "no cell is a formula");
        assert!(xlsx(&[Table { name: "a", header: &["x"], rows: &rows }], Day::ymd(2021, 3, 1)).is_err());
    }

    #[test]
    fn columns_fit_chinese() {
        let rows = [vec![Cell::from("宁夏回族自治区"), Cell::from("x".repeat(500))]];
        let table = Table { name: "a", header: &["县", "说明"], rows: &rows };
        assert_eq!((width(&table, 0, "县"), width(&table, 1, "说明")), (16, 50));
    }
}
