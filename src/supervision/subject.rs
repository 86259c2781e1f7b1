//! What supervision is about, and whose it is: a supplier, a product, a certificate, a listing.

use super::rules::SubjectKind;
use crate::catalogue;
use crate::certification;
use crate::identity::{self, Organisation};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{ListingId, OrgId, ProductId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;

/// What a request names; exactly one of them.
#[derive(Debug, Clone, Default)]
pub struct Named {
    /// A supplier.
    pub supplier: Option<OrgId>,
    /// A product.
    pub product: Option<ProductId>,
    /// A certificate by its number.
    pub certificate: Option<String>,
    /// A listing.
    pub listing: Option<ListingId>,
}

/// What it is about, and the organisation that answers for it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Its id, or a certificate's number.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who answers for it.
    pub owner: OrgId,
    /// The owner's name.
    pub owner_name: String,
    /// Where the owner is registered.
    pub region: RegionCode,
}

/// Finds what a request names, whoever's it is.
///
/// # Errors
/// `validation_failed` unless exactly one is named; `not_found`.
pub fn find(on: &mut Read, named: &Named, today: Day) -> Outcome<Subject> {
    let given =
        [named.supplier.is_some(), named.product.is_some(), named.certificate.is_some(), named.listing.is_some()];
    if given.into_iter().filter(|is| *is).count() != 1 {
        return Err(one_of_them());
    }
    let (kind, id, name, owner) = if let Some(listing) = named.listing {
        let goods = catalogue::listed(on, listing)?;
        (SubjectKind::Listing, goods.id.to_string(), goods.name, goods.org_id)
    } else if let Some(number) = &named.certificate {
        let certificate = certification::certificate(on, number, today)?;
        let product = catalogue::product(on, &Scope::Platform, certificate.product_id)?;
        (SubjectKind::Certificate, certificate.number, certificate.product_name, product.org_id)
    } else if let Some(product) = named.product {
        let product = catalogue::product(on, &Scope::Platform, product)?;
        (SubjectKind::Product, product.id.to_string(), product.name, product.org_id)
    } else {
        let supplier = supplier(on, named.supplier.ok_or_else(one_of_them)?)?;
        (SubjectKind::Supplier, supplier.id.to_string(), supplier.name, supplier.id)
    };
    let owner = identity::organisation(on, owner)?;
    Ok(Subject { kind, id, name, owner: owner.id, owner_name: owner.name, region: owner.region_code })
}

/// An organisation that sells.
fn supplier(on: &mut Read, id: OrgId) -> Outcome<Organisation> {
    let found = identity::organisation(on, id)?;
    if found.kind.sells() { Ok(found) } else { Err(Code::NotFound.into()) }
}

fn one_of_them() -> AppError {
    let message = Message::new("须且只须指明一个对象", "name exactly one subject");
    AppError::invalid(vec![FieldError::new("/", Code::ValidationFailed.as_str(), message)])
}
