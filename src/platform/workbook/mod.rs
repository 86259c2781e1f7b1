//! Tables that people fill in: XLSX workbooks and CSV, read in bounded memory whatever they claim to be, and the templates
//! that they fill in.

mod delimited;
mod package;
mod reading;
mod writing;

pub use writing::{Choice, Template, TemplateColumn};

use crate::kernel::error::{AppError, Code, FieldError, Message};

/// The media type of a workbook.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of a table with separators.
pub const CSV: &str = "text/csv";

/// The longest text of a cell that is kept; what is longer is cut, and is then too long for any field.
const LONGEST: usize = 5_000;
/// The text of all cells together, in bytes.
const MOST_TEXT: usize = 48 * 1024 * 1024;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// Text.
    Text(String),
    /// A number, in decimal digits as short as it can be told from its neighbours.
    Number(String),
    /// A cell that is shown as a day: `YYYY-MM-DD`, or with the time when it has one.
    Moment(String),
    /// A truth value.
    Truth(bool),
    /// A formula: what it came to when the file was saved is nobody's word.
    Formula,
    /// An error of the spreadsheet: `#N/A`.
    Fault(String),
}

/// A row that is not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number as spreadsheets show it.
    pub number: usize,
    /// Its cells that are not blank, by column, counted from 0.
    pub cells: Vec<(usize, Given)>,
}

/// Cells merged into one; rows as spreadsheets show them, columns counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// First and last row.
    pub rows: (usize, usize),
    /// First and last column.
    pub columns: (usize, usize),
}

/// A table with its titles in the first row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Titles that are not blank, by column.
    pub header: Vec<(usize, String)>,
    /// The rows below that are not empty.
    pub rows: Vec<Row>,
    /// Merged cells below the titles.
    pub merged: Vec<Merged>,
    /// Whether serial numbers of days count from 1904.
    pub since_1904: bool,
}

/// How much is read.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Rows below the titles that are not empty.
    pub rows: usize,
    /// Columns with a title.
    pub columns: usize,
}

/// Why a file is no table that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// It is no workbook at all.
    NotAWorkbook,
    /// It is no text in UTF-8.
    NotUtf8,
    /// What it unpacks to is more than this many bytes.
    Unpacked(u64),
    /// It is damaged; for the log.
    Damaged(String),
    /// There is no sheet of this name among these.
    NoSheet(String, Vec<String>),
    /// The first row is empty.
    NoHeader,
    /// More rows than may be.
    Rows(usize),
    /// More columns than may be.
    Columns(usize),
    /// All texts together are too long.
    Text,
}

impl From<Unreadable> for AppError {
    fn from(why: Unreadable) -> AppError {
        let unreadable = |zh: String, en: String| AppError::new(Code::SheetUnreadable).detail(zh, en);
        let large = |zh: String, en: String| AppError::new(Code::PayloadTooLarge).detail(zh, en);
        match why {
            Unreadable::NotAWorkbook => {
                AppError::new(Code::FileTypeMismatch).detail("内容不是 XLSX 工作簿", "the content is no XLSX workbook")
            }
            Unreadable::NotUtf8 => AppError::new(Code::FileTypeMismatch)
                .detail("内容不是 UTF-8 编码的 CSV 文本", "the content is no CSV text in UTF-8"),
            Unreadable::Unpacked(most) => large(
                format!("工作簿解压后超过 {} MiB", most / 1024 / 1024),
                format!("the workbook unpacks to more than {} MiB", most / 1024 / 1024),
            ),
            Unreadable::Damaged(cause) => {
                unreadable("文件已损坏".to_owned(), "the file is damaged".to_owned()).cause(cause)
            }
            Unreadable::NoSheet(wanted, found) => {
                let found: Vec<String> = found.into_iter().take(20).collect();
                let message = Message::new(
                    format!("没有名为“{wanted}”的工作表，只有：{}", found.join("、")),
                    format!("has no sheet named {wanted}; it has: {}", found.join(", ")),
                );
                AppError::new(Code::SheetUnreadable).with_field(FieldError::new("/sheet", "not_found", message))
            }
            Unreadable::NoHeader => {
                unreadable("第 1 行应为列标题".to_owned(), "row 1 must hold the columns' titles".to_owned())
            }
            Unreadable::Rows(most) => large(format!("最多 {most} 行"), format!("has more than {most} rows")),
            Unreadable::Columns(most) => large(format!("最多 {most} 列"), format!("has more than {most} columns")),
            Unreadable::Text => large("单元格文字过多".to_owned(), "its cells hold too much text".to_owned()),
        }
    }
}

/// Whether bytes can be of the type they claim; only the first look, before anything is unpacked.
///
/// # Errors
/// [`Unreadable::NotAWorkbook`], [`Unreadable::NotUtf8`].
pub fn check_claim(bytes: &[u8], content_type: &str) -> Result<(), Unreadable> {
    if content_type == XLSX {
        return if bytes.starts_with(b"PK\x03\x04") { Ok(()) } else { Err(Unreadable::NotAWorkbook) };
    }
    let stray = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() && !text.contains(stray) => Ok(()),
        _ => Err(Unreadable::NotUtf8),
    }
}

