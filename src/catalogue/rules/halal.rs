//! 清真: how a certificate of the attribute stands, and which are taken. The attribute is certified, never merely claimed: buyers
//! see it and search for it only while an office has accepted the paper and its days last.

use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::time::Day;

crate::text_enum! {
    /// How a certificate of the attribute stands.
    HalalState {
        /// Waits for the county's office.
        Filed "filed"
        /// Accepted; counts on its days.
        Certified "certified"
        /// Not accepted.
        Refused "refused"
        /// Taken back by the supplier before anybody decided.
        Withdrawn "withdrawn"
        /// Accepted, and ended before its last day.
        Revoked "revoked"
    }
}

crate::text_enum! {
    /// What an office decides about a filed certificate.
    HalalDecision {
        /// Accepted.
        Certify "certify"
        /// Not accepted; says why.
        Refuse "refuse"
    }
}

/// What happens to a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HalalEvent {
    /// The office accepts it.
    Certify,
    /// The office does not.
    Refuse,
    /// The supplier takes it back.
    Withdraw,
    /// The office ends it.
    Revoke,
}

impl From<HalalDecision> for HalalEvent {
    fn from(decision: HalalDecision) -> HalalEvent {
        match decision {
            HalalDecision::Certify => HalalEvent::Certify,
            HalalDecision::Refuse => HalalEvent::Refuse,
        }
    }
}

/// Why a certificate does not move as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HalalRefusal {
    /// Its state does not allow it.
    WrongState(HalalState),
    /// A refusal says why.
    NoReason,
    /// It ended while it waited.
    Over(Day),
}

impl From<HalalRefusal> for AppError {
    fn from(refusal: HalalRefusal) -> AppError {
        match refusal {
            HalalRefusal::WrongState(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            HalalRefusal::NoReason => {
                let message = Message::new("不予认可须写明原因", "a refusal needs a reason");
                AppError::field(Code::ValidationFailed, "/reason", message)
            }
            HalalRefusal::Over(day) => AppError::new(Code::Expired)
                .detail(format!("证书已于 {day} 到期"), format!("The certificate ended on {day}")),
        }
    }
}

/// Where an event leads.
///
/// # Errors
/// [`HalalRefusal::WrongState`].
pub fn next(state: HalalState, event: HalalEvent) -> Result<HalalState, HalalRefusal> {
    match (state, event) {
        (HalalState::Filed, HalalEvent::Certify) => Ok(HalalState::Certified),
        (HalalState::Filed, HalalEvent::Refuse) => Ok(HalalState::Refused),
        (HalalState::Filed, HalalEvent::Withdraw) => Ok(HalalState::Withdrawn),
        (HalalState::Certified, HalalEvent::Revoke) => Ok(HalalState::Revoked),
        (other, _) => Err(HalalRefusal::WrongState(other)),
    }
}

/// Where a decision of the office leads: what has ended is not accepted any more, and a refusal says why.
///
/// # Errors
/// [`HalalRefusal`].
pub fn decided(
    state: HalalState,
    decision: HalalDecision,
    (valid_until, today): (Day, Day),
    says_why: bool,
) -> Result<HalalState, HalalRefusal> {
    let after = next(state, decision.into())?;
    match decision {
        HalalDecision::Certify if valid_until < today => Err(HalalRefusal::Over(valid_until)),
        HalalDecision::Refuse if !says_why => Err(HalalRefusal::NoReason),
        _ => Ok(after),
    }
}

/// Whether days of a certificate are taken when it is filed: in order, and not over.
///
/// # Errors
/// `validation_failed` naming each day at fault.
pub fn check_days(from: Day, until: Day, today: Day) -> Result<(), AppError> {
    let mut wrong = Vec::new();
    if from > until {
        let message = Message::new("不能晚于有效期至", "must not lie after the last day");
        wrong.push(FieldError::new("/valid_from".to_owned(), "invalid", message));
    }
    if until < today {
        wrong.push(FieldError::new("/valid_until".to_owned(), "invalid", Message::new("已过期", "has passed")));
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::invalid(wrong)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_event() {
        use HalalEvent::{Certify, Refuse, Revoke, Withdraw};
        use HalalState::{Certified, Filed, Refused, Revoked, Withdrawn};
        assert_eq!([Filed, Certified, Refused, Withdrawn, Revoked], HalalState::ALL);
        for state in HalalState::ALL.iter().copied() {
            for event in [Certify, Refuse, Withdraw, Revoke] {
                let wanted = match (state, event) {
                    (Filed, Certify) => Ok(Certified),
                    (Filed, Refuse) => Ok(Refused),
                    (Filed, Withdraw) => Ok(Withdrawn),
                    (Certified, Revoke) => Ok(Revoked),
                    _ => Err(HalalRefusal::WrongState(state)),
                };
                assert_eq!(next(state, event), wanted, "{state} {event:?}");
            }
        }
    }

    #[test]
    fn what_has_ended_is_not_accepted_and_a_refusal_says_why() {
        use HalalDecision::{Certify, Refuse};
        let (until, day) = (Day::ymd(2021, 3, 1), |n| Day::ymd(2021, 3, n));
        let table = [
            (Certify, day(1), false, Ok(HalalState::Certified)),
            (Certify, day(2), false, Err(HalalRefusal::Over(until))),
            (Refuse, day(2), true, Ok(HalalState::Refused)),
            (Refuse, day(1), false, Err(HalalRefusal::NoReason)),
        ];
        for (decision, today, says_why, wanted) in table {
            assert_eq!(decided(HalalState::Filed, decision, (until, today), says_why), wanted, "{decision} {today}");
        }
    }

    #[test]
    fn days_of_a_filed_certificate() {
        let day = |n| Day::ymd(2021, 3, n);
        let table: [(i8, i8, &[&str]); 4] =
            [(1, 5, &[]), (5, 5, &[]), (6, 5, &["/valid_from"]), (4, 3, &["/valid_from", "/valid_until"])];
        for (from, until, wanted) in table {
            let error = check_days(day(from), day(until), day(5)).err();
            let named: Vec<String> =
                error.iter().flat_map(|error| error.parts().fields.iter().map(|field| field.pointer.clone())).collect();
            assert_eq!(named, wanted, "{from} {until}");
        }
    }
}
