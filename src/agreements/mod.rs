//! Framework agreements (框架协议): price, quantity and term agreed once with a supplier, called off by orders. Standing orders
//! (定期订单): orders that are placed again and again, from listings or as call-offs.
//!
//! Owns `agreements`, `agreement_units` and `agreement_revisions` (what was proposed never changes), `standing_orders`,
//! `standing_revisions`, `standing_skips` and `standing_occurrences` (what became of a day never changes). What is called off are orders of
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
//! - A standing order has dated revisions, each of which says what is ordered from a day on; who made it orders. A day is called by
//!   its place in the calendar, whatever days off make of it; goods come once a day at most. Of each day becomes one thing, once:
//!   it is placed by the command of any order, missed with the reason, or skipped. Until then it follows from the calendar and is
//!   stored nowhere ([`rules::recurrence`]); `due_on` only says when to look next.
//! - Nothing of a day is tried twice, except after a failure of the database, and then not for ever. A day of which nobody thought in
//!   time is placed late as long as its goods come on a later day.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::call_off::{CalledLine, NewCallOff, call_off};
pub use commands::standing::change::skip as skip_standing_day;
pub use commands::standing::check::AskedLine;
pub use commands::standing::create::{NewStandingOrder, create as create_standing_order};
pub use commands::standing::place::{look_again, place_due};
pub use queries::standing::{OccurrenceView, StandingOrderSummary, occurrences as standing_days, standing_orders};
pub use queries::verify;
pub use rules::recurrence::{DayOffRule, NewRecurrence};
pub use rules::standing::{OccurrenceState, StandingDelivery};
pub use store::standing::StandingWanted;
