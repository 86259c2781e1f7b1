//! Framework agreements (框架协议): price, quantity and term agreed once with a supplier, called off by orders.
//!
//! Owns `agreements`, `agreement_units` and `agreement_revisions` (what was proposed never changes). What is called off are orders of
//! `ordering`, which keeps with each line what it was called off from (`call_offs`).
//!
//! - A buyer holds an agreement for itself; a supervising unit also for units below it: those that are named, or all that stand below
//!   it on the day of the call-off. A unit that was moved away calls off no more. A contractor or a union calls off for a unit
//!   as it orders for it.
//! - What is used is not kept but computed from the order lines ([`ordering::called_off`](crate::ordering::called_off)): nothing of cancelled,
//!   declined and expired orders, of others what was accepted or may still be. Every call-off first claims the agreement, so
//!   that nobody else has called off since it looked; what becomes free at that moment is missed at worst.
//! - An agreed price is not above the listing's on the day on which it is proposed (a raise needs evidence); after that it stands,
//!   whatever becomes of the listing's. Everything else (certificates, season, stock, ceiling) is asked at the call-off as for any order.
//! - Terms say how many days before its end notice is given. An amendment is a numbered revision, answered by the other side, and
//!   never promises less than was called off; there is one at a time.
//! - The limit of each unit is by the unit whose count the order is. After a merger the successor has its own.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::call_off::{CalledLine, NewCallOff, call_off};
pub use queries::verify;
