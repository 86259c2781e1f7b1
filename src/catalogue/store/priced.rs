//! SQL of prices as the price watch asks for them.

use super::offers::may_sell;
use crate::catalogue::rules::ListingStatus;
use crate::catalogue::schema::{listings, price_evidence as evidence, products};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ListingId, OrgId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use diesel::prelude::*;

/// Ids named in one statement.
const CHUNK: usize = 500;

/// A listing as far as its price is compared.
#[derive(Debug, Clone, Queryable)]
pub struct Priced {
    /// The listing.
    pub id: ListingId,
    /// What is sold.
    pub product_id: ProductId,
    /// Who sells it.
    pub org_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// Where the supplier is registered.
    pub supplier_region: RegionCode,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// The product's mark.
    pub mark: Mark,
    /// The county that most of it comes from.
    pub county: RegionCode,
    /// The price of a kilogram.
    pub per_kg: Fen,
}

/// A like price that a supplier declared for a listing.
#[derive(Debug, Clone, Queryable)]
pub struct LikePrice {
    /// The listing.
    pub listing_id: ListingId,
    /// What a kilogram of the like goods costs.
    pub per_kg: Fen,
    /// When it was declared.
    pub given_at: At,
}

/// The columns of [`Priced`].
macro_rules! priced {
    () => {
        (
            listings::id,
            listings::product_id,
            listings::org_id,
            listings::supplier_name,
            listings::supplier_region,
            listings::name,
            listings::category,
            products::mark,
            listings::county,
            listings::price_per_kg_fen,
        )
    };
}

/// What is offered on a day by suppliers that may sell.
pub fn offered(on: &mut Read, day: Day) -> Outcome<Vec<Priced>> {
    Ok(each!(on, c => listings::table.inner_join(products::table).filter(listings::status.eq(ListingStatus::OnSale))
        .filter(listings::mandated_until.ge(day)).filter(may_sell()).order(listings::id).select(priced!()).load(c))?)
}

/// These listings, on sale or not.
pub fn priced(on: &mut Read, ids: &[ListingId]) -> Outcome<Vec<Priced>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<Priced> = each!(on, c => listings::table.inner_join(products::table)
            .filter(listings::id.eq_any(part)).order(listings::id).select(priced!()).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// The like prices declared for what is on sale, oldest first.
pub fn like_prices(on: &mut Read) -> Outcome<Vec<LikePrice>> {
    let rows: Vec<(ListingId, Option<Fen>, At)> = each!(on, c => evidence::table
        .inner_join(listings::table.on(listings::id.eq(evidence::listing_id)))
        .filter(listings::status.eq(ListingStatus::OnSale)).filter(evidence::like_price_per_kg_fen.is_not_null())
        .order(evidence::id).select((evidence::listing_id, evidence::like_price_per_kg_fen, evidence::given_at)).load(c))?;
    let declared = |(listing_id, price, given_at): (ListingId, Option<Fen>, At)| {
        price.map(|per_kg| LikePrice { listing_id, per_kg, given_at })
    };
    Ok(rows.into_iter().filter_map(declared).collect())
}

/// How many listings of a supplier are on sale.
pub fn count_offered(on: &mut Read, org: OrgId) -> Outcome<i64> {
    Ok(
        each!(on, c => listings::table.filter(listings::org_id.eq(org)).filter(listings::status.eq(ListingStatus::OnSale))
        .count().get_result(c))?,
    )
}
