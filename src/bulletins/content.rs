//! What a bulletin says: its table as it was, and of a correction what differs from what it corrects and why, order by order.
//!
//! The content is stored as the JSON text it is made into, and its SHA-256 is taken over those bytes: whoever has the text can check
//! it with `sha256sum`.

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::time::Day;
use crate::platform::secret::{hex, sha256};
use crate::reporting::{OrderChange, ProgressRow, ProgressView};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Content {
    /// The table.
    pub table: ProgressView,
    /// Of a correction: what it corrects.
    pub corrected: Option<Corrected>,
}

/// What a correction corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Corrected {
    /// The number of the bulletin, or of its last correction.
    pub number: String,
    /// The day up to which that one looked.
    pub as_of: Day,
    /// Why it is corrected, in words.
    pub reason: String,
    /// Every figure that differs.
    pub figures: Vec<FigureChange>,
    /// Every order that makes a difference.
    pub orders: Vec<OrderChange>,
}

/// A figure that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FigureChange {
    /// The row: its key, and none for the total.
    pub key: Option<String>,
    /// Its name.
    pub name: String,
    /// The column, as it is called in the table.
    pub column: String,
    /// As published; none where there was no such row.
    pub before: Option<i64>,
    /// As it is now; none where there is no such row any more.
    pub after: Option<i64>,
}

impl Content {
    /// The text that is stored.
    ///
    /// # Errors
    /// Never for this type.
    pub fn text(&self) -> Outcome<String> {
        serde_json::to_string(self).map_err(AppError::internal)
    }
    /// Reads a stored text.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(text: &str) -> Outcome<Content> {
        serde_json::from_str(text).map_err(AppError::internal)
    }
}

/// The hash of a stored text.
#[must_use]
pub fn digest(text: &str) -> String {
    hex(&sha256(text.as_bytes()))
}

/// Counts and amounts of a row, by the names of their columns.
fn figures(row: &ProgressRow) -> [(&'static str, i64); 16] {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    [
        ("accounts", count(row.accounts)),
        ("reserved_units", count(row.reserved_units)),
        ("started_units", count(row.started_units)),
        ("not_reserved_units", count(row.not_reserved_units)),
        ("not_applicable_units", count(row.not_applicable_units)),
        ("shared_member_units", count(row.shared_member_units)),
        ("merged_units", count(row.merged_units)),
        ("reserved_fen", row.reserved_fen.get()),
        ("ordered_fen", row.ordered_fen.get()),
        ("accepted_paid_fen", row.accepted_paid_fen.get()),
        ("completed_fen", row.completed_fen.get()),
        ("completed_canteen_fen", row.completed_canteen_fen.get()),
        ("completed_union_fen", row.completed_union_fen.get()),
        ("completed_personal_fen", row.completed_personal_fen.get()),
        ("corrections_fen", row.corrections_fen.get()),
        ("before_plan_completed_fen", row.before_plan_completed_fen.get()),
    ]
}

/// Every figure in which two tables of the same rows differ; the total last.
#[must_use]
pub fn differences(before: &ProgressView, after: &ProgressView) -> Vec<FigureChange> {
    let key = |row: &ProgressRow| row.key.clone().unwrap_or_default();
    let old: BTreeMap<String, &ProgressRow> = before.rows.iter().map(|row| (key(row), row)).collect();
    let new: BTreeMap<String, &ProgressRow> = after.rows.iter().map(|row| (key(row), row)).collect();
    let mut changes = Vec::new();
    for row in &after.rows {
        compare(old.get(&key(row)).copied(), Some(row), &mut changes);
    }
    for row in before.rows.iter().filter(|row| !new.contains_key(&key(row))) {
        compare(Some(row), None, &mut changes);
    }
    compare(Some(&before.total), Some(&after.total), &mut changes);
    changes
}

fn compare(before: Option<&ProgressRow>, after: Option<&ProgressRow>, changes: &mut Vec<FigureChange>) {
    let Some(row) = after.or(before) else { return };
    let (old, new) = (before.map(figures), after.map(figures));
    for (place, (column, _)) in figures(row).iter().enumerate() {
        let of = |figures: &Option<[(&'static str, i64); 16]>| figures.as_ref().map(|all| all[place].1);
        let (before, after) = (of(&old), of(&new));
        if before.unwrap_or(0) != after.unwrap_or(0) {
            let (key, name, column) = (row.key.clone(), row.name.clone(), (*column).to_owned());
            changes.push(FigureChange { key, name, column, before, after });
        }
    }
}
