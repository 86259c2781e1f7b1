//! Filing, changing, submitting, reviewing and amending plans.

mod merge;
mod transfer;

pub use merge::{Beyond, Merger, beyond, merge};
pub use transfer::{NewTransfer, propose_transfer, review_transfer};

use super::rules::{
    self, CanteenMode, Filing, Floor, Floors, Part, PlanDecision, PlanState, PlanStep, Refusal, Reserves, Review,
};
use super::store::{self, PlanRow, ReviewRow, RevisionRow};
use crate::audit::{self, Entry};
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrgId, PlanId, RuleId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::terms::Fund;
use crate::kernel::time::Day;
use crate::ledger::{self, Owner};
use crate::notifications::{self, Both};
use crate::platform::db::{Read, Tx};
use crate::rulebook::{self, RuleName, Rules};
use crate::{identity, regions};
use serde_json::json;

/// The figures of a plan, as filed.
#[derive(Debug, Clone)]
pub struct PlanFigures {
    /// Canteen mode, representative and parts.
    pub filing: Filing,
    /// Why they change; empty for a first filing.
    pub reason: String,
}

/// A plan to be filed for the actor's own unit.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// Its year.
    pub year: i64,
    /// Its figures.
    pub figures: PlanFigures,
    /// Whether it is submitted at once.
    pub submit: bool,
}

const RULES: &[RuleName] = &[
    RuleName::MinRatioPpm,
    RuleName::UnionMinRatioPpm,
    RuleName::NotBelowLastYear,
    RuleName::FillOpensDays,
    RuleName::FillDeadline,
];

/// Files the plan of the actor's unit for a year.
///
/// # Errors
/// `already_exists`, `unit_ended`, `fill_window_closed`, `below_floor`, `representative_required`, `validation_failed`.
pub fn file(tx: &mut Tx<'_>, actor: &Actor, new: &NewPlan) -> Outcome<PlanRow> {
    let unit = identity::organisation(tx, actor.org_id)?;
    let row = PlanRow {
        id: tx.new_id(),
        unit_id: unit.id,
        year: new.year,
        region_code: unit.region_code,
        state: PlanState::Draft,
        revision: 1,
        in_force: 0,
        late: false,
        version: 1,
        created_at: tx.at(),
    };
    let figures = decide(tx, &row, actor, &new.figures)?;
    if !store::insert(tx, &row)? {
        let existing = store::plan_of(tx, row.unit_id, row.year)?.map(|plan| plan.id.to_string());
        return Err(AppError::new(Code::AlreadyExists).with("existing", existing));
    }
    store::write_revision(tx, &figures)?;
    record(tx, actor, &row, "plan.filed", json!({ "year": row.year, "mode": figures.canteen_mode }))?;
    if new.submit { send(tx, actor, row) } else { Ok(row) }
}

/// Changes the figures of the actor's own plan while it is a draft or returned.
///
/// # Errors
/// `stale_version`, `wrong_state`, and as [`file`].
pub fn change(tx: &mut Tx<'_>, actor: &Actor, id: PlanId, version: i64, figures: &PlanFigures) -> Outcome<PlanRow> {
    let plan = claim_own(tx, actor, id)?;
    expect_version(&plan, version)?;
    rules::changeable(plan.state)?;
    let row = decide(tx, &plan, actor, figures)?;
    store::write_revision(tx, &row)?;
    record(tx, actor, &plan, "plan.changed", json!({ "revision": plan.revision }))?;
    Ok(plan)
}

/// Submits the actor's own plan for review.
///
/// # Errors
/// `wrong_state`, and what the floors refuse on this day.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: PlanId) -> Outcome<PlanRow> {
    let plan = claim_own(tx, actor, id)?;
    rules::changeable(plan.state)?;
    // The rules are those of the day on which it is submitted, not of the day it was drafted.
    let stored = store::revision(tx, plan.id, plan.revision)?.ok_or(Code::NotFound)?;
    let figures = PlanFigures { filing: filing(&stored), reason: stored.reason.clone() };
    let row = RevisionRow { filed_by: stored.filed_by, ..decide(tx, &plan, actor, &figures)? };
    store::write_revision(tx, &row)?;
    send(tx, actor, plan)
}

