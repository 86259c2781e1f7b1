//! The reasons in words, Chinese and English.

use super::AnomalyKind;
use crate::kernel::error::Message;
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;

/// The numbers that a reason speaks of; which they are depends on the kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Words<'a> {
    /// What the goods are called.
    pub name: &'a str,
    /// The number at issue.
    pub value: i64,
    /// What it is compared with.
    pub compared: i64,
    /// The threshold.
    pub threshold: i64,
    /// How many.
    pub counted: i64,
    /// The day.
    pub day: Option<Day>,
    /// Whether an exception from the separation of duties was in force.
    pub excepted: bool,
}

/// A part per million as a percentage: `62.5%`.
fn percent(ppm: i64) -> String {
    let (whole, part) = (ppm / 10_000, format!("{:04}", ppm % 10_000));
    let part = part.trim_end_matches('0');
    if part.is_empty() { format!("{whole}%") } else { format!("{whole}.{part}%") }
}

/// Grams as kilograms: `12.5`.
fn kilograms(grams: i64) -> Quantity {
    Quantity::from_milli(grams)
}

/// A part of a whole as a percentage with two decimals, cut off.
fn part_of(part: i64, whole: i64) -> String {
    let hundredths = if whole > 0 { i128::from(part) * 10_000 / i128::from(whole) } else { 0 };
    percent(i64::try_from(hundredths * 100).unwrap_or(0))
}

/// Why something is unusual.
#[must_use]
pub fn reason(kind: AnomalyKind, words: &Words<'_>) -> Message {
    let Words { name, value, compared, threshold, counted, .. } = *words;
    let (this, other) = (Fen::new(value), Fen::new(compared));
    match kind {
        AnomalyKind::QuantitySlip => {
            let (this, other) = (kilograms(value), kilograms(compared));
            Message::new(
                format!("“{name}”本次订 {this} 千克，上次 {other} 千克，达到 {threshold} 倍，是否多写了一个零"),
                format!(
                    "\"{name}\": {this} kg now, {other} kg the last time, {threshold} times as much or more: a zero too many?"
                ),
            )
        }
        AnomalyKind::PriceSlip => Message::new(
            format!("“{name}”本次价格 {this} 元，上次 {other} 元，相差 {threshold} 倍以上，是否写错了小数点"),
            format!(
                "\"{name}\" costs {this} yuan now and {other} the last time, {threshold} times apart or more: a misplaced point?"
            ),
        ),
        AnomalyKind::UnusualPrice => {
            let above = value > compared;
            let (zh, en) = if above { ("高于", "above") } else { ("低于", "below") };
            let limit = percent(if above || threshold < 1 { threshold } else { 1_000_000_000_000 / threshold });
            Message::new(
                format!("“{name}”每公斤 {this} 元，{zh}同类商品（{counted} 个价格）中位价 {other} 元的 {limit}"),
                format!(
                    "\"{name}\" costs {this} yuan a kilogram, {en} {limit} of the median {other} of {counted} prices of like goods"
                ),
            )
        }
        _ => of_orders(kind, words),
    }
}

/// Why whole orders, suppliers and products are.
fn of_orders(kind: AnomalyKind, words: &Words<'_>) -> Message {
    let Words { name, value, compared, threshold, counted, day, excepted } = *words;
    let (this, other) = (Fen::new(value), Fen::new(compared));
    match kind {
        AnomalyKind::SameDay => {
            let day = day.map(|day| day.to_string()).unwrap_or_default();
            Message::new(
                format!("下单、验收、付款、评价都在 {day} 一天之内"),
                format!("Ordered, accepted, paid and rated on one day, {day}"),
            )
        }
        AnomalyKind::OrdererAccepted => {
            Message::new("下单人自己验收，不相容岗位未分开", "Who ordered accepted: the duties were not kept apart")
        }
        AnomalyKind::AcceptorPaid if excepted => Message::new(
            "验收人报告了付款，依主管单位准许的例外",
            "Who accepted reported the payment, under an exception that the supervising unit granted",
        ),
        AnomalyKind::AcceptorPaid => Message::new(
            "验收人报告了付款，当日没有例外准许",
            "Who accepted reported the payment, with no exception on that day",
        ),
        AnomalyKind::SupplierShare => {
            let (part, most) = (part_of(value, compared), percent(threshold));
            Message::new(
                format!("一家供应商 {this} 元，占单位年度采购额 {other} 元的 {part}，超过 {most}"),
                format!("One supplier has {this} of the unit's {other} yuan of the year: {part}, above {most}"),
            )
        }
        AnomalyKind::SplitOrders => {
            let band = Fen::new(threshold);
            Message::new(
                format!("{compared} 天之内向同一供应商订购相同商品 {counted} 笔，每笔低于 {band} 元，合计 {this} 元"),
                format!(
                    "{counted} orders of the same goods from one supplier within {compared} days, each below {band} yuan, come to {this} together"
                ),
            )
        }
        AnomalyKind::SimilarOrder => {
            let day = day.map(|day| day.to_string()).unwrap_or_default();
            Message::new(
                format!("{day} 已向同一供应商订过几乎相同的商品，是否重复下单"),
                format!("Nearly the same was ordered from this supplier on {day}: is this order a duplicate?"),
            )
        }
        AnomalyKind::AboveOutput => {
            let (shipped, declared) = (kilograms(value), kilograms(compared));
            Message::new(
                format!("“{name}”本年已发货 {shipped} 千克，超过申报年产量 {declared} 千克"),
                format!(
                    "\"{name}\": {shipped} kg were shipped this year, above the declared yearly output of {declared} kg"
                ),
            )
        }
        AnomalyKind::QuantitySlip | AnomalyKind::PriceSlip | AnomalyKind::UnusualPrice => reason(kind, words),
    }
}
