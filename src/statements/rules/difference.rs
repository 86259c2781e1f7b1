//! In what a statement and the records differ, and what changed from one revision to the next.

use super::account::Sums;
use crate::kernel::ids::{AcceptanceId, OrderId};
use crate::kernel::money::{Fen, Overflow};

crate::text_enum! {
    /// Who found a difference.
    StatementDifferenceSource {
        /// A person of the buyer.
        Buyer "buyer"
        /// The records of orders, as they stand at that moment.
        Records "records"
    }
}

crate::text_enum! {
    /// In what something differs from a statement.
    StatementDifferenceKind {
        /// Goods were accepted in its period since it was drawn up.
        AcceptedSince "accepted_since"
        /// More went back than it says.
        ReturnedSince "returned_since"
        /// More or less is in dispute than it says.
        InDispute "in_dispute"
        /// More or less is paid, or reported as paid, than it says.
        AlreadyPaid "already_paid"
        /// The buyer has another quantity or amount.
        Claimed "claimed"
    }
}

crate::text_enum! {
    /// What a revision did to a line.
    StatementChangeKind {
        /// It was not stated before.
        Added "added"
        /// It is not stated any more.
        Removed "removed"
        /// Its amounts are others.
        Changed "changed"
    }
}

/// A line as it is stated, or as the records have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The order.
    pub order: OrderId,
    /// The acceptance.
    pub acceptance: AcceptanceId,
    /// The line of the order; 0 is the freight.
    pub line_no: i64,
    /// The amounts.
    pub sums: Sums,
}

impl Line {
    fn is(&self, other: &Line) -> bool {
        (self.acceptance, self.line_no) == (other.acceptance, other.line_no)
    }
}

/// A difference that the records show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// The place of the stated line; none for what is not stated.
    pub place: Option<usize>,
    /// The order.
    pub order: OrderId,
    /// The line of the order.
    pub line_no: i64,
    /// In what.
    pub kind: StatementDifferenceKind,
    /// What is stated, in fen.
    pub stated: Fen,
    /// What the records say, in fen.
    pub found: Fen,
}

/// Every difference of the records from what is stated, in the order of the lines.
///
/// # Errors
/// [`Overflow`].
pub fn differences(stated: &[Line], now: &[Line]) -> Result<Vec<Difference>, Overflow> {
    use StatementDifferenceKind::{AcceptedSince, AlreadyPaid, InDispute, ReturnedSince};
    let mut found = Vec::new();
    for (place, line) in stated.iter().enumerate() {
        // What the records know no more, as freight that was allowed, is kept for nothing.
        let own = now.iter().find(|own| own.is(line)).map(|own| own.sums).unwrap_or_default();
        let pairs = [
            (ReturnedSince, line.sums.returned, line.sums.amount.minus(own.kept()?)?),
            (InDispute, line.sums.disputed, own.disputed),
            (AlreadyPaid, line.sums.transferred()?, own.transferred()?),
        ];
        let differ = pairs.into_iter().filter(|(_, stated, now)| stated != now);
        found.extend(differ.map(|(kind, stated, now)| Difference {
            place: Some(place),
            order: line.order,
            line_no: line.line_no,
            kind,
            stated,
            found: now,
        }));
    }
    for line in now.iter().filter(|line| !stated.iter().any(|own| own.is(line))) {
        found.push(Difference {
            place: None,
            order: line.order,
            line_no: line.line_no,
            kind: AcceptedSince,
            stated: Fen::ZERO,
            found: line.sums.kept()?,
        });
    }
    Ok(found)
}

/// A change from one revision to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What was done.
    pub kind: StatementChangeKind,
    /// The line, as it stands after it, or as it stood.
    pub line: Line,
    /// To be paid by it before, in fen.
    pub before: Fen,
    /// To be paid by it afterwards, in fen.
    pub after: Fen,
}

