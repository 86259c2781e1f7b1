//! Money in fen and rates in parts per million: integers with checked arithmetic, one named rounding.

use std::fmt;
use std::iter::Sum;

/// An amount in fen (1/100 yuan). Negative only in adjusting entries and balances.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    serde::Serialize,
    serde::Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
#[serde(transparent)]
pub struct Fen(i64);
crate::bigint_column!(Fen);

/// The sum or product does not fit; the command refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount is too large")]
pub struct Overflow;

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);
    /// The largest amount a request may name: 10 billion yuan.
    pub const MAX_INPUT: i64 = 1_000_000_000_000;

    /// Wraps a number of fen.
    #[must_use]
    pub const fn new(fen: i64) -> Fen {
        Fen(fen)
    }
    /// The number of fen.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
    /// Sum.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn plus(self, other: Fen) -> Result<Fen, Overflow> {
        self.0.checked_add(other.0).map(Fen).ok_or(Overflow)
    }
    /// Difference.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn minus(self, other: Fen) -> Result<Fen, Overflow> {
        self.0.checked_sub(other.0).map(Fen).ok_or(Overflow)
    }
    /// The amount with its sign turned.
    #[must_use]
    pub const fn negated(self) -> Fen {
        Fen(self.0.saturating_neg())
    }
    /// Whether it is exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// `self × ppm ÷ 1 000 000`, half-up to the fen.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn share_half_up(self, ppm: Ppm) -> Result<Fen, Overflow> {
        ratio_half_up(self.0, ppm.0, 1_000_000).map(Fen)
    }
    /// Exact sum of many amounts.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn total(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, Overflow> {
        amounts.into_iter().try_fold(Fen::ZERO, Fen::plus)
    }
    /// Splits the amount by integer weights, by largest remainder, so that the parts sum to it; the earlier part wins a tie.
    /// Weights that sum to zero put everything on the first part.
    #[must_use]
    pub fn split_by(self, weights: &[i64]) -> Vec<Fen> {
        let whole: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        if weights.is_empty() {
            return Vec::new();
        }
        if whole <= 0 {
            let mut parts = vec![Fen::ZERO; weights.len()];
            parts[0] = self;
            return parts;
        }
        let sign = i128::from(self.0.signum());
        let amount = i128::from(self.0).abs();
        let mut parts: Vec<i128> = weights.iter().map(|w| amount * i128::from(*w) / whole).collect();
        let mut left = amount - parts.iter().sum::<i128>();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by_key(|i| std::cmp::Reverse(amount * i128::from(weights[*i]) % whole));
        for index in order {
            if left == 0 {
                break;
            }
            parts[index] += 1;
            left -= 1;
        }
        parts.into_iter().map(|part| Fen(i64::try_from(sign * part).unwrap_or(i64::MAX))).collect()
    }
}

impl fmt::Display for Fen {
    /// Yuan with two decimals, as a person reads it: `12.30`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        f.pad(&format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100))
    }
}

impl Sum for Fen {
    /// For amounts already known to fit (one order, one page of a report); saturates instead of wrapping.
    fn sum<I: Iterator<Item = Fen>>(iter: I) -> Fen {
        iter.fold(Fen::ZERO, |sum, next| Fen(sum.0.saturating_add(next.0)))
    }
}

impl utoipa::PartialSchema for Fen {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .into()
    }
}
impl utoipa::ToSchema for Fen {}

/// A ratio in parts per million.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    serde::Serialize,
    serde::Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
#[serde(transparent)]
pub struct Ppm(pub i64);
crate::bigint_column!(Ppm);
impl utoipa::PartialSchema for Ppm {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <Fen as utoipa::PartialSchema>::schema()
    }
}
impl utoipa::ToSchema for Ppm {}

/// `value × numerator ÷ denominator`, half-up (away from zero at the half).
///
/// # Errors
/// [`Overflow`] when it does not fit or the denominator is not positive.
pub fn ratio_half_up(value: i64, numerator: i64, denominator: i64) -> Result<i64, Overflow> {
    if denominator <= 0 {
        return Err(Overflow);
    }
    let product = i128::from(value) * i128::from(numerator);
    let (sign, product) = (product.signum(), product.abs());
    let denominator = i128::from(denominator);
    i64::try_from(sign * ((2 * product + denominator) / (2 * denominator))).map_err(|_| Overflow)
}

/// Splits amounts that follow each other on one line by its origin shares. Each amount gets the difference of two splits of
/// the running total, so that the parts of any number of amounts sum to the split of their total: what is taken back is taken
/// from the county that had it, to the fen.
///
/// # Errors
/// [`Overflow`] when the running total does not fit.
pub fn split_running(amounts: &[Fen], shares: &[i64]) -> Result<Vec<Vec<Fen>>, Overflow> {
    let mut total = Fen::ZERO;
    let mut before = vec![Fen::ZERO; shares.len()];
    let mut parts = Vec::with_capacity(amounts.len());
    for amount in amounts {
        total = total.plus(*amount)?;
        let after = total.split_by(shares);
        let part: Result<Vec<Fen>, Overflow> = after.iter().zip(&before).map(|(a, b)| a.minus(*b)).collect();
        parts.push(part?);
        before = after;
    }
    Ok(parts)
}

