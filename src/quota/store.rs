//! SQL of the plans.

pub mod transfers;

use super::rules::{CanteenMode, PlanDecision, PlanState, PlanStep};
use super::schema::{plan_reviews as reviews, plan_revisions as revisions, plans};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, PlanId, ReviewId, RuleId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// A plan.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = plans, treat_none_as_default_value = false)]
pub struct PlanRow {
    pub id: PlanId,
    pub unit_id: OrgId,
    pub year: i64,
    pub region_code: RegionCode,
    pub state: PlanState,
    pub revision: i64,
    pub in_force: i64,
    pub late: bool,
    pub version: i64,
    pub created_at: At,
}

/// A plan's figures.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub struct RevisionRow {
    pub plan_id: PlanId,
    pub number: i64,
    pub canteen_mode: CanteenMode,
    pub representative_id: Option<OrgId>,
    pub canteen_total_fen: Option<Fen>,
    pub ratio_ppm: Option<Ppm>,
    pub reserved_fen: Option<Fen>,
    pub union_total_fen: Option<Fen>,
    pub union_ratio_ppm: Option<Ppm>,
    pub union_reserved_fen: Option<Fen>,
    pub reason: String,
    pub filed_by: UserId,
    pub submitted_by: Option<UserId>,
    pub submitted_at: Option<At>,
    pub ratio_rule_id: Option<RuleId>,
    pub union_rule_id: Option<RuleId>,
    pub last_year_rule_id: Option<RuleId>,
    pub deadline_rule_id: Option<RuleId>,
    /// When it came into force, where that was decided otherwise than by the review of the plan.
    pub decided_at: Option<At>,
}

/// A decision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reviews, treat_none_as_default_value = false)]
pub struct ReviewRow {
    pub id: ReviewId,
    pub plan_id: PlanId,
    pub revision: i64,
    pub step: PlanStep,
    pub decision: PlanDecision,
    pub reason: String,
    pub reviewer_id: UserId,
    pub reviewer_org: OrgId,
    pub at: At,
}

/// Which plans a list shows.
#[derive(Debug, Clone, Default)]
pub struct PlanFilter {
    pub year: Option<i64>,
    pub state: Option<PlanState>,
    pub unit: Option<OrgId>,
    pub region: Option<RegionCode>,
    pub late: Option<bool>,
}

/// Enters a plan unless the unit-year has one; whether it was entered.
pub fn insert(tx: &mut Tx<'_>, row: &PlanRow) -> Outcome<bool> {
    Ok(each!(tx, c => insert_into(plans::table).values(row).on_conflict_do_nothing().execute(c))? == 1)
}

/// Locks a plan, counts its change and loads it.
pub fn claim(tx: &mut Tx<'_>, id: PlanId) -> Outcome<Option<PlanRow>> {
    Ok(each!(tx, c => update(plans::table.find(id)).set(plans::version.eq(plans::version + 1))
        .returning(PlanRow::as_returning()).get_result(c).optional())?)
}

/// Moves a claimed plan on; whether it still stood where it was.
pub fn advance(tx: &mut Tx<'_>, from: PlanState, row: &PlanRow) -> Outcome<bool> {
    let moved = each!(tx, c => update(plans::table.find(row.id).filter(plans::state.eq(from)))
        .set((plans::state.eq(row.state), plans::revision.eq(row.revision), plans::in_force.eq(row.in_force), plans::late.eq(row.late)))
        .execute(c))?;
    Ok(moved == 1)
}

/// Writes the figures of a revision, in place of those it had.
pub fn write_revision(tx: &mut Tx<'_>, row: &RevisionRow) -> Outcome<()> {
    let key = (row.plan_id, row.number);
    each!(tx, c => delete(revisions::table.find(key)).execute(c))?;
    each!(tx, c => insert_into(revisions::table).values(row).execute(c))?;
    Ok(())
}

/// Notes who submitted a revision.
pub fn submit(tx: &mut Tx<'_>, plan: PlanId, number: i64, by: UserId, at: At) -> Outcome<()> {
    each!(tx, c => update(revisions::table.find((plan, number)))
        .set((revisions::submitted_by.eq(Some(by)), revisions::submitted_at.eq(Some(at)))).execute(c))?;
    Ok(())
}

