//! SQL of inspection plans, what they froze, and what was drawn.

use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FindingId, InspectionId, InspectionPlanId, OrgId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Category;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use crate::supervision::rules::{InspectionKind, InspectionOutcome, InspectionPlanState, InspectionState, SubjectKind};
use crate::supervision::schema::{
    inspection_inspectors as inspectors, inspection_plans as plans, inspection_pool as pool,
    inspection_population as population, inspections,
};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// Rows inserted by one statement: each has few columns, and a statement has a limit of parameters.
const CHUNK: usize = 500;

/// A stored plan.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = plans, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct PlanRow {
    pub id: InspectionPlanId,
    pub office_org: OrgId,
    pub office_name: String,
    pub region_code: RegionCode,
    pub title: String,
    pub kind: InspectionKind,
    pub category: Option<Category>,
    pub to_draw: i64,
    pub per_item: i64,
    pub population_size: i64,
    pub population_hash: String,
    pub pool_hash: String,
    pub commitment: String,
    pub sealed_seed: Vec<u8>,
    pub public_source: Option<String>,
    pub draw_on: Day,
    pub state: InspectionPlanState,
    pub announced_by: UserId,
    pub announced_at: At,
    pub seed: Option<String>,
    pub public_value: Option<String>,
    pub drawn_by: Option<UserId>,
    pub drawn_at: Option<At>,
    pub version: i64,
}

/// Something that may be drawn.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = population)]
pub struct PopulationRow {
    pub plan_id: InspectionPlanId,
    pub place: i64,
    pub subject: String,
    pub subject_name: String,
    pub owner_org: OrgId,
}

/// Somebody who may inspect; conflicts are JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = pool)]
pub struct PoolRow {
    pub plan_id: InspectionPlanId,
    pub place: i64,
    pub user_id: UserId,
    pub conflicts: String,
}

/// A stored inspection; files are JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = inspections, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct InspectionRow {
    pub id: InspectionId,
    pub plan_id: InspectionPlanId,
    pub drawn_as: i64,
    pub population_place: i64,
    pub subject_kind: SubjectKind,
    pub subject: String,
    pub subject_name: String,
    pub owner_org: OrgId,
    pub owner_name: String,
    pub region_code: RegionCode,
    pub office_org: OrgId,
    pub state: InspectionState,
    pub outcome: Option<InspectionOutcome>,
    pub text: Option<String>,
    pub file_ids: String,
    pub recorded_by: Option<UserId>,
    pub recorded_at: Option<At>,
    pub finding_id: Option<FindingId>,
    pub suspended: Option<String>,
    pub version: i64,
}

/// Somebody who was drawn for an inspection.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = inspectors)]
pub struct InspectorRow {
    pub inspection_id: InspectionId,
    pub drawn_as: i64,
    pub pool_place: i64,
    pub user_id: UserId,
}

/// Which inspections are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedInspections {
    pub plan: Option<InspectionPlanId>,
    pub state: Option<InspectionState>,
    pub inspector: Option<UserId>,
}

pub fn insert_plan(tx: &mut Tx<'_>, row: &PlanRow) -> Outcome<()> {
    each!(tx, c => insert_into(plans::table).values(row).execute(c))?;
    Ok(())
}

pub fn insert_population(tx: &mut Tx<'_>, rows: &[PopulationRow]) -> Outcome<()> {
    for part in rows.chunks(CHUNK) {
        each!(tx, c => insert_into(population::table).values(part).execute(c))?;
    }
    Ok(())
}

