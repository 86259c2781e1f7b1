//! Household and canteen sense: what about purchases is unusual, shown to who orders before it is done and to the auditor
//! afterwards.
//!
//! Owns `anomalies` and `anomaly_runs`.
//!
//! Invariants:
//! - Of one kind and subject there is one anomaly, however often the job runs; its numbers, words and rule row are those of the
//!   day on which it was found and never change.
//! - Who belongs to the unit, the buyer or the supplier does not decide about it; a decision is made once.
//! - A warning never refuses an order, and a check before placing leaves nothing behind: the same command places the order
//!   and is taken back.

mod check;
mod commands;
mod detect;
pub mod http;
mod limits;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::detect;
