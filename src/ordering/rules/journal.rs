//! Which facts an order has, as its records tell them, and which of them are new.

use super::counting::What;
use crate::kernel::time::{At, Day};

crate::text_enum! {
    /// The kinds of facts; declared in the order in which facts of one moment take effect.
    FactKind {
        /// 验收.
        Accepted "accepted"
        /// Nothing more comes on a line.
        LineClosed "line_closed"
        /// 换货: rejected goods of a line that was closed are owed once more.
        LineReopened "line_reopened"
        /// Accepted goods went back.
        Returned "returned"
        /// 折让: a part of the price of kept goods, or of the freight, is not owed.
        Allowed "allowed"
        /// A payment was confirmed or deemed received.
        Paid "paid"
        /// A payment that was deemed received was denied.
        PaymentReversed "payment_reversed"
        /// The supplier sent money back.
        Refunded "refunded"
        /// The buyer rated.
        Rated "rated"
        /// A certificate of lines was never valid.
        Annulled "annulled"
    }
}

/// What names a fact within its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactKey {
    /// Its kind.
    pub kind: FactKind,
    /// The id of the record that tells it.
    pub subject: [u8; 16],
}

/// A fact as a record tells it, not dated yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its name.
    pub key: FactKey,
    /// What happened.
    pub what: What,
    /// When it happened, by its paper.
    pub occurred_on: Day,
    /// When it was recorded here; for a payment, when it was reported.
    pub recorded_at: At,
    /// When it took effect; later than recorded only for a payment.
    pub effective_at: At,
}

/// The facts that have no place yet, in the order in which they take effect.
#[must_use]
pub fn fresh<'a>(told: &'a [Told], placed: &[FactKey]) -> Vec<&'a Told> {
    let mut fresh: Vec<&Told> = told.iter().filter(|fact| !placed.contains(&fact.key)).collect();
    fresh.sort_by_key(|fact| (fact.effective_at, fact.key));
    fresh
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_facts_follow_those_that_have_a_place() {
        let told = |kind, subject: u8, at| Told {
            key: FactKey { kind, subject: [subject; 16] },
            what: What::Rated,
            occurred_on: Day::ymd(2021, 3, 1),
            recorded_at: At(at),
            effective_at: At(at),
        };
        let all = [
            told(FactKind::Rated, 1, 5),
            told(FactKind::LineClosed, 2, 5),
            told(FactKind::Accepted, 3, 5),
            told(FactKind::Paid, 4, 3),
            told(FactKind::Paid, 5, 9),
        ];
        let subjects =
            |placed: &[FactKey]| -> Vec<u8> { fresh(&all, placed).iter().map(|f| f.key.subject[0]).collect() };
        assert_eq!(subjects(&[]), [4, 3, 2, 1, 5]);
        assert_eq!(subjects(&[all[2].key, all[3].key]), [2, 1, 5]);
    }
}
