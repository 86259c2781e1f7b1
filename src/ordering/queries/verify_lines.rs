//! Recounting an order's lines: every column from the facts, and the holds that stand for it in the ledger.

use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::OrderLineId;
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::LineStanding;
use crate::ledger;
use crate::ordering::OrderState;
use crate::ordering::book::{Book, amounts};
use crate::ordering::commands::claimed::{quota_hold, stock_hold};
use crate::ordering::rules::line::LineFacts;
use crate::ordering::rules::replacement::ReplacementState;
use crate::ordering::store::orders::LineRow;
use crate::ordering::store::{annulments, facts};
use crate::ordering::terms::{self, Origin};
use crate::platform::db::Read;
use std::collections::BTreeMap;
use std::fmt::Display;

/// The whole of a line's origin shares.
const WHOLE_PPM: i64 = 1_000_000;

/// Figure, as stored, as recomputed.
pub type Difference = (String, String, String);

/// What of an order's lines differs from their facts and their holds.
///
/// # Errors
/// When the database fails.
pub fn compare_lines(read: &mut Read, book: &Book) -> Outcome<Vec<Difference>> {
    let mut found = Vec::new();
    let facts = facts_of(read, book)?;
    let annulments = annulments::of_order(read, book.order.id)?;
    for row in &book.lines {
        compare_line(row, facts.get(&row.id).copied().unwrap_or_default(), &mut found)?;
        let of_line = annulments.iter().filter(|(_, part)| part.line_id == row.id);
        let worst = of_line.map(|(_, part)| part.standing_after).max().unwrap_or(LineStanding::AsPlaced);
        differ(&mut found, &format!("line {} standing", row.line_no), row.standing, worst);
    }
    let (state, closed) = (book.order.state, book.lines.iter().all(|line| line.closed));
    let stands = state.stands();
    differ(&mut found, "state", state, if closed && stands { OrderState::Closed } else { state });
    if stands && !closed && state == OrderState::Closed {
        differ(&mut found, "state", state, OrderState::Confirmed);
    }
    compare_freight(book, &mut found);
    compare_holds(read, book, &mut found)?;
    Ok(found)
}

/// Freight is what its last allowance left of it, and each of them took from what the one before had left.
fn compare_freight(book: &Book, found: &mut Vec<Difference>) {
    let mut known: Option<Fen> = None;
    for (_, line) in book.allowed.iter().filter(|(_, line)| line.line_no == 0) {
        let before = line.left_fen.get().saturating_add(line.amount_fen.get());
        differ(found, "freight before an allowance", before, known.map_or(before, Fen::get));
        known = Some(line.left_fen);
    }
    differ(found, "freight_fen", book.order.freight_fen, known.unwrap_or(book.order.freight_fen));
}

fn differ<T: Display>(found: &mut Vec<Difference>, figure: &str, stored: T, computed: T) {
    let (stored, computed) = (stored.to_string(), computed.to_string());
    if stored != computed {
        found.push((figure.to_owned(), stored, computed));
    }
}

/// The sums of every line's facts.
fn facts_of(read: &mut Read, book: &Book) -> Outcome<BTreeMap<OrderLineId, LineFacts>> {
    let id = book.order.id;
    let ended = !book.order.state.stands();
    let empty = |line: &LineRow| (line.id, LineFacts { ended, ..LineFacts::default() });
    let mut sums: BTreeMap<OrderLineId, LineFacts> = book.lines.iter().map(empty).collect();
    for (_, part) in facts::shipments(read, id)? {
        if let Some(line) = sums.get_mut(&part.line_id) {
            line.shipped = line.shipped.plus(part.quantity)?;
        }
    }
    for (_, part) in facts::acceptances(read, id)? {
        if let Some(line) = sums.get_mut(&part.line_id) {
            line.accepted = line.accepted.plus(part.accepted)?;
            line.rejected = line.rejected.plus(part.rejected)?;
            line.decided = true;
        }
    }
    for (_, part) in facts::returns(read, id)? {
        if let Some(line) = sums.get_mut(&part.line_id) {
            line.returned = line.returned.plus(part.quantity)?;
            line.returned_fen = line.returned_fen.plus(part.amount_fen)?;
        }
    }
    for row in book.replaced.iter().filter(|row| row.state == ReplacementState::Agreed) {
        if let Some(line) = sums.get_mut(&row.line_id) {
            line.shipped = line.shipped.minus(row.quantity)?;
            line.rejected = line.rejected.minus(row.quantity)?;
        }
    }
    for (_, part) in &book.allowed {
        let row = book.lines.iter().find(|row| row.line_no == part.line_no);
        if let Some(line) = row.and_then(|row| sums.get_mut(&row.id)) {
            line.allowed_fen = line.allowed_fen.plus(part.amount_fen)?;
        }
    }
    for (_, part) in facts::short_closures(read, id)? {
        if let Some(line) = sums.get_mut(&part.line_id) {
            line.short_closed = line.short_closed.plus(part.quantity)?;
            line.decided = true;
        }
    }
    Ok(sums)
}

