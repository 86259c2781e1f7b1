//! By what volumes are told apart.

pub mod pairing;
pub mod picture;

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
        /// Under which schemes certificates were in force at placement, all of them together, so that no amount stands twice.
        Schemes "schemes"
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
pub const WIDTH: usize = 14;
/// The place of the county.
pub const COUNTY: usize = 0;
/// The place of the month.
pub const MONTH: usize = 1;
/// The place of whether it is certified.
pub const CERTIFIED: usize = 8;
/// The place of the schemes.
pub const SCHEMES: usize = 12;
/// The place of the tags.
pub const TAGS: usize = 13;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dimension_has_its_place() {
        assert_eq!(Dimension::ALL.len(), TAGS);
        assert_eq!((Dimension::ALL[COUNTY], Dimension::ALL[MONTH]), (Dimension::County, Dimension::Month));
        assert_eq!((Dimension::ALL[CERTIFIED], Dimension::ALL[SCHEMES]), (Dimension::Certified, Dimension::Schemes));
        let asked = apart(&[Dimension::Schemes, Dimension::County]);
        assert_eq!(asked.iter().filter(|told| **told).count(), 2);
        assert!(asked[COUNTY] && asked[TAGS - 1] && !asked[TAGS]);
    }
}
