//! Suppliers' points for a month, and the ladder that follows: warn, suspend, remove.
//!
//! A part is how many of so many were good. An aspect is the mean of its parts, each of which counts alike; parts of which
//! there was nothing in the month are left out, and so is an aspect without parts, whose weight goes to the others.

use crate::kernel::ids::RuleId;
use crate::kernel::money::{Overflow, ratio_half_up};
use crate::kernel::time::Day;

const WHOLE: i64 = 1_000_000;

crate::text_enum! {
    /// What a score is made of.
    ScoreAspect {
        /// 价格.
        Price "price"
        /// 质量.
        Quality "quality"
        /// 履约.
        Delivery "delivery"
    }
}

crate::text_enum! {
    /// A part of a score: how many of so many were good, in the month.
    ScorePart {
        /// 价格评价: stars given, of five a rating.
        PriceStars "price_stars"
        /// 未被价格提示: listings on sale without a price alert that ran in the month, of all listings with or without.
        PricesInOrder "prices_in_order"
        /// 质量评价: stars given, of five a rating.
        QualityStars "quality_stars"
        /// 验收合格: quantity accepted, of what was accepted or rejected (thousandths of a unit).
        Accepted "accepted"
        /// 检查合格: inspections passed, of those recorded.
        InspectionsPassed "inspections_passed"
        /// 无监督发现: orders less findings opened by offices or audits, or not answered by their last day; of orders.
        WithoutFinding "without_finding"
        /// 无属实投诉: orders less upheld complaints; of orders.
        WithoutComplaint "without_complaint"
        /// 履约评价: stars given, of five a rating.
        DeliveryStars "delivery_stars"
        /// 按时确认: orders confirmed, of those confirmed, declined or expired.
        Confirmed "confirmed"
        /// 按时发货: lines shipped by the day on which they were wanted, of lines shipped.
        ShippedInTime "shipped_in_time"
        /// 足量供货: quantity shipped, of what was shipped or written off as not coming (thousandths of a unit).
        ShippedInFull "shipped_in_full"
    }
}

impl ScorePart {
    /// What it belongs to.
    #[must_use]
    pub const fn aspect(self) -> ScoreAspect {
        use ScorePart as P;
        match self {
            P::PriceStars | P::PricesInOrder => ScoreAspect::Price,
            P::QualityStars | P::Accepted | P::InspectionsPassed | P::WithoutFinding | P::WithoutComplaint => {
                ScoreAspect::Quality
            }
            P::DeliveryStars | P::Confirmed | P::ShippedInTime | P::ShippedInFull => ScoreAspect::Delivery,
        }
    }
}

crate::text_enum! {
    /// A step of the ladder.
    ScoreStep {
        /// 预警.
        Warn "warn"
        /// 暂停.
        Suspend "suspend"
        /// 清退.
        Remove "remove"
    }
}

impl ScoreStep {
    const fn above(self) -> ScoreStep {
        match self {
            ScoreStep::Warn => ScoreStep::Suspend,
            ScoreStep::Suspend | ScoreStep::Remove => ScoreStep::Remove,
        }
    }
}

crate::text_enum! {
    /// Where a proposal stands.
    ProposalState {
        /// 待决定.
        Open "open"
        /// 已执行.
        CarriedOut "carried_out"
        /// 不予采取.
        Dismissed "dismissed"
        /// 已由后续建议取代.
        Superseded "superseded"
    }
}

/// How many of so many were good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// What.
    pub part: ScorePart,
    /// So many were good.
    pub good: i64,
    /// Of so many; 0 leaves the part out.
    pub of: i64,
}

impl Measured {
    /// So many less what was bad; never below none.
    #[must_use]
    pub fn without(part: ScorePart, of: i64, bad: i64) -> Measured {
        Measured { part, good: (of - bad).max(0), of }
    }
}

/// What an aspect weighs, by which rule row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AspectWeight {
    /// The aspect.
    pub aspect: ScoreAspect,
    /// Parts per million.
    pub ppm: i64,
    /// The rule row.
    pub rule: RuleId,
}

/// An aspect in parts per million, half-up; `None` without parts.
///
/// # Errors
/// [`Overflow`], which counts within their bounds never cause.
pub fn aspect_ppm(aspect: ScoreAspect, parts: &[Measured]) -> Result<Option<i64>, Overflow> {
    let mut counted: (i64, i64) = (0, 0);
    for one in parts.iter().filter(|one| one.part.aspect() == aspect && one.of > 0) {
        counted = (counted.0 + ratio_half_up(WHOLE, one.good, one.of)?, counted.1 + 1);
    }
    if counted.1 == 0 { Ok(None) } else { ratio_half_up(counted.0, 1, counted.1).map(Some) }
}

