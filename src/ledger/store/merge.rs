//! SQL of a merger: the accounts of a unit, the holds on them, and the sums of what was counted.

use super::{AccountKind, Phase, accounts, counts, transfers};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AccountId, OrderId, OrderLineId, OrgId, TransferId};
use crate::kernel::terms::{Basis, Fund, LineStanding};
use crate::platform::db::{Read, Tx, total};
use diesel::dsl::{sql, update};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};

/// The accounts of a unit, of all years and funds.
pub fn of_unit(on: &mut Read, unit: OrgId) -> Outcome<Vec<AccountId>> {
    Ok(
        each!(on, c => accounts::table.filter(accounts::kind.eq(AccountKind::Quota)).filter(accounts::owner_id.eq(unit.0.to_vec()))
        .select(accounts::id).load(c))?,
    )
}

/// Holds that touched an account, a page in the order of their ids.
pub fn holds_on(on: &mut Read, account: AccountId, after: Option<TransferId>, limit: i64) -> Outcome<Vec<TransferId>> {
    let hold = || sql::<Binary>("COALESCE(pending_id, id)");
    let from = after.map_or_else(Vec::new, |id| id.0.to_vec());
    Ok(each!(on, c => transfers::table
        .filter(transfers::account_id.eq(account)).filter(transfers::phase.ne(Phase::Supplied)).filter(hold().gt(from))
        .group_by(hold()).order(hold()).limit(limit).select(hold()).load(c))?)
}

/// Lets the accounts of a unit from a year on name who has what was on them.
pub fn close(tx: &mut Tx<'_>, unit: OrgId, year: i64, successor: OrgId) -> Outcome<()> {
    each!(tx, c => update(accounts::table.filter(accounts::kind.eq(AccountKind::Quota)).filter(accounts::owner_id.eq(unit.0.to_vec()))
        .filter(accounts::year.ge(year)))
        .set((accounts::merged_into.eq(Some(successor)), accounts::moves.eq(accounts::moves + 1))).execute(c))?;
    Ok(())
}

/// What a unit counted: one sum for each line, basis, year, fund, correction, standing and class.
#[derive(Debug, Clone, Queryable)]
pub struct CountSum {
    pub basis: Basis,
    pub order_id: OrderId,
    pub line_id: OrderLineId,
    pub year: i64,
    pub fund: Fund,
    pub correction: bool,
    pub standing: LineStanding,
    pub class_no: i64,
    pub amount: i64,
}

/// Sums of what a unit counted in a year and later ones, as far as they are not nothing.
pub fn count_sums(on: &mut Read, unit: OrgId, year: i64) -> Outcome<Vec<CountSum>> {
    let group = (
        counts::basis,
        counts::order_id,
        counts::line_id,
        counts::year,
        counts::fund,
        counts::correction,
        counts::standing,
        counts::class_no,
    );
    Ok(each!(on, c => counts::table.filter(counts::unit_id.eq(unit)).filter(counts::year.ge(year))
        .group_by(group).having(sql::<BigInt>("SUM(amount_fen)").ne(0))
        .order((counts::line_id, counts::basis))
        .select((counts::basis, counts::order_id, counts::line_id, counts::year, counts::fund, counts::correction,
            counts::standing, counts::class_no, total("amount_fen"))).load(c))?)
}
