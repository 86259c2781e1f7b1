//! Where a framework agreement stands, who may answer what, what a proposal must say, how much is left.

use super::term::TermCalendar;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::{ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;

crate::text_enum! {
    /// Who may call off.
    AgreementCoverage {
        /// Only who holds the agreement.
        Own "own"
        /// The holder, and units below it that are named.
        Listed "listed"
        /// The holder, and every unit below it on the day of the call-off.
        Below "below"
    }
}

crate::text_enum! {
    /// Where an agreement stands on a day.
    AgreementState {
        /// The other side has not answered.
        Proposed "proposed"
        /// It may be called off.
        InForce "in_force"
        /// The other side declined.
        Declined "declined"
        /// Its proposer took it back.
        Withdrawn "withdrawn"
        /// One side ended it, and the day has passed.
        Ended "ended"
        /// Its term has passed.
        Expired "expired"
    }
}

crate::text_enum! {
    /// What became of a revision.
    RevisionState {
        /// Waits for the other side.
        Proposed "proposed"
        /// Holds.
        InForce "in_force"
        /// A later one holds.
        Superseded "superseded"
        /// Declined by the other side.
        Declined "declined"
        /// Taken back by its proposer.
        Withdrawn "withdrawn"
    }
}

/// The longest term.
const LONGEST_DAYS: i64 = 3 * 366;

/// What both sides agree on.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FrameworkTerms {
    /// The first day on which goods may come.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// On which days.
    pub calendar: TermCalendar,
    /// How many days lie at least between notice and end.
    pub notice_days: i64,
    /// How it is delivered.
    pub delivery_terms: Option<String>,
    /// What is agreed on, by number.
    pub lines: Vec<FrameworkLine>,
}

/// A line of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FrameworkLine {
    /// Counted from 1; the same in every revision.
    pub line_no: i64,
    /// The listing.
    pub listing_id: ListingId,
    /// What is sold, as it was called then.
    pub name: String,
    /// What one unit of it is called.
    pub unit: String,
    /// Whether it is sold by weight.
    pub weighed: bool,
    /// The agreed price of a unit.
    pub unit_price_fen: Fen,
    /// How much may be called off in all.
    pub quantity: Quantity,
    /// How much each unit may call off at most.
    pub unit_quantity: Option<Quantity>,
}

/// Where an agreement stands: what is stored, and the days that have passed since. A proposal whose term has passed has expired too.
#[must_use]
pub fn standing(stored: AgreementState, until: Day, ends_on: Option<Day>, today: Day) -> AgreementState {
    match stored {
        AgreementState::InForce if ends_on.is_some_and(|end| end < today && end <= until) => AgreementState::Ended,
        AgreementState::InForce | AgreementState::Proposed if until < today => AgreementState::Expired,
        other => other,
    }
}

/// The refusal of what does not fit where an agreement stands.
#[must_use]
pub fn wrong_state(state: AgreementState) -> AppError {
    let (zh, en) = match state {
        AgreementState::Proposed => ("协议尚未生效", "The agreement is not in force yet"),
        AgreementState::InForce => ("没有待答复的提议", "Nothing waits for an answer"),
        AgreementState::Declined => ("协议已被拒绝", "The agreement was declined"),
        AgreementState::Withdrawn => ("协议提议已撤回", "The proposal was withdrawn"),
        AgreementState::Ended => ("协议已终止", "The agreement has ended"),
        AgreementState::Expired => ("协议期已过", "The agreement's term has passed"),
    };
    AppError::new(Code::WrongState).detail(zh, en).with("state", state.as_str())
}

/// A revision is answered by the side that did not propose it, and taken back by the one that did.
///
/// # Errors
/// `separation_of_duties` for the wrong side.
pub fn sides(proposer: OrgId, actor: OrgId, answers: bool) -> Result<(), AppError> {
    if (proposer == actor) != answers {
        return Ok(());
    }
    let (zh, en) = if answers {
        ("由对方答复", "The other side answers it")
    } else {
        ("只能撤回自己的提议", "Only who proposed it takes it back")
    };
    Err(AppError::new(Code::SeparationOfDuties).detail(zh, en))
}

