//! Transfers between sister units: proposed by the unit above both, decided by the finance bureau, both plans at once.

use super::merge::figures;
use super::{PlanDecision, advance, check_window, floors, load, record, set_ceiling};
use crate::audit::{self, Entry};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{OrgId, QuotaTransferId};
use crate::kernel::money::Fen;
use crate::kernel::terms::Fund;
use crate::kernel::time::Day;
use crate::ledger::{self, Owner};
use crate::platform::db::Tx;
use crate::quota::rules::{self, Figures, Given, Party, Refusal, TransferState};
use crate::quota::store::transfers::{self as store, TransferRow};
use crate::quota::store::{self as plans, PlanRow, RevisionRow};
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// A transfer that a supervising unit proposes.
#[derive(Debug, Clone)]
pub struct NewTransfer {
    /// Of this year.
    pub year: i64,
    /// Who gives.
    pub giver: OrgId,
    /// Who takes.
    pub taker: OrgId,
    /// What.
    pub given: Given,
    /// Why.
    pub reason: String,
    /// The document that says so.
    pub document_number: String,
}

/// Proposes a transfer between two units directly below the actor's, once it could be carried out today.
///
/// # Errors
/// `not_found`, `validation_failed` when they are no sisters, and as [`review_transfer`].
pub fn propose_transfer(tx: &mut Tx<'_>, actor: &Actor, new: &NewTransfer) -> Outcome<TransferRow> {
    let today = tx.at().day();
    let giver = identity::organisation_in(tx, &actor.scope, new.giver, today)?;
    identity::organisation_in(tx, &actor.scope, new.taker, today)?;
    sisters(tx, actor.org_id, new.giver, new.taker, today)?;
    let row = TransferRow {
        id: tx.new_id(),
        year: new.year,
        giver_id: new.giver,
        taker_id: new.taker,
        supervising_id: actor.org_id,
        region_code: giver.region_code,
        reserved_fen: new.given.reserved,
        total_fen: new.given.total,
        reason: new.reason.trim().to_owned(),
        document_number: new.document_number.trim().to_owned(),
        state: TransferState::Proposed,
        proposed_by: actor.user_id,
        proposed_at: tx.at(),
        opinion: String::new(),
        decided_by: None,
        decided_org: None,
        decided_at: None,
        giver_revision: None,
        taker_revision: None,
        version: 1,
    };
    weigh(tx, &row)?;
    store::insert(tx, &row)?;
    note(tx, actor, &row, "quota_transfer.proposed")?;
    Ok(row)
}

/// Decides a transfer: an approval amends both plans at once and sets both ceilings.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `forbidden`, `separation_of_duties`; `fill_window_closed`, `below_floor`,
/// `ceiling_exceeded` when the giver would have less than it uses, `unit_ended`.
pub fn review_transfer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: QuotaTransferId,
    version: i64,
    decision: PlanDecision,
    opinion: &str,
) -> Outcome<TransferRow> {
    let row = store::claim(tx, id)?.ok_or(Code::NotFound)?;
    let today = tx.at().day();
    if !identity::scope_allows(tx, &actor.scope, row.giver_id, &row.region_code, today)? {
        return Err(Code::NotFound.into());
    }
    if row.version - 1 != version {
        return Err(Code::StaleVersion.into());
    }
    if row.state != TransferState::Proposed {
        return Err(Refusal::WrongState.into());
    }
    let bureau = identity::nearest_office(tx, OrgKind::FinanceBureau, &row.region_code)?;
    if actor.kind != OrgKind::FinanceBureau || bureau != Some(actor.org_id) {
        return Err(Refusal::NotYourStep.into());
    }
    if row.proposed_by == actor.user_id {
        return Err(Refusal::SamePerson.into());
    }
    let opinion = opinion.trim().to_owned();
    let decided = TransferRow {
        opinion,
        decided_by: Some(actor.user_id),
        decided_org: Some(actor.org_id),
        decided_at: Some(tx.at()),
        ..row
    };
    let decided = match decision {
        PlanDecision::Return if decided.opinion.is_empty() => return Err(Refusal::ReasonRequired.into()),
        PlanDecision::Return => TransferRow { state: TransferState::Refused, ..decided },
        PlanDecision::Approve => carry_out(tx, actor, decided)?,
    };
    if !store::decide(tx, &decided)? {
        return Err(Refusal::WrongState.into());
    }
    note(tx, actor, &decided, "quota_transfer.decided")?;
    Ok(decided)
}

fn carry_out(tx: &mut Tx<'_>, actor: &Actor, row: TransferRow) -> Outcome<TransferRow> {
    let today = tx.at().day();
    sisters(tx, row.supervising_id, row.giver_id, row.taker_id, today)?;
    let (giver, taker) = weigh(tx, &row)?;
    let giver_revision = Some(amend(tx, actor, &row, giver)?);
    let taker_revision = Some(amend(tx, actor, &row, taker)?);
    Ok(TransferRow { state: TransferState::Approved, giver_revision, taker_revision, ..row })
}

