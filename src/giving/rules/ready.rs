//! Whether an order is ready to be certified: everything that was kept is accepted, paid and received.

use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;

/// A line as a certificate looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadyLine {
    /// Its number.
    pub line_no: i64,
    /// Accepted, less what went back.
    pub kept: Quantity,
    /// Received by the recipient.
    pub received: Quantity,
    /// What the kept goods cost, in fen.
    pub amount: Fen,
    /// The part of it that is paid, in fen.
    pub paid: Fen,
    /// Nothing more will come.
    pub closed: bool,
    /// Its origin was found false: it stands in no certificate.
    pub void: bool,
}

/// What a line still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// Goods are still to come, or to be accepted.
    Open,
    /// So much is not paid.
    Unpaid(Fen),
    /// What was received is not what was kept.
    NotReceived {
        /// Accepted, less what went back.
        kept: Quantity,
        /// Received.
        received: Quantity,
    },
}

impl NotReady {
    fn message(self) -> Message {
        match self {
            NotReady::Open => Message::new("尚有货物未交付或未验收", "goods are still to come, or to be accepted"),
            NotReady::Unpaid(left) => {
                Message::new(format!("尚有 {left} 元未付款"), format!("{left} yuan are not paid yet"))
            }
            NotReady::NotReceived { kept, received } => Message::new(
                format!("验收并留用 {kept}，签收 {received}，两者应一致"),
                format!("{kept} are accepted and kept, {received} received: these must agree"),
            ),
        }
    }

    /// All that lines lack, as one refusal that names each of them.
    #[must_use]
    pub fn refusal(lacking: &[(i64, NotReady)]) -> AppError {
        let error = AppError::new(Code::NotCompletedYet)
            .detail("须全部验收、付款并签收后方可开具", "Everything has to be accepted, paid and received first");
        lacking.iter().fold(error, |error, (line_no, lack)| {
            let code = match lack {
                NotReady::Open => "not_closed",
                NotReady::Unpaid(_) => "not_paid",
                NotReady::NotReceived { .. } => "not_received",
            };
            error.with_field(FieldError::new(format!("/lines/{line_no}"), code, lack.message()))
        })
    }
}

/// What the lines of an order still lack, each with its number; all of it at once.
#[must_use]
pub fn not_ready(lines: &[ReadyLine]) -> Vec<(i64, NotReady)> {
    let mut lacking = Vec::new();
    for line in lines.iter().filter(|line| !line.void) {
        let mut lacks = |what| lacking.push((line.line_no, what));
        if !line.closed {
            lacks(NotReady::Open);
        }
        if line.paid != line.amount {
            lacks(NotReady::Unpaid(line.amount.minus(line.paid).unwrap_or(Fen::ZERO)));
        }
        if line.kept != line.received {
            lacks(NotReady::NotReceived { kept: line.kept, received: line.received });
        }
    }
    lacking
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(line_no: i64) -> ReadyLine {
        let kept = Quantity::units(3);
        let amount = Fen::new(3_000);
        ReadyLine { line_no, kept, received: kept, amount, paid: amount, closed: true, void: false }
    }

    #[test]
    fn every_line_says_what_it_lacks() {
        assert_eq!(not_ready(&[line(1), line(2)]), []);
        let open = ReadyLine { closed: false, ..line(1) };
        let unpaid = ReadyLine { paid: Fen::new(1), received: Quantity::units(2), ..line(2) };
        let returned = ReadyLine { kept: Quantity::units(2), ..line(3) };
        let void = ReadyLine { void: true, paid: Fen::ZERO, received: Quantity::ZERO, ..line(4) };
        let found = not_ready(&[open, unpaid, returned, void]);
        let not_received =
            |kept, received| NotReady::NotReceived { kept: Quantity::units(kept), received: Quantity::units(received) };
        let expected = [
            (1, NotReady::Open),
            (2, NotReady::Unpaid(Fen::new(2_999))),
            (2, not_received(3, 2)),
            (3, not_received(2, 3)),
        ];
        assert_eq!(found, expected);
        let refusal = NotReady::refusal(&found);
        let pointers: Vec<&str> = refusal.parts().fields.iter().map(|field| field.pointer.as_str()).collect();
        assert_eq!(pointers, ["/lines/1", "/lines/2", "/lines/2", "/lines/3"]);
    }
}
