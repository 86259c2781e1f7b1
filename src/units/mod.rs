//! What becomes of budget units: renamed, moved below another unit, closed, merged (product.md §4).
//!
//! Owns `unit_changes` (append-only): who decided what, why, by which document, from which day on. The unit itself stands in
//! `identity`, its plans in `quota`, its balances and counts in `ledger`; a change carries all of them out in one transaction.
//!
//! - The product does not say who decides. A change is decided by a reviewer of a unit above every unit that it concerns,
//!   by a reviewer of a finance bureau whose region has them all, or by the platform's operator. Only the latter two let a
//!   unit stand at the top.
//! - A unit that was closed or merged orders and plans nothing, is not moved, renamed or merged again, and takes no
//!   unit below it. Units below it are moved before it ends. Orders that it has go on, in the hands of its own people.
//! - From the year of the merger on the predecessor's year is the successor's: its figures in force are added to the
//!   successor's, what it holds and has posted moves by pairs of ledger entries, what it counted by pairs of counting
//!   entries. What counts later on its orders counts at the successor. Earlier years stay where they were.
//! - A merger is not refused because it leaves the successor beyond its ceiling; that is stored with the change, answered,
//!   told to the successor's manager, and new orders are refused until an amendment is approved.
//! - Renamings and mergers are entered on their day or later in its year, moves and closures on their day or before.
//! - Changes come one after another (`identity::claim_units`). Who places an order at the moment of a merger holds an account
//!   that the merger locks; who appends counts keeps the unit's row (`identity::keep_succession`), which the merger changes.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{NewChange, What, change};
pub use rules::ChangeKind;
pub use store::ChangeRow as UnitChange;
