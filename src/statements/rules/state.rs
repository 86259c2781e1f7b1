//! A statement of account as a state machine: drafted and submitted by the supplier, matched by the buyer, then confirmed, or sent
//! back with its differences.

use crate::kernel::error::{AppError, Code};

crate::text_enum! {
    /// Where a statement of account stands.
    ReconciliationState {
        /// The supplier works on it; nobody else sees it.
        Draft "draft"
        /// The buyer is to match it with what it accepted.
        Submitted "submitted"
        /// Something differs; the supplier amends it, or submits it again.
        Differing "differing"
        /// 对账无误: both sides agree; what it states is frozen.
        Confirmed "confirmed"
        /// The supplier took it back; what it stated may be stated anew.
        Withdrawn "withdrawn"
    }
}

/// What happens to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The supplier states it anew.
    Amend,
    /// The supplier sends it to the buyer.
    Submit,
    /// The buyer agrees with every line, and the records say the same.
    Agree,
    /// The buyer or the records differ from a line.
    Differ,
    /// The supplier takes it back.
    Withdraw,
    /// The supplier files invoices for it.
    Invoice,
    /// The buyer, or who pays for it, reports a transfer for it.
    Pay,
}

/// The statement is not in a state for this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrongState(pub ReconciliationState);

impl From<WrongState> for AppError {
    fn from(refusal: WrongState) -> AppError {
        AppError::new(Code::WrongState).with("state", refusal.0.as_str())
    }
}

/// Where an event leads.
///
/// # Errors
/// [`WrongState`].
pub fn step(state: ReconciliationState, event: Event) -> Result<ReconciliationState, WrongState> {
    use ReconciliationState as S;
    Ok(match (state, event) {
        (S::Draft, Event::Amend) => S::Draft,
        (S::Differing, Event::Amend) | (S::Submitted, Event::Differ) => S::Differing,
        (S::Draft | S::Differing, Event::Submit) => S::Submitted,
        (S::Submitted, Event::Agree) | (S::Confirmed, Event::Invoice | Event::Pay) => S::Confirmed,
        (S::Draft | S::Submitted | S::Differing, Event::Withdraw) => S::Withdrawn,
        _ => return Err(WrongState(state)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        use ReconciliationState as S;
        let events =
            [Event::Amend, Event::Submit, Event::Agree, Event::Differ, Event::Withdraw, Event::Invoice, Event::Pay];
        // One row per state: amend, submit, agree, differ, withdraw, invoice, pay.
        let table = [
            (S::Draft, [Some(S::Draft), Some(S::Submitted), None, None, Some(S::Withdrawn), None, None]),
            (S::Submitted, [None, None, Some(S::Confirmed), Some(S::Differing), Some(S::Withdrawn), None, None]),
            (S::Differing, [Some(S::Differing), Some(S::Submitted), None, None, Some(S::Withdrawn), None, None]),
            (S::Confirmed, [None, None, None, None, None, Some(S::Confirmed), Some(S::Confirmed)]),
            (S::Withdrawn, [None; 7]),
        ];
        assert_eq!(table.map(|(state, _)| state), S::ALL);
        for (state, row) in table {
            for (event, want) in events.into_iter().zip(row) {
                assert_eq!(step(state, event), want.ok_or(WrongState(state)), "{state} {event:?}");
            }
        }
    }
}