/// An amount in ten-thousand yuan (万元) with two decimals, half-up from fen: `602.26`. Amounts rounded one by one need not sum to
/// their rounded total.
///
/// # Errors
/// Never for amounts of this platform.
pub fn ten_thousand_yuan(amount: Fen) -> Result<Fen, Overflow> {
    ratio_half_up(amount.0, 1, 10_000).map(Fen)
}

/// A rate in hundredths of a per cent (`2343` = 23.43 %), half-up from fen; `None` when nothing is reserved.
/// Source of the rounding: 宁财便函〔2020〕420号.
#[must_use]
pub fn rate_hundredths(part: Fen, whole: Fen) -> Option<i64> {
    if whole.0 <= 0 { None } else { ratio_half_up(part.0, 10_000, whole.0).ok() }
}

/// A rate as printed: `23.43`, or `N/A`.
#[must_use]
pub fn show_rate(rate: Option<i64>) -> String {
    rate.map_or_else(|| "N/A".to_owned(), |r| Fen(r).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_the_running_total_and_never_go_astray() {
        let fen = |amounts: &[i64]| amounts.iter().map(|a| Fen::new(*a)).collect::<Vec<_>>();
        let parts = split_running(&fen(&[3, -1, -1, -1]), &[500_000, 500_000]).unwrap();
        assert_eq!(parts, [fen(&[2, 1]), fen(&[-1, 0]), fen(&[0, -1]), fen(&[-1, 0])]);
        let shares = [333_333, 333_333, 333_334];
        let amounts = fen(&[100, 7, -50, 1_000_001]);
        let parts = split_running(&amounts, &shares).unwrap();
        for (part, amount) in parts.iter().zip(&amounts) {
            assert_eq!(part.iter().copied().sum::<Fen>(), *amount);
        }
        let county = |n: usize| -> Fen { parts.iter().map(|part| part[n]).sum() };
        let whole: Fen = amounts.iter().copied().sum();
        assert_eq!((0..3).map(county).collect::<Vec<_>>(), whole.split_by(&shares));
        assert!(split_running(&fen(&[i64::MAX, 1]), &shares).is_err());
    }

    fn yuan_10k(text: &str) -> Fen {
        let (whole, part) = text.split_once('.').unwrap();
        Fen((whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()) * 10_000)
    }

    #[test]
    fn golden_rates_of_the_2020_bulletin() {
        for (completed, reserved, rate) in
            [("141.10", "602.26", "23.43"), ("370.92", "1622.67", "22.86"), ("512.02", "2224.93", "23.01")]
        {
            assert_eq!(show_rate(rate_hundredths(yuan_10k(completed), yuan_10k(reserved))), rate);
        }
        assert_eq!(yuan_10k("141.10").plus(yuan_10k("370.92")), Ok(yuan_10k("512.02")));
        assert_eq!(yuan_10k("602.26").plus(yuan_10k("1622.67")), Ok(yuan_10k("2224.93")));
        assert_eq!(show_rate(rate_hundredths(Fen(87_684_000), Fen(78_402_500))), "111.84");
        assert_eq!(show_rate(rate_hundredths(Fen(85), Fen(146))), "58.22");
        assert_eq!(show_rate(rate_hundredths(Fen(651), Fen(1015))), "64.14");
        assert_eq!(show_rate(rate_hundredths(Fen(1), Fen::ZERO)), "N/A");
    }

    #[test]
    fn rounds_half_away_from_zero_once() {
        for (value, num, den, want) in
            [(5, 1, 10, 1), (4, 1, 10, 0), (-5, 1, 10, -1), (15, 1, 10, 2), (25, 1, 10, 3), (i64::MAX, 1, 1, i64::MAX)]
        {
            assert_eq!(ratio_half_up(value, num, den), Ok(want), "{value}×{num}÷{den}");
        }
        assert_eq!(ratio_half_up(i64::MAX, 2, 1), Err(Overflow));
        assert_eq!(ratio_half_up(1, 1, 0), Err(Overflow));
    }

    #[test]
    fn split_parts_sum_to_the_whole() {
        assert_eq!(Fen(100).split_by(&[333_333, 333_333, 333_334]), [Fen(33), Fen(33), Fen(34)]);
        assert_eq!(Fen(-10).split_by(&[1, 1, 1]), [Fen(-4), Fen(-3), Fen(-3)]);
        assert_eq!(Fen(7).split_by(&[0, 0]), [Fen(7), Fen(0)]);
        assert!(Fen(7).split_by(&[]).is_empty());
    }

    #[test]
    fn shows_yuan() {
        assert_eq!(Fen(-1205).to_string(), "-12.05");
        assert_eq!(format!("{:>8}", Fen(5)), "    0.05");
        assert_eq!(Fen(i64::MIN).to_string(), "-92233720368547758.08");
    }
}
