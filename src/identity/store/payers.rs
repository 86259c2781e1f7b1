//! SQL of the ties of unions and accounting centres to the units for which they pay.

use super::super::schema::payer_ties as ties;
use super::PayerKind;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// A payer's days at a unit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ties, treat_none_as_default_value = false)]
pub struct PayerTieRow {
    /// Who pays.
    pub payer_id: OrgId,
    /// For which unit.
    pub unit_id: OrgId,
    /// As what.
    pub kind: PayerKind,
    /// The first day.
    pub valid_from: Day,
    /// The day after the last.
    pub valid_to: Day,
}

pub fn insert_payer_tie(tx: &mut Tx<'_>, row: &PayerTieRow) -> Outcome<()> {
    each!(tx, c => insert_into(ties::table).values(row).execute(c))?;
    Ok(())
}

/// Lets a tie end on another day.
pub fn end_payer_tie(tx: &mut Tx<'_>, row: &PayerTieRow, valid_to: Day) -> Outcome<()> {
    each!(tx, c => update(ties::table.find((row.payer_id, row.unit_id, row.valid_from)))
        .set(ties::valid_to.eq(valid_to)).execute(c))?;
    Ok(())
}

/// Takes a tie back that has not begun.
pub fn delete_payer_tie(tx: &mut Tx<'_>, row: &PayerTieRow) -> Outcome<()> {
    each!(tx, c => delete(ties::table.find((row.payer_id, row.unit_id, row.valid_from))).execute(c))?;
    Ok(())
}

/// Ties of a unit that share a day with the given ones, oldest first.
pub fn payer_ties_meeting(on: &mut Read, unit: OrgId, from: Day, to: Day) -> Outcome<Vec<PayerTieRow>> {
    Ok(
        each!(on, c => ties::table.filter(ties::unit_id.eq(unit)).filter(ties::valid_from.lt(to)).filter(ties::valid_to.gt(from))
        .order((ties::valid_from, ties::payer_id)).select(PayerTieRow::as_select()).load(c))?,
    )
}

/// The ties of an organisation on either side, newest first.
pub fn payer_ties_of(on: &mut Read, org: OrgId) -> Outcome<Vec<PayerTieRow>> {
    Ok(each!(on, c => ties::table.filter(ties::unit_id.eq(org).or(ties::payer_id.eq(org)))
        .order((ties::valid_from.desc(), ties::payer_id, ties::unit_id)).select(PayerTieRow::as_select()).load(c))?)
}

/// The ties of a unit to a payer, newest first.
pub fn payer_ties_between(on: &mut Read, unit: OrgId, payer: OrgId) -> Outcome<Vec<PayerTieRow>> {
    Ok(each!(on, c => ties::table.filter(ties::unit_id.eq(unit)).filter(ties::payer_id.eq(payer))
        .order(ties::valid_from.desc()).select(PayerTieRow::as_select()).load(c))?)
}
