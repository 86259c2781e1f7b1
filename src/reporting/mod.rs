//! Reports: the bulletin's progress of the plans, and how far admission and certification have come.
//!
//! Beside them, of the money: what is to be received and paid, and what is overdue (`queries::money`), from the facts of orders.
//!
//! Owns no table; its store reads any table and writes none. Every other amount is a sum of counting entries (`ledger_counts`), the
//! only source: the progress by their attributed year (through the sums of `ledger_unit_years`, to which every entry adds
//! itself); volumes by the month they happened in are `crate::volumes`. Sums are exact integers, a
//! total row is the sum of its rows, and every report names its basis.

pub mod http;
mod queries;
mod rules;
mod store;

pub use queries::attained::attainment;
pub use queries::certification::{CertificationBy, CertificationReport, CertificationWanted, certification};
pub use queries::changes::{OrderChange, changes};
pub use queries::kept::verify_kept_sums;
pub use queries::progress::{ProgressBy, ProgressRow, ProgressView, ProgressWanted, progress};
pub use queries::{reach, whose};
pub use store::Reach;
