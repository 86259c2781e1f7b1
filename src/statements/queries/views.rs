//! Statements of account as they are shown.

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{AcceptanceId, InvoiceId, OrderId, OrgId, PayeeAccountId, PaymentId, StatementId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::{FrozenPayee, PaymentView, StatedOrder};
use crate::statements::commands::pay::{StatementAllocation, Transferred};
use crate::statements::rules::account::Sums;
use crate::statements::rules::difference::{
    Change, StatementChangeKind, StatementDifferenceKind, StatementDifferenceSource,
};
use crate::statements::rules::state::ReconciliationState;
use crate::statements::store::{DifferenceRow, LineRow, RevisionRow, StatementRow};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A statement without its lines. Sums are as they were stated, in fen.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementSummary {
    /// Its id.
    pub id: StatementId,
    /// Where it stands.
    pub state: ReconciliationState,
    /// The revision that is shown.
    pub revision: i64,
    /// Who sells.
    pub supplier_id: OrgId,
    /// Its name.
    pub supplier_name: String,
    /// Who ordered and accepted.
    pub buyer_id: OrgId,
    /// Its name.
    pub buyer_name: String,
    /// Who pays.
    pub payer_id: OrgId,
    /// Its name.
    pub payer_name: String,
    /// The first day of the period.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// How many lines it has.
    pub lines_count: i64,
    /// Accepted, with freight.
    pub amount_fen: Fen,
    /// Of it returned.
    pub returned_fen: Fen,
    /// Of it in dispute, and therefore not to be paid.
    pub disputed_fen: Fen,
    /// Of it already paid.
    pub paid_fen: Fen,
    /// Of it reported as paid, and not answered.
    pub reported_fen: Fen,
    /// Already invoiced.
    pub invoiced_fen: Fen,
    /// To be paid: accepted, less what is returned, disputed, paid and reported.
    pub payable_fen: Fen,
    /// When it was drawn up first.
    pub drafted_at: At,
    /// When this revision was submitted.
    pub submitted_at: Option<At>,
    /// When it was confirmed.
    pub confirmed_at: Option<At>,
}

impl StatementSummary {
    /// A statement with the sums of a revision.
    #[must_use]
    pub fn new(row: &StatementRow, shown: &RevisionRow, names: &BTreeMap<OrgId, String>) -> StatementSummary {
        let name = |id: OrgId| names.get(&id).cloned().unwrap_or_default();
        StatementSummary {
            id: row.id,
            state: row.state,
            revision: shown.revision,
            supplier_id: row.supplier_id,
            supplier_name: name(row.supplier_id),
            buyer_id: row.buyer_id,
            buyer_name: name(row.buyer_id),
            payer_id: row.payer_id,
            payer_name: name(row.payer_id),
            from: row.first_day,
            until: row.last_day,
            lines_count: shown.lines,
            amount_fen: shown.amount_fen,
            returned_fen: shown.returned_fen,
            disputed_fen: shown.disputed_fen,
            paid_fen: shown.paid_fen,
            reported_fen: shown.reported_fen,
            invoiced_fen: shown.invoiced_fen,
            payable_fen: shown.payable_fen,
            drafted_at: row.drafted_at,
            submitted_at: shown.submitted_at,
            confirmed_at: row.confirmed_at,
        }
    }
}

/// A statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementAccountView {
    /// What a list shows of it.
    #[serde(flatten)]
    pub statement: StatementSummary,
    /// Orders of the period that this revision leaves out.
    pub left_out: Vec<OrderId>,
    /// What is stated, acceptance by acceptance.
    pub lines: Vec<StatementLineView>,
    /// In what buyer and records differed, revision by revision.
    pub differences: Vec<StatementDifferenceView>,
    /// What was stated and answered, oldest first.
    pub revisions: Vec<StatementRevisionView>,
    /// Who confirmed it.
    pub confirmed_by: Option<UserId>,
    /// Why it was taken back.
    pub withdrawal_reason: Option<String>,
    /// Once it is confirmed: what stands of it today, order by order.
    pub orders: Vec<StatementOrderView>,
    /// Once it is confirmed, for its parties: the accounts to which the orders are paid.
    pub payees: Vec<StatementPayeeView>,
    /// Transfers that were reported for it.
    pub payment_ids: Vec<PaymentId>,
    /// Invoices that were filed for it.
    pub invoice_ids: Vec<InvoiceId>,
}