/// Reads a table: a CSV, or the sheet of this name of a workbook (its only one, whatever its name).
///
/// # Errors
/// Why it cannot be read.
pub fn read(bytes: &[u8], content_type: &str, sheet: &str, limits: Limits) -> Result<Table, Unreadable> {
    let table = read_foreign(bytes, content_type, sheet, limits)?;
    if table.header.is_empty() { Err(Unreadable::NoHeader) } else { Ok(table) }
}

/// Reads a table that is none of our templates: its titles may stand further below, with the first row empty.
///
/// # Errors
/// Why it cannot be read.
pub fn read_foreign(bytes: &[u8], content_type: &str, sheet: &str, limits: Limits) -> Result<Table, Unreadable> {
    check_claim(bytes, content_type)?;
    if content_type == XLSX {
        package::check(bytes)?;
        reading::workbook(bytes, sheet, limits)
    } else {
        delimited::text(bytes, limits)
    }
}

/// The letters of a column, counted from 0: `A`, `Z`, `AA`.
#[must_use]
pub fn letters(column: usize) -> String {
    let mut text = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        text.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    text
}

/// Puts rows together and keeps to the limits, whatever order cells come in.
struct Gathering {
    limits: Limits,
    rows: std::collections::BTreeMap<usize, Vec<(usize, Given)>>,
    text: usize,
}

impl Gathering {
    fn new(limits: Limits) -> Gathering {
        Gathering { limits, rows: std::collections::BTreeMap::new(), text: 0 }
    }
    /// Takes a cell of a row (as spreadsheets count it) and a column (from 0).
    fn take(&mut self, row: usize, column: usize, given: Given) -> Result<(), Unreadable> {
        let given = match given {
            Given::Text(text) if text.trim().is_empty() => return Ok(()),
            Given::Text(text) if text.len() > LONGEST => Given::Text(text.chars().take(LONGEST).collect()),
            other => other,
        };
        let length = match &given {
            Given::Text(text) | Given::Number(text) | Given::Moment(text) | Given::Fault(text) => text.len(),
            Given::Truth(_) | Given::Formula => 1,
        };
        self.text += length;
        if self.text > MOST_TEXT {
            return Err(Unreadable::Text);
        }
        let cells = self.rows.entry(row).or_default();
        if cells.len() >= self.limits.columns {
            return Err(Unreadable::Columns(self.limits.columns));
        }
        cells.push((column, given));
        let below = self.rows.len() - usize::from(self.rows.contains_key(&1));
        if below > self.limits.rows { Err(Unreadable::Rows(self.limits.rows)) } else { Ok(()) }
    }
    fn table(mut self) -> Table {
        let titles = self.rows.remove(&1).unwrap_or_default();
        let title = |given: Given| match given {
            Given::Text(text) | Given::Number(text) | Given::Moment(text) | Given::Fault(text) => text,
            Given::Truth(yes) => yes.to_string(),
            Given::Formula => String::new(),
        };
        let header = titles.into_iter().map(|(column, given)| (column, title(given))).collect();
        let rows = self.rows.into_iter().map(|(number, cells)| Row { number, cells }).collect();
        Table { header, rows, merged: Vec::new(), since_1904: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { rows: 3, columns: 4 };

    #[test]
    fn columns_have_letters() {
        assert_eq!([0, 25, 26, 51, 701, 702].map(letters), ["A", "Z", "AA", "AZ", "ZZ", "AAA"]);
    }

    #[test]
    fn rows_are_counted_as_spreadsheets_show_them() {
        let text = "\u{feff}名称,数量\r\n甲,1\r\n\r\n\"两\n行\",２\r\n , \r\n丙,3\r\n";
        let table = read(text.as_bytes(), CSV, "", LIMITS).unwrap();
        assert_eq!(table.header, [(0, "名称".to_owned()), (1, "数量".to_owned())]);
        let numbers: Vec<usize> = table.rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, [2, 4, 6]);
        assert_eq!(table.rows[1].cells[0].1, Given::Text("两\n行".to_owned()));
    }

    #[test]
    fn what_is_too_much_or_no_table_is_refused() {
        let csv = |text: &str| read(text.as_bytes(), CSV, "", LIMITS).unwrap_err();
        assert_eq!(csv("a\n1\n2\n3\n4\n"), Unreadable::Rows(3));
        assert_eq!(csv("a,b,c,d,e\n"), Unreadable::Columns(4));
        assert_eq!(csv("\n1\n"), Unreadable::NoHeader);
        assert_eq!(csv(""), Unreadable::NotUtf8);
        assert_eq!(csv("a\u{0}b"), Unreadable::NotUtf8);
        assert_eq!(read(b"\xc3\xfb\xb3\xc6", CSV, "", LIMITS), Err(Unreadable::NotUtf8));
        assert_eq!(read(b"a,b", XLSX, "", LIMITS), Err(Unreadable::NotAWorkbook));
        assert_eq!(read(b"PK\x03\x04 and nothing more", XLSX, "", LIMITS), Err(Unreadable::NotAWorkbook));
    }
}
