//! 未到货结案: goods that will not come are written off, by the supplier at any time, by the buyer after the delivery date.

use super::claimed::Claimed;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Message, Outcome};
use crate::kernel::ids::{OrderId, ShortClosureId};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::ordering::rules::order::{Event, Refusal};
use crate::ordering::store::facts::{self, ShortClosureLineRow, ShortClosureRow};
use crate::ordering::store::orders::{LineRow, OrderRow, Side};
use crate::ordering::terms::{self, Terms};
use crate::platform::db::Tx;
use serde_json::json;

/// A short closure as a party tells it.
#[derive(Debug, Clone)]
pub struct NewShortClosure {
    /// Why.
    pub reason: String,
    /// Line numbers and quantities; without a quantity all that is not shipped.
    pub lines: Vec<(i64, Option<Quantity>)>,
}

/// Writes goods off and releases what they held.
///
/// # Errors
/// `not_found`, `wrong_state`, `quantity_exceeded`; `not_completed_yet` for a buyer before the delivery date has passed.
pub fn short_close(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrderId,
    new: &NewShortClosure,
) -> Outcome<(ShortClosureId, OrderRow)> {
    let supplier = actor.kind.sells();
    let side = if supplier { Side::Supplier(actor.org_id) } else { Side::Buyer(actor.org_id) };
    let mut claimed = Claimed::claim(tx, side, id)?;
    claimed.step(Event::ShortClose)?;
    let terms: Terms = terms::read(&claimed.order.terms)?;
    let today = tx.at().day();
    let take = |claimed: &mut Claimed, index: usize, (_, quantity): &(i64, Option<Quantity>)| {
        if !supplier {
            overdue(&terms, &claimed.lines[index], today)?;
        }
        Ok((index, *quantity))
    };
    let closed = claimed.each_line(&new.lines, |(line_no, _)| *line_no, take)?;
    let id = write_off(tx, actor, &mut claimed, &new.reason, &closed)?;
    Ok((id, claimed.order))
}

/// The buyer waits until the day of delivery has passed.
fn overdue(terms: &Terms, line: &LineRow, today: Day) -> Outcome<()> {
    let place = usize::try_from(line.delivery_no).unwrap_or(0);
    let Some(date) = terms.deliveries.get(place).map(|delivery| delivery.date).filter(|date| today <= *date) else {
        return Ok(());
    };
    let message = Message::new(format!("交货日期为 {date}"), format!("is expected until {date}"));
    Err(AppError::from(Refusal::StillExpected).at("/line_no", message))
}

/// Records the closure of lines (all that is not shipped where no quantity is named).
pub(super) fn write_off(
    tx: &mut Tx<'_>,
    actor: &Actor,
    claimed: &mut Claimed,
    reason: &str,
    closed: &[(usize, Option<Quantity>)],
) -> Outcome<ShortClosureId> {
    let fact = ShortClosureRow {
        id: tx.new_id(),
        order_id: claimed.order.id,
        occurred_on: tx.at().day(),
        recorded_at: tx.at(),
        closed_by: actor.user_id,
        closed_by_org: actor.org_id,
        reason: reason.to_owned(),
    };
    let take = |claimed: &mut Claimed, index: usize, (_, quantity): &(usize, Option<Quantity>)| {
        let LineRow { id: line_id, line_no, short_closed: before, .. } = claimed.lines[index];
        // Where no quantity was named, the line is at fault.
        let at = if quantity.is_some() { "/quantity" } else { "/line_no" };
        claimed
            .change(index, |line| {
                line.short_close(quantity.unwrap_or(line.unshipped())).map_err(|refusal| refusal.at(at))
            })
            .map_err(|error| error.with("line_no", line_no))?;
        let quantity = claimed.lines[index].short_closed.minus(before)?;
        Ok(ShortClosureLineRow { closure_id: fact.id, line_id, quantity })
    };
    let numbers: Vec<i64> = claimed.lines.iter().map(|line| line.line_no).collect();
    let rows = claimed.each_line(closed, |(index, _)| numbers[*index], take)?;
    facts::insert_short_closure(tx, &fact, &rows)?;
    claimed.finish(tx)?;
    claimed.write(tx, &fact.id.to_string(), fact.occurred_on, false)?;
    claimed.settle(tx)?;
    let details = json!({ "short_closure": fact.id, "reason": reason, "lines": rows.len() });
    claimed.record(tx, Some(actor), "order.short_closed", details)?;
    Ok(fact.id)
}
