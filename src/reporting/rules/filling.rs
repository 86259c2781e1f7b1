//! Which lists of the fill campaign a unit stands on.

use crate::kernel::money::{Fen, Ppm};

crate::text_enum! {
    /// What a bureau goes after in a unit's plan of a year.
    FillingMark {
        /// 未填报: nothing was ever submitted.
        NotFilled "not_filled"
        /// 已退回: it was returned and not submitted again.
        Returned "returned"
        /// 待审核: it waits for a review.
        InReview "in_review"
        /// 逾期填报: it was first submitted after the deadline.
        Late "late"
        /// 低于下限: the share in force, or before one is in force the share filed, lies below the floor of the year.
        BelowFloor "below_floor"
        /// 未启动: it reserved and has ordered nothing.
        NotStarted "not_started"
    }
}

impl FillingMark {
    /// What it is called.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            FillingMark::NotFilled => "未填报",
            FillingMark::Returned => "已退回",
            FillingMark::InReview => "待审核",
            FillingMark::Late => "逾期填报",
            FillingMark::BelowFloor => "低于下限",
            FillingMark::NotStarted => "未启动",
        }
    }
}

/// Where a plan stands that was filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// Being filled.
    Open {
        /// Whether it was returned.
        returned: bool,
        /// Whether it was submitted before.
        submitted: bool,
    },
    /// Under review.
    InReview,
    /// Approved.
    Approved,
}

/// A unit's plan, as far as the lists follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    /// Where it stands.
    pub stands: Stands,
    /// Whether it was first submitted after the deadline.
    pub late: bool,
    /// The canteen's share and what it reserves.
    pub canteen: Option<(Ppm, Fen)>,
    /// The union's share, where the floor of units without a canteen binds it.
    pub union: Option<Ppm>,
    /// Reserved by figures in force.
    pub reserved: Fen,
    /// Ordered.
    pub ordered: Fen,
}

/// The floors of a unit's year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FloorsOfYear {
    /// Of the canteen total.
    pub canteen: Ppm,
    /// Of union funds, for units without a canteen.
    pub union: Ppm,
    /// Not below what was reserved the year before, where the rule says so.
    pub last_year: Option<Fen>,
}

/// The lists that a unit stands on; none when its plan is filled, approved, in time, high enough and begun.
#[must_use]
pub fn marks(filed: Option<&Filed>, floors: &FloorsOfYear) -> Vec<FillingMark> {
    let Some(filed) = filed else { return vec![FillingMark::NotFilled] };
    let mut marks = Vec::new();
    match filed.stands {
        Stands::Open { returned: true, .. } => marks.push(FillingMark::Returned),
        Stands::Open { submitted: false, .. } => marks.push(FillingMark::NotFilled),
        // An amendment that is being written: what was approved is in force.
        Stands::Open { .. } | Stands::Approved => {}
        Stands::InReview => marks.push(FillingMark::InReview),
    }
    if filed.late {
        marks.push(FillingMark::Late);
    }
    let below = filed.canteen.is_some_and(|(ratio, reserved)| {
        ratio < floors.canteen || floors.last_year.is_some_and(|least| reserved < least)
    });
    if below || filed.union.is_some_and(|ratio| ratio < floors.union) {
        marks.push(FillingMark::BelowFloor);
    }
    if !filed.reserved.is_zero() && filed.ordered.is_zero() {
        marks.push(FillingMark::NotStarted);
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;
    use FillingMark::{BelowFloor, InReview, Late, NotFilled, NotStarted, Returned};

    #[test]
    fn the_lists_of_every_plan() {
        let floors = FloorsOfYear { canteen: Ppm(100_000), union: Ppm(200_000), last_year: Some(Fen::new(500)) };
        let good = Filed {
            stands: Stands::Approved,
            late: false,
            canteen: Some((Ppm(100_000), Fen::new(500))),
            union: None,
            reserved: Fen::new(500),
            ordered: Fen::new(1),
        };
        let open = |returned, submitted| Stands::Open { returned, submitted };
        let table = [
            (good, vec![]),
            (Filed { stands: open(false, false), reserved: Fen::ZERO, ..good }, vec![NotFilled]),
            (Filed { stands: open(true, true), ..good }, vec![Returned]),
            // An amendment under way of a plan in force.
            (Filed { stands: open(false, true), ..good }, vec![]),
            (Filed { stands: Stands::InReview, late: true, ..good }, vec![InReview, Late]),
            (Filed { canteen: Some((Ppm(99_999), Fen::new(500))), ..good }, vec![BelowFloor]),
            (Filed { canteen: Some((Ppm(150_000), Fen::new(499))), ..good }, vec![BelowFloor]),
            (Filed { canteen: None, union: Some(Ppm(199_999)), ..good }, vec![BelowFloor]),
            (Filed { canteen: None, union: Some(Ppm(200_000)), ..good }, vec![]),
            (Filed { ordered: Fen::ZERO, ..good }, vec![NotStarted]),
            (Filed { ordered: Fen::ZERO, reserved: Fen::ZERO, ..good }, vec![]),
        ];
        for (filed, want) in table {
            assert_eq!(marks(Some(&filed), &floors), want, "{filed:?}");
        }
        assert_eq!(marks(None, &floors), [NotFilled]);
    }
}
