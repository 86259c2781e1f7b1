//! What about a purchase is unusual: one pure function for each kind. A threshold of 0 switches a kind off.

use crate::kernel::ids::{OrderId, ProductId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::time::{At, Day};

mod decision;
mod words;

pub use decision::{AnomalyRuling, decided};
pub use words::{Words, reason};

crate::text_enum! {
    /// What is unusual.
    AnomalyKind {
        /// 数量达到上次的十倍.
        QuantitySlip "quantity_slip"
        /// 单价达到上次的十倍（或十分之一）.
        PriceSlip "price_slip"
        /// 单价明显偏离同类中位价.
        UnusualPrice "unusual_price"
        /// 当日下单、验收、付款、评价.
        SameDay "same_day"
        /// 下单人自己验收: refused by every command, so that whatever is found here came another way.
        OrdererAccepted "orderer_accepted"
        /// 验收人报告付款: allowed to small units under an exception.
        AcceptorPaid "acceptor_paid"
        /// 一家供应商占比过高.
        SupplierShare "supplier_share"
        /// 拆分订单以避开审批.
        SplitOrders "split_orders"
        /// 短期内几乎相同的订单; only shown before placing.
        SimilarOrder "similar_order"
        /// 发货超过申报年产量.
        AboveOutput "above_output"
    }
}

crate::text_enum! {
    /// Where an anomaly stands.
    AnomalyState {
        /// 待核实.
        Open "open"
        /// 已说明: it happened, and there is a reason for it.
        Explained "explained"
        /// 已排除: it is none.
        Dismissed "dismissed"
    }
}

crate::text_enum! {
    /// What the numbers are.
    AnomalyMeasure {
        /// Weights in grams.
        Grams "grams"
        /// Amounts in fen.
        Fen "fen"
        /// Prices of a kilogram in fen.
        FenPerKg "fen_per_kg"
        /// Prices of a unit in fen.
        FenPerUnit "fen_per_unit"
        /// There is no number.
        Nothing "nothing"
    }
}

/// All of it, in parts per million.
const WHOLE: i128 = 1_000_000;

/// How much of a product was bought, and for how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goods {
    /// Which.
    pub product: ProductId,
    /// Its weight, in thousandths of a gram.
    pub milligrams: i128,
    /// What a unit costs.
    pub unit_price: Fen,
    /// What a unit weighs, in grams.
    pub unit_grams: i64,
}

/// Whether a quantity is so many times the last one.
#[must_use]
pub fn quantity_slipped(last: &Goods, this: &Goods, factor: i64) -> bool {
    factor > 1 && last.milligrams > 0 && this.milligrams >= last.milligrams * i128::from(factor)
}

/// Whether the price of a weight is so many times the last one, or so small a part of it.
#[must_use]
pub fn price_slipped(last: &Goods, this: &Goods, factor: i64) -> bool {
    // Both prices brought to the same weight, without rounding.
    let now = i128::from(this.unit_price.get()) * i128::from(last.unit_grams);
    let then = i128::from(last.unit_price.get()) * i128::from(this.unit_grams);
    let factor = i128::from(factor);
    factor > 1 && now > 0 && then > 0 && (now >= then * factor || then >= now * factor)
}

/// Whether a price is above so many times the median of like goods, or below the same part of it.
#[must_use]
pub fn unusual(price: Fen, median: Fen, factor: Ppm) -> bool {
    let (price, median, factor) = (i128::from(price.get()), i128::from(median.get()), i128::from(factor.0));
    factor >= WHOLE && median > 0 && (price * WHOLE > median * factor || price * factor < median * WHOLE)
}

/// Whether an order was accepted, paid and rated on the day on which it was placed.
#[must_use]
pub fn same_day(placed: Day, accepted: &[At], paid: &[At], rated: Option<At>) -> bool {
    let then = |at: &At| at.day() == placed;
    accepted.iter().any(then) && paid.iter().any(then) && rated.is_some_and(|at| then(&at))
}

