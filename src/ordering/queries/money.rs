//! Payments and invoices as their parties see them.

use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{
    AllowanceId, FileId, InvoiceId, OrderId, OrgId, PaymentId, RatingId, RefundId, ReturnId, UserId,
};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::store::invoices::{self, InvoiceLineRow, InvoiceRow};
use crate::ordering::store::payments::{self, Narrow, PartRow, PaymentRow, RatingRow, Reach, RefundRow};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// A transfer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentView {
    /// Its id.
    pub id: PaymentId,
    /// Who reported it.
    pub reporter_org: OrgId,
    /// Whose money it is.
    pub payer_id: OrgId,
    /// Who receives it.
    pub supplier_id: OrgId,
    /// The whole transfer.
    pub amount_fen: Fen,
    /// The bank's value date.
    pub occurred_on: Day,
    /// When it was reported.
    pub reported_at: At,
    /// By whom.
    pub reported_by: UserId,
    /// The bank's proof.
    pub proof_file: Option<FileId>,
    /// The bank's number.
    pub bank_reference: Option<String>,
    /// Where it stands; `deemed` is the flag of a payment that nobody answered.
    pub state: PaymentState,
    /// The supplier's last day to answer; with a proof it is deemed received afterwards.
    pub answer_by: Day,
    /// Whether that day rests on a year whose holidays are not loaded; it may become later then, never earlier.
    pub answer_by_provisional: bool,
    /// When it was answered or deemed.
    pub decided_at: Option<At>,
    /// Why it was denied.
    pub reason: Option<String>,
    /// What of it is for which order.
    pub orders: Vec<PaymentPartView>,
}

/// What of a transfer is for an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentPartView {
    /// The order.
    pub order_id: OrderId,
    /// Its part.
    pub amount_fen: Fen,
}

impl PaymentView {
    /// A transfer with those of the parts that are its own.
    #[must_use]
    pub fn new(row: PaymentRow, parts: &[PartRow]) -> PaymentView {
        let own = parts.iter().filter(|part| part.payment_id == row.id);
        let part = |part: &PartRow| PaymentPartView { order_id: part.order_id, amount_fen: part.amount_fen };
        PaymentView {
            id: row.id,
            reporter_org: row.reporter_org,
            payer_id: row.payer_id,
            supplier_id: row.supplier_id,
            amount_fen: row.amount_fen,
            occurred_on: row.occurred_on,
            reported_at: row.reported_at,
            reported_by: row.reported_by,
            proof_file: row.proof_file,
            bank_reference: row.bank_reference,
            state: row.state,
            answer_by: row.answer_by,
            answer_by_provisional: row.answer_by_provisional,
            decided_at: row.decided_at,
            reason: row.reason,
            orders: own.map(part).collect(),
        }
    }
}

/// What a list of payments asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct PaymentsWanted {
    /// Only in this state.
    pub state: Option<PaymentState>,
    /// Only those that pay this order.
    pub order: Option<OrderId>,
}

/// Payments in scope, the latest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn payments(
    read: &mut Read,
    actor: &Actor,
    wanted: PaymentsWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<PaymentView>> {
    let reach = reach(read, actor, today)?;
    let narrow = Narrow { state: wanted.state, order: wanted.order };
    let rows = payments::list(read, &reach, &narrow, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let ids: Vec<PaymentId> = page.items.iter().map(|row| row.id).collect();
    let parts = payments::parts_of(read, &ids)?;
    Ok(page.map(|row| PaymentView::new(row, &parts)))
}

pub(super) fn reach(read: &mut Read, actor: &Actor, today: Day) -> Outcome<Reach> {
    Ok(match &actor.scope {
        Scope::Platform => Reach::Everything,
        Scope::Region(code) => Reach::UnitsIn(code.subtree()),
        Scope::UnitTree(root) => Reach::Tree(*root, identity::subtree(read, *root, today)?),
        Scope::Org(org) => Reach::Party(*org),
    })
}

/// Money sent back.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefundView {
    /// Its id.
    pub id: RefundId,
    /// The order.
    pub order_id: OrderId,
    /// The return it is for.
    pub return_id: Option<ReturnId>,
    /// The allowance it is for.
    pub allowance_id: Option<AllowanceId>,
    /// How much.
    pub amount_fen: Fen,
    /// The bank's value date.
    pub occurred_on: Day,
    /// When it was recorded.
    pub recorded_at: At,
    /// Why.
    pub reason: String,
    /// The bank's number.
    pub bank_reference: Option<String>,
}

