//! How far a minimum-purchase commitment is met.

use crate::kernel::money::{Fen, Overflow, rate_hundredths, show_rate};

/// How far it is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// What is still to be bought, in fen; nothing once it is met.
    pub remaining: Fen,
    /// Bought ÷ committed in per cent, two decimals half-up from fen; it may be beyond 100.
    pub rate: String,
    /// Whether at least as much as was committed was bought.
    pub met: bool,
}

/// How far what was bought meets what was committed.
///
/// # Errors
/// [`Overflow`].
pub fn met(committed: Fen, bought: Fen) -> Result<Met, Overflow> {
    let left = committed.minus(bought)?;
    Ok(Met {
        remaining: left.max(Fen::ZERO),
        rate: show_rate(rate_hundredths(bought, committed)),
        met: left <= Fen::ZERO,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_never_less_than_nothing() {
        let table = [
            (10_000, 0, 10_000, "0.00", false),
            (10_000, 9_999, 1, "99.99", false),
            (30_000, 10_000, 20_000, "33.33", false),
            (30_000, 20_000, 10_000, "66.67", false),
            (200, 1, 199, "0.50", false),
            (10_000, 10_000, 0, "100.00", true),
            (10_000, 26_734, 0, "267.34", true),
        ];
        for (committed, bought, remaining, rate, is_met) in table {
            let found = met(Fen::new(committed), Fen::new(bought)).unwrap();
            let expected = Met { remaining: Fen::new(remaining), rate: rate.to_owned(), met: is_met };
            assert_eq!(found, expected, "{committed} {bought}");
        }
    }
}
