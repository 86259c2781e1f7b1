//! Reading regions, calendars and pairings.

use super::rules::{self, DayWord, PairingKind, Region};
use super::store::{self, PairingRow, Wanted};
use crate::kernel::calendar::{Deadline, WorkCalendar};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::PairingId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use std::collections::BTreeMap;

/// Days looked at beyond a period's plain length: more than the longest run of holidays in a year.
const MARGIN_DAYS: i64 = 60;

/// A region as it is on a day.
///
/// # Errors
/// `not_found`.
pub fn region(on: &mut Read, code: &RegionCode, day: Day) -> Outcome<Region> {
    store::region(on, code, day)?.map(Region::from).ok_or_else(|| Code::NotFound.into())
}

/// Those of some regions that there are on a day, in one query: for pages that name many.
///
/// # Errors
/// When the database fails.
pub fn regions_on(on: &mut Read, codes: &[RegionCode], day: Day) -> Outcome<BTreeMap<RegionCode, Region>> {
    let rows = store::regions_on(on, codes, day)?;
    Ok(rows.into_iter().map(|row| (row.code, Region::from(row))).collect())
}

/// The latest name of every region.
///
/// # Errors
/// When the database fails.
pub fn names(on: &mut Read) -> Outcome<BTreeMap<RegionCode, String>> {
    Ok(store::names(on)?.into_iter().collect())
}

/// The counties that are among the 832 on a day.
///
/// # Errors
/// When the database fails.
pub fn eligible_counties(on: &mut Read, day: Day) -> Outcome<Vec<RegionCode>> {
    store::eligible(on, day)
}

/// A region's working days from one day to another, both inclusive.
///
/// # Errors
/// When the database fails.
pub fn calendar(on: &mut Read, region: &RegionCode, from: Day, until: Day) -> Outcome<WorkCalendar> {
    let places = Territory::chain(region);
    let years = store::years(on, places.clone())?;
    let days = store::days(on, places, from, until)?;
    Ok(WorkCalendar::new(days.into_iter().map(|row| (row.day.date(), row.kind.into())), rules::loaded_years(&years)))
}

/// The last day of a period of working days; the first day is not counted.
///
/// # Errors
/// When the database fails.
pub fn deadline_working_days(on: &mut Read, region: &RegionCode, start: Day, days: i64) -> Outcome<Deadline> {
    let days = days.clamp(0, 10_000);
    let calendar = calendar(on, region, start, start.plus_days(days * 2 + MARGIN_DAYS))?;
    Ok(calendar.add_working_days(start.date(), u32::try_from(days).unwrap_or(0)))
}

/// The last days of the same period of working days in several regions, in their order, by one statement.
///
/// # Errors
/// When the database fails.
pub fn deadlines_working_days(on: &mut Read, regions: &[RegionCode], start: Day, days: i64) -> Outcome<Vec<Deadline>> {
    let days = days.clamp(0, 10_000);
    let mut places: Vec<Territory> = regions.iter().flat_map(Territory::chain).collect();
    places.sort_unstable();
    places.dedup();
    let mut notices = store::notices(on, &places, start, start.plus_days(days * 2 + MARGIN_DAYS))?;
    notices.sort_unstable();
    let count = u32::try_from(days).unwrap_or(0);
    Ok(regions
        .iter()
        .map(|region| rules::calendar_of(region, &notices).add_working_days(start.date(), count))
        .collect())
}

/// The last day of a period of calendar days, moved to the next working day when it is a day off.
///
/// # Errors
/// When the database fails.
pub fn deadline_calendar_days(on: &mut Read, region: &RegionCode, start: Day, days: i64) -> Outcome<Deadline> {
    let last = start.plus_days(days.clamp(0, 100_000));
    Ok(calendar(on, region, last, last.plus_days(MARGIN_DAYS))?.roll_forward(last.date()))
}

/// A region.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct RegionView {
    /// Its code (GB/T 2260).
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// province, prefecture, county, township or village.
    #[schema(example = "county")]
    pub level: &'static str,
    /// The region above.
    pub parent: Option<RegionCode>,
    /// Among the 832 counties.
    pub eligible_832: bool,
    /// 有脱贫任务县: may certify.
    pub poverty_task: bool,
    /// The first day on which this holds.
    pub valid_from: Day,
    /// The first day on which it no longer holds; absent while open.
    pub valid_to: Option<Day>,
}

