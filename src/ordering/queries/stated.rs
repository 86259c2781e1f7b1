//! Orders as a statement of account (对账单) needs them: every acceptance and return, and what stands against them.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, InvoiceId, OrderId, OrgId, PaymentId, ReturnId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use crate::ordering::clock;
use crate::ordering::rules::payment::PaymentState;
use crate::ordering::store::allowances::{self, AllowanceLineRow, AllowanceRow};
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::ordering::store::{claims, stated as store};
use crate::ordering::terms::{self, FrozenPayee, Terms};
use crate::platform::db::{Read, Tx};
use std::collections::BTreeMap;

/// An order with everything that a statement says of it.
#[derive(Debug, Clone)]
pub struct StatedOrder {
    /// The order.
    pub id: OrderId,
    /// The day of placement.
    pub placed_on: Day,
    /// Its last day to pay, where the payment clock runs.
    pub due_on: Option<Day>,
    /// The account that it froze.
    pub payee: Option<FrozenPayee>,
    /// Its freight, due as long as goods are kept.
    pub freight: Fen,
    /// Its lines by number.
    pub lines: BTreeMap<i64, StatedGoods>,
    /// What was accepted, acceptance by acceptance and line by line.
    pub accepted: Vec<AcceptedGoods>,
    /// What went back, and, without a quantity, what was allowed of the price of what was kept.
    pub returned: Vec<ReturnedGoods>,
    /// What disputes keep from being due, by line; 0 is the freight.
    pub withheld: Vec<(i64, Fen)>,
    /// Parts of transfers for it, oldest first; the flag says whether it counts, or waits for an answer.
    pub payments: Vec<(PaymentId, Fen, bool)>,
    /// Money sent back.
    pub refunded: Fen,
    /// What invoices name of its lines.
    pub invoiced: Vec<InvoicedGoods>,
}

/// What a line sells.
#[derive(Debug, Clone)]
pub struct StatedGoods {
    /// The goods.
    pub name: String,
    /// What one unit of it is called.
    pub unit: String,
    /// The price of a unit.
    pub unit_price: Fen,
}

/// What an acceptance accepted of a line.
#[derive(Debug, Clone, Copy)]
pub struct AcceptedGoods {
    /// The acceptance.
    pub acceptance: AcceptanceId,
    /// The line.
    pub line_no: i64,
    /// The day of its note.
    pub occurred_on: Day,
    /// When it was recorded.
    pub recorded_at: At,
    /// How much.
    pub quantity: Quantity,
    /// For how much.
    pub amount: Fen,
}

/// What went back of a line.
#[derive(Debug, Clone, Copy)]
pub struct ReturnedGoods {
    /// The return.
    pub id: ReturnId,
    /// The line.
    pub line_no: i64,
    /// When it was recorded.
    pub recorded_at: At,
    /// How much.
    pub quantity: Quantity,
    /// For how much.
    pub amount: Fen,
}

/// What an invoice names of a line; negative on red letters.
#[derive(Debug, Clone, Copy)]
pub struct InvoicedGoods {
    /// The invoice.
    pub invoice: InvoiceId,
    /// The invoice that it takes back.
    pub reverses: Option<InvoiceId>,
    /// The line; 0 is the freight.
    pub line_no: i64,
    /// With tax.
    pub gross: Fen,
}

/// Orders of a supplier and a buyer of which goods were accepted in a period, and who pays them.
///
/// # Errors
/// When the database fails.
pub fn accepted_in(
    read: &mut Read,
    parties: (OrgId, OrgId),
    payer: Option<OrgId>,
    period: (Day, Day),
) -> Outcome<Vec<(OrderId, OrgId)>> {
    store::accepted_in(read, parties, payer, period)
}

/// Keeps what is recorded about orders as it is until the transaction ends.
///
/// # Errors
/// When the database fails.
pub fn keep_orders(tx: &mut Tx<'_>, ids: &[OrderId]) -> Outcome<()> {
    store::keep(tx, ids)
}

/// Orders with everything that a statement says of them, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn stated_orders(read: &mut Read, ids: &[OrderId]) -> Outcome<Vec<StatedOrder>> {
    let rows = store::orders(read, ids)?;
    let dues = clock::dues(read, &rows.iter().collect::<Vec<_>>())?;
    let mut found: BTreeMap<OrderId, StatedOrder> = BTreeMap::new();
    for row in &rows {
        found.insert(row.id, blank(row, dues.get(&row.id).map(|due| Day::new(due.day)))?);
    }
    for line in store::lines(read, ids)? {
        let (order, no) = (line.order_id, line.line_no);
        if let Some(own) = found.get_mut(&order) {
            own.lines.insert(no, goods(line));
        }
    }
    for (order, acceptance, occurred_on, recorded_at, line_no, quantity, amount) in store::accepted(read, ids)? {
        let goods = AcceptedGoods { acceptance, line_no, occurred_on, recorded_at, quantity, amount };
        if let Some(own) = found.get_mut(&order) {
            own.accepted.push(goods);
        }
    }
    for (order, id, recorded_at, line_no, quantity, amount) in store::returned(read, ids)? {
        let goods = ReturnedGoods { id, line_no, recorded_at, quantity, amount };
        if let Some(own) = found.get_mut(&order) {
            own.returned.push(goods);
        }
    }
    // What is allowed of the freight is not in the order's freight any more.
    for (fact, line) in allowances::of_orders(read, ids)?.into_iter().filter(|(_, line)| line.line_no != 0) {
        if let Some(own) = found.get_mut(&fact.order_id) {
            own.returned.push(allowed(&fact, &line));
        }
    }
    for (order, payment, state, part) in store::payments(read, ids)? {
        let counts = state != PaymentState::Reported;
        if let Some(own) = found.get_mut(&order) {
            own.payments.push((payment, part, counts));
        }
    }
    for (order, invoice, reverses, line_no, gross) in store::invoiced(read, ids)? {
        if let Some(own) = found.get_mut(&order) {
            own.invoiced.push(InvoicedGoods { invoice, reverses, line_no, gross });
        }
    }
    for (order, line_no, fen) in store::withheld(read, ids)? {
        if let Some(own) = found.get_mut(&order) {
            own.withheld.push((line_no, fen));
        }
    }
    for (order, _, fen) in claims::refunded(read, ids)? {
        if let Some(own) = found.get_mut(&order) {
            own.refunded = own.refunded.plus(fen)?;
        }
    }
    Ok(found.into_values().collect())
}

/// An allowance lowers what is owed as a return does, and no goods go back.
fn allowed(fact: &AllowanceRow, line: &AllowanceLineRow) -> ReturnedGoods {
    ReturnedGoods {
        id: ReturnId(fact.id.0),
        line_no: line.line_no,
        recorded_at: fact.recorded_at,
        quantity: Quantity::ZERO,
        amount: line.amount_fen,
    }
}

fn goods(line: LineRow) -> StatedGoods {
    StatedGoods { name: line.name, unit: line.unit, unit_price: line.unit_price_fen }
}

/// An order of which nothing is told yet.
fn blank(row: &OrderRow, due_on: Option<Day>) -> Outcome<StatedOrder> {
    let terms: Terms = terms::read(&row.terms)?;
    Ok(StatedOrder {
        id: row.id,
        placed_on: row.placed_day,
        due_on,
        payee: terms.payee,
        freight: row.freight_fen,
        lines: BTreeMap::new(),
        accepted: Vec::new(),
        returned: Vec::new(),
        withheld: Vec::new(),
        payments: Vec::new(),
        refunded: Fen::ZERO,
        invoiced: Vec::new(),
    })
}
