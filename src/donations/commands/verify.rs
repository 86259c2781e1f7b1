//! What the offices decide, village first.

use super::{Meant, no_member, note, save, stops, tell, unchanged};
use crate::donations::rules::{self, DeclarationEvent, DeclarationState, EntryPart, Refusal};
use crate::donations::store::{self, Content, DeclarationRow, EntryRow, PartRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::DonationEntryId;
use crate::kernel::money::Fen;
use crate::platform::db::Tx;

crate::text_enum! {
    /// What an office decides.
    DonationVerdict {
        /// 核验通过: the next office decides, or it counts from now on.
        Verify "verify"
        /// 退回: the organiser amends it and submits it again, from the first office on.
        Return "return"
        /// 不予核验: it ends, and its document number is free again.
        Reject "reject"
    }
}

/// Decides about a declaration that waits for the actor's office.
///
/// # Errors
/// `not_found` outside the office's region, `stale_version`, `wrong_state`, `forbidden` while another office decides,
/// `separation_of_duties`, `validation_failed` without a reason to return or reject.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (kind, id, version): Meant,
    (verdict, reason): (DonationVerdict, Option<&str>),
) -> Outcome<DeclarationRow> {
    let mut row = store::claim_in(tx, &actor.region, (kind, id))?.ok_or(Code::NotFound)?;
    unchanged(&row, version)?;
    no_member(tx, actor, &row)?;
    let level = rules::level(row.state).ok_or(Refusal::State(row.state))?;
    let stops = stops(tx, &row.region_code)?;
    let stop = rules::at_or_after(&stops, level).ok_or(Refusal::NoOffice)?;
    if stop.region != actor.region {
        return Err(Refusal::OtherOffice(stop.level).into());
    }
    let earlier = store::steps(tx, id)?.iter().any(|step| step.round == row.round && step.user_id == actor.user_id);
    if earlier || row.submitted_by == Some(actor.user_id) {
        return Err(Refusal::Before.into());
    }
    if verdict != DonationVerdict::Verify && reason.is_none() {
        return Err(Refusal::Reason.into());
    }
    let event = match verdict {
        DonationVerdict::Verify => DeclarationEvent::Verify,
        DonationVerdict::Return => DeclarationEvent::Return,
        DonationVerdict::Reject => DeclarationEvent::Reject,
    };
    let ahead = rules::after(&stops, stop.level);
    row.state = rules::next(row.state, event, ahead.map(|stop| stop.level))?;
    let waits = DeclarationState::WAITING.contains(&row.state);
    row.waits_for = ahead.filter(|_| waits).map(|stop| stop.region);
    row.since = tx.at();
    if row.state == DeclarationState::Verified {
        row.verified_at = Some(tx.at());
    }
    save(tx, &row)?;
    note(tx, actor, &row, event, (Some(stop.level), reason))?;
    if row.state == DeclarationState::Verified {
        count(tx, actor, &row)?;
    }
    let words = match row.state {
        DeclarationState::Verified => Some(("已通过县（区）核验，计入统计", "is verified and counts")),
        DeclarationState::Returned => Some(("被退回，请修改后重新提交", "was returned; amend and submit it again")),
        DeclarationState::Rejected => Some(("未通过核验", "was rejected")),
        _ => None,
    };
    if let Some(words) = words {
        tell(tx, &row, words, reason)?;
    }
    Ok(row)
}

/// An entry of a declaration, without its parts.
pub(super) fn entry(tx: &Tx<'_>, actor: &Actor, row: &DeclarationRow, event: DeclarationEvent) -> EntryRow {
    let activities = match event {
        DeclarationEvent::Verify => 1,
        DeclarationEvent::Annul => -1,
        _ => 0,
    };
    EntryRow {
        id: tx.new_id(),
        declaration_id: row.id,
        kind: row.kind,
        event,
        org_id: row.org_id,
        region_code: row.region_code,
        township: row.township,
        county: row.county,
        month: row.month.clone(),
        quarter: row.quarter.clone(),
        year: row.year.clone(),
        activities,
        amount_fen: Fen::ZERO,
        reason: None,
        office_org: actor.org_id,
        made_by: actor.user_id,
        recorded_at: tx.at(),
        recorded_on: tx.at().day(),
    }
}

/// What a declaration says counts from now on.
fn count(tx: &mut Tx<'_>, actor: &Actor, row: &DeclarationRow) -> Outcome<()> {
    let content = store::content(tx, row.id, row.edition)?;
    let entry = EntryRow { amount_fen: row.amount_fen, ..entry(tx, actor, row, DeclarationEvent::Verify) };
    store::insert_entry(tx, &entry, &parts(entry.id, content))
}

fn parts(entry_id: DonationEntryId, content: Content) -> Vec<PartRow> {
    let part = |part, position, key, class: &str, amount_fen| PartRow {
        entry_id,
        part,
        position,
        key,
        class: class.to_owned(),
        times: 1,
        amount_fen,
    };
    let units = content.units.into_iter().map(|unit| part(EntryPart::Unit, unit.position, unit.key, "", Fen::ZERO));
    let cadres = content.cadres.into_iter().map(|one| part(EntryPart::Cadre, one.position, one.key, "", Fen::ZERO));
    let lines = content
        .items
        .into_iter()
        .map(|item| part(EntryPart::Household, item.position, item.household, item.class.as_str(), item.amount_fen));
    units.chain(cadres).chain(lines).collect()
}
