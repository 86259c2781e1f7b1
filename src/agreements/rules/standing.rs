//! Where a standing order stands, what becomes of its days, from when on it may be amended, and what a refusal says in words.

use super::recurrence::{Occurrence, Recurrence};
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::{ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::Day;

/// The longest time from a first to a last day.
const LONGEST_DAYS: i64 = 3 * 366;
/// How often the database may fail while a day is placed; after that it is missed.
pub const MOST_FAILURES: i64 = 8;
/// How many wrong fields a reason names.
const NAMED: usize = 5;

crate::text_enum! {
    /// Where a standing order stands.
    StandingOrderState {
        /// Its orders are placed.
        Active "active"
        /// Nothing is placed until it is resumed.
        Paused "paused"
        /// Its last day has passed.
        Ended "ended"
    }
}

crate::text_enum! {
    /// What became of a day.
    OccurrenceState {
        /// It was ordered.
        Placed "placed"
        /// It could not be ordered.
        Missed "missed"
        /// It was not to be ordered.
        Skipped "skipped"
    }
}

crate::text_enum! {
    /// Why a day was not to be ordered.
    SkipCause {
        /// Somebody left it out.
        Asked "asked"
        /// The standing order was paused on its order day.
        Paused "paused"
    }
}

/// What a standing order orders each time.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StandingTerms {
    /// What the money is.
    pub fund: Fund,
    /// Why it is bought.
    pub purpose: Purpose,
    /// Where the goods go; by the kind of buyer when not stated.
    pub channel: Option<Channel>,
    /// Who pays; the buyer when not stated.
    pub payer_id: Option<OrgId>,
    /// For 以购代捐: the selling households' organisation.
    pub beneficiary_id: Option<OrgId>,
    /// For 以购代捐: who gets the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<NamedRecipient>,
    /// Where.
    pub deliveries: Vec<StandingDelivery>,
    /// Agreed freight of a supplier's order.
    pub freights: Vec<StandingFreight>,
    /// What.
    pub lines: Vec<StandingLine>,
    /// When.
    pub calendar: Recurrence,
}

/// Where goods are wanted, each time.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingDelivery {
    /// The address.
    #[schema(max_length = 200, min_length = 1, format = "line", example = "银川市金凤区北京中路1号食堂")]
    pub address: String,
    /// The person who receives.
    #[schema(max_length = 50, min_length = 1, format = "line", example = "马师傅")]
    pub contact: String,
    /// How to reach that person.
    #[schema(max_length = 30, min_length = 5, format = "line", example = "0951-5000000")]
    pub phone: String,
    /// The time window.
    #[schema(max_length = 30, min_length = 1, format = "line", example = "08:00-10:00")]
    pub window: Option<String>,
}

/// Freight of a supplier's order, each time: payable beside the goods, in no quota and no volume.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StandingFreight {
    /// The supplier.
    pub supplier_id: OrgId,
    /// The amount.
    #[schema(value_type = i64, minimum = 0, maximum = 100_000_000)]
    pub freight_fen: Fen,
}

/// A line that is ordered each time.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct StandingLine {
    /// The listing.
    pub listing_id: ListingId,
    /// Where it is called off: the agreement's line.
    pub line_no: Option<i64>,
    /// Who sells it.
    pub supplier_id: OrgId,
    /// What is sold, as it was called then.
    pub name: String,
    /// What one unit of it is called.
    pub unit: String,
    /// How much.
    pub quantity: Quantity,
    /// Which of the deliveries, counted from 0.
    pub delivery_no: usize,
    /// The highest price of a unit at which it is ordered.
    pub most_fen: Option<Fen>,
}

/// Where a standing order stands on a day.
#[must_use]
pub fn standing_on(stored: StandingOrderState, ends_on: Day, today: Day) -> StandingOrderState {
    if ends_on < today { StandingOrderState::Ended } else { stored }
}

