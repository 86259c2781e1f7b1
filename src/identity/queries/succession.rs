//! Whether a unit still stands, and to whom its years belong.

use super::super::rules::Succession;
use super::super::store::succession::{self as store, Seat};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::db::Read;

/// Refuses a unit that was closed or merged by a day.
///
/// # Errors
/// `unit_ended`, naming the successor if there is one.
pub fn check_stands(read: &mut Read, unit: OrgId, day: Day) -> Outcome<()> {
    match store::seat(read, unit)? {
        Some((Some(ended), successor)) if ended <= day => {
            let error = AppError::new(Code::UnitEnded).with("ended_on", ended.to_string());
            Err(error.with("successor_id", successor.map(|id| id.to_string())))
        }
        _ => Ok(()),
    }
}

/// From which year on who has a unit's years.
pub fn follower(seat: Option<Seat>) -> Option<(i64, OrgId)> {
    let (ended, successor) = seat?;
    Some((ended?.year(), successor?))
}

/// To whom a unit's years belong.
///
/// # Errors
/// When the database fails.
pub fn succession(read: &mut Read, unit: OrgId) -> Outcome<Succession> {
    let mut chain = Succession::of(unit);
    let mut last = unit;
    while let Some((year, into)) = follower(store::seat(read, last)?) {
        if !chain.merged(year, into) {
            return Err(AppError::internal("units were merged in a circle"));
        }
        last = into;
    }
    Ok(chain)
}

/// Units whose year went to this one in that same year, also by way of others.
///
/// # Errors
/// When the database fails.
pub fn merged_in(read: &mut Read, unit: OrgId, year: i64) -> Outcome<Vec<OrgId>> {
    let (mut found, mut next) = (Vec::new(), vec![unit]);
    while let Some(into) = next.pop() {
        for (from, ended) in store::merged_into(read, into)? {
            if ended.is_some_and(|day| day.year() == year) && !found.contains(&from) {
                found.push(from);
                next.push(from);
            }
        }
    }
    Ok(found)
}

/// Whether a unit that stands has its place below another on a day or on a later one.
///
/// # Errors
/// When the database fails.
pub fn has_units_below(read: &mut Read, unit: OrgId, day: Day) -> Outcome<bool> {
    store::has_units_below(read, unit, day)
}
