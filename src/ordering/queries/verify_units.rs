//! Recomputing to which units an order counts: each to the holder of the unit's year, whatever mergers moved.

use crate::kernel::ids::{OrderLineId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::terms::{Basis, LineStanding};
use crate::ledger::{self, CountEntry};
use crate::ordering::book::Book;
use std::collections::BTreeMap;

/// What reports add up by.
type Place = (OrgId, i64, Basis, OrderLineId, bool, LineStanding);

/// Sums by unit, year, basis, line, correction and standing: stored, and as they should be; and halves of moved pairs under
/// an id that no merger gives.
pub fn compare_units(book: &Book, stored: &[CountEntry], recounted: &[CountEntry]) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for entry in stored {
        let Some(change) = entry.moved_by else { continue };
        let id = ledger::moved_count(entry, change);
        if id != entry.id {
            found.push((format!("moved entry {}", entry.id), entry.id.to_string(), id.to_string()));
        }
    }
    let ordered =
        stored.iter().filter(|entry| entry.basis == Basis::Ordered && entry.moved_by.is_none() && !entry.reclassed);
    let expected = sums(ordered.chain(recounted), |entry| book.seats.of_year(entry.year));
    let actual = sums(stored.iter(), |entry| entry.unit_id);
    for place in actual.keys().chain(expected.keys().filter(|place| !actual.contains_key(*place))) {
        let of = |sums: &BTreeMap<Place, Fen>| sums.get(place).copied().unwrap_or_default().to_string();
        let (unit, year, basis, line, ..) = place;
        found.push((format!("{basis} of {line} at {unit} in {year}"), of(&actual), of(&expected)));
    }
    found
}

/// What still stands under a class that the order has no longer: nothing should.
pub fn compare_classes(book: &Book, stored: &[CountEntry]) -> Vec<(String, String, String)> {
    let others = stored.iter().filter(|entry| entry.class_no != book.class_no);
    let mut left: BTreeMap<(i64, Place), Fen> = BTreeMap::new();
    for entry in others {
        let place = (entry.unit_id, entry.year, entry.basis, entry.line_id, entry.correction, entry.standing);
        let sum = left.entry((entry.class_no, place)).or_default();
        *sum = Fen::new(sum.get().saturating_add(entry.amount_fen.get()));
    }
    left.retain(|_, sum| !sum.is_zero());
    let said = |((no, (_, year, basis, line, ..)), sum): ((i64, Place), Fen)| {
        (format!("{basis} of {line} in {year} under classification {no}"), sum.to_string(), Fen::ZERO.to_string())
    };
    left.into_iter().map(said).collect()
}

fn sums<'a>(
    entries: impl Iterator<Item = &'a CountEntry>,
    unit: impl Fn(&CountEntry) -> OrgId,
) -> BTreeMap<Place, Fen> {
    let mut sums: BTreeMap<Place, Fen> = BTreeMap::new();
    for entry in entries {
        let place = (unit(entry), entry.year, entry.basis, entry.line_id, entry.correction, entry.standing);
        let sum = sums.entry(place).or_default();
        *sum = Fen::new(sum.get().saturating_add(entry.amount_fen.get()));
    }
    sums
}