/// The refusal of what does not fit where a standing order stands.
#[must_use]
pub fn not_now(state: StandingOrderState) -> AppError {
    let (zh, en) = match state {
        StandingOrderState::Active => ("定期订单未暂停", "The standing order is not paused"),
        StandingOrderState::Paused => ("定期订单已暂停", "The standing order is paused already"),
        StandingOrderState::Ended => ("定期订单已结束", "The standing order has ended"),
    };
    AppError::new(Code::WrongState).detail(zh, en).with("state", state.as_str())
}

/// What is to be done about a day that nothing became of yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing yet.
    Later,
    /// It is not to be ordered.
    Skip(SkipCause),
    /// It is to be ordered, maybe late.
    Order,
    /// Its order day passed while nobody looked, and its delivery would be today or was before.
    Gone,
}

/// What matters about a day beside the calendar.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around {
    /// Since when the standing order is paused.
    pub paused_on: Option<Day>,
    /// Whether somebody left the day out.
    pub left_out: bool,
}

/// From which day on something is to be done about a day. While a standing order is paused its days wait for their order day to
/// pass, so that who resumes it on the same day misses nothing.
#[must_use]
pub fn look_on(one: &Occurrence, around: Around) -> Day {
    match around.paused_on {
        Some(_) if around.left_out => one.order_on,
        Some(since) if one.order_on >= since => one.order_on.plus_days(1),
        // Due before the pause, when nobody looked: it may still be placed late once the pause is over.
        Some(_) => one.order_on.max(one.delivery_on),
        None => one.order_on,
    }
}

/// What is to be done about a day today.
#[must_use]
pub fn due(one: &Occurrence, around: Around, today: Day) -> Due {
    if today < look_on(one, around) {
        return Due::Later;
    }
    if around.left_out {
        return Due::Skip(SkipCause::Asked);
    }
    if around.paused_on.is_some_and(|since| one.order_on >= since) {
        return Due::Skip(SkipCause::Paused);
    }
    if one.order_on < today && one.delivery_on <= today { Due::Gone } else { Due::Order }
}

fn wrong(pointer: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

/// What is wrong with the first and the last day.
#[must_use]
pub fn span_faults(from: Day, until: Day, today: Day) -> Vec<AppError> {
    let mut faults = Vec::new();
    if from < today {
        faults.push(wrong("/from", "不得早于今天", "must not be before today"));
    }
    faults.extend(last_day_fault(from, until));
    faults
}

/// What is wrong with a last day.
#[must_use]
pub fn last_day_fault(from: Day, until: Day) -> Option<AppError> {
    if until < from {
        return Some(wrong("/until", "不得早于起始日", "must not be before the first day"));
    }
    let long = until.epoch_days() - from.epoch_days() >= LONGEST_DAYS;
    long.then(|| wrong("/until", "定期订单不得超过三年", "a standing order has three years at most"))
}

/// What is wrong with the day from which an amendment holds: older days, and those that are ordered, are never touched.
#[must_use]
pub fn amendment_fault(from: Day, today: Day, latest: Day, ordered: Option<Day>) -> Option<AppError> {
    if from < today {
        return Some(wrong("/from", "不得早于今天", "must not be before today"));
    }
    if from < latest {
        let zh = format!("已有自 {latest} 起的安排，不得早于该日");
        let en = format!("what holds last begins on {latest}: not before that day");
        return Some(wrong("/from", zh, en));
    }
    let ordered = ordered.filter(|ordered| from <= *ordered)?;
    let zh = format!("{ordered} 及以前的已经下单，须晚于该日");
    let en = format!("what comes until {ordered} is ordered already: from a later day");
    Some(wrong("/from", zh, en))
}

/// What is wrong with the last day that somebody names to end a standing order.
#[must_use]
pub fn ending_fault(ends_on: Day, current: Day, today: Day) -> Option<AppError> {
    if ends_on < today {
        return Some(wrong("/ends_on", "不得早于今天", "must not be before today"));
    }
    (ends_on > current)
        .then(|| wrong("/ends_on", "定期订单在此之前已结束", "the standing order is over before that day"))
}

/// Quantities and places of a line.
#[must_use]
pub fn line_faults(quantity: Quantity, weighed: bool, place: (usize, usize), pointer: &str) -> Vec<AppError> {
    let mut faults = Vec::new();
    if quantity.is_zero() {
        faults.push(wrong(format!("{pointer}/quantity"), "数量不能为零", "must not be zero"));
    } else if !weighed && !quantity.is_whole() {
        let (zh, en) = Code::QuantityNotWhole.titles();
        faults.push(AppError::field(Code::QuantityNotWhole, format!("{pointer}/quantity"), Message::new(zh, en)));
    }
    let (delivery_no, deliveries) = place;
    if delivery_no >= deliveries {
        let (zh, en) = ("没有这个收货安排", "there is no such delivery");
        faults.push(wrong(format!("{pointer}/delivery_no"), zh, en));
    }
    faults
}

/// A price above the accepted one.
#[must_use]
pub fn price_fault(price: Fen, most: Option<Fen>, pointer: &str) -> Option<AppError> {
    most.filter(|most| price > *most)?;
    let message = Message::new(format!("现价 {price} 元"), format!("the price is now {price} yuan"));
    Some(AppError::field(Code::PriceChanged, format!("{pointer}/most_unit_price_fen"), message))
}

/// A field for which a day was missed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct OccurrenceFault {
    /// The field of the order, as a JSON pointer.
    pub pointer: String,
    /// What was wrong, as a stable word.
    pub code: String,
    /// In Chinese.
    pub detail_zh: String,
    /// In English.
    pub detail_en: String,
}

