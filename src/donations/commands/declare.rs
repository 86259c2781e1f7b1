//! What the organiser does: declares, amends, submits, withdraws.

use super::content::{Resolved, resolve};
use super::{Meant, NewDeclaration, note, save, stops, taken, unchanged};
use crate::documents;
use crate::donations::persons::Keys;
use crate::donations::rules::{self, DeclarationEvent, DeclarationKind, DeclarationState, Refusal};
use crate::donations::store::{self, DeclarationRow};
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::DeclarationId;
use crate::platform::db::Tx;

/// Declares something as a draft of the actor's organisation, and submits it where that is asked for.
///
/// # Errors
/// `validation_failed` with every wrong field, `already_exists` for a number that is declared, `unit_ended`.
pub fn declare(
    tx: &mut Tx<'_>,
    actor: &Actor,
    keys: &Keys,
    kind: DeclarationKind,
    (new, submitted): (&NewDeclaration<'_>, bool),
) -> Outcome<DeclarationRow> {
    if actor.ended_on.is_some() {
        return Err(Code::UnitEnded.into());
    }
    let id: DeclarationId = tx.new_id();
    let found = resolve(tx, actor, keys, (id, 1), new)?;
    let mut row = DeclarationRow {
        id,
        kind,
        org_id: actor.org_id,
        org_name: identity::organisation(tx, actor.org_id)?.name,
        region_code: new.region,
        township: found.township,
        county: found.county,
        place: String::new(),
        held_on: new.held_on,
        month: String::new(),
        quarter: String::new(),
        year: String::new(),
        title: String::new(),
        document_number: String::new(),
        number_key: String::new(),
        amount_fen: found.amount,
        units: 0,
        cadres: 0,
        households: 0,
        edition: 1,
        round: 0,
        state: DeclarationState::Draft,
        waits_for: None,
        since: tx.at(),
        declared_by: actor.user_id,
        declared_at: tx.at(),
        submitted_by: None,
        submitted_at: None,
        verified_at: None,
        version: 1,
    };
    fill(&mut row, new, &found)?;
    free(tx, &row)?;
    tx.attempt(|tx| store::insert(tx, &row)).map_err(taken(Refusal::OwnNumber))?;
    store::insert_content(tx, &found.content)?;
    note(tx, actor, &row, DeclarationEvent::Declare, (None, None))?;
    if submitted { hand_in(tx, actor, row) } else { Ok(row) }
}

/// What was found, into the declaration.
fn fill(row: &mut DeclarationRow, new: &NewDeclaration<'_>, found: &Resolved) -> Outcome<()> {
    let count = |rows: usize| i64::try_from(rows).map_err(AppError::internal);
    (row.region_code, row.township, row.county) = (new.region, found.township, found.county);
    row.held_on = new.held_on;
    new.place.trim().clone_into(&mut row.place);
    new.title.trim().clone_into(&mut row.title);
    new.document_number.trim().clone_into(&mut row.document_number);
    row.number_key.clone_from(&found.number_key);
    row.month.clone_from(&found.period.month);
    row.quarter.clone_from(&found.period.quarter);
    row.year.clone_from(&found.period.year);
    row.amount_fen = found.amount;
    row.units = count(found.content.units.len())?;
    row.cadres = count(found.content.cadres.len())?;
    row.households = count(found.households.len())?;
    Ok(())
}

/// Nobody else has declared the number in the county. Who declares it at this very moment is found by the index.
fn free(tx: &mut Tx<'_>, row: &DeclarationRow) -> Outcome<()> {
    if store::number_held(tx, &row.county, &row.number_key, row.id)? { Err(Refusal::Number.into()) } else { Ok(()) }
}

/// Says something anew while it is a draft or returned: a further edition, as a whole, since nothing that names persons is kept.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, and those of [`declare`].
pub fn amend(
    tx: &mut Tx<'_>,
    actor: &Actor,
    keys: &Keys,
    (kind, id, version): Meant,
    (new, submitted): (&NewDeclaration<'_>, bool),
) -> Outcome<DeclarationRow> {
    let mut row = store::claim_own(tx, actor.org_id, (kind, id))?.ok_or(Code::NotFound)?;
    unchanged(&row, version)?;
    row.state = rules::next(row.state, DeclarationEvent::Amend, None)?;
    row.edition += 1;
    let found = resolve(tx, actor, keys, (id, row.edition), new)?;
    fill(&mut row, new, &found)?;
    free(tx, &row)?;
    tx.attempt(|tx| store::save(tx, &row)).map_err(taken(Refusal::OwnNumber))?;
    store::insert_content(tx, &found.content)?;
    note(tx, actor, &row, DeclarationEvent::Amend, (None, None))?;
    if submitted { hand_in(tx, actor, row) } else { Ok(row) }
}

/// Submits a draft, or what was returned, to the first office on its way.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `already_exists` for a number that is declared, `validation_failed` without a
/// proof or an office.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, (kind, id, version): Meant) -> Outcome<DeclarationRow> {
    let row = store::claim_own(tx, actor.org_id, (kind, id))?.ok_or(Code::NotFound)?;
    unchanged(&row, version)?;
    hand_in(tx, actor, row)
}

fn hand_in(tx: &mut Tx<'_>, actor: &Actor, mut row: DeclarationRow) -> Outcome<DeclarationRow> {
    let first = stops(tx, &row.region_code)?.first().copied();
    row.state = rules::next(row.state, DeclarationEvent::Submit, first.map(|stop| stop.level))?;
    let content = store::content(tx, row.id, row.edition)?;
    if content.files.is_empty() {
        return Err(Refusal::Proof.into());
    }
    free(tx, &row)?;
    row.waits_for = first.map(|stop| stop.region);
    row.since = tx.at();
    row.round += 1;
    row.submitted_by = Some(actor.user_id);
    row.submitted_at = Some(tx.at());
    save(tx, &row)?;
    for proof in &content.files {
        documents::show_in(tx, proof.file_id, &row.region_code)?;
    }
    note(tx, actor, &row, DeclarationEvent::Submit, (None, None))?;
    Ok(row)
}

/// Takes back what does not count yet; its number is free again.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`.
pub fn withdraw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (kind, id, version): Meant,
    reason: Option<&str>,
) -> Outcome<DeclarationRow> {
    let mut row = store::claim_own(tx, actor.org_id, (kind, id))?.ok_or(Code::NotFound)?;
    unchanged(&row, version)?;
    row.state = rules::next(row.state, DeclarationEvent::Withdraw, None)?;
    row.waits_for = None;
    row.since = tx.at();
    save(tx, &row)?;
    note(tx, actor, &row, DeclarationEvent::Withdraw, (None, reason))?;
    Ok(row)
}
