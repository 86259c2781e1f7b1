//! Pure decisions about bulletins: their way to publication, who takes which step, whom to urge.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::UserId;
use crate::kernel::money::{Fen, Overflow, ratio_half_up};
use crate::kernel::time::Day;

crate::text_enum! {
    /// Where a bulletin stands.
    BulletinState {
        /// 起草.
        Draft "draft"
        /// 已签批.
        Signed "signed"
        /// 已印发.
        Published "published"
        /// 已作废, before it was published.
        Discarded "discarded"
    }
}

/// What happens to a bulletin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// 签批.
    Sign,
    /// 印发, with a number.
    Publish,
    /// 作废.
    Discard,
}

/// Where a bulletin stands after an event; `None` when its standing does not allow it.
#[must_use]
pub const fn next(state: BulletinState, event: Event) -> Option<BulletinState> {
    use BulletinState as S;
    match (state, event) {
        (S::Draft, Event::Sign) => Some(S::Signed),
        (S::Signed, Event::Publish) => Some(S::Published),
        (S::Draft | S::Signed, Event::Discard) => Some(S::Discarded),
        _ => None,
    }
}

/// Who drafts never signs.
///
/// # Errors
/// `separation_of_duties`.
pub fn may_sign(who: UserId, drafted_by: UserId) -> Result<(), AppError> {
    if who == drafted_by {
        let (zh, en) = ("起草人不得签批自己起草的通报", "who drafted a bulletin does not sign it");
        return Err(AppError::new(Code::SeparationOfDuties).detail(zh, en));
    }
    Ok(())
}

/// A bulletin says what was known at the end of a day, so that the day must be over: nothing of it changes afterwards.
///
/// # Errors
/// `validation_failed`.
pub fn day_is_over(as_of: Day, today: Day) -> Result<(), AppError> {
    if as_of >= today {
        let message =
            Message::new("截止日须早于今日：当日数据尚未定", "must be before today, whose figures still change");
        return Err(AppError::field(Code::ValidationFailed, "/as_of", message));
    }
    Ok(())
}

/// A correction looks at a later day than what it corrects.
///
/// # Errors
/// `validation_failed`.
pub fn is_later(as_of: Day, corrected: Day) -> Result<(), AppError> {
    if as_of <= corrected {
        let zh = format!("更正的截止日须晚于 {corrected}");
        return Err(AppError::field(
            Code::ValidationFailed,
            "/as_of",
            Message::new(zh, format!("must be after {corrected}")),
        ));
    }
    Ok(())
}

crate::text_enum! {
    /// Which products count to a plan.
    ProductRule {
        /// Of an 832 county.
        Eligible "eligible"
        /// With a certificate in force at placement.
        Certified "certified"
        /// One of the two.
        Either "either"
        /// Both.
        Both "both"
    }
}

crate::text_enum! {
    /// 催办事由: why a unit is urged; the first that fits.
    UrgeCause {
        /// 未填报或未核准: no plan of the year is in force.
        NoPlan "no_plan"
        /// 未预留: its plan reserves nothing though it could.
        NothingReserved "nothing_reserved"
        /// 未启动: it reserved and has ordered nothing.
        NotStarted "not_started"
        /// 进度落后: less is completed than the part of the year that is over asks for.
        Behind "behind"
    }
}

impl UrgeCause {
    /// The cause for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            UrgeCause::NoPlan => ("尚无核准的预留份额计划", "no approved plan"),
            UrgeCause::NothingReserved => ("尚未预留份额", "nothing reserved"),
            UrgeCause::NotStarted => ("已预留但尚未启动采购", "reserved, but nothing ordered yet"),
            UrgeCause::Behind => ("采购进度落后于序时进度", "behind the pace of the year"),
        }
    }
}

