//! "Why is this not counted yet?" in words.

use super::{Counted, Terms};
use crate::kernel::error::Message;
use crate::kernel::money::Fen;
use crate::kernel::terms::Fund;

/// What of an order is under way, beyond its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Whether people of the unit have yet to approve it.
    pub unapproved: bool,
    /// Declined, cancelled or expired: nothing will ever count.
    pub dead: bool,
    /// Whether the supplier has confirmed.
    pub confirmed: bool,
    /// Lines on which goods are still to come, by place.
    pub open_lines: Vec<usize>,
    /// Lines as a person knows them: number and name.
    pub line_names: Vec<String>,
    /// Reported money that the supplier has neither confirmed nor denied, in fen.
    pub reported: Fen,
    /// Whether the order is rated.
    pub rated: bool,
    /// What the money is.
    pub fund: Fund,
    /// Whether the unit has an approved plan for the year in which the order counts, or would count today.
    pub plan_approved: bool,
}

/// A fact or a rule row that keeps an order from counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// A stable word.
    pub code: &'static str,
    /// The line it is about, by place.
    pub line: Option<usize>,
    /// The amount it is about, in fen.
    pub amount: Option<Fen>,
    /// The rule that asks for it.
    pub rule: Option<&'static str>,
    /// For a person.
    pub text: Message,
}

/// Every fact and rule row that is missing; empty when the order counts in full.
#[must_use]
pub fn explain(terms: &Terms, waiting: &Waiting, counted: &Counted) -> Vec<Missing> {
    if waiting.dead {
        let text = Message::new(
            "订单已取消、拒绝、驳回或过期，不计入",
            "The order was cancelled, declined, rejected or expired; it never counts",
        );
        return vec![Missing { code: "order_dead", line: None, amount: None, rule: None, text }];
    }
    let mut missing = Vec::new();
    if counted.completed.is_none() {
        missing_facts(terms, waiting, counted, &mut missing);
    } else {
        missing_money(counted, &mut missing);
    }
    missing_certificates(terms, waiting, counted, &mut missing);
    missing_rules(terms, waiting, &mut missing);
    missing
}

fn missing_facts(terms: &Terms, waiting: &Waiting, counted: &Counted, missing: &mut Vec<Missing>) {
    let mut add = |code, line, amount, rule, zh: String, en: String| {
        missing.push(Missing { code, line, amount, rule, text: Message::new(zh, en) });
    };
    if waiting.unapproved {
        let (zh, en) = ("订单尚未通过审批", "The order is not approved yet");
        add("not_approved", None, None, Some("approval_days"), zh.into(), en.into());
    }
    if !waiting.confirmed {
        let (zh, en) = ("供应商尚未确认订单", "The supplier has not confirmed the order");
        add("not_confirmed", None, None, Some("confirm_days"), zh.into(), en.into());
    }
    for line in &waiting.open_lines {
        let name = waiting.line_names.get(*line).map_or("", String::as_str);
        let zh = format!("“{name}”还有货未验收，也未作未到货结案");
        let en = format!("Goods of \"{name}\" are neither accepted nor closed short");
        add("line_open", Some(*line), None, None, zh, en);
    }
    if waiting.open_lines.is_empty() && counted.accepted.iter().all(|amount| amount.is_zero()) {
        let (zh, en) = ("没有验收合格并留用的货物", "No goods were accepted and kept");
        add("nothing_accepted", None, None, None, zh.into(), en.into());
    }
    let unpaid = counted.unpaid_goods();
    if !unpaid.is_zero() {
        let zh = format!("应付款尚差 {unpaid} 元；部分付款不构成完成");
        let en = format!("{unpaid} yuan is still to be paid; a part payment completes nothing");
        add("unpaid", None, Some(unpaid), Some("payment_days"), zh, en);
        if !waiting.reported.is_zero() {
            let zh = format!("已报告付款 {} 元，等待供应商确认", waiting.reported);
            let en = format!("{} yuan is reported as paid and waits for the supplier's confirmation", waiting.reported);
            add("payment_unconfirmed", None, Some(waiting.reported), Some("deemed_payment_days"), zh, en);
        }
    }
    if terms.rating_required && !waiting.rated {
        let (zh, en) = ("尚未评价", "The order is not rated");
        add("not_rated", None, None, Some("rating_required"), zh.into(), en.into());
    }
}

/// A completed order from which money was sent back counts only what is still paid.
fn missing_money(counted: &Counted, missing: &mut Vec<Missing>) {
    let unpaid = counted.unpaid_goods();
    if !unpaid.is_zero() {
        let text = Message::new(
            format!("付款退回后尚差 {unpaid} 元，这部分不计入"),
            format!("Money was sent back: {unpaid} yuan is unpaid and does not count"),
        );
        missing.push(Missing { code: "unpaid", line: None, amount: Some(unpaid), rule: Some("payment_days"), text });
    }
}

/// What met the product rule at placement by a certificate that was never valid.
fn missing_certificates(terms: &Terms, waiting: &Waiting, counted: &Counted, missing: &mut Vec<Missing>) {
    let lines = terms.qualifies.iter().zip(&counted.standings).enumerate();
    for (line, _) in lines.filter(|(_, (qualified, standing))| **qualified && !standing.counts_to_plan()) {
        let name = waiting.line_names.get(line).map_or("", String::as_str);
        let text = Message::new(
            format!("“{name}”的认定证书自始无效，不计入"),
            format!("The certificate of \"{name}\" was never valid; it does not count"),
        );
        missing.push(Missing {
            code: "certificate_annulled",
            line: Some(line),
            amount: None,
            rule: Some("quota_product_rule"),
            text,
        });
    }
}

/// Whether money of a fund counts to the plan: canteen, union and bound personal purchases.
#[must_use]
pub const fn fund_counts(fund: Fund) -> bool {
    matches!(fund, Fund::Canteen | Fund::Union | Fund::Personal)
}

fn missing_rules(terms: &Terms, waiting: &Waiting, missing: &mut Vec<Missing>) {
    let mut add = |code, line, rule, zh: String, en: String| {
        missing.push(Missing { code, line, amount: None, rule, text: Message::new(zh, en) });
    };
    for (line, _) in terms.qualifies.iter().enumerate().filter(|(_, qualifies)| !**qualifies) {
        let name = waiting.line_names.get(line).map_or("", String::as_str);
        let zh = format!("“{name}”下单时不符合计入预留份额的商品条件");
        let en = format!("\"{name}\" did not meet the product rule when the order was placed");
        add("line_not_qualifying", Some(line), Some("quota_product_rule"), zh, en);
    }
    if !fund_counts(waiting.fund) {
        let zh = "此项资金不计入预留份额（只计食堂经费、工会经费和绑定的个人采购）".to_owned();
        let en =
            "This fund does not count to the plan (only canteen, union and bound personal purchases do)".to_owned();
        add("fund_not_counted", None, None, zh, en);
    } else if !waiting.plan_approved {
        let zh = "单位当年的预留份额计划尚未核准，核准后计入".to_owned();
        let en = "The unit's plan of the year is not approved; the order counts once it is".to_owned();
        add("plan_not_approved", None, None, zh, en);
    }
}