/// A stored line against the same line made of its facts; its origin shares against the whole.
fn compare_line(row: &LineRow, facts: LineFacts, found: &mut Vec<Difference>) -> Outcome<()> {
    let named = |column: &str| format!("line {} {column}", row.line_no);
    let stored = amounts(row);
    let Ok(line) = stored.of_facts(&facts) else {
        found.push((named("facts"), "contradictory".to_owned(), format!("{facts:?}")));
        return Ok(());
    };
    let quantities: [(&str, Quantity, Quantity); 5] = [
        ("shipped", stored.shipped, line.shipped),
        ("accepted", stored.accepted, line.accepted),
        ("rejected", stored.rejected, line.rejected),
        ("returned", stored.returned, line.returned),
        ("short_closed", stored.short_closed, line.short_closed),
    ];
    for (column, stored, computed) in quantities {
        differ(found, &named(column), stored, computed);
    }
    let sums: [(&str, Fen, Fen); 5] = [
        ("line_fen", row.line_fen, line.quantity.price(line.unit_price)?),
        ("held_fen", stored.held_fen, line.held_fen),
        ("accepted_fen", stored.accepted_fen, line.accepted_fen),
        ("returned_fen", stored.returned_fen, line.returned_fen),
        ("allowed_fen", stored.allowed_fen, line.allowed_fen),
    ];
    for (column, stored, computed) in sums {
        differ(found, &named(column), stored, computed);
    }
    differ(found, &named("closed"), stored.closed, line.closed);
    let origins: Vec<Origin> = terms::read(&row.origins)?;
    let shares = origins.iter().try_fold(0_i64, |sum, origin| sum.checked_add(origin.share_ppm.0)).ok_or(Overflow)?;
    differ(found, &named("origin shares"), shares, WHOLE_PPM);
    Ok(())
}

/// What each line holds of quota and stock against what its holds have left in the ledger, and what it kept against what was
/// posted from its quota.
fn compare_holds(read: &mut Read, book: &Book, found: &mut Vec<Difference>) -> Outcome<()> {
    let holds: Vec<_> = book.lines.iter().flat_map(|line| [quota_hold(line.id), stock_hold(line.id)]).collect();
    let standings = match ledger::standings(read, &holds) {
        Ok(standings) => standings,
        Err(error) if error.code() == Code::NotFound => {
            found.push(("holds".to_owned(), "two of each line".to_owned(), "missing".to_owned()));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for (row, of_line) in book.lines.iter().zip(standings.chunks(2)) {
        let held = [row.held_fen.get(), amounts(row).stock_held().milli()];
        let names = ["held_fen in the ledger", "stock held in the ledger"];
        for ((what, held), standing) in names.iter().zip(held).zip(of_line) {
            differ(found, &format!("line {} {what}", row.line_no), held, standing.left);
        }
        let kept = row.accepted_fen.minus(row.returned_fen)?.get();
        let posted = of_line.first().map_or(0, |quota| quota.posted);
        differ(found, &format!("line {} kept in the ledger", row.line_no), kept, posted);
    }
    Ok(())
}
