//! 未到货结案: goods that will not come are written off, by the supplier at any time, by the buyer after the delivery date.

use super::claimed::Claimed;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
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
    let mut closed = Vec::with_capacity(new.lines.len());
    for (n, (line_no, quantity)) in new.lines.iter().enumerate() {
        let index = claimed.find(*line_no, &format!("/lines/{n}/line_no"))?;
        if closed.iter().any(|(known, _)| *known == index) {
            let message = Message::new("同一行只写一次", "name each line once");
            return Err(AppError::field(Code::ValidationFailed, format!("/lines/{n}/line_no"), message));
        }
        if !supplier {
            overdue(&terms, &claimed.lines[index], today)?;
        }
        closed.push((index, *quantity));
    }
    let id = write_off(tx, actor, &mut claimed, &new.reason, &closed)?;
    Ok((id, claimed.order))
}

/// The buyer waits until the day of delivery has passed.
fn overdue(terms: &Terms, line: &LineRow, today: Day) -> Result<(), Refusal> {
    let place = usize::try_from(line.delivery_no).unwrap_or(0);
    let date = terms.deliveries.get(place).map(|delivery| delivery.date);
    if date.is_some_and(|date| today <= date) { Err(Refusal::StillExpected) } else { Ok(()) }
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
    let mut rows = Vec::with_capacity(closed.len());
    for (index, quantity) in closed {
        let (line_id, line_no) = (claimed.lines[*index].id, claimed.lines[*index].line_no);
        let before = claimed.lines[*index].short_closed;
        claimed
            .change(*index, |line| line.short_close(quantity.unwrap_or(line.unshipped())))
            .map_err(|error| error.with("line_no", line_no))?;
        let quantity = claimed.lines[*index].short_closed.minus(before)?;
        rows.push(ShortClosureLineRow { closure_id: fact.id, line_id, quantity });
    }
    facts::insert_short_closure(tx, &fact, &rows)?;
    claimed.finish(tx)?;
    claimed.write(tx, &fact.id.to_string(), fact.occurred_on, false)?;
    claimed.settle(tx)?;
    let details = json!({ "short_closure": fact.id, "reason": reason, "lines": rows.len() });
    claimed.record(tx, Some(actor), "order.short_closed", details)?;
    Ok(fact.id)
}
