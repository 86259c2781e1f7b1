//! What waits for somebody: an office's decisions, and what an organiser got back.

use crate::donations::store::{self, DeclarationRow, WaitingSince};
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DeclarationId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::time::At;
use crate::platform::db::Read;

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
        store::waiting_for(read, &actor.region, actor.user_id, &from, most)?
    } else {
        let declares = [Role::Trader, Role::Manager, Role::Reviewer].iter().any(|role| roles.contains(role));
        if !actor.kind.buys() || !declares {
            return Ok(Vec::new());
        }
        store::returned_to(read, actor.org_id, &from, most)?
    };
    Ok(rows.into_iter().map(Waits::from).collect())
}