/// What a revision changed, in the order of its lines; lines that are gone come last.
///
/// # Errors
/// [`Overflow`].
pub fn changes(before: &[Line], after: &[Line]) -> Result<Vec<Change>, Overflow> {
    let mut changes = Vec::new();
    for line in after {
        let payable = line.sums.payable()?;
        match before.iter().find(|own| own.is(line)) {
            None => changes.push(Change {
                kind: StatementChangeKind::Added,
                line: *line,
                before: Fen::ZERO,
                after: payable,
            }),
            Some(own) if own.sums != line.sums => changes.push(Change {
                kind: StatementChangeKind::Changed,
                line: *line,
                before: own.sums.payable()?,
                after: payable,
            }),
            Some(_) => {}
        }
    }
    for line in before.iter().filter(|line| !after.iter().any(|own| own.is(line))) {
        let before = line.sums.payable()?;
        changes.push(Change { kind: StatementChangeKind::Removed, line: *line, before, after: Fen::ZERO });
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use StatementChangeKind::{Added, Changed, Removed};
    use StatementDifferenceKind::{AcceptedSince, AlreadyPaid, InDispute, ReturnedSince};

    fn line(n: u8, [amount, returned, disputed, paid, reported]: [i64; 5]) -> Line {
        let fen = Fen::new;
        let sums = Sums {
            amount: fen(amount),
            returned: fen(returned),
            disputed: fen(disputed),
            paid: fen(paid),
            reported: fen(reported),
            invoiced: fen(0),
        };
        Line { order: OrderId([1; 16]), acceptance: AcceptanceId([n; 16]), line_no: 1, sums }
    }

    #[test]
    fn every_difference_is_named_with_its_amounts() {
        let stated = [line(1, [1000, 0, 0, 0, 0]), line(2, [1000, 100, 200, 300, 0])];
        let kinds = |now: &[Line]| {
            let found = differences(&stated, now).unwrap();
            found.iter().map(|d| (d.place, d.kind, d.stated.get(), d.found.get())).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&stated), []);
        // Confirmed meanwhile: paid either way.
        assert_eq!(kinds(&[stated[0], line(2, [1000, 100, 200, 0, 300])]), []);
        let now = [line(1, [1000, 50, 20, 0, 30]), line(2, [1000, 100, 0, 300, 0]), line(3, [700, 100, 0, 0, 0])];
        let want = [
            (Some(0), ReturnedSince, 0, 50),
            (Some(0), InDispute, 0, 20),
            (Some(0), AlreadyPaid, 0, 30),
            (Some(1), InDispute, 200, 0),
            (None, AcceptedSince, 0, 600),
        ];
        assert_eq!(kinds(&now), want);
        // A line that lost of its amount, or is in the records no more, as freight that was allowed, is kept for less, or for nothing.
        assert_eq!(kinds(&[line(1, [800, 0, 0, 0, 0]), stated[1]]), [(Some(0), ReturnedSince, 0, 200)]);
        let gone = [(Some(1), ReturnedSince, 100, 1000), (Some(1), InDispute, 200, 0), (Some(1), AlreadyPaid, 300, 0)];
        assert_eq!(kinds(&stated[..1]), gone);
    }

    #[test]
    fn every_change_of_a_revision_is_named() {
        let before = [line(1, [1000, 0, 0, 0, 0]), line(2, [500, 0, 0, 0, 0]), line(4, [9, 0, 0, 0, 0])];
        let after = [line(2, [500, 100, 0, 0, 0]), line(3, [800, 0, 0, 0, 0]), line(4, [9, 0, 0, 0, 0])];
        let found = changes(&before, &after).unwrap();
        let told: Vec<_> =
            found.iter().map(|c| (c.kind, c.line.acceptance.0[0], c.before.get(), c.after.get())).collect();
        assert_eq!(told, [(Changed, 2, 500, 400), (Added, 3, 0, 800), (Removed, 1, 1000, 0)]);
    }
}
