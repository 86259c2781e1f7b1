//! What is flagged to the buyer of confirmed goods, and what the buyer may do about it.

use crate::kernel::quantity::Quantity;

crate::text_enum! {
    /// What happened to a certificate that a line froze at placement.
    FlagCause {
        /// 暂停.
        Suspended "suspended"
        /// 撤销.
        Revoked "revoked"
        /// 自始无效.
        Annulled "annulled"
    }
}

crate::text_enum! {
    /// What the buyer may do about flagged goods; in the order in which it is proposed.
    FlagRemedy {
        /// 取消未发货部分, freely: `POST /orders/{id}/cancellations`.
        Cancel "cancel"
        /// 等待: the suspension may end, and the goods come then.
        Wait "wait"
        /// 验收时拒收, with a reason: `POST /orders/{id}/acceptances`.
        Reject "reject"
        /// 未到货结案, once the day of delivery has passed: `POST /orders/{id}/short-closures`.
        CloseShort "close_short"
    }
}

/// A flagged line, as far as what the buyer may do follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flagged {
    /// What happened to the certificate.
    pub cause: FlagCause,
    /// Whether it ended for food safety.
    pub safety: bool,
    /// Goods that have not left.
    pub unshipped: Quantity,
    /// Whether the day of delivery has passed.
    pub overdue: bool,
}

/// What the buyer may do. What is on its way is judged at acceptance; a revocation lets the buyer out of a contract that was made
/// in good time only for food safety.
#[must_use]
pub fn remedies(of: Flagged) -> Vec<FlagRemedy> {
    let left = !of.unshipped.is_zero();
    let allowed = |remedy: &FlagRemedy| match remedy {
        FlagRemedy::Cancel => left && may_cancel(of),
        FlagRemedy::Wait => left && of.cause == FlagCause::Suspended,
        FlagRemedy::Reject => true,
        FlagRemedy::CloseShort => left && of.overdue,
    };
    FlagRemedy::ALL.iter().copied().filter(allowed).collect()
}

/// A buyer is let out of a contract by what ended for food safety, and by what was never what it was sold as.
const fn may_cancel(of: Flagged) -> bool {
    match of.cause {
        FlagCause::Suspended => false,
        FlagCause::Revoked => of.safety,
        FlagCause::Annulled => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FlagCause::{Annulled, Revoked, Suspended};
    use FlagRemedy::{Cancel, CloseShort, Reject, Wait};

    #[test]
    fn what_a_buyer_may_do() {
        let (some, none) = (Quantity::units(2), Quantity::units(0));
        let table: [(FlagCause, bool, Quantity, bool, &[FlagRemedy]); 8] = [
            (Suspended, false, some, false, &[Wait, Reject]),
            (Suspended, true, some, false, &[Wait, Reject]),
            (Suspended, false, some, true, &[Wait, Reject, CloseShort]),
            (Revoked, false, some, false, &[Reject]),
            (Revoked, true, some, false, &[Cancel, Reject]),
            (Revoked, true, none, true, &[Reject]),
            (Annulled, true, some, true, &[Cancel, Reject, CloseShort]),
            (Annulled, false, some, false, &[Cancel, Reject]),
        ];
        for (cause, safety, unshipped, overdue, want) in table {
            assert_eq!(remedies(Flagged { cause, safety, unshipped, overdue }), want, "{cause} {safety} {overdue}");
        }
    }
}
