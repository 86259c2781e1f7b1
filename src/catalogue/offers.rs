//! What ordering asks of the catalogue: everything an order line freezes.

use super::rules::{self, ListingStatus, Months, OriginShare, Standing};
use super::store::{self, CoverRow, ListingRow, ProductRow};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{AccountId, CertificateId, ListingId, OrgId, ProductId, SchemeId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};

/// A certificate that was in force when it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CertificateInForce {
    /// The certificate.
    pub id: CertificateId,
    /// Its number.
    pub number: String,
    /// The scheme it was given under.
    pub scheme_id: SchemeId,
    /// The county that certified.
    pub county: RegionCode,
}

/// A listing as an order freezes it.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The listing.
    pub listing_id: ListingId,
    /// Its product.
    pub product_id: ProductId,
    /// The supplier.
    pub supplier_id: OrgId,
    /// Its name.
    pub supplier_name: String,
    /// Where the supplier is registered.
    pub supplier_region: RegionCode,
    /// What is sold.
    pub name: String,
    /// What one unit is called.
    pub unit: String,
    /// Net weight of one unit in grams.
    pub net_weight_grams: i64,
    /// Whether it is sold by weight.
    pub weighed: bool,
    /// How far the actual weight may differ.
    pub tolerance_ppm: Ppm,
    /// Price of one unit in fen.
    pub price_fen: Fen,
    /// The stock's account in the ledger, in thousandths of the unit.
    pub stock_account: AccountId,
    /// Every certificate in force on the day, of all schemes, by number.
    pub certificates: Vec<CertificateInForce>,
    /// Whether it is a product of 832 counties.
    pub eligible: bool,
    /// Barred for food safety, whatever else entitles it.
    pub barred: bool,
    /// The number of the certificate by which it is 清真 on the day.
    pub halal: Option<String>,
    /// Counties of production; the shares sum to 1,000,000.
    pub origins: Vec<OriginShare>,
    /// Its category.
    pub category: Category,
    /// Its mark.
    pub mark: Mark,
    /// When it is offered.
    pub months: Months,
    /// Whether the supplier offers it; see [`Offer::orderable`].
    pub status: ListingStatus,
    /// The last day of the producer's mandate, for an agent trader's listing; else far off.
    pub mandated_until: Day,
    /// Whether the supplier is admitted and not stopped by the operator, and so is the producer whose goods it sells.
    pub supplier_may_sell: bool,
    /// Counts the listing's changes.
    pub version: i64,
}

impl Offer {
    /// Whether anything entitles it to be sold on the day for which it was loaded.
    #[must_use]
    pub fn entitled(&self) -> bool {
        !self.barred && (self.eligible || !self.certificates.is_empty())
    }
    /// Whether goods that were ordered may still be promised on the day for which it was loaded: whatever the supplier
    /// does with the listing, but only by a supplier who may sell and while something entitles the goods.
    ///
    /// # Errors
    /// `supplier_not_admitted`, `certificate_not_current`.
    pub fn promisable(&self) -> Outcome<()> {
        if !self.supplier_may_sell {
            return Err(Code::SupplierNotAdmitted.into());
        }
        if self.entitled() { Ok(()) } else { Err(rules::Refusal::NothingEntitles.into()) }
    }
    /// Whether it may be ordered on the day for which it was loaded.
    ///
    /// # Errors
    /// `listing_not_on_sale`, `certificate_not_current`, `out_of_season`.
    pub fn orderable(&self, day: Day) -> Outcome<()> {
        let standing = Standing {
            status: self.status,
            certified: !self.barred && !self.certificates.is_empty(),
            eligible: !self.barred && self.eligible,
            mandated_until: self.mandated_until,
            supplier_may_sell: self.supplier_may_sell,
        };
        Ok(rules::orderable(standing, self.months, day)?)
    }
}

/// What the listings offer on a day, in the order of their ids, in one statement; unknown ids are left out.
///
/// # Errors
/// When the database fails.
pub fn offers(on: &mut Read, ids: &[ListingId], day: Day) -> Outcome<Vec<Offer>> {
    let mut offers: Vec<Offer> = Vec::with_capacity(ids.len());
    for (listing, product, cover, may_sell, halal) in store::offers(on, ids, day)? {
        let barred = cover.as_ref().is_some_and(|cover| cover.bars);
        let certificate = cover.filter(|cover| !cover.bars).map(in_force);
        match offers.last_mut().filter(|last| last.listing_id == listing.id) {
            Some(last) => {
                last.barred |= barred;
                last.certificates.extend(certificate);
            }
            None => offers.push(Offer { barred, halal, ..offer(listing, &product, certificate, may_sell)? }),
        }
    }
    Ok(offers)
}

/// The same for goods that somebody is about to promise: no certificate of theirs ends before the transaction does.
///
/// # Errors
/// When the database fails.
pub fn kept_offers(tx: &mut Tx<'_>, ids: &[ListingId], day: Day) -> Outcome<Vec<Offer>> {
    store::keep_products(tx, ids)?;
    offers(tx, ids, day)
}

/// A cover as orders and the public see it.
pub(super) fn in_force(row: CoverRow) -> CertificateInForce {
    CertificateInForce { id: row.certificate_id, number: row.number, scheme_id: row.scheme_id, county: row.county }
}

fn offer(
    listing: ListingRow,
    product: &ProductRow,
    certificate: Option<CertificateInForce>,
    supplier_may_sell: bool,
) -> Outcome<Offer> {
    Ok(Offer {
        listing_id: listing.id,
        product_id: listing.product_id,
        supplier_id: listing.org_id,
        supplier_name: listing.supplier_name,
        supplier_region: listing.supplier_region,
        name: listing.name,
        unit: listing.unit,
        net_weight_grams: listing.net_weight_grams,
        weighed: listing.weighed,
        tolerance_ppm: listing.tolerance_ppm,
        price_fen: listing.price_fen,
        stock_account: listing.stock_account_id,
        certificates: certificate.into_iter().collect(),
        eligible: listing.eligible,
        barred: false,
        halal: None,
        origins: read_origins(&product.origins)?,
        category: listing.category,
        mark: product.mark,
        months: Months::from_bits(listing.months),
        status: listing.status,
        mandated_until: listing.mandated_until,
        supplier_may_sell,
        version: listing.version,
    })
}

/// Origin shares as they are stored.
pub(super) fn read_origins(stored: &str) -> Outcome<Vec<OriginShare>> {
    serde_json::from_str(stored).map_err(AppError::internal)
}
