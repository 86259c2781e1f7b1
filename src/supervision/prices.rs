//! What the price watch looks at: the offers of a day beside the prices of a month, with the rules of each supplier's region.

use super::rules::{Compared, Declared, LikeGoods, Month, OfferNow, PriceReason, PricedGoods, grams_of, too_high};
use crate::catalogue::{self, Priced};
use crate::certification;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{ListingId, ProductId, RuleId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::price_per_kg;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering;
use crate::platform::db::Read;
use crate::rulebook::{self, RuleName};
use std::collections::{BTreeMap, BTreeSet};

/// The rules of the watch in a region.
#[derive(Debug, Clone, Copy)]
pub struct WatchRules {
    /// How far above the like goods is too high.
    pub factor: Ppm,
    /// The row that says so.
    pub factor_rule: RuleId,
    /// How many listings of others are enough to compare with.
    pub least: i64,
    /// The row that says so.
    pub least_rule: RuleId,
}

/// An offer, with everything that its price is judged by.
#[derive(Debug, Clone)]
pub struct Watched {
    /// The listing.
    pub listing: Priced,
    /// Its price, what it is compared with, and what was declared.
    pub offer: OfferNow,
    /// The rules that were used.
    pub rules: WatchRules,
}

impl Watched {
    /// Why it is too high.
    pub fn reasons(&self) -> impl Iterator<Item = PriceReason> + '_ {
        PriceReason::ALL.iter().copied().filter(|reason| too_high(*reason, &self.offer))
    }
    /// With which price it is compared: that of the like goods, or the one declared.
    pub fn other(&self, reason: PriceReason) -> Option<Fen> {
        match reason {
            PriceReason::AboveMedian => self.offer.compared.map(|with| with.median),
            PriceReason::AboveEvidence => self.offer.declared.map(|like| like.per_kg),
        }
    }
    /// What it is compared with, where that is the reason.
    pub fn compared(&self, reason: PriceReason) -> Option<Compared> {
        self.offer.compared.filter(|_| reason == PriceReason::AboveMedian)
    }
}

/// The offers of a day and the like goods of a month.
#[derive(Debug)]
pub struct Looked {
    /// What is offered.
    pub offers: Vec<Watched>,
    /// The prices of the month.
    pub like: LikeGoods,
}

/// Looks at what is offered on a day, beside the prices of a month: those of its orders and those of the offers.
///
/// # Errors
/// When the database fails.
pub fn look(on: &mut Read, month: &Month, today: Day) -> Outcome<Looked> {
    let offered = catalogue::offered(on, today)?;
    let like = LikeGoods::new(prices(on, month, &offered)?);
    let declared = declared(on)?;
    let certified = certified(on, today)?;
    let mut rules: BTreeMap<RegionCode, WatchRules> = BTreeMap::new();
    let mut offers = Vec::with_capacity(offered.len());
    for listing in offered {
        let rules = match rules.get(&listing.supplier_region) {
            Some(known) => *known,
            None => {
                let loaded = watch_rules(on, &listing.supplier_region, today)?;
                rules.insert(listing.supplier_region, loaded);
                loaded
            }
        };
        let offer = OfferNow {
            per_kg: listing.per_kg,
            declared: declared.get(&listing.id).or_else(|| certified.get(&listing.product_id)).copied(),
            compared: like.compare(&goods(&listing, listing.per_kg), rules.least),
            factor: rules.factor,
        };
        offers.push(Watched { listing, offer, rules });
    }
    Ok(Looked { offers, like })
}

fn watch_rules(on: &mut Read, region: &RegionCode, day: Day) -> Outcome<WatchRules> {
    let (factor, least) = (RuleName::PriceAlertFactorPpm, RuleName::PriceWatchMinGoods);
    let rules = rulebook::load(on, region, day, &[factor, least])?;
    let (factor, least) = (rules.row(factor)?, rules.row(least)?);
    Ok(WatchRules { factor: Ppm(factor.int()?), factor_rule: factor.id, least: least.int()?, least_rule: least.id })
}

fn goods(listing: &Priced, per_kg: Fen) -> PricedGoods {
    PricedGoods {
        listing: listing.id,
        supplier: listing.org_id,
        category: listing.category,
        mark: listing.mark,
        county: listing.county,
        per_kg,
    }
}

/// The prices of a month: of its order lines and of what is offered.
fn prices(on: &mut Read, month: &Month, offered: &[Priced]) -> Outcome<Vec<PricedGoods>> {
    let sold = ordering::sold_prices(on, month.from, month.until)?;
    let offers: BTreeMap<ListingId, &Priced> = offered.iter().map(|listing| (listing.id, listing)).collect();
    let gone: BTreeSet<ListingId> = sold.iter().map(|(id, _)| *id).filter(|id| !offers.contains_key(id)).collect();
    let gone = catalogue::priced(on, &gone.into_iter().collect::<Vec<_>>())?;
    let mut known = offers;
    known.extend(gone.iter().map(|listing| (listing.id, listing)));
    let ordered = sold.into_iter().filter_map(|(id, per_kg)| known.get(&id).map(|listing| goods(listing, per_kg)));
    Ok(offered.iter().map(|listing| goods(listing, listing.per_kg)).chain(ordered).collect())
}

/// What suppliers declared last for their listings.
fn declared(on: &mut Read) -> Outcome<BTreeMap<ListingId, Declared>> {
    let given = catalogue::like_prices(on)?.into_iter();
    Ok(given.map(|like| (like.listing_id, Declared { per_kg: like.per_kg, at: like.given_at })).collect())
}

/// What suppliers declared for certificates in force, where its measure says a weight; of several the highest, in their favour.
fn certified(on: &mut Read, today: Day) -> Outcome<BTreeMap<ProductId, Declared>> {
    let mut found: BTreeMap<ProductId, Declared> = BTreeMap::new();
    for like in certification::like_prices(on, today)? {
        let Some(grams) = grams_of(&like.unit) else { continue };
        let per_kg = price_per_kg(like.price, grams).map_err(AppError::internal)?;
        let declared = Declared { per_kg, at: like.given_at };
        let known = found.entry(like.product_id).or_insert(declared);
        if known.per_kg < per_kg {
            *known = declared;
        }
    }
    Ok(found)
}