fn wrong(pointer: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

/// What a term must look like; everything that is wrong at once.
#[must_use]
pub fn term_faults(terms: &FrameworkTerms, today: Day) -> Vec<AppError> {
    let mut faults = Vec::new();
    if terms.until < terms.from {
        faults.push(wrong("/until", "不得早于起始日", "must not be before the first day"));
    } else if terms.until < today {
        faults.push(wrong("/until", "协议期已过", "the term has passed"));
    } else if terms.until.epoch_days() - terms.from.epoch_days() >= LONGEST_DAYS {
        faults.push(wrong("/until", "协议期不得超过三年", "a term has three years at most"));
    }
    for (index, days) in terms.calendar.excluded.iter().enumerate() {
        if days.until < days.from {
            let pointer = format!("/calendar/excluded/{index}/until");
            faults.push(wrong(pointer, "不得早于第一天", "must not be before the first day"));
        }
    }
    faults
}

/// What a listing is sold for today, as far as an agreement asks.
#[derive(Debug, Clone, Copy)]
pub struct OnOffer {
    /// The price of a unit.
    pub price: Fen,
    /// Whether it is sold by weight.
    pub weighed: bool,
}

/// What a line must look like, where `asked` is what is new about it: a price above the listing's would need evidence like any raise.
#[must_use]
pub fn line_faults(line: &FrameworkLine, offer: OnOffer, new_price: bool, pointer: &str) -> Vec<AppError> {
    let mut faults = Vec::new();
    if new_price && line.unit_price_fen > offer.price {
        let now = offer.price;
        let zh = format!("协议价不得高于现价 {now} 元");
        let en = format!("an agreed price is not above the listing's, {now} yuan now");
        faults.push(wrong(format!("{pointer}/unit_price_fen"), zh, en));
    }
    let mut amount = |quantity: Quantity, field: &str| {
        let pointer = format!("{pointer}/{field}");
        if quantity.is_zero() {
            faults.push(wrong(pointer, "数量不能为零", "must not be zero"));
        } else if !offer.weighed && !quantity.is_whole() {
            let (zh, en) = Code::QuantityNotWhole.titles();
            faults.push(AppError::field(Code::QuantityNotWhole, pointer, Message::new(zh, en)));
        }
    };
    amount(line.quantity, "quantity");
    if let Some(each) = line.unit_quantity {
        amount(each, "unit_quantity");
        if each > line.quantity {
            let pointer = format!("{pointer}/unit_quantity");
            faults.push(wrong(pointer, "不得超过总量", "must not be more than the whole quantity"));
        }
    }
    faults
}

/// What of a line is used, in all and by the unit that asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// In all.
    pub whole: i64,
    /// By the unit.
    pub unit: i64,
}

/// What may still be called off, in thousandths: of the whole, and for the unit where there is a limit for each.
#[must_use]
pub fn left(line: &FrameworkLine, used: Used) -> Quantity {
    let whole = line.quantity.milli() - used.whole;
    let own = line.unit_quantity.map_or(whole, |each| each.milli() - used.unit);
    Quantity::from_milli(whole.min(own).max(0))
}

/// Whether a line has room for what is asked of it in one call-off, several deliveries together.
///
/// # Errors
/// `quantity_exceeded`, with what is left.
pub fn room(line: &FrameworkLine, used: Used, wanted: i64, pointer: &str) -> Result<(), AppError> {
    let left = left(line, used);
    if wanted <= left.milli() {
        return Ok(());
    }
    let message = Message::new(format!("协议余量 {left}"), format!("{left} of the agreement is left"));
    Err(AppError::field(Code::QuantityExceeded, pointer, message))
}

/// The last day that one side may name.
///
/// # Errors
/// `wrong_state` when it was ended before; a day that is too near or beyond the term.
pub fn ending(terms: &FrameworkTerms, ends_on: Option<Day>, wanted: Day, today: Day) -> Result<(), AppError> {
    if ends_on.is_some() {
        return Err(AppError::new(Code::WrongState).detail("已通知终止", "Notice was given already"));
    }
    let first = today.plus_days(terms.notice_days);
    if wanted < first {
        let zh = format!("须提前 {} 天通知，最早为 {first}", terms.notice_days);
        let en = format!("notice is given {} days before: {first} at the earliest", terms.notice_days);
        return Err(wrong("/ends_on", zh, en));
    }
    if wanted > terms.until {
        return Err(wrong("/ends_on", "协议期在此之前已结束", "the term is over before that day"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
