//! Complaints (投诉): received, accepted, verified, decided, replied.

use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::time::Day;

/// How many complaints about one supplier may be open from one source; a good one is not lost, for each is looked into.
pub const MOST_OPEN_COMPLAINTS: i64 = 3;

crate::text_enum! {
    /// Who complained.
    ComplaintOrigin {
        /// 公众.
        Public "public"
        /// 采购单位, about an order of its own.
        Buyer "buyer"
    }
}

crate::text_enum! {
    /// Where a complaint stands.
    ComplaintState {
        /// 已收到，待受理.
        Received "received"
        /// 已受理，核查中.
        Accepted "accepted"
        /// 已核查，待作出决定.
        Verified "verified"
        /// 已作出决定，待答复.
        Decided "decided"
        /// 已答复.
        Replied "replied"
    }
}

impl ComplaintState {
    /// Whether a deadline runs.
    #[must_use]
    pub const fn runs(self) -> bool {
        matches!(self, ComplaintState::Received | ComplaintState::Accepted | ComplaintState::Verified)
    }
}

crate::text_enum! {
    /// What was decided about a complaint.
    ComplaintOutcome {
        /// 属实.
        Upheld "upheld"
        /// 不属实，或不予受理.
        Dismissed "dismissed"
    }
}

crate::text_enum! {
    /// What an office does with a complaint.
    ComplaintEvent {
        /// 受理.
        Accept "accept"
        /// 移交上级.
        HandUp "hand_up"
        /// 核查.
        Verify "verify"
        /// 认定属实.
        Uphold "uphold"
        /// 认定不属实; of what was only received: 不予受理.
        Dismiss "dismiss"
        /// 答复.
        Reply "reply"
    }
}

/// Where a complaint stands after an event; `None` when its state does not allow it.
#[must_use]
pub const fn complaint_next(state: ComplaintState, event: ComplaintEvent) -> Option<ComplaintState> {
    use ComplaintEvent as E;
    use ComplaintState as S;
    match (state, event) {
        (S::Received, E::Accept) => Some(S::Accepted),
        (S::Received | S::Accepted | S::Verified, E::HandUp) => Some(state),
        (S::Accepted, E::Verify) => Some(S::Verified),
        (S::Verified, E::Uphold) | (S::Received | S::Verified, E::Dismiss) => Some(S::Decided),
        (S::Decided, E::Reply) => Some(S::Replied),
        _ => None,
    }
}

/// Whether the office is late on a day.
#[must_use]
pub fn complaint_overdue(state: ComplaintState, due_on: Option<Day>, today: Day) -> bool {
    state.runs() && due_on.is_some_and(|due| due < today)
}

/// Only what was found to be so is put right.
///
/// # Errors
/// `validation_failed` at the finding.
pub fn may_open_finding(event: ComplaintEvent, wanted: bool) -> Result<(), AppError> {
    if !wanted || event == ComplaintEvent::Uphold {
        return Ok(());
    }
    let message = Message::new("只有属实的投诉才能转整改", "only a complaint that is upheld opens a finding");
    Err(AppError::invalid(vec![FieldError::new("/finding", Code::ValidationFailed.as_str(), message)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ComplaintEvent::{Accept, Dismiss, HandUp, Reply, Uphold, Verify};
    use ComplaintState::{Accepted, Decided, Received, Replied, Verified};

    #[test]
    fn the_whole_table() {
        let events = [Accept, HandUp, Verify, Uphold, Dismiss, Reply];
        assert_eq!(events.as_slice(), ComplaintEvent::ALL);
        let table = [
            (Received, [Some(Accepted), Some(Received), None, None, Some(Decided), None]),
            (Accepted, [None, Some(Accepted), Some(Verified), None, None, None]),
            (Verified, [None, Some(Verified), None, Some(Decided), Some(Decided), None]),
            (Decided, [None, None, None, None, None, Some(Replied)]),
            (Replied, [None; 6]),
        ];
        assert_eq!(table.len(), ComplaintState::ALL.len());
        for (state, row) in table {
            assert_eq!(events.map(|event| complaint_next(state, event)), row, "{state}");
        }
    }

    #[test]
    fn a_decided_complaint_is_never_late() {
        let (last, after) = (Day::ymd(2021, 3, 10), Day::ymd(2021, 3, 11));
        let table = [
            (Received, Some(last), last, false),
            (Received, Some(last), after, true),
            (Verified, Some(last), after, true),
            (Decided, Some(last), after, false),
            (Accepted, None, after, false),
        ];
        for (state, due, today, expected) in table {
            assert_eq!(complaint_overdue(state, due, today), expected, "{state} {today}");
        }
    }

    #[test]
    fn only_an_upheld_complaint_opens_a_finding() {
        for (event, wanted, allowed) in [(Uphold, true, true), (Dismiss, true, false), (Dismiss, false, true)] {
            assert_eq!(may_open_finding(event, wanted).is_ok(), allowed);
        }
    }
}
