//! Open data: what anybody may read and keep, as answers and as bulk files.
//!
//! Owns `open_months` and `open_county_months`. Everything else that it shows is public already: published bulletins, certificates,
//! notices, products on sale.
//!
//! Invariants:
//! - County totals are of months that have ended. A month of which entries are appended later is published anew, as its next revision;
//!   no revision is ever changed (a trigger refuses).
//! - A figure is shown only where at least so many units stand behind it as `open_data_min_purchasers` says, each amount by
//!   itself: three may have ordered while one has completed. A total is the sum of what is shown, so that no suppressed figure is
//!   the difference of two others. What a revision changed is for nobody to see but as the month's new figures: older ones are not
//!   answered.
//! - Nothing personal: no person's name, no unit's figure but in a bulletin that a bureau published.
//! - An export that was killed goes on, and the same data give the same bytes.

mod commands;
mod fields;
pub mod http;
mod package;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;
mod tables;

pub use commands::publish_months;
pub use package::{OpenFile, export_open_data};
pub use tables::DataSet;
