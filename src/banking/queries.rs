//! Statements as the supplier sees them: movements, what each may be, and what it was booked to.

use super::matching::{self, Known, line};
use super::rules::{self, Agreement, Direction, Line, Match, PayerAs, StatementState};
use super::store::{self, BookingRow, ErrorRow, LineRow, StatementRow};
use crate::identity;
use crate::imports::ImportErrorView;
use crate::kernel::actor::Actor;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{
    BankLineId, BankStatementId, FileId, OrderId, OrgId, PaymentId, RefundId, StatementId, UserId,
};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::ordering::{self, RefundView};
use crate::platform::db::Read;
use crate::statements::{self, Awaited};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A bank statement.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankStatementView {
    /// Its id.
    pub id: BankStatementId,
    /// Whose movements they are.
    pub account_number: String,
    /// The file.
    pub file_id: FileId,
    /// Who uploaded it.
    pub uploaded_by: UserId,
    /// When.
    pub uploaded_at: At,
    /// Whether a job books what is unambiguous.
    pub book_unambiguous: bool,
    /// How far it has come.
    pub state: StatementState,
    /// Movements that no earlier file showed.
    pub new_lines: i64,
    /// Movements that an earlier file showed: they are not kept twice.
    pub known_lines: i64,
    /// Rows that something is wrong with.
    pub wrong_rows: i64,
    /// Rows that are no movement: sums, and rows without an amount.
    pub skipped_rows: i64,
    /// Lines that the job booked.
    pub job_booked: i64,
    /// When the job was through.
    pub ended_at: Option<At>,
}

impl From<StatementRow> for BankStatementView {
    fn from(row: StatementRow) -> BankStatementView {
        BankStatementView {
            id: row.id,
            account_number: row.account_number,
            file_id: row.file_id,
            uploaded_by: row.uploaded_by,
            uploaded_at: row.uploaded_at,
            book_unambiguous: row.book_unambiguous,
            state: row.state,
            new_lines: row.new_lines,
            known_lines: row.known_lines,
            wrong_rows: row.wrong_rows,
            skipped_rows: row.skipped_rows,
            job_booked: row.job_booked,
            ended_at: row.ended_at,
        }
    }
}

/// A bank statement with its movements.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankStatementDetail {
    /// The statement.
    #[serde(flatten)]
    pub statement: BankStatementView,
    /// Its movements, in the order of the file.
    pub lines: Vec<BankLineView>,
    /// What is wrong with other rows; the first of them.
    pub errors: Vec<ImportErrorView>,
}

/// A movement.
#[derive(Debug, Serialize, ToSchema)]
pub struct BankLineView {
    /// Its id; the same in every file that shows it.
    pub id: BankLineId,
    /// The row of this file.
    pub row: i64,
    /// The bank's day.
    pub booked_on: Day,
    /// Which way the money went.
    pub direction: Direction,
    /// How much.
    pub amount_fen: Fen,
    /// The other side's name, as the bank writes it.
    pub name: String,
    /// The other side's account.
    pub counter_account: String,
    /// Summary, purpose and remark.
    pub text: String,
    /// The bank's number.
    pub reference: Option<String>,
    /// What it is booked to.
    pub booking: Option<BankBookingView>,
    /// Payments that it may be, the most likely first; none once it is booked.
    pub proposals: Vec<ProposalView>,
    /// Confirmed statements of account (对账单) of which exactly this much is to be paid, and not reported: whoever pays is yet to
    /// report the transfer. None once the movement is booked.
    pub statements: Vec<MatchingStatement>,
    /// Of money that left: refunds of the same amount around its day, for information.
    pub refunds: Vec<MatchingRefund>,
}

/// What a movement is booked to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BankBookingView {
    /// The movement.
    pub line_id: BankLineId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The value date that was reported.
    pub reported_on: Option<Day>,
    /// Whether the booking confirmed the payment; else it was confirmed before.
    pub confirmed: bool,
    /// When it was booked.
    pub booked_at: At,
    /// By whom; absent where the job booked.
    pub booked_by: Option<UserId>,
}

