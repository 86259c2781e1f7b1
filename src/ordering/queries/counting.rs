//! "Why is this not counted yet?": an order's three amounts, its year, and what is missing.

use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, RuleId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::OrderState;
use crate::ordering::book::Book;
use crate::ordering::clock::{self, Answered};
use crate::ordering::rules::counting::{Counted, Missing, Waiting, explain, fund_counts};
use crate::ordering::rules::journal::FactKind;
use crate::ordering::rules::money::{agrees, freight_payable};
use crate::ordering::store::invoices;
use crate::platform::db::Read;
use crate::quota;
use serde::Serialize;
use utoipa::ToSchema;

/// What an order counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountingView {
    /// The order.
    pub order_id: OrderId,
    /// Placed and not cancelled, declined, expired or closed short.
    pub ordered_fen: Fen,
    /// min(accepted − returned, paid − refunded) over the goods.
    pub accepted_paid_fen: Fen,
    /// Of completed orders, what their qualifying lines come to; corrections included.
    pub completed_fen: Fen,
    /// Whether it is completed: every line closed, the goods paid, rated where that is required.
    pub completed: bool,
    /// Whether it counts to the plan: completed, from money that counts, with a line that qualifies, and the plan approved.
    pub counted: bool,
    /// The year in which it was completed, to which it counts.
    pub year: Option<i64>,
    /// The day of its last required fact.
    pub completed_on: Option<Day>,
    /// Paid − refunded.
    pub paid_fen: Fen,
    /// Reported as paid and not answered by the supplier.
    pub reported_fen: Fen,
    /// Goods kept and freight, still to be paid.
    pub unpaid_fen: Fen,
    /// Of that, what disputes keep from being due.
    pub disputed_fen: Fen,
    /// More than is due: to be sent back.
    pub credit_fen: Fen,
    /// The last day to pay what is to be paid first, where the payment clock binds; what a dispute freed may have a later one.
    pub payment_due_on: Option<Day>,
    /// Whether that day rests on a year whose holidays are not loaded: it may become later then, or earlier.
    pub payment_due_provisional: bool,
    /// The rule row that asks for a rating, or does not.
    pub rating_rule: RuleId,
    /// What keeps it from counting; empty when it counts in full.
    pub missing: Vec<MissingView>,
    /// Order, receipt and invoice side by side, line by line.
    pub invoicing: Vec<InvoicingView>,
    /// Its facts, in the order in which they took effect.
    pub facts: Vec<FactView>,
}

/// What of a line was ordered, received and invoiced.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoicingView {
    /// The line; 0 is the freight.
    pub line_no: i64,
    /// Ordered; of the freight what was agreed.
    pub ordered_fen: Fen,
    /// Accepted and kept; of the freight what is owed.
    pub accepted_fen: Fen,
    /// Invoiced, red letters deducted.
    pub invoiced_fen: Fen,
    /// Whether what was invoiced is what was accepted and kept, within 1 fen.
    pub agrees: bool,
}

/// Something that keeps an order from counting.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissingView {
    /// What, as a stable word.
    #[schema(example = "unpaid")]
    pub code: String,
    /// The line it is about.
    pub line_no: Option<i64>,
    /// The amount it is about.
    pub amount_fen: Option<Fen>,
    /// The rule that asks for it.
    #[schema(example = "rating_required")]
    pub rule: Option<String>,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A fact, with the day it counts on.
#[derive(Debug, Serialize, ToSchema)]
pub struct FactView {
    /// Its place.
    pub seq: i64,
    /// What.
    pub kind: FactKind,
    /// When, by its paper.
    pub occurred_on: Day,
    /// When it took effect here.
    pub effective_on: Day,
    /// The day it counts on.
    pub counts_on: Day,
    /// Recorded too late to count on the day it occurred.
    pub late: bool,
    /// The rule row for late entries.
    pub late_rule: RuleId,
    /// The rule row for the closing of its year.
    pub closing_rule: RuleId,
}

