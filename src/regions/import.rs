//! Reading CSV files of regions and of calendars: every wrong cell is named by row and column, and only a file without any
//! is imported.

use super::rules::DayWord;
use crate::kernel::error::{FieldError, Message};
use crate::kernel::region_code::RegionCode;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use csv::StringRecord;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::str::FromStr;

/// Errors that one report names; a file of the wrong kind has one in every line.
const MAX_ERRORS: usize = 100;
/// The longest name, in characters.
const MAX_NAME: usize = 60;

/// A line of a file of regions. What the file does not say stays as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionLine {
    /// The line in the file, from 1; the header is line 1.
    pub row: u64,
    /// The code.
    pub code: RegionCode,
    /// The name.
    pub name: String,
    /// Among the 832 counties.
    pub eligible_832: Option<bool>,
    /// May certify.
    pub poverty_task: Option<bool>,
    /// From when.
    pub valid_from: Option<Day>,
    /// Until when, exclusive.
    pub valid_to: Option<Day>,
}

/// A line of a file of days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarLine {
    /// The line in the file, from 1; the header is line 1.
    pub row: u64,
    /// Whose day.
    pub region: Territory,
    /// Which day.
    pub day: Day,
    /// Off or work.
    pub kind: DayWord,
    /// Why.
    pub name: String,
}

/// A file being read: its columns by name, and what is wrong so far.
struct Sheet {
    columns: BTreeMap<String, usize>,
    errors: Vec<FieldError>,
}

/// An error at a cell.
pub(super) fn wrong(row: u64, column: &str, zh: impl Into<String>, en: impl Into<String>) -> FieldError {
    FieldError::new(format!("/{row}/{column}"), "invalid", Message::new(zh, en))
}

impl Sheet {
    fn say(&mut self, row: u64, column: &str, zh: &str, en: &str) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(wrong(
                row,
                column,
                format!("第 {row} 行 {column}：{zh}"),
                format!("line {row}, {column}: {en}"),
            ));
        }
    }
    fn cell<'r>(&self, record: &'r StringRecord, column: &str) -> &'r str {
        self.columns.get(column).and_then(|n| record.get(*n)).unwrap_or("").trim()
    }
    /// A cell that must be there.
    fn need<T: FromStr>(&mut self, record: &StringRecord, row: u64, column: &str, (zh, en): (&str, &str)) -> Option<T> {
        let value = self.cell(record, column).parse().ok();
        if value.is_none() {
            self.say(row, column, zh, en);
        }
        value
    }
    /// A cell that may be empty.
    fn may<T: FromStr>(&mut self, record: &StringRecord, row: u64, column: &str, said: (&str, &str)) -> Option<T> {
        if self.cell(record, column).is_empty() { None } else { self.need(record, row, column, said) }
    }
    fn name(&mut self, record: &StringRecord, row: u64) -> Option<String> {
        let name = self.cell(record, "name");
        let fits = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
        if !fits {
            self.say(row, "name", "应为 1 至 60 个字符", "must be 1 to 60 characters");
        }
        fits.then(|| name.to_owned())
    }
}

const CODE: (&str, &str) = ("不是有效的区划代码", "is not a region code");
const DAY: (&str, &str) = ("应为 YYYY-MM-DD", "must be YYYY-MM-DD");
const TRUTH: (&str, &str) = ("应为 true 或 false", "must be true or false");
const KIND: (&str, &str) = ("应为 off 或 work", "must be off or work");

/// Reads a file with the columns `code,name` and optionally `eligible_832,poverty_task,valid_from,valid_to` (`level` and
/// `parent` follow from the code and may be there).
///
/// # Errors
/// Every wrong cell.
pub fn parse_regions(file: impl Read) -> Result<Vec<RegionLine>, Vec<FieldError>> {
    let known = ["code", "name", "level", "parent", "eligible_832", "poverty_task", "valid_from", "valid_to"];
    let mut seen = BTreeSet::new();
    read(file, &known, &["code", "name"], |sheet, record, row| {
        let code = sheet.need::<RegionCode>(record, row, "code", CODE);
        let name = sheet.name(record, row);
        let eligible_832 = sheet.may(record, row, "eligible_832", TRUTH);
        let poverty_task = sheet.may(record, row, "poverty_task", TRUTH);
        let (valid_from, valid_to) =
            (sheet.may::<Day>(record, row, "valid_from", DAY), sheet.may::<Day>(record, row, "valid_to", DAY));
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to <= from
        {
            sheet.say(row, "valid_to", "须晚于 valid_from", "must be later than valid_from");
        }
        let (code, name) = (code?, name?);
        if !seen.insert((code, valid_from)) {
            sheet.say(row, "code", "重复", "appears twice");
        }
        Some(RegionLine { row, code, name, eligible_832, poverty_task, valid_from, valid_to })
    })
}

