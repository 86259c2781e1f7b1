//! Invoices: registered by the supplier or the buyer, matched with orders and acceptances line by line.

use crate::audit;
use crate::documents;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, InvoiceId, OrderId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::time::Day;
use crate::ordering::rules::money::{
    InvoiceSums, MoneyRefusal, Tax, check_invoice, check_line_left, check_matched, check_red_letter, check_taken_back,
    freight_payable,
};
use crate::ordering::rules::order::OrderState;
use crate::ordering::store::invoices::{self as store, InvoiceLineRow, InvoiceRow};
use crate::ordering::store::orders::{self, LineRow, OrderRow, Side};
use crate::platform::db::Tx;
use serde_json::json;

/// An invoice as its paper says; all amounts in fen, negative on a red letter.
#[derive(Debug, Clone)]
pub struct NewInvoice {
    /// Empty for fully electronic ones.
    pub code: String,
    /// Eight digits, or the twenty of a fully electronic one.
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
    /// The invoice that a red letter takes back.
    pub reverses: Option<InvoiceId>,
    /// Its picture.
    pub file_id: Option<FileId>,
    /// Order, line number (0 is freight) and gross amount.
    pub lines: Vec<(OrderId, i64, Fen)>,
}

/// Registers an invoice.
///
/// # Errors
/// `forbidden` for a red letter of the buyer; `invoice_duplicate`, `invoice_mismatch`, `not_found`, `validation_failed`;
/// `wrong_state` for an order that is neither confirmed nor closed, unless it is a red letter.
pub fn register(tx: &mut Tx<'_>, actor: &Actor, new: &NewInvoice) -> Outcome<(InvoiceRow, Vec<InvoiceLineRow>)> {
    check_paper(tx.at().day(), new)?;
    let mut named: Vec<(OrderId, i64)> = new.lines.iter().map(|(order, line, _)| (*order, *line)).collect();
    named.sort_unstable();
    if named.windows(2).any(|pair| pair[0] == pair[1]) {
        let message = Message::new("同一行只写一次", "name each line once");
        return Err(AppError::field(Code::ValidationFailed, "/lines", message));
    }
    named.dedup_by_key(|(order, _)| *order);
    let side = if actor.kind.sells() { Side::Supplier(actor.org_id) } else { Side::Payer(actor.org_id) };
    let mut first: Option<OrderRow> = None;
    for (id, _) in named {
        let order = orders::claim(tx, side, id)?;
        let lines = orders::lines(tx, id)?;
        match_order(tx, &order, &lines, new)?;
        let parties = (order.supplier_id, order.payer_id);
        if first.get_or_insert(order).parties() != parties {
            return Err(MoneyRefusal::SeveralSuppliers.into());
        }
    }
    let order = first.ok_or(Code::NotFound)?;
    check_reversal(tx, actor, &order, new)?;
    if let Some(file) = new.file_id {
        documents::file(tx, &Scope::Org(actor.org_id), file)?;
        for party in [order.supplier_id, order.payer_id, order.buyer_id] {
            documents::share(tx, file, party)?;
        }
    }
    let row = InvoiceRow {
        id: tx.new_id(),
        code: new.code.clone(),
        number: new.number.clone(),
        supplier_id: order.supplier_id,
        payer_id: order.payer_id,
        issued_on: new.issued_on,
        net_fen: new.net,
        rate_ppm: new.rate,
        tax_fen: new.tax,
        gross_fen: new.gross,
        reverses: new.reverses,
        file_id: new.file_id,
        recorded_at: tx.at(),
        recorded_by: actor.user_id,
        recorded_org: actor.org_id,
    };
    let invoice_id = row.id;
    let line = |(order_id, line_no, gross_fen): &(OrderId, i64, Fen)| InvoiceLineRow {
        invoice_id,
        order_id: *order_id,
        line_no: *line_no,
        gross_fen: *gross_fen,
    };
    let lines: Vec<InvoiceLineRow> = new.lines.iter().map(line).collect();
    if !store::insert(tx, &row, &lines)? {
        return Err(Code::InvoiceDuplicate.into());
    }
    record(tx, actor, &row, &order)?;
    Ok((row, lines))
}

/// What the paper alone must fulfil.
fn check_paper(today: Day, new: &NewInvoice) -> Outcome<()> {
    let rate = new.rate.map_or(Tax::Exempt, Tax::Rate);
    check_invoice(InvoiceSums { net: new.net, rate, tax: new.tax, gross: new.gross, red: new.reverses.is_some() })?;
    let lines = Fen::total(new.lines.iter().map(|(_, _, gross)| *gross))?;
    if lines != new.gross || new.lines.iter().any(|(_, _, gross)| gross.get().signum() != new.gross.get().signum()) {
        return Err(AppError::new(Code::InvoiceMismatch).at(
            "/lines",
            Message::new("各行价税合计之和须等于发票价税合计", "the gross of the lines must sum to the invoice's"),
        ));
    }
    let electronic = new.code.is_empty() && new.number.len() == 20;
    if !electronic && (new.code.is_empty() || new.number.len() != 8) {
        let message = Message::new(
            "全电发票为20位号码且无代码；其他发票须有代码和8位号码",
            "a fully electronic invoice has 20 digits and no code; any other a code and 8 digits",
        );
        return Err(AppError::field(Code::ValidationFailed, "/number", message));
    }
    if new.issued_on > today {
        return Err(misdated("开票日期不能晚于今天", "the date lies in the future"));
    }
    Ok(())
}

