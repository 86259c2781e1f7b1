//! SQL of standing orders; decides nothing.

use crate::agreements::rules::standing::{OccurrenceState, StandingOrderState};
use crate::agreements::schema::{
    standing_occurrences as occurrences, standing_orders as standing, standing_revisions as revisions,
    standing_skips as skips,
};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AgreementId, OrderGroupId, OrgId, StandingOrderId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, max, update};
use diesel::prelude::*;

/// A standing order.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = standing, treat_none_as_default_value = false)]
pub struct StandingRow {
    pub id: StandingOrderId,
    pub name: String,
    pub buyer_id: OrgId,
    pub unit_id: OrgId,
    pub region_code: RegionCode,
    pub agreement_id: Option<AgreementId>,
    pub state: StandingOrderState,
    pub paused_on: Option<Day>,
    pub starts_on: Day,
    pub ends_on: Day,
    pub end_reason: Option<String>,
    pub revision: i64,
    pub open_from: Day,
    pub due_on: Option<Day>,
    pub next_on: Option<Day>,
    pub failures: i64,
    pub retry_at: At,
    pub created_by: UserId,
    pub created_at: At,
    pub version: i64,
}

/// What is ordered from a day on.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub struct StandingRevisionRow {
    pub standing_id: StandingOrderId,
    pub revision: i64,
    pub from_day: Day,
    pub terms: String,
    pub reason: String,
    pub made_by: UserId,
    pub made_at: At,
}

/// A day that somebody left out.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = skips, treat_none_as_default_value = false)]
pub struct SkipRow {
    pub standing_id: StandingOrderId,
    pub day: Day,
    pub reason: Option<String>,
    pub made_by: UserId,
    pub made_at: At,
}

/// What became of a day.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = occurrences, treat_none_as_default_value = false)]
pub struct OccurrenceRow {
    pub standing_id: StandingOrderId,
    pub day: Day,
    pub delivery_on: Day,
    pub order_on: Day,
    pub revision: i64,
    pub state: OccurrenceState,
    pub cause: Option<String>,
    pub reason_zh: Option<String>,
    pub reason_en: Option<String>,
    pub faults: String,
    pub group_id: Option<OrderGroupId>,
    pub orders: String,
    pub settled_at: At,
}

/// Enters a standing order with its first revision.
pub fn insert(tx: &mut Tx<'_>, row: &StandingRow, first: &StandingRevisionRow) -> Outcome<()> {
    each!(tx, c => insert_into(standing::table).values(row).execute(c))?;
    insert_revision(tx, first)
}

/// Enters a revision.
pub fn insert_revision(tx: &mut Tx<'_>, row: &StandingRevisionRow) -> Outcome<()> {
    each!(tx, c => insert_into(revisions::table).values(row).execute(c))?;
    Ok(())
}

/// Locks a standing order, counts its change and loads it. Whoever places one of its days or changes it waits here for the one
/// before.
pub fn claim(tx: &mut Tx<'_>, id: StandingOrderId) -> Outcome<Option<StandingRow>> {
    Ok(each!(tx, c => update(standing::table.find(id)).set(standing::version.eq(standing::version + 1))
        .returning(StandingRow::as_returning()).get_result(c).optional())?)
}

