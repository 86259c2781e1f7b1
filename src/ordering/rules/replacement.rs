//! 换货: rejected goods that are asked for once more, and what becomes of it.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::quantity::Quantity;

crate::text_enum! {
    /// Where a replacement stands.
    ReplacementState {
        /// The supplier has not answered.
        Open "open"
        /// The supplier sends the goods again.
        Agreed "agreed"
        /// It does not.
        Refused "refused"
        /// The buyer took it back.
        Withdrawn "withdrawn"
    }
}

crate::text_enum! {
    /// What the supplier answers.
    ReplacementDecision {
        /// The goods are sent again.
        Agree "agree"
        /// They are not.
        Refuse "refuse"
    }
}

/// What happens to a replacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplacementEvent {
    /// The supplier answers.
    Answered(ReplacementDecision),
    /// The buyer takes it back.
    Withdraw,
}

/// Why a replacement is not asked for, or does not move as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplacementRefusal {
    /// It was answered or taken back before.
    Ended(ReplacementState),
    /// A refusal says why.
    NoReason,
    /// The order counts as completed.
    Completed,
    /// What was called off and rejected may be called off again.
    CalledOff,
    /// More than was rejected and is not asked for yet.
    Exceeds {
        /// What may be asked for.
        open: Quantity,
    },
}

impl From<ReplacementRefusal> for AppError {
    fn from(refusal: ReplacementRefusal) -> AppError {
        match refusal {
            ReplacementRefusal::Ended(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            ReplacementRefusal::NoReason => {
                let message = Message::new("不同意须写明原因", "a refusal needs a reason");
                AppError::field(Code::ValidationFailed, "/reason", message)
            }
            ReplacementRefusal::Completed => AppError::new(Code::WrongState)
                .detail("订单已完成并计入，请另行下单", "The order is completed and counts: order the goods anew"),
            ReplacementRefusal::CalledOff => AppError::new(Code::WrongState).detail(
                "框架协议项下被拒收的数量可重新叫货，不作换货",
                "What was called off and rejected may be called off again; it is not replaced",
            ),
            ReplacementRefusal::Exceeds { open } => {
                let message = Message::new(
                    format!("该行可换货的数量为 {open}"),
                    format!("{open} of the line were rejected and may be replaced"),
                );
                AppError::field(Code::QuantityExceeded, "/quantity", message).with("open", open.to_string())
            }
        }
    }
}

/// The next state, or why the event does not fit.
///
/// # Errors
/// [`ReplacementRefusal::Ended`], [`ReplacementRefusal::NoReason`].
pub fn next(
    state: ReplacementState,
    event: ReplacementEvent,
    says_why: bool,
) -> Result<ReplacementState, ReplacementRefusal> {
    use ReplacementDecision as D;
    use ReplacementEvent as E;
    match event {
        _ if state != ReplacementState::Open => Err(ReplacementRefusal::Ended(state)),
        E::Answered(D::Agree) => Ok(ReplacementState::Agreed),
        E::Answered(D::Refuse) if says_why => Ok(ReplacementState::Refused),
        E::Answered(D::Refuse) => Err(ReplacementRefusal::NoReason),
        E::Withdraw => Ok(ReplacementState::Withdrawn),
    }
}

/// Whether an order's rejected goods may be replaced at all.
///
/// # Errors
/// [`ReplacementRefusal::Completed`], [`ReplacementRefusal::CalledOff`].
pub fn may_be(completed: bool, called_off: bool) -> Result<(), ReplacementRefusal> {
    match (completed, called_off) {
        (true, _) => Err(ReplacementRefusal::Completed),
        (_, true) => Err(ReplacementRefusal::CalledOff),
        _ => Ok(()),
    }
}

/// Whether so much may be asked for: at most what was rejected and is not asked for yet.
///
/// # Errors
/// [`ReplacementRefusal::Exceeds`].
pub fn fits(rejected: Quantity, waiting: Quantity, asked: Quantity) -> Result<(), ReplacementRefusal> {
    let open = rejected.minus(waiting).unwrap_or_default();
    if asked > open { Err(ReplacementRefusal::Exceeds { open }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_every_event() {
        use ReplacementDecision::{Agree, Refuse};
        use ReplacementEvent::{Answered, Withdraw};
        use ReplacementState as S;
        let events = [Answered(Agree), Answered(Refuse), Withdraw];
        let table = [
            (S::Open, [Some(S::Agreed), Some(S::Refused), Some(S::Withdrawn)]),
            (S::Agreed, [None; 3]),
            (S::Refused, [None; 3]),
            (S::Withdrawn, [None; 3]),
        ];
        assert_eq!(table.map(|(state, _)| state), S::ALL);
        for (state, row) in table {
            for (event, want) in events.into_iter().zip(row) {
                assert_eq!(next(state, event, true), want.ok_or(ReplacementRefusal::Ended(state)), "{state} {event:?}");
            }
        }
        assert_eq!(next(S::Open, Answered(Refuse), false), Err(ReplacementRefusal::NoReason));
        assert_eq!(next(S::Open, Answered(Agree), false), Ok(S::Agreed));
    }

    #[test]
    fn what_may_be_replaced() {
        assert_eq!(may_be(false, false), Ok(()));
        assert_eq!(may_be(true, true), Err(ReplacementRefusal::Completed));
        assert_eq!(may_be(false, true), Err(ReplacementRefusal::CalledOff));
        let boxes = Quantity::units;
        for (rejected, waiting, asked, open) in
            [(3, 0, 3, None), (3, 1, 2, None), (3, 1, 3, Some(2)), (1, 3, 1, Some(0))]
        {
            let want = open.map_or(Ok(()), |open| Err(ReplacementRefusal::Exceeds { open: boxes(open) }));
            assert_eq!(fits(boxes(rejected), boxes(waiting), boxes(asked)), want, "{rejected} {waiting} {asked}");
        }
    }
}