/// Begins an amendment of an approved plan; what was approved stays in force until this is.
///
/// # Errors
/// `wrong_state`, and as [`file`].
pub fn amend(tx: &mut Tx<'_>, actor: &Actor, id: PlanId, figures: &PlanFigures, at_once: bool) -> Outcome<PlanRow> {
    let plan = claim_own(tx, actor, id)?;
    rules::amendable(plan.state)?;
    let amended = PlanRow { state: PlanState::Draft, revision: plan.revision + 1, ..plan.clone() };
    let row = decide(tx, &amended, actor, figures)?;
    advance(tx, plan.state, &amended)?;
    store::write_revision(tx, &row)?;
    let details = json!({ "revision": amended.revision, "reason": figures.reason });
    record(tx, actor, &amended, "plan.amended", details)?;
    if at_once { send(tx, actor, amended) } else { Ok(amended) }
}

/// Decides one step of the review: the supervising unit first, if there is one, then the finance bureau. Once the year's
/// books are closed nothing is approved any more, so that a closed year keeps its reserves and rates.
///
/// # Errors
/// `not_found` outside scope, `stale_version`, `wrong_state`, `forbidden`, `separation_of_duties`, `fill_window_closed`.
pub fn review(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PlanId,
    version: i64,
    decision: PlanDecision,
    reason: &str,
) -> Outcome<PlanRow> {
    let plan = store::claim(tx, id)?.ok_or(Code::NotFound)?;
    let today = tx.at().day();
    if !identity::scope_allows(tx, &actor.scope, plan.unit_id, &plan.region_code, today)? {
        return Err(Code::NotFound.into());
    }
    expect_version(&plan, version)?;
    if identity::succession(tx, plan.unit_id)?.of_year(plan.year) != plan.unit_id {
        return Err(Code::UnitEnded.into());
    }
    let figures = store::revision(tx, plan.id, plan.revision)?.ok_or(Code::NotFound)?;
    let (step, next) = rules::review(&Review {
        state: plan.state,
        above: &identity::ancestors(tx, plan.unit_id, today)?,
        bureau: identity::nearest_office(tx, OrgKind::FinanceBureau, &plan.region_code)?,
        involved: &involved(tx, &plan, &figures)?,
        user: actor.user_id,
        org: actor.org_id,
        kind: actor.kind,
        decision,
        reasoned: !reason.trim().is_empty(),
    })?;
    if decision == PlanDecision::Approve {
        check_window(tx, &plan, today)?;
    }
    let in_force = if next == PlanState::Approved { plan.revision } else { plan.in_force };
    let moved = PlanRow { state: next, in_force, ..plan.clone() };
    advance(tx, plan.state, &moved)?;
    let entry = ReviewRow {
        id: tx.new_id(),
        plan_id: plan.id,
        revision: plan.revision,
        step,
        decision,
        reason: reason.trim().to_owned(),
        reviewer_id: actor.user_id,
        reviewer_org: actor.org_id,
        at: tx.at(),
    };
    store::add_review(tx, &entry)?;
    if next == PlanState::Approved {
        set_ceiling(tx, &moved, &figures)?;
    }
    let details = json!({ "revision": plan.revision, "step": step, "decision": decision });
    record(tx, actor, &moved, "plan.reviewed", details)?;
    announce(tx, &moved)?;
    Ok(moved)
}

/// The approval makes the year's canteen total the account's ceiling, even below what is used already. Who plans no canteen
/// food has none to spend.
fn set_ceiling(tx: &mut Tx<'_>, plan: &PlanRow, figures: &RevisionRow) -> Outcome<()> {
    let account = ledger::account(tx, &Owner::Quota { unit: plan.unit_id, year: plan.year, fund: Fund::Canteen })?;
    let id = ledger::transfer_id(&["plan", &plan.id.to_string(), &plan.revision.to_string(), "ceiling"]);
    let ceiling = figures.canteen_mode.ceiling(figures.canteen_total_fen);
    ledger::set_limit(tx, id, account, ceiling.get())
}

fn claim_own(tx: &mut Tx<'_>, actor: &Actor, id: PlanId) -> Outcome<PlanRow> {
    let plan = store::claim(tx, id)?.filter(|plan| plan.unit_id == actor.org_id);
    plan.ok_or_else(|| Code::NotFound.into())
}

