//! A sheet of a workbook, cell by cell.

use super::{Gathering, Given, Limits, Merged, Table, Unreadable};
use calamine::{Data, DataRef, ExcelDateTime, Reader, Xlsx};
use std::io::Cursor;

/// Merged cells that are kept; more are as wrong as these.
const MOST_MERGED: usize = 10_000;

/// Reads the sheet of this name, or the only one.
pub fn workbook(bytes: &[u8], wanted: &str, limits: Limits) -> Result<Table, Unreadable> {
    let damaged = |e: calamine::XlsxError| Unreadable::Damaged(e.to_string());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let names = book.sheet_names();
    let name = match names.as_slice() {
        [only] => only.clone(),
        several => several
            .iter()
            .find(|name| name.trim() == wanted)
            .cloned()
            .ok_or_else(|| Unreadable::NoSheet(wanted.to_owned(), names.clone()))?,
    };
    let since_1904 = book.has_1904_epoch();
    let mut gathering = Gathering::new(limits);
    let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(damaged)? {
        let (row, column) = (place(cell.pos.0) + 1, place(cell.pos.1));
        if cell.formula.is_some() {
            gathering.take(row, column, Given::Formula)?;
        } else if let Some(given) = given(cell.value) {
            gathering.take(row, column, given)?;
        }
    }
    drop(cells);
    let mut table = gathering.table();
    let merged = book.merge_cells_by_sheet_name(&name).map_err(damaged)?;
    let below = merged.into_iter().filter(|area| area.end.0 > 0).take(MOST_MERGED);
    table.merged = below
        .map(|area| Merged {
            rows: (place(area.start.0) + 1, place(area.end.0) + 1),
            columns: (place(area.start.1), place(area.end.1)),
        })
        .collect();
    table.since_1904 = since_1904;
    Ok(table)
}

fn place(at: u32) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX - 1)
}

fn given(value: DataRef<'_>) -> Option<Given> {
    Some(match Data::from(value) {
        Data::Empty => return None,
        Data::String(text) => Given::Text(text),
        Data::Int(number) => Given::Number(number.to_string()),
        // The shortest digits that tell the number from its neighbours are those that were typed.
        Data::Float(number) => Given::Number(number.to_string()),
        Data::Bool(truth) => Given::Truth(truth),
        Data::DateTime(moment) => Given::Moment(shown(&moment)),
        Data::DateTimeIso(text) => Given::Moment(text.strip_suffix("T00:00:00").map_or(text.clone(), str::to_owned)),
        Data::DurationIso(text) => Given::Text(text),
        Data::Error(fault) => Given::Fault(fault.to_string()),
    })
}

fn shown(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hours, minutes, seconds, millis) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hours, minutes, seconds, millis) == (0, 0, 0, 0) {
        return date;
    }
    format!("{date} {hours:02}:{minutes:02}:{seconds:02}")
}
