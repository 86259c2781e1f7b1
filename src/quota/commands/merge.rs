//! What a merger of units does to their plans: the successor's year is the sum of both.

use super::{record, set_ceiling};
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrgId, UnitChangeId};
use crate::kernel::money::Fen;
use crate::kernel::terms::Fund;
use crate::ledger::{self, Owner};
use crate::platform::db::{Read, Tx};
use crate::quota::rules::{self, Figures, PartFigures, PlanState};
use crate::quota::store::{self, PlanRow, RevisionRow};
use serde_json::json;

/// One unit into another.
#[derive(Debug, Clone, Copy)]
pub struct Merger<'a> {
    /// The change that says so.
    pub change: UnitChangeId,
    /// Whose year ends.
    pub from: OrgId,
    /// Who has it from now on.
    pub to: OrgId,
    /// From this year on.
    pub year: i64,
    /// Why.
    pub reason: &'a str,
}

/// Adds the predecessor's figures in force to those of the successor, of the year and of the next, which may be planned
/// already, and lets the predecessor's ceiling be nothing. A plan that is being reviewed is decided first; a draft gives way.
///
/// # Errors
/// `wrong_state` naming the plan that is being reviewed; `amount_too_large`.
pub fn merge(tx: &mut Tx<'_>, actor: &Actor, merger: &Merger<'_>) -> Outcome<()> {
    for year in [merger.year, merger.year + 1] {
        let from = claimed(tx, merger.from, year)?;
        let to = claimed(tx, merger.to, year)?;
        for plan in from.iter().chain(&to) {
            decided(plan)?;
        }
        let Some(source) = in_force(tx, from.as_ref())? else { continue };
        let target = in_force(tx, to.as_ref())?;
        let sum = rules::merged(target.as_ref().map(figures).as_ref(), &figures(&source))?;
        let plan = advanced(tx, merger, to, year)?;
        let row = revision(tx, &plan, actor, merger, &sum);
        store::write_revision(tx, &row)?;
        set_ceiling(tx, &plan, &row)?;
        let details = json!({ "revision": plan.revision, "change": merger.change, "from": merger.from, "reserved_fen": row.reserved_fen });
        record(tx, actor, &plan, "plan.merged", details)?;
        let account = ledger::account(tx, &Owner::Quota { unit: merger.from, year, fund: Fund::Canteen })?;
        ledger::set_limit(
            tx,
            ledger::transfer_id(&["unit.merged", &merger.change.to_string(), &year.to_string()]),
            account,
            0,
        )?;
    }
    Ok(())
}

/// By how much a unit's year is beyond its ceiling of canteen money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beyond {
    /// The ceiling.
    pub ceiling: Fen,
    /// What is held and posted beyond it; nothing when it is not.
    pub excess: Fen,
}

/// How a unit's year stands against its ceiling of canteen money; `None` without a ceiling.
///
/// # Errors
/// When the database fails.
pub fn beyond(read: &mut Read, unit: OrgId, year: i64) -> Outcome<Option<Beyond>> {
    let account = ledger::account_id(&Owner::Quota { unit, year, fund: Fund::Canteen });
    let balance = ledger::balance(read, account)?;
    let excess = |limit: i64| Fen::new(balance.used().saturating_sub(limit).max(0));
    Ok(balance.limit.map(|limit| Beyond { ceiling: Fen::new(limit), excess: excess(limit) }))
}

fn claimed(tx: &mut Tx<'_>, unit: OrgId, year: i64) -> Outcome<Option<PlanRow>> {
    let Some(plan) = store::plan_of(tx, unit, year)? else { return Ok(None) };
    store::claim(tx, plan.id)
}

fn decided(plan: &PlanRow) -> Outcome<()> {
    if rules::mergeable(plan.state) {
        return Ok(());
    }
    let (zh, en) = ("预留份额正在审核，请先审结再合并", "A plan is being reviewed; decide it before the merger");
    Err(AppError::new(Code::WrongState).detail(zh, en).with("plan_id", plan.id.to_string()))
}

fn in_force(tx: &mut Tx<'_>, plan: Option<&PlanRow>) -> Outcome<Option<RevisionRow>> {
    let Some(plan) = plan.filter(|plan| plan.in_force > 0) else { return Ok(None) };
    store::revision(tx, plan.id, plan.in_force)
}

/// The successor's plan with a further revision that is in force; filed by the merger where there was none.
fn advanced(tx: &mut Tx<'_>, merger: &Merger<'_>, plan: Option<PlanRow>, year: i64) -> Outcome<PlanRow> {
    let Some(plan) = plan else {
        let plan = PlanRow {
            id: tx.new_id(),
            unit_id: merger.to,
            year,
            region_code: identity::organisation(tx, merger.to)?.region_code,
            state: PlanState::Approved,
            revision: 1,
            in_force: 1,
            late: false,
            version: 1,
            created_at: tx.at(),
        };
        // Somebody files it at this moment: then it is there when this is done again.
        return if store::insert(tx, &plan)? { Ok(plan) } else { Err(AppError::internal("a plan was filed").rerun()) };
    };
    let next = plan.revision + 1;
    let moved = PlanRow { state: PlanState::Approved, revision: next, in_force: next, ..plan.clone() };
    super::advance(tx, plan.state, &moved)?;
    Ok(moved)
}

/// Figures in force as the rules see them.
pub(super) fn figures(row: &RevisionRow) -> Figures {
    let part = |total: Option<Fen>, ratio, reserved: Option<Fen>| {
        Some(PartFigures { total: total?, ratio: ratio?, reserved: reserved? })
    };
    Figures {
        mode: row.canteen_mode,
        representative: row.representative_id,
        canteen: part(row.canteen_total_fen, row.ratio_ppm, row.reserved_fen),
        union: part(row.union_total_fen, row.union_ratio_ppm, row.union_reserved_fen),
    }
}

fn revision(tx: &Tx<'_>, plan: &PlanRow, actor: &Actor, merger: &Merger<'_>, sum: &Figures) -> RevisionRow {
    RevisionRow {
        plan_id: plan.id,
        number: plan.revision,
        canteen_mode: sum.mode,
        representative_id: sum.representative,
        canteen_total_fen: sum.canteen.map(|part| part.total),
        ratio_ppm: sum.canteen.map(|part| part.ratio),
        reserved_fen: sum.canteen.map(|part| part.reserved),
        union_total_fen: sum.union.map(|part| part.total),
        union_ratio_ppm: sum.union.map(|part| part.ratio),
        union_reserved_fen: sum.union.map(|part| part.reserved),
        reason: merger.reason.to_owned(),
        filed_by: actor.user_id,
        submitted_by: None,
        submitted_at: None,
        ratio_rule_id: None,
        union_rule_id: None,
        last_year_rule_id: None,
        deadline_rule_id: None,
        decided_at: Some(tx.at()),
    }
}
