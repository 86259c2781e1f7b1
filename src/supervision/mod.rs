//! Supervision (监督): what offices find about suppliers, and what becomes of it.
//!
//! Owns `findings`, `finding_answers`, `finding_decisions`, `complaints` and `complaint_steps`.
//!
//! Invariants:
//! - A finding moves as `rules::finding_next` says, under the claim of its row; answers and decisions are only added.
//! - An office supervises the suppliers registered in its region; nobody decides about an organisation whose member he is.
//! - How to reach who complained is shown to the office that handles the complaint and to nobody else.
//! - A deadline is never shortened when a calendar is loaded.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;
mod subject;

pub use commands::recompute_deadlines;
