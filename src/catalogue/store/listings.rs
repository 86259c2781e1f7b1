//! SQL of listings: insert, claim, change, and what certificates change on them.

use super::search::{delete_terms, insert_terms};
use crate::catalogue::rules::{ListingStatus, StockDirection};
use crate::catalogue::schema::{listings, price_evidence, stock_changes};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{
    AccountId, FileId, ListingId, MandateId, OrgId, PriceEvidenceId, ProductId, StockChangeId, UserId,
};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Category;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, max, update};
use diesel::prelude::*;

/// A stored listing, without its place in the order of listing.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = listings, treat_none_as_default_value = false)]
pub struct ListingRow {
    pub id: ListingId,
    pub product_id: ProductId,
    pub org_id: OrgId,
    pub status: ListingStatus,
    pub withdrawn_reason: Option<String>,
    pub unit: String,
    pub net_weight_grams: i64,
    pub weighed: bool,
    pub tolerance_ppm: Ppm,
    pub price_fen: Fen,
    pub price_per_kg_fen: Fen,
    pub months: i64,
    pub fresh_evidence_id: Option<PriceEvidenceId>,
    pub stock_account_id: AccountId,
    pub name: String,
    pub name_key: String,
    pub supplier_name: String,
    pub supplier_region: RegionCode,
    pub county: RegionCode,
    pub category: Category,
    pub eligible: bool,
    pub certificate_number: Option<String>,
    pub certified_from: String,
    pub certified_until: String,
    pub mandate_id: Option<MandateId>,
    pub mandated_until: Day,
    pub created_by: UserId,
    pub created_at: At,
    pub updated_at: At,
    pub version: i64,
}

/// Price evidence as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = price_evidence, treat_none_as_default_value = false)]
pub struct EvidenceRow {
    pub id: PriceEvidenceId,
    pub listing_id: ListingId,
    pub file_id: Option<FileId>,
    pub link: Option<String>,
    pub like_price_per_kg_fen: Option<Fen>,
    pub given_by: UserId,
    pub given_at: At,
}

/// A change of stock as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = stock_changes, treat_none_as_default_value = false)]
pub struct StockChangeRow {
    pub id: StockChangeId,
    pub listing_id: ListingId,
    pub direction: StockDirection,
    pub quantity: Quantity,
    pub reason: String,
    pub changed_by: UserId,
    pub changed_at: At,
}

/// What certificates and counties change on a product's listings.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = listings, treat_none_as_null = true)]
pub struct Entitlement {
    pub certificate_number: Option<String>,
    pub certified_from: String,
    pub certified_until: String,
}

pub fn insert_listing(tx: &mut Tx<'_>, row: &ListingRow, terms: &str) -> Outcome<()> {
    let seq: i64 = each!(tx, c => insert_into(listings::table).values(row).returning(listings::seq).get_result(c))?;
    insert_terms(tx, seq, terms)
}

pub fn insert_evidence(tx: &mut Tx<'_>, row: &EvidenceRow) -> Outcome<()> {
    each!(tx, c => insert_into(price_evidence::table).values(row).execute(c))?;
    Ok(())
}

