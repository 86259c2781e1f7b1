//! How figures are put together: exact sums, shares that sum to the whole, rates rounded once.

pub mod certification;
pub mod commitment;
pub mod filling;
pub mod overdue;

use crate::kernel::money::{Fen, Overflow, rate_hundredths, show_rate};

/// Amounts that count to the plan, by fund, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByFund {
    /// 食堂经费.
    pub canteen: Fen,
    /// 工会经费.
    pub union: Fen,
    /// Bound personal purchases, as a sum, never by name.
    pub personal: Fen,
}

impl ByFund {
    /// All of them.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn total(&self) -> Result<Fen, Overflow> {
        Fen::total([self.canteen, self.union, self.personal])
    }
    fn plus(&self, other: &ByFund) -> Result<ByFund, Overflow> {
        Ok(ByFund {
            canteen: self.canteen.plus(other.canteen)?,
            union: self.union.plus(other.union)?,
            personal: self.personal.plus(other.personal)?,
        })
    }
}

/// The three amounts, of all funds, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ThreeAmounts {
    /// Ordered.
    pub ordered: Fen,
    /// Accepted and paid.
    pub accepted_paid: Fen,
    /// Completed.
    pub completed: Fen,
}

impl ThreeAmounts {
    fn plus(&self, other: &ThreeAmounts) -> Result<ThreeAmounts, Overflow> {
        Ok(ThreeAmounts {
            ordered: self.ordered.plus(other.ordered)?,
            accepted_paid: self.accepted_paid.plus(other.accepted_paid)?,
            completed: self.completed.plus(other.completed)?,
        })
    }
}

/// A row of the bulletin: one unit, or the sum of many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Accounts: every one is in exactly one of the five classes.
    pub accounts: usize,
    /// 已预留.
    pub reserved: usize,
    /// 未预留.
    pub not_reserved: usize,
    /// 不适用.
    pub not_applicable: usize,
    /// 合用食堂成员.
    pub shared_member: usize,
    /// 已合并: nothing else of them is in the table.
    pub merged: usize,
    /// Reserved units that have begun to order.
    pub started: usize,
    /// Canteen reserve, in fen.
    pub reserved_canteen: Fen,
    /// Union reserve, in fen.
    pub reserved_union: Fen,
    /// Ordered.
    pub ordered: ByFund,
    /// Accepted and paid.
    pub accepted_paid: ByFund,
    /// Completed.
    pub completed: ByFund,
    /// What came after the year closed, completed, in fen; in no other column.
    pub corrections: Fen,
    /// What units without an approved plan bought: it counts once their plan is approved, until then in no other column and
    /// not in the rate.
    pub before_plan: ThreeAmounts,
}

impl Progress {
    /// The sum of two rows, in fen: a total row is the sum of its rows and nothing else.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(&self, other: &Progress) -> Result<Progress, Overflow> {
        Ok(Progress {
            accounts: self.accounts + other.accounts,
            reserved: self.reserved + other.reserved,
            not_reserved: self.not_reserved + other.not_reserved,
            not_applicable: self.not_applicable + other.not_applicable,
            shared_member: self.shared_member + other.shared_member,
            merged: self.merged + other.merged,
            started: self.started + other.started,
            reserved_canteen: self.reserved_canteen.plus(other.reserved_canteen)?,
            reserved_union: self.reserved_union.plus(other.reserved_union)?,
            ordered: self.ordered.plus(&other.ordered)?,
            accepted_paid: self.accepted_paid.plus(&other.accepted_paid)?,
            completed: self.completed.plus(&other.completed)?,
            corrections: self.corrections.plus(other.corrections)?,
            before_plan: self.before_plan.plus(&other.before_plan)?,
        })
    }
    /// Canteen and union reserve: the denominator.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn reserved_fen(&self) -> Result<Fen, Overflow> {
        self.reserved_canteen.plus(self.reserved_union)
    }
    /// Completed ÷ reserved in per cent, two decimals half-up from fen; `N/A` when nothing is reserved.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn rate(&self) -> Result<String, Overflow> {
        Ok(show_rate(rate_hundredths(self.completed.total()?, self.reserved_fen()?)))
    }
}

/// The place of each row by its exact rate, the highest first; equal rates share a place, and the next one counts them all. Rows
/// without a reserve have none.
///
/// # Errors
/// [`Overflow`].
pub fn ranks(rows: &[Progress]) -> Result<Vec<Option<usize>>, Overflow> {
    let mut parts: Vec<(i64, i64)> = Vec::with_capacity(rows.len());
    for row in rows {
        parts.push((row.completed.total()?.get(), row.reserved_fen()?.get()));
    }
    // a/b against c/d as a·d against c·b: no rounded rate decides a place.
    let by_rate = |one: &usize, other: &usize| {
        let ((a, b), (c, d)) = (parts[*one], parts[*other]);
        (i128::from(c) * i128::from(b)).cmp(&(i128::from(a) * i128::from(d)))
    };
    let mut order: Vec<usize> = (0..parts.len()).filter(|row| parts[*row].1 > 0).collect();
    order.sort_by(by_rate);
    let mut places = vec![None; parts.len()];
    for (index, row) in order.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| order[before]).filter(|before| by_rate(before, row).is_eq());
        places[*row] = before.map_or(Some(index + 1), |before| places[before]);
    }
    Ok(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(completed: i64, reserved: i64) -> Progress {
        let completed = ByFund { canteen: Fen::new(completed), ..ByFund::default() };
        Progress { completed, reserved_canteen: Fen::new(reserved), ..Progress::default() }
    }

    #[test]
    fn golden_bulletin_of_2020() {
        // 宁财便函〔2020〕420号, in ten-thousand yuan.
        let (region, cities) = (row(141_100_000, 602_260_000), row(370_920_000, 1_622_670_000));
        let together = region.plus(&cities).unwrap();
        let rates = [region, cities, together, row(87_684_000, 78_402_500), row(1, 0)].map(|r| r.rate().unwrap());
        assert_eq!(rates, ["23.43", "22.86", "23.01", "111.84", "N/A"]);
        assert_eq!(together.completed.total(), Ok(Fen::new(512_020_000)));
        assert_eq!(together.reserved_fen(), Ok(Fen::new(2_224_930_000)));
    }

    #[test]
    fn places_follow_the_exact_rate() {
        // 33.333 % before 33.330 %, both printed 33.33; two of one rate share a place.
        let rows = [row(3_333, 10_000), row(1, 3), row(0, 0), row(2, 6), row(5, 4), row(0, 9)];
        assert_eq!(ranks(&rows).unwrap(), [Some(4), Some(2), None, Some(2), Some(1), Some(5)]);
        assert_eq!(row(1, 3).rate(), row(3_333, 10_000).rate());
        let huge = [row(i64::MAX, i64::MAX), row(i64::MAX - 1, i64::MAX)];
        assert_eq!(ranks(&huge).unwrap(), [Some(1), Some(2)]);
    }

    #[test]
    fn golden_classes_sum() {
        let class = |reserved, not_reserved, not_applicable, started| Progress {
            accounts: reserved + not_reserved + not_applicable,
            reserved,
            not_reserved,
            not_applicable,
            started,
            ..Progress::default()
        };
        let total = class(771, 0, 0, 511).plus(&class(0, 1_128, 1_395, 0)).unwrap();
        assert_eq!((total.accounts, total.reserved - total.started), (3_294, 260));
    }
}