/// What an order counts, and what is missing.
///
/// # Errors
/// `not_found` outside the scope.
pub fn counting(read: &mut Read, actor: &Actor, id: OrderId, today: Day) -> Outcome<CountingView> {
    super::visible(read, actor, id, today)?;
    let book = Book::load(read, id)?;
    let counted = book.count()?;
    let due = clock::next_dues(read, &[&book.order], Answered::Only)?.remove(&id);
    let waiting = waiting(read, &book, counted.completed.map_or(today.year(), |done| done.year))?;
    let missing = explain(&book.terms, &waiting, &counted);
    let invoicing = invoicing(&book, &invoices::invoiced(read, id)?)?;
    Ok(CountingView {
        order_id: id,
        ordered_fen: book.order.ordered_fen,
        accepted_paid_fen: counted.accepted_paid(),
        completed_fen: counted.completed_fen(),
        completed: counted.completed.is_some(),
        counted: counted.completed.is_some() && counts(&book, &counted, &waiting),
        year: counted.completed.map(|done| done.year),
        completed_on: counted.completed.map(|done| done.day),
        paid_fen: counted.paid,
        reported_fen: book.reported()?,
        unpaid_fen: counted.unpaid(),
        disputed_fen: super::withheld(read, id)?.min(counted.unpaid()),
        credit_fen: counted.credit(),
        payment_due_on: due.map(|due| Day::new(due.day)),
        payment_due_provisional: due.is_some_and(|due| due.provisional),
        rating_rule: book.rating_rule,
        missing: missing.into_iter().map(|missing| view(&book, missing)).collect(),
        invoicing,
        facts: book.placed.iter().map(fact).collect(),
    })
}

/// Whether anything of it can count: the plan, the money and a line.
fn counts(book: &Book, counted: &Counted, waiting: &Waiting) -> bool {
    let mut lines = book.terms.qualifies.iter().zip(&counted.standings);
    let line = lines.any(|(qualified, standing)| *qualified && standing.counts_to_plan());
    waiting.plan_approved && fund_counts(waiting.fund) && line
}

/// Freight stands last, where there is any.
fn invoicing(book: &Book, invoiced: &[(i64, Fen)]) -> Outcome<Vec<InvoicingView>> {
    let of = |line_no: i64| invoiced.iter().find(|(no, _)| *no == line_no).map_or(Fen::ZERO, |(_, sum)| *sum);
    let view = |line_no, ordered_fen, accepted_fen| InvoicingView {
        line_no,
        ordered_fen,
        accepted_fen,
        invoiced_fen: of(line_no),
        agrees: agrees(of(line_no), accepted_fen),
    };
    let mut views = Vec::with_capacity(book.lines.len() + 1);
    for line in &book.lines {
        views.push(view(line.line_no, line.line_fen, line.accepted_fen.minus(line.returned_fen)?));
    }
    let agreed = book.freight_agreed()?;
    if !agreed.is_zero() {
        let kept = book.order.accepted_fen > book.order.returned_fen;
        views.push(view(0, agreed, freight_payable(book.order.freight_fen, kept, false)));
    }
    Ok(views)
}

fn waiting(read: &mut Read, book: &Book, year: i64) -> Outcome<Waiting> {
    let order = &book.order;
    let open = book.lines.iter().enumerate().filter(|(_, line)| !line.closed).map(|(place, _)| place);
    Ok(Waiting {
        dead: !order.state.stands(),
        unapproved: order.state == OrderState::AwaitingApproval,
        confirmed: !matches!(order.state, OrderState::AwaitingApproval | OrderState::Placed),
        open_lines: open.collect(),
        line_names: book.lines.iter().map(|line| line.name.clone()).collect(),
        reported: book.reported()?,
        rated: book.rating.is_some(),
        fund: order.fund,
        plan_approved: quota::plan_of(read, book.seats.of_year(year), year)?.is_some(),
    })
}

fn view(book: &Book, missing: Missing) -> MissingView {
    MissingView {
        code: missing.code.to_owned(),
        line_no: missing.line.and_then(|place| book.lines.get(place)).map(|line| line.line_no),
        amount_fen: missing.amount,
        rule: missing.rule.map(str::to_owned),
        zh: missing.text.zh,
        en: missing.text.en,
    }
}

fn fact(row: &crate::ordering::store::counting::FactRow) -> FactView {
    FactView {
        seq: row.seq,
        kind: row.kind,
        occurred_on: row.occurred_on,
        effective_on: row.effective_on,
        counts_on: row.counts_on,
        late: row.late,
        late_rule: row.late_rule,
        closing_rule: row.closing_rule,
    }
}
