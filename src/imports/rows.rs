//! A table becomes rows that can be carried out, and errors that stand where a person sees them.

use super::cells::{self, Known};
use super::columns::{EXAMPLE, Form, Place, Titles};
use super::groups;
use super::kinds;
use crate::kernel::error::{AppError, FieldError, Message};
use crate::platform::http::Schemas;
use crate::platform::workbook::{Given, Merged, Row, Table, letters};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Merged cells of one row that are named.
const MOST_MERGED: usize = 5;

/// A row whose cells are well-formed: the requests that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Its number as spreadsheets show it.
    pub number: i64,
    /// Requests by name.
    pub parts: Value,
    /// Whether it rests on a row above it.
    pub rests: bool,
}

/// Something wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The row's number.
    pub number: i64,
    /// Where in it.
    pub place: Place,
    /// As a stable word.
    pub code: String,
    /// For a person.
    pub message: Message,
}

/// What a table was read as.
#[derive(Debug, Default)]
pub struct Rows {
    /// Rows to carry out.
    pub drafts: Vec<Draft>,
    /// What is wrong with others, in the order of rows and columns.
    pub wrong: Vec<Wrong>,
    /// How many rows something is wrong with.
    pub bad: i64,
    /// Example rows, which are left out.
    pub skipped: i64,
}

/// Reads every row; nothing is asked of the database.
#[must_use]
pub fn read(form: &Form, titles: &Titles, table: &Table, known: &Known, schemas: &Schemas) -> Rows {
    if kinds::grouped(form.kind) {
        return groups::read(form, titles, table, known, schemas);
    }
    let mut rows = Rows::default();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        let Some((mut reading, mut parts)) = rows.record(form, titles, (table, row), known) else { continue };
        kinds::complete(form.kind, &mut parts);
        for error in kinds::misshapen(form.kind, &parts, schemas) {
            reading.error(&error);
        }
        let needed = kinds::needs(form.kind, &parts);
        let rests = needed.is_some_and(|(identity, _)| seen.contains_key(&identity));
        if let Some((identity, pointer)) = kinds::identity(form.kind, &parts) {
            match seen.get(&identity) {
                Some(first) => {
                    let message = Message::new(format!("与第 {first} 行重复"), format!("is the same as row {first}"));
                    reading.error(&AppError::invalid(vec![FieldError::new(pointer, "duplicate", message)]));
                }
                None => drop(seen.insert(identity, row.number)),
            }
        }
        rows.take(reading, parts, rests);
    }
    rows
}

fn is_example(form: &Form, titles: &Titles, row: &Row) -> bool {
    let named = titles.place_of(form.columns.first().map_or("", |column| column.key));
    let first = row.cells.iter().find(|(place, _)| Some(*place) == named);
    matches!(first, Some((_, Given::Text(text))) if cells::trimmed(text).starts_with(EXAMPLE))
}

impl Rows {
    /// What the cells of a row say; nothing of a blank row, nor of an example, which is counted.
    pub(super) fn record<'a>(
        &mut self,
        form: &'a Form,
        titles: &'a Titles,
        (table, row): (&Table, &Row),
        known: &Known,
    ) -> Option<(Reading<'a>, Value)> {
        if row.cells.iter().all(|(_, given)| cells::is_blank(given)) {
            return None;
        }
        if is_example(form, titles, row) {
            self.skipped += 1;
            return None;
        }
        let mut reading = Reading::of(form, titles, row.number);
        let parts = reading.cells(row, known);
        reading.merged(table);
        Some((reading, parts))
    }
    fn take(&mut self, reading: Reading<'_>, parts: Value, rests: bool) {
        if reading.is_right() {
            return self.drafts.push(Draft { number: reading.number(), parts, rests });
        }
        self.bad += 1;
        self.wrong.extend(reading.found());
    }
}

type Found = (Place, String, Message);