/// A line: what an acceptance accepted of an order's line, and what stood against it, in fen.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementLineView {
    /// Its number.
    pub line_no: i64,
    /// The order.
    pub order_id: OrderId,
    /// The order's line; 0 is the freight, which goes with the first acceptance.
    pub order_line_no: i64,
    /// The acceptance.
    pub acceptance_id: AcceptanceId,
    /// The day of its note.
    pub accepted_on: Day,
    /// What was bought.
    pub name: String,
    /// What one unit of it is called.
    pub unit: String,
    /// How much was accepted; absent for freight.
    pub quantity: Option<Quantity>,
    /// The price of a unit; absent for freight.
    pub unit_price_fen: Option<Fen>,
    /// Accepted.
    pub amount_fen: Fen,
    /// How much went back.
    pub returned_quantity: Option<Quantity>,
    /// Of the amount returned.
    pub returned_fen: Fen,
    /// In dispute.
    pub disputed_fen: Fen,
    /// Already paid.
    pub paid_fen: Fen,
    /// Reported as paid, and not answered.
    pub reported_fen: Fen,
    /// Already invoiced.
    pub invoiced_fen: Fen,
    /// To be paid.
    pub payable_fen: Fen,
}

impl TryFrom<LineRow> for StatementLineView {
    type Error = AppError;
    fn try_from(row: LineRow) -> Outcome<StatementLineView> {
        let goods = row.order_line_no != 0;
        Ok(StatementLineView {
            payable_fen: row.sums().payable()?,
            line_no: row.line_no,
            order_id: row.order_id,
            order_line_no: row.order_line_no,
            acceptance_id: row.acceptance_id,
            accepted_on: row.accepted_on,
            name: row.name,
            unit: row.unit,
            quantity: goods.then_some(row.quantity),
            unit_price_fen: goods.then_some(row.unit_price_fen),
            amount_fen: row.amount_fen,
            returned_quantity: goods.then_some(row.returned_quantity),
            returned_fen: row.returned_fen,
            disputed_fen: row.disputed_fen,
            paid_fen: row.paid_fen,
            reported_fen: row.reported_fen,
            invoiced_fen: row.invoiced_fen,
        })
    }
}

/// In what something differed from a revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementDifferenceView {
    /// The revision.
    pub revision: i64,
    /// Its line; absent for what was accepted since.
    pub line_no: Option<i64>,
    /// The order.
    pub order_id: OrderId,
    /// The order's line; 0 is the freight.
    pub order_line_no: i64,
    /// Who found it.
    pub source: StatementDifferenceSource,
    /// In what.
    pub kind: StatementDifferenceKind,
    /// What was stated; of a buyer's claim what was accepted and kept.
    pub stated_fen: Fen,
    /// What it is instead.
    pub found_fen: Option<Fen>,
    /// Of a buyer's claim: the quantity that it has instead.
    pub found_quantity: Option<Quantity>,
    /// Of a buyer's claim: why.
    pub reason: Option<String>,
}

impl From<DifferenceRow> for StatementDifferenceView {
    fn from(row: DifferenceRow) -> StatementDifferenceView {
        StatementDifferenceView {
            revision: row.revision,
            line_no: row.line_no,
            order_id: row.order_id,
            order_line_no: row.order_line_no,
            source: row.source,
            kind: row.kind,
            stated_fen: row.stated_fen,
            found_fen: row.found_fen,
            found_quantity: row.found_quantity,
            reason: row.reason,
        }
    }
}

