//! What waits for somebody: an office's decisions, and what an organiser got back.

use crate::donations::rules::{Stop, at_or_after, level, stops};
use crate::donations::store::{self, DeclarationRow, WaitingSince};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DeclarationId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::At;
use crate::platform::db::Read;
use std::collections::BTreeSet;

/// A declaration that waits.
#[derive(Debug, Clone)]
pub struct Waits {
    /// Which.
    pub id: DeclarationId,
    /// Since when.
    pub since: At,
    /// Its organiser.
    pub organiser: OrgId,
    /// The sum of its lines.
    pub amount: Fen,
}

impl From<DeclarationRow> for Waits {
    fn from(row: DeclarationRow) -> Waits {
        Waits { id: row.id, since: row.since, organiser: row.org_id, amount: row.amount_fen }
    }
}

/// Declarations that wait for the actor: to be decided where it reviews for an office, to be amended where it declares for an
/// organiser; from a moment on, and behind a declaration of that moment.
///
/// # Errors
/// When the database fails.
pub fn waiting(
    read: &mut Read,
    actor: &Actor,
    (since, after, inclusive): (At, Option<[u8; 16]>, bool),
    most: i64,
) -> Outcome<Vec<Waits>> {
    let from = WaitingSince { since, after: after.map(DeclarationId), inclusive };
    let roles = identity::roles(read, actor.user_id, actor.org_id)?;
    let rows = if actor.kind == OrgKind::PovertyOffice {
        if !roles.contains(&Role::Reviewer) {
            return Ok(Vec::new());
        }
        for_office(read, actor, from, most)?
    } else {
        let declares = [Role::Trader, Role::Manager, Role::Reviewer].iter().any(|role| roles.contains(role));
        if !actor.kind.buys() || !declares {
            return Ok(Vec::new());
        }
        store::returned_to(read, actor.org_id, &from, most)?
    };
    Ok(rows.into_iter().map(Waits::from).collect())
}

/// Declarations about which the actor's office decides as the offices are now: those that waited for one that has gone too, and none
/// for which there is a nearer one meanwhile.
fn for_office(read: &mut Read, actor: &Actor, mut from: WaitingSince, most: i64) -> Outcome<Vec<DeclarationRow>> {
    let offices = offices_before(read, &actor.region)?;
    let mut found = Vec::new();
    loop {
        let rows = store::waiting_for(read, (&actor.region, &offices), actor.user_id, &from, most)?;
        let Some(last) = rows.last() else { return Ok(found) };
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == most);
        from = WaitingSince { since: last.since, after: Some(last.id), inclusive: false };
        let desk = Desk::of(read, &rows)?;
        let own = rows.into_iter().filter(|row| desk.decides(row).is_some_and(|stop| stop.region == actor.region));
        for row in own {
            if i64::try_from(found.len()).is_ok_and(|so_far| so_far == most) {
                return Ok(found);
            }
            found.push(row);
        }
        if !full {
            return Ok(found);
        }
    }
}

/// For whom that waited when it was decided last for which this office may decide now: itself, those below that have gone, and those
/// above, of which it may have taken a county's step over.
fn offices_before(read: &mut Read, region: &RegionCode) -> Outcome<Vec<RegionCode>> {
    let mut offices = store::waited_for(read, region)?;
    let active = identity::regions_with_office(read, OrgKind::PovertyOffice, &offices)?;
    offices.retain(|office| !active.contains(office));
    if region.level() <= RegionLevel::County {
        offices.extend(region.ancestors());
    } else {
        offices.push(*region);
    }
    Ok(offices)
}

/// Who decides about declarations, as the offices are now.
pub(super) struct Desk(Vec<RegionCode>);

impl Desk {
    /// Looks up the offices above all that waits of these at once.
    pub(super) fn of<'a>(read: &mut Read, rows: impl IntoIterator<Item = &'a DeclarationRow>) -> Outcome<Desk> {
        let waiting = rows.into_iter().filter(|row| level(row.state).is_some());
        let above: BTreeSet<RegionCode> = waiting.flat_map(|row| row.region_code.ancestors()).collect();
        let above: Vec<RegionCode> = above.into_iter().collect();
        Ok(Desk(identity::regions_with_office(read, OrgKind::PovertyOffice, &above)?))
    }
    /// The office that decides about one of them next; none where nothing waits.
    pub(super) fn decides(&self, row: &DeclarationRow) -> Option<Stop> {
        at_or_after(&stops(&row.region_code, &self.0), level(row.state)?)
    }
}
