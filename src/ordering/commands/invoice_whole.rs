//! An invoice over whole orders: what each line kept and no invoice names yet.

use super::invoice::{NewInvoice, register};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::OrderId;
use crate::kernel::money::Fen;
use crate::ordering::queries::line_amounts;
use crate::ordering::store::invoices::{InvoiceLineRow, InvoiceRow};
use crate::ordering::store::orders::{self, Side};
use crate::platform::db::Tx;

/// Registers an invoice that names orders instead of lines: it is divided among what was kept and not invoiced of them, which
/// must be its gross amount within 1 fen.
///
/// # Errors
/// `not_found` at the orders, `invoice_mismatch` at the gross amount, and those of [`register`].
pub fn register_whole(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewInvoice,
    named: &[OrderId],
) -> Outcome<(InvoiceRow, Vec<InvoiceLineRow>)> {
    let side = if actor.kind.sells() { Side::Supplier(actor.org_id) } else { Side::Payer(actor.org_id) };
    let mut ids = named.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut lines = Vec::new();
    for id in ids {
        let open = to_invoice(tx, side, id).map_err(|error| at_orders(error, id))?;
        lines.extend(open.into_iter().map(|(line_no, gross)| (id, line_no, gross)));
    }
    let open = Fen::total(lines.iter().map(|(_, _, gross)| *gross))?;
    let difference = new.gross.minus(open)?;
    match lines.last_mut() {
        Some((_, _, last)) if difference.get().abs() <= 1 => *last = last.plus(difference)?,
        _ => {
            let zh = format!("所列订单已验收未开票 {open} 元，与价税合计不符");
            let en =
                format!("{open} yuan of these orders are accepted and not invoiced, which is not the gross amount");
            return Err(AppError::field(Code::InvoiceMismatch, "/gross_fen", Message::new(zh, en)));
        }
    }
    register(tx, actor, &NewInvoice { lines, ..new.clone() })
}

fn at_orders(error: AppError, id: OrderId) -> AppError {
    if error.code() != Code::NotFound {
        return error;
    }
    let message = Message::new(format!("没有订单 {id}"), format!("there is no order {id}"));
    AppError::field(Code::NotFound, "/order_ids", message)
}

/// What was kept and not invoiced of an order, by line; 0 is the freight.
fn to_invoice(tx: &mut Tx<'_>, side: Side, id: OrderId) -> Outcome<Vec<(i64, Fen)>> {
    let order = orders::claim(tx, side, id)?;
    let rows = orders::lines(tx, id)?;
    let mut open = Vec::with_capacity(rows.len() + 1);
    for (line_no, line) in line_amounts(tx, &order, &rows)? {
        open.push((line_no, line.kept()?.minus(line.invoiced)?));
    }
    open.retain(|(_, gross)| *gross > Fen::ZERO);
    Ok(open)
}