/// A revision, and what became of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementRevisionView {
    /// Its number.
    pub revision: i64,
    /// In the supplier's words.
    pub note: Option<String>,
    /// Who drew it up.
    pub drafted_by: UserId,
    /// When.
    pub drafted_at: At,
    /// Who submitted it.
    pub submitted_by: Option<UserId>,
    /// When.
    pub submitted_at: Option<At>,
    /// Who of the buyer answered it.
    pub answered_by: Option<UserId>,
    /// When.
    pub answered_at: Option<At>,
    /// What it leaves to be paid, in fen.
    pub payable_fen: Fen,
    /// What it changed of the one before.
    pub changes: Vec<StatementChangeView>,
}

/// What a revision changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementChangeView {
    /// What was done.
    pub change: StatementChangeKind,
    /// The order.
    pub order_id: OrderId,
    /// The order's line; 0 is the freight.
    pub order_line_no: i64,
    /// The acceptance.
    pub acceptance_id: AcceptanceId,
    /// To be paid before, in fen.
    pub before_fen: Fen,
    /// To be paid afterwards, in fen.
    pub after_fen: Fen,
}

impl StatementRevisionView {
    /// A revision with what it changed.
    #[must_use]
    pub fn new(row: &RevisionRow, changes: Vec<Change>) -> StatementRevisionView {
        let change = |change: Change| StatementChangeView {
            change: change.kind,
            order_id: change.line.order,
            order_line_no: change.line.line_no,
            acceptance_id: change.line.acceptance,
            before_fen: change.before,
            after_fen: change.after,
        };
        StatementRevisionView {
            revision: row.revision,
            note: row.note.clone(),
            drafted_by: row.drafted_by,
            drafted_at: row.drafted_at,
            submitted_by: row.submitted_by,
            submitted_at: row.submitted_at,
            answered_by: row.answered_by,
            answered_at: row.answered_at,
            payable_fen: row.payable_fen,
            changes: changes.into_iter().map(change).collect(),
        }
    }
}

/// What stands today of an order of a confirmed statement, in fen.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementOrderView {
    /// The order.
    pub order_id: OrderId,
    /// Its last day to pay, where the payment clock runs.
    pub due_on: Option<Day>,
    /// Accepted and kept today.
    pub kept_fen: Fen,
    /// Returned since it was confirmed.
    pub returned_since_fen: Fen,
    /// In dispute.
    pub disputed_fen: Fen,
    /// Paid.
    pub paid_fen: Fen,
    /// Reported as paid, and not answered.
    pub reported_fen: Fen,
    /// Invoiced.
    pub invoiced_fen: Fen,
    /// Still to be paid.
    pub open_fen: Fen,
    /// Still to be invoiced.
    pub to_invoice_fen: Fen,
    /// The account to which it is paid.
    pub payee_account_id: Option<PayeeAccountId>,
}

impl StatementOrderView {
    /// An order with its sums of today.
    ///
    /// # Errors
    /// When they do not fit.
    pub fn new(order: &StatedOrder, sums: &Sums, returned: Fen) -> Outcome<StatementOrderView> {
        Ok(StatementOrderView {
            order_id: order.id,
            due_on: order.due_on,
            kept_fen: sums.kept()?,
            returned_since_fen: sums.returned.minus(returned)?,
            disputed_fen: sums.disputed,
            paid_fen: sums.paid,
            reported_fen: sums.reported,
            invoiced_fen: sums.invoiced,
            open_fen: sums.payable()?,
            to_invoice_fen: sums.to_invoice()?,
            payee_account_id: order.payee.as_ref().map(|payee| payee.account_id),
        })
    }
}

/// An account to which orders of a statement are paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementPayeeView {
    /// The account that the orders froze.
    #[serde(flatten)]
    pub account: FrozenPayee,
    /// What is still to be paid to it, in fen.
    pub open_fen: Fen,
}

/// A transfer that was reported for a statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementTransferView {
    /// The payment; the supplier answers it like any other.
    #[serde(flatten)]
    pub payment: PaymentView,
    /// How it was divided among the orders.
    pub allocation: StatementAllocation,
    /// What the statement still leaves to be paid, in fen.
    pub open_fen: Fen,
}

impl From<Transferred> for StatementTransferView {
    fn from(of: Transferred) -> StatementTransferView {
        StatementTransferView { payment: of.payment, allocation: of.allocation, open_fen: of.open }
    }
}
