//! What of a county's month is shown: nothing that too few units stand behind.

use crate::kernel::money::Fen;

/// A county's month as it is kept: amounts of the bases with how many units contributed to each, orders and units altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Ordered, accepted and paid, completed.
    pub sums: [(Fen, i64); 3],
    /// Of how many units two of the amounts differ: ordered and paid, paid and completed, ordered and completed.
    pub apart: [i64; 3],
    /// Orders of which any amount is not nothing.
    pub orders: i64,
    /// Units of which any amount is not nothing.
    pub purchasers: i64,
}

/// The same as it is shown; what is suppressed is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// Ordered, accepted and paid, completed.
    pub amounts: [Option<Fen>; 3],
    /// Orders.
    pub orders: Option<i64>,
    /// Units.
    pub purchasers: Option<i64>,
}

impl Shown {
    /// Whether anything is suppressed.
    #[must_use]
    pub fn suppressed(&self) -> bool {
        self.orders.is_none() || self.amounts.iter().any(Option::is_none)
    }
}

/// What is shown where a figure needs at least so many units. Below that nothing of the county's month is shown; above it still no
/// amount to which fewer contributed, because it would be theirs, and none that differs from one that is shown by what fewer did: that
/// difference would be theirs. An amount of nobody is nothing and says so.
#[must_use]
pub fn shown(kept: &Kept, least: i64) -> Shown {
    if kept.purchasers < least {
        return Shown::default();
    }
    let enough = |units: i64| units == 0 || units >= least;
    let [ordered, paid, completed] = kept.sums.map(|(fen, units)| enough(units).then_some(fen));
    let [unpaid, paid_uncompleted, uncompleted] = kept.apart.map(enough);
    let paid = paid.filter(|_| ordered.is_none() || unpaid);
    let completed = completed.filter(|_| (ordered.is_none() || uncompleted) && (paid.is_none() || paid_uncompleted));
    Shown { amounts: [ordered, paid, completed], orders: Some(kept.orders), purchasers: Some(kept.purchasers) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_amount_of_too_few_units_is_shown() {
        let kept = |units: [i64; 3], purchasers| Kept {
            sums: units.map(|units| (Fen::new(units * 100), units)),
            apart: [0; 3],
            orders: 7,
            purchasers,
        };
        let amounts = |units, purchasers, least| {
            let shown = shown(&kept(units, purchasers), least);
            (shown.amounts.map(|fen| fen.map(Fen::get)), shown.orders, shown.suppressed())
        };
        assert_eq!(amounts([3, 3, 0], 3, 3), ([Some(300), Some(300), Some(0)], Some(7), false));
        assert_eq!(amounts([2, 1, 0], 2, 3), ([None, None, None], None, true));
        // Three bought, one of them has completed: that amount is the one's own.
        assert_eq!(amounts([3, 2, 1], 3, 3), ([Some(300), None, None], Some(7), true));
        // Three altogether, none of the amounts of three.
        assert_eq!(amounts([2, 1, 0], 3, 3), ([None, None, Some(0)], Some(7), true));
        assert_eq!(amounts([1, 1, 1], 1, 1), ([Some(100); 3], Some(7), false));
        assert_eq!(amounts([1, 1, 1], 1, 0), ([Some(100); 3], Some(7), false));
    }

    #[test]
    fn no_difference_of_too_few_units_follows_from_what_is_shown() {
        let amounts = |units: [i64; 3], apart: [i64; 3]| {
            let sums = units.map(|units| (Fen::new(units * 100), units));
            shown(&Kept { sums, apart, orders: 7, purchasers: 9 }, 3).amounts.map(|fen| fen.map(Fen::get))
        };
        // Four ordered, three of them paid all of it: the fourth one's order would be the difference.
        assert_eq!(amounts([4, 3, 0], [1, 3, 4]), [Some(400), None, Some(0)]);
        assert_eq!(amounts([6, 3, 0], [3, 3, 6]), [Some(600), Some(300), Some(0)]);
        // Of what is not shown itself nothing can be taken away.
        assert_eq!(amounts([2, 3, 3], [1, 0, 1]), [None, Some(300), Some(300)]);
        assert_eq!(amounts([9, 6, 5], [3, 1, 4]), [Some(900), Some(600), None]);
        // Two hidden in a row: the last one against the first.
        assert_eq!(amounts([5, 4, 4], [1, 0, 1]), [Some(500), None, None]);
        assert_eq!(amounts([5, 4, 5], [1, 1, 0]), [Some(500), None, Some(500)]);
    }
}
