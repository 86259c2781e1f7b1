//! Axes: ticks at round numbers, and where an amount lies between them.

use crate::kernel::money::{Fen, Overflow, ten_thousand_yuan};

/// An axis from one round number to another; 0 is always on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    low: i128,
    high: i128,
    step: i128,
}

impl Scale {
    /// The axis that has all values from `low` to `high` on it, with at most about `most` steps; it is at least `least` long.
    pub fn covering(low: i64, high: i64, least: i64, most: i128) -> Scale {
        let (low, mut high) = (i128::from(low.min(0)), i128::from(high.max(0)));
        if low == 0 {
            high = high.max(i128::from(least.max(1)));
        }
        let step = round_step((high - low + most - 1) / most);
        Scale { low: low.div_euclid(step) * step, high: -(-high).div_euclid(step) * step, step }
    }
    /// The round numbers, from the least.
    pub fn ticks(&self) -> impl Iterator<Item = i128> + use<> {
        let (low, step) = (self.low, self.step);
        (0..=(self.high - low) / step).map(move |n| low + n * step)
    }
    /// Where a number lies on a way of so many hundredths of a pixel.
    pub fn along(&self, value: i128, way: i64) -> i64 {
        let value = value.clamp(self.low, self.high);
        let (part, whole) = ((value - self.low) * i128::from(way) * 2, self.high - self.low);
        i64::try_from((part + whole) / (2 * whole)).unwrap_or(way)
    }
}

/// The least of 1, 2, 5, 10, 20, 50 … that is not below this.
fn round_step(least: i128) -> i128 {
    let mut ten = 1;
    loop {
        if let Some(step) = [1, 2, 5].into_iter().map(|digit| digit * ten).find(|step| *step >= least) {
            return step;
        }
        ten *= 10;
    }
}

/// In what amounts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 元, to the fen.
    Yuan,
    /// 万元, rounded to two decimals.
    TenThousand,
}

impl Unit {
    /// Ten-thousand yuan once one amount has ten of them, so that two decimals tell amounts apart.
    pub fn fitting(amounts: impl IntoIterator<Item = Fen>) -> Unit {
        let large = amounts.into_iter().any(|amount| amount.get().unsigned_abs() >= 10_000_000);
        if large { Unit::TenThousand } else { Unit::Yuan }
    }
    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Yuan => "元",
            Unit::TenThousand => "万元",
        }
    }
    /// An amount as it is printed; one that would be rounded to nothing stands in yuan.
    pub fn show(self, amount: Fen) -> Result<String, Overflow> {
        if self == Unit::Yuan {
            return Ok(amount.to_string());
        }
        let rounded = ten_thousand_yuan(amount)?;
        if rounded.is_zero() && !amount.is_zero() { Ok(format!("{amount}元")) } else { Ok(rounded.to_string()) }
    }
    /// Whether nothing of it is rounded away.
    pub const fn exact(self, amount: Fen) -> bool {
        match self {
            Unit::Yuan => true,
            Unit::TenThousand => amount.get() % 10_000 == 0,
        }
    }
    /// A round number of fen without needless decimals.
    pub fn tick(self, fen: i128) -> String {
        let one: i128 = match self {
            Unit::Yuan => 100,
            Unit::TenThousand => 1_000_000,
        };
        decimal(fen, one)
    }
}

/// `number ÷ one` without needless decimals; `one` is a power of ten.
pub fn decimal(number: i128, one: i128) -> String {
    let (sign, number, one) = (if number < 0 { "-" } else { "" }, number.unsigned_abs(), one.unsigned_abs());
    let digits = one.to_string().len() - 1;
    let part = format!("{:0digits$}", number % one);
    let part = part.trim_end_matches('0');
    let dot = if part.is_empty() || digits == 0 { "" } else { "." };
    format!("{sign}{}{dot}{}", number / one, if digits == 0 { "" } else { part })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_every_value() {
        let ticks =
            |low, high| Scale::covering(low, high, 100, 6).ticks().map(|t| t.to_string()).collect::<Vec<_>>().join(" ");
        let table = [
            ((0, 0), "0 20 40 60 80 100"),
            ((0, 3), "0 20 40 60 80 100"),
            ((0, 600), "0 100 200 300 400 500 600"),
            ((0, 601), "0 200 400 600 800"),
            ((5, 99_000), "0 20000 40000 60000 80000 100000"),
            ((-250, 730), "-400 -200 0 200 400 600 800"),
            ((-30, -10), "-30 -25 -20 -15 -10 -5 0"),
            ((0, 1_000_000), "0 200000 400000 600000 800000 1000000"),
        ];
        for ((low, high), expected) in table {
            assert_eq!(ticks(low, high), expected, "{low} to {high}");
        }
        let huge = Scale::covering(i64::MIN, i64::MAX, 100, 6);
        assert!(huge.ticks().count() <= 8 && huge.along(i64::MAX.into(), 60_000) <= 60_000);
    }

    #[test]
    fn places_are_exact_to_the_hundredth() {
        let scale = Scale::covering(-250, 730, 100, 6);
        let at = [-400, -250, 0, 200, 730, 800, 900].map(|value| scale.along(value, 12_000));
        assert_eq!(at, [0, 1500, 4000, 6000, 11_300, 12_000, 12_000]);
        assert_eq!(Scale::covering(0, 3, 100, 6).along(1, 1000), 10);
    }

    #[test]
    fn amounts_are_shown_in_their_unit() {
        let fen = Fen::new;
        assert_eq!(Unit::fitting([fen(9_999_999), fen(-5)]), Unit::Yuan);
        assert_eq!(Unit::fitting([fen(0), fen(-10_000_000)]), Unit::TenThousand);
        let shown = [1_234_567_890, 5_000, 4_999, -4_999, 0, -15_000].map(|n| Unit::TenThousand.show(fen(n)).unwrap());
        assert_eq!(shown, ["1234.57", "0.01", "49.99元", "-49.99元", "0.00", "-0.02"]);
        assert_eq!(Unit::Yuan.show(fen(-1205)), Ok("-12.05".to_owned()));
        assert!(
            Unit::TenThousand.exact(fen(10_000)) && !Unit::TenThousand.exact(fen(10_001)) && Unit::Yuan.exact(fen(1))
        );
        assert_eq!([0, 20, 100, -250, 5].map(|n| Unit::Yuan.tick(n)), ["0", "0.2", "1", "-2.5", "0.05"]);
        assert_eq!([500_000, 20_000_000].map(|n| Unit::TenThousand.tick(n)), ["0.5", "20"]);
        assert_eq!(decimal(-7, 1), "-7");
    }
}
