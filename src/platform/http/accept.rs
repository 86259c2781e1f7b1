//! What kind of answer is asked for.

use crate::kernel::error::{Code, Outcome};

/// Whether an Accept header asks for CSV rather than JSON.
///
/// # Errors
/// `not_acceptable` when it takes neither.
pub fn wants_csv(accept: &str) -> Outcome<bool> {
    let kinds: Vec<&str> = accept.split(',').filter_map(|part| part.split(';').next()).map(str::trim).collect();
    let json = kinds.iter().any(|kind| matches!(*kind, "" | "*/*" | "application/*" | "application/json"));
    let first_csv = kinds.iter().position(|kind| matches!(*kind, "text/csv" | "text/*"));
    let first_json = kinds.iter().position(|kind| *kind == "application/json");
    match first_csv {
        Some(place) => Ok(first_json.is_none_or(|other| place < other)),
        None if json || kinds.is_empty() => Ok(false),
        None => Err(Code::NotAcceptable.into()),
    }
}
