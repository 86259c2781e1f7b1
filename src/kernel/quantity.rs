//! Quantities in thousandths of the sale unit, written as decimal strings (`"2.5"`), and weights in grams.

use super::money::{Fen, Overflow, Ppm, ratio_half_up};
use std::fmt;
use std::str::FromStr;

/// A quantity in thousandths of the sale unit (for goods sold by the kilogram: grams).
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
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::BigInt)]
pub struct Quantity(i64);
crate::bigint_column!(Quantity);

/// The text is not a decimal with at most three places, or too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a quantity: at most nine digits and three decimals, no sign")]
pub struct NotAQuantity;

/// What a request may write.
pub const QUANTITY_PATTERN: &str = r"^(0|[1-9][0-9]{0,8})(\.[0-9]{1,3})?$";

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity(0);
    /// Wraps thousandths.
    #[must_use]
    pub const fn from_milli(milli: i64) -> Quantity {
        Quantity(milli)
    }
    /// Whole units.
    #[must_use]
    pub const fn units(units: i64) -> Quantity {
        Quantity(units.saturating_mul(1000))
    }
    /// The number of thousandths.
    #[must_use]
    pub const fn milli(self) -> i64 {
        self.0
    }
    /// Whether it is exactly nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
    /// Whether it is a whole number of units.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        self.0 % 1000 == 0
    }
    /// Sum.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn plus(self, other: Quantity) -> Result<Quantity, Overflow> {
        self.0.checked_add(other.0).map(Quantity).ok_or(Overflow)
    }
    /// Difference, never below nothing.
    ///
    /// # Errors
    /// [`Overflow`] when the other is larger.
    pub fn minus(self, other: Quantity) -> Result<Quantity, Overflow> {
        if other.0 > self.0 { Err(Overflow) } else { Ok(Quantity(self.0 - other.0)) }
    }
    /// `unit price × quantity`, half-up to the fen: the one rounding of a line (product rule "Money").
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn price(self, unit_price: Fen) -> Result<Fen, Overflow> {
        ratio_half_up(unit_price.get(), self.0, 1000).map(Fen::new)
    }
    /// The quantity enlarged by a tolerance, rounded up to the thousandth.
    ///
    /// # Errors
    /// [`Overflow`] when it does not fit.
    pub fn with_tolerance(self, tolerance: Ppm) -> Result<Quantity, Overflow> {
        let extra = (i128::from(self.0) * i128::from(tolerance.0) + 999_999) / 1_000_000;
        i64::try_from(i128::from(self.0) + extra).map(Quantity).map_err(|_| Overflow)
    }
    /// The least quantity that still fulfils the line within a tolerance, rounded down to the thousandth.
    #[must_use]
    pub fn less_tolerance(self, tolerance: Ppm) -> Quantity {
        let cut = (i128::from(self.0) * i128::from(tolerance.0) + 999_999) / 1_000_000;
        i64::try_from(i128::from(self.0) - cut).map_or(Quantity::ZERO, |left| Quantity(left.max(0)))
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 1000, self.0.unsigned_abs() % 1000);
        if part == 0 {
            return f.pad(&format!("{sign}{whole}"));
        }
        f.pad(format!("{sign}{whole}.{part:03}").trim_end_matches('0'))
    }
}

impl FromStr for Quantity {
    type Err = NotAQuantity;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, part) = text.split_once('.').map_or((text, None), |(w, p)| (w, Some(p)));
        let digits = |s: &str, most: usize| !s.is_empty() && s.len() <= most && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 9) || part.is_some_and(|p| !digits(p, 3)) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(NotAQuantity);
        }
        let part = format!("{:0<3}", part.unwrap_or(""));
        let whole: i64 = whole.parse().map_err(|_| NotAQuantity)?;
        let part: i64 = part.parse().map_err(|_| NotAQuantity)?;
        Ok(Quantity(whole * 1000 + part))
    }
}
crate::json_text!(Quantity, |v| v.to_string(), "decimal", Some(QUANTITY_PATTERN), Some("2.5"));

/// Price per kilogram in fen from a price per unit and the net weight of one unit in grams, half-up.
///
/// # Errors
/// [`Overflow`] when it does not fit or the weight is not positive.
pub fn price_per_kg(unit_price: Fen, net_weight_grams: i64) -> Result<Fen, Overflow> {
    ratio_half_up(unit_price.get(), 1000, net_weight_grams).map(Fen::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_shows_decimals() {
        for (text, milli, shown) in [
            ("0", 0, "0"),
            ("2.5", 2500, "2.5"),
            ("2.500", 2500, "2.5"),
            ("10", 10_000, "10"),
            ("0.001", 1, "0.001"),
            ("999999999.999", 999_999_999_999, "999999999.999"),
        ] {
            let quantity: Quantity = text.parse().unwrap();
            assert_eq!((quantity.milli(), quantity.to_string().as_str()), (milli, shown));
        }
        for text in ["", ".5", "5.", "1.2345", "-1", "+1", "01", "1e3", "１", "1000000000", " 1"] {
            assert_eq!(text.parse::<Quantity>(), Err(NotAQuantity), "{text}");
        }
    }

    #[test]
    fn prices_a_line_half_up_once() {
        for (milli, price, want) in [(2500, 333, 833), (1, 500, 1), (1, 499, 0), (3000, 1999, 5997)] {
            assert_eq!(Quantity(milli).price(Fen::new(price)), Ok(Fen::new(want)));
        }
        assert_eq!(Quantity(i64::MAX).price(Fen::new(i64::MAX)), Err(Overflow));
        assert_eq!(price_per_kg(Fen::new(1000), 250), Ok(Fen::new(4000)));
        assert_eq!(price_per_kg(Fen::new(1000), 0), Err(Overflow));
    }

    #[test]
    fn tolerance_widens_both_ways() {
        assert_eq!(Quantity::units(10).with_tolerance(Ppm(50_000)), Ok(Quantity(10_500)));
        assert_eq!(Quantity(1).with_tolerance(Ppm(50_000)), Ok(Quantity(2)));
        assert_eq!(Quantity::units(10).less_tolerance(Ppm(50_000)), Quantity(9_500));
    }
}
