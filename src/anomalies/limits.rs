//! The thresholds that hold for a unit on a day.

use super::rules::Goods;
use crate::kernel::error::Outcome;
use crate::kernel::ids::RuleId;
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering::PurchaseLine;
use crate::platform::db::Read;
use crate::rulebook::{self, RuleName};

/// The rules that are asked.
const NAMES: [RuleName; 9] = [
    RuleName::AnomalySlipFactor,
    RuleName::AnomalyPriceFactorPpm,
    RuleName::AnomalySameDay,
    RuleName::AnomalySupplierSharePpm,
    RuleName::AnomalyShareLeastFen,
    RuleName::ApprovalBandFen,
    RuleName::AnomalySplitDays,
    RuleName::AnomalySimilarPpm,
    RuleName::PriceWatchMinGoods,
];

/// A threshold and the row that it is in.
#[derive(Debug, Clone, Copy)]
pub struct Limit<T> {
    /// The threshold.
    pub is: T,
    /// The row.
    pub rule: RuleId,
}

/// The thresholds.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How many times the last quantity or price is a slip.
    pub slip: Limit<i64>,
    /// How far from the median of like goods a price is unusual.
    pub price: Limit<Ppm>,
    /// Whether an order that went all its way on one day is.
    pub same_day: Limit<bool>,
    /// Which share of one supplier is too large.
    pub share: Limit<Ppm>,
    /// From which spending of the year on.
    pub share_least: Fen,
    /// From which amount on an order needs an approval.
    pub band: Limit<Fen>,
    /// Within how many days orders are added up.
    pub split_days: i64,
    /// How far apart quantities of nearly the same order are.
    pub similar: Ppm,
    /// How many prices of like goods make a median.
    pub goods: i64,
}

impl Limits {
    /// Those of a region on a day.
    pub fn load(on: &mut Read, region: &RegionCode, day: Day) -> Outcome<Limits> {
        let rules = rulebook::load(on, region, day, &NAMES)?;
        let rule = |name| rules.row(name).map(|row| row.id);
        let number = |name| Ok::<_, crate::kernel::error::AppError>(Limit { is: rules.int(name)?, rule: rule(name)? });
        let (slip, price) = (number(RuleName::AnomalySlipFactor)?, number(RuleName::AnomalyPriceFactorPpm)?);
        let (share, band) = (number(RuleName::AnomalySupplierSharePpm)?, number(RuleName::ApprovalBandFen)?);
        Ok(Limits {
            slip,
            price: Limit { is: Ppm(price.is), rule: price.rule },
            same_day: Limit { is: rules.flag(RuleName::AnomalySameDay)?, rule: rule(RuleName::AnomalySameDay)? },
            share: Limit { is: Ppm(share.is), rule: share.rule },
            share_least: Fen::new(rules.int(RuleName::AnomalyShareLeastFen)?),
            band: Limit { is: Fen::new(band.is), rule: band.rule },
            split_days: rules.int(RuleName::AnomalySplitDays)?,
            similar: Ppm(rules.int(RuleName::AnomalySimilarPpm)?),
            goods: rules.int(RuleName::PriceWatchMinGoods)?,
        })
    }
}

/// A line as the rules see it.
pub fn goods(line: &PurchaseLine) -> Goods {
    Goods {
        product: line.product_id,
        milligrams: i128::from(line.quantity.milli()) * i128::from(line.net_weight_grams),
        unit_price: line.unit_price_fen,
        unit_grams: line.net_weight_grams,
    }
}

/// A weight in whole grams.
pub fn grams(goods: &Goods) -> i64 {
    i64::try_from(goods.milligrams / 1_000).unwrap_or(i64::MAX)
}