fn expect_version(plan: &PlanRow, version: i64) -> Outcome<()> {
    if plan.version - 1 == version { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

fn advance(tx: &mut Tx<'_>, from: PlanState, plan: &PlanRow) -> Outcome<()> {
    if store::advance(tx, from, plan)? { Ok(()) } else { Err(Code::WrongState.into()) }
}

fn send(tx: &mut Tx<'_>, actor: &Actor, plan: PlanRow) -> Outcome<PlanRow> {
    // Late is a fact of the first filing; an amendment has no deadline of its own.
    let late = plan.late || (plan.revision == 1 && is_late(tx, &plan)?);
    let sent = PlanRow { state: PlanState::Submitted, late, ..plan.clone() };
    advance(tx, plan.state, &sent)?;
    let at = tx.at();
    store::submit(tx, plan.id, plan.revision, actor.user_id, at)?;
    record(tx, actor, &sent, "plan.submitted", json!({ "revision": plan.revision, "late": late }))?;
    announce(tx, &sent)?;
    Ok(sent)
}

/// After the deadline of the year, which moves to the next working day when it is a day off.
fn is_late(tx: &mut Tx<'_>, plan: &PlanRow) -> Outcome<bool> {
    let rules = load(tx, plan)?;
    let day = rules.day_in(RuleName::FillDeadline, plan.year)?;
    let deadline = regions::deadline_calendar_days(tx, &plan.region_code, day, 0)?;
    Ok(tx.at().day() > Day::new(deadline.day))
}

/// The rules of the plan's own year.
fn load(read: &mut Read, plan: &PlanRow) -> Outcome<Rules> {
    rulebook::load(read, &plan.region_code, Day::first_of_year(plan.year), RULES)
}

/// A plan is filed and approved from the opening of its year's window until the year's books close.
fn check_window(read: &mut Read, plan: &PlanRow, today: Day) -> Outcome<()> {
    let opens_days = load(read, plan)?.int(RuleName::FillOpensDays)?;
    let closing = rulebook::closing_day(read, &plan.region_code, plan.year)?;
    Ok(rules::window(plan.year, today, opens_days, closing)?)
}

/// How a unit says that it runs its canteen in a year, wherever its plan stands; `None` before it files one.
fn mode_of(read: &mut Read, unit: OrgId, year: i64) -> Outcome<Option<CanteenMode>> {
    let Some(plan) = store::plan_of(read, unit, year)? else { return Ok(None) };
    Ok(store::revision(read, plan.id, plan.revision)?.map(|row| row.canteen_mode))
}

/// The figures of the plan's current revision, once the rules allow them.
fn decide(tx: &mut Tx<'_>, plan: &PlanRow, actor: &Actor, figures: &PlanFigures) -> Outcome<RevisionRow> {
    let (rules, today) = (load(tx, plan)?, tx.at().day());
    identity::check_stands(tx, plan.unit_id, today)?;
    check_window(tx, plan, today)?;
    let floors = floors(tx, plan, &rules)?;
    let reserves = rules::reserve(&figures.filing, plan.unit_id, &floors)?;
    if let Some(other) = figures.filing.representative {
        known_unit(tx, other)?;
        rules::represents(mode_of(tx, other, plan.year)?)?;
    }
    Ok(revision(plan, actor.user_id, figures, reserves, &floors, rules.row(RuleName::FillDeadline)?.id))
}

fn floors(tx: &mut Tx<'_>, plan: &PlanRow, rules: &Rules) -> Outcome<Floors> {
    let floor = |name, fund: Fund| -> Outcome<Floor> {
        let row = rules.row_for(name, None, Some(fund.as_str()))?;
        Ok(Floor { ratio: Ppm(row.int()?), rule: row.id })
    };
    let last_year = if rules.flag(RuleName::NotBelowLastYear)? {
        let reserved = super::queries::reserved_before(tx, plan.unit_id, plan.year)?;
        reserved.map(|least| rules.row(RuleName::NotBelowLastYear).map(|row| (least, row.id))).transpose()?
    } else {
        None
    };
    Ok(Floors {
        canteen: floor(RuleName::MinRatioPpm, Fund::Canteen)?,
        union: floor(RuleName::UnionMinRatioPpm, Fund::Union)?,
        last_year,
    })
}

fn known_unit(tx: &mut Tx<'_>, id: OrgId) -> Outcome<()> {
    match identity::organisation(tx, id) {
        Ok(found) if found.kind == OrgKind::BudgetUnit => Ok(()),
        Err(error) if error.code() != Code::NotFound => Err(error),
        _ => Err(Refusal::RepresentativeRequired.into()),
    }
}

fn revision(
    plan: &PlanRow,
    by: UserId,
    figures: &PlanFigures,
    reserves: Reserves,
    floors: &Floors,
    deadline: RuleId,
) -> RevisionRow {
    let Filing { mode, representative, canteen, union } = figures.filing;
    RevisionRow {
        plan_id: plan.id,
        number: plan.revision,
        canteen_mode: mode,
        representative_id: representative,
        canteen_total_fen: canteen.map(|part| part.total),
        ratio_ppm: canteen.map(|part| part.ratio),
        reserved_fen: reserves.canteen,
        union_total_fen: union.map(|part| part.total),
        union_ratio_ppm: union.map(|part| part.ratio),
        union_reserved_fen: reserves.union,
        reason: figures.reason.trim().to_owned(),
        filed_by: by,
        submitted_by: None,
        submitted_at: None,
        ratio_rule_id: canteen.map(|_| floors.canteen.rule),
        union_rule_id: union.map(|_| floors.union.rule),
        last_year_rule_id: floors.last_year.map(|(_, rule)| rule),
        deadline_rule_id: Some(deadline),
        decided_at: None,
    }
}

fn filing(row: &RevisionRow) -> Filing {
    let part = |total: Option<Fen>, ratio: Option<Ppm>| total.zip(ratio).map(|(total, ratio)| Part { total, ratio });
    Filing {
        mode: row.canteen_mode,
        representative: row.representative_id,
        canteen: part(row.canteen_total_fen, row.ratio_ppm),
        union: part(row.union_total_fen, row.union_ratio_ppm),
    }
}

/// Who may not review these figures: who filed or submitted them, and who approved an earlier step of them. A review
/// before a return does not count: who returned a plan may look at it again.
fn involved(tx: &mut Tx<'_>, plan: &PlanRow, figures: &RevisionRow) -> Outcome<Vec<UserId>> {
    let reviews = store::reviews(tx, plan.id)?;
    let of_these = reviews.iter().filter(|review| review.revision == plan.revision);
    let since = of_these.rev().take_while(|review| review.decision == PlanDecision::Approve);
    let mut involved: Vec<UserId> = since.map(|review| review.reviewer_id).collect();
    involved.extend([Some(figures.filed_by), figures.submitted_by].into_iter().flatten());
    Ok(involved)
}

/// Tells whose turn it is; after a decision, the unit.
fn announce(tx: &mut Tx<'_>, plan: &PlanRow) -> Outcome<()> {
    let today = tx.at().day();
    let above = identity::ancestors(tx, plan.unit_id, today)?;
    let to = match rules::step_of(plan.state, !above.is_empty()) {
        Some(PlanStep::SupervisingUnit) => above.first().copied().map(|org| (org, Role::Reviewer)),
        Some(PlanStep::FinanceBureau) => {
            let bureau = identity::nearest_office(tx, OrgKind::FinanceBureau, &plan.region_code)?;
            bureau.map(|org| (org, Role::Reviewer))
        }
        None => Some((plan.unit_id, Role::Manager)),
    };
    let Some((org, role)) = to else { return Ok(()) };
    let unit = identity::organisation(tx, plan.unit_id)?.name;
    let (year, state) = (plan.year, plan.state);
    let subject =
        Both { zh: &format!("{year} 年预留份额：{unit}"), en: &format!("Reserved share {year}: {unit}") };
    let (zh, en) = match state {
        PlanState::Approved => ("已审核通过，现已生效。", "It was approved and is now in force."),
        PlanState::Returned => {
            ("已退回，请按理由修改后重新提交。", "It was returned; change it for the reason given and submit again.")
        }
        _ => ("等待您单位审核。", "It waits for your review."),
    };
    for (_, email) in identity::recipients(tx, org, role)? {
        notifications::mail(tx, &email, subject, Both { zh, en })?;
    }
    Ok(())
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    plan: &PlanRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    audit::record(
        tx,
        &Entry {
            actor: Some(actor),
            action,
            subject: plan.id.to_string(),
            owner_org: plan.unit_id,
            other_org: None,
            region: plan.region_code,
            details,
        },
    )
}
