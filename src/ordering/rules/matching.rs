//! 三单匹配: order, receipt and invoice side by side, line by line, and what each difference is called.

use crate::kernel::money::{Fen, Overflow};

crate::text_enum! {
    /// How order, receipt and invoice of a line differ.
    MatchingDifference {
        /// 未到货: ordered goods that may still come.
        AwaitingReceipt "awaiting_receipt"
        /// 少收: the line is closed and less was accepted than ordered.
        ReceivedLess "received_less"
        /// 多收: goods weighed more than ordered, within the tolerance.
        ReceivedMore "received_more"
        /// 已退货: accepted goods went back.
        Returned "returned"
        /// 折让: a part of the price of what was accepted is not owed.
        Allowed "allowed"
        /// 未开票: kept goods that no invoice names.
        ToInvoice "to_invoice"
        /// 先票后货: invoiced before the goods were accepted.
        InvoicedBeforeReceipt "invoiced_before_receipt"
        /// 多开票: invoiced beyond what was kept; a red letter is due.
        OverInvoiced "over_invoiced"
    }
}

/// A line's amounts, in fen; of freight ordered and kept are what is payable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineAmounts {
    /// Ordered.
    pub ordered: Fen,
    /// Accepted.
    pub accepted: Fen,
    /// Of it sent back.
    pub returned: Fen,
    /// Of it allowed.
    pub allowed: Fen,
    /// Invoiced, red letters deducted, with tax.
    pub invoiced: Fen,
    /// Whether nothing more can come.
    pub closed: bool,
}

impl LineAmounts {
    /// What was accepted, less what went back and what was allowed.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn kept(&self) -> Result<Fen, Overflow> {
        self.accepted.minus(self.returned)?.minus(self.allowed)
    }
}

/// What differs on a line and by how much, in fen; nothing when the three agree. Order and receipt agree exactly, receipt and
/// invoice within 1 fen.
///
/// # Errors
/// [`Overflow`].
pub fn differences(line: &LineAmounts) -> Result<Vec<(MatchingDifference, Fen)>, Overflow> {
    use MatchingDifference as D;
    let (missing, kept) = (line.ordered.minus(line.accepted)?, line.kept()?);
    let beyond = line.invoiced.minus(kept)?;
    let tolerated = beyond.get().abs() <= 1;
    let found = [
        (D::AwaitingReceipt, missing, !line.closed && missing > Fen::ZERO),
        (D::ReceivedLess, missing, line.closed && missing > Fen::ZERO),
        (D::ReceivedMore, line.accepted.minus(line.ordered)?, missing < Fen::ZERO),
        (D::Returned, line.returned, line.returned > Fen::ZERO),
        (D::Allowed, line.allowed, line.allowed > Fen::ZERO),
        (D::ToInvoice, kept.minus(line.invoiced)?, !tolerated && beyond < Fen::ZERO),
        (D::InvoicedBeforeReceipt, beyond, !tolerated && beyond > Fen::ZERO && !line.closed),
        (D::OverInvoiced, beyond, !tolerated && beyond > Fen::ZERO && line.closed),
    ];
    Ok(found.into_iter().filter(|(.., is)| *is).map(|(difference, amount, _)| (difference, amount)).collect())
}

#[cfg(test)]
mod tests {
    use super::MatchingDifference as D;
    use super::*;

    #[test]
    fn every_difference_has_a_name_and_an_amount() {
        let line = |ordered, accepted, returned, invoiced, closed| LineAmounts {
            ordered: Fen::new(ordered),
            accepted: Fen::new(accepted),
            returned: Fen::new(returned),
            allowed: Fen::ZERO,
            invoiced: Fen::new(invoiced),
            closed,
        };
        let table: [(LineAmounts, &[(D, i64)]); 11] = [
            (line(1000, 1000, 0, 1000, true), &[]),
            (line(1000, 1000, 0, 999, true), &[]),
            (line(1000, 1000, 0, 998, true), &[(D::ToInvoice, 2)]),
            (line(1000, 1000, 0, 1001, true), &[]),
            (line(1000, 1000, 0, 1002, true), &[(D::OverInvoiced, 2)]),
            (line(1000, 0, 0, 0, false), &[(D::AwaitingReceipt, 1000)]),
            (line(1000, 0, 0, 600, false), &[(D::AwaitingReceipt, 1000), (D::InvoicedBeforeReceipt, 600)]),
            (line(1000, 700, 0, 700, true), &[(D::ReceivedLess, 300)]),
            (line(1000, 1040, 0, 1040, true), &[(D::ReceivedMore, 40)]),
            (line(1000, 1000, 300, 1000, true), &[(D::Returned, 300), (D::OverInvoiced, 300)]),
            (line(1000, 400, 400, 0, false), &[(D::AwaitingReceipt, 600), (D::Returned, 400)]),
        ];
        for (line, want) in table {
            let found: Vec<(D, i64)> = differences(&line)
                .unwrap()
                .into_iter()
                .map(|(difference, amount)| (difference, amount.get()))
                .collect();
            assert_eq!(found, want, "{line:?}");
        }
        let allowed = LineAmounts { allowed: Fen::new(200), ..line(1000, 1000, 300, 600, true) };
        let want = vec![(D::Returned, Fen::new(300)), (D::Allowed, Fen::new(200)), (D::OverInvoiced, Fen::new(100))];
        assert_eq!((allowed.kept(), differences(&allowed)), (Ok(Fen::new(500)), Ok(want)));
    }
}
