//! What other slices ask about products and their certificates.

use crate::catalogue::offers::read_origins;
use crate::catalogue::rules::{Covering, OriginShare};
use crate::catalogue::store::{self, OnSale, ProductRow};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ListingId, OrgId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::platform::db::Read;

/// A product, as other slices know it.
#[derive(Debug, Clone)]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// Its supplier.
    pub org_id: OrgId,
    /// Where the supplier was registered when the product was entered.
    pub supplier_region: RegionCode,
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Its mark.
    pub mark: Mark,
    /// Counties of production.
    pub origins: Vec<OriginShare>,
    /// Production licence of processed food.
    pub sc_licence: Option<String>,
    /// Whether it is sold by weight.
    pub weighed: bool,
}

fn known(row: ProductRow) -> Outcome<Product> {
    Ok(Product {
        id: row.id,
        org_id: row.org_id,
        supplier_region: row.supplier_region,
        name: row.name,
        category: row.category,
        mark: row.mark,
        origins: read_origins(&row.origins)?,
        sc_licence: row.sc_licence,
        weighed: row.weighed,
    })
}

/// A product in scope.
///
/// # Errors
/// `not_found` outside the scope.
pub fn product(on: &mut Read, scope: &Scope, id: ProductId) -> Outcome<Product> {
    store::product(on, scope, id)?.ok_or_else(|| AppError::new(Code::NotFound)).and_then(known)
}

/// A listing, as other slices know it.
#[derive(Debug, Clone)]
pub struct ListedGoods {
    /// The listing.
    pub id: ListingId,
    /// What is sold.
    pub product_id: ProductId,
    /// Who sells it.
    pub org_id: OrgId,
    /// Its name.
    pub name: String,
    /// The certificate it shows.
    pub certificate_number: Option<String>,
    /// The price of a unit.
    pub price_fen: Fen,
}

/// A listing, whoever's it is: listings are public.
///
/// # Errors
/// `not_found`.
pub fn listed(on: &mut Read, id: ListingId) -> Outcome<ListedGoods> {
    let row = store::listing(on, id)?.ok_or(Code::NotFound)?;
    Ok(ListedGoods {
        id: row.id,
        product_id: row.product_id,
        org_id: row.org_id,
        name: row.name,
        certificate_number: row.certificate_number,
        price_fen: row.price_fen,
    })
}

/// Listings on sale, of suppliers registered in a region, of a category, at most so many, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn on_sale(on: &mut Read, region: &RegionCode, category: Option<Category>, most: i64) -> Outcome<Vec<OnSale>> {
    store::on_sale(on, region, category, most)
}

/// Every certificate that covers or covered a product, by its number.
///
/// # Errors
/// When the database fails.
pub fn covers(on: &mut Read, product: ProductId) -> Outcome<Vec<Covering>> {
    store::covers_of(on, product)
}
