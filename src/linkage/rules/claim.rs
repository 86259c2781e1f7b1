//! Which claims stand: one household may have several suppliers and kinds, but the same kind in a year only from one supplier.

use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::ids::OrgId;
use std::collections::BTreeSet;

crate::text_enum! {
    /// Where a list of households stands.
    HouseholdListStatus {
        /// It is the product's list of the year.
        Standing "standing"
        /// A later edition stands instead.
        Replaced "replaced"
        /// The yearly re-check rejected it.
        Rejected "rejected"
    }
}

crate::text_enum! {
    /// Whether a row of a list counts.
    ClaimState {
        /// It counts.
        Counts "counts"
        /// An office decided that another supplier's claim stands.
        Overruled "overruled"
        /// Its list no longer stands.
        Fallen "fallen"
    }
}

crate::text_enum! {
    /// Where a double claim stands.
    DoubleClaimStatus {
        /// It waits for an office; until then each side's amounts count, the household once.
        Open "open"
        /// One supplier's claim stands, the others' do not count.
        Settled "settled"
        /// Only one supplier claims the household still.
        Ended "ended"
    }
}

crate::text_enum! {
    /// What the yearly re-check of a list came to.
    HouseholdCheckResult {
        /// 属实.
        Confirmed "confirmed"
        /// 不属实: the list no longer counts.
        Rejected "rejected"
    }
}

/// An office's decision about a double claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Whose claim stands.
    pub stands: OrgId,
    /// The suppliers between whom that was decided.
    pub between: BTreeSet<OrgId>,
}

/// Where a double claim stands between the suppliers that claim the household now. A decision holds for who was heard: when
/// another supplier claims the household as well, or the one whose claim stands does no longer, it is open again.
#[must_use]
pub fn double_claim(sides: &BTreeSet<OrgId>, settled: Option<&Settled>) -> DoubleClaimStatus {
    if sides.len() < 2 {
        return DoubleClaimStatus::Ended;
    }
    let holds = |settled: &Settled| sides.contains(&settled.stands) && sides.is_subset(&settled.between);
    if settled.is_some_and(holds) { DoubleClaimStatus::Settled } else { DoubleClaimStatus::Open }
}

/// Whether a decision outlasts a change: while the supplier whose claim stands claims the household, nobody who was overruled
/// undoes it by leaving and coming back.
#[must_use]
pub fn outlasts(status: DoubleClaimStatus, sides: &BTreeSet<OrgId>, settled: Option<&Settled>) -> bool {
    let Some(settled) = settled else { return false };
    match status {
        DoubleClaimStatus::Settled => true,
        DoubleClaimStatus::Ended => sides.len() == 1 && sides.contains(&settled.stands),
        DoubleClaimStatus::Open => false,
    }
}

/// Whether a supplier's claim counts in a standing list.
#[must_use]
pub fn claim_state(status: DoubleClaimStatus, settled: Option<&Settled>, org: OrgId) -> ClaimState {
    match (status, settled) {
        (DoubleClaimStatus::Settled, Some(settled)) if settled.stands != org => ClaimState::Overruled,
        _ => ClaimState::Counts,
    }
}

/// Why a decision is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Who decides belongs to an organisation that it concerns.
    Party,
    /// A side lies outside the office's region: the office above both decides.
    Beyond,
    /// The state does not allow it.
    State(&'static str),
    /// The year has not begun.
    Year,
    /// More households were checked than the list has.
    Checked(i64),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::Party => AppError::new(Code::SeparationOfDuties)
                .detail("本人是有关主体的成员，应当回避", "you belong to an organisation that this is about"),
            Refusal::Beyond => AppError::new(Code::Forbidden).detail(
                "另一方不在本地区，由共同的上级部门裁定",
                "a side lies outside your region: the office above both decides",
            ),
            Refusal::State(state) => AppError::new(Code::WrongState).with("state", state),
            Refusal::Year => {
                let message = Message::new("年度尚未开始", "the year has not begun");
                AppError::invalid(vec![FieldError::new("/year", "too_large", message)])
            }
            Refusal::Checked(households) => {
                let message = Message::new(
                    format!("名单只有 {households} 户"),
                    format!("is more than the list's {households} households"),
                );
                AppError::invalid(vec![FieldError::new("/checked_households", "too_large", message)])
            }
        }
    }
}

/// A list is of a year that has begun.
///
/// # Errors
/// When it has not.
pub fn check_year(year: i64, this_year: i64) -> Result<(), Refusal> {
    if year <= this_year { Ok(()) } else { Err(Refusal::Year) }
}

/// Whether a list may be checked: while it stands, and of at most its households.
///
/// # Errors
/// Why not.
pub fn may_check(status: HouseholdListStatus, households: i64, checked: i64) -> Result<(), Refusal> {
    if status != HouseholdListStatus::Standing {
        return Err(Refusal::State(status.as_str()));
    }
    if checked > households { Err(Refusal::Checked(households)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DoubleClaimStatus::{Ended, Open, Settled as Done};

    fn orgs(numbers: &[u8]) -> BTreeSet<OrgId> {
        numbers.iter().map(|n| OrgId([*n; 16])).collect()
    }
    fn settled(stands: u8, between: &[u8]) -> Option<Settled> {
        Some(Settled { stands: OrgId([stands; 16]), between: orgs(between) })
    }

    #[test]
    fn a_decision_holds_between_who_was_heard() {
        let table = [
            (orgs(&[]), None, Ended),
            (orgs(&[1]), None, Ended),
            (orgs(&[1, 2]), None, Open),
            (orgs(&[1, 2]), settled(1, &[1, 2]), Done),
            // A third claims it as well.
            (orgs(&[1, 2, 3]), settled(1, &[1, 2]), Open),
            // One of three has gone: the decision holds. The one whose claim stands has gone: it does not.
            (orgs(&[1, 3]), settled(1, &[1, 2, 3]), Done),
            (orgs(&[2, 3]), settled(1, &[1, 2, 3]), Open),
            (orgs(&[2]), settled(1, &[1, 2]), Ended),
        ];
        for (sides, decision, status) in table {
            assert_eq!(double_claim(&sides, decision.as_ref()), status, "{sides:?} {decision:?}");
        }
    }

    #[test]
    fn only_a_settled_claim_is_overruled() {
        let decision = settled(1, &[1, 2]);
        for (status, org, state) in [
            (Open, 2, ClaimState::Counts),
            (Ended, 2, ClaimState::Counts),
            (Done, 2, ClaimState::Overruled),
            (Done, 1, ClaimState::Counts),
        ] {
            assert_eq!(claim_state(status, decision.as_ref(), OrgId([org; 16])), state, "{status} {org}");
        }
    }

    #[test]
    fn only_a_standing_list_is_checked() {
        use HouseholdListStatus as S;
        for (status, checked, allowed) in
            [(S::Standing, 5, true), (S::Standing, 6, false), (S::Replaced, 1, false), (S::Rejected, 1, false)]
        {
            assert_eq!(may_check(status, 5, checked).is_ok(), allowed, "{status} {checked}");
        }
        assert!(check_year(2021, 2021).is_ok() && check_year(2022, 2021).is_err());
    }
}
