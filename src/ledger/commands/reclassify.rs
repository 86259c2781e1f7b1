//! What an order counted under another class is moved to a new one.

use super::super::count_id;
use super::super::store::classes::{self, ClassSum};
use super::{CountEntry, count};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CountId, OrderId};
use crate::kernel::money::Fen;
use crate::platform::db::Tx;

/// Moves what an order counted under older classes to this one by pairs of entries dated on the day of the command; basis, unit, year,
/// fund, correction and standing stay what they were, so that no plan changes. The order must be claimed, and whoever merges its unit
/// kept out, until the end of the transaction.
///
/// # Errors
/// `amount_too_large`; when the database fails.
pub fn reclassify(tx: &mut Tx<'_>, order: OrderId, class_no: i64) -> Outcome<()> {
    let day = tx.at().day();
    let half = |sum: &ClassSum, to: i64, amount_fen: Fen| CountEntry {
        id: half_id(order, class_no, sum, to),
        basis: sum.basis,
        order_id: order,
        line_id: sum.line_id,
        unit_id: sum.unit_id,
        year: sum.year,
        fund: sum.fund,
        amount_fen,
        day,
        correction: sum.correction,
        standing: sum.standing,
        moved_by: None,
        class_no: to,
        reclassed: true,
    };
    let sums = classes::sums_of_others(tx, order, class_no)?;
    let pair = |sum: &ClassSum| {
        let amount = Fen::new(sum.amount);
        [half(sum, sum.class_no, amount.negated()), half(sum, class_no, amount)]
    };
    count(tx, &sums.iter().flat_map(pair).collect::<Vec<_>>())
}

fn half_id(order: OrderId, class_no: i64, sum: &ClassSum, to: i64) -> CountId {
    count_id(&[
        "order.reclassified",
        &order.to_string(),
        &class_no.to_string(),
        &sum.class_no.to_string(),
        &to.to_string(),
        &sum.line_id.to_string(),
        sum.basis.as_str(),
        &sum.unit_id.to_string(),
        &sum.year.to_string(),
        if sum.correction { "correction" } else { "counted" },
        sum.standing.as_str(),
    ])
}