/// A unit's year, as far as urging it follows from it.
#[derive(Debug, Clone, Copy)]
pub struct UnitYear {
    /// Whether figures of a plan are in force.
    pub planned: bool,
    /// Whether its plan could reserve something and does not.
    pub not_reserved: bool,
    /// Reserved, in fen.
    pub reserved: Fen,
    /// Ordered, in fen.
    pub ordered: Fen,
    /// Completed, in fen.
    pub completed: Fen,
}

/// 序时进度: what would be completed by a day at an even pace through the year, half-up to the fen. Before the year nothing, after
/// it everything.
///
/// # Errors
/// [`Overflow`].
pub fn expected(reserved: Fen, year: i64, as_of: Day) -> Result<Fen, Overflow> {
    let (first, last) = (Day::first_of_year(year), Day::last_of_year(year));
    let days = last.epoch_days() - first.epoch_days() + 1;
    let over = (as_of.epoch_days() - first.epoch_days() + 1).clamp(0, days);
    ratio_half_up(reserved.get(), over, days).map(Fen::new)
}

/// Why a unit is urged on a day; `None` when nothing is to be urged.
///
/// # Errors
/// [`Overflow`].
pub fn cause(unit: &UnitYear, year: i64, as_of: Day) -> Result<Option<UrgeCause>, Overflow> {
    if !unit.planned {
        return Ok(Some(UrgeCause::NoPlan));
    }
    if unit.not_reserved {
        return Ok(Some(UrgeCause::NothingReserved));
    }
    if unit.reserved.is_zero() {
        return Ok(None);
    }
    if unit.ordered.is_zero() {
        return Ok(Some(UrgeCause::NotStarted));
    }
    Ok((unit.completed < expected(unit.reserved, year, as_of)?).then_some(UrgeCause::Behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use BulletinState::{Discarded, Draft, Published, Signed};

    #[test]
    fn the_whole_table() {
        let table = [
            (Draft, [Some(Signed), None, Some(Discarded)]),
            (Signed, [None, Some(Published), Some(Discarded)]),
            (Published, [None; 3]),
            (Discarded, [None; 3]),
        ];
        for (state, row) in table {
            assert_eq!([Event::Sign, Event::Publish, Event::Discard].map(|event| next(state, event)), row, "{state}");
        }
    }

    #[test]
    fn days_of_bulletins_and_corrections() {
        let (day, today) = (Day::ymd(2021, 12, 31), Day::ymd(2022, 1, 1));
        assert!(day_is_over(day, today).is_ok() && day_is_over(today, today).is_err());
        assert!(is_later(today, day).is_ok() && is_later(day, day).is_err());
    }

    #[test]
    fn whom_to_urge() {
        let middle = Day::ymd(2021, 7, 2);
        let unit = |planned, not_reserved, reserved, ordered, completed| UnitYear {
            planned,
            not_reserved,
            reserved: Fen::new(reserved),
            ordered: Fen::new(ordered),
            completed: Fen::new(completed),
        };
        // The 183rd of 365 days: 36500 × 183 ÷ 365 = 18300.
        assert_eq!(expected(Fen::new(36_500), 2021, middle), Ok(Fen::new(18_300)));
        assert_eq!(expected(Fen::new(100), 2021, Day::ymd(2022, 1, 15)), Ok(Fen::new(100)));
        assert_eq!(expected(Fen::new(100), 2021, Day::ymd(2020, 12, 31)), Ok(Fen::ZERO));
        let table = [
            (unit(false, true, 0, 0, 0), Some(UrgeCause::NoPlan)),
            (unit(true, true, 0, 0, 0), Some(UrgeCause::NothingReserved)),
            (unit(true, false, 0, 0, 0), None),
            (unit(true, false, 36_500, 0, 0), Some(UrgeCause::NotStarted)),
            (unit(true, false, 36_500, 1, 18_299), Some(UrgeCause::Behind)),
            (unit(true, false, 36_500, 1, 18_300), None),
        ];
        for (unit, want) in table {
            assert_eq!(cause(&unit, 2021, middle).unwrap(), want, "{unit:?}");
        }
    }
}
