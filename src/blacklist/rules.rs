//! Pure decisions of the blacklist: how long a cause lists, whether an entry counts, who may undo it and when to appeal.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::UserId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;

crate::text_enum! {
    /// Why a supplier is listed; the reasons for which a certificate ends.
    BlacklistCause {
        /// 食品安全问题.
        FoodSafety "food_safety"
        /// 质量不合格.
        Quality "quality"
        /// 价格明显高于同类.
        Price "price"
        /// 带贫机制落空.
        LinkageBroken "linkage_broken"
        /// 材料不实.
        DocumentsUntrue "documents_untrue"
        /// 不再生产.
        NoLongerProduced "no_longer_produced"
        /// 骗取认定.
        Fraud "fraud"
        /// 所依据的材料到期; lists nobody unless a rule row says so.
        DocumentsExpired "documents_expired"
        /// 其他, explained in the reason.
        Other "other"
    }
}

crate::text_enum! {
    /// Where an entry stands.
    BlacklistStatus {
        /// 列入.
        Listed "listed"
        /// 期满.
        Expired "expired"
        /// 移出: lifted by an office.
        Lifted "lifted"
        /// 撤销: an appeal was upheld, so that it never should have been.
        Annulled "annulled"
    }
}

crate::text_enum! {
    /// Where an appeal stands.
    AppealStatus {
        /// 待决定.
        Open "open"
        /// 申诉成立.
        Upheld "upheld"
        /// 申诉不成立.
        Dismissed "dismissed"
    }
}

crate::text_enum! {
    /// What is decided about an appeal.
    AppealDecision {
        /// 申诉成立: the entry is annulled.
        Uphold "uphold"
        /// 申诉不成立.
        Dismiss "dismiss"
    }
}

/// How long an entry lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Not at all.
    None,
    /// To this day, included.
    Until(Day),
    /// For good.
    Permanent,
}

/// The word of a rule row that lists for good.
const PERMANENT: &str = "permanent";

/// The term that a rule row gives from a day on; the first day is not counted. `None` for what is no term.
#[must_use]
pub fn term(value: &str, from: Day) -> Option<Term> {
    if value == PERMANENT {
        return Some(Term::Permanent);
    }
    let days: i64 = value.parse().ok()?;
    Some(if days > 0 { Term::Until(from.plus_days(days)) } else { Term::None })
}

/// Where an entry stands on a day.
#[must_use]
pub fn standing(status: BlacklistStatus, until: Option<Day>, today: Day) -> BlacklistStatus {
    if status == BlacklistStatus::Listed && until.is_some_and(|until| until < today) {
        return BlacklistStatus::Expired;
    }
    status
}

/// Whether an entry may still be lifted or appealed against.
///
/// # Errors
/// `wrong_state`, `expired`.
pub fn counts(status: BlacklistStatus) -> Result<(), AppError> {
    match status {
        BlacklistStatus::Listed => Ok(()),
        BlacklistStatus::Expired => {
            Err(AppError::new(Code::Expired).detail("列入期限已满", "the entry's days are over"))
        }
        BlacklistStatus::Lifted | BlacklistStatus::Annulled => {
            Err(AppError::new(Code::WrongState).detail("已移出黑名单", "the entry counts no more"))
        }
    }
}

/// What an office decided is undone by itself, by another of its region, or by one above.
///
/// # Errors
/// `forbidden`.
pub fn may_lift(office: &RegionCode, decided: &RegionCode) -> Result<(), AppError> {
    if office.contains(decided) {
        return Ok(());
    }
    Err(AppError::new(Code::Forbidden)
        .detail("由作出决定的机关或其上级移出", "the office that decided, or one above, lifts it"))
}

/// The regions whose office may decide about an appeal, the nearest first: those above who decided; above the province there
/// is none, and its own office decides by another person.
#[must_use]
pub fn appeal_region(decided: &RegionCode) -> RegionCode {
    decided.parent().unwrap_or(*decided)
}

/// Who decides about an appeal.
///
/// # Errors
/// `forbidden` for another office, `separation_of_duties` for who decided the entry or belongs to the supplier.
pub fn may_decide(
    office: (RegionCode, RegionCode),
    who: UserId,
    decided_entry: UserId,
    member: bool,
) -> Result<(), AppError> {
    let (own, asked) = office;
    if own != asked {
        return Err(AppError::new(Code::Forbidden).detail("由上一级机关决定", "the office one level above decides"));
    }
    if who == decided_entry || member { Err(Code::SeparationOfDuties.into()) } else { Ok(()) }
}

