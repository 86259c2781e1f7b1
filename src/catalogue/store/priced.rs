//! SQL of prices as the price watch asks for them, and of what suppliers declare to produce.

use super::offers::may_sell;
use super::products::ProductRow;
use crate::catalogue::rules::ListingStatus;
use crate::catalogue::schema::{listings, price_evidence as evidence, products};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ListingId, OrgId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::update;
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

/// What a supplier declared to produce of a product in a year.
#[derive(Debug, Clone, Queryable)]
pub struct DeclaredOutput {
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub name: String,
    /// Who makes it.
    pub org_id: OrgId,
    /// Where the maker is registered.
    pub region: RegionCode,
    /// In kilograms.
    pub kilograms: i64,
}

/// Which of these products have a declared yearly output.
pub fn declared_outputs(on: &mut Read, ids: &[ProductId]) -> Outcome<Vec<DeclaredOutput>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<DeclaredOutput> = each!(on, c => products::table.filter(products::id.eq_any(part))
            .filter(products::yearly_output_kg.is_not_null()).order(products::id)
            .select((products::id, products::name, products::org_id, products::supplier_region,
                products::yearly_output_kg.assume_not_null())).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Declares the yearly output of a supplier's own product anew; the product as it is now.
pub fn declare_output(tx: &mut Tx<'_>, org: OrgId, id: ProductId, kilograms: i64) -> Outcome<Option<ProductRow>> {
    let own = products::table.filter(products::id.eq(id)).filter(products::org_id.eq(org));
    let declared = (products::yearly_output_kg.eq(Some(kilograms)), products::version.eq(products::version + 1));
    Ok(each!(tx, c => update(own).set(declared).returning(ProductRow::as_returning()).get_result(c).optional())?)
}