impl From<Region> for RegionView {
    fn from(region: Region) -> RegionView {
        RegionView {
            code: region.code,
            name: region.name,
            level: region.level.as_str(),
            parent: region.parent,
            eligible_832: region.eligible_832,
            poverty_task: region.poverty_task,
            valid_from: region.valid_from,
            valid_to: region.valid_to,
        }
    }
}

/// A region with its past and coming rows.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct RegionDetail {
    /// As it is today, or as it last was.
    #[serde(flatten)]
    pub current: RegionView,
    /// All rows, oldest first.
    pub history: Vec<RegionView>,
}

/// A region by its code, with all its rows.
pub fn detail(on: &mut Read, code: &RegionCode, today: Day) -> Outcome<RegionDetail> {
    let rows = store::region_history(on, code)?;
    let holds = |row: &&store::RegionRow| row.valid_from <= today && row.valid_to.is_none_or(|to| to > today);
    let current = rows.iter().find(holds).or(rows.last()).cloned().ok_or(Code::NotFound)?;
    let view = |row: store::RegionRow| RegionView::from(Region::from(row));
    Ok(RegionDetail { current: view(current), history: rows.into_iter().map(view).collect() })
}

/// Regions in the order of their codes.
pub fn list(on: &mut Read, wanted: &Wanted, page: &PageRequest) -> Outcome<Page<RegionView>> {
    let rows = store::list(on, wanted, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.code.to_string()]).map(|row| Region::from(row).into()))
}

/// The filter of [`list`].
pub fn wanted(
    day: Day,
    level: Option<RegionLevel>,
    parent: Option<RegionCode>,
    eligible_832: Option<bool>,
    poverty_task: Option<bool>,
) -> Wanted {
    Wanted { day, level, parent, eligible_832, poverty_task }
}

/// A year's working calendar of a region.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct CalendarView {
    /// The year.
    pub year: i64,
    /// Whose days are included, the nation first.
    pub territories: Vec<Territory>,
    /// Whether the year is complete; deadlines in other years are provisional.
    pub loaded: bool,
    /// Days off and make-up working days; every other day follows the weekend.
    pub days: Vec<CalendarDayView>,
}

/// A named day.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct CalendarDayView {
    /// The day.
    pub day: Day,
    /// off or work.
    pub kind: DayWord,
    /// Why.
    pub name: String,
    /// Whose day it is; 000000 is the nation.
    pub region_code: Territory,
}

/// The days that hold in a territory in a year; where the nation and a region name the same day, the region's holds.
pub fn year(on: &mut Read, place: Territory, year: i64) -> Outcome<CalendarView> {
    let places = place.above();
    let loaded = rules::loaded_years(&store::years(on, places.clone())?).iter().any(|y| i64::from(*y) == year);
    let rows = store::days(on, places.clone(), Day::first_of_year(year), Day::last_of_year(year))?;
    let mut days = BTreeMap::new();
    for row in rows {
        days.insert(
            row.day,
            CalendarDayView { day: row.day, kind: row.kind, name: row.name, region_code: row.region_code },
        );
    }
    Ok(CalendarView { year, territories: places, loaded, days: days.into_values().collect() })
}

/// A county's partner.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct PairingView {
    /// Its id.
    pub id: PairingId,
    /// Partner region or designated unit.
    pub kind: PairingKind,
    /// The county helped.
    pub a_code: RegionCode,
    /// The partner region.
    pub b_code: Option<RegionCode>,
    /// The partner's name.
    pub b_name: String,
    /// The first day.
    pub valid_from: Day,
    /// The first day on which it no longer holds; absent while open.
    pub valid_to: Option<Day>,
    /// Where it is laid down.
    pub source: String,
}

impl From<PairingRow> for PairingView {
    fn from(row: PairingRow) -> PairingView {
        PairingView {
            id: row.id,
            kind: row.kind,
            a_code: row.a_code,
            b_code: row.b_code,
            b_name: row.b_name,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        }
    }
}

/// Every pairing, or those in force on a day.
///
/// # Errors
/// When the database fails.
pub fn pairings(on: &mut Read, day: Option<Day>) -> Outcome<Vec<PairingView>> {
    Ok(store::pairings(on, None, day, None, i64::MAX)?.into_iter().map(PairingView::from).collect())
}

/// A page of pairings.
pub fn pairing_page(
    on: &mut Read,
    county: Option<RegionCode>,
    day: Option<Day>,
    page: &PageRequest,
) -> Outcome<Page<PairingView>> {
    let rows = store::pairings(on, county, day, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(PairingView::from))
}
