//! Recounting: every order's counting entries and lines from its facts, and its sums from its records.

use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::kernel::money::Fen;
use crate::kernel::terms::Basis;
use crate::kernel::time::At;
use crate::ledger::{self, CountEntry};
use crate::ordering::book::{self, Book, amounts};
use crate::ordering::commands::settle::entries;
use crate::ordering::rules::journal::fresh;
use crate::ordering::store::counting as store;
use crate::ordering::store::orders::LineRow;
use crate::platform::db::Read;
use std::collections::BTreeMap;

/// Orders looked at between two pages.
const BATCH: i64 = 500;
/// After so many differences the answer is clear.
const ENOUGH: usize = 100;

/// A figure that the facts do not explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountDifference {
    /// The order.
    pub order: OrderId,
    /// What differs.
    pub figure: String,
    /// As stored.
    pub stored: String,
    /// As recomputed.
    pub computed: String,
}

/// Recomputes every counting entry and every line from the facts of its order, what its lines hold from the ledger, and the
/// order's sums from its records; what differs.
///
/// # Errors
/// When the database fails.
pub fn verify_counts(read: &mut Read) -> Outcome<Vec<CountDifference>> {
    let (mut found, mut last) = (Vec::new(), None);
    loop {
        let ids = store::order_ids(read, last, BATCH)?;
        let Some(end) = ids.last() else { return Ok(found) };
        last = Some(*end);
        for id in ids {
            let book = Book::load(read, id)?;
            let stored = ledger::counts_of_order(read, id)?;
            compare(&book, &stored, &mut found)?;
            let lines = super::verify_lines::compare_lines(read, &book)?;
            let prices = super::price_changes::compare(read, &book)?;
            let lines = [lines, prices, super::approvals::compare(read, &book.order)?].concat();
            let difference = |(figure, stored, computed)| CountDifference { order: id, figure, stored, computed };
            found.extend(lines.into_iter().map(difference));
            if found.len() >= ENOUGH {
                return Ok(found);
            }
        }
    }
}

fn compare(book: &Book, stored: &[CountEntry], found: &mut Vec<CountDifference>) -> Outcome<()> {
    let order = book.order.id;
    let mut differ = |figure: &str, stored: String, computed: String| {
        if stored != computed {
            found.push(CountDifference { order, figure: figure.to_owned(), stored, computed });
        }
    };
    let placed = book.placed.iter().map(book::key).collect::<Outcome<Vec<_>>>()?;
    differ("facts without a place", "0".to_owned(), fresh(&book.told, &placed).len().to_string());
    let counted = match book.count() {
        Ok(counted) => counted,
        Err(error) => {
            differ("facts", "contradictory".to_owned(), format!("{:?}", error.parts().cause));
            return Ok(());
        }
    };
    // Which of its holders an entry was appended to, and under which class, follows from when it was; where it is now is compared
    // by sums.
    let by_id = |entries: &[CountEntry]| -> BTreeMap<String, String> {
        let own = entries
            .iter()
            .filter(|entry| entry.basis != Basis::Ordered && entry.moved_by.is_none() && !entry.reclassed);
        let held = |entry: &CountEntry| if book.seats.has(entry.unit_id) { book.order.unit_id } else { entry.unit_id };
        own.map(|entry| {
            (entry.id.to_string(), format!("{:?}", CountEntry { unit_id: held(entry), class_no: 0, ..entry.clone() }))
        })
        .collect()
    };
    let recounted = entries(book, counted.entries.iter())?;
    for (figure, stored, computed) in super::verify_units::compare_units(book, stored, &recounted) {
        differ(&figure, stored, computed);
    }
    for (figure, stored, computed) in super::verify_units::compare_classes(book, stored) {
        differ(&figure, stored, computed);
    }
    let (stored_by_id, computed) = (by_id(stored), by_id(&recounted));
    for id in stored_by_id.keys().chain(computed.keys().filter(|id| !stored_by_id.contains_key(*id))) {
        let text = |of: &BTreeMap<String, String>| of.get(id).cloned().unwrap_or_else(|| "none".to_owned());
        differ(&format!("counting entry {id}"), text(&stored_by_id), text(&computed));
    }
    let row = &book.order;
    let ordered: Fen = stored.iter().filter(|entry| entry.basis == Basis::Ordered).map(|entry| entry.amount_fen).sum();
    differ("ordered_fen", row.ordered_fen.to_string(), ordered.to_string());
    let of_lines = |sum: fn(&LineRow) -> Fen| Fen::total(book.lines.iter().map(sum));
    differ("accepted_fen", row.accepted_fen.to_string(), of_lines(|line| line.accepted_fen)?.to_string());
    differ("returned_fen", row.returned_fen.to_string(), of_lines(|line| line.returned_fen)?.to_string());
    differ("ordered_fen of the lines", row.ordered_fen.to_string(), still_ordered(book)?.to_string());
    let kept = row.accepted_fen.minus(row.returned_fen)?;
    differ("accepted − returned", kept.to_string(), Fen::total(counted.accepted.iter().copied())?.to_string());
    differ("paid_fen", row.paid_fen.to_string(), book.paid()?.to_string());
    differ("refunded_fen", row.refunded_fen.to_string(), book.refunded()?.to_string());
    let moment = |at: Option<At>| at.map_or_else(|| "none".to_owned(), |at| at.to_string());
    differ("rated_at", moment(row.rated_at), moment(book.rating.as_ref().map(|rating| rating.recorded_at)));
    let year = |year: Option<i64>| year.map_or_else(|| "none".to_owned(), |year| year.to_string());
    differ("completed_year", year(row.completed_year), year(counted.completed.map(|done| done.year)));
    Ok(())
}

/// What the lines say is ordered and not written off; nothing of an order that does not stand.
fn still_ordered(book: &Book) -> Outcome<Fen> {
    if !book.order.state.stands() {
        return Ok(Fen::ZERO);
    }
    let lines = book.lines.iter().map(|line| amounts(line).ordered_fen()).collect::<Result<Vec<_>, _>>()?;
    Ok(Fen::total(lines)?)
}
