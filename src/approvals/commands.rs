//! Entering chains of approvals, delegating approvals and ending that.

use super::queries;
use super::rules::{self, Band, Refusal};
use super::store::{self, ChainRow, DelegationRow};
use crate::audit::{self, Entry};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{ApprovalDelegationId, OrgId, UserId};
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use serde_json::json;

/// An edition of a chain.
#[derive(Debug, Clone)]
pub struct NewChain {
    /// Whose; the actor's own organisation when not stated.
    pub unit: Option<OrgId>,
    /// The first day.
    pub effective_from: Day,
    /// From which amounts on who approves; none: only what the rule table asks for.
    pub bands: Vec<Band>,
    /// Why, or by which document.
    pub reason: String,
}

/// Enters an edition of a chain; orders placed before keep theirs.
///
/// # Errors
/// `not_found` for a unit that is neither one's own nor below it, `unit_ended`, `validation_failed` naming each field.
pub fn enter(tx: &mut Tx<'_>, actor: &Actor, new: &NewChain) -> Outcome<ChainRow> {
    let today = tx.at().day();
    let unit = new.unit.unwrap_or(actor.org_id);
    let above = identity::ancestors(tx, unit, today)?;
    if unit != actor.org_id && !above.contains(&actor.org_id) {
        return Err(Code::NotFound.into());
    }
    let found = identity::organisation(tx, unit)?;
    if found.kind == OrgKind::BudgetUnit {
        identity::check_stands(tx, unit, today)?;
    }
    let mut faults: Vec<AppError> = Vec::new();
    faults.extend(rules::first_day(new.effective_from, today).err().map(AppError::from));
    faults.extend(rules::bands(&new.bands).err().into_iter().flatten().map(AppError::from));
    people(tx, &new.bands, unit, &above, &mut faults)?;
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let row = ChainRow {
        id: tx.new_id(),
        unit_id: unit,
        region_code: found.region_code,
        effective_from: new.effective_from,
        bands: serde_json::to_string(&new.bands).map_err(AppError::internal)?,
        reason: new.reason.trim().to_owned(),
        decided_by: actor.user_id,
        decided_org: actor.org_id,
        decided_at: tx.at(),
    };
    store::insert(tx, &row)?;
    let entry = Entry {
        actor: Some(actor),
        action: "approval_chain.entered",
        subject: row.id.to_string(),
        owner_org: unit,
        other_org: (unit != actor.org_id).then_some(actor.org_id),
        region: row.region_code,
        details: json!({ "effective_from": row.effective_from, "bands": new.bands.len(), "reason": row.reason }),
    };
    audit::record(tx, &entry)?;
    Ok(row)
}

/// Approvers are people who decide, of the unit or of a unit above it.
fn people(tx: &mut Tx<'_>, bands: &[Band], unit: OrgId, above: &[OrgId], faults: &mut Vec<AppError>) -> Outcome<()> {
    for (b, band) in bands.iter().enumerate() {
        for (s, step) in band.steps.iter().enumerate() {
            for (a, one) in step.approvers.iter().enumerate() {
                let pointer = |name: &str| format!("/bands/{b}/steps/{s}/approvers/{a}/{name}");
                if one.org_id != unit && !above.contains(&one.org_id) {
                    let message = Message::new("须是本单位或其上级单位", "must be the unit or a unit above it");
                    faults.push(AppError::field(Code::ValidationFailed, pointer("org_id"), message));
                    continue;
                }
                let Some(person) = one.user_id else { continue };
                if !queries::decides(tx, person, one.org_id)? {
                    faults.push(not_deciding(pointer("user_id")));
                }
            }
        }
    }
    Ok(())
}

fn not_deciding(pointer: String) -> AppError {
    let message =
        Message::new("须是该单位有业务岗位的成员", "must be a member of that organisation with a role that decides");
    AppError::field(Code::ValidationFailed, pointer, message)
}

/// A delegation.
#[derive(Debug, Clone)]
pub struct NewDelegation {
    /// To whom of the same organisation.
    pub to: UserId,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub until: Day,
    /// Why.
    pub reason: String,
}

/// Lets another member approve in the actor's place for some days.
///
/// # Errors
/// `validation_failed` for days that do not fit and for who is no such member.
pub fn delegate(tx: &mut Tx<'_>, actor: &Actor, new: &NewDelegation) -> Outcome<DelegationRow> {
    let today = tx.at().day();
    let mut faults: Vec<AppError> = Vec::new();
    faults.extend(rules::delegation_days(new.from, new.until, today).err().map(AppError::from));
    if new.to == actor.user_id {
        let refusal = Refusal::Field("/to_user_id".to_owned(), "不能委托给自己", "must be somebody else");
        faults.push(refusal.into());
    } else if !queries::decides(tx, new.to, actor.org_id)? {
        faults.push(not_deciding("/to_user_id".to_owned()));
    }
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let row = DelegationRow {
        id: tx.new_id(),
        org_id: actor.org_id,
        from_user: actor.user_id,
        to_user: new.to,
        valid_from: new.from,
        valid_until: new.until,
        reason: new.reason.trim().to_owned(),
        delegated_at: tx.at(),
        ended_at: None,
        ended_by: None,
    };
    store::insert_delegation(tx, &row)?;
    record(tx, actor, &row, "approval_delegation.made")?;
    tell(tx, &row)?;
    Ok(row)
}

fn tell(tx: &mut Tx<'_>, row: &DelegationRow) -> Outcome<()> {
    let (name, _) = identity::person(tx, row.from_user)?;
    let (from, until) = (row.valid_from, row.valid_until);
    let zh = format!("{name} 委托您在 {from} 至 {until} 期间代为审批订单。");
    let en = format!("{name} asks you to approve orders in that person's place from {from} until {until}.");
    let subject = Both { zh: "委托审批", en: "Approvals delegated to you" };
    for colleague in identity::colleagues(tx, row.org_id)?.into_iter().filter(|one| one.user_id == row.to_user) {
        if let Some(email) = colleague.email {
            notifications::mail(tx, &email, subject, Both { zh: &zh, en: &en })?;
        }
    }
    Ok(())
}

/// Ends a delegation at this moment: its giver does, or a manager or administrator of the organisation.
///
/// # Errors
/// `not_found` for one of another organisation, `forbidden`, `wrong_state` when it was ended before.
pub fn end_delegation(tx: &mut Tx<'_>, actor: &Actor, id: ApprovalDelegationId) -> Outcome<DelegationRow> {
    let row = store::delegation(tx, actor.org_id, id)?.ok_or(Code::NotFound)?;
    if row.from_user != actor.user_id {
        let roles = identity::roles(tx, actor.user_id, actor.org_id)?;
        if !roles.contains(&Role::Manager) && !roles.contains(&Role::OrgAdmin) {
            return Err(Code::Forbidden.into());
        }
    }
    let at = tx.at();
    if !store::end(tx, id, at, actor.user_id)? {
        return Err(Code::WrongState.into());
    }
    let row = DelegationRow { ended_at: Some(at), ended_by: Some(actor.user_id), ..row };
    record(tx, actor, &row, "approval_delegation.ended")?;
    Ok(row)
}

fn record(tx: &mut Tx<'_>, actor: &Actor, row: &DelegationRow, action: &'static str) -> Outcome<()> {
    let entry = Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: actor.region,
        details: json!({ "from_user": row.from_user, "to_user": row.to_user, "from": row.valid_from, "until": row.valid_until }),
    };
    audit::record(tx, &entry)
}