/// A row while it is read.
pub(super) struct Reading<'a> {
    form: &'a Form,
    titles: &'a Titles,
    number: usize,
    /// What is wrong with a cell: the first thing.
    faults: BTreeMap<usize, Found>,
    /// What is wrong with what is not there.
    rest: Vec<Found>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(form: &'a Form, titles: &'a Titles, number: usize) -> Reading<'a> {
        Reading { form, titles, number, faults: BTreeMap::new(), rest: Vec::new() }
    }

    /// The row's number, as spreadsheets show it.
    pub(super) fn row(&self) -> usize {
        self.number
    }

    /// The same, as it is kept.
    pub(super) fn number(&self) -> i64 {
        i64::try_from(self.number).unwrap_or(i64::MAX)
    }

    /// Whether nothing is wrong with it.
    pub(super) fn is_right(&self) -> bool {
        self.faults.is_empty() && self.rest.is_empty()
    }

    /// What is wrong with it.
    pub(super) fn found(self) -> Vec<Wrong> {
        let number = self.number();
        let all = self.faults.into_values().chain(self.rest);
        all.map(|(place, code, message)| Wrong { number, place, code, message }).collect()
    }

    /// Names merged cells that touch the row.
    pub(super) fn merged(&mut self, table: &Table) {
        let number = self.number;
        let touched = |area: &&Merged| (area.rows.0..=area.rows.1).contains(&number);
        for area in table.merged.iter().filter(touched).take(MOST_MERGED) {
            let message = Message::new("含合并单元格，请取消合并", "has merged cells; unmerge them");
            self.fault(area.columns.0, "merged_cells", message);
        }
    }

    pub(super) fn cells(&mut self, row: &Row, known: &Known) -> Value {
        let mut parts = Value::Object(Map::new());
        for (place, given) in &row.cells {
            if cells::is_blank(given) {
                continue;
            }
            let Some(column) = self.titles.at(self.form, *place) else {
                self.fault(*place, "unknown_column", Message::new("该列没有标题", "the column has no title"));
                continue;
            };
            match cells::read(column.holds, given, known) {
                Ok(value) => set(&mut parts, column.path, value),
                Err(fault) => self.fault(*place, fault.code, fault.message),
            }
        }
        parts
    }

    fn fault(&mut self, place: usize, code: &str, message: Message) {
        let title = self.titles.at(self.form, place).map_or("", |column| column.title).to_owned();
        let found = (Place { letters: letters(place), title }, code.to_owned(), message);
        self.faults.entry(place).or_insert(found);
    }

    /// Takes an error's fields; of a cell that is wrong already nothing more is said.
    pub(super) fn error(&mut self, error: &AppError) {
        for (place, code, message) in located(self.form, self.titles, error) {
            let told = |found: &Found| found.0.title == place.title && !place.title.is_empty();
            if !self.faults.values().any(told) && !self.rest.iter().any(told) {
                self.rest.push((place, code, message));
            }
        }
    }
}

/// Where an error's fields stand in the file.
fn located(form: &Form, titles: &Titles, error: &AppError) -> Vec<Found> {
    let parts = error.parts();
    if parts.fields.is_empty() {
        let (zh, en) = parts.code.titles();
        let message = parts.detail.clone().unwrap_or_else(|| Message::new(zh, en));
        return vec![(Place::default(), parts.code.as_str().to_owned(), message)];
    }
    let field = |field: &FieldError| (form.place(titles, &field.pointer), field.code.to_owned(), field.detail.clone());
    parts.fields.iter().map(field).collect()
}

/// What commands have against a row.
#[must_use]
pub fn refused(form: &Form, titles: &Titles, numbers: &[i64], errors: &[AppError]) -> Vec<Wrong> {
    let mut told = BTreeSet::new();
    let one = |(number, error): (i64, AppError)| {
        let found = located(form, titles, &error).into_iter();
        found.map(move |(place, code, message)| Wrong { number, place, code, message }).collect::<Vec<_>>()
    };
    let found = errors.iter().flat_map(|error| rows_of_error(error, numbers)).flat_map(one);
    let key =
        |wrong: &Wrong| (wrong.number, wrong.place.letters.clone(), wrong.place.title.clone(), wrong.code.clone());
    found.filter(|wrong| told.insert(key(wrong))).collect()
}

/// Which row each part of an error is about; of a record of one row everything is about that.
fn rows_of_error(error: &AppError, numbers: &[i64]) -> Vec<(i64, AppError)> {
    match numbers {
        [one] => vec![(*one, error.clone())],
        several => groups::by_row(error, several),
    }
}

/// Puts a value where a pointer says; `0` is the first of a list.
fn set(whole: &mut Value, pointer: &str, value: Value) {
    let mut at = whole;
    for step in pointer.split('/').skip(1) {
        if step == "0" {
            if !at.is_array() {
                *at = json!([Value::Null]);
            }
            at = &mut at[0];
        } else {
            if !at.is_object() {
                *at = json!({});
            }
            at = &mut at[step];
        }
    }
    *at = value;
}
