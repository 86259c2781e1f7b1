//! Certificates as they reach products: the door that certification writes through.

use super::rules::{self, CoverStatus};
use super::store::{self, CoverRow, Entitlement};
use crate::audit;
use crate::kernel::actor::Actor;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{CertificateId, ListingId, OrgId, ProductId, SchemeId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use serde_json::json;

/// A certificate as it covers a product.
#[derive(Debug, Clone)]
pub struct Cover {
    /// The product.
    pub product_id: ProductId,
    /// The certificate.
    pub certificate_id: CertificateId,
    /// Its number.
    pub number: String,
    /// The scheme it was given under.
    pub scheme_id: SchemeId,
    /// The county that certified.
    pub county: RegionCode,
    /// First day in force.
    pub valid_from: Day,
    /// Last day in force.
    pub valid_until: Day,
}

/// A listing that was withdrawn with a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// The listing.
    pub listing_id: ListingId,
    /// Its product.
    pub product_id: ProductId,
    /// Its supplier.
    pub org_id: OrgId,
    /// Its name, for the notice.
    pub name: String,
}

/// A certificate begins to cover a product; its listings show it. Listings that are withdrawn stay so: the supplier
/// lists them again.
///
/// # Errors
/// `not_found` without the product, `already_exists` when the certificate covers it already.
pub fn cover(tx: &mut Tx<'_>, cover: &Cover) -> Outcome<()> {
    if store::claim_product(tx, cover.product_id)?.is_none() {
        return Err(Code::NotFound.into());
    }
    let row = CoverRow {
        product_id: cover.product_id,
        certificate_id: cover.certificate_id,
        number: cover.number.clone(),
        scheme_id: cover.scheme_id,
        county: cover.county,
        valid_from: cover.valid_from,
        valid_until: cover.valid_until,
        status: CoverStatus::InForce,
        reason: None,
        bars: false,
    };
    tx.attempt(|tx| store::insert_cover(tx, &row))?;
    show_entitlement(tx, cover.product_id).map(drop)
}

/// How far the end of a certificate reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Its days are over: listings that nothing else entitles.
    Unentitled,
    /// An office decided: all listings of its product. The supplier lists again what something else entitles.
    Listings,
    /// Food safety: all listings, and the product is barred from sale, whatever else entitles it, until the bar is ended.
    Product,
}

/// A certificate stops to count, for a while (`suspended`) or for good (`ended`). Listings are withdrawn in this
/// transaction as far as it reaches, and returned; the others stay.
///
/// # Errors
/// When the database fails; a certificate that covers nothing is no error.
pub fn uncover(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    certificate: CertificateId,
    to: CoverStatus,
    reach: Reach,
    reason: &str,
) -> Outcome<Vec<Withdrawn>> {
    let products = claim_covered(tx, certificate)?;
    let from = [CoverStatus::InForce, CoverStatus::Suspended];
    store::move_cover(tx, certificate, &from, to, Some(reason))?;
    if reach == Reach::Product {
        store::set_bar(tx, certificate, true)?;
    }
    let mut withdrawn = Vec::new();
    for product in products {
        let certified = show_entitlement(tx, product)?;
        if reach != Reach::Unentitled || !certified {
            withdrawn.extend(withdraw(tx, actor, product, reach != Reach::Unentitled, ("certificate", reason))?);
        }
    }
    Ok(withdrawn)
}

/// A certificate bars its product no longer; whether it did. Listings stay withdrawn until the supplier lists them again.
///
/// # Errors
/// When the database fails.
pub fn unbar(tx: &mut Tx<'_>, certificate: CertificateId) -> Outcome<bool> {
    claim_covered(tx, certificate)?;
    Ok(store::set_bar(tx, certificate, false)? > 0)
}

/// A suspension is lifted: the certificate counts again. Listings that were withdrawn stay so: the supplier, who may
/// have sold the goods elsewhere by now, lists them again.
///
/// # Errors
/// When the database fails.
pub fn recover(tx: &mut Tx<'_>, certificate: CertificateId) -> Outcome<()> {
    let products = claim_covered(tx, certificate)?;
    store::move_cover(tx, certificate, &[CoverStatus::Suspended], CoverStatus::InForce, None)?;
    store::set_bar(tx, certificate, false)?;
    products.into_iter().try_for_each(|product| show_entitlement(tx, product).map(drop))
}

/// A certificate that has not ended counts until another day, while its renewal is decided.
///
/// # Errors
/// When the database fails.
pub fn extend(tx: &mut Tx<'_>, certificate: CertificateId, until: Day) -> Outcome<()> {
    let products = claim_covered(tx, certificate)?;
    store::extend_cover(tx, certificate, until)?;
    products.into_iter().try_for_each(|product| show_entitlement(tx, product).map(drop))
}

/// Claims the products of a certificate in the order of their ids, so that two such commands never wait on each other.
fn claim_covered(tx: &mut Tx<'_>, certificate: CertificateId) -> Outcome<Vec<ProductId>> {
    let products = store::covered_by(tx, certificate)?;
    for product in &products {
        store::claim_product(tx, *product)?;
    }
    Ok(products)
}

/// Writes to a product's listings the certificate they show now; whether one is in force today.
fn show_entitlement(tx: &mut Tx<'_>, product: ProductId) -> Outcome<bool> {
    let (day, at) = (tx.at().day(), tx.at());
    let covers = store::covers_of(tx, product)?;
    store::set_entitlement(tx, product, &entitlement(&covers, day), at)?;
    Ok(covers.iter().any(|c| c.in_force(day)))
}

/// What listings of a product with these certificates show.
pub(super) fn entitlement(covers: &[rules::Covering], day: Day) -> Entitlement {
    let shown = rules::shown(covers, day);
    Entitlement {
        certificate_number: shown.map(|c| c.number.clone()),
        certified_from: shown.map(|c| c.valid_from.to_string()).unwrap_or_default(),
        certified_until: shown.map(|c| c.valid_until.to_string()).unwrap_or_default(),
    }
}

/// Withdraws a product's listings, all or those that are not eligible; `why` is what withdrew them, and the reason shown.
pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    product: ProductId,
    eligible_too: bool,
    why: (&str, &str),
) -> Outcome<Vec<Withdrawn>> {
    let (at, (by, reason)) = (tx.at(), why);
    let rows = store::withdraw_product(tx, product, eligible_too, reason, at)?;
    for row in &rows {
        let entry = audit::Entry {
            actor,
            action: "listing.withdrawn",
            subject: row.id.to_string(),
            owner_org: row.org_id,
            other_org: None,
            region: row.supplier_region,
            details: json!({ "reason": reason, "by": by }),
        };
        audit::record(tx, &entry)?;
    }
    let view = |row: store::ListingRow| Withdrawn {
        listing_id: row.id,
        product_id: row.product_id,
        org_id: row.org_id,
        name: row.name,
    };
    Ok(rows.into_iter().map(view).collect())
}
