//! Reads of payee accounts.

use super::rules::{self, AccountState};
use super::store::{self, AccountRow};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{OrgId, PayeeAccountId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// An account in force.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its id.
    pub id: PayeeAccountId,
    /// Whose it is, as the bank writes it.
    pub holder: String,
    /// The bank.
    pub bank: String,
    /// Its number.
    pub account_number: String,
    /// The first day on which it holds.
    pub valid_from: Day,
}

/// The account of a supplier that is in force on a day.
///
/// # Errors
/// When the database fails.
pub fn in_force(read: &mut Read, org: OrgId, day: Day) -> Outcome<Option<Account>> {
    Ok(store::in_force(read, org, day)?.map(|row| Account {
        id: row.id,
        holder: row.holder,
        bank: row.bank,
        account_number: row.account_number,
        valid_from: row.valid_from,
    }))
}

/// A payee account.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayeeAccountView {
    /// Its id.
    pub id: PayeeAccountId,
    /// The supplier.
    pub organisation_id: OrgId,
    /// Whose it is, as the bank writes it.
    pub holder: String,
    /// Whether that is another name than the supplier's: look at it before you confirm.
    pub holder_differs: bool,
    /// The bank and its branch.
    pub bank: String,
    /// Its number.
    pub account_number: String,
    /// The first day on which it holds.
    pub valid_from: Day,
    /// Where it stands.
    pub state: AccountState,
    /// Whether it is the one in force today.
    pub in_force: bool,
    /// Who proposed it.
    pub proposed_by: UserId,
    /// When.
    pub proposed_at: At,
    /// Who confirmed it.
    pub confirmed_by: Option<UserId>,
    /// When.
    pub confirmed_at: Option<At>,
}

/// An account as it is shown.
///
/// # Errors
/// When the database fails.
pub fn view(read: &mut Read, row: AccountRow, today: Day) -> Outcome<PayeeAccountView> {
    let name = identity::organisation(read, row.org_id)?.name;
    let current = store::in_force(read, row.org_id, today)?.map(|row| row.id);
    Ok(shown(row, &name, current))
}

fn shown(row: AccountRow, name: &str, current: Option<PayeeAccountId>) -> PayeeAccountView {
    PayeeAccountView {
        id: row.id,
        organisation_id: row.org_id,
        holder_differs: !rules::same_holder(&row.holder, name),
        holder: row.holder,
        bank: row.bank,
        account_number: row.account_number,
        valid_from: row.valid_from,
        state: row.state,
        in_force: current == Some(row.id),
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        confirmed_by: row.confirmed_by,
        confirmed_at: row.confirmed_at,
    }
}

/// All accounts of a supplier, newest first: for itself and the operator.
///
/// # Errors
/// `not_found`.
pub fn accounts(
    read: &mut Read,
    actor: &Actor,
    org: OrgId,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<PayeeAccountView>> {
    if actor.kind != OrgKind::Operator && org != actor.org_id {
        return Err(Code::NotFound.into());
    }
    let name = identity::organisation(read, org)?.name;
    let current = store::in_force(read, org, today)?.map(|row| row.id);
    let rows = store::list(read, org, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(|row| shown(row, &name, current)))
}
