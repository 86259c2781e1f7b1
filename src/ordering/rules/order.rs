//! The order as a state machine: state x event -> next state or a refusal.

use crate::kernel::error::{AppError, Code};
use crate::kernel::time::{At, Day};

crate::text_enum! {
    /// Where an order stands. Acceptance, invoice, payment and rating are facts beside it, in any order.
    OrderState {
        /// Quota and stock are held; people of the unit have to approve it, and its supplier knows nothing of it.
        AwaitingApproval "awaiting_approval"
        /// Placed; quota and stock are held; the supplier has not answered.
        Placed "placed"
        /// The supplier has confirmed.
        Confirmed "confirmed"
        /// The supplier has declined.
        Declined "declined"
        /// The supplier has not answered in time.
        Expired "expired"
        /// The buyer has cancelled.
        Cancelled "cancelled"
        /// Every line is closed.
        Closed "closed"
        /// Somebody refused to approve it; its supplier never knew of it. So with the two that follow.
        Rejected "rejected"
        /// It was not approved in time.
        Lapsed "lapsed"
        /// The buyer took it back before it was approved, or its goods may not be sold any more.
        Withdrawn "withdrawn"
    }
}

impl OrderState {
    /// Whether goods may still come or have come: neither declined, expired nor cancelled.
    #[must_use]
    pub const fn stands(self) -> bool {
        matches!(self, OrderState::AwaitingApproval | OrderState::Placed | OrderState::Confirmed | OrderState::Closed)
    }
    /// States of orders that stand.
    pub const STANDING: [OrderState; 4] =
        [OrderState::AwaitingApproval, OrderState::Placed, OrderState::Confirmed, OrderState::Closed];
    /// States of orders whose suppliers were not told of them.
    pub const UNTOLD: [OrderState; 4] =
        [OrderState::AwaitingApproval, OrderState::Rejected, OrderState::Lapsed, OrderState::Withdrawn];
    /// Whether the supplier was told of it: for the supplier's side an order begins with the last approval.
    #[must_use]
    pub const fn told(self) -> bool {
        !matches!(
            self,
            OrderState::AwaitingApproval | OrderState::Rejected | OrderState::Lapsed | OrderState::Withdrawn
        )
    }
}

/// What happens to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The last of those who have to approve does.
    Approve,
    /// One of them refuses.
    Reject,
    /// The supplier confirms.
    Confirm,
    /// The supplier declines.
    Decline,
    /// The deadline has passed unanswered.
    Expire,
    /// The buyer cancels.
    Cancel,
    /// The buyer cancels after a safety revocation, nothing being shipped yet.
    CancelUnsafe,
    /// The supplier ships.
    Ship,
    /// The buyer accepts or rejects.
    Accept,
    /// Accepted goods go back.
    Return,
    /// Goods that will not come are written off.
    ShortClose,
    /// The last line is closed.
    Finish,
    /// Rejected goods are owed once more.
    Reopen,
}

impl Event {
    /// Every event.
    pub const ALL: &'static [Event] = &[
        Event::Approve,
        Event::Reject,
        Event::Confirm,
        Event::Decline,
        Event::Expire,
        Event::Cancel,
        Event::CancelUnsafe,
        Event::Ship,
        Event::Accept,
        Event::Return,
        Event::ShortClose,
        Event::Finish,
        Event::Reopen,
    ];
}

/// Why an event does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The state does not allow the event.
    WrongState(OrderState),
    /// The time to confirm is over.
    TooLate,
    /// The fact is dated in the future or before the order.
    DayOutOfRange,
    /// The fact is dated before what it takes back.
    BeforeItsCause,
    /// The same person took the step before.
    SamePerson,
    /// Goods still expected: the buyer may write them off only after the delivery date.
    StillExpected,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::WrongState(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            Refusal::TooLate => {
                AppError::new(Code::Expired).detail("确认期限已过", "The time to confirm this order is over")
            }
            Refusal::DayOutOfRange => AppError::field(
                Code::ValidationFailed,
                "/occurred_on",
                crate::kernel::error::Message::new(
                    "日期不能早于下单日，也不能晚于今天",
                    "must lie between the day of the order and today",
                ),
            ),
            Refusal::BeforeItsCause => AppError::field(
                Code::ValidationFailed,
                "/occurred_on",
                crate::kernel::error::Message::new(
                    "不能早于其前提：验收不早于发货，退货不早于验收，退款不早于付款",
                    "must not lie before what it follows: the shipment of what is accepted, the acceptance of what is returned, the payment of what is refunded",
                ),
            ),
            Refusal::SamePerson => AppError::new(Code::SeparationOfDuties),
            Refusal::StillExpected => AppError::new(Code::NotCompletedYet).detail(
                "交货日期尚未过，采购方不能单方结案",
                "The delivery date has not passed; only the supplier may close these goods now",
            ),
        }
    }
}

/// The next state, or why the event does not fit.
///
/// # Errors
/// [`Refusal::WrongState`].
pub fn next(state: OrderState, event: Event) -> Result<OrderState, Refusal> {
    use Event as E;
    use OrderState as S;
    match (state, event) {
        (S::AwaitingApproval, E::Approve) => Ok(S::Placed),
        (S::AwaitingApproval, E::Reject) => Ok(S::Rejected),
        (S::AwaitingApproval, E::Expire) => Ok(S::Lapsed),
        (S::AwaitingApproval, E::Cancel) => Ok(S::Withdrawn),
        (S::Placed, E::Confirm) => Ok(S::Confirmed),
        (S::Placed, E::Decline) => Ok(S::Declined),
        (S::Placed, E::Expire) => Ok(S::Expired),
        (S::Placed, E::Cancel | E::CancelUnsafe) | (S::Confirmed, E::CancelUnsafe) => Ok(S::Cancelled),
        (S::Confirmed, E::Ship | E::Accept | E::Return | E::ShortClose) | (S::Confirmed | S::Closed, E::Reopen) => {
            Ok(S::Confirmed)
        }
        (S::Confirmed, E::Finish) => Ok(S::Closed),
        (S::Closed, E::Return) => Ok(S::Closed),
        (other, _) => Err(Refusal::WrongState(other)),
    }
}

