//! What becomes of budget units: another name, an end, a successor. Who decides it is asked above (`units`).

use super::super::queries;
use super::super::rules::Succession;
use super::super::store::{self, succession as seats};
use super::organisations::known;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::search_text::sort_key;
use crate::kernel::time::Day;
use crate::platform::db::Tx;

/// Lets one change of units after another through: every such change begins with it.
///
/// # Errors
/// When the database fails.
pub fn claim_units(tx: &mut Tx<'_>) -> Outcome<()> {
    store::claim_tree(tx)
}

/// Gives a unit another name.
///
/// # Errors
/// `not_found`.
pub fn rename_unit(tx: &mut Tx<'_>, unit: OrgId, name: &str) -> Outcome<()> {
    known(tx, unit)?;
    seats::rename(tx, unit, name, &sort_key(name))
}

/// Ends a unit from a day on, with whoever ordered or paid for it; a successor has its years from the year of that day on.
///
/// # Errors
/// `unit_ended` when it ended before.
pub fn end_unit(tx: &mut Tx<'_>, unit: OrgId, on: Day, successor: Option<OrgId>) -> Outcome<()> {
    if !seats::end_unit(tx, unit, on, successor)? {
        return Err(Code::UnitEnded.into());
    }
    seats::end_ties(tx, unit, on)
}

/// To whom a unit's years belong, kept so until the transaction ends: whoever appends what counts to a unit asks this
/// first, so that a merger at the same moment either moves the entry or is seen by it.
///
/// # Errors
/// When the database fails.
pub fn keep_succession(tx: &mut Tx<'_>, unit: OrgId) -> Outcome<Succession> {
    let mut chain = Succession::of(unit);
    let mut last = unit;
    while let Some((year, into)) = queries::follower(seats::keep_seat(tx, last)?) {
        if !chain.merged(year, into) {
            return Err(AppError::internal("units were merged in a circle"));
        }
        last = into;
    }
    Ok(chain)
}