pub fn insert_stock_change(tx: &mut Tx<'_>, row: &StockChangeRow) -> Outcome<()> {
    each!(tx, c => insert_into(stock_changes::table).values(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads a listing of a supplier.
pub fn claim_listing(tx: &mut Tx<'_>, org: OrgId, id: ListingId, at: At) -> Outcome<Option<ListingRow>> {
    Ok(each!(tx, c => update(listings::table.filter(listings::id.eq(id)).filter(listings::org_id.eq(org)))
        .set((listings::version.eq(listings::version + 1), listings::updated_at.eq(at)))
        .returning(ListingRow::as_returning()).get_result(c).optional())?)
}

/// A listing by its id, whoever's it is: listings are public.
pub fn listing(on: &mut Read, id: ListingId) -> Outcome<Option<ListingRow>> {
    Ok(each!(on, c => listings::table.filter(listings::id.eq(id)).select(ListingRow::as_select()).first(c).optional())?)
}

pub fn evidence(on: &mut Read, id: PriceEvidenceId) -> Outcome<Option<EvidenceRow>> {
    Ok(each!(on, c => price_evidence::table.find(id).select(EvidenceRow::as_select()).first(c).optional())?)
}

/// A supplier's listings of a product, latest first, at most so many.
pub fn listings_of(on: &mut Read, org: OrgId, product: ProductId, most: i64) -> Outcome<Vec<ListingRow>> {
    Ok(each!(on, c => listings::table.filter(listings::product_id.eq(product)).filter(listings::org_id.eq(org))
        .order(listings::seq.desc()).limit(most).select(ListingRow::as_select()).load(c))?)
}

/// A claimed listing's price; a raise takes the evidence.
pub fn set_price(tx: &mut Tx<'_>, id: ListingId, price: Fen, per_kg: Fen, evidence_used: bool) -> Outcome<()> {
    each!(tx, c => update(listings::table.filter(listings::id.eq(id)))
        .set((listings::price_fen.eq(price), listings::price_per_kg_fen.eq(per_kg))).execute(c))?;
    if evidence_used {
        let none: Option<PriceEvidenceId> = None;
        each!(tx, c => update(listings::table.filter(listings::id.eq(id))).set(listings::fresh_evidence_id.eq(none)).execute(c))?;
    }
    Ok(())
}

/// A claimed listing's evidence for its next raise.
pub fn set_evidence(tx: &mut Tx<'_>, id: ListingId, evidence: PriceEvidenceId) -> Outcome<()> {
    each!(tx, c => update(listings::table.filter(listings::id.eq(id))).set(listings::fresh_evidence_id.eq(evidence)).execute(c))?;
    Ok(())
}

/// Takes a claimed listing off sale; whether it was on sale.
pub fn withdraw_listing(tx: &mut Tx<'_>, id: ListingId, reason: &str) -> Outcome<bool> {
    Ok(
        each!(tx, c => update(listings::table.filter(listings::id.eq(id)).filter(listings::status.eq(ListingStatus::OnSale)))
        .set((listings::status.eq(ListingStatus::Withdrawn), listings::withdrawn_reason.eq(reason))).execute(c))?
            == 1,
    )
}

/// Puts a claimed listing on sale again as it now stands, and its terms into the search table.
pub fn relist(tx: &mut Tx<'_>, row: &ListingRow, terms: &str) -> Outcome<()> {
    let seq: i64 = each!(tx, c => update(listings::table.filter(listings::id.eq(row.id)))
        .set((
            listings::status.eq(ListingStatus::OnSale),
            listings::withdrawn_reason.eq(None::<String>),
            listings::supplier_name.eq(&row.supplier_name),
            listings::supplier_region.eq(row.supplier_region),
            listings::eligible.eq(row.eligible),
            listings::certificate_number.eq(&row.certificate_number),
            listings::certified_from.eq(&row.certified_from),
            listings::certified_until.eq(&row.certified_until),
            listings::mandate_id.eq(row.mandate_id),
            listings::mandated_until.eq(row.mandated_until),
        ))
        .returning(listings::seq).get_result(c))?;
    delete_terms(tx, seq)?;
    insert_terms(tx, seq, terms)
}

/// Withdraws the listings on sale under a mandate; which.
pub fn withdraw_mandated(tx: &mut Tx<'_>, mandate: MandateId, reason: &str, at: At) -> Outcome<Vec<ListingRow>> {
    Ok(
        each!(tx, c => update(listings::table.filter(listings::mandate_id.eq(mandate)).filter(listings::status.eq(ListingStatus::OnSale)))
        .set((
            listings::status.eq(ListingStatus::Withdrawn),
            listings::withdrawn_reason.eq(reason),
            listings::version.eq(listings::version + 1),
            listings::updated_at.eq(at),
        ))
        .returning(ListingRow::as_returning()).get_results(c))?,
    )
}

/// Withdraws what is on sale of a supplier's, or of its products; which.
pub fn withdraw_supplier(tx: &mut Tx<'_>, org: OrgId, reason: &str, at: At) -> Outcome<Vec<ListingRow>> {
    use crate::catalogue::schema::products;
    Ok(each!(tx, c => {
        let made = products::table.filter(products::org_id.eq(org)).select(products::id);
        update(listings::table.filter(listings::org_id.eq(org).or(listings::product_id.eq_any(made)))
                .filter(listings::status.eq(ListingStatus::OnSale)))
            .set((
                listings::status.eq(ListingStatus::Withdrawn),
                listings::withdrawn_reason.eq(reason),
                listings::version.eq(listings::version + 1),
                listings::updated_at.eq(at),
            ))
            .returning(ListingRow::as_returning()).get_results(c)
    })?)
}

/// Writes the certificate that a product's listings show.
pub fn set_entitlement(tx: &mut Tx<'_>, product: ProductId, shown: &Entitlement, at: At) -> Outcome<usize> {
    Ok(each!(tx, c => update(listings::table.filter(listings::product_id.eq(product)))
        .set((shown, listings::version.eq(listings::version + 1), listings::updated_at.eq(at))).execute(c))?)
}

/// Withdraws a product's listings that are on sale, all or those that are not eligible; which.
pub fn withdraw_product(
    tx: &mut Tx<'_>,
    product: ProductId,
    eligible_too: bool,
    reason: &str,
    at: At,
) -> Outcome<Vec<ListingRow>> {
    Ok(each!(tx, c => update(listings::table.filter(listings::product_id.eq(product))
            .filter(listings::status.eq(ListingStatus::OnSale))
            .filter(listings::eligible.eq_any([false, eligible_too])))
        .set((
            listings::status.eq(ListingStatus::Withdrawn),
            listings::withdrawn_reason.eq(reason),
            listings::version.eq(listings::version + 1),
            listings::updated_at.eq(at),
        ))
        .returning(ListingRow::as_returning()).get_results(c))?)
}

/// A listing on sale: which, whose, and its name.
#[derive(Debug, Clone, Queryable)]
pub struct OnSale {
    pub id: ListingId,
    pub org_id: OrgId,
    pub name: String,
}

/// Listings on sale, of suppliers of a region, of a category, in the order of their ids.
pub fn on_sale(on: &mut Read, region: &RegionCode, category: Option<Category>, most: i64) -> Outcome<Vec<OnSale>> {
    let (from, to) = region.subtree();
    Ok(each!(on, c => {
        let mut query = listings::table.filter(listings::status.eq(ListingStatus::OnSale))
            .filter(listings::supplier_region.ge(from)).filter(listings::supplier_region.lt(to))
            .select((listings::id, listings::org_id, listings::name)).into_boxed();
        if let Some(category) = category {
            query = query.filter(listings::category.eq(category));
        }
        query.order(listings::id).limit(most).load(c)
    })?)
}

/// A listing on sale, as far as its eligible flag rests on it.
#[derive(Debug, Clone, Queryable)]
pub struct Flagged {
    pub seq: i64,
    pub product_id: ProductId,
    pub supplier_region: RegionCode,
    pub eligible: bool,
    pub origins: String,
}

/// Listings on sale, in the order of listing.
pub fn flagged(on: &mut Read, after: i64, limit: i64) -> Outcome<Vec<Flagged>> {
    use crate::catalogue::schema::products;
    Ok(each!(on, c => listings::table.inner_join(products::table).filter(listings::seq.gt(after))
        .filter(listings::status.eq(ListingStatus::OnSale)).order(listings::seq).limit(limit)
        .select((listings::seq, listings::product_id, listings::supplier_region, listings::eligible, products::origins))
        .load(c))?)
}

/// A product's listings that are on sale.
pub fn on_sale_of(on: &mut Read, product: ProductId) -> Outcome<Vec<ListingRow>> {
    Ok(
        each!(on, c => listings::table.filter(listings::product_id.eq(product)).filter(listings::status.eq(ListingStatus::OnSale))
        .order(listings::seq).select(ListingRow::as_select()).load(c))?,
    )
}

/// Writes the eligible flag that a listing shows.
pub fn set_eligible(tx: &mut Tx<'_>, id: ListingId, eligible: bool, at: At) -> Outcome<()> {
    each!(tx, c => update(listings::table.filter(listings::id.eq(id)))
        .set((listings::eligible.eq(eligible), listings::version.eq(listings::version + 1), listings::updated_at.eq(at))).execute(c))?;
    Ok(())
}

/// When a listing was changed last.
pub fn changed_last(on: &mut Read) -> Outcome<Option<At>> {
    Ok(each!(on, c => listings::table.select(max(listings::updated_at)).first(c))?)
}
