//! SQL of what becomes of budget units: another name, an end, a successor.

use super::super::schema::{contractor_ties, organisations, payer_ties, unit_closure as closure};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::db::{Conn, Read, Tx};
use diesel::dsl::{delete, exists, select, update};
use diesel::prelude::*;

/// When a unit ended and who has its years since.
pub type Seat = (Option<Day>, Option<OrgId>);

/// Whether a unit still stands, or who follows it.
pub fn seat(on: &mut Read, unit: OrgId) -> Outcome<Option<Seat>> {
    Ok(each!(on, c => organisations::table.find(unit).select((organisations::ended_on, organisations::successor_id))
        .first(c).optional())?)
}

/// As [`seat`], kept so until the transaction ends: who merges the unit waits, and who comes after a merger sees it. SQLite
/// has one writer, so nothing comes between there.
pub fn keep_seat(tx: &mut Tx<'_>, unit: OrgId) -> Outcome<Option<Seat>> {
    let seat = organisations::table.find(unit).select((organisations::ended_on, organisations::successor_id));
    Ok(match tx.conn() {
        Conn::Pg(c) => seat.for_share().first(c).optional()?,
        Conn::Sqlite(c) => seat.first(c).optional()?,
    })
}

/// Units that were merged straight into this one, with the day.
pub fn merged_into(on: &mut Read, unit: OrgId) -> Outcome<Vec<(OrgId, Option<Day>)>> {
    Ok(each!(on, c => organisations::table.filter(organisations::successor_id.eq(Some(unit))).order(organisations::id)
        .select((organisations::id, organisations::ended_on)).load(c))?)
}

/// Ends a unit; whether it stood until then.
pub fn end_unit(tx: &mut Tx<'_>, unit: OrgId, on: Day, successor: Option<OrgId>) -> Outcome<bool> {
    let ended = each!(tx, c => update(organisations::table.find(unit).filter(organisations::ended_on.is_null()))
        .set((organisations::ended_on.eq(Some(on)), organisations::successor_id.eq(successor), organisations::version.eq(organisations::version + 1)))
        .execute(c))?;
    Ok(ended == 1)
}

/// Ends the days of whoever orders or pays for a unit; days that have not begun by then are taken back.
pub fn end_ties(tx: &mut Tx<'_>, unit: OrgId, on: Day) -> Outcome<()> {
    each!(tx, c => {
        delete(contractor_ties::table.filter(contractor_ties::unit_id.eq(unit)).filter(contractor_ties::valid_from.ge(on))).execute(c)?;
        update(contractor_ties::table.filter(contractor_ties::unit_id.eq(unit)).filter(contractor_ties::valid_to.gt(on)))
            .set(contractor_ties::valid_to.eq(on)).execute(c)?;
        delete(payer_ties::table.filter(payer_ties::unit_id.eq(unit)).filter(payer_ties::valid_from.ge(on))).execute(c)?;
        update(payer_ties::table.filter(payer_ties::unit_id.eq(unit)).filter(payer_ties::valid_to.gt(on)))
            .set(payer_ties::valid_to.eq(on)).execute(c)
    })?;
    Ok(())
}

/// Gives a unit another name.
pub fn rename(tx: &mut Tx<'_>, unit: OrgId, name: &str, name_key: &str) -> Outcome<()> {
    each!(tx, c => update(organisations::table.find(unit))
        .set((organisations::name.eq(name), organisations::name_key.eq(name_key), organisations::version.eq(organisations::version + 1)))
        .execute(c))?;
    Ok(())
}

/// Whether a unit that has not ended stands below another on a day or on a later one.
pub fn has_units_below(on: &mut Read, unit: OrgId, day: Day) -> Outcome<bool> {
    Ok(
        each!(on, c => select(exists(closure::table.inner_join(organisations::table.on(organisations::id.eq(closure::descendant_id)))
        .filter(closure::ancestor_id.eq(unit)).filter(closure::depth.gt(0)).filter(closure::valid_to.gt(day))
        .filter(organisations::ended_on.is_null())))
        .get_result(c))?,
    )
}
