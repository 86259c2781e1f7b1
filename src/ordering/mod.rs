//! Orders: placed in groups, confirmed, shipped, accepted, returned, closed.
//!
//! Owns `order_groups`, `orders`, `order_lines` and the facts about goods (`shipments`, `acceptances`, `returns`,
//! `short_closures`, each with its lines). Invariants: a line's amounts follow from its quantities by [`rules::line`];
//! what an order holds of quota and stock stands in the ledger under ids derived from its lines; children change only
//! under their order's claim; what was frozen at placement never changes.

pub mod rules;
pub(crate) mod schema;
mod store;
mod terms;

pub use rules::order::OrderState;
pub use terms::{Certificate, Delivery, FrozenRule, Origin, Terms};
