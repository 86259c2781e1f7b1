//! 签收: what a recipient received of a line. Entries only add up, and never to more than was accepted and kept.

use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::money::Overflow;
use crate::kernel::quantity::Quantity;

/// A line as receipts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receivable {
    /// Accepted, less what went back.
    pub kept: Quantity,
    /// What all entries come to.
    pub received: Quantity,
}

/// Why an entry does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiptRefusal {
    /// More than is kept and was not received yet.
    Exceeds {
        /// What is open.
        open: Quantity,
    },
    /// The correction says what is said already.
    Unchanged,
    /// Does not fit a number.
    TooLarge,
}

impl From<Overflow> for ReceiptRefusal {
    fn from(_: Overflow) -> ReceiptRefusal {
        ReceiptRefusal::TooLarge
    }
}

impl From<ReceiptRefusal> for AppError {
    fn from(refusal: ReceiptRefusal) -> AppError {
        match refusal {
            ReceiptRefusal::Exceeds { open } => AppError::field(
                Code::QuantityExceeded,
                "/quantity",
                Message::new(
                    format!("该行已验收且未退回、尚未签收的数量为 {open}"),
                    format!("{open} of the line was accepted, kept and not received yet"),
                ),
            )
            .with("open", open.to_string()),
            ReceiptRefusal::Unchanged => AppError::field(
                Code::ValidationFailed,
                "/lines",
                Message::new("更正没有改变任何数量", "the correction changes nothing"),
            ),
            ReceiptRefusal::TooLarge => Code::AmountTooLarge.into(),
        }
    }
}

impl Receivable {
    /// What may still be received; nothing when goods went back after they were received.
    #[must_use]
    pub fn open(&self) -> Quantity {
        self.kept.minus(self.received).unwrap_or(Quantity::ZERO)
    }

    /// Whether exactly what was kept was received.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.kept == self.received
    }

    /// The entry of a receipt, in thousandths.
    ///
    /// # Errors
    /// [`ReceiptRefusal::Exceeds`].
    pub fn receive(&self, quantity: Quantity) -> Result<i64, ReceiptRefusal> {
        if quantity > self.open() { Err(ReceiptRefusal::Exceeds { open: self.open() }) } else { Ok(quantity.milli()) }
    }

    /// The entry that makes of what a receipt says so far what is right, in thousandths; nothing when it is right already. Less may
    /// always be said, more only as far as goods are open.
    ///
    /// # Errors
    /// [`ReceiptRefusal::Exceeds`].
    pub fn correct(&self, said: Quantity, right: Quantity) -> Result<i64, ReceiptRefusal> {
        match right.minus(said) {
            Ok(more) => self.receive(more),
            Err(_) => Ok(right.milli().checked_sub(said.milli()).ok_or(Overflow)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kept: i64, received: i64) -> Receivable {
        Receivable { kept: Quantity::units(kept), received: Quantity::units(received) }
    }

    #[test]
    fn no_more_is_received_than_was_kept() {
        let exceeds = |open| Err(ReceiptRefusal::Exceeds { open: Quantity::units(open) });
        assert_eq!(line(10, 0).receive(Quantity::units(10)), Ok(10_000));
        assert_eq!(line(10, 4).receive(Quantity::units(7)), exceeds(6));
        // Goods went back after they were received: nothing more until that is put right.
        assert_eq!(line(3, 4).receive(Quantity::units(1)), exceeds(0));
        assert!(!line(3, 4).complete() && line(4, 4).complete() && line(0, 0).complete());
    }

    #[test]
    fn a_correction_is_the_difference() {
        assert_eq!(line(10, 6).correct(Quantity::units(6), Quantity::units(2)), Ok(-4_000));
        assert_eq!(line(10, 6).correct(Quantity::units(6), Quantity::units(10)), Ok(4_000));
        assert_eq!(
            line(10, 6).correct(Quantity::units(2), Quantity::units(7)),
            Err(ReceiptRefusal::Exceeds { open: Quantity::units(4) })
        );
        assert_eq!(line(3, 6).correct(Quantity::units(6), Quantity::units(3)), Ok(-3_000));
        assert_eq!(line(3, 6).correct(Quantity::units(6), Quantity::units(6)), Ok(0));
    }
}
