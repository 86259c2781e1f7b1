//! Reading plans and the live balance of a unit's year.

mod transfers;

pub use transfers::{QuotaTransferView, transfer, transfers};

use super::rules::{CanteenMode, PlanDecision, PlanState, PlanStep, Reserves, UnitClass, unit_class};
use super::store::{self, PlanFilter, PlanRow, ReviewRow, RevisionRow};
use crate::identity::{self, Organisation};
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{OrgId, PlanId, ReviewId, RuleId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Fund;
use crate::kernel::time::{At, Day};
use crate::ledger::{self, Balance};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::rulebook::{self, RuleName};
use serde::Serialize;
use utoipa::ToSchema;

/// The figures in force of a unit-year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InForce {
    /// The plan.
    pub plan: PlanId,
    /// How the canteen is run.
    pub mode: CanteenMode,
    /// For a shared member: through whom.
    pub representative: Option<OrgId>,
    /// The year's canteen total: the ceiling of canteen-funded orders.
    pub canteen_total: Option<Fen>,
    /// What is reserved.
    pub reserves: Reserves,
}

impl From<&RevisionRow> for InForce {
    fn from(row: &RevisionRow) -> InForce {
        InForce {
            plan: row.plan_id,
            mode: row.canteen_mode,
            representative: row.representative_id,
            canteen_total: row.canteen_total_fen,
            reserves: Reserves { canteen: row.reserved_fen, union: row.union_reserved_fen },
        }
    }
}

/// The figures in force of a unit-year; `None` before the first approval.
///
/// # Errors
/// When the database fails.
pub fn plan_of(read: &mut Read, unit: OrgId, year: i64) -> Outcome<Option<InForce>> {
    let Some(plan) = store::plan_of(read, unit, year)?.filter(|plan| plan.in_force > 0) else { return Ok(None) };
    Ok(store::revision(read, plan.id, plan.in_force)?.as_ref().map(InForce::from))
}

/// Units whose plan of a year is in force, after one, in the order of their ids, with the regions of their plans.
///
/// # Errors
/// When the database fails.
pub fn planned_units(read: &mut Read, year: i64, after: Option<OrgId>, most: i64) -> Outcome<Vec<(OrgId, RegionCode)>> {
    store::planned_units(read, year, after, most)
}

/// The canteen reserve of the year before one: the unit's own, and that of the units merged into it in this one. `None`
/// when none of them had a plan in force.
///
/// # Errors
/// `amount_too_large`.
pub fn reserved_before(read: &mut Read, unit: OrgId, year: i64) -> Outcome<Option<Fen>> {
    let mut units = identity::merged_in(read, unit, year)?;
    units.push(unit);
    let mut sum: Option<Fen> = None;
    for unit in units {
        if let Some(reserved) = plan_of(read, unit, year - 1)?.and_then(|plan| plan.reserves.canteen) {
            sum = Some(sum.unwrap_or_default().plus(reserved)?);
        }
    }
    Ok(sum)
}

/// The plan that a unit has filed for a year, wherever it stands.
///
/// # Errors
/// When the database fails.
pub fn filed(read: &mut Read, unit: OrgId, year: i64) -> Outcome<Option<PlanRow>> {
    store::plan_of(read, unit, year)
}

/// One part of a plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanPartView {
    /// The year's total.
    pub total_fen: Fen,
    /// The share reserved, in parts per million.
    pub ratio_ppm: Ppm,
    /// Total × ratio, half-up to the fen.
    pub reserved_fen: Fen,
    /// The rule row whose floor it met.
    pub rule_id: Option<RuleId>,
}

fn part(
    total: Option<Fen>,
    ratio: Option<Ppm>,
    reserved: Option<Fen>,
    rule_id: Option<RuleId>,
) -> Option<PlanPartView> {
    Some(PlanPartView { total_fen: total?, ratio_ppm: ratio?, reserved_fen: reserved?, rule_id })
}

/// A plan's figures: the first filing or an amendment.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanRevisionView {
    /// 1 for the first filing, one more for each amendment.
    pub number: i64,
    /// How the canteen is run.
    pub canteen_mode: CanteenMode,
    /// For a shared member: through whom.
    pub representative_id: Option<OrgId>,
    /// The canteen part; absent where it does not apply.
    pub canteen: Option<PlanPartView>,
    /// The union part; absent where there is none.
    pub union: Option<PlanPartView>,
    /// Why an amendment changes the figures.
    pub reason: String,
    /// Who filed them.
    pub filed_by: UserId,
    /// Who submitted them.
    pub submitted_by: Option<UserId>,
    /// When they were submitted.
    pub submitted_at: Option<At>,
}

impl From<RevisionRow> for PlanRevisionView {
    fn from(row: RevisionRow) -> PlanRevisionView {
        PlanRevisionView {
            number: row.number,
            canteen_mode: row.canteen_mode,
            representative_id: row.representative_id,
            canteen: part(row.canteen_total_fen, row.ratio_ppm, row.reserved_fen, row.ratio_rule_id),
            union: part(row.union_total_fen, row.union_ratio_ppm, row.union_reserved_fen, row.union_rule_id),
            reason: row.reason,
            filed_by: row.filed_by,
            submitted_by: row.submitted_by,
            submitted_at: row.submitted_at,
        }
    }
}

