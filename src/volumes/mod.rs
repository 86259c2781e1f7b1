//! Volumes by county (product.md §5): every line of a basis by the month it happened in, split by its counties of production, and told
//! apart by whatever is asked.
//!
//! Owns `volume_sums`, `volume_tail`, `volume_folds` and `pairing_members`. Every entry of `ledger_counts` puts itself into the tail (a trigger), and a job
//! folds the tail into the sums, each batch in one transaction; a report reads both in one snapshot, so that it is exact at every
//! moment, whatever is folded, dated back or taken back. Lines of several counties are split by the running totals of each line
//! (`kernel::money::split_running`): folding one more entry adds the difference of two splits, whatever the order.

mod commands;
pub mod http;
mod queries;
mod rules;
mod schema;
mod store;

pub use commands::{fold, fold_batch};
pub use queries::{
    CountyMonth, MonthOfCounties, VenueDimension, VenueSalesReport, VenueSalesWanted, VolumeView, VolumesView,
    VolumesWanted, county_month, entries_by_month, months_split_with, venue_sales, verify_sums, volumes,
};
pub use rules::{Dimension, VolumeSide};
