//! The price watch: the median of like goods, what is too high, and what settles an alert.
//!
//! Like goods are of the same category and mark, from the same prefecture; where other suppliers list fewer goods there than
//! the rule asks for, from the same province; where there are fewer still, nothing is compared. Prices of a month are those
//! at which order lines were placed in it, and those of the offers on sale when it is looked at (for a month that ended:
//! once, by the first run after its end). A price counts once for each listing, however often it was sold, and the goods of
//! a supplier are compared with those of others only.

use crate::kernel::ids::{ListingId, OrgId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::At;
use std::collections::{BTreeMap, BTreeSet};

crate::text_enum! {
    /// Why a price is too high.
    PriceReason {
        /// 高于同类商品中位价的规定倍数.
        AboveMedian "above_median"
        /// 高于供应商自己申报的同类价格.
        AboveEvidence "above_evidence"
    }
}

crate::text_enum! {
    /// Where a price alert stands.
    PriceAlertState {
        /// 待处理.
        Open "open"
        /// 已转整改.
        Finding "finding"
        /// 已排除.
        Dismissed "dismissed"
        /// 已消除: what was too high is so no more.
        Settled "settled"
    }
}

impl PriceAlertState {
    /// Whether it still says that the price is too high.
    #[must_use]
    pub const fn runs(self) -> bool {
        matches!(self, PriceAlertState::Open | PriceAlertState::Finding)
    }
}

crate::text_enum! {
    /// What settled a price alert.
    SettledBy {
        /// 已降价.
        Price "price"
        /// 已提交同类价格依据.
        Evidence "evidence"
        /// 已下架.
        Withdrawn "withdrawn"
        /// 同类价格变动: the like goods cost more now, or are too few.
        LikeGoods "like_goods"
    }
}

/// A price per kilogram at which a listing was sold or is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedGoods {
    /// The listing.
    pub listing: ListingId,
    /// Who sells it.
    pub supplier: OrgId,
    /// Its category.
    pub category: Category,
    /// Its mark.
    pub mark: Mark,
    /// The county that most of it comes from.
    pub county: RegionCode,
    /// The price of a kilogram.
    pub per_kg: Fen,
}

/// The region of a level that a place lies in; the place itself where there is none.
fn within(place: RegionCode, level: RegionLevel) -> RegionCode {
    std::iter::once(place).chain(place.ancestors()).find(|region| region.level() == level).unwrap_or(place)
}

/// The regions in which goods of a county are compared, the nearest first.
#[must_use]
pub fn compared_in(county: RegionCode) -> [RegionCode; 2] {
    [within(county, RegionLevel::Prefecture), within(county, RegionLevel::Province)]
}

/// The median of prices in order: the middle one, or of two middle ones their mean, half-up to the fen.
#[must_use]
pub fn median(ordered: &[Fen]) -> Option<Fen> {
    let (last, middle) = (ordered.len().checked_sub(1)?, ordered.len() / 2);
    if last == 2 * middle {
        return Some(ordered[middle]);
    }
    let (low, high) = (ordered[middle - 1].get(), ordered[middle].get());
    // From the lower one on, so that the sum cannot overflow.
    Some(Fen::new(low + (high - low + 1) / 2))
}

/// Whether a price is above so many parts per million of another.
#[must_use]
pub fn above(price: Fen, other: Fen, factor: Ppm) -> bool {
    i128::from(price.get()) * 1_000_000 > i128::from(other.get()) * i128::from(factor.0)
}

/// With what a price was compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// In which region.
    pub region: RegionCode,
    /// The median of the like goods.
    pub median: Fen,
    /// How many listings of other suppliers these are.
    pub goods: i64,
}

/// The median of a group of like goods, all suppliers together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupMedian {
    /// The category.
    pub category: Category,
    /// The mark.
    pub mark: Mark,
    /// A prefecture or a province.
    pub region: RegionCode,
    /// How many different prices of listings.
    pub goods: i64,
    /// How many suppliers.
    pub suppliers: i64,
    /// The median.
    pub median: Fen,
}

type Group = (Category, Mark, RegionCode);

/// The prices of a month, by what is like each other.
#[derive(Debug, Default)]
pub struct LikeGoods(BTreeMap<Group, Vec<PricedGoods>>);