/// A decision of the review.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanReviewView {
    /// Its id.
    pub id: ReviewId,
    /// Which figures.
    pub revision: i64,
    /// Which step.
    pub step: PlanStep,
    /// What was decided.
    pub decision: PlanDecision,
    /// Why it was returned.
    pub reason: String,
    /// By whom; stored for ever.
    pub reviewer_id: UserId,
    /// For which organisation.
    pub reviewer_org: OrgId,
    /// When.
    pub at: At,
}

impl From<ReviewRow> for PlanReviewView {
    fn from(row: ReviewRow) -> PlanReviewView {
        PlanReviewView {
            id: row.id,
            revision: row.revision,
            step: row.step,
            decision: row.decision,
            reason: row.reason,
            reviewer_id: row.reviewer_id,
            reviewer_org: row.reviewer_org,
            at: row.at,
        }
    }
}

/// A plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanView {
    /// Its id.
    pub id: PlanId,
    /// The unit.
    pub unit_id: OrgId,
    /// The unit's name.
    pub unit_name: String,
    /// Its year.
    pub year: i64,
    /// The unit's region when it was filed.
    pub region_code: RegionCode,
    /// Where it stands.
    pub state: PlanState,
    /// Filed after the year's deadline.
    pub late: bool,
    /// The figures being worked on.
    pub current: PlanRevisionView,
    /// The figures in force, when an amendment is being worked on.
    pub in_force: Option<PlanRevisionView>,
    /// Every decision, oldest first; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviews: Option<Vec<PlanReviewView>>,
    /// Its entity tag, for If-Match.
    #[schema(example = "\"v3\"")]
    pub etag: String,
}

fn views(read: &mut Read, rows: Vec<PlanRow>) -> Outcome<Vec<PlanView>> {
    let ids: Vec<PlanId> = rows.iter().map(|row| row.id).collect();
    let mut revisions = store::revisions(read, &ids)?;
    let mut take = |plan: PlanId, number: i64| {
        let place = revisions.iter().position(|r| r.plan_id == plan && r.number == number)?;
        Some(PlanRevisionView::from(revisions.swap_remove(place)))
    };
    let units: Vec<OrgId> = rows.iter().map(|row| row.unit_id).collect();
    let names = identity::organisations(read, &units)?;
    let name = |id: OrgId| names.iter().find(|org| org.id == id).map_or(String::new(), |org| org.name.clone());
    let view = |row: PlanRow| {
        Ok(PlanView {
            current: take(row.id, row.revision).ok_or(Code::NotFound)?,
            in_force: if row.in_force == row.revision { None } else { take(row.id, row.in_force) },
            id: row.id,
            unit_id: row.unit_id,
            unit_name: name(row.unit_id),
            year: row.year,
            region_code: row.region_code,
            state: row.state,
            late: row.late,
            reviews: None,
            etag: etag(row.version),
        })
    };
    rows.into_iter().map(view).collect()
}

/// A plan as it is answered after a command.
///
/// # Errors
/// When the database fails.
pub fn plan_view(read: &mut Read, row: PlanRow) -> Outcome<PlanView> {
    let reviews = store::reviews(read, row.id)?;
    let view = views(read, vec![row])?.pop().ok_or(Code::NotFound)?;
    Ok(PlanView { reviews: Some(reviews.into_iter().map(PlanReviewView::from).collect()), ..view })
}

/// A plan in scope, with its version.
///
/// # Errors
/// `not_found`.
pub fn plan(read: &mut Read, scope: &Scope, id: PlanId, today: Day) -> Outcome<(PlanView, i64)> {
    let row = store::plan(read, id)?.ok_or(Code::NotFound)?;
    if !identity::scope_allows(read, scope, row.unit_id, &row.region_code, today)? {
        return Err(Code::NotFound.into());
    }
    let version = row.version;
    Ok((plan_view(read, row)?, version))
}

/// Plans in scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn plans(
    read: &mut Read,
    scope: &Scope,
    filter: &PlanFilter,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<PlanView>> {
    let below = match scope {
        Scope::UnitTree(root) => identity::subtree(read, *root, today)?,
        _ => Vec::new(),
    };
    let rows = store::list(read, scope, &below, filter, page)?;
    let Page { items, next } = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: views(read, items)?, next })
}

/// What one fund of a unit's year has held and spent, live from the ledger.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotaFundView {
    /// The fund.
    pub fund: Fund,
    /// Held by orders under way.
    pub held_fen: Fen,
    /// Accepted.
    pub posted_fen: Fen,
    /// The most that may be held and accepted together; absent without a ceiling.
    pub ceiling_fen: Option<Fen>,
    /// What is left to the ceiling; negative when more is used than a lowered ceiling allows.
    pub remaining_fen: Option<Fen>,
}