/// Reads a file with the columns `region,date,kind,name`; the region 000000 is the nation.
///
/// # Errors
/// Every wrong cell.
pub fn parse_calendar(file: impl Read) -> Result<Vec<CalendarLine>, Vec<FieldError>> {
    let known = ["region", "date", "kind", "name"];
    let mut seen = BTreeSet::new();
    read(file, &known, &known, |sheet, record, row| {
        let region = sheet.need::<Territory>(record, row, "region", CODE);
        let day = sheet.need::<Day>(record, row, "date", DAY);
        let kind = sheet.need::<DayWord>(record, row, "kind", KIND);
        let name = sheet.name(record, row);
        let (region, day, kind, name) = (region?, day?, kind?, name?);
        if !seen.insert((region, day)) {
            sheet.say(row, "date", "重复", "appears twice");
        }
        Some(CalendarLine { row, region, day, kind, name })
    })
}

/// Reads the header, then every line; a byte order mark is forgiven.
fn read<T>(
    file: impl Read,
    known: &[&str],
    needed: &[&str],
    mut line: impl FnMut(&mut Sheet, &StringRecord, u64) -> Option<T>,
) -> Result<Vec<T>, Vec<FieldError>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
    let mut sheet = Sheet { columns: BTreeMap::new(), errors: Vec::new() };
    let header = reader.headers().map_err(|e| vec![unreadable(1, &e)])?.clone();
    for (n, column) in header.iter().enumerate() {
        let column = column.trim_start_matches('\u{feff}').trim();
        if !known.contains(&column) {
            sheet.say(1, column, "没有这一列", "there is no such column");
        } else if sheet.columns.insert(column.to_owned(), n).is_some() {
            sheet.say(1, column, "此列重复", "the column appears twice");
        }
    }
    for column in needed {
        if !sheet.columns.contains_key(*column) {
            sheet.say(1, column, "缺少这一列", "the column is missing");
        }
    }
    if !sheet.errors.is_empty() {
        return Err(sheet.errors);
    }
    let mut lines = Vec::new();
    for (record, row) in reader.records().zip(2..) {
        match record {
            Ok(record) if record.len() != header.len() => {
                sheet.say(row, "", "列数不符", "has the wrong number of columns");
            }
            Ok(record) => lines.extend(line(&mut sheet, &record, row)),
            Err(e) => {
                sheet.errors.push(unreadable(row, &e));
                break;
            }
        }
        if sheet.errors.len() >= MAX_ERRORS {
            break;
        }
    }
    if sheet.errors.is_empty() { Ok(lines) } else { Err(sheet.errors) }
}

fn unreadable(row: u64, error: &csv::Error) -> FieldError {
    wrong(row, "", format!("第 {row} 行无法读取（应为 UTF-8 的 CSV）"), format!("line {row} is not readable: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_list_of_codes_is_enough() {
        let lines = parse_regions("\u{feff}code,name\n110000,北京市\n110101, 东城区 \n".as_bytes()).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!((lines[1].row, lines[1].name.as_str(), lines[1].eligible_832), (3, "东城区", None));
    }

    #[test]
    fn every_wrong_cell_is_named() {
        let file = "code,name,eligible_832,valid_from,valid_to\n64032X,盐池县,true,,\n640323,,perhaps,2020-13-01,\n640324,同心县,,2021-01-01,2020-01-01\n640324,同心县,,2021-01-01,\n640303,红寺堡区\n";
        let errors = parse_regions(file.as_bytes()).unwrap_err();
        let pointers: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(
            pointers,
            ["/2/code", "/3/name", "/3/eligible_832", "/3/valid_from", "/4/valid_to", "/5/code", "/6/"]
        );
        assert!(errors[0].detail.zh.contains("第 2 行") && errors[0].detail.en.contains("line 2"));
    }

    #[test]
    fn columns_are_checked_before_lines() {
        let errors = parse_calendar("region,day,kind\n000000,2027-01-01,off\n".as_bytes()).unwrap_err();
        let pointers: Vec<&str> = errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(pointers, ["/1/day", "/1/date", "/1/name"]);
        let lines = parse_calendar("region,date,kind,name\n000000,2027-01-01,off,元旦\n".as_bytes()).unwrap();
        assert_eq!((lines[0].region, lines[0].kind), (Territory::Nation, DayWord::Off));
    }
}
