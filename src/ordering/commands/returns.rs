//! Accepted goods go back: new facts that lower what was final, never goods back on the shelf.

use super::claimed::Claimed;
use super::dispute;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, ReturnId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::ordering::rules::order::{Event, fact_day, not_before};
use crate::ordering::store::facts::{self, ReturnLineRow, ReturnRow};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::platform::db::Tx;
use serde_json::json;

/// A return as the buyer tells it.
#[derive(Debug, Clone)]
pub struct NewReturn {
    /// The day of the return; today when not stated.
    pub occurred_on: Option<Day>,
    /// Why.
    pub reason: String,
    /// Line numbers and quantities.
    pub lines: Vec<(i64, Quantity)>,
}

/// Takes goods back.
///
/// # Errors
/// `not_found`, `wrong_state`, `quantity_exceeded`, `quantity_not_whole`.
pub fn take_back(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewReturn) -> Outcome<(ReturnId, OrderRow)> {
    let mut claimed = Claimed::claim(tx, Side::Buyer(actor.org_id), id)?;
    claimed.step(Event::Return)?;
    let today = tx.at().day();
    let occurred_on = fact_day(new.occurred_on.unwrap_or(today), claimed.order.placed_day, today)?;
    let fact = ReturnRow {
        id: tx.new_id(),
        order_id: id,
        occurred_on,
        recorded_at: tx.at(),
        returned_by: actor.user_id,
        reason: new.reason.clone(),
    };
    let accepted = facts::acceptances(tx, id)?;
    let take = |claimed: &mut Claimed, index, (line_no, quantity): &(i64, Quantity)| {
        let moves = claimed
            .change(index, |line| line.take_back(*quantity).map_err(|refusal| refusal.at("/quantity")))
            .map_err(|error| error.with("line_no", *line_no))?;
        let line_id = claimed.lines[index].id;
        Ok(ReturnLineRow { return_id: fact.id, line_id, quantity: *quantity, amount_fen: moves.quota_returned })
    };
    let rows = claimed.each_line(&new.lines, |(line_no, _)| *line_no, take)?;
    for row in &rows {
        let good = accepted.iter().filter(|(_, line)| line.line_id == row.line_id && !line.accepted.is_zero());
        not_before(occurred_on, good.map(|(fact, _)| fact.occurred_on).min())?;
    }
    facts::insert_return(tx, &fact, &rows)?;
    let went: Vec<(i64, Fen)> =
        new.lines.iter().zip(&rows).map(|((line_no, _), row)| (*line_no, row.amount_fen)).collect();
    dispute::returned(tx, id, &went)?;
    claimed.write(tx, &fact.id.to_string(), occurred_on, false)?;
    claimed.settle(tx)?;
    let amount = Fen::total(rows.iter().map(|row| row.amount_fen))?;
    let details = json!({ "return": fact.id, "occurred_on": occurred_on, "amount_fen": amount, "reason": new.reason });
    claimed.record(tx, Some(actor), "order.returned", details)?;
    Ok((fact.id, claimed.order))
}
