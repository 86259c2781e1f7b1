//! Which organisations buy as a designated unit.

use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrgId, PairingId};
use crate::platform::db::Tx;
use crate::regions::{self, PairingKind, PairingView};
use crate::volumes::store::pairings::{self as store, PairingUnitRow};
use serde_json::json;

/// Lets an organisation's purchases count as a designated unit's: its own, or those of a subsidiary.
///
/// # Errors
/// `not_found` for a pairing outside the region, `validation_failed` for one of a region or an organisation that there is not,
/// `already_exists`.
pub fn add_unit(tx: &mut Tx<'_>, actor: &Actor, pairing: PairingId, org: OrgId) -> Outcome<()> {
    let row = designated(tx, actor, pairing)?;
    if identity::organisations(tx, &[org])?.is_empty() {
        let message = Message::new("没有这一单位", "no such organisation");
        return Err(AppError::field(Code::ValidationFailed, "/organisation_id", message));
    }
    let unit = PairingUnitRow { pairing_id: pairing, org_id: org, added_by: actor.user_id, added_at: tx.at() };
    if !store::add_unit(tx, &unit)? {
        return Err(Code::AlreadyExists.into());
    }
    note(tx, actor, &row, ("pairing.unit_added", org))
}

/// Takes it out again.
///
/// # Errors
/// `not_found`.
pub fn remove_unit(tx: &mut Tx<'_>, actor: &Actor, pairing: PairingId, org: OrgId) -> Outcome<()> {
    let row = designated(tx, actor, pairing)?;
    if !store::remove_unit(tx, pairing, org)? {
        return Err(Code::NotFound.into());
    }
    note(tx, actor, &row, ("pairing.unit_removed", org))
}

/// A designated unit's pairing with a county of the actor's region.
fn designated(tx: &mut Tx<'_>, actor: &Actor, id: PairingId) -> Outcome<PairingView> {
    let row = regions::pairings(tx, None)?.into_iter().find(|row| row.id == id).ok_or(Code::NotFound)?;
    let own = match &actor.scope {
        Scope::Platform => true,
        Scope::Region(region) => region.contains(&row.a_code),
        _ => false,
    };
    if !own {
        return Err(Code::NotFound.into());
    }
    if row.kind != PairingKind::DesignatedUnit {
        let message = Message::new("结对协作按地区统计，不登记单位", "a pairing of regions counts by region");
        return Err(AppError::field(Code::ValidationFailed, "/organisation_id", message));
    }
    Ok(row)
}

fn note(tx: &mut Tx<'_>, actor: &Actor, row: &PairingView, (action, org): (&'static str, OrgId)) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: actor.org_id,
        other_org: Some(org),
        region: row.a_code,
        details: json!({ "organisation_id": org, "b_name": row.b_name }),
    };
    audit::record(tx, &entry)
}
