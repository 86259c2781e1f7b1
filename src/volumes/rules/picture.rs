//! What of volumes is drawn: which questions have a picture, and which of many values stand in it.

use super::Dimension;
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::time::Day;
use std::collections::BTreeMap;

/// The most bars that are drawn; of more, the smallest are one bar.
pub const MOST_BARS: usize = 40;
/// The most months that are drawn.
pub const MOST_MONTHS: usize = 120;

/// A picture of volumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// One dimension, the largest amount first.
    Bars(Dimension),
    /// Months, as one line or one for each value of another dimension.
    Lines(Option<Dimension>),
}

impl Drawn {
    /// The picture of what is told apart by these, when there is a legible one.
    #[must_use]
    pub fn of(by: &[Dimension]) -> Option<Drawn> {
        let mut others: Vec<Dimension> = by.iter().copied().filter(|one| *one != Dimension::Month).collect();
        others.dedup();
        match (by.contains(&Dimension::Month), others.as_slice()) {
            (false, [one]) => Some(Drawn::Bars(*one)),
            (true, []) => Some(Drawn::Lines(None)),
            (true, [one]) => Some(Drawn::Lines(Some(*one))),
            _ => None,
        }
    }
}

/// Values that are drawn one by one, and the sum of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leading {
    /// By their totals, the largest first.
    pub shown: Vec<(String, Vec<Fen>)>,
    /// How many others there are, and what they come to.
    pub rest: Option<(usize, Vec<Fen>)>,
}

/// At most so many rows: all, or those with the most behind them and the sum of the others, so that the whole stays the
/// whole. What is taken back weighs as much as what is bought.
///
/// # Errors
/// [`Overflow`].
pub fn leading(values: BTreeMap<String, Vec<Fen>>, most: usize) -> Result<Leading, Overflow> {
    let weight = |amounts: &[Fen]| -> i128 { amounts.iter().map(|fen| i128::from(fen.get()).abs()).sum() };
    let mut shown: Vec<(String, Vec<Fen>)> = values.into_iter().collect();
    let mut rest = None;
    if shown.len() > most {
        shown.sort_by_cached_key(|(_, amounts)| std::cmp::Reverse(weight(amounts)));
        let others = shown.split_off(most.saturating_sub(1));
        let mut sums = vec![Fen::ZERO; others.first().map_or(0, |(_, amounts)| amounts.len())];
        for (_, amounts) in &others {
            for (sum, amount) in sums.iter_mut().zip(amounts) {
                *sum = sum.plus(*amount)?;
            }
        }
        rest = Some((others.len(), sums));
    }
    let total = |amounts: &[Fen]| -> i128 { amounts.iter().map(|fen| i128::from(fen.get())).sum() };
    shown.sort_by_cached_key(|(value, amounts)| (std::cmp::Reverse(total(amounts)), value.clone()));
    Ok(Leading { shown, rest })
}

/// Every month from one to another, when they are not too many.
#[must_use]
pub fn months(from: &str, to: &str) -> Option<Vec<String>> {
    let mut months = Vec::new();
    let mut month = from.to_owned();
    while month.as_str() <= to {
        if months.len() == MOST_MONTHS {
            return None;
        }
        let first: Day = format!("{month}-01").parse().ok()?;
        months.push(std::mem::replace(&mut month, first.plus_days(31).month()));
    }
    Some(months)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dimension_is_bars_and_months_are_lines() {
        use Dimension::{Channel, County, Fund, Month};
        let table: [(&[Dimension], Option<Drawn>); 8] = [
            (&[County], Some(Drawn::Bars(County))),
            (&[Fund, Fund], Some(Drawn::Bars(Fund))),
            (&[Month], Some(Drawn::Lines(None))),
            (&[County, Month], Some(Drawn::Lines(Some(County)))),
            (&[Month, Channel], Some(Drawn::Lines(Some(Channel)))),
            (&[County, Channel], None),
            (&[Month, County, Channel], None),
            (&[], None),
        ];
        for (by, drawn) in table {
            assert_eq!(Drawn::of(by), drawn, "{by:?}");
        }
    }

    #[test]
    fn many_values_are_the_largest_and_the_exact_sum_of_the_others() {
        let fen = |amounts: &[i64]| amounts.iter().map(|n| Fen::new(*n)).collect::<Vec<_>>();
        let given = [("a", [5, 0]), ("b", [100, 1]), ("c", [-60, 0]), ("d", [0, 7]), ("e", [1, 1])];
        let values = |n: usize| given[..n].iter().map(|(name, amounts)| ((*name).to_owned(), fen(amounts))).collect();
        let all = leading(values(3), 3).unwrap();
        assert_eq!(all.shown.iter().map(|(name, _)| name.as_str()).collect::<String>(), "bac");
        assert_eq!(all.rest, None);
        let few = leading(values(5), 3).unwrap();
        assert_eq!(few.shown, [("b".to_owned(), fen(&[100, 1])), ("c".to_owned(), fen(&[-60, 0]))]);
        assert_eq!(few.rest, Some((3, fen(&[6, 8]))));
        let huge = [("a", i64::MAX), ("b", i64::MAX)].map(|(name, n)| (name.to_owned(), fen(&[n])));
        assert_eq!(leading(huge.into(), 1), Err(Overflow));
    }

    #[test]
    fn months_follow_each_other_over_years() {
        assert_eq!(months("2020-11", "2021-02").unwrap(), ["2020-11", "2020-12", "2021-01", "2021-02"]);
        assert_eq!(months("2021-03", "2021-03").unwrap(), ["2021-03"]);
        assert_eq!(months("2012-01", "2021-12").map(|months| months.len()), Some(MOST_MONTHS));
        assert_eq!(months("2012-01", "2022-01"), None);
    }
}