impl QuotaFundView {
    fn of(fund: Fund, balance: &Balance) -> QuotaFundView {
        QuotaFundView {
            fund,
            held_fen: Fen::new(balance.pending),
            posted_fen: Fen::new(balance.posted),
            ceiling_fen: balance.limit.map(Fen::new),
            remaining_fen: balance.limit.map(|limit| Fen::new(limit - balance.used())),
        }
    }
}

/// The live balance of a unit's year.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuotaView {
    /// The unit.
    pub unit_id: OrgId,
    /// Its name.
    pub unit_name: String,
    /// The year.
    pub year: i64,
    /// The one class it is in.
    pub class: UnitClass,
    /// The plan, once there is one.
    pub plan_id: Option<PlanId>,
    /// Of a merged unit: the unit that has this year.
    pub merged_into: Option<OrgId>,
    /// Its name: merged into X.
    pub merged_into_name: Option<String>,
    /// Where the plan stands.
    pub plan_state: Option<PlanState>,
    /// How the canteen is run, by the plan in force.
    pub canteen_mode: Option<CanteenMode>,
    /// For a shared member: through whom.
    pub representative_id: Option<OrgId>,
    /// The representative's name: shared, via X.
    pub shared_via: Option<String>,
    /// The canteen part in force.
    pub canteen: Option<PlanPartView>,
    /// The union part in force.
    pub union: Option<PlanPartView>,
    /// What is reserved in all.
    pub reserved_fen: Fen,
    /// Whether an order of canteen money beyond the ceiling is refused or only warned of, today.
    #[schema(example = "refuse")]
    pub ceiling_mode: String,
    /// The rule row that says so.
    pub ceiling_rule_id: RuleId,
    /// What each fund has held and spent; canteen and union always.
    pub funds: Vec<QuotaFundView>,
}

/// The live balance of a unit's year, for whom the scope reaches it.
///
/// # Errors
/// `not_found`.
pub fn quota_of(read: &mut Read, scope: &Scope, unit: OrgId, year: i64, today: Day) -> Outcome<QuotaView> {
    let unit = identity::organisation_in(read, scope, unit, today)?;
    let holder = identity::succession(read, unit.id)?.of_year(year);
    let merged = if holder == unit.id { None } else { Some((holder, identity::organisation(read, holder)?.name)) };
    let plan = store::plan_of(read, unit.id, year)?;
    let in_force = match &plan {
        Some(plan) if plan.in_force > 0 && merged.is_none() => store::revision(read, plan.id, plan.in_force)?,
        _ => None,
    };
    let shared_via = match in_force.as_ref().and_then(|row| row.representative_id) {
        Some(id) => {
            let holder = identity::succession(read, id)?.of_year(year);
            Some(identity::organisation(read, holder)?.name)
        }
        None => None,
    };
    let rules = rulebook::load(read, &unit.region_code, today, &[RuleName::CeilingMode])?;
    let rule = rules.row_for(RuleName::CeilingMode, None, Some(Fund::Canteen.as_str()))?;
    let mut balances = ledger::quota_balances(read, unit.id, year)?;
    if merged.is_some() {
        balances.retain(|(_, balance)| *balance != Balance::default());
    }
    for fund in [Fund::Canteen, Fund::Union] {
        if !balances.iter().any(|(known, _)| *known == fund) {
            balances.push((fund, Balance::default()));
        }
    }
    balances.sort_by_key(|(fund, _)| *fund);
    let ceiling = (rule.id, rule.value.clone());
    let view = quota_view(&unit, year, plan.as_ref(), in_force.as_ref(), shared_via, ceiling, &balances);
    let Some((holder, name)) = merged else { return Ok(view) };
    Ok(QuotaView { class: UnitClass::Merged, merged_into: Some(holder), merged_into_name: Some(name), ..view })
}

fn quota_view(
    unit: &Organisation,
    year: i64,
    plan: Option<&PlanRow>,
    row: Option<&RevisionRow>,
    shared_via: Option<String>,
    (ceiling_rule_id, ceiling_mode): (RuleId, String),
    balances: &[(Fund, Balance)],
) -> QuotaView {
    let figures = row.map(InForce::from);
    let reserved = figures.map(|f| [f.reserves.canteen, f.reserves.union].into_iter().flatten().sum());
    QuotaView {
        unit_id: unit.id,
        unit_name: unit.name.clone(),
        year,
        class: unit_class(figures.map(|f| (f.mode, f.reserves))),
        merged_into: None,
        merged_into_name: None,
        plan_id: plan.map(|plan| plan.id),
        plan_state: plan.map(|plan| plan.state),
        canteen_mode: figures.map(|f| f.mode),
        representative_id: figures.and_then(|f| f.representative),
        shared_via,
        canteen: row.and_then(|r| part(r.canteen_total_fen, r.ratio_ppm, r.reserved_fen, r.ratio_rule_id)),
        union: row.and_then(|r| part(r.union_total_fen, r.union_ratio_ppm, r.union_reserved_fen, r.union_rule_id)),
        reserved_fen: reserved.unwrap_or_default(),
        ceiling_mode,
        ceiling_rule_id,
        funds: balances.iter().map(|(fund, balance)| QuotaFundView::of(*fund, balance)).collect(),
    }
}