/// Whether an appeal is in time.
///
/// # Errors
/// `expired`.
pub fn in_time(appeal_until: Day, today: Day) -> Result<(), AppError> {
    if today <= appeal_until {
        return Ok(());
    }
    let (zh, en) = (format!("申诉期限至 {appeal_until}"), format!("appeals were taken until {appeal_until}"));
    Err(AppError::new(Code::Expired).detail(zh, en))
}

/// What an office's own decision must say.
///
/// # Errors
/// `validation_failed`.
pub fn check_term(until: Option<Day>, permanent: bool, today: Day) -> Result<(), AppError> {
    let wrong = |zh: &str, en: &str| Err(AppError::field(Code::ValidationFailed, "/until", Message::new(zh, en)));
    match until {
        Some(_) if permanent => wrong("永久列入不填截止日", "is not given with permanent"),
        Some(until) if until < today => wrong("截止日不得早于今日", "is over already"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use BlacklistStatus::{Annulled, Expired, Lifted, Listed};

    #[test]
    fn a_rule_row_gives_the_term() {
        let from = Day::ymd(2021, 3, 1);
        let table = [
            ("0", Some(Term::None)),
            ("1", Some(Term::Until(Day::ymd(2021, 3, 2)))),
            ("365", Some(Term::Until(Day::ymd(2022, 3, 1)))),
            ("permanent", Some(Term::Permanent)),
            ("for ever", None),
        ];
        for (value, want) in table {
            assert_eq!(term(value, from), want, "{value}");
        }
    }

    #[test]
    fn an_entry_ends_with_its_last_day() {
        let (last, after) = (Day::ymd(2021, 3, 2), Day::ymd(2021, 3, 3));
        let table = [
            (Listed, Some(last), last, Listed),
            (Listed, Some(last), after, Expired),
            (Listed, None, after, Listed),
            (Lifted, Some(last), after, Lifted),
            (Annulled, None, last, Annulled),
        ];
        for (status, until, today, want) in table {
            assert_eq!(standing(status, until, today), want, "{status} {until:?} {today}");
        }
        for (status, want) in [
            (Listed, None),
            (Expired, Some(Code::Expired)),
            (Lifted, Some(Code::WrongState)),
            (Annulled, Some(Code::WrongState)),
        ] {
            assert_eq!(counts(status).err().map(|error| error.code()), want);
        }
    }

    #[test]
    fn the_office_above_decides_an_appeal_by_another_person() {
        let region = |text: &str| text.parse::<RegionCode>().unwrap();
        for (decided, want) in [("640303", "640300"), ("640300", "640000"), ("640000", "640000")] {
            assert_eq!(appeal_region(&region(decided)), region(want));
        }
        let (one, two) = (UserId([1; 16]), UserId([2; 16]));
        let (asked, below) = (region("640300"), region("640303"));
        let table = [
            ((asked, asked), two, false, None),
            ((asked, asked), one, false, Some(Code::SeparationOfDuties)),
            ((asked, asked), two, true, Some(Code::SeparationOfDuties)),
            ((below, asked), two, false, Some(Code::Forbidden)),
            ((region("640000"), asked), two, false, Some(Code::Forbidden)),
        ];
        for (office, who, member, want) in table {
            assert_eq!(may_decide(office, who, one, member).err().map(|error| error.code()), want);
        }
        assert!(may_lift(&asked, &below).is_ok() && may_lift(&below, &asked).is_err());
    }

    #[test]
    fn days_of_appeals_and_of_own_terms() {
        let today = Day::ymd(2021, 3, 1);
        assert!(in_time(today, today).is_ok() && in_time(today.plus_days(-1), today).is_err());
        let table = [
            (None, false, true),
            (None, true, true),
            (Some(today), false, true),
            (Some(today), true, false),
            (Some(today.plus_days(-1)), false, false),
        ];
        for (until, permanent, right) in table {
            assert_eq!(check_term(until, permanent, today).is_ok(), right, "{until:?} {permanent}");
        }
    }
}