/// Whether who ordered accepted.
#[must_use]
pub fn orderer_accepted(orderer: UserId, acceptors: &[(UserId, At)]) -> bool {
    acceptors.iter().any(|(person, _)| *person == orderer)
}

/// When somebody first had both accepted an order and reported its payment.
#[must_use]
pub fn acceptor_paid(acceptors: &[(UserId, At)], payers: &[(UserId, At)]) -> Option<At> {
    let both = acceptors.iter().flat_map(|(acceptor, accepted)| {
        payers.iter().filter(move |(payer, _)| payer == acceptor).map(move |(_, paid)| *accepted.max(paid))
    });
    both.min()
}

/// Whether a supplier's part of what a unit spent in a year is above a share, once the unit spent enough to tell.
#[must_use]
pub fn above_share(part: Fen, whole: Fen, share: Ppm, least: Fen) -> bool {
    share.0 > 0
        && whole > Fen::ZERO
        && whole >= least
        && i128::from(part.get()) * WHOLE > i128::from(whole.get()) * i128::from(share.0)
}

/// An order of a unit to one supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Which.
    pub order: OrderId,
    /// On which day.
    pub day: Day,
    /// For how much.
    pub amount: Fen,
    /// What.
    pub goods: Vec<Goods>,
}

impl Placed {
    fn shares_goods(&self, other: &Placed) -> bool {
        self.goods.iter().any(|one| other.goods.iter().any(|two| one.product == two.product))
    }
}

/// Orders that lie below the approval band each and reach it together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The first of them, which names them all, and the others.
    pub orders: Vec<OrderId>,
    /// What they come to.
    pub sum: Fen,
    /// The day of the last.
    pub day: Day,
}

/// The orders, by one unit to one supplier and in the order of their placing, that were split under a band: each below it,
/// with goods of the first, within so many days from the first, and together at the band or above. An order belongs to one
/// group at most.
#[must_use]
pub fn splits(orders: &[Placed], days: i64, band: Fen) -> Vec<Split> {
    let mut found = Vec::new();
    if band <= Fen::ZERO || days < 1 {
        return found;
    }
    let mut left: Vec<&Placed> = orders.iter().filter(|order| order.amount < band).collect();
    while !left.is_empty() {
        let first = left.remove(0);
        let until = first.day.plus_days(days - 1);
        let (with, rest): (Vec<&Placed>, Vec<&Placed>) =
            left.iter().partition(|order| order.day <= until && order.shares_goods(first));
        let sum: i64 = std::iter::once(&first).chain(&with).map(|order| order.amount.get()).sum();
        if !with.is_empty() && sum >= band.get() {
            let orders: Vec<OrderId> = std::iter::once(&first).chain(&with).map(|order| order.order).collect();
            let day = with.last().map_or(first.day, |order| order.day);
            found.push(Split { orders, sum: Fen::new(sum), day });
            left = rest;
        }
    }
    found
}

/// Whether two orders have the same goods, in quantities that differ by no more than a part.
#[must_use]
pub fn similar(one: &[Goods], other: &[Goods], tolerance: Ppm) -> bool {
    let total = |goods: &[Goods], product| -> i128 {
        goods.iter().filter(|line| line.product == product).map(|line| line.milligrams).sum()
    };
    let matches = |goods: &Goods| {
        let (this, that) = (total(one, goods.product), total(other, goods.product));
        (this - that).abs() * WHOLE <= this.max(that) * i128::from(tolerance.0)
    };
    !one.is_empty() && one.iter().chain(other).all(matches)
}

/// Whether more was shipped in a year than is declared to be made in one.
#[must_use]
pub fn above_output(shipped_grams: i64, declared_kilograms: i64) -> bool {
    i128::from(shipped_grams) > i128::from(declared_kilograms) * 1_000
}

#[cfg(test)]
mod tests;
