//! The planner (序时进度): what a unit's year has left, at which pace, what would come of it, and what may miss the year's end.
//!
//! Owns `plan_reminders`.
//!
//! Invariants:
//! - It computes and changes nothing: figures are the bulletin's own for the unit, the what-if stands beside them.
//! - A unit is looked at once at each point of the year that the rule table names, and reminded by mail when it is behind the even pace.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::remind;
