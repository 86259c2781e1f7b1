//! Orders: placed in groups, confirmed, shipped, accepted, returned, closed.
//!
//! Owns `order_groups`, `orders`, `order_lines` and the facts about goods (`shipments`, `acceptances`, `returns`,
//! `short_closures`, each with its lines). Invariants: a line's amounts follow from its quantities by [`rules::line`];
//! what an order holds of quota and stock stands in the ledger under ids derived from its lines; children change only
//! under their order's claim; what was frozen at placement never changes.

mod commands;
pub mod http;
mod queries;
pub mod rules;
pub(crate) mod schema;
mod store;
mod terms;

pub use commands::accept::{AcceptedLine, NewAcceptance, accept};
pub use commands::cancel::cancel;
pub use commands::close::{NewShortClosure, short_close};
pub use commands::confirm::{confirm, decline};
pub use commands::expire::expire_unconfirmed;
pub use commands::place::{NewLine, NewOrder, Placed, place};
pub use commands::returns::{NewReturn, take_back};
pub use commands::ship::{NewShipment, ShippedLine, ship};
pub use rules::order::OrderState;
pub use terms::{Certificate, Delivery, FrozenRule, Origin, Terms};
