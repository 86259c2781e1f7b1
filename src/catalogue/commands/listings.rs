//! Putting products on sale and taking them off.

use super::super::covers::entitlement;
use super::super::offers::read_origins;
use super::super::rules::{self, ListingStatus, Months};
use super::super::store::{self, EvidenceRow, ListingRow, ProductRow};
use super::prices::Evidence;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ListingId, MandateId, OrgId, ProductId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::{Quantity, price_per_kg};
use crate::kernel::search_text;
use crate::kernel::time::Day;
use crate::ledger::{self, Owner, Supply};
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use crate::{admission, identity};
use serde_json::json;

/// How a product is to be sold.
#[derive(Debug, Clone)]
pub struct NewListing {
    /// The product.
    pub product_id: ProductId,
    /// What one unit is called.
    pub unit: String,
    /// Net weight of one unit in grams.
    pub net_weight_grams: i64,
    /// Narrower than the rule's, for weighed goods.
    pub tolerance_ppm: Option<Ppm>,
    /// Price of one unit in fen.
    pub price_fen: Fen,
    /// When it is offered.
    pub months: Months,
    /// What is in stock now.
    pub stock: Quantity,
    /// Why the price is not above that of the like goods.
    pub evidence: Evidence,
}

/// What entitles a supplier to sell a product on a day.
struct Entitled {
    product: ProductRow,
    supplier: identity::Organisation,
    eligible: bool,
    shown: store::Entitlement,
    mandate: Option<(MandateId, Day)>,
}

/// Puts a product on sale: the supplier is admitted, the product certified or eligible, the price evidenced.
///
/// # Errors
/// `not_found` without product or mandate, `supplier_not_admitted`, `certificate_not_current`,
/// `price_evidence_required`, `quantity_not_whole`, `validation_failed`.
pub fn list_product(tx: &mut Tx<'_>, actor: &Actor, new: &NewListing) -> Outcome<ListingId> {
    let Entitled { product, supplier, eligible, shown, mandate } = entitled(tx, actor, new.product_id)?;
    let day = tx.at().day();
    let rules = rulebook::load(tx, &supplier.region_code, day, &[RuleName::WeightTolerancePpm])?;
    let widest = Ppm(rules.int(RuleName::WeightTolerancePpm)?);
    let tolerance_ppm = rules::tolerance(product.weighed, new.tolerance_ppm, widest)?;
    super::whole(product.weighed, new.stock, "/stock")?;
    let per_kg = price_per_kg(new.price_fen, new.net_weight_grams)?;
    rules::within_evidence(per_kg, new.evidence.like_price_per_kg_fen)?;
    let id: ListingId = tx.new_id();
    let row = ListingRow {
        id,
        product_id: product.id,
        org_id: actor.org_id,
        status: ListingStatus::OnSale,
        withdrawn_reason: None,
        unit: new.unit.trim().to_owned(),
        net_weight_grams: new.net_weight_grams,
        weighed: product.weighed,
        tolerance_ppm,
        price_fen: new.price_fen,
        price_per_kg_fen: per_kg,
        months: new.months.bits(),
        fresh_evidence_id: None,
        stock_account_id: ledger::account(tx, &Owner::Stock { listing: id })?,
        name_key: search_text::sort_key(&product.name),
        supplier_name: supplier.name.clone(),
        supplier_region: supplier.region_code,
        county: rules::main_origin(&read_origins(&product.origins)?).unwrap_or(product.supplier_region),
        category: product.category,
        eligible,
        certificate_number: shown.certificate_number,
        certified_from: shown.certified_from,
        certified_until: shown.certified_until,
        mandate_id: mandate.map(|(id, _)| id),
        mandated_until: mandate.map_or_else(rules::no_mandate_needed, |(_, until)| until),
        created_by: actor.user_id,
        created_at: tx.at(),
        updated_at: tx.at(),
        version: 1,
        name: product.name,
    };
    store::insert_listing(tx, &row, &super::search_terms(&row.name, &row.supplier_name))?;
    let evidence: EvidenceRow = new.evidence.row(tx, actor, id).map_err(|error| error.below("/price_evidence"))?;
    store::insert_evidence(tx, &evidence)?;
    first_stock(tx, &row, new.stock)?;
    let details = json!({ "product": row.product_id, "unit": row.unit, "price_fen": row.price_fen, "stock": new.stock,
        "eligible": eligible, "certificate": row.certificate_number, "evidence": evidence.id, "mandate": row.mandate_id });
    super::record(tx, Some(actor), "listing.listed", &row, details)?;
    Ok(id)
}

fn first_stock(tx: &mut Tx<'_>, row: &ListingRow, stock: Quantity) -> Outcome<()> {
    if stock.is_zero() {
        return Ok(());
    }
    let id = ledger::transfer_id(&["listing", &row.id.to_string(), "first stock"]);
    ledger::supply(tx, &Supply { id, account: row.stock_account_id, delta: stock.milli(), code: "stock_in" })
}

