//! What may be committed, and how a commitment goes from a declaration to what stands.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::OrgId;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;

crate::text_enum! {
    /// Where a commitment stands, by what was declared last.
    CommitmentState {
        /// 已报送: the office decides.
        Declared "declared"
        /// 退回: the organisation revises it, or withdraws what was never accepted.
        Returned "returned"
        /// 已受理.
        Accepted "accepted"
        /// 撤回.
        Withdrawn "withdrawn"
    }
}

crate::text_enum! {
    /// What an office decides.
    CommitmentVerdict {
        /// 受理: it stands from now on.
        Accept "accept"
        /// 退回: what was accepted before, if anything, goes on standing.
        Return "return"
    }
}

/// What happens to a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitmentEvent {
    /// The office decides.
    Decide(CommitmentVerdict),
    /// The organisation declares a further revision, also in the place of one that waits.
    Revise,
    /// The organisation takes back what was never accepted.
    Withdraw,
}

/// What is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentTerms {
    /// The first month of the year, from 1.
    pub from_month: i64,
    /// The last one.
    pub to_month: i64,
    /// How much at least, in fen.
    pub amount: Fen,
    /// Only goods that were produced in this region.
    pub region: Option<RegionCode>,
    /// Only goods of this supplier.
    pub supplier: Option<OrgId>,
}

/// Why a commitment is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommitmentRefusal {
    /// The state does not allow it.
    State(CommitmentState),
    /// Its year is over.
    YearOver(i64),
    /// A year that is neither this one nor the next.
    Year,
    /// The last month lies before the first one.
    Months,
    /// The last month is over.
    MonthOver,
    /// Both a region and a supplier.
    TwoScopes,
    /// To return it needs a reason.
    Reason,
    /// The same as stands already.
    Unchanged,
    /// Nobody decides about an organisation whose member he is.
    Member,
}

impl From<CommitmentRefusal> for AppError {
    fn from(refusal: CommitmentRefusal) -> AppError {
        let wrong =
            |pointer: &str, zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
        match refusal {
            CommitmentRefusal::State(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            CommitmentRefusal::YearOver(year) => AppError::new(Code::Expired).detail(
                format!("{year}年已结束，承诺不再变更"),
                format!("{year} is over: what was committed for it stays"),
            ),
            CommitmentRefusal::Year => wrong("/year", "只能是今年或明年", "must be this year or the next"),
            CommitmentRefusal::Months => wrong("/to_month", "不得早于起始月", "lies before the first month"),
            CommitmentRefusal::MonthOver => wrong("/to_month", "该月已结束", "is over already"),
            CommitmentRefusal::TwoScopes => {
                wrong("/supplier_id", "产地与供应商只限其一", "name a region or a supplier, not both")
            }
            CommitmentRefusal::Reason => wrong("/reason", "退回须写明理由", "to return it needs a reason"),
            CommitmentRefusal::Unchanged => {
                AppError::new(Code::ValidationFailed).detail("没有任何变更", "Nothing is changed")
            }
            CommitmentRefusal::Member => AppError::new(Code::SeparationOfDuties),
        }
    }
}

/// The next state. `accepted`: whether a revision was ever accepted.
///
/// # Errors
/// [`CommitmentRefusal::State`].
pub fn next(
    state: CommitmentState,
    event: CommitmentEvent,
    accepted: bool,
) -> Result<CommitmentState, CommitmentRefusal> {
    use CommitmentEvent as E;
    use CommitmentState as S;
    match (state, event) {
        (S::Declared, E::Decide(CommitmentVerdict::Accept)) => Ok(S::Accepted),
        (S::Declared, E::Decide(CommitmentVerdict::Return)) => Ok(S::Returned),
        (S::Declared | S::Returned | S::Accepted, E::Revise) => Ok(S::Declared),
        (S::Declared | S::Returned, E::Withdraw) if !accepted => Ok(S::Withdrawn),
        _ => Err(CommitmentRefusal::State(state)),
    }
}

/// Everything that is wrong with what is declared for a year, on a day.
#[must_use]
pub fn faults(year: i64, terms: &CommitmentTerms, today: Day) -> Vec<CommitmentRefusal> {
    let mut faults = Vec::new();
    if year < today.year() || year > today.year() + 1 {
        faults.push(CommitmentRefusal::Year);
    }
    if terms.to_month < terms.from_month {
        faults.push(CommitmentRefusal::Months);
    } else if year == today.year() && terms.to_month < today.month_number() {
        faults.push(CommitmentRefusal::MonthOver);
    }
    if terms.region.is_some() && terms.supplier.is_some() {
        faults.push(CommitmentRefusal::TwoScopes);
    }
    faults
}

/// A month of a year, `YYYY-MM`.
#[must_use]
pub fn month(year: i64, number: i64) -> String {
    format!("{year:04}-{number:02}")
}

/// The number of a month that was written so, from 1.
#[must_use]
pub fn month_number(month: &str) -> i64 {
    month.get(5..).and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use CommitmentEvent as E;
    use CommitmentState as S;

    #[test]
    fn every_state_and_event() {
        let (accept, sent_back) = (E::Decide(CommitmentVerdict::Accept), E::Decide(CommitmentVerdict::Return));
        let moves = [
            (S::Declared, accept, S::Accepted),
            (S::Declared, sent_back, S::Returned),
            (S::Declared, E::Revise, S::Declared),
            (S::Returned, E::Revise, S::Declared),
            (S::Accepted, E::Revise, S::Declared),
            (S::Declared, E::Withdraw, S::Withdrawn),
            (S::Returned, E::Withdraw, S::Withdrawn),
        ];
        for state in S::ALL {
            for event in [accept, sent_back, E::Revise, E::Withdraw] {
                for accepted in [false, true] {
                    let known = moves.iter().find(|(from, with, _)| from == state && *with == event);
                    let known = known.filter(|_| event != E::Withdraw || !accepted).map(|(.., to)| *to);
                    assert_eq!(
                        next(*state, event, accepted),
                        known.ok_or(CommitmentRefusal::State(*state)),
                        "{state} {event:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_commitment_is_for_months_that_are_not_over() {
        use CommitmentRefusal::{MonthOver, Months, TwoScopes, Year};
        let today = Day::ymd(2021, 3, 31);
        let terms = |from_month, to_month| CommitmentTerms {
            from_month,
            to_month,
            amount: Fen::new(1),
            region: None,
            supplier: None,
        };
        let table = [
            (2021, terms(1, 12), vec![]),
            (2021, terms(1, 3), vec![]),
            (2021, terms(1, 2), vec![MonthOver]),
            (2022, terms(1, 1), vec![]),
            (2021, terms(6, 5), vec![Months]),
            (2020, terms(1, 12), vec![Year]),
            (2023, terms(2, 1), vec![Year, Months]),
        ];
        for (year, terms, expected) in table {
            assert_eq!(faults(year, &terms, today), expected, "{year} {terms:?}");
        }
        let both =
            CommitmentTerms { region: Some("640422".parse().unwrap()), supplier: Some(OrgId([1; 16])), ..terms(1, 12) };
        assert_eq!(faults(2021, &both, today), [TwoScopes]);
        assert_eq!((month(2021, 3), month_number("2021-03")), ("2021-03".to_owned(), 3));
    }
}
