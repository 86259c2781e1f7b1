//! Reading the rule table.

use super::rules::{RuleName, Rules};
use super::store::{self, StoredRule, Wanted};
use crate::kernel::error::Outcome;
use crate::kernel::ids::RuleId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Read;

/// The rows of these names that hold in a region on a day, in one query.
///
/// # Errors
/// When the database fails.
pub fn load(on: &mut Read, region: &RegionCode, day: Day, names: &[RuleName]) -> Outcome<Rules> {
    let rows = store::in_force(on, Territory::chain(region), day, names)?;
    Ok(Rules::new(rows.into_iter().map(StoredRule::row).collect()))
}

/// 关账日: the last day on which a year's books are open in a region, by the row in force when the year ends, as for what is
/// counted.
///
/// # Errors
/// When no row says so, or the database fails.
pub fn closing_day(on: &mut Read, region: &RegionCode, year: i64) -> Outcome<Day> {
    load(on, region, Day::last_of_year(year), &[RuleName::ClosingDate])?.day_in(RuleName::ClosingDate, year + 1)
}

/// A row of the rule table.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct RuleView {
    /// Its id; decisions name it.
    pub id: RuleId,
    /// What it is about.
    pub name: RuleName,
    /// Where it holds; 000000 is the nation.
    pub region_code: Territory,
    /// The level it is narrowed to.
    pub level: Option<String>,
    /// The fund it is narrowed to.
    pub fund: Option<String>,
    /// The first day on which it holds.
    pub effective_from: Day,
    /// The first day on which it no longer holds; absent while open.
    pub effective_to: Option<Day>,
    /// Its value.
    #[schema(example = "100000")]
    pub value: String,
    /// The value's unit.
    #[schema(example = "ppm")]
    pub unit: String,
    /// Where it is laid down.
    pub source: String,
}

impl From<StoredRule> for RuleView {
    fn from(row: StoredRule) -> RuleView {
        let given = |text: String| if text.is_empty() { None } else { Some(text) };
        RuleView {
            id: row.id,
            name: row.name,
            region_code: row.region_code,
            level: given(row.level),
            fund: given(row.fund),
            effective_from: row.effective_from,
            effective_to: row.effective_to,
            value: row.value,
            unit: row.unit,
            source: row.source,
        }
    }
}

/// Rows by name, by the region they hold in, and by the day they hold on.
pub fn list(
    on: &mut Read,
    name: Option<RuleName>,
    region: Option<Territory>,
    day: Option<Day>,
    page: &PageRequest,
) -> Outcome<Page<RuleView>> {
    let wanted = Wanted { name, places: region.map(|place| place.above()), day };
    let rows = store::list(on, &wanted, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.sort_key.clone()]).map(RuleView::from))
}