/// Points of a month, 0 to 100, half-up; `None` when no aspect that weighs anything has parts.
///
/// # Errors
/// [`Overflow`], which counts within their bounds never cause.
pub fn points(parts: &[Measured], weights: &[AspectWeight]) -> Result<Option<i64>, Overflow> {
    let (mut sum, mut weighed) = (0, 0);
    for weight in weights {
        if let Some(ppm) = aspect_ppm(weight.aspect, parts)? {
            sum += weight.ppm * ppm;
            weighed += weight.ppm;
        }
    }
    if weighed == 0 { Ok(None) } else { ratio_half_up(100, sum, weighed * WHOLE).map(Some) }
}

/// The points below which the steps of the ladder begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ladder {
    /// Below this: a warning at least.
    pub warn: i64,
    /// Below this: a suspension at least.
    pub suspend: i64,
    /// Below this: removal.
    pub remove: i64,
}

impl Ladder {
    /// The step that points alone lead to.
    #[must_use]
    pub const fn step(&self, points: i64) -> Option<ScoreStep> {
        match points {
            _ if points < self.remove => Some(ScoreStep::Remove),
            _ if points < self.suspend => Some(ScoreStep::Suspend),
            _ if points < self.warn => Some(ScoreStep::Warn),
            _ => None,
        }
    }
}

/// The step of the supplier's score before this one, and whether the operator dismissed what it proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepBefore {
    /// The step.
    pub step: ScoreStep,
    /// It came to nothing.
    pub dismissed: bool,
}

/// The step that follows: by the points, and one further than before for who was below already. What was dismissed is
/// proposed again rather than more. Who is not below any step begins anew.
#[must_use]
pub fn step_after(points: i64, ladder: &Ladder, before: Option<StepBefore>) -> Option<ScoreStep> {
    let by_points = ladder.step(points)?;
    let by_time = before.map(|before| if before.dismissed { before.step } else { before.step.above() });
    Some(by_time.map_or(by_points, |step| step.max(by_points)))
}

/// Whether a proposal may be carried out: when the supplier has answered, or its days to answer are over.
#[must_use]
pub fn may_carry_out(answered: bool, answer_by: Day, today: Day) -> bool {
    answered || answer_by < today
}

#[cfg(test)]
mod tests {
    use super::*;
    use ScorePart::{Accepted, Confirmed, PriceStars, QualityStars, ShippedInTime};

    fn weights() -> Vec<AspectWeight> {
        let of = |aspect, ppm| AspectWeight { aspect, ppm, rule: RuleId([0; 16]) };
        vec![of(ScoreAspect::Price, 300_000), of(ScoreAspect::Quality, 400_000), of(ScoreAspect::Delivery, 300_000)]
    }

    #[test]
    fn points_by_hand() {
        let of = |part, good, of| Measured { part, good, of };
        let table = [
            (vec![], None),
            (vec![of(PriceStars, 0, 0)], None),
            (vec![of(PriceStars, 25, 25), of(Accepted, 10, 10), of(Confirmed, 5, 5)], Some(100)),
            // Price 1, quality (1/2 + 1)/2 = 3/4, delivery 1/3: 30 + 30 + 10.
            (vec![of(PriceStars, 5, 5), of(QualityStars, 1, 2), of(Accepted, 7, 7), of(Confirmed, 1, 3)], Some(70)),
            // Without quality the others weigh one half each: 1/2 of 4/5 and of 1/5.
            (vec![of(PriceStars, 4, 5), of(ShippedInTime, 1, 5)], Some(50)),
            (vec![of(Accepted, 0, 9)], Some(0)),
            // 99.5 is 100.
            (vec![of(Accepted, 199, 200)], Some(100)),
            (vec![of(Accepted, 1989, 2000)], Some(99)),
        ];
        for (parts, expected) in table {
            assert_eq!(points(&parts, &weights()), Ok(expected), "{parts:?}");
        }
        assert_eq!(Measured::without(Accepted, 5, 7).good, 0);
    }

    #[test]
    fn the_ladder() {
        use ScoreStep::{Remove, Suspend, Warn};
        let ladder = Ladder { warn: 70, suspend: 50, remove: 30 };
        let before = |step| Some(StepBefore { step, dismissed: false });
        let dismissed = |step| Some(StepBefore { step, dismissed: true });
        let table = [
            (70, None, None),
            (70, before(Suspend), None),
            (69, None, Some(Warn)),
            (69, before(Warn), Some(Suspend)),
            (69, before(Suspend), Some(Remove)),
            (69, before(Remove), Some(Remove)),
            (69, dismissed(Suspend), Some(Suspend)),
            (49, None, Some(Suspend)),
            (49, before(Warn), Some(Suspend)),
            (29, None, Some(Remove)),
            (29, dismissed(Suspend), Some(Remove)),
        ];
        for (points, before, expected) in table {
            assert_eq!(step_after(points, &ladder, before), expected, "{points} {before:?}");
        }
    }

    #[test]
    fn a_supplier_has_its_days_to_answer() {
        let (last, after) = (Day::ymd(2021, 4, 16), Day::ymd(2021, 4, 17));
        for (answered, today, may) in [(false, last, false), (false, after, true), (true, last, true)] {
            assert_eq!(may_carry_out(answered, last, today), may);
        }
    }
}