impl LikeGoods {
    /// Takes all prices of a month.
    #[must_use]
    pub fn new(mut prices: Vec<PricedGoods>) -> LikeGoods {
        prices.sort_by_key(|one| (one.per_kg, one.listing));
        prices.dedup_by_key(|one| (one.per_kg, one.listing));
        let mut groups: BTreeMap<Group, Vec<PricedGoods>> = BTreeMap::new();
        for one in prices {
            let regions: BTreeSet<RegionCode> = compared_in(one.county).into_iter().collect();
            for region in regions {
                groups.entry((one.category, one.mark, region)).or_default().push(one.clone());
            }
        }
        LikeGoods(groups)
    }
    /// With what an offer is compared; `None` while other suppliers list fewer like goods than asked for.
    #[must_use]
    pub fn compare(&self, offer: &PricedGoods, least: i64) -> Option<Compared> {
        compared_in(offer.county).into_iter().find_map(|region| {
            let group = self.0.get(&(offer.category, offer.mark, region))?;
            let others: Vec<&PricedGoods> = group.iter().filter(|one| one.supplier != offer.supplier).collect();
            let listings: BTreeSet<ListingId> = others.iter().map(|one| one.listing).collect();
            let goods = count(listings.len());
            let prices: Vec<Fen> = others.iter().map(|one| one.per_kg).collect();
            let median = median(&prices).filter(|_| goods >= least)?;
            Some(Compared { region, median, goods })
        })
    }
    /// The median of every group.
    #[must_use]
    pub fn medians(&self) -> Vec<GroupMedian> {
        let of = |((category, mark, region), group): (&Group, &Vec<PricedGoods>)| {
            let prices: Vec<Fen> = group.iter().map(|one| one.per_kg).collect();
            let suppliers: BTreeSet<OrgId> = group.iter().map(|one| one.supplier).collect();
            Some(GroupMedian {
                category: *category,
                mark: *mark,
                region: *region,
                goods: count(group.len()),
                suppliers: count(suppliers.len()),
                median: median(&prices)?,
            })
        };
        self.0.iter().filter_map(of).collect()
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// How many grams a unit of like goods is, as suppliers write it (500克, 1公斤, 2.5kg); `None` where it does not say a weight.
#[must_use]
pub fn grams_of(unit: &str) -> Option<i64> {
    let unit = unit.trim().trim_start_matches('/').trim().to_lowercase();
    let measures = [("千克", 1000), ("公斤", 1000), ("kg", 1000), ("市斤", 500), ("斤", 500), ("克", 1), ("g", 1)];
    let (number, grams) = measures.iter().find_map(|(name, grams)| Some((unit.strip_suffix(name)?.trim(), *grams)))?;
    let milli = if number.is_empty() { 1000 } else { milli(number)? };
    let total: i64 = milli.checked_mul(grams)?;
    (total > 0 && total % 1000 == 0).then_some(total / 1000)
}

fn milli(number: &str) -> Option<i64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || part.len() > 3 || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<3}").parse().ok()
}

/// A like price per kilogram that a supplier declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// In fen.
    pub per_kg: Fen,
    /// When it was declared.
    pub at: At,
}

/// An offer as it stands when an alert about it is looked at again.
#[derive(Debug, Clone, Copy)]
pub struct OfferNow {
    /// The price of a kilogram.
    pub per_kg: Fen,
    /// What the supplier declared last.
    pub declared: Option<Declared>,
    /// The like goods of other suppliers.
    pub compared: Option<Compared>,
    /// How far above them is too high.
    pub factor: Ppm,
}

/// Whether an offer is too high for a reason.
#[must_use]
pub fn too_high(reason: PriceReason, offer: &OfferNow) -> bool {
    match reason {
        PriceReason::AboveMedian => offer.compared.is_some_and(|with| above(offer.per_kg, with.median, offer.factor)),
        PriceReason::AboveEvidence => offer.declared.is_some_and(|like| offer.per_kg > like.per_kg),
    }
}

/// What settled an alert of a moment about a price, if it is settled: a lower price, evidence given since that covers the
/// price, or that it is not too high any more.
#[must_use]
pub fn settled(reason: PriceReason, price: Fen, raised_at: At, now: Option<&OfferNow>) -> Option<SettledBy> {
    let Some(offer) = now else { return Some(SettledBy::Withdrawn) };
    let covered = offer.declared.is_some_and(|like| like.at > raised_at && offer.per_kg <= like.per_kg);
    if too_high(reason, offer) && !covered {
        return None;
    }
    Some(match () {
        () if offer.per_kg < price => SettledBy::Price,
        () if covered => SettledBy::Evidence,
        () => SettledBy::LikeGoods,
    })
}

/// Why a price is too high, in words, Chinese and English.
#[must_use]
pub fn price_words(reason: PriceReason, price: Fen, other: Fen, factor: Ppm, goods: i64) -> (String, String) {
    match reason {
        PriceReason::AboveMedian => (
            format!("每公斤 {price} 元，高于同类商品（{goods} 件）中位价 {other} 元的 {}", times(factor)),
            format!("{price} yuan a kilogram is above {} the median {other} of {goods} like goods", times(factor)),
        ),
        PriceReason::AboveEvidence => (
            format!("每公斤 {price} 元，高于本供应商申报的同类价格 {other} 元"),
            format!("{price} yuan a kilogram is above the like price {other} that the supplier declared"),
        ),
    }
}

/// A factor as a percentage: `150%`.
fn times(factor: Ppm) -> String {
    let (whole, part) = (factor.0 / 10_000, factor.0 % 10_000);
    if part == 0 { format!("{whole}%") } else { format!("{whole}.{part:04}%") }
}

#[cfg(test)]
mod tests;