/// Locks the product and finds out what entitles the actor's organisation to sell it. The admissions are kept first, as who ends
/// one locks it before the products.
fn entitled(tx: &mut Tx<'_>, actor: &Actor, id: ProductId) -> Outcome<Entitled> {
    let day = tx.at().day();
    let producer = store::product(tx, &Scope::Platform, id)?.ok_or(Code::NotFound)?.org_id;
    let admitted = admission::keep_admitted(tx, &[actor.org_id, producer])?;
    let product = store::claim_product(tx, id)?.ok_or(Code::NotFound)?;
    let mandate = mandate(tx, actor.org_id, &product, &admitted, day)?;
    let supplier = super::supplier(tx, actor)?;
    if !admitted.contains(&actor.org_id) {
        return Err(Code::SupplierNotAdmitted.into());
    }
    let covers = store::covers_of(tx, id)?;
    let eligible = super::is_eligible(tx, supplier.region_code, &read_origins(&product.origins)?, day)?;
    if covers.iter().any(|cover| cover.bars) {
        return Err(AppError::new(Code::CertificateNotCurrent)
            .detail("该产品因食品安全停售", "the product is barred from sale for food safety"));
    }
    rules::may_sell(covers.iter().any(|cover| cover.in_force(day)), eligible)?;
    Ok(Entitled { shown: entitlement(&covers, day), product, supplier, eligible, mandate })
}

/// Suppliers sell their own products; an agent trader sells under the mandate of a producer who may sell as well; a foreign
/// product is unknown.
fn mandate(
    tx: &mut Tx<'_>,
    org: OrgId,
    product: &ProductRow,
    admitted: &[OrgId],
    day: Day,
) -> Outcome<Option<(MandateId, Day)>> {
    if product.org_id == org {
        return Ok(None);
    }
    let mandate = admission::mandated(tx, org, product.org_id, product.id, day)?.ok_or(Code::NotFound)?;
    let producer = identity::organisation(tx, product.org_id)?;
    if producer.status != identity::Standing::Active || !admitted.contains(&producer.id) {
        return Err(AppError::new(Code::SupplierNotAdmitted)
            .detail("生产商未入驻或已被停用", "the producer is not admitted, or is suspended"));
    }
    Ok(Some(mandate))
}

/// Takes a listing off sale; orders that were placed go on.
///
/// # Errors
/// `not_found`, `stale_version`, `listing_not_on_sale`.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: ListingId, seen: i64, reason: &str) -> Outcome<()> {
    let row = super::claim(tx, actor, id, seen)?;
    if !store::withdraw_listing(tx, id, reason)? {
        return Err(rules::Refusal::NotOnSale.into());
    }
    super::record(tx, Some(actor), "listing.withdrawn", &row, json!({ "reason": reason, "by": "supplier" }))
}

/// Puts a withdrawn listing on sale again, if something entitles it today; it shows the supplier as it is now.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`; as [`list_product`] for what entitles it.
pub fn relist(tx: &mut Tx<'_>, actor: &Actor, id: ListingId, seen: i64) -> Outcome<()> {
    let known = store::listing(tx, id)?.filter(|row| row.org_id == actor.org_id).ok_or(Code::NotFound)?;
    let Entitled { supplier, eligible, shown, mandate, .. } = entitled(tx, actor, known.product_id)?;
    let mut row = super::claim(tx, actor, id, seen)?;
    let over = row.mandated_until < tx.at().day();
    if row.status == ListingStatus::OnSale && !over {
        return Err(rules::Refusal::OnSaleAlready.into());
    }
    row.supplier_name = supplier.name;
    row.supplier_region = supplier.region_code;
    row.eligible = eligible;
    row.certificate_number = shown.certificate_number;
    row.certified_from = shown.certified_from;
    row.certified_until = shown.certified_until;
    row.mandate_id = mandate.map(|(id, _)| id);
    row.mandated_until = mandate.map_or_else(rules::no_mandate_needed, |(_, until)| until);
    store::relist(tx, &row, &super::search_terms(&row.name, &row.supplier_name))?;
    let details = json!({ "eligible": eligible, "certificate": row.certificate_number, "mandate": row.mandate_id });
    super::record(tx, Some(actor), "listing.relisted", &row, details)
}

/// Withdraws what an agent trader sold under a mandate that was revoked; bound to admission's outbox fact.
///
/// # Errors
/// When the database fails.
pub fn end_mandate(tx: &mut Tx<'_>, mandate: MandateId) -> Outcome<usize> {
    let at = tx.at();
    let rows = store::withdraw_mandated(tx, mandate, "mandate_revoked", at)?;
    for row in &rows {
        let details = json!({ "reason": "mandate_revoked", "by": "mandate", "mandate": mandate });
        super::record(tx, None, "listing.withdrawn", row, details)?;
    }
    Ok(rows.len())
}

/// A listing as its own supplier claims it for stock, which does not change the listing itself.
pub(super) fn own_listing(tx: &mut Tx<'_>, actor: &Actor, id: ListingId) -> Outcome<ListingRow> {
    let row = store::listing(tx, id)?.filter(|row| row.org_id == actor.org_id);
    row.ok_or_else(|| Code::NotFound.into())
}