/// A payment that a movement may be, with what agrees and what differs.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    /// The payment.
    pub payment_id: PaymentId,
    /// Whether it waits for an answer; else it was confirmed by hand and booking it only keeps the movement.
    pub unanswered: bool,
    /// Its amount.
    pub amount_fen: Fen,
    /// The value date that was reported.
    pub reported_on: Day,
    /// By how many days the bank's day is later; negative when it is earlier.
    pub days_later: i64,
    /// The amount, to the fen.
    pub amount: Agreement,
    /// The payer's name.
    pub payer: Agreement,
    /// As what that name is known.
    pub payer_as: Option<PayerAs>,
    /// The bank's number.
    pub reference: Agreement,
    /// Orders that the text names.
    pub orders: Agreement,
    /// Invoices that the text names.
    pub invoices: Agreement,
    /// Whether there is no doubt: a statement uploaded with `book_unambiguous` books it.
    pub certain: bool,
}

/// A confirmed statement of account that a movement may pay as a whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchingStatement {
    /// The statement.
    pub statement_id: StatementId,
    /// Who pays it.
    pub payer_id: OrgId,
    /// Whether the payer's or the buyer's name is the one that the bank writes.
    pub payer: Agreement,
}

/// A refund of the amount of money that left.
#[derive(Debug, Serialize, ToSchema)]
pub struct MatchingRefund {
    /// The refund.
    pub refund_id: RefundId,
    /// Its order.
    pub order_id: OrderId,
    /// The value date that was recorded.
    pub occurred_on: Day,
    /// Whether the bank's numbers agree.
    pub reference: Agreement,
}

impl BankBookingView {
    /// A booking beside the day that was reported.
    #[must_use]
    pub fn new(row: &BookingRow, reported_on: Option<Day>) -> BankBookingView {
        BankBookingView {
            line_id: row.line_id,
            payment_id: row.payment_id,
            reported_on,
            confirmed: row.confirmed,
            booked_at: row.booked_at,
            booked_by: row.booked_by,
        }
    }
}

/// The own statements, newest first.
///
/// # Errors
/// When the database fails.
pub fn statements(read: &mut Read, actor: &Actor, page: &PageRequest) -> Outcome<Page<BankStatementView>> {
    let rows = store::list(read, actor.org_id, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(BankStatementView::from))
}

/// Whether an organisation has a statement.
///
/// # Errors
/// `not_found`.
pub fn exists(read: &mut Read, org: OrgId, id: BankStatementId) -> Outcome<()> {
    store::find(read, Some(org), id)?.map(drop).ok_or_else(|| Code::NotFound.into())
}

/// A booking as it is answered.
///
/// # Errors
/// When the database fails.
pub fn booking(read: &mut Read, actor: &Actor, row: &BookingRow) -> Outcome<BankBookingView> {
    let days = ordering::arrival_days(read, actor.org_id, &[row.payment_id])?;
    Ok(BankBookingView::new(row, days.get(&row.payment_id).copied()))
}

/// Everything beside the lines of a statement.
struct Beside {
    bookings: BTreeMap<BankLineId, BankBookingView>,
    known: Known,
    free: Vec<Line>,
    refunds: Vec<RefundView>,
    awaited: Vec<(Awaited, Vec<String>)>,
}

/// A statement with its movements and what each may be.
///
/// # Errors
/// `not_found`.
pub fn statement(read: &mut Read, actor: &Actor, id: BankStatementId, today: Day) -> Outcome<BankStatementDetail> {
    let row = store::find(read, Some(actor.org_id), id)?.ok_or(Code::NotFound)?;
    let lines = store::lines_of(read, id, 0, i64::MAX)?;
    let first = lines.iter().map(|(_, line)| line.booked_on).min().unwrap_or(today);
    let ids: Vec<BankLineId> = lines.iter().map(|(_, line)| line.id).collect();
    let booked = store::bookings_of(read, &ids)?;
    let payments: Vec<PaymentId> = booked.iter().map(|row| row.payment_id).collect();
    let days = ordering::arrival_days(read, row.org_id, &payments)?;
    let view = |row: &BookingRow| (row.line_id, BankBookingView::new(row, days.get(&row.payment_id).copied()));
    let known = matching::known(read, row.org_id, &row.region_code, first, today)?;
    let beside = Beside {
        bookings: booked.iter().map(view).collect(),
        free: store::unbooked(read, row.org_id)?.iter().map(line).collect(),
        refunds: ordering::sent_back(read, row.org_id, first.plus_days(-known.days))?,
        awaited: awaited(read, row.org_id)?,
        known,
    };
    let errors = store::errors(read, id)?.into_iter().map(error).collect();
    let lines = lines.into_iter().map(|(number, line)| line_view(number, line, &beside)).collect();
    Ok(BankStatementDetail { statement: row.into(), lines, errors })
}