fn misdated(zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, "/issued_on", Message::new(zh, en))
}

/// Order, receipt and invoice agree per line. Only what was promised is invoiced; what was invoiced may always be taken back.
fn match_order(tx: &mut Tx<'_>, order: &OrderRow, lines: &[LineRow], new: &NewInvoice) -> Outcome<()> {
    if new.issued_on < order.placed_day {
        return Err(misdated("开票日期不能早于下单日期", "is before the day on which the order was placed"));
    }
    let invoiced = store::invoiced(tx, order.id)?;
    let promised = matches!(order.state, OrderState::Confirmed | OrderState::Closed);
    for (place, (_, line_no, gross)) in new.lines.iter().enumerate().filter(|(_, (id, _, _))| *id == order.id) {
        let before = invoiced.iter().find(|(no, _)| no == line_no).map_or(Fen::ZERO, |(_, sum)| *sum);
        let after = before.plus(*gross)?;
        let pointer = format!("/lines/{place}");
        let line = lines.iter().find(|line| line.line_no == *line_no);
        if line.is_none() && *line_no != 0 {
            let message = Message::new("订单没有这一行", "the order has no such line");
            return Err(AppError::field(Code::ValidationFailed, format!("{pointer}/line_no"), message));
        }
        if gross.get() > 0 && !promised {
            let message =
                Message::new("订单未经供应商确认或已终止", "the order is not confirmed, or has ended without goods");
            return Err(AppError::new(Code::WrongState).at(format!("{pointer}/order_id"), message));
        }
        let fits = match line {
            _ if gross.get() < 0 => check_taken_back(after),
            Some(line) => check_matched(after, line.line_fen, line.accepted_fen.minus(line.returned_fen)?, line.closed),
            None => {
                let open = lines.iter().any(|line| !line.closed);
                let freight = freight_payable(order.freight_fen, order.accepted_fen > order.returned_fen, open);
                check_matched(after, freight, freight, true)
            }
        };
        fits.map_err(|refusal| {
            let message = Message::new("与验收金额不符", "does not agree with what was accepted");
            AppError::from(refusal).at(pointer, message)
        })?;
    }
    Ok(())
}

/// A red letter of the supplier takes back lines of one invoice of the same parties at its rate of tax, no earlier than it: all
/// of them together never more of a line than it named.
fn check_reversal(tx: &mut Tx<'_>, actor: &Actor, order: &OrderRow, new: &NewInvoice) -> Outcome<()> {
    let Some(id) = new.reverses else { return Ok(()) };
    let unknown = || {
        let message = Message::new("没有此发票", "there is no such invoice");
        AppError::field(Code::ValidationFailed, "/reverses", message)
    };
    let original = store::find(tx, id)?.ok_or_else(unknown)?;
    if (original.supplier_id, original.payer_id) != order.parties() {
        return Err(unknown());
    }
    if !actor.kind.sells() {
        let error = AppError::new(Code::Forbidden);
        return Err(error.detail("红字发票由供应商登记", "the supplier registers red letters"));
    }
    check_red_letter((new.issued_on, new.rate), (original.issued_on, original.rate_ppm))?;
    let lines = store::lines_of(tx, &[id])?;
    let before = store::taken_back(tx, id)?;
    for (order, line_no, gross) in &new.lines {
        let line = lines.iter().find(|line| line.order_id == *order && line.line_no == *line_no);
        let line = line.ok_or(MoneyRefusal::RedLetterTooMuch)?;
        let taken =
            before.iter().find(|(id, no, _)| id == order && no == line_no).map_or(Fen::ZERO, |(_, _, sum)| *sum);
        check_line_left(line.gross_fen, taken, *gross)?;
    }
    Ok(())
}

fn record(tx: &mut Tx<'_>, actor: &Actor, row: &InvoiceRow, order: &OrderRow) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action: "invoice.registered",
        subject: row.id.to_string(),
        owner_org: order.buyer_id,
        other_org: Some(order.supplier_id),
        region: order.unit_region,
        details: json!({ "code": row.code, "number": row.number, "gross_fen": row.gross_fen, "reverses": row.reverses }),
    };
    audit::record_for(tx, &[entry], &order.concerned())
}

impl OrderRow {
    /// Who sells and who pays: an invoice or a transfer is between one of each.
    fn parties(&self) -> (crate::kernel::ids::OrgId, crate::kernel::ids::OrgId) {
        (self.supplier_id, self.payer_id)
    }
}
