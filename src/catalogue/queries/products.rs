//! A supplier's view of its products, their listings and stock.

use crate::catalogue::commands;
use crate::catalogue::offers::read_origins;
use crate::catalogue::rules::{CoverStatus, Covering, ListingStatus, OriginShare};
use crate::catalogue::store::{self, ListingRow, ProductRow};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::food_licence::{FoodLicence, FoodLicenceWarning};
use crate::kernel::ids::{AccountId, CertificateId, ListingId, OrgId, ProductId, SchemeId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::{At, Day};
use crate::ledger;
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::regions::{self, Region};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// The most listings of one product that its supplier sees with it.
const MOST_LISTINGS: i64 = 100;

/// Whether an organisation has a product of this name and category.
///
/// # Errors
/// When the database fails.
pub fn has_product(read: &mut Read, org: OrgId, name: &str, category: Category) -> Outcome<bool> {
    store::has_product(read, org, name.trim(), category)
}

/// A product, as its supplier sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductView {
    /// Its id.
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
    /// Counties of production, largest share first.
    pub origins: Vec<OriginShare>,
    /// For buyers.
    pub description: String,
    /// Production licence of processed food.
    pub sc_licence: Option<String>,
    /// Whether it is sold by weight.
    pub weighed: bool,
    /// How much of it is produced in a year, in kilograms, as its supplier declared.
    pub yearly_output_kg: Option<i64>,
    /// Whether it is a product of 832 counties today.
    pub eligible: bool,
    /// Whether a certificate is in force today.
    pub certified: bool,
    /// Whether it may not be sold for food safety, whatever else entitles it.
    pub barred: bool,
    /// Certificates that cover or covered it.
    pub certificates: Vec<ProductCertificate>,
    /// What a reviewer will look at, as words.
    pub warnings: Vec<&'static str>,
    /// Its latest listings; only in the reply about this product alone.
    pub listings: Vec<OwnListing>,
    /// When it was entered.
    pub created_at: At,
    /// Counts what happens to it.
    pub version: i64,
}

/// A certificate of a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductCertificate {
    /// Its id.
    pub id: CertificateId,
    /// Its number.
    pub number: String,
    /// Its scheme.
    pub scheme_id: SchemeId,
    /// The county that certified.
    pub county: RegionCode,
    /// First day in force.
    pub valid_from: Day,
    /// Last day in force.
    pub valid_until: Day,
    /// How it stands.
    pub status: CoverStatus,
}

impl From<Covering> for ProductCertificate {
    fn from(cover: Covering) -> ProductCertificate {
        ProductCertificate {
            id: cover.certificate_id,
            number: cover.number,
            scheme_id: cover.scheme_id,
            county: cover.county,
            valid_from: cover.valid_from,
            valid_until: cover.valid_until,
            status: cover.status,
        }
    }
}

/// A listing, as its supplier sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwnListing {
    /// Its id.
    pub id: ListingId,
    /// Whether it is on sale.
    pub status: ListingStatus,
    /// Why it was withdrawn.
    pub withdrawn_reason: Option<String>,
    /// What one unit is called.
    pub unit: String,
    /// Price of one unit in fen.
    pub price_fen: Fen,
    /// Whether evidence for a raise was given since the last one.
    pub may_raise: bool,
    /// Its stock.
    pub stock: StockView,
    /// Send it as If-Match with a change.
    #[schema(example = "\"v3\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

/// A listing's stock in sale units.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct StockView {
    /// Came in, less what went out otherwise than by orders.
    pub supplied: Quantity,
    /// Held by orders.
    pub held: Quantity,
    /// Taken by orders.
    pub sold: Quantity,
    /// May still be ordered.
    pub available: Quantity,
}

impl From<ledger::Balance> for StockView {
    fn from(balance: ledger::Balance) -> StockView {
        StockView {
            supplied: Quantity::from_milli(balance.limit.unwrap_or(0)),
            held: Quantity::from_milli(balance.pending),
            sold: Quantity::from_milli(balance.posted),
            available: Quantity::from_milli(balance.left().unwrap_or(0)),
        }
    }
}

/// The balances of listings' stock accounts.
pub(super) fn balances(on: &mut Read, accounts: &[AccountId]) -> Outcome<HashMap<AccountId, ledger::Balance>> {
    Ok(ledger::balances(on, accounts)?.into_iter().collect())
}

/// A listing's stock.
///
/// # Errors
/// `not_found`.
pub fn stock(on: &mut Read, org: OrgId, id: ListingId) -> Outcome<StockView> {
    let row = store::listing(on, id)?.filter(|row| row.org_id == org).ok_or(Code::NotFound)?;
    Ok(ledger::balance(on, row.stock_account_id)?.into())
}

