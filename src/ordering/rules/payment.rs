//! A reported payment as a state machine: reported, then confirmed, denied, or deemed received when nobody answers.

use crate::kernel::error::{AppError, Code};

crate::text_enum! {
    /// Where a reported payment stands.
    PaymentState {
        /// Reported by the buyer; counts nothing yet.
        Reported "reported"
        /// The supplier has the money: it counts.
        Confirmed "confirmed"
        /// With proof and not answered in time: it counts, flagged.
        Deemed "deemed"
        /// The supplier has no such money.
        Denied "denied"
    }
}

crate::text_enum! {
    /// The supplier's answer to a reported payment.
    PaymentDecision {
        /// The money is here.
        Confirm "confirm"
        /// It is not.
        Deny "deny"
    }
}

/// What happens to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentEvent {
    /// The supplier answers.
    Answered(PaymentDecision),
    /// The days to answer have passed.
    TimeOver,
}

/// What an event does to a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Where it stands afterwards.
    pub to: PaymentState,
    /// It begins to count.
    pub takes_effect: bool,
    /// It stops counting.
    pub reversed: bool,
}

/// The payment is not in a state for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongState(pub PaymentState);

impl From<WrongState> for AppError {
    fn from(refusal: WrongState) -> AppError {
        AppError::new(Code::WrongState).with("state", refusal.0.as_str())
    }
}

/// A denial after the payment was deemed received takes it back; a confirmation then only clears the flag.
///
/// # Errors
/// When the payment is answered already.
pub fn step(state: PaymentState, event: PaymentEvent, has_proof: bool) -> Result<Step, WrongState> {
    use PaymentDecision::{Confirm, Deny};
    use PaymentEvent::{Answered, TimeOver};
    use PaymentState as S;
    let (to, takes_effect, reversed) = match (state, event) {
        (S::Reported, Answered(Confirm)) => (S::Confirmed, true, false),
        (S::Reported, Answered(Deny)) => (S::Denied, false, false),
        (S::Reported, TimeOver) if has_proof => (S::Deemed, true, false),
        (S::Deemed, Answered(Confirm)) => (S::Confirmed, false, false),
        (S::Deemed, Answered(Deny)) => (S::Denied, false, true),
        _ => return Err(WrongState(state)),
    };
    Ok(Step { to, takes_effect, reversed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        use PaymentEvent::{Answered, TimeOver};
        use PaymentState as S;
        let step_to = |to, takes_effect, reversed| Some(Step { to, takes_effect, reversed });
        // One row per state: confirm, deny, time over with proof.
        let table = [
            (
                S::Reported,
                [step_to(S::Confirmed, true, false), step_to(S::Denied, false, false), step_to(S::Deemed, true, false)],
            ),
            (S::Confirmed, [None, None, None]),
            (S::Deemed, [step_to(S::Confirmed, false, false), step_to(S::Denied, false, true), None]),
            (S::Denied, [None, None, None]),
        ];
        assert_eq!(table.map(|(state, _)| state), S::ALL);
        for (state, row) in table {
            let events = [Answered(PaymentDecision::Confirm), Answered(PaymentDecision::Deny), TimeOver];
            for (event, want) in events.into_iter().zip(row) {
                assert_eq!(step(state, event, true).ok(), want, "{state} {event:?}");
            }
        }
        assert_eq!(step(S::Reported, TimeOver, false), Err(WrongState(S::Reported)));
    }
}
