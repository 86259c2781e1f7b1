//! SQL of what waits: orders and payments that somebody of an organisation has to do something about.

use super::orders::OrderRow;
use super::payments::PaymentRow;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, PaymentId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::At;
use crate::ordering::rules::dispute::DisputeSide;
use crate::ordering::rules::order::OrderState;
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::rules::price_change::PriceChangeState;
use crate::ordering::rules::second::SecondState;
use crate::ordering::schema::delivery::acceptance_proposals as proposals;
use crate::ordering::schema::money::{invoice_lines, payments};
use crate::ordering::schema::price_changes::order_price_changes as changes;
use crate::ordering::schema::{acceptances, order_lines, orders};
use crate::platform::db::Read;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

/// What is to be done to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The supplier has not answered.
    Confirm,
    /// Goods have not been shipped.
    Ship,
    /// Shipped goods are neither accepted nor rejected; by somebody else than the orderer.
    Accept,
    /// An acceptance waits for the second person.
    Second,
    /// What was accepted and kept is not paid; by somebody else than who accepted.
    Pay,
    /// What was accepted and kept is not invoiced.
    Invoice,
    /// More was invoiced than was kept of a line that is closed, or of freight that is not owed.
    TakeBack,
    /// Every line is closed and the buyer has not said how it was.
    Rate,
    /// The other side proposes other prices.
    Price,
    /// The buyer asks for rejected goods once more.
    Replace,
}

/// Money due by what was accepted and kept, less what was paid or is reported, or is disputed.
const UNPAID: &str =
    "orders.accepted_fen - orders.returned_fen + orders.freight_fen - orders.paid_fen + orders.refunded_fen
    - (SELECT CAST(COALESCE(SUM(part.amount_fen), 0) AS BIGINT) FROM payment_orders part
       JOIN payments ON payments.id = part.payment_id WHERE part.order_id = orders.id AND payments.state = 'reported')
    - (SELECT CAST(COALESCE(SUM(line.withheld_fen), 0) AS BIGINT) FROM dispute_lines line
       JOIN disputes ON disputes.id = line.dispute_id WHERE disputes.order_id = orders.id)";
/// What was accepted and kept, less what was invoiced.
const UNINVOICED: &str = "orders.accepted_fen - orders.returned_fen + orders.freight_fen
    - (SELECT CAST(COALESCE(SUM(part.gross_fen), 0) AS BIGINT) FROM invoice_lines part WHERE part.order_id = orders.id)";
/// The buyer asks for rejected goods once more, and the supplier has not answered.
const AGAIN: &str =
    "EXISTS (SELECT 1 FROM order_replacements again WHERE again.order_id = orders.id AND again.state = 'open')";
/// What was invoiced of closed lines beyond what was kept, and of freight beyond what is owed; a fen's difference is none.
const OVERINVOICED: &str = "(SELECT CAST(COALESCE(SUM(excess.fen), 0) AS BIGINT) FROM (
    SELECT SUM(part.gross_fen) - CASE WHEN part.line_no > 0 THEN line.accepted_fen - line.returned_fen
        WHEN orders.accepted_fen > orders.returned_fen
            OR EXISTS (SELECT 1 FROM order_lines other WHERE other.order_id = orders.id AND NOT other.closed)
        THEN orders.freight_fen ELSE 0 END AS fen
    FROM invoice_lines part LEFT JOIN order_lines line ON line.order_id = part.order_id AND line.line_no = part.line_no
    WHERE part.order_id = orders.id AND (part.line_no = 0 OR line.closed)
    GROUP BY part.line_no, line.accepted_fen, line.returned_fen) excess WHERE excess.fen > 1)";
/// Each line's invoice may differ by a fen.
const ROUNDED: &str = " > (SELECT COUNT(*) FROM order_lines line WHERE line.order_id = orders.id)";

impl Work {
    /// How much of an order it is about, in fen.
    const fn amount(self) -> &'static str {
        match self {
            Work::Confirm | Work::Ship | Work::Accept | Work::Second | Work::Price | Work::Replace => {
                "orders.ordered_fen"
            }
            Work::Pay => UNPAID,
            Work::Invoice => UNINVOICED,
            Work::TakeBack => OVERINVOICED,
            Work::Rate => "orders.accepted_fen - orders.returned_fen",
        }
    }
}

/// Whose work, and after which row of the list.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// The organisation.
    pub org: OrgId,
    /// The person who would do it.
    pub person: UserId,
    /// Whether who accepts may report the payment as well.
    pub excepted: bool,
    /// From this moment on.
    pub since: At,
    /// At that very moment, only after this row.
    pub after: Option<[u8; 16]>,
    /// Without such a row: whether that very moment still belongs to the page.
    pub inclusive: bool,
}

