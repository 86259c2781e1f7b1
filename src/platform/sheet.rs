//! Tables as CSV that Excel opens with Chinese intact, and as workbooks. In neither can a text become a formula.

mod printed;
mod xlsx;

pub use printed::{Printed, printed};
pub use xlsx::{Table, xlsx};

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text that people wrote or may have written.
    Text(String),
    /// A figure of ours.
    Figure(String),
    /// A day.
    Day(Day),
}

impl Cell {
    /// An amount in yuan.
    #[must_use]
    pub fn yuan(amount: Fen) -> Cell {
        Cell::Figure(amount.to_string())
    }
    /// A count.
    #[must_use]
    pub fn count(number: usize) -> Cell {
        Cell::Figure(number.to_string())
    }
    /// As it is written. Spreadsheets calculate texts that begin with `=`, `+`, `-`, `@`, a tab or a line end (also in their
    /// full width); an apostrophe before them makes them plain text.
    fn written(&self) -> String {
        match self {
            Cell::Figure(figure) => figure.clone(),
            Cell::Day(day) => day.to_string(),
            Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) => {
                format!("'{text}")
            }
            Cell::Text(text) => text.clone(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<Day> for Cell {
    fn from(day: Day) -> Cell {
        Cell::Day(day)
    }
}

/// A table as CSV with a byte order mark.
///
/// # Errors
/// When a row has another length than the header.
pub fn csv(header: &[&str], rows: &[Vec<Cell>]) -> Outcome<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(header).map_err(AppError::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(Cell::written)).map_err(AppError::internal)?;
    }
    writer.into_inner().map_err(AppError::internal)
}

/// Rows as lines of CSV, to be written one after another: without a byte order mark, for programs.
///
/// # Errors
/// When rows differ in length.
pub fn csv_lines(rows: &[Vec<Cell>]) -> Outcome<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(Cell::written)).map_err(AppError::internal)?;
    }
    writer.into_inner().map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula_and_figures_stay_figures() {
        let rows = [
            vec![Cell::from("盐池县"), Cell::yuan(Fen::new(-1205))],
            vec![Cell::from("=1+1"), Cell::count(3)],
            vec![Cell::from("－cmd, \"x\""), Cell::Figure("23.43".to_owned())],
        ];
        let text = String::from_utf8(csv(&["县", "金额"], &rows).unwrap()).unwrap();
        assert_eq!(text, "\u{feff}县,金额\r\n盐池县,-12.05\r\n'=1+1,3\r\n\"'－cmd, \"\"x\"\"\",23.43\r\n");
        assert!(csv(&["a"], &rows).is_err());
    }
}
