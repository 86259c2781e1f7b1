//! The medians of like goods as they were kept when a month ended, for whoever judges a price by them.

use super::rules::compared_in;
use super::store;
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::Day;
use crate::platform::db::Read;
use std::collections::BTreeMap;

/// A median of like goods, all suppliers together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LikeMedian {
    /// A prefecture, or a province.
    pub region: RegionCode,
    /// Of a kilogram.
    pub per_kg: Fen,
    /// How many prices of listings.
    pub goods: i64,
}

/// The medians that were kept of a month.
#[derive(Debug, Default)]
pub struct LikeMedians(BTreeMap<(Category, Mark, RegionCode), LikeMedian>);

impl LikeMedians {
    /// The median of the goods that are like those of a category and mark from a county: of its prefecture, where that has
    /// so many prices, else of its province.
    #[must_use]
    pub fn of(&self, category: Category, mark: Mark, county: RegionCode, least: i64) -> Option<LikeMedian> {
        let known = |region| self.0.get(&(category, mark, region)).copied().filter(|median| median.goods >= least);
        compared_in(county).into_iter().find_map(known)
    }
}

/// The medians of the last month that is kept and ended before a day; none before the first is kept.
///
/// # Errors
/// When the database fails.
pub fn like_medians(on: &mut Read, day: Day) -> Outcome<LikeMedians> {
    let Some(month) = store::last_median_month(on, &day.month())? else { return Ok(LikeMedians::default()) };
    let rows = store::medians(on, &month, None)?.into_iter();
    Ok(LikeMedians(
        rows.map(|row| {
            let median = LikeMedian { region: row.region_code, per_kg: row.median_fen, goods: row.goods };
            ((row.category, row.mark, row.region_code), median)
        })
        .collect(),
    ))
}
