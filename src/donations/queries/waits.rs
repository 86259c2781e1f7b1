//! What waits for somebody: an office's decisions, and what an organiser got back.

use crate::donations::commands::stops;
use crate::donations::rules::{Stop, at_or_after, level};
use crate::donations::store::{self, DeclarationRow, WaitingSince};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DeclarationId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::Read;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
    let mut offices = store::waited_for(read, &actor.region)?;
    offices.extend(actor.region.ancestors());
    let (mut found, mut desk) = (Vec::new(), Desk::default());
    loop {
        let rows = store::waiting_for(read, (&actor.region, &offices), actor.user_id, &from, most)?;
        let Some(last) = rows.last() else { return Ok(found) };
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == most);
        from = WaitingSince { since: last.since, after: Some(last.id), inclusive: false };
        for row in rows {
            let own = desk.decides(read, &row)?.is_some_and(|stop| stop.region == actor.region);
            if own && i64::try_from(found.len()).is_ok_and(|so_far| so_far < most) {
                found.push(row);
            }
        }
        if !full || i64::try_from(found.len()).is_ok_and(|so_far| so_far == most) {
            return Ok(found);
        }
    }
}

/// Who decides about what was at a place, as the offices are now; each place is looked up once.
#[derive(Default)]
pub(super) struct Desk(BTreeMap<RegionCode, Vec<Stop>>);

impl Desk {
    /// The office that decides about a declaration next; none where nothing waits.
    pub(super) fn decides(&mut self, read: &mut Read, row: &DeclarationRow) -> Outcome<Option<Stop>> {
        let Some(level) = level(row.state) else { return Ok(None) };
        let stops = match self.0.entry(row.region_code) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(stops(read, &row.region_code)?),
        };
        Ok(at_or_after(stops, level))
    }
}
