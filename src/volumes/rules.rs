//! By what volumes are told apart, and how the amount of a line of several counties is split.

pub mod pairing;

use crate::kernel::money::{Fen, Overflow};

crate::text_enum! {
    /// By what volumes are told apart; in this order.
    Dimension {
        /// County of production, frozen on the line.
        County "county"
        /// The month it happened in.
        Month "month"
        /// 资金来源.
        Fund "fund"
        /// 购买目的.
        Purpose "purpose"
        /// 四种模式.
        Mode "mode"
        /// The region's own word for the mode.
        ModeTerm "mode_term"
        /// 五进.
        Channel "channel"
        /// The region's own word for the channel.
        ChannelTerm "channel_term"
        /// Whether a certificate was in force at placement.
        Certified "certified"
        /// Whether it was an eligible product at placement.
        Eligible "eligible"
        /// What the purchasing unit is.
        PurchaserKind "purchaser_kind"
        /// The region of the purchasing unit.
        PurchaserRegion "purchaser_region"
    }
}

crate::text_enum! {
    /// On which side the caller's region stands.
    VolumeSide {
        /// What was produced there, wherever it was bought: what a poverty office asks for.
        Origin "origin"
        /// What was bought there, wherever it was produced.
        Purchaser "purchaser"
    }
}

/// The dimensions, and the tags after them.
pub const WIDTH: usize = 13;
/// The place of the county.
pub const COUNTY: usize = 0;
/// The place of the month.
pub const MONTH: usize = 1;
/// The place of the tags.
pub const TAGS: usize = 12;

/// Values by place; what is not told apart is empty.
pub type Key = [String; WIDTH];
/// Which places are told apart.
pub type Apart = [bool; WIDTH];

/// The places of these dimensions.
#[must_use]
pub fn apart(by: &[Dimension]) -> Apart {
    let mut apart = [false; WIDTH];
    for (place, dimension) in Dimension::ALL.iter().enumerate() {
        apart[place] = by.contains(dimension);
    }
    apart
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

    #[test]
    fn every_dimension_has_its_place() {
        assert_eq!(Dimension::ALL.len(), TAGS);
        assert_eq!((Dimension::ALL[COUNTY], Dimension::ALL[MONTH]), (Dimension::County, Dimension::Month));
        let asked = apart(&[Dimension::PurchaserRegion, Dimension::County]);
        assert_eq!(asked.iter().filter(|told| **told).count(), 2);
        assert!(asked[COUNTY] && asked[TAGS - 1] && !asked[TAGS]);
    }
}