/// Stores where a claimed standing order stands.
pub fn save(tx: &mut Tx<'_>, row: &StandingRow) -> Outcome<()> {
    let changes = (
        standing::state.eq(row.state),
        standing::paused_on.eq(row.paused_on),
        standing::ends_on.eq(row.ends_on),
        standing::end_reason.eq(row.end_reason.clone()),
        standing::revision.eq(row.revision),
        standing::open_from.eq(row.open_from),
        standing::due_on.eq(row.due_on),
        standing::next_on.eq(row.next_on),
        standing::failures.eq(row.failures),
        standing::retry_at.eq(row.retry_at),
    );
    each!(tx, c => update(standing::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// Counts a failure and leaves it alone until a moment.
pub fn failed(tx: &mut Tx<'_>, id: StandingOrderId, retry_at: At) -> Outcome<()> {
    let changes = (standing::failures.eq(standing::failures + 1), standing::retry_at.eq(retry_at));
    each!(tx, c => update(standing::table.find(id)).set(changes).execute(c))?;
    Ok(())
}

/// Standing orders that somebody has to look at today, with how often looking failed: the longest due first.
pub fn due(on: &mut Read, today: Day, now: At, most: i64) -> Outcome<Vec<(StandingOrderId, i64)>> {
    Ok(each!(on, c => standing::table.filter(standing::due_on.le(today)).filter(standing::retry_at.le(now))
        .order((standing::due_on, standing::id)).limit(most).select((standing::id, standing::failures)).load(c))?)
}

/// All that have not ended are due today, and none of their days from today on is taken for settled that is not.
pub fn look_again(tx: &mut Tx<'_>, today: Day) -> Outcome<()> {
    let alive = standing::table.filter(standing::ends_on.ge(today));
    each!(tx, c => {
        update(alive.filter(standing::open_from.gt(today)).filter(standing::starts_on.le(today)))
            .set(standing::open_from.eq(today)).execute(c)?;
        update(alive.filter(standing::starts_on.gt(today))).set(standing::open_from.eq(standing::starts_on)).execute(c)?;
        update(alive).set(standing::due_on.eq(today)).execute(c)
    })?;
    Ok(())
}

/// A standing order, whoever asks: the caller checks the scope.
pub fn standing_order(on: &mut Read, id: StandingOrderId) -> Outcome<Option<StandingRow>> {
    Ok(each!(on, c => standing::table.find(id).select(StandingRow::as_select()).first(c).optional())?)
}

/// Everything that was ever to be ordered, in order.
pub fn revisions_of(on: &mut Read, id: StandingOrderId) -> Outcome<Vec<StandingRevisionRow>> {
    Ok(each!(on, c => revisions::table.filter(revisions::standing_id.eq(id)).order(revisions::revision)
        .select(StandingRevisionRow::as_select()).load(c))?)
}

/// Leaves a day out; whether it was not left out before.
pub fn skip(tx: &mut Tx<'_>, row: &SkipRow) -> Outcome<bool> {
    Ok(each!(tx, c => insert_into(skips::table).values(row).on_conflict_do_nothing().execute(c))? > 0)
}

/// Takes a day in again; whether it was left out.
pub fn unskip(tx: &mut Tx<'_>, id: StandingOrderId, day: Day) -> Outcome<bool> {
    Ok(each!(tx, c => delete(skips::table.find((id, day))).execute(c))? > 0)
}

/// Days that are left out, from a day on.
pub fn skips_from(on: &mut Read, id: StandingOrderId, from: Day) -> Outcome<Vec<SkipRow>> {
    Ok(each!(on, c => skips::table.filter(skips::standing_id.eq(id)).filter(skips::day.ge(from)).order(skips::day)
        .select(SkipRow::as_select()).load(c))?)
}

/// Enters what became of a day; the key refuses a second time.
pub fn settle(tx: &mut Tx<'_>, row: &OccurrenceRow) -> Outcome<()> {
    each!(tx, c => insert_into(occurrences::table).values(row).execute(c))?;
    Ok(())
}

/// Days of which something became, from a day on, each with the day on which its goods come, or would have, and what became of it.
pub fn settled_from(on: &mut Read, id: StandingOrderId, from: Day) -> Outcome<Vec<(Day, Day, OccurrenceState)>> {
    Ok(each!(on, c => occurrences::table.filter(occurrences::standing_id.eq(id)).filter(occurrences::day.ge(from))
        .select((occurrences::day, occurrences::delivery_on, occurrences::state)).load(c))?)
}

/// The last day that was ordered.
pub fn last_ordered(on: &mut Read, id: StandingOrderId) -> Outcome<Option<Day>> {
    Ok(each!(on, c => occurrences::table.filter(occurrences::standing_id.eq(id))
        .filter(occurrences::state.eq(OccurrenceState::Placed)).select(max(occurrences::day)).first(c))?)
}

/// What became of days, the latest first.
pub fn past(on: &mut Read, id: StandingOrderId, before: Option<Day>, most: i64) -> Outcome<Vec<OccurrenceRow>> {
    Ok(each!(on, c => {
        let mut query = occurrences::table.filter(occurrences::standing_id.eq(id))
            .select(OccurrenceRow::as_select()).into_boxed();
        if let Some(day) = before {
            query = query.filter(occurrences::day.lt(day));
        }
        query.order(occurrences::day.desc()).limit(most).load(c)
    })?)
}

/// Whose standing orders a list shows.
#[derive(Debug, Clone)]
pub enum StandingReach {
    /// Everybody's.
    Everything,
    /// Those of units in a region: codes from the first, below the second.
    Region((String, String)),
    /// Those for these units, and those by which one of these organisations orders for others.
    Parties(Vec<OrgId>, Vec<OrgId>),
}

/// Which standing orders a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandingWanted {
    /// Standing so today.
    pub state: Option<StandingOrderState>,
    /// For this unit.
    pub unit: Option<OrgId>,
    /// Called off from this agreement.
    pub agreement: Option<AgreementId>,
}

/// Standing orders within reach, newest first.
pub fn list(
    on: &mut Read,
    reach: &StandingReach,
    wanted: &StandingWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Vec<StandingRow>> {
    let after = page.key::<StandingOrderId>()?;
    Ok(each!(on, c => {
        let mut query = standing::table.select(StandingRow::as_select()).into_boxed();
        match reach {
            StandingReach::Everything => {}
            StandingReach::Region((from, to)) => {
                query = query.filter(standing::region_code.ge(from)).filter(standing::region_code.lt(to));
            }
            StandingReach::Parties(units, buyers) => {
                query = query.filter(standing::unit_id.eq_any(units).or(standing::buyer_id.eq_any(buyers)));
            }
        }
        query = match wanted.state {
            None => query,
            Some(StandingOrderState::Ended) => query.filter(standing::ends_on.lt(today)),
            Some(state) => query.filter(standing::state.eq(state)).filter(standing::ends_on.ge(today)),
        };
        if let Some(unit) = wanted.unit {
            query = query.filter(standing::unit_id.eq(unit));
        }
        if let Some(agreement) = wanted.agreement {
            query = query.filter(standing::agreement_id.eq(agreement));
        }
        if let Some(id) = after {
            query = query.filter(standing::id.lt(id));
        }
        query.order(standing::id.desc()).limit(page.fetch()).load(c)
    })?)
}
