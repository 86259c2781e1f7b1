//! 专柜、专馆、专区: venues where certified goods are sold to anybody, and what they report as sold.
//!
//! Owns `venues`, `venue_operators`, `venue_sales`, `venue_sources` and `venue_entries`.
//!
//! Invariants:
//! - The poverty office of a place enters its venues and closes them; the operator reports sales, receipt by receipt. The same receipt
//!   reported again is the same sale; with another content it is refused.
//! - Goods bought here for resale and sold in a venue are one volume: a sale names the lines of the operator's orders that its goods are
//!   from, never more of a line than was accepted and kept, and only the remainder is added to volumes (`rules::parts`).
//! - Whether goods are certified follows from the certificate's own history on the day of the sale; one that was never valid certifies
//!   nothing from the day of that decision.
//! - What counts are entries, and only added to: an annulled sale takes back what it counted, in the month of its sale, from the day on
//!   which it was annulled. The report of a past day is that of the entries recorded until then.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{NewVenue, enter, report_sale, report_sales};
pub use http::{ReportedSale, VenueFeedRequest};
pub use queries::{SoldIn, SoldSum, VenueEntryView, sold, sold_entries, verify};
pub use rules::{NewSale, VenueKind};
pub use store::SoldOf;
