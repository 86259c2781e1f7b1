//! One set of invoices for a confirmed statement: it names orders or lines, the amounts are the statement's.

use super::{claim_own, held, record};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, OrderId, StatementId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::time::Day;
use crate::ordering::{self, InvoiceView, NewInvoice};
use crate::platform::db::Tx;
use crate::statements::rules::state::{Event, step};
use crate::statements::store::{self, StatementRow};
use serde_json::json;
use std::collections::BTreeMap;

/// An invoice of a set.
#[derive(Debug, Clone)]
pub struct NewPaper {
    /// Empty for fully electronic ones.
    pub code: String,
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued_on: Day,
    /// Without tax.
    pub net: Fen,
    /// The rate; `None` when exempt.
    pub rate: Option<Ppm>,
    /// The tax.
    pub tax: Fen,
    /// With tax.
    pub gross: Fen,
    /// Its picture.
    pub file_id: Option<FileId>,
    /// Whole orders, each with what of the statement is to be invoiced.
    pub orders: Vec<OrderId>,
    /// Or lines of orders.
    pub lines: Vec<(OrderId, i64)>,
}

/// What is still to be invoiced, by order and line.
type Open = BTreeMap<(OrderId, i64), Fen>;

/// Registers a set of invoices for a confirmed statement, all or none. Of every order that it names it invoices what the statement
/// leaves to be invoiced of it, neither more nor less.
///
/// # Errors
/// `not_found`, `wrong_state`; `invoice_mismatch` and `validation_failed` with every invoice that is wrong; those of
/// [`ordering::register_invoice`].
pub fn invoice(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: StatementId,
    papers: &[NewPaper],
) -> Outcome<(StatementRow, Vec<InvoiceView>)> {
    let row = claim_own(tx, actor, id)?;
    step(row.state, Event::Invoice)?;
    let mut open = Open::new();
    let mut orders = Vec::new();
    for standing in held(tx, &row)? {
        orders.push(standing.order.id);
        for entry in standing.held(id) {
            let sum = open.entry((standing.order.id, entry.line_no)).or_insert(Fen::ZERO);
            *sum = sum.plus(entry.sums.to_invoice()?)?;
        }
    }
    open.retain(|_, fen| *fen > Fen::ZERO);
    let parts = divide(papers, &orders, open)?;
    let mut views = Vec::with_capacity(papers.len());
    for (place, (paper, lines)) in papers.iter().zip(parts).enumerate() {
        let registered = ordering::register_invoice(tx, actor, &new_invoice(paper, lines));
        let (invoice, lines) = registered.map_err(|error| at_paper(error, place))?;
        store::link_invoice(tx, id, invoice.id)?;
        views.push(InvoiceView::new(invoice, &lines));
    }
    let gross = Fen::total(views.iter().map(|view| view.gross_fen))?;
    let ids: Vec<_> = views.iter().map(|view| view.id).collect();
    record(tx, actor, &row, "statement.invoiced", json!({ "invoices": ids, "gross_fen": gross }))?;
    Ok((row, views))
}

fn new_invoice(paper: &NewPaper, lines: Vec<(OrderId, i64, Fen)>) -> NewInvoice {
    NewInvoice {
        code: paper.code.clone(),
        number: paper.number.clone(),
        issued_on: paper.issued_on,
        net: paper.net,
        rate: paper.rate,
        tax: paper.tax,
        gross: paper.gross,
        reverses: None,
        file_id: paper.file_id,
        lines,
    }
}

/// What a registration refuses, with the fields of this request.
fn at_paper(error: AppError, place: usize) -> AppError {
    let bare = error.parts().fields.is_empty();
    match error.code() {
        Code::InvoiceDuplicate if bare => {
            let message = Message::new("发票号码已登记", "is registered already");
            error.at(format!("/invoices/{place}/number"), message)
        }
        Code::NotFound if bare => {
            error.at(format!("/invoices/{place}/file_id"), Message::new("没有此文件", "there is no such file"))
        }
        _ => error.below(&format!("/invoices/{place}")),
    }
}

/// The lines of each invoice: what the statement leaves of the orders or lines that it names, each once.
fn divide(papers: &[NewPaper], orders: &[OrderId], mut open: Open) -> Outcome<Vec<Vec<(OrderId, i64, Fen)>>> {
    let (mut faults, mut parts, mut touched) = (Vec::new(), Vec::with_capacity(papers.len()), Vec::new());
    for (place, paper) in papers.iter().enumerate() {
        let at = |field: String| format!("/invoices/{place}/{field}");
        if paper.orders.is_empty() == paper.lines.is_empty() {
            let message = Message::new("写明整个订单或其中的行，二者取一", "names whole orders, or lines of them");
            faults.push(AppError::field(Code::ValidationFailed, at("order_ids".to_owned()), message));
            parts.push(Vec::new());
            continue;
        }
        let mut lines = Vec::new();
        let whole = paper.orders.iter().enumerate().map(|(n, id)| (at(format!("order_ids/{n}")), *id, None));
        let single =
            paper.lines.iter().enumerate().map(|(n, (id, no))| (at(format!("lines/{n}/order_id")), *id, Some(*no)));
        for (pointer, order, line_no) in whole.chain(single) {
            if !orders.contains(&order) {
                let message = Message::new("对账单没有这个订单", "is no order of the statement");
                faults.push(AppError::field(Code::NotFound, pointer, message));
                continue;
            }
            let wanted = |key: &(OrderId, i64)| key.0 == order && line_no.is_none_or(|no| no == key.1);
            let keys: Vec<(OrderId, i64)> = open.keys().copied().filter(wanted).collect();
            if keys.is_empty() {
                let message = Message::new("没有待开票金额，或已由本次另一张发票开具", "has nothing left to invoice");
                faults.push(AppError::field(Code::InvoiceMismatch, pointer, message));
            }
            touched.push(order);
            lines.extend(keys.into_iter().filter_map(|key| open.remove(&key).map(|fen| (key.0, key.1, fen))));
        }
        let sum = Fen::total(lines.iter().map(|(_, _, fen)| *fen))?;
        if sum != paper.gross {
            let (zh, en) =
                (format!("对账单上应开票 {sum} 元"), format!("the statement leaves {sum} yuan of these to invoice"));
            let pointer = at("gross_fen".to_owned());
            faults.push(AppError::field(Code::InvoiceMismatch, pointer, Message::new(zh, en)));
        }
        parts.push(lines);
    }
    for (order, no) in open.keys().filter(|(order, _)| touched.contains(order)) {
        let (zh, en) = (
            format!("订单 {order} 第 {no} 行尚未开具"),
            format!("line {no} of {order} is missing: orders are invoiced whole"),
        );
        faults.push(AppError::field(Code::InvoiceMismatch, "/invoices", Message::new(zh, en)));
    }
    if faults.is_empty() { Ok(parts) } else { Err(AppError::several(faults)) }
}