pub fn add_review(tx: &mut Tx<'_>, row: &ReviewRow) -> Outcome<()> {
    each!(tx, c => insert_into(reviews::table).values(row).execute(c))?;
    Ok(())
}

/// A plan, whoever asks: the caller checks the scope by the unit's place.
pub fn plan(on: &mut Read, id: PlanId) -> Outcome<Option<PlanRow>> {
    Ok(each!(on, c => plans::table.find(id).select(PlanRow::as_select()).first(c).optional())?)
}

/// The plan of a unit-year.
pub fn plan_of(on: &mut Read, unit: OrgId, year: i64) -> Outcome<Option<PlanRow>> {
    Ok(each!(on, c => plans::table.filter(plans::unit_id.eq(unit)).filter(plans::year.eq(year))
        .select(PlanRow::as_select()).first(c).optional())?)
}

/// One revision of a plan.
pub fn revision(on: &mut Read, plan: PlanId, number: i64) -> Outcome<Option<RevisionRow>> {
    Ok(each!(on, c => revisions::table.find((plan, number)).select(RevisionRow::as_select()).first(c).optional())?)
}

/// The current revisions of plans, and those in force.
pub fn revisions(on: &mut Read, ids: &[PlanId]) -> Outcome<Vec<RevisionRow>> {
    Ok(each!(on, c => revisions::table.inner_join(plans::table).filter(revisions::plan_id.eq_any(ids))
        .filter(revisions::number.eq(plans::revision).or(revisions::number.eq(plans::in_force)))
        .select(RevisionRow::as_select()).load(c))?)
}

/// A plan's decisions, oldest first.
pub fn reviews(on: &mut Read, plan: PlanId) -> Outcome<Vec<ReviewRow>> {
    Ok(each!(on, c => reviews::table.filter(reviews::plan_id.eq(plan)).order((reviews::at, reviews::id))
        .select(ReviewRow::as_select()).load(c))?)
}

/// Plans in scope, newest first. `below` holds the units of a unit tree as it stands today.
pub fn list(
    on: &mut Read,
    scope: &Scope,
    below: &[OrgId],
    filter: &PlanFilter,
    page: &PageRequest,
) -> Outcome<Vec<PlanRow>> {
    let after = page.key::<PlanId>()?;
    Ok(each!(on, c => {
        let mut query = plans::table.select(PlanRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(plans::region_code.ge(from)).filter(plans::region_code.lt(to));
            }
            Scope::Org(org) => query = query.filter(plans::unit_id.eq(*org)),
            Scope::UnitTree(_) => query = query.filter(plans::unit_id.eq_any(below)),
        }
        if let Some(year) = filter.year {
            query = query.filter(plans::year.eq(year));
        }
        if let Some(state) = filter.state {
            query = query.filter(plans::state.eq(state));
        }
        if let Some(unit) = filter.unit {
            query = query.filter(plans::unit_id.eq(unit));
        }
        if let Some(late) = filter.late {
            query = query.filter(plans::late.eq(late));
        }
        if let Some(region) = filter.region {
            let (from, to) = region.subtree();
            query = query.filter(plans::region_code.ge(from)).filter(plans::region_code.lt(to));
        }
        if let Some(id) = after {
            query = query.filter(plans::id.lt(id));
        }
        query.order(plans::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// Units whose plan of a year is in force, after one, in the order of their ids, with the regions of their plans.
pub fn planned_units(on: &mut Read, year: i64, after: Option<OrgId>, most: i64) -> Outcome<Vec<(OrgId, RegionCode)>> {
    Ok(each!(on, c => {
        let mut query = plans::table.filter(plans::year.eq(year)).filter(plans::in_force.gt(0))
            .select((plans::unit_id, plans::region_code)).into_boxed();
        if let Some(after) = after {
            query = query.filter(plans::unit_id.gt(after));
        }
        query.order(plans::unit_id).limit(most).load(c)
    })?)
}
