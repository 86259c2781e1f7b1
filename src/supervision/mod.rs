//! Supervision (监督): what offices find about suppliers, and what becomes of it.
//!
//! Owns `findings`, `finding_answers` and `finding_decisions`.
//!
//! Invariants:
//! - A finding moves as `rules::finding_next` says, under the claim of its row; answers and decisions are only added.
//! - An office supervises the suppliers registered in its region; nobody decides about an organisation whose member he is.
//! - A deadline is never shortened when a calendar is loaded.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;
mod subject;

pub use commands::recompute_deadlines;
