//! 折让: a part of the price of accepted goods, or of the freight, is not owed, although no goods go back. Both sides agreed to it
//! before: in the settlement of a dispute, or in a change of prices.

use super::claimed::Claimed;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AllowanceId, DisputeId, PriceChangeId};
use crate::kernel::money::Fen;
use crate::ordering::rules::line::Refusal;
use crate::ordering::store::allowances::{self as store, AllowanceLineRow, AllowanceRow};
use crate::platform::db::Tx;
use serde_json::json;

/// What is allowed, and why.
pub(super) struct NewAllowance<'a> {
    /// The dispute whose settlement it follows from.
    pub dispute: Option<DisputeId>,
    /// The change of prices that it follows from.
    pub price_change: Option<PriceChangeId>,
    /// In words.
    pub reason: &'a str,
    /// Line numbers and amounts in fen; line 0 is the freight.
    pub lines: Vec<(i64, Fen)>,
}

/// Posts an allowance to a claimed order: goods count as if so much of them had gone back, freight is lowered. Nothing is posted where
/// nothing is left to allow.
///
/// # Errors
/// When more is allowed than is owed.
pub(super) fn post(
    tx: &mut Tx<'_>,
    actor: &Actor,
    claimed: &mut Claimed,
    new: &NewAllowance<'_>,
) -> Outcome<Option<AllowanceId>> {
    let fact = AllowanceRow {
        id: tx.new_id(),
        order_id: claimed.order.id,
        dispute_id: new.dispute,
        price_change_id: new.price_change,
        occurred_on: tx.at().day(),
        recorded_at: tx.at(),
        recorded_by: actor.user_id,
        reason: new.reason.to_owned(),
    };
    let mut rows = Vec::with_capacity(new.lines.len());
    for (line_no, amount_fen) in new.lines.iter().copied().filter(|(_, fen)| *fen > Fen::ZERO) {
        let left_fen = lower(claimed, line_no, amount_fen)?;
        rows.push(AllowanceLineRow { allowance_id: fact.id, line_no, amount_fen, left_fen });
    }
    if rows.is_empty() {
        return Ok(None);
    }
    store::insert(tx, &fact, &rows)?;
    claimed.write(tx, &fact.id.to_string(), fact.occurred_on, false)?;
    claimed.settle(tx)?;
    let lines: Vec<_> =
        rows.iter().map(|row| json!({ "line_no": row.line_no, "amount_fen": row.amount_fen })).collect();
    let amount = Fen::total(rows.iter().map(|row| row.amount_fen))?;
    let details = json!({ "allowance": fact.id, "dispute": fact.dispute_id, "price_change": fact.price_change_id, "amount_fen": amount, "lines": lines,
        "reason": new.reason });
    claimed.record(tx, Some(actor), "order.allowed", details)?;
    Ok(Some(fact.id))
}

/// Lowers a line or the freight; what stays payable of it.
fn lower(claimed: &mut Claimed, line_no: i64, amount: Fen) -> Outcome<Fen> {
    if line_no == 0 {
        let left = claimed.order.freight_fen;
        if amount > left {
            return Err(Refusal::AllowsTooMuch { left }.into());
        }
        claimed.order.freight_fen = left.minus(amount)?;
        return Ok(claimed.order.freight_fen);
    }
    let index = claimed.find(line_no, "/line_no")?;
    claimed.change(index, |line| line.allow(amount))?;
    let line = &claimed.lines[index];
    Ok(line.accepted_fen.minus(line.returned_fen)?)
}
