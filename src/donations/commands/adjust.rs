//! Corrections of what counts: entries with reasons, by the office that verified it for the county.

use super::verify::entry;
use super::{Meant, no_member, note, save, stops, tell, unchanged};
use crate::donations::rules::{self, Counted, DeclarationEvent, EntryPart, OfficeLevel, Refusal, Wanted};
use crate::donations::store::{self, DeclarationRow, EntryRow, PartRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::DonationEntryId;
use crate::kernel::money::Fen;
use crate::platform::db::{Read, Tx};
use std::collections::BTreeMap;

/// What is corrected, and why.
#[derive(Debug, Clone)]
pub struct NewAdjustment {
    /// Lines with their right amounts, units and cadres who took no part.
    pub wanted: Wanted,
    /// Why.
    pub reason: String,
}

/// A part of a declaration as it counts now: its key, its class, how often and for how much.
type Standing = BTreeMap<(EntryPart, i64), (Vec<u8>, String, i64, Fen)>;

fn standing(on: &mut Read, row: &DeclarationRow) -> Outcome<Standing> {
    let entries: Vec<DonationEntryId> = store::entries(on, row.id)?.iter().map(|entry| entry.id).collect();
    let mut standing = Standing::new();
    for part in store::parts(on, &entries)? {
        let (_, _, times, amount) =
            standing.entry((part.part, part.position)).or_insert_with(|| (part.key, part.class, 0, Fen::ZERO));
        *times += part.times;
        *amount = amount.plus(part.amount_fen)?;
    }
    standing.retain(|_, (_, _, times, _)| *times > 0);
    Ok(standing)
}

fn counted(standing: &Standing) -> Counted {
    let mut counted = Counted::default();
    for ((part, position), (_, _, _, amount)) in standing {
        match part {
            EntryPart::Household => drop(counted.lines.insert(*position, *amount)),
            EntryPart::Unit => drop(counted.units.insert(*position)),
            EntryPart::Cadre => drop(counted.cadres.insert(*position)),
        }
    }
    counted
}

/// A verified declaration whose county's office the actor acts for.
fn claim(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (kind, id, version): Meant,
    event: DeclarationEvent,
) -> Outcome<DeclarationRow> {
    let mut row = store::claim_in(tx, &actor.region, (kind, id))?.ok_or(Code::NotFound)?;
    unchanged(&row, version)?;
    no_member(tx, actor, &row)?;
    let county = rules::at_or_after(&stops(tx, &row.region_code)?, OfficeLevel::County);
    if county.is_none_or(|stop| stop.region != actor.region) {
        return Err(Refusal::CountyCorrects.into());
    }
    row.state = rules::next(row.state, event, None)?;
    Ok(row)
}

/// Corrects what a declaration counts by one more entry, in the period of its activity; what was declared stays as it is.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `forbidden` for another office than the county's, `separation_of_duties`,
/// `validation_failed` with every wrong field.
pub fn adjust(tx: &mut Tx<'_>, actor: &Actor, meant: Meant, new: &NewAdjustment) -> Outcome<DeclarationRow> {
    let row = claim(tx, actor, meant, DeclarationEvent::Adjust)?;
    let standing = standing(tx, &row)?;
    let changes = rules::adjust(&counted(&standing), &new.wanted).map_err(AppError::invalid)?;
    let amount_fen = Fen::total(changes.iter().map(|change| change.amount))?;
    let entry =
        EntryRow { amount_fen, reason: Some(new.reason.clone()), ..entry(tx, actor, &row, DeclarationEvent::Adjust) };
    let parts = changes.iter().filter_map(|change| {
        let (key, class, ..) = standing.get(&(change.part, change.position))?;
        Some(PartRow {
            entry_id: entry.id,
            part: change.part,
            position: change.position,
            key: key.clone(),
            class: class.clone(),
            times: change.times,
            amount_fen: change.amount,
        })
    });
    store::insert_entry(tx, &entry, &parts.collect::<Vec<_>>())?;
    note(tx, actor, &row, DeclarationEvent::Adjust, (Some(OfficeLevel::County), Some(&new.reason)))?;
    tell(tx, &row, ("的统计数据已更正", "was corrected"), Some(&new.reason))?;
    Ok(row)
}

/// Takes back everything that a declaration counts; its number is free again.
///
/// # Errors
/// Those of [`adjust`].
pub fn annul(tx: &mut Tx<'_>, actor: &Actor, meant: Meant, reason: &str) -> Outcome<DeclarationRow> {
    let mut row = claim(tx, actor, meant, DeclarationEvent::Annul)?;
    let standing = standing(tx, &row)?;
    let amount = Fen::total(standing.values().map(|(_, _, _, amount)| *amount))?;
    let entry = EntryRow {
        amount_fen: amount.negated(),
        reason: Some(reason.to_owned()),
        ..entry(tx, actor, &row, DeclarationEvent::Annul)
    };
    let parts = standing.into_iter().map(|((part, position), (key, class, times, amount))| PartRow {
        entry_id: entry.id,
        part,
        position,
        key,
        class,
        times: -times,
        amount_fen: amount.negated(),
    });
    store::insert_entry(tx, &entry, &parts.collect::<Vec<_>>())?;
    row.since = tx.at();
    save(tx, &row)?;
    note(tx, actor, &row, DeclarationEvent::Annul, (Some(OfficeLevel::County), Some(reason)))?;
    tell(tx, &row, ("的核验已被撤销，不再计入统计", "was annulled and counts no more"), Some(reason))?;
    Ok(row)
}