/// The fields that a refusal names.
#[must_use]
pub fn faults_of(error: &AppError) -> Vec<OccurrenceFault> {
    let fields = error.parts().fields.iter();
    fields
        .map(|field| OccurrenceFault {
            pointer: field.pointer.clone(),
            code: field.code.to_owned(),
            detail_zh: field.detail.zh.clone(),
            detail_en: field.detail.en.clone(),
        })
        .collect()
}

/// Whether a refusal is the order's own: another one of the server's may pass.
#[must_use]
pub fn refuses(error: &AppError) -> bool {
    error.code().status() < 500 && !error.parts().rerun
}

/// After how many milliseconds what failed so often is looked at again: a minute, then twice as long each time.
#[must_use]
pub fn patience_ms(failures: i64) -> i64 {
    60_000_i64 << failures.clamp(0, MOST_FAILURES)
}

/// A refusal in words, line by line.
#[must_use]
pub fn in_words(error: &AppError) -> Message {
    let (zh, en) = error.code().titles();
    let mut named: Vec<Message> = Vec::new();
    named.extend(error.parts().detail.clone());
    for field in error.parts().fields.iter().take(NAMED) {
        let mut parts = field.pointer.split('/').skip(1);
        let line: Option<usize> = (parts.next() == Some("lines")).then(|| parts.next()?.parse().ok()).flatten();
        let (detail_zh, detail_en) = (&field.detail.zh, &field.detail.en);
        named.push(match line {
            // The title says it.
            Some(index) if detail_zh == zh => {
                Message::new(format!("第 {} 行", index + 1), format!("line {}", index + 1))
            }
            Some(index) => {
                Message::new(format!("第 {} 行，{detail_zh}", index + 1), format!("line {}, {detail_en}", index + 1))
            }
            None => field.detail.clone(),
        });
    }
    named.dedup();
    named.retain(|message| message.zh != zh);
    if named.is_empty() {
        return Message::new(zh, en);
    }
    let all_zh: Vec<&str> = named.iter().map(|message| message.zh.as_str()).collect();
    let all_en: Vec<&str> = named.iter().map(|message| message.en.as_str()).collect();
    Message::new(format!("{zh}：{}", all_zh.join("；")), format!("{en}: {}", all_en.join("; ")))
}

#[cfg(test)]
mod tests;
