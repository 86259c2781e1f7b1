//! Either side proposes an amendment: price, quantity, term. Until the other side accepts it, the revision in force holds.

use super::{claim, current, in_force, other_side, record, share, tell};
use crate::agreements::rules::framework::{
    FrameworkLine, FrameworkTerms, OnOffer, RevisionState, Used, line_faults, room, term_faults,
};
use crate::agreements::rules::term::TermCalendar;
use crate::agreements::store::{self, AgreementRow, RevisionRow};
use crate::catalogue;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AgreementId, FileId, ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::ordering::{self, CalledFrom, OrderState};
use crate::platform::db::{Read, Tx};
use serde_json::json;
use std::collections::BTreeMap;

/// What is to change; what is not named stays.
#[derive(Debug, Clone)]
pub struct NewAmendment {
    /// The revision in force that it changes.
    pub revision: i64,
    /// A new last day.
    pub until: Option<Day>,
    /// Other days.
    pub calendar: Option<TermCalendar>,
    /// Another way of delivery.
    pub delivery_terms: Option<String>,
    /// Lines.
    pub lines: Vec<AmendedLine>,
    /// Why.
    pub reason: String,
    /// The number of the document.
    pub number: String,
    /// The document.
    pub file: Option<FileId>,
}

/// What is to change of a line.
#[derive(Debug, Clone)]
pub struct AmendedLine {
    /// Which.
    pub line_no: i64,
    /// Another price.
    pub unit_price_fen: Option<Fen>,
    /// Another quantity in all.
    pub quantity: Option<Quantity>,
    /// Another limit of each unit.
    pub unit_quantity: Option<Quantity>,
}

/// Proposes an amendment; the number of its revision.
///
/// # Errors
/// `not_found`; `wrong_state` when the agreement is not in force or another proposal waits; `stale_version` when another revision
/// is in force; `validation_failed`, `quantity_not_whole`, `quantity_exceeded` with every field that is wrong.
pub fn amend(tx: &mut Tx<'_>, actor: &Actor, id: AgreementId, new: &NewAmendment) -> Outcome<(AgreementRow, i64)> {
    let row = claim(tx, actor, id)?;
    in_force(tx, &row)?;
    if row.revision != new.revision {
        return Err(AppError::new(Code::StaleVersion).with("revision", row.revision));
    }
    let known = store::revisions_of(tx, id)?;
    if known.iter().any(|revision| revision.state == RevisionState::Proposed) {
        let error = AppError::new(Code::WrongState);
        return Err(error.detail("另有一份提议尚未答复", "Another proposal waits for an answer"));
    }
    share(tx, actor, new.file, other_side(&row, actor))?;
    let before = current(tx, &row)?;
    let terms = changed(tx, &before, new)?;
    if terms == before {
        return Err(AppError::new(Code::ValidationFailed).detail("没有任何变更", "Nothing is changed"));
    }
    keeps_what_was_called(tx, id, &terms.lines)?;
    let revision = known.last().map_or(1, |last| last.revision + 1);
    let proposed = RevisionRow {
        agreement_id: id,
        revision,
        state: RevisionState::Proposed,
        terms: serde_json::to_string(&terms).map_err(AppError::internal)?,
        document_number: new.number.trim().to_owned(),
        file_id: new.file,
        reason: new.reason.trim().to_owned(),
        proposed_by: actor.user_id,
        proposed_org: actor.org_id,
        proposed_at: tx.at(),
        answered_by: None,
        answered_org: None,
        answered_at: None,
        answer_reason: None,
    };
    store::insert_revision(tx, &proposed)?;
    record(tx, actor, &row, "agreement.amended", json!({ "revision": revision, "reason": new.reason }))?;
    tell(tx, &row, actor, ("提出修订框架协议，请答复", "proposes to amend the framework agreement; please answer it"))?;
    Ok((row, revision))
}

/// The terms as they would be.
fn changed(tx: &mut Tx<'_>, before: &FrameworkTerms, new: &NewAmendment) -> Outcome<FrameworkTerms> {
    let today = tx.at().day();
    let mut terms = before.clone();
    terms.until = new.until.unwrap_or(terms.until);
    terms.calendar = new.calendar.clone().unwrap_or(terms.calendar);
    terms.delivery_terms = new.delivery_terms.clone().or(terms.delivery_terms);
    let mut faults = term_faults(&terms, today);
    let ids: Vec<ListingId> = terms.lines.iter().map(|line| line.listing_id).collect();
    let offers = catalogue::offers(tx, &ids, today)?;
    for (index, asked) in new.lines.iter().enumerate() {
        let pointer = format!("/lines/{index}");
        let Some(line) = terms.lines.iter_mut().find(|line| line.line_no == asked.line_no) else {
            let message = Message::new("协议没有这一行", "the agreement has no such line");
            faults.push(AppError::field(Code::ValidationFailed, format!("{pointer}/line_no"), message));
            continue;
        };
        let raised = asked.unit_price_fen.is_some_and(|price| price > line.unit_price_fen);
        line.unit_price_fen = asked.unit_price_fen.unwrap_or(line.unit_price_fen);
        line.quantity = asked.quantity.unwrap_or(line.quantity);
        line.unit_quantity = asked.unit_quantity.or(line.unit_quantity);
        let offer = offers.iter().find(|offer| offer.listing_id == line.listing_id);
        // Of goods that are listed no more no price is raised.
        let today = OnOffer { price: offer.map_or(Fen::ZERO, |offer| offer.price_fen), weighed: line.weighed };
        faults.extend(line_faults(line, today, raised, &pointer));
    }
    if faults.is_empty() { Ok(terms) } else { Err(AppError::several(faults)) }
}

/// What is used of each line, by unit; orders that ended without goods use nothing. Exact for who holds the agreement's claim.
pub fn used_by_line(read: &mut Read, of: CalledFrom) -> Outcome<BTreeMap<i64, BTreeMap<OrgId, i64>>> {
    let mut lines: BTreeMap<i64, BTreeMap<OrgId, i64>> = BTreeMap::new();
    let states = of.states.clone().unwrap_or_else(|| OrderState::STANDING.to_vec());
    for called in ordering::called_off(read, &CalledFrom { states: Some(states), ..of })? {
        *lines.entry(called.line_no).or_default().entry(called.unit_id).or_default() += called.used.milli();
    }
    Ok(lines)
}

/// Nothing promises less than what was called off.
pub(super) fn keeps_what_was_called(tx: &mut Tx<'_>, id: AgreementId, lines: &[FrameworkLine]) -> Outcome<()> {
    let used = used_by_line(tx, CalledFrom::all(id))?;
    let mut faults = Vec::new();
    for line in lines {
        let Some(units) = used.get(&line.line_no) else { continue };
        let most = units.values().copied().max().unwrap_or_default();
        let pointer = format!("/lines/{}/quantity", line.line_no - 1);
        // Asked for what is used: is there room for it in a line of which nothing was called off?
        let each = if line.unit_quantity.is_some() { most } else { 0 };
        let fits = room(line, Used::default(), each, &pointer).and_then(|()| {
            room(
                &FrameworkLine { unit_quantity: None, ..line.clone() },
                Used::default(),
                units.values().sum(),
                &pointer,
            )
        });
        faults.extend(fits.err());
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::several(faults)) }
}