/// Statements that wait for money, with the names under which it may come.
fn awaited(read: &mut Read, supplier: OrgId) -> Outcome<Vec<(Awaited, Vec<String>)>> {
    let found = statements::awaited(read, supplier)?;
    let ids: Vec<OrgId> = found.iter().flat_map(|one| [one.payer_id, one.buyer_id]).collect();
    let orgs = identity::organisations(read, &ids)?;
    let names = |one: &Awaited| {
        let own = orgs.iter().filter(|org| [one.payer_id, one.buyer_id].contains(&org.id));
        own.map(|org| rules::folded(&org.name)).collect()
    };
    Ok(found
        .into_iter()
        .map(|one| {
            let known = names(&one);
            (one, known)
        })
        .collect())
}

fn error(row: ErrorRow) -> ImportErrorView {
    ImportErrorView { row: row.number, column: row.letters, title: row.title, code: row.code, zh: row.zh, en: row.en }
}

fn line_view(number: i64, row: LineRow, beside: &Beside) -> BankLineView {
    let booking = beside.bookings.get(&row.id).cloned();
    let (came, free) = (row.direction == Direction::Credit, booking.is_none());
    BankLineView {
        proposals: if came && free { proposals(&row, beside) } else { Vec::new() },
        statements: if came && free { whole(&row, beside) } else { Vec::new() },
        refunds: if came { Vec::new() } else { refunds(&row, beside) },
        id: row.id,
        row: number,
        booked_on: row.booked_on,
        direction: row.direction,
        amount_fen: row.amount_fen,
        name: row.name,
        counter_account: row.counter_account,
        text: row.text,
        reference: row.reference,
        booking,
    }
}

fn proposals(row: &LineRow, beside: &Beside) -> Vec<ProposalView> {
    let (own, known) = (line(row), &beside.known);
    let certain = rules::certain(&own, &beside.free, &known.payments, known.days);
    let view = |m: Match| {
        let payment = known.payments.iter().find(|payment| payment.id == m.payment)?;
        Some(ProposalView {
            payment_id: m.payment,
            unanswered: m.open,
            amount_fen: payment.amount,
            reported_on: payment.day,
            days_later: m.days_later,
            amount: m.amount,
            payer: m.payer,
            payer_as: m.payer_as,
            reference: m.reference,
            orders: m.orders,
            invoices: m.invoices,
            certain: certain == Some(m.payment),
        })
    };
    rules::proposals(&own, &known.payments, known.days).into_iter().filter_map(view).collect()
}

fn whole(row: &LineRow, beside: &Beside) -> Vec<MatchingStatement> {
    let written = rules::folded(&row.name);
    let view = |(one, names): &(Awaited, Vec<String>)| MatchingStatement {
        statement_id: one.id,
        payer_id: one.payer_id,
        payer: match &written {
            none if none.is_empty() => Agreement::Unknown,
            name if names.contains(name) => Agreement::Agrees,
            _ => Agreement::Differs,
        },
    };
    beside.awaited.iter().filter(|(one, _)| one.open == row.amount_fen).map(view).collect()
}

fn refunds(row: &LineRow, beside: &Beside) -> Vec<MatchingRefund> {
    let near = |refund: &&RefundView| {
        let apart = row.booked_on.epoch_days() - refund.occurred_on.epoch_days();
        refund.amount_fen == row.amount_fen && apart.abs() <= beside.known.days
    };
    let view = |refund: &RefundView| MatchingRefund {
        refund_id: refund.id,
        order_id: refund.order_id,
        occurred_on: refund.occurred_on,
        reference: rules::same_number(row.reference.as_deref(), refund.bank_reference.as_deref()),
    };
    beside.refunds.iter().filter(near).map(view).collect()
}