/// Confirming ends with the deadline, whether or not the job that expires orders has run.
///
/// # Errors
/// [`Refusal::TooLate`] at the deadline and after it.
pub fn in_time(now: At, confirm_by: At) -> Result<(), Refusal> {
    if now >= confirm_by { Err(Refusal::TooLate) } else { Ok(()) }
}

/// A fact's own day lies between the order's day and today.
///
/// # Errors
/// [`Refusal::DayOutOfRange`].
pub fn fact_day(occurred_on: Day, placed_day: Day, today: Day) -> Result<Day, Refusal> {
    if occurred_on < placed_day || occurred_on > today { Err(Refusal::DayOutOfRange) } else { Ok(occurred_on) }
}

/// Goods are not accepted before the first of them were shipped, and what takes goods or money back is not dated before the
/// first of those goods was accepted, or the first money paid.
///
/// # Errors
/// [`Refusal::BeforeItsCause`].
pub fn not_before(occurred_on: Day, first: Option<Day>) -> Result<Day, Refusal> {
    if first.is_some_and(|first| occurred_on < first) { Err(Refusal::BeforeItsCause) } else { Ok(occurred_on) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        use OrderState as S;
        let states = [
            S::AwaitingApproval,
            S::Placed,
            S::Confirmed,
            S::Declined,
            S::Expired,
            S::Cancelled,
            S::Closed,
            S::Rejected,
            S::Lapsed,
            S::Withdrawn,
        ];
        assert_eq!(states, OrderState::ALL);
        // One row per event: where it leads from awaiting, placed, confirmed and closed. Nothing leads on from an end.
        type Row = (Event, [Option<OrderState>; 4]);
        let table: [Row; 13] = [
            (Event::Approve, [Some(S::Placed), None, None, None]),
            (Event::Reject, [Some(S::Rejected), None, None, None]),
            (Event::Confirm, [None, Some(S::Confirmed), None, None]),
            (Event::Decline, [None, Some(S::Declined), None, None]),
            (Event::Expire, [Some(S::Lapsed), Some(S::Expired), None, None]),
            (Event::Cancel, [Some(S::Withdrawn), Some(S::Cancelled), None, None]),
            (Event::CancelUnsafe, [None, Some(S::Cancelled), Some(S::Cancelled), None]),
            (Event::Ship, [None, None, Some(S::Confirmed), None]),
            (Event::Accept, [None, None, Some(S::Confirmed), None]),
            (Event::Return, [None, None, Some(S::Confirmed), Some(S::Closed)]),
            (Event::ShortClose, [None, None, Some(S::Confirmed), None]),
            (Event::Finish, [None, None, Some(S::Closed), None]),
            (Event::Reopen, [None, None, Some(S::Confirmed), Some(S::Confirmed)]),
        ];
        let column = |state| [S::AwaitingApproval, S::Placed, S::Confirmed, S::Closed].iter().position(|s| *s == state);
        assert_eq!(table.iter().map(|(event, _)| *event).collect::<Vec<_>>(), Event::ALL);
        for (event, row) in table {
            for state in states {
                let expected = column(state).and_then(|place| row[place]);
                let refused = Err(Refusal::WrongState(state));
                let wanted = if expected.is_none() { refused } else { expected.ok_or(Refusal::TooLate) };
                assert_eq!(next(state, event), wanted, "{state:?} {event:?}");
            }
        }
    }

    #[test]
    fn who_stands_and_who_is_told() {
        use OrderState as S;
        for state in S::ALL {
            let stands = matches!(state, S::AwaitingApproval | S::Placed | S::Confirmed | S::Closed);
            assert_eq!((state.stands(), S::STANDING.contains(state)), (stands, stands), "{state}");
            assert_eq!(S::UNTOLD.contains(state), !state.told(), "{state}");
        }
        // What the supplier was told of never becomes untold, and only an approval tells it.
        for state in S::ALL {
            for event in Event::ALL {
                let Ok(then) = next(*state, *event) else { continue };
                assert_eq!(then.told(), state.told() || *event == Event::Approve, "{state} {event:?}");
            }
        }
    }

    #[test]
    fn the_deadline_and_the_days_of_facts() {
        assert_eq!(in_time(At(9), At(10)), Ok(()));
        assert_eq!(in_time(At(10), At(10)), Err(Refusal::TooLate));
        let day = |d: i8| Day::ymd(2021, 3, d);
        let cases = [(1, false), (2, true), (5, true), (6, false)];
        for (occurred, allowed) in cases {
            assert_eq!(fact_day(day(occurred), day(2), day(5)).is_ok(), allowed, "{occurred}");
        }
        for (occurred, first, allowed) in [(3, Some(4), false), (4, Some(4), true), (5, Some(4), true), (3, None, true)]
        {
            assert_eq!(not_before(day(occurred), first.map(day)).is_ok(), allowed, "{occurred} {first:?}");
        }
    }
}
