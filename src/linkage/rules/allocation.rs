//! How one household is divided among the products that reach it.

use crate::kernel::money::Fen;

/// A whole household, in millionths.
const WHOLE: i64 = 1_000_000;

/// The shares of a household that gained these amounts, in millionths, by largest remainder: they sum to one household. Where it gained
/// nothing from any, all have the same share.
#[must_use]
pub fn shares_of_one(amounts: &[i64]) -> Vec<i64> {
    let gained = amounts.iter().any(|amount| *amount > 0);
    let weights: Vec<i64> = if gained { amounts.to_vec() } else { vec![1; amounts.len()] };
    Fen::new(WHOLE).split_by(&weights).into_iter().map(Fen::get).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_follow_what_was_gained_and_sum_to_one_household() {
        let table: [(&[i64], &[i64]); 7] = [
            (&[], &[]),
            (&[5], &[1_000_000]),
            (&[0], &[1_000_000]),
            (&[1, 3], &[250_000, 750_000]),
            (&[0, 7], &[0, 1_000_000]),
            (&[0, 0, 0], &[333_334, 333_333, 333_333]),
            (&[1, 1, 1], &[333_334, 333_333, 333_333]),
        ];
        for (amounts, expected) in table {
            assert_eq!(shares_of_one(amounts), expected, "{amounts:?}");
        }
    }
}