pub fn insert_pool(tx: &mut Tx<'_>, rows: &[PoolRow]) -> Outcome<()> {
    each!(tx, c => insert_into(pool::table).values(rows).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads a plan of an office's.
pub fn claim_plan(tx: &mut Tx<'_>, office: OrgId, id: InspectionPlanId) -> Outcome<Option<PlanRow>> {
    Ok(each!(tx, c => update(plans::table.find(id)).filter(plans::office_org.eq(office))
        .set(plans::version.eq(plans::version + 1)).returning(PlanRow::as_returning()).get_result(c).optional())?)
}

/// Writes a claimed plan.
pub fn save_plan(tx: &mut Tx<'_>, row: &PlanRow) -> Outcome<usize> {
    Ok(each!(tx, c => update(plans::table.find(row.id)).filter(plans::version.eq(row.version)).set(row).execute(c))?)
}

/// A plan, whoever's it is: plans are public.
pub fn plan(on: &mut Read, id: InspectionPlanId) -> Outcome<Option<PlanRow>> {
    Ok(each!(on, c => plans::table.find(id).select(PlanRow::as_select()).first(c).optional())?)
}

/// Plans, the latest first.
pub fn plans(
    on: &mut Read,
    region: Option<RegionCode>,
    state: Option<InspectionPlanState>,
    after: Option<InspectionPlanId>,
    limit: i64,
) -> Outcome<Vec<PlanRow>> {
    Ok(each!(on, c => {
        let mut query = plans::table.select(PlanRow::as_select()).into_boxed();
        if let Some(region) = region {
            let (from, to) = region.subtree();
            query = query.filter(plans::region_code.ge(from)).filter(plans::region_code.lt(to));
        }
        if let Some(state) = state {
            query = query.filter(plans::state.eq(state));
        }
        if let Some(after) = after {
            query = query.filter(plans::id.lt(after));
        }
        query.order(plans::id.desc()).limit(limit).load(c)
    })?)
}

/// What a plan may draw, in its order.
pub fn population_of(on: &mut Read, id: InspectionPlanId) -> Outcome<Vec<PopulationRow>> {
    Ok(each!(on, c => population::table.filter(population::plan_id.eq(id)).order(population::place)
        .select(PopulationRow::as_select()).load(c))?)
}

/// Who may inspect for a plan, in order.
pub fn pool_of(on: &mut Read, id: InspectionPlanId) -> Outcome<Vec<PoolRow>> {
    Ok(
        each!(on, c => pool::table.filter(pool::plan_id.eq(id)).order(pool::place).select(PoolRow::as_select()).load(c))?,
    )
}

pub fn insert_inspections(tx: &mut Tx<'_>, rows: &[InspectionRow], drawn: &[InspectorRow]) -> Outcome<()> {
    for part in rows.chunks(CHUNK) {
        each!(tx, c => insert_into(inspections::table).values(part).execute(c))?;
    }
    for part in drawn.chunks(CHUNK) {
        each!(tx, c => insert_into(inspectors::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Locks, counts up and loads an inspection of an office's.
pub fn claim_inspection(tx: &mut Tx<'_>, office: OrgId, id: InspectionId) -> Outcome<Option<InspectionRow>> {
    Ok(each!(tx, c => update(inspections::table.find(id)).filter(inspections::office_org.eq(office))
        .set(inspections::version.eq(inspections::version + 1))
        .returning(InspectionRow::as_returning()).get_result(c).optional())?)
}

/// Writes a claimed inspection.
pub fn save_inspection(tx: &mut Tx<'_>, row: &InspectionRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(inspections::table.find(row.id)).filter(inspections::version.eq(row.version)).set(row).execute(c))?,
    )
}

/// Who was drawn for these inspections, as drawn.
pub fn inspectors_of(on: &mut Read, ids: &[InspectionId]) -> Outcome<Vec<InspectorRow>> {
    Ok(each!(on, c => inspectors::table.filter(inspectors::inspection_id.eq_any(ids))
        .order((inspectors::inspection_id, inspectors::drawn_as)).select(InspectorRow::as_select()).load(c))?)
}

/// The inspections of a plan, as drawn.
pub fn inspections_of(on: &mut Read, id: InspectionPlanId) -> Outcome<Vec<InspectionRow>> {
    Ok(each!(on, c => inspections::table.filter(inspections::plan_id.eq(id)).order(inspections::drawn_as)
        .select(InspectionRow::as_select()).load(c))?)
}

pub fn inspection(on: &mut Read, scope: &Scope, id: InspectionId) -> Outcome<Option<InspectionRow>> {
    Ok(each!(on, c => {
        let query = inspections::table.find(id).select(InspectionRow::as_select()).into_boxed();
        let query = match scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(inspections::region_code.ge(from)).filter(inspections::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => query.filter(inspections::owner_org.eq(*org)),
        };
        query.first(c).optional()
    })?)
}

/// Inspections in scope, the latest first.
pub fn inspections(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedInspections,
    after: Option<InspectionId>,
    limit: i64,
) -> Outcome<Vec<InspectionRow>> {
    Ok(each!(on, c => {
        let mut query = inspections::table.select(InspectionRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(inspections::region_code.ge(from)).filter(inspections::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(inspections::owner_org.eq(*org)),
        }
        if let Some(plan) = wanted.plan {
            query = query.filter(inspections::plan_id.eq(plan));
        }
        if let Some(state) = wanted.state {
            query = query.filter(inspections::state.eq(state));
        }
        if let Some(person) = wanted.inspector {
            let own = inspectors::table.filter(inspectors::user_id.eq(person)).select(inspectors::inspection_id);
            query = query.filter(inspections::id.eq_any(own));
        }
        if let Some(after) = after {
            query = query.filter(inspections::id.lt(after));
        }
        query.order(inspections::id.desc()).limit(limit).load(c)
    })?)
}
