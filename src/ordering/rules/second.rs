//! 验收双人制: from which amount on a second person has to confirm an acceptance, and who may answer.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::UserId;
use crate::kernel::money::Fen;

crate::text_enum! {
    /// Where an acceptance that needs a second person stands.
    SecondState {
        /// The second person has not answered; nothing is accepted.
        Open "open"
        /// Confirmed, and thereby recorded.
        Confirmed "confirmed"
        /// Declined by the second person, or taken back by the first, or by others once both have left.
        Declined "declined"
    }
}

crate::text_enum! {
    /// What is answered to an acceptance that needs a second person.
    SecondDecision {
        /// It is so: the acceptance is recorded.
        Confirm "confirm"
        /// It is not so, or is taken back: nothing is accepted.
        Decline "decline"
    }
}

/// Why the answer does not stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondRefusal {
    /// It was answered before.
    Answered(SecondState),
    /// Only the person named may confirm.
    NotTheSecond,
    /// A decline says why.
    NoReason,
}

impl From<SecondRefusal> for AppError {
    fn from(refusal: SecondRefusal) -> AppError {
        match refusal {
            SecondRefusal::Answered(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            SecondRefusal::NotTheSecond => AppError::new(Code::SeparationOfDuties)
                .detail("须由所指明的第二验收人本人确认", "The second person who was named has to confirm"),
            SecondRefusal::NoReason => {
                let message = Message::new("不确认须写明原因", "a decline needs a reason");
                AppError::field(Code::ValidationFailed, "/reason", message)
            }
        }
    }
}

/// Whether an order of this amount needs a second person; `from_fen` is the rule's amount, 0 for never. The whole order is
/// looked at, so that no delivery in parts goes round it.
#[must_use]
pub fn needed(ordered: Fen, from_fen: i64) -> bool {
    from_fen > 0 && ordered.get() >= from_fen
}

/// What comes of an answer: the second person confirms or declines, the first may only take it back. Once both have left, anybody who
/// accepts there may take it back.
///
/// # Errors
/// [`SecondRefusal`].
pub fn answered(
    state: SecondState,
    (first, second, left): (UserId, UserId, bool),
    by: UserId,
    decision: SecondDecision,
    says_why: bool,
) -> Result<SecondState, SecondRefusal> {
    if state != SecondState::Open {
        return Err(SecondRefusal::Answered(state));
    }
    match decision {
        SecondDecision::Confirm if by == second && by != first => Ok(SecondState::Confirmed),
        SecondDecision::Decline if by != second && by != first && !left => Err(SecondRefusal::NotTheSecond),
        SecondDecision::Decline if !says_why => Err(SecondRefusal::NoReason),
        SecondDecision::Decline => Ok(SecondState::Declined),
        SecondDecision::Confirm => Err(SecondRefusal::NotTheSecond),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_which_amount() {
        for (ordered, from, want) in
            [(100, 0, false), (0, 0, false), (99, 100, false), (100, 100, true), (101, 100, true)]
        {
            assert_eq!(needed(Fen::new(ordered), from), want, "{ordered} {from}");
        }
    }

    #[test]
    fn who_answers_what() {
        use SecondDecision::{Confirm, Decline};
        use SecondState::{Confirmed, Declined, Open};
        let [first, second, other] = [1, 2, 3].map(|n| UserId([n; 16]));
        let table = [
            (Open, second, Confirm, false, Ok(Confirmed)),
            (Open, first, Confirm, true, Err(SecondRefusal::NotTheSecond)),
            (Open, other, Confirm, true, Err(SecondRefusal::NotTheSecond)),
            (Open, second, Decline, true, Ok(Declined)),
            (Open, second, Decline, false, Err(SecondRefusal::NoReason)),
            (Open, first, Decline, true, Ok(Declined)),
            (Open, other, Decline, true, Err(SecondRefusal::NotTheSecond)),
            (Confirmed, second, Confirm, true, Err(SecondRefusal::Answered(Confirmed))),
            (Declined, second, Confirm, true, Err(SecondRefusal::Answered(Declined))),
        ];
        for (state, by, decision, why, want) in table {
            assert_eq!(
                answered(state, (first, second, false), by, decision, why),
                want,
                "{state:?} {by:?} {decision:?}"
            );
        }
        assert_eq!(answered(Open, (first, first, false), first, Confirm, true), Err(SecondRefusal::NotTheSecond));
        // Nobody of the two is there any more.
        let table = [
            (Open, Decline, true, Ok(Declined)),
            (Open, Decline, false, Err(SecondRefusal::NoReason)),
            (Open, Confirm, true, Err(SecondRefusal::NotTheSecond)),
            (Declined, Decline, true, Err(SecondRefusal::Answered(Declined))),
        ];
        for (state, decision, why, want) in table {
            assert_eq!(answered(state, (first, second, true), other, decision, why), want, "{state:?} {decision:?}");
        }
    }
}
