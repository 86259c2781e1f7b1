//! Which organisations buy as a designated unit.

use crate::audit;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{OrgId, PairingId};
use crate::kernel::time::{Day, overlap};
use crate::platform::db::Tx;
use crate::regions::{self, PairingKind, PairingView};
use crate::volumes::store::pairings::{self as store, MemberRow};
use serde_json::{Value, json};

/// Lets an organisation's purchases count as a designated unit's: its own, or those of a subsidiary. Without a first day from the
/// first day of the pairing on.
///
/// # Errors
/// `not_found` for a pairing outside the region, `validation_failed` for one of a region, an organisation that there is not or an end
/// before the first day, `already_exists` where it is entered for a day of the span.
pub fn add_unit(
    tx: &mut Tx<'_>,
    actor: &Actor,
    pairing: PairingId,
    (org, from, to): (OrgId, Option<Day>, Option<Day>),
) -> Outcome<()> {
    let row = designated(tx, actor, pairing)?;
    let from = from.unwrap_or(row.valid_from);
    let mut wrong = Vec::new();
    if identity::organisations(tx, &[org])?.is_empty() {
        let message = Message::new("没有这一单位", "no such organisation");
        wrong.push(FieldError::new("/organisation_id", "invalid", message));
    }
    if to.is_some_and(|end| end <= from) {
        wrong.push(too_early());
    }
    if !wrong.is_empty() {
        return Err(AppError::invalid(wrong));
    }
    if store::spans(tx, pairing, org)?.iter().any(|known| overlap((known.valid_from, known.valid_to), (from, to))) {
        return Err(Code::AlreadyExists.into());
    }
    let member = MemberRow {
        pairing_id: pairing,
        org_id: org,
        valid_from: from,
        valid_to: to,
        added_by: actor.user_id,
        added_at: tx.at(),
    };
    store::add_member(tx, &member)?;
    note(tx, actor, &row, ("pairing.unit_added", org), json!({ "valid_from": from, "valid_to": to }))
}

/// From a day on it buys as the designated unit no more; what it bought before stays there.
///
/// # Errors
/// `not_found` where it does not buy for it any more then, `validation_failed` for a day on which it did not yet.
pub fn end_unit(tx: &mut Tx<'_>, actor: &Actor, pairing: PairingId, (org, end): (OrgId, Day)) -> Outcome<()> {
    let row = designated(tx, actor, pairing)?;
    let last = store::spans(tx, pairing, org)?.pop().filter(|last| last.valid_to.is_none_or(|to| end < to));
    let last = last.ok_or(Code::NotFound)?;
    if end <= last.valid_from {
        return Err(AppError::invalid(vec![too_early()]));
    }
    store::end_member(tx, (pairing, org, last.valid_from), end)?;
    note(tx, actor, &row, ("pairing.unit_ended", org), json!({ "valid_from": last.valid_from, "valid_to": end }))
}

fn too_early() -> FieldError {
    FieldError::new("/valid_to", "invalid", Message::new("须晚于起始日", "must be later than valid_from"))
}

/// Takes it out again, with everything that it bought: it was entered by mistake.
///
/// # Errors
/// `not_found`.
pub fn remove_unit(tx: &mut Tx<'_>, actor: &Actor, pairing: PairingId, org: OrgId) -> Outcome<()> {
    let row = designated(tx, actor, pairing)?;
    let spans = store::spans(tx, pairing, org)?;
    if spans.is_empty() {
        return Err(Code::NotFound.into());
    }
    store::remove_member(tx, pairing, org)?;
    let days: Vec<_> = spans.iter().map(|span| json!([span.valid_from, span.valid_to])).collect();
    note(tx, actor, &row, ("pairing.unit_removed", org), json!({ "days": days }))
}

/// A designated unit's pairing with a county of the actor's region; nobody else changes who buys for it until this is done.
fn designated(tx: &mut Tx<'_>, actor: &Actor, id: PairingId) -> Outcome<PairingView> {
    let row = regions::claim_pairing(tx, actor, id)?;
    if row.kind != PairingKind::DesignatedUnit {
        let message = Message::new("结对协作按地区统计，不登记单位", "a pairing of regions counts by region");
        return Err(AppError::field(Code::ValidationFailed, "/organisation_id", message));
    }
    Ok(row)
}

fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &PairingView,
    (action, org): (&'static str, OrgId),
    mut details: Value,
) -> Outcome<()> {
    details["organisation_id"] = json!(org);
    details["b_name"] = json!(row.b_name);
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: actor.org_id,
        other_org: Some(org),
        region: row.a_code,
        details,
    };
    audit::record(tx, &entry)
}
