//! What a new row of the rule table may say.

use super::{RuleName, ValueKind, month_day};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::time::Day;

/// Whether a value asks for documents, each of which is one of the words.
fn names_documents(words: &[&str], value: &str) -> bool {
    value == "any" || value.split('+').all(|group| group.split('/').all(|word| words.contains(&word)))
}

/// A row that somebody wants to add.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    /// What it is about.
    pub name: RuleName,
    /// The level, empty for all.
    pub level: &'a str,
    /// The value.
    pub value: &'a str,
    /// From when.
    pub effective_from: Day,
    /// Until when, exclusive.
    pub effective_to: Option<Day>,
}

/// Looks at everything that may be wrong with a new row. Rows may begin in the current year, since floors and windows of
/// a year are announced during it; what earlier years were decided by stays.
///
/// # Errors
/// All fields at fault.
pub fn check(draft: &Draft<'_>, today: Day) -> Outcome<()> {
    let mut wrong = Vec::new();
    let mut say = |pointer: &str, zh: String, en: String| {
        wrong.push(FieldError::new(pointer, Code::ValidationFailed.as_str(), Message::new(zh, en)));
    };
    match draft.name.kind() {
        ValueKind::Number { max } => {
            let number: Option<i64> = draft.value.parse().ok();
            if !number.is_some_and(|n| (0..=max).contains(&n) && n.to_string() == draft.value) {
                say("/value", format!("应为 0 至 {max} 的整数"), format!("must be a whole number from 0 to {max}"));
            }
        }
        ValueKind::Term { max } => {
            let number: Option<i64> = draft.value.parse().ok();
            let fits = number.is_some_and(|n| (0..=max).contains(&n) && n.to_string() == draft.value);
            if !fits && draft.value != "permanent" {
                let (zh, en) = (
                    format!("应为 0 至 {max} 的整数或 permanent"),
                    format!("must be a whole number from 0 to {max}, or permanent"),
                );
                say("/value", zh, en);
            }
        }
        ValueKind::Flag if !matches!(draft.value, "true" | "false") => {
            say("/value", "应为 true 或 false".to_owned(), "must be true or false".to_owned());
        }
        ValueKind::Choice(words) if !words.contains(&draft.value) => {
            let words = words.join(", ");
            say("/value", format!("只能是 {words} 之一"), format!("must be one of {words}"));
        }
        ValueKind::Documents(words) if !names_documents(words, draft.value) => {
            let words = words.join(", ");
            let zh = format!("应为 any，或由 {words} 组成：/ 表示任一，+ 表示同时需要");
            say(
                "/value",
                zh,
                format!("must be any, or made of {words}: / between alternatives, + between what is needed together"),
            );
        }
        ValueKind::Papers(words)
            if draft.value != "none" && (draft.value == "any" || !names_documents(words, draft.value)) =>
        {
            let words = words.join(", ");
            let zh = format!("应为 none，或由 {words} 组成：/ 表示任一，+ 表示同时需要");
            say(
                "/value",
                zh,
                format!("must be none, or made of {words}: / between alternatives, + between what is needed together"),
            );
        }
        ValueKind::MonthDay if month_day(draft.value, 2020).is_none() => {
            say("/value", "应为 MM-DD".to_owned(), "must be MM-DD".to_owned());
        }
        _ => {}
    }
    if !draft.level.is_empty() && !draft.name.levels().contains(&draft.level) {
        let levels = draft.name.levels().join(", ");
        say("/level", format!("此规则的级别只能是：{levels}"), format!("this rule has the levels: {levels}"));
    }
    if draft.effective_from < Day::first_of_year(today.year()) {
        say("/effective_from", "不得早于本年1月1日".to_owned(), "must not be before this year".to_owned());
    }
    if draft.effective_to.is_some_and(|to| to <= draft.effective_from) {
        say("/effective_to", "须晚于生效日".to_owned(), "must be later than effective_from".to_owned());
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::invalid(wrong)) }
}

/// Whether an earlier row of the same kind ends where a new one begins. A row with an end interrupts a longer one and
/// leaves it to hold again afterwards, since the latest row wins while it holds.
#[must_use]
pub fn closes(earlier: (Day, Option<Day>), new: (Day, Option<Day>)) -> bool {
    let begins_before = earlier.0 < new.0;
    let reaches_in = earlier.1.is_none_or(|to| to > new.0);
    let outlived = match (earlier.1, new.1) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(earlier_end), Some(new_end)) => earlier_end <= new_end,
    };
    begins_before && reaches_in && outlived
}
