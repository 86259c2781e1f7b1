//! The rule table: every number and choice of the rules is a dated row with a scope (region, level, fund).
//!
//! Owns `rules`. A row is never edited or deleted: a change is a new row with its own `effective_from`, which closes the
//! row before it. Decisions store the id of the row they used. The most specific region wins, then the row that names
//! the level or fund asked for, then the latest.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{NewRule, add_rule, seed};
pub use queries::{RuleView, closing_day, load};
pub use rules::{RuleName, RuleRow, Rules};
