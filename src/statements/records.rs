//! What the records of orders say at this moment, as the lines of a statement.

use super::rules::account::{Account, Back, Entry, Goods, Pool, Sums, entries};
use super::rules::difference::Line;
use super::store::{self, LineRow, StatementRow};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, InvoiceId, OrderId, PaymentId, StatementId};
use crate::kernel::money::{Fen, Overflow};
use crate::ordering::{self, StatedOrder};
use crate::platform::db::Read;
use std::collections::BTreeMap;

/// An order and what stands under its acceptances.
pub struct Standing {
    /// The order.
    pub order: StatedOrder,
    /// Its acceptances.
    pub entries: Vec<Entry>,
}

impl Standing {
    /// What stands under the acceptances that a statement holds.
    pub fn held(&self, id: StatementId) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.statement == Some(id))
    }
    /// The sums of it.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn sums(&self, id: StatementId) -> Result<Sums, Overflow> {
        Sums::total(self.held(id).map(|entry| &entry.sums))
    }
}

/// Orders as they stand, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn standings(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Standing>> {
    let orders = ordering::stated_orders(on, ids)?;
    let accepted: Vec<AcceptanceId> = orders.iter().flat_map(|o| &o.accepted).map(|goods| goods.acceptance).collect();
    let paid: Vec<PaymentId> = orders.iter().flat_map(|o| &o.payments).map(|(id, ..)| *id).collect();
    // A red letter is of the statement whose invoice it takes back.
    let invoiced = orders.iter().flat_map(|o| &o.invoiced).flat_map(|part| [Some(part.invoice), part.reverses]);
    let invoiced: Vec<InvoiceId> = invoiced.flatten().collect();
    let stated: BTreeMap<AcceptanceId, StatementId> = store::statements_of(on, &accepted)?.into_iter().collect();
    let payments: BTreeMap<PaymentId, StatementId> = store::payments_linked(on, &paid)?.into_iter().collect();
    let invoices: BTreeMap<InvoiceId, StatementId> = store::invoices_linked(on, &invoiced)?.into_iter().collect();
    let standing = |order: StatedOrder| {
        let entries = entries(&account(&order, &payments, &invoices), &stated)?;
        Ok(Standing { order, entries })
    };
    orders.into_iter().map(standing).collect()
}

fn account(
    order: &StatedOrder,
    payments: &BTreeMap<PaymentId, StatementId>,
    invoices: &BTreeMap<InvoiceId, StatementId>,
) -> Account {
    let pools = |counting: bool| {
        let of = order.payments.iter().filter(move |(_, _, counts)| *counts == counting);
        of.map(|(id, amount, _)| Pool { statement: payments.get(id).copied(), amount: *amount }).collect()
    };
    let goods = |goods: &ordering::AcceptedGoods| Goods {
        acceptance: goods.acceptance,
        line_no: goods.line_no,
        accepted_on: goods.occurred_on,
        at: goods.recorded_at,
        quantity: goods.quantity,
        amount: goods.amount,
    };
    let back = |back: &ordering::ReturnedGoods| Back {
        at: (back.recorded_at, back.id.0),
        line_no: back.line_no,
        quantity: back.quantity,
        amount: back.amount,
    };
    let invoiced = |part: &ordering::InvoicedGoods| {
        let statement = invoices.get(&part.reverses.unwrap_or(part.invoice)).copied();
        (part.line_no, Pool { statement, amount: part.gross })
    };
    Account {
        freight: order.freight,
        goods: order.accepted.iter().map(goods).collect(),
        back: order.returned.iter().map(back).collect(),
        withheld: order.withheld.clone(),
        paid: pools(true),
        reported: pools(false),
        refunded: order.refunded,
        invoiced: order.invoiced.iter().map(invoiced).collect(),
    }
}

/// The lines that a statement has by these records: what was accepted in its period and stands in no other statement.
#[must_use]
pub fn lines(row: &StatementRow, standings: &[Standing]) -> Vec<LineRow> {
    let own = |entry: &&Entry| {
        let free = entry.statement.is_none_or(|id| id == row.id);
        free && (row.first_day..=row.last_day).contains(&entry.accepted_on)
    };
    let all = standings.iter().flat_map(|standing| {
        let own = standing.entries.iter().filter(own);
        own.map(move |entry| (&standing.order, entry))
    });
    (1..).zip(all).map(|(no, (order, entry))| line(row, no, order, entry)).collect()
}

fn line(row: &StatementRow, line_no: i64, order: &StatedOrder, entry: &Entry) -> LineRow {
    let goods = order.lines.get(&entry.line_no);
    LineRow {
        statement_id: row.id,
        revision: row.revision,
        line_no,
        order_id: order.id,
        order_line_no: entry.line_no,
        acceptance_id: entry.acceptance,
        accepted_on: entry.accepted_on,
        name: goods.map_or_else(|| "运费".to_owned(), |goods| goods.name.clone()),
        unit: goods.map(|goods| goods.unit.clone()).unwrap_or_default(),
        quantity: entry.quantity,
        unit_price_fen: goods.map_or(Fen::ZERO, |goods| goods.unit_price),
        amount_fen: entry.sums.amount,
        returned_quantity: entry.returned_quantity,
        returned_fen: entry.sums.returned,
        disputed_fen: entry.sums.disputed,
        paid_fen: entry.sums.paid,
        reported_fen: entry.sums.reported,
        invoiced_fen: entry.sums.invoiced,
    }
}

impl LineRow {
    /// Its amounts.
    #[must_use]
    pub fn sums(&self) -> Sums {
        Sums {
            amount: self.amount_fen,
            returned: self.returned_fen,
            disputed: self.disputed_fen,
            paid: self.paid_fen,
            reported: self.reported_fen,
            invoiced: self.invoiced_fen,
        }
    }
    /// As the rules see it.
    #[must_use]
    pub fn line(&self) -> Line {
        let (order, acceptance) = (self.order_id, self.acceptance_id);
        Line { order, acceptance, line_no: self.order_line_no, sums: self.sums() }
    }
}