/// Orders that wait for a kind of work, the longest waiting first, with the amount it is about. What waits for a second person does not
/// wait to be accepted, as long as one of the two is among the staff that accepts.
pub fn orders_for(
    on: &mut Read,
    work: Work,
    asked: &Asked,
    staff: &[UserId],
    most: i64,
) -> Outcome<Vec<(OrderRow, Fen)>> {
    let Asked { org, person, excepted, since, after, inclusive } = *asked;
    let rows: Vec<(OrderRow, i64)> = each!(on, c => {
        let lines = order_lines::table.filter(order_lines::order_id.eq(orders::id)).filter(order_lines::closed.eq(false));
        let kept = orders::accepted_fen.gt(orders::returned_fen);
        let open = orders::state.eq(OrderState::Confirmed);
        let delivered = orders::state.eq_any([OrderState::Confirmed, OrderState::Closed]);
        let mut query = orders::table.select((OrderRow::as_select(), sql::<BigInt>(work.amount()))).into_boxed();
        query = match work {
            Work::Confirm => query.filter(orders::supplier_id.eq(org)).filter(orders::state.eq(OrderState::Placed)),
            Work::Ship => {
                let unshipped = lines.filter((order_lines::shipped + order_lines::short_closed).lt(order_lines::quantity));
                query.filter(orders::supplier_id.eq(org)).filter(open).filter(exists(unshipped))
            }
            Work::Accept => {
                let undecided = lines.filter((order_lines::accepted + order_lines::rejected).lt(order_lines::shipped));
                let proposed = proposals::table.filter(proposals::order_id.eq(orders::id)).filter(proposals::state.eq(SecondState::Open))
                    .filter(proposals::proposed_by.eq_any(staff).or(proposals::second_by.eq_any(staff)));
                query.filter(orders::buyer_id.eq(org)).filter(open).filter(orders::placed_by.ne(person)).filter(exists(undecided))
                    .filter(not(exists(proposed)))
            }
            Work::Second => {
                let waiting = proposals::table.filter(proposals::order_id.eq(orders::id)).filter(proposals::second_by.eq(person))
                    .filter(proposals::state.eq(SecondState::Open));
                query.filter(orders::buyer_id.eq(org)).filter(open).filter(exists(waiting))
            }
            Work::Pay => {
                let accepted = acceptances::table.filter(acceptances::order_id.eq(orders::id))
                    .filter(acceptances::accepted_by.eq(person).or(acceptances::second_by.eq(person)));
                let due = query.filter(orders::payer_id.eq(org).or(orders::buyer_id.eq(org))).filter(delivered).filter(kept)
                    .filter(sql::<Bool>(UNPAID).sql(" > 0"));
                if excepted { due } else { due.filter(not(exists(accepted))) }
            }
            Work::Invoice => {
                query.filter(orders::supplier_id.eq(org)).filter(delivered).filter(kept).filter(sql::<Bool>(UNINVOICED).sql(ROUNDED))
            }
            Work::TakeBack => {
                let invoiced = invoice_lines::table.filter(invoice_lines::order_id.eq(orders::id));
                query.filter(orders::supplier_id.eq(org)).filter(exists(invoiced)).filter(sql::<Bool>(OVERINVOICED).sql(" > 0"))
            }
            Work::Price => {
                let theirs = [OrderState::Placed, OrderState::Confirmed, OrderState::Closed];
                let open = |side| changes::table.filter(changes::order_id.eq(orders::id))
                    .filter(changes::state.eq(PriceChangeState::Open)).filter(changes::side.eq(side));
                let sold = exists(open(DisputeSide::Buyer)).and(orders::supplier_id.eq(org));
                let bought = exists(open(DisputeSide::Supplier)).and(orders::buyer_id.eq(org));
                query.filter(orders::state.eq_any(theirs)).filter(sold.or(bought))
            }
            Work::Replace => query.filter(orders::supplier_id.eq(org)).filter(delivered).filter(sql::<Bool>(AGAIN)),
            Work::Rate => {
                query.filter(orders::buyer_id.eq(org)).filter(orders::state.eq(OrderState::Closed)).filter(orders::rated_at.is_null())
                    .filter(orders::accepted_fen.gt(Fen::ZERO))
            }
        };
        query = query.filter(orders::placed_at.ge(since));
        if let Some(id) = after.map(OrderId) {
            query = query.filter(orders::placed_at.gt(since).or(orders::id.gt(id)));
        } else if !inclusive {
            query = query.filter(orders::placed_at.gt(since));
        }
        query.order((orders::placed_at, orders::id)).limit(most).load(c)
    })?;
    Ok(rows.into_iter().map(|(row, fen)| (row, Fen::new(fen))).collect())
}

/// Payments that a supplier has not answered, the longest waiting first.
pub fn payments_for(on: &mut Read, asked: &Asked, most: i64) -> Outcome<Vec<PaymentRow>> {
    let since = asked.since;
    Ok(each!(on, c => {
        let mut query = payments::table.select(PaymentRow::as_select()).into_boxed()
            .filter(payments::supplier_id.eq(asked.org)).filter(payments::state.eq(PaymentState::Reported))
            .filter(payments::reported_at.ge(since));
        if let Some(id) = asked.after.map(PaymentId) {
            query = query.filter(payments::reported_at.gt(since).or(payments::id.gt(id)));
        } else if !asked.inclusive {
            query = query.filter(payments::reported_at.gt(since));
        }
        query.order((payments::reported_at, payments::id)).limit(most).load(c)
    })?)
}
