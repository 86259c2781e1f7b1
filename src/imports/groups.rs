//! Rows that are one record together: of an activity each row is a line, and the first one says what holds for all.

use super::cells::Known;
use super::columns::{Form, Titles};
use super::kinds;
use super::rows::{Draft, Reading, Rows};
use crate::kernel::error::{AppError, FieldError, Message};
use crate::platform::http::Schemas;
use crate::platform::workbook::Table;
use serde_json::{Value, json};
use std::collections::HashMap;

/// The member of a draft's parts that says which rows it is made of.
pub const ROWS: &str = "rows";

/// Rows of one record.
struct Group<'a> {
    readings: Vec<Reading<'a>>,
    parts: Value,
}

/// Reads every row of a kind whose rows are records together; nothing is asked of the database.
#[must_use]
pub fn read(form: &Form, titles: &Titles, table: &Table, known: &Known, schemas: &Schemas) -> Rows {
    let mut rows = Rows::default();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut by_key: HashMap<String, usize> = HashMap::new();
    for row in &table.rows {
        let Some((reading, mut parts)) = rows.record(form, titles, (table, row), known) else { continue };
        with_line(&mut parts);
        let key = kinds::group(form.kind, &parts);
        match key.as_ref().and_then(|key| by_key.get(key)).and_then(|at| groups.get_mut(*at)) {
            Some(group) => group.join(reading, parts),
            None => {
                by_key.extend(key.map(|key| (key, groups.len())));
                groups.push(Group { readings: vec![reading], parts });
            }
        }
    }
    for group in groups {
        group.finish(form, schemas, &mut rows);
    }
    rows
}

impl<'a> Group<'a> {
    /// Takes a further row: its line, and nothing that differs from what the first rows say of the whole.
    fn join(&mut self, mut reading: Reading<'a>, mut parts: Value) {
        let first = self.readings.first().map_or(0, Reading::row);
        let Some((record, mine)) = single(&mut parts) else { return self.readings.push(reading) };
        let whole = &mut self.parts[record.as_str()];
        for (name, value) in mine {
            if let Value::Array(mut lines) = value.clone()
                && lines.first().is_some_and(Value::is_object)
            {
                if !whole[&name].is_array() {
                    whole[&name] = json!([]);
                }
                let into = whole[&name].as_array_mut();
                into.into_iter().for_each(|into| into.append(&mut lines));
            } else if whole[&name].is_null() {
                whole[&name] = value;
            } else if whole[&name] != value && name != "document_number" {
                let message = Message::new(format!("与第 {first} 行不一致"), format!("differs from row {first}"));
                let field = FieldError::new(format!("/{record}/{name}"), "differs", message);
                reading.error(&AppError::invalid(vec![field]));
            }
        }
        self.readings.push(reading);
    }

    fn finish(mut self, form: &Form, schemas: &Schemas, rows: &mut Rows) {
        kinds::complete(form.kind, &mut self.parts);
        let numbers: Vec<i64> = self.readings.iter().map(Reading::number).collect();
        for error in kinds::misshapen(form.kind, &self.parts, schemas) {
            for (number, error) in by_row(&error, &numbers) {
                let reading = self.readings.iter_mut().find(|reading| reading.number() == number);
                reading.into_iter().for_each(|reading| reading.error(&error));
            }
        }
        if self.readings.iter().all(Reading::is_right) {
            self.parts[ROWS] = json!(numbers);
            let number = numbers.first().copied().unwrap_or_default();
            return rows.drafts.push(Draft { number, parts: self.parts, rests: false });
        }
        rows.bad += i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        for reading in self.readings {
            rows.wrong.extend(reading.found());
        }
    }
}

/// Every row is a line, also one that says nothing of it: lines and rows stand in one order.
fn with_line(parts: &mut Value) {
    let requests = parts.as_object_mut().into_iter().flat_map(|requests| requests.values_mut());
    for request in requests.filter_map(Value::as_object_mut) {
        request.entry("items").or_insert_with(|| json!([{}]));
    }
}

/// The one request that a row is made of.
fn single(parts: &mut Value) -> Option<(String, serde_json::Map<String, Value>)> {
    let (name, mine) = parts.as_object_mut()?.iter_mut().next()?;
    Some((name.clone(), mine.as_object_mut().map(std::mem::take)?))
}

/// An error of a record, told apart by the rows that it is about: a line's fields belong to the row of the line, where they
/// stand as those of a single one, everything else to the first row.
#[must_use]
pub fn by_row(error: &AppError, rows: &[i64]) -> Vec<(i64, AppError)> {
    let first = rows.first().copied().unwrap_or_default();
    if error.parts().fields.is_empty() {
        return vec![(first, error.clone())];
    }
    let of = |field: &FieldError| {
        let line = line_of(&field.pointer).and_then(|(pointer, line)| Some((pointer, *rows.get(line)?)));
        let (pointer, row) = line.unwrap_or_else(|| (field.pointer.clone(), first));
        (row, AppError::invalid(vec![FieldError { pointer, ..field.clone() }]))
    };
    error.parts().fields.iter().map(of).collect()
}

/// `/activity/items/3/class` is `/activity/items/0/class` of the row of line 3.
fn line_of(pointer: &str) -> Option<(String, usize)> {
    let (before, rest) = pointer.split_once("/items/")?;
    let (line, field) = rest.split_once('/').unwrap_or((rest, ""));
    let pointer = format!("{before}/items/0/{field}");
    Some((pointer.trim_end_matches('/').to_owned(), line.parse().ok()?))
}

/// The rows that a draft is made of; one alone names none.
#[must_use]
pub fn rows_of(parts: &Value, number: i64) -> Vec<i64> {
    let named = parts[ROWS].as_array().map(|rows| rows.iter().filter_map(Value::as_i64).collect::<Vec<_>>());
    named.filter(|rows| !rows.is_empty()).unwrap_or_else(|| vec![number])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_belongs_to_the_row_of_its_line() {
        let field = |pointer: &str| FieldError::new(pointer, "x", Message::new("x", "x"));
        let pointers = ["/activity/items/1/class", "/activity/title", "/activity/items/9/class", "/activity/items"];
        let error = AppError::invalid(pointers.iter().map(|pointer| field(pointer)).collect());
        let told: Vec<(i64, String)> =
            by_row(&error, &[5, 8]).into_iter().map(|(row, e)| (row, e.parts().fields[0].pointer.clone())).collect();
        let expected = [
            (8, "/activity/items/0/class"),
            (5, "/activity/title"),
            (5, "/activity/items/9/class"),
            (5, "/activity/items"),
        ];
        assert_eq!(told, expected.map(|(row, pointer)| (row, pointer.to_owned())));
    }

    #[test]
    fn a_draft_names_its_rows_or_is_its_row() {
        assert_eq!(rows_of(&json!({ "rows": [5, 8] }), 5), [5, 8]);
        assert_eq!(rows_of(&json!({}), 7), [7]);
    }
}
