//! Proposing and confirming payee accounts.

use super::rules::{self, AccountState, Confirming};
use super::store::{self, AccountRow};
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{OrgId, PayeeAccountId};
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::jobs;
use serde_json::json;

/// The outbox topic of accounts that come into force: [`InForce`]; `app.rs` binds it to who knows the open orders.
pub const IN_FORCE: &str = "payees.in_force";

/// An account comes into force.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub struct InForce {
    /// The supplier.
    pub org_id: OrgId,
    /// The account.
    pub account_id: PayeeAccountId,
}

/// An account as it is proposed.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Whose it is, as the bank writes it.
    pub holder: String,
    /// The bank and its branch.
    pub bank: String,
    /// Its number.
    pub account_number: String,
    /// The first day on which it holds; today when not stated.
    pub valid_from: Option<Day>,
}

/// Proposes an account of the own organisation; it takes the place of a proposal that still waits.
///
/// # Errors
/// `not_found` for another organisation, `validation_failed`; `already_exists` when another one was proposed at this very moment.
pub fn propose(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, new: &NewAccount) -> Outcome<AccountRow> {
    if org != actor.org_id {
        return Err(Code::NotFound.into());
    }
    let today = tx.at().day();
    let account_number = rules::number(&new.account_number)?;
    let valid_from = new.valid_from.unwrap_or(today);
    rules::first_day(valid_from, today)?;
    let row = AccountRow {
        id: tx.new_id(),
        org_id: org,
        region_code: actor.region,
        holder: new.holder.trim().to_owned(),
        bank: new.bank.trim().to_owned(),
        account_number,
        valid_from,
        state: AccountState::Proposed,
        proposed_by: actor.user_id,
        proposed_at: tx.at(),
        confirmed_by: None,
        confirmed_org: None,
        confirmed_at: None,
        version: 1,
    };
    tx.attempt(|tx| store::propose(tx, &row)).map_err(|error| match error.code() {
        Code::AlreadyExists => error.detail(
            "刚有人申报了另一个账户，请核对后再申报",
            "Another account was proposed just now; look at it first",
        ),
        _ => error,
    })?;
    record(tx, actor, "payee.proposed", &row)?;
    let (zh, en) = (
        format!("有人申报了新的收款账户（户名 {}，自 {valid_from} 起），请另一人登录核对并确认。", row.holder),
        format!("A new payee account of {} from {valid_from} on was proposed; another person confirms it.", row.holder),
    );
    identity::tell(tx, org, Role::OrgAdmin, ("收款账户待确认", "A payee account waits"), (&zh, &en))?;
    Ok(row)
}

/// Confirms an account that somebody else proposed. It holds from its first day on, and no earlier than today.
///
/// # Errors
/// `not_found`, `wrong_state`, `separation_of_duties` for who proposed it, `forbidden` to the operator while the supplier has
/// another member.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, org: OrgId, id: PayeeAccountId) -> Outcome<AccountRow> {
    let operator = actor.kind == OrgKind::Operator;
    if !operator && org != actor.org_id {
        return Err(Code::NotFound.into());
    }
    let mut row = store::claim(tx, org, id)?;
    let members = identity::members_with(tx, org, &[Role::OrgAdmin, Role::Seller])?;
    rules::confirms(row.state, Confirming { operator, proposer: row.proposed_by == actor.user_id, members })?;
    row.state = AccountState::Confirmed;
    row.valid_from = row.valid_from.max(tx.at().day());
    row.confirmed_by = Some(actor.user_id);
    row.confirmed_org = Some(actor.org_id);
    row.confirmed_at = Some(tx.at());
    store::confirm(tx, &row)?;
    let first = row.valid_from.start().max(tx.at());
    jobs::enqueue_at(tx, IN_FORCE, &InForce { org_id: org, account_id: id }, first)?;
    record(tx, actor, "payee.confirmed", &row)?;
    Ok(row)
}

/// The trail says who and when; the number stands in the account alone.
fn record(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, row: &AccountRow) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details: json!({ "valid_from": row.valid_from }),
    };
    audit::record(tx, &entry)
}

/// Notes that an organisation is told of an account; whether it was not told before.
///
/// # Errors
/// When the database fails.
pub fn note_told(tx: &mut Tx<'_>, account: PayeeAccountId, org: OrgId) -> Outcome<bool> {
    store::note(tx, account, org)
}