/// A product with its listings.
///
/// # Errors
/// `not_found` outside the scope.
pub fn own_product(on: &mut Read, scope: &Scope, id: ProductId, day: Day) -> Outcome<ProductView> {
    let row = store::product(on, scope, id)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    let rows = store::listings_of(on, row.org_id, id, MOST_LISTINGS)?;
    let accounts: Vec<AccountId> = rows.iter().map(|row| row.stock_account_id).collect();
    let mut stocks = balances(on, &accounts)?;
    let listings = rows.into_iter().map(|row| own_listing(&mut stocks, row)).collect();
    let view = views(on, vec![row], day)?.into_iter().next().ok_or(Code::NotFound)?;
    Ok(ProductView { listings, ..view })
}

fn own_listing(stocks: &mut HashMap<AccountId, ledger::Balance>, row: ListingRow) -> OwnListing {
    OwnListing {
        id: row.id,
        status: row.status,
        withdrawn_reason: row.withdrawn_reason,
        unit: row.unit,
        price_fen: row.price_fen,
        may_raise: row.fresh_evidence_id.is_some(),
        stock: stocks.remove(&row.stock_account_id).unwrap_or_default().into(),
        etag: etag(row.version),
        version: row.version,
    }
}

/// A supplier's products, newest first.
///
/// # Errors
/// When the database fails.
pub fn own_products(on: &mut Read, org: OrgId, day: Day, page: &PageRequest) -> Outcome<Page<ProductView>> {
    let rows = store::products_of(on, org, page)?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: views(on, page.items, day)?, next: page.next })
}

/// The products that a supplier makes, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn products_made(on: &mut Read, org: OrgId) -> Outcome<Vec<ProductId>> {
    store::products_made(on, org)
}

/// The views of products; what they need is asked for once for all of them.
fn views(on: &mut Read, rows: Vec<ProductRow>, day: Day) -> Outcome<Vec<ProductView>> {
    let ids: Vec<ProductId> = rows.iter().map(|row| row.id).collect();
    let mut covers: HashMap<ProductId, Vec<Covering>> = HashMap::new();
    for (product, cover) in store::covers_of_each(on, &ids)? {
        covers.entry(product).or_default().push(cover);
    }
    let mut places = Vec::new();
    for row in &rows {
        let origins = read_origins(&row.origins)?;
        places.extend(
            origins.iter().map(|share| share.county).chain([row.supplier_region]).filter_map(commands::county_of),
        );
        places.extend(licence_of(row).and_then(|(_, region)| region));
    }
    places.sort_unstable();
    places.dedup();
    let known = regions::regions_on(on, &places, day)?;
    rows.into_iter().map(|row| view(&known, covers.remove(&row.id).unwrap_or_default(), row, day)).collect()
}

fn view(
    known: &BTreeMap<RegionCode, Region>,
    covers: Vec<Covering>,
    row: ProductRow,
    day: Day,
) -> Outcome<ProductView> {
    let origins = read_origins(&row.origins)?;
    Ok(ProductView {
        id: row.id,
        org_id: row.org_id,
        supplier_region: row.supplier_region,
        eligible: commands::is_eligible_among(known, row.supplier_region, &origins),
        certified: covers.iter().any(|cover| cover.in_force(day)),
        barred: covers.iter().any(|cover| cover.bars),
        certificates: covers.into_iter().map(ProductCertificate::from).collect(),
        warnings: warnings(known, &row),
        name: row.name,
        category: row.category,
        mark: row.mark,
        origins,
        description: row.description,
        sc_licence: row.sc_licence,
        weighed: row.weighed,
        yearly_output_kg: row.yearly_output_kg,
        listings: Vec::new(),
        created_at: row.created_at,
        version: row.version,
    })
}

/// A product's licence, when it can be read, and the region that it names.
fn licence_of(row: &ProductRow) -> Option<(FoodLicence, Option<RegionCode>)> {
    let licence = FoodLicence::parse(row.sc_licence.as_deref()?).ok()?;
    let region = licence.region_code().parse().ok();
    Some((licence, region))
}

/// A licence that looks wrong is a warning, never a refusal.
fn warnings(known: &BTreeMap<RegionCode, Region>, row: &ProductRow) -> Vec<&'static str> {
    let Some((licence, region)) = licence_of(row) else { return Vec::new() };
    let there = region.is_some_and(|code| known.contains_key(&code));
    let word = |warning: &FoodLicenceWarning| match warning {
        FoodLicenceWarning::WrongCheckDigit { .. } => "sc_licence_check_digit",
        FoodLicenceWarning::UnknownRegion { .. } => "sc_licence_region",
    };
    licence.warnings(|_| there).iter().map(word).collect()
}
