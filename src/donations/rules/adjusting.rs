//! What a correction changes of what a declaration counts.

use crate::kernel::error::{FieldError, Message};
use crate::kernel::money::{Fen, Overflow};
use std::collections::{BTreeMap, BTreeSet};

crate::text_enum! {
    /// What a part of an entry counts.
    EntryPart {
        /// 参与单位.
        Unit "unit"
        /// 帮扶干部.
        Cadre "cadre"
        /// 帮扶户: a line counts for its household.
        Household "household"
    }
}

/// What a declaration counts now, by position.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counted {
    /// Lines with their amounts.
    pub lines: BTreeMap<i64, Fen>,
    /// Units.
    pub units: BTreeSet<i64>,
    /// Cadres.
    pub cadres: BTreeSet<i64>,
}

/// What an office wants to correct.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Lines and their right amounts; nothing takes a line away.
    pub lines: Vec<(i64, Fen)>,
    /// Units that took no part.
    pub units: Vec<i64>,
    /// Cadres who took no part.
    pub cadres: Vec<i64>,
}

/// A part of the adjusting entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What it is about.
    pub part: EntryPart,
    /// Which one of the declaration.
    pub position: i64,
    /// -1 takes it back, 0 leaves it counted.
    pub times: i64,
    /// By how much the amount changes.
    pub amount: Fen,
}

fn say(pointer: String, code: &'static str, zh: &str, en: &str) -> FieldError {
    FieldError::new(pointer, code, Message::new(zh, en))
}

/// The parts of an adjusting entry. What was taken back once does not come back; where nothing would be left, the whole
/// declaration is annulled instead.
///
/// # Errors
/// Every wrong field.
pub fn adjust(counted: &Counted, wanted: &Wanted) -> Result<Vec<Change>, Vec<FieldError>> {
    let (mut left, mut changes, mut wrong) = (counted.clone(), Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for (n, (line, right)) in wanted.lines.iter().enumerate() {
        let at = |field: &str| format!("/items/{n}/{field}");
        if !seen.insert(*line) {
            wrong.push(say(at("line_no"), "duplicate", "重复", "is named twice"));
        } else if let Some(now) = counted.lines.get(line) {
            if now == right {
                wrong.push(say(at("amount_fen"), "unchanged", "与现计入金额相同", "is what counts already"));
            }
            match right.minus(*now) {
                Ok(amount) => {
                    let times = if right.is_zero() { -1 } else { 0 };
                    changes.push(Change { part: EntryPart::Household, position: *line, times, amount });
                }
                Err(Overflow) => wrong.push(say(at("amount_fen"), "too_large", "金额过大", "is too large")),
            }
            if right.is_zero() {
                left.lines.remove(line);
            }
        } else {
            wrong.push(say(at("line_no"), "not_found", "没有计入的该行", "is no line that counts"));
        }
    }
    take_back((EntryPart::Unit, "units"), &wanted.units, &mut left.units, &mut changes, &mut wrong);
    take_back((EntryPart::Cadre, "cadres"), &wanted.cadres, &mut left.cadres, &mut changes, &mut wrong);
    if left.lines.is_empty() || left.units.is_empty() {
        let at = if left.lines.is_empty() { "/items" } else { "/units" };
        let (zh, en) = ("不再计入任何内容的，请撤销核验", "leaves nothing to count: annul it instead");
        wrong.push(say(at.to_owned(), "nothing_left", zh, en));
    }
    if changes.is_empty() && wrong.is_empty() {
        wrong.push(say("/items".to_owned(), "required", "未更正任何内容", "corrects nothing"));
    }
    if wrong.is_empty() { Ok(changes) } else { Err(wrong) }
}

fn take_back(
    (part, list): (EntryPart, &str),
    wanted: &[i64],
    left: &mut BTreeSet<i64>,
    changes: &mut Vec<Change>,
    wrong: &mut Vec<FieldError>,
) {
    for (n, position) in wanted.iter().enumerate() {
        if left.remove(position) {
            changes.push(Change { part, position: *position, times: -1, amount: Fen::ZERO });
        } else {
            wrong.push(say(format!("/{list}/{n}"), "not_found", "没有计入的该项", "is none that counts"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted() -> Counted {
        let lines = [(1, Fen::new(100)), (2, Fen::new(250))];
        Counted { lines: lines.into(), units: [1, 2].into(), cadres: [1].into() }
    }

    fn wanted(lines: &[(i64, i64)], units: &[i64], cadres: &[i64]) -> Wanted {
        let lines = lines.iter().map(|(line, fen)| (*line, Fen::new(*fen))).collect();
        Wanted { lines, units: units.to_vec(), cadres: cadres.to_vec() }
    }

    fn change(part: EntryPart, position: i64, times: i64, fen: i64) -> Change {
        Change { part, position, times, amount: Fen::new(fen) }
    }

    #[test]
    fn a_correction_says_what_it_changes() {
        use EntryPart::{Cadre, Household, Unit};
        let table = [
            (wanted(&[(1, 40)], &[], &[]), vec![change(Household, 1, 0, -60)]),
            (wanted(&[(1, 0), (2, 300)], &[], &[]), vec![change(Household, 1, -1, -100), change(Household, 2, 0, 50)]),
            (wanted(&[], &[2], &[1]), vec![change(Unit, 2, -1, 0), change(Cadre, 1, -1, 0)]),
        ];
        for (wanted, expected) in table {
            assert_eq!(adjust(&counted(), &wanted), Ok(expected), "{wanted:?}");
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let table = [
            (wanted(&[], &[], &[]), vec!["/items required"]),
            (wanted(&[(3, 1)], &[], &[]), vec!["/items/0/line_no not_found"]),
            (wanted(&[(1, 100)], &[], &[]), vec!["/items/0/amount_fen unchanged"]),
            (wanted(&[(1, 40), (1, 30)], &[], &[]), vec!["/items/1/line_no duplicate"]),
            (wanted(&[(1, 0), (2, 0)], &[], &[]), vec!["/items nothing_left"]),
            (wanted(&[], &[1, 2], &[]), vec!["/units nothing_left"]),
            (
                wanted(&[(9, 1)], &[3, 1], &[1, 1]),
                vec!["/items/0/line_no not_found", "/units/0 not_found", "/cadres/1 not_found"],
            ),
        ];
        for (wanted, expected) in table {
            let found = adjust(&counted(), &wanted).unwrap_err();
            let found: Vec<String> = found.iter().map(|field| format!("{} {}", field.pointer, field.code)).collect();
            assert_eq!(found, expected, "{wanted:?}");
        }
    }
}