fn sisters(tx: &mut Tx<'_>, above: OrgId, giver: OrgId, taker: OrgId, today: Day) -> Outcome<()> {
    for unit in [giver, taker] {
        if giver == taker || identity::parent(tx, unit, today)? != Some(above) {
            return Err(Refusal::NotSisters.into());
        }
        identity::check_stands(tx, unit, today)?;
    }
    Ok(())
}

/// A plan with the figures that it gets.
type Amended = (PlanRow, RevisionRow, Figures);

/// Locks both plans and what the giver uses, and says what both have afterwards.
fn weigh(tx: &mut Tx<'_>, row: &TransferRow) -> Outcome<(Amended, Amended)> {
    // In the order of their ids, so that two transfers never wait for each other in a circle.
    let mut sides = [row.giver_id, row.taker_id];
    sides.sort_unstable_by_key(|unit| unit.0);
    let first = claimed(tx, sides[0], row.year)?;
    let second = claimed(tx, sides[1], row.year)?;
    let (giver, taker) = if sides[0] == row.giver_id { (first, second) } else { (second, first) };
    let giving = party(tx, &giver, true)?;
    let taking = party(tx, &taker, false)?;
    let given = Given { reserved: row.reserved_fen, total: row.total_fen };
    let (left, more) = rules::transferred(&giving, &taking, given)?;
    Ok(((giver.0, giver.1, left), (taker.0, taker.1, more)))
}

/// The plan in force of a unit, on which nobody works.
fn claimed(tx: &mut Tx<'_>, unit: OrgId, year: i64) -> Outcome<(PlanRow, RevisionRow)> {
    let known = plans::plan_of(tx, unit, year)?.ok_or(Refusal::WrongState)?;
    let plan = plans::claim(tx, known.id)?.ok_or(Refusal::WrongState)?;
    rules::amendable(plan.state)?;
    let today = tx.at().day();
    check_window(tx, &plan, today)?;
    let figures = plans::revision(tx, plan.id, plan.in_force)?.ok_or(Refusal::WrongState)?;
    Ok((plan, figures))
}

fn party(tx: &mut Tx<'_>, (plan, row): &(PlanRow, RevisionRow), gives: bool) -> Outcome<Party> {
    let rules = load(tx, plan)?;
    let floors = floors(tx, plan, &rules)?;
    let used = if gives { used(tx, plan)? } else { None };
    Ok(Party { figures: figures(row), floors, used })
}

/// What a unit holds and has posted of canteen money, kept so until the transaction ends; `None` where the ceiling only warns.
fn used(tx: &mut Tx<'_>, plan: &PlanRow) -> Outcome<Option<Fen>> {
    let today = tx.at().day();
    let rules = rulebook::load(tx, &plan.region_code, today, &[RuleName::CeilingMode])?;
    if rules.choice_for(RuleName::CeilingMode, Fund::Canteen.as_str())? != "refuse" {
        return Ok(None);
    }
    let account = ledger::account(tx, &Owner::Quota { unit: plan.unit_id, year: plan.year, fund: Fund::Canteen })?;
    Ok(Some(Fen::new(ledger::keep_balance(tx, account)?.used())))
}

fn amend(tx: &mut Tx<'_>, actor: &Actor, row: &TransferRow, (plan, before, after): Amended) -> Outcome<i64> {
    let number = plan.revision + 1;
    let moved = PlanRow { revision: number, in_force: number, ..plan.clone() };
    advance(tx, plan.state, &moved)?;
    let revision = RevisionRow {
        number,
        canteen_total_fen: after.canteen.map(|part| part.total),
        ratio_ppm: after.canteen.map(|part| part.ratio),
        reserved_fen: after.canteen.map(|part| part.reserved),
        reason: row.reason.clone(),
        filed_by: row.proposed_by,
        submitted_by: Some(row.proposed_by),
        submitted_at: Some(row.proposed_at),
        decided_at: Some(tx.at()),
        ..before
    };
    plans::write_revision(tx, &revision)?;
    set_ceiling(tx, &moved, &revision)?;
    let details = json!({ "revision": number, "transfer": row.id, "reserved_fen": revision.reserved_fen });
    record(tx, actor, &moved, "plan.transferred", details)?;
    Ok(number)
}

fn note(tx: &mut Tx<'_>, actor: &Actor, row: &TransferRow, action: &'static str) -> Outcome<()> {
    let details = json!({
        "year": row.year, "giver": row.giver_id, "taker": row.taker_id, "reserved_fen": row.reserved_fen,
        "total_fen": row.total_fen, "state": row.state, "document_number": row.document_number,
    });
    let entry = Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.giver_id,
        other_org: Some(row.taker_id),
        region: row.region_code,
        details,
    };
    audit::record_for(tx, &[entry], &[row.supervising_id])
}
