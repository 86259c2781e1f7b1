//! SQL of regions, calendars and pairings.

use super::rules::{DayWord, PairingKind, Region};
use super::schema::{calendar_days, calendar_years, pairings, regions};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::PairingId;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::territory::Territory;
use crate::kernel::time::{Day, Span};
use crate::platform::db::{Kept, Read, Tx};
use diesel::dsl::{insert_into, sql, update};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::upsert::excluded;

/// Rows of one INSERT: below the number of parameters that both databases take.
const CHUNK: usize = 500;

/// A stored region.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = regions, treat_none_as_default_value = false)]
pub struct RegionRow {
    pub code: RegionCode,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub name: String,
    pub level: String,
    pub parent: Option<RegionCode>,
    pub eligible_832: bool,
    pub poverty_task: bool,
}

impl From<RegionRow> for Region {
    fn from(row: RegionRow) -> Region {
        Region {
            level: row.code.level(),
            code: row.code,
            name: row.name,
            parent: row.parent,
            eligible_832: row.eligible_832,
            poverty_task: row.poverty_task,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

/// A day that a notice names.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_days, treat_none_as_default_value = false)]
pub struct DayRow {
    pub region_code: Territory,
    pub day: Day,
    pub kind: DayWord,
    pub name: String,
}

/// A stored pairing.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = pairings, treat_none_as_default_value = false)]
pub struct PairingRow {
    pub id: PairingId,
    pub kind: PairingKind,
    pub a_code: RegionCode,
    pub b_code: Option<RegionCode>,
    pub b_name: String,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub source: String,
}

/// Adds region rows that are not there.
pub fn add_regions(tx: &mut Tx<'_>, rows: &[RegionRow]) -> Outcome<usize> {
    let mut added = 0;
    for part in rows.chunks(CHUNK) {
        added += each!(tx, c => insert_into(regions::table).values(part).on_conflict_do_nothing().execute(c))?;
    }
    Ok(added)
}

/// Writes region rows, replacing those of the same code and first day.
pub fn put_regions(tx: &mut Tx<'_>, rows: &[RegionRow]) -> Outcome<()> {
    each!(tx, c => insert_into(regions::table).values(rows).on_conflict((regions::code, regions::valid_from)).do_update().set((
        regions::valid_to.eq(excluded(regions::valid_to)), regions::name.eq(excluded(regions::name)),
        regions::level.eq(excluded(regions::level)), regions::parent.eq(excluded(regions::parent)),
        regions::eligible_832.eq(excluded(regions::eligible_832)), regions::poverty_task.eq(excluded(regions::poverty_task)),
    )).execute(c))?;
    Ok(())
}

/// Ends the open row of a code before a day on which a new one begins.
pub fn end_region(tx: &mut Tx<'_>, code: RegionCode, day: Day) -> Outcome<()> {
    each!(tx, c => update(regions::table.filter(regions::code.eq(code)).filter(regions::valid_from.lt(day))
        .filter(regions::valid_to.is_null().or(regions::valid_to.gt(day)))).set(regions::valid_to.eq(Some(day))).execute(c))?;
    Ok(())
}

/// Every row of every region, in order of code and first day.
pub fn all_regions(on: &mut Read) -> Outcome<Vec<RegionRow>> {
    Ok(
        each!(on, c => regions::table.order((regions::code, regions::valid_from)).select(RegionRow::as_select()).load(c))?,
    )
}

/// The rows of one code, oldest first.
pub fn region_history(on: &mut Read, code: &RegionCode) -> Outcome<Vec<RegionRow>> {
    Ok(
        each!(on, c => regions::table.filter(regions::code.eq(*code)).order(regions::valid_from).select(RegionRow::as_select()).load(c))?,
    )
}

/// The row of a code that holds on a day.
pub fn region(on: &mut Read, code: &RegionCode, day: Day) -> Outcome<Option<RegionRow>> {
    Ok(each!(on, c => regions::table.filter(regions::code.eq(*code)).filter(regions::valid_from.le(day))
        .filter(regions::valid_to.is_null().or(regions::valid_to.gt(day)))
        .select(RegionRow::as_select()).first(c).optional())?)
}

/// The rows of some codes that hold on a day.
pub fn regions_on(on: &mut Read, codes: &[RegionCode], day: Day) -> Outcome<Vec<RegionRow>> {
    Ok(each!(on, c => regions::table.filter(regions::code.eq_any(codes.to_vec())).filter(regions::valid_from.le(day))
        .filter(regions::valid_to.is_null().or(regions::valid_to.gt(day))).select(RegionRow::as_select()).load(c))?)
}

/// Code and name of every region, the latest name last.
pub fn names(on: &mut Read) -> Outcome<Vec<(RegionCode, String)>> {
    Ok(
        each!(on, c => regions::table.order((regions::code, regions::valid_from)).select((regions::code, regions::name)).load(c))?,
    )
}

/// The counties that are among the 832 on a day.
pub fn eligible(on: &mut Read, day: Day) -> Outcome<Vec<RegionCode>> {
    Ok(each!(on, c => regions::table.filter(regions::eligible_832.eq(true)).filter(regions::valid_from.le(day))
        .filter(regions::valid_to.is_null().or(regions::valid_to.gt(day))).order(regions::code).select(regions::code).load(c))?)
}

/// Which regions a list shows.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub day: Day,
    pub level: Option<RegionLevel>,
    pub parent: Option<RegionCode>,
    pub eligible_832: Option<bool>,
    pub poverty_task: Option<bool>,
}

/// Regions in the order of their codes.
pub fn list(on: &mut Read, wanted: &Wanted, after: Option<RegionCode>, limit: i64) -> Outcome<Vec<RegionRow>> {
    Ok(each!(on, c => {
        let mut query = regions::table.select(RegionRow::as_select()).into_boxed();
        query = query.filter(regions::valid_from.le(wanted.day)).filter(regions::valid_to.is_null().or(regions::valid_to.gt(wanted.day)));
        if let Some(level) = wanted.level {
            query = query.filter(regions::level.eq(level.as_str()));
        }
        if let Some(parent) = wanted.parent {
            query = query.filter(regions::parent.eq(parent));
        }
        if let Some(eligible) = wanted.eligible_832 {
            query = query.filter(regions::eligible_832.eq(eligible));
        }
        if let Some(task) = wanted.poverty_task {
            query = query.filter(regions::poverty_task.eq(task));
        }
        if let Some(after) = after {
            query = query.filter(regions::code.gt(after));
        }
        query.order(regions::code).limit(limit).load(c)
    })?)
}

/// Adds days that are not there.
pub fn add_days(tx: &mut Tx<'_>, rows: &[DayRow]) -> Outcome<usize> {
    let mut added = 0;
    for part in rows.chunks(CHUNK) {
        added += each!(tx, c => insert_into(calendar_days::table).values(part).on_conflict_do_nothing().execute(c))?;
    }
    Ok(added)
}

/// Writes days, replacing what was said of them before.
pub fn put_days(tx: &mut Tx<'_>, rows: &[DayRow]) -> Outcome<()> {
    each!(tx, c => insert_into(calendar_days::table).values(rows).on_conflict((calendar_days::region_code, calendar_days::day)).do_update()
        .set((calendar_days::kind.eq(excluded(calendar_days::kind)), calendar_days::name.eq(excluded(calendar_days::name)))).execute(c))?;
    Ok(())
}

/// Marks years as loaded.
pub fn add_years(tx: &mut Tx<'_>, years: &[(Territory, i64)]) -> Outcome<()> {
    let rows: Vec<_> = years
        .iter()
        .map(|(place, year)| (calendar_years::region_code.eq(*place), calendar_years::year.eq(*year)))
        .collect();
    each!(tx, c => insert_into(calendar_years::table).values(&rows).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// The named days of these territories from one day to another, both inclusive; the nation's come first.
pub fn days(on: &mut Read, places: Vec<Territory>, from: Day, until: Day) -> Outcome<Vec<DayRow>> {
    Ok(each!(on, c => calendar_days::table.filter(calendar_days::region_code.eq_any(places))
        .filter(calendar_days::day.ge(from)).filter(calendar_days::day.le(until))
        .order((calendar_days::region_code, calendar_days::day)).select(DayRow::as_select()).load(c))?)
}

/// The years loaded for these territories.
pub fn years(on: &mut Read, places: Vec<Territory>) -> Outcome<Vec<(Territory, i64)>> {
    Ok(each!(on, c => calendar_years::table.filter(calendar_years::region_code.eq_any(places))
        .order((calendar_years::region_code, calendar_years::year)).select((calendar_years::region_code, calendar_years::year)).load(c))?)
}

/// Days that notices name within bounds and the years they load, in one statement: place, day or year, word.
pub fn notices(
    on: &mut Read,
    places: &[Territory],
    from: Day,
    until: Day,
) -> Outcome<Vec<(Territory, String, String)>> {
    Ok(each!(on, c => {
        let years = calendar_years::table.filter(calendar_years::region_code.eq_any(places))
            .select((calendar_years::region_code, sql::<Text>("CAST(year AS TEXT)"), sql::<Text>("'loaded'")));
        let days = calendar_days::table.filter(calendar_days::region_code.eq_any(places)).filter(calendar_days::day.between(from, until))
            .select((calendar_days::region_code, sql::<Text>("day"), sql::<Text>("kind")));
        Kept(years.union_all(days)).load(c)
    })?)
}

/// Adds pairings that are not there.
pub fn add_pairings(tx: &mut Tx<'_>, rows: &[PairingRow]) -> Outcome<usize> {
    Ok(each!(tx, c => insert_into(pairings::table).values(rows).on_conflict_do_nothing().execute(c))?)
}

/// Pairings in the order of their ids, of one county and on one day where asked.
pub fn pairings(
    on: &mut Read,
    county: Option<RegionCode>,
    day: Option<Day>,
    after: Option<PairingId>,
    limit: i64,
) -> Outcome<Vec<PairingRow>> {
    Ok(each!(on, c => {
        let mut query = pairings::table.select(PairingRow::as_select()).into_boxed();
        if let Some(county) = county {
            query = query.filter(pairings::a_code.eq(county));
        }
        if let Some(day) = day {
            query = query.filter(pairings::valid_from.le(day)).filter(pairings::valid_to.is_null().or(pairings::valid_to.gt(day)));
        }
        if let Some(after) = after {
            query = query.filter(pairings::id.gt(after));
        }
        query.order(pairings::id).limit(limit).load(c)
    })?)
}

/// A pairing; nobody else changes it, or who buys for it, until this is done.
pub fn claim_pairing(tx: &mut Tx<'_>, id: PairingId) -> Outcome<Option<PairingRow>> {
    each!(tx, c => update(pairings::table.find(id)).set(pairings::source.eq(pairings::source)).execute(c))?;
    Ok(each!(tx, c => pairings::table.find(id).select(PairingRow::as_select()).first(c).optional())?)
}

/// Nobody else changes partners of a county until this is done.
pub fn claim_partners(tx: &mut Tx<'_>, county: &RegionCode) -> Outcome<()> {
    each!(tx, c => update(regions::table.filter(regions::code.eq(county))).set(regions::name.eq(regions::name)).execute(c))?;
    Ok(())
}

/// Other days of a pairing.
pub fn set_pairing_days(tx: &mut Tx<'_>, id: PairingId, (from, to): Span) -> Outcome<()> {
    each!(tx, c => update(pairings::table.find(id)).set((pairings::valid_from.eq(from), pairings::valid_to.eq(to))).execute(c))?;
    Ok(())
}
