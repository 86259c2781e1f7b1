//! Use cases that write declarations.

mod adjust;
mod content;
mod declare;
mod verify;

pub use adjust::{NewAdjustment, adjust, annul};
pub use content::{NewCadre, NewDeclaration, NewItem, NewUnit};
pub use declare::{amend, declare, submit, withdraw};
pub use verify::{DonationVerdict, decide};

use super::rules::{self, DeclarationEvent, DeclarationKind, OfficeLevel, Refusal, Stop};
use super::store::{self, DeclarationRow, StepRow};
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::DeclarationId;
use crate::kernel::region_code::RegionCode;
use crate::notifications::{self, Both};
use crate::platform::db::{Read, Tx};
use serde_json::json;
use std::collections::BTreeSet;

/// Which declaration is meant, and which version of it was read.
pub type Meant = (DeclarationKind, DeclarationId, i64);

/// The offices that verify what was at a place, in their order, as they are now.
pub(super) fn stops(on: &mut Read, place: &RegionCode) -> Outcome<Vec<Stop>> {
    let offices = identity::regions_with_office(on, OrgKind::PovertyOffice, &place.ancestors())?;
    Ok(rules::stops(place, &offices))
}

/// A claimed declaration is still the one that was read.
fn unchanged(row: &DeclarationRow, version: i64) -> Outcome<()> {
    if version == row.version - 1 { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

/// Nobody decides about an organiser whose member he is.
fn no_member(tx: &mut Tx<'_>, actor: &Actor, row: &DeclarationRow) -> Outcome<()> {
    if actor.org_id == row.org_id || identity::is_member(tx, actor.user_id, row.org_id)? {
        return Err(Refusal::Member.into());
    }
    Ok(())
}

/// Writes a declaration; a number that somebody took at this very moment is refused as one that was taken before.
fn save(tx: &mut Tx<'_>, row: &DeclarationRow) -> Outcome<()> {
    tx.attempt(|tx| store::save(tx, row)).map_err(taken(Refusal::Number))
}

/// A broken index of numbers, as it is told.
fn taken(refusal: Refusal) -> impl Fn(AppError) -> AppError {
    move |error| if error.code() == Code::AlreadyExists { refusal.into() } else { error }
}

/// Enters what happened: in the declaration's history, and in the trail, which says nothing of persons.
fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &DeclarationRow,
    event: DeclarationEvent,
    (level, reason): (Option<OfficeLevel>, Option<&str>),
) -> Outcome<()> {
    let step = StepRow {
        id: tx.new_id(),
        declaration_id: row.id,
        edition: row.edition,
        round: row.round,
        event,
        state: row.state,
        level,
        org_id: actor.org_id,
        user_id: actor.user_id,
        at: tx.at(),
        reason: reason.map(str::to_owned),
    };
    store::insert_step(tx, &step)?;
    let mut details = json!({ "state": row.state, "level": level, "edition": row.edition });
    // The offices of the place read the feed: of a draft it tells them nothing but that there is one.
    if row.submitted_at.is_some() {
        details["held_on"] = json!(row.held_on);
        details["document_number"] = json!(row.document_number);
        details["amount_fen"] = json!(row.amount_fen);
    }
    let entry = audit::Entry {
        actor: Some(actor),
        action: action(row.kind, event),
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}

/// What the feed calls an event.
const fn action(kind: DeclarationKind, event: DeclarationEvent) -> &'static str {
    use DeclarationEvent as E;
    match (kind, event) {
        (DeclarationKind::Activity, E::Declare) => "donation_activity.declared",
        (DeclarationKind::Activity, E::Amend) => "donation_activity.amended",
        (DeclarationKind::Activity, E::Submit) => "donation_activity.submitted",
        (DeclarationKind::Activity, E::Verify) => "donation_activity.verified",
        (DeclarationKind::Activity, E::Return) => "donation_activity.returned",
        (DeclarationKind::Activity, E::Reject) => "donation_activity.rejected",
        (DeclarationKind::Activity, E::Withdraw) => "donation_activity.withdrawn",
        (DeclarationKind::Activity, E::Adjust) => "donation_activity.adjusted",
        (DeclarationKind::Activity, E::Annul) => "donation_activity.annulled",
        (DeclarationKind::HelpedSale, E::Declare) => "helped_sale.declared",
        (DeclarationKind::HelpedSale, E::Amend) => "helped_sale.amended",
        (DeclarationKind::HelpedSale, E::Submit) => "helped_sale.submitted",
        (DeclarationKind::HelpedSale, E::Verify) => "helped_sale.verified",
        (DeclarationKind::HelpedSale, E::Return) => "helped_sale.returned",
        (DeclarationKind::HelpedSale, E::Reject) => "helped_sale.rejected",
        (DeclarationKind::HelpedSale, E::Withdraw) => "helped_sale.withdrawn",
        (DeclarationKind::HelpedSale, E::Adjust) => "helped_sale.adjusted",
        (DeclarationKind::HelpedSale, E::Annul) => "helped_sale.annulled",
    }
}

/// Those of the organiser who declare.
const TOLD: [Role; 3] = [Role::Trader, Role::Manager, Role::Reviewer];

/// Writes to the organiser, once to each address: what became of its declaration, and why.
fn tell(tx: &mut Tx<'_>, row: &DeclarationRow, (zh, en): (&str, &str), reason: Option<&str>) -> Outcome<()> {
    let mut addresses = BTreeSet::new();
    for role in TOLD {
        addresses.extend(identity::recipients(tx, row.org_id, role)?.into_iter().map(|(_, address)| address));
    }
    let (what_zh, what_en) = match row.kind {
        DeclarationKind::Activity => ("以购代捐活动", "activity"),
        DeclarationKind::HelpedSale => ("帮助销售", "helped sale"),
    };
    let (title, number) = (&row.title, &row.document_number);
    let because = reason.map(|reason| format!("理由：{reason}")).unwrap_or_default();
    let why = reason.map(|reason| format!(" Reason: {reason}")).unwrap_or_default();
    let text_zh = format!("{what_zh}“{title}”（凭证号 {number}）{zh}。{because}");
    let text_en = format!("The {what_en} {title} (document {number}) {en}.{why}");
    let (subject_zh, subject_en) = (format!("{what_zh}核验"), format!("Your {what_en}"));
    for address in addresses {
        let subject = Both { zh: &subject_zh, en: &subject_en };
        notifications::mail(tx, &address, subject, Both { zh: &text_zh, en: &text_en })?;
    }
    Ok(())
}