impl From<RefundRow> for RefundView {
    fn from(row: RefundRow) -> RefundView {
        RefundView {
            id: row.id,
            order_id: row.order_id,
            return_id: row.return_id,
            allowance_id: row.allowance_id,
            amount_fen: row.amount_fen,
            occurred_on: row.occurred_on,
            recorded_at: row.recorded_at,
            reason: row.reason,
            bank_reference: row.bank_reference,
        }
    }
}

/// The buyer's rating, 1 to 5 each.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingView {
    /// Its id.
    pub id: RatingId,
    /// The order.
    pub order_id: OrderId,
    /// Fair price.
    pub price: i64,
    /// Good goods.
    pub quality: i64,
    /// On time.
    pub delivery: i64,
    /// In words.
    pub comment: String,
    /// When.
    pub recorded_at: At,
}

impl From<RatingRow> for RatingView {
    fn from(row: RatingRow) -> RatingView {
        RatingView {
            id: row.id,
            order_id: row.order_id,
            price: row.price,
            quality: row.quality,
            delivery: row.delivery,
            comment: row.comment,
            recorded_at: row.recorded_at,
        }
    }
}

/// An invoice; all amounts are negative on a red letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceView {
    /// Its id.
    pub id: InvoiceId,
    /// Empty for fully electronic ones.
    pub code: String,
    /// Its number.
    pub number: String,
    /// Who sells.
    pub supplier_id: OrgId,
    /// Who pays.
    pub payer_id: OrgId,
    /// Its date.
    pub issued_on: Day,
    /// Without tax.
    pub net_fen: Fen,
    /// The rate; absent when exempt.
    pub rate_ppm: Option<Ppm>,
    /// The tax.
    pub tax_fen: Fen,
    /// With tax.
    pub gross_fen: Fen,
    /// The invoice that a red letter takes back.
    pub reverses: Option<InvoiceId>,
    /// Its picture.
    pub file_id: Option<FileId>,
    /// When it was registered.
    pub recorded_at: At,
    /// What of it is for which line.
    pub lines: Vec<InvoiceLineView>,
}

/// What of an invoice is for a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceLineView {
    /// The order.
    pub order_id: OrderId,
    /// The line; 0 is the freight.
    pub line_no: i64,
    /// With tax.
    pub gross_fen: Fen,
}

impl InvoiceView {
    /// An invoice with those of the lines that are its own.
    #[must_use]
    pub fn new(row: InvoiceRow, lines: &[InvoiceLineRow]) -> InvoiceView {
        let own = lines.iter().filter(|line| line.invoice_id == row.id);
        let line =
            |l: &InvoiceLineRow| InvoiceLineView { order_id: l.order_id, line_no: l.line_no, gross_fen: l.gross_fen };
        InvoiceView {
            id: row.id,
            code: row.code,
            number: row.number,
            supplier_id: row.supplier_id,
            payer_id: row.payer_id,
            issued_on: row.issued_on,
            net_fen: row.net_fen,
            rate_ppm: row.rate_ppm,
            tax_fen: row.tax_fen,
            gross_fen: row.gross_fen,
            reverses: row.reverses,
            file_id: row.file_id,
            recorded_at: row.recorded_at,
            lines: own.map(line).collect(),
        }
    }
}

/// Invoices in scope, the latest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn invoices(
    read: &mut Read,
    actor: &Actor,
    order: Option<OrderId>,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<InvoiceView>> {
    let reach = reach(read, actor, today)?;
    let rows = invoices::list(read, &reach, order, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let ids: Vec<InvoiceId> = page.items.iter().map(|row| row.id).collect();
    let lines = invoices::lines_of(read, &ids)?;
    Ok(page.map(|row| InvoiceView::new(row, &lines)))
}
