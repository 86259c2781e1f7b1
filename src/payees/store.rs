//! SQL of payee accounts; decides nothing.

use super::rules::AccountState;
use super::schema::payee_accounts as accounts;
use super::schema::payee_notices as notices;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, PayeeAccountId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// An account.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct AccountRow {
    pub id: PayeeAccountId,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub holder: String,
    pub bank: String,
    pub account_number: String,
    pub valid_from: Day,
    pub state: AccountState,
    pub proposed_by: UserId,
    pub proposed_at: At,
    pub confirmed_by: Option<UserId>,
    pub confirmed_org: Option<OrgId>,
    pub confirmed_at: Option<At>,
    pub version: i64,
}

/// Proposes an account; proposals that still wait are replaced by it.
pub fn propose(tx: &mut Tx<'_>, row: &AccountRow) -> Outcome<()> {
    each!(tx, c => update(accounts::table.filter(accounts::org_id.eq(row.org_id)).filter(accounts::state.eq(AccountState::Proposed)))
        .set((accounts::state.eq(AccountState::Replaced), accounts::version.eq(accounts::version + 1))).execute(c))?;
    each!(tx, c => insert_into(accounts::table).values(row).execute(c))?;
    Ok(())
}

/// Locks and loads an account of a supplier.
pub fn claim(tx: &mut Tx<'_>, org: OrgId, id: PayeeAccountId) -> Outcome<AccountRow> {
    Ok(each!(tx, c => update(accounts::table.filter(accounts::id.eq(id)).filter(accounts::org_id.eq(org)))
        .set(accounts::version.eq(accounts::version + 1)).returning(AccountRow::as_returning()).get_result(c))?)
}

/// Stores who confirmed a claimed account.
pub fn confirm(tx: &mut Tx<'_>, row: &AccountRow) -> Outcome<()> {
    let changes = (
        accounts::state.eq(row.state),
        accounts::valid_from.eq(row.valid_from),
        accounts::confirmed_by.eq(row.confirmed_by),
        accounts::confirmed_org.eq(row.confirmed_org),
        accounts::confirmed_at.eq(row.confirmed_at),
    );
    each!(tx, c => update(accounts::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// The account in force on a day.
pub fn in_force(on: &mut Read, org: OrgId, day: Day) -> Outcome<Option<AccountRow>> {
    Ok(
        each!(on, c => accounts::table.filter(accounts::org_id.eq(org)).filter(accounts::state.eq(AccountState::Confirmed))
        .filter(accounts::valid_from.le(day)).order((accounts::valid_from.desc(), accounts::confirmed_at.desc(), accounts::id.desc()))
        .select(AccountRow::as_select()).first(c).optional())?,
    )
}

/// All accounts of a supplier, newest first.
pub fn list(on: &mut Read, org: OrgId, page: &PageRequest) -> Outcome<Vec<AccountRow>> {
    let after = page.key::<PayeeAccountId>()?;
    Ok(each!(on, c => {
        let mut query = accounts::table.filter(accounts::org_id.eq(org)).select(AccountRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(accounts::id.lt(after));
        }
        query.order(accounts::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// Notes that an organisation is told of an account; whether nobody had done so before.
pub fn note(tx: &mut Tx<'_>, account: PayeeAccountId, org: OrgId) -> Outcome<bool> {
    let row = (notices::account_id.eq(account), notices::org_id.eq(org), notices::at.eq(tx.at()));
    Ok(each!(tx, c => insert_into(notices::table).values(row).on_conflict_do_nothing().execute(c))? == 1)
}
