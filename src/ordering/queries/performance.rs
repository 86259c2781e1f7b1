//! What supervision asks about orders: prices of a month, and how a supplier served its buyers in it.
//!
//! A fact counts in the month in which it was recorded, whenever it happened, so that each counts once and a month that
//! ended stays what it was.

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::{Quantity, price_per_kg};
use crate::kernel::time::At;
use crate::ordering::store::performance as store;
use crate::ordering::terms::{self, Terms};
use crate::platform::db::Read;

/// The prices per kilogram at which listings were ordered from a moment to another, exclusive, by orders that stand; each
/// price of a listing once.
///
/// # Errors
/// When the database fails.
pub fn sold_prices(on: &mut Read, from: At, until: At) -> Outcome<Vec<(ListingId, Fen)>> {
    let rows = store::sold_prices(on, from, until)?;
    let per_kg = |(listing, price, grams)| Ok((listing, price_per_kg(price, grams).map_err(AppError::internal)?));
    rows.into_iter().map(per_kg).collect()
}

/// Suppliers that confirmed, declined or let expire an order from a moment to another, exclusive, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn answering(on: &mut Read, from: At, until: At, after: Option<OrgId>, most: i64) -> Outcome<Vec<OrgId>> {
    store::answering(on, from, until, after, most)
}

/// How a supplier served its buyers; quantities in thousandths of a unit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Performance {
    /// Orders confirmed.
    pub confirmed: i64,
    /// Orders declined or expired.
    pub refused: i64,
    /// Ratings given.
    pub ratings: i64,
    /// Stars for the price.
    pub price_stars: i64,
    /// Stars for the quality.
    pub quality_stars: i64,
    /// Stars for the delivery.
    pub delivery_stars: i64,
    /// Quantity accepted.
    pub accepted: i64,
    /// Quantity rejected.
    pub rejected: i64,
    /// Lines of shipments.
    pub shipments: i64,
    /// Those by the day on which they were wanted.
    pub in_time: i64,
    /// Quantity shipped.
    pub shipped: i64,
    /// Quantity written off as not coming.
    pub short: i64,
}

/// How a supplier served its buyers from a moment to another, exclusive.
///
/// # Errors
/// When the database fails.
pub fn performance(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<Performance> {
    let (confirmed, refused) = store::answers(on, org, from, until)?;
    let mut sum = Performance { confirmed, refused, ..Performance::default() };
    for (price, quality, delivery) in store::stars(on, org, from, until)? {
        sum.ratings += 1;
        sum.price_stars += price;
        sum.quality_stars += quality;
        sum.delivery_stars += delivery;
    }
    for (accepted, rejected) in store::accepted(on, org, from, until)? {
        sum.accepted += accepted.milli();
        sum.rejected += rejected.milli();
    }
    for (quantity, day, delivery, stored) in store::shipped(on, org, from, until)? {
        let stored: Terms = terms::read(&stored)?;
        let place = usize::try_from(delivery).unwrap_or(usize::MAX);
        sum.shipments += 1;
        sum.in_time += i64::from(stored.deliveries.get(place).is_none_or(|wanted| day <= wanted.date));
        sum.shipped += quantity.milli();
    }
    sum.short = store::short_closed(on, org, from, until)?.into_iter().map(Quantity::milli).sum();
    Ok(sum)
}
