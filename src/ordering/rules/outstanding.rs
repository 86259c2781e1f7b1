//! What keeps an order from completing, told from its sums alone: for lists of many orders.

use super::order::OrderState;
use crate::kernel::money::{Fen, Overflow};

crate::text_enum! {
    /// What an order waits for; declared from the first step to the last.
    OutstandingCause {
        /// People of the unit have not approved it.
        NotApproved "not_approved"
        /// The supplier has not confirmed it.
        NotConfirmed "not_confirmed"
        /// Goods are still to come or to be accepted.
        GoodsToCome "goods_to_come"
        /// 已验收未付款: accepted goods are not fully paid, or the supplier has not confirmed the payment.
        Unpaid "unpaid"
        /// 已付款未评价: it is paid and not rated.
        Unrated "unrated"
    }
}

/// The sums of an order that is not completed.
#[derive(Debug, Clone, Copy)]
pub struct Sums {
    /// Where it stands.
    pub state: OrderState,
    /// Ordered and not written off, in fen.
    pub ordered: Fen,
    /// Accepted and kept, in fen.
    pub kept: Fen,
    /// Paid and not refunded, in fen.
    pub paid: Fen,
    /// Whether it is rated.
    pub rated: bool,
    /// Whether it has to be.
    pub rating_required: bool,
}

/// What it waits for, and the amount that waits with it, in fen; `None` for an order of which nothing will ever count.
///
/// # Errors
/// [`Overflow`].
pub fn outstanding(sums: &Sums) -> Result<Option<(OutstandingCause, Fen)>, Overflow> {
    use OutstandingCause::{GoodsToCome, NotApproved, NotConfirmed, Unpaid, Unrated};
    Ok(match sums.state {
        OrderState::AwaitingApproval => Some((NotApproved, sums.ordered)),
        OrderState::Placed => Some((NotConfirmed, sums.ordered)),
        OrderState::Confirmed => Some((GoodsToCome, sums.ordered)),
        OrderState::Closed if sums.kept.is_zero() => None,
        OrderState::Closed if sums.paid < sums.kept => Some((Unpaid, sums.kept)),
        OrderState::Closed if sums.rating_required && !sums.rated => Some((Unrated, sums.kept)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use OutstandingCause::{GoodsToCome, NotApproved, NotConfirmed, Unpaid, Unrated};

    #[test]
    fn what_an_order_waits_for() {
        use OrderState::{AwaitingApproval, Cancelled, Closed, Confirmed, Lapsed, Placed, Rejected, Withdrawn};
        // state, kept, paid, rated, required
        let table = [
            (AwaitingApproval, 0, 0, false, true, Some((NotApproved, 900))),
            (Rejected, 0, 0, false, true, None),
            (Lapsed, 0, 0, false, true, None),
            (Withdrawn, 0, 0, false, true, None),
            (Placed, 0, 0, false, true, Some((NotConfirmed, 900))),
            (Confirmed, 300, 300, false, true, Some((GoodsToCome, 900))),
            (Closed, 0, 0, false, true, None),
            (Closed, 800, 799, true, true, Some((Unpaid, 800))),
            (Closed, 800, 800, false, true, Some((Unrated, 800))),
            (Closed, 800, 900, false, false, None),
            (Cancelled, 0, 0, false, true, None),
        ];
        for (state, kept, paid, rated, rating_required, want) in table {
            let sums = Sums {
                state,
                ordered: Fen::new(900),
                kept: Fen::new(kept),
                paid: Fen::new(paid),
                rated,
                rating_required,
            };
            assert_eq!(outstanding(&sums), Ok(want.map(|(cause, fen)| (cause, Fen::new(fen)))), "{sums:?}");
        }
    }
}
