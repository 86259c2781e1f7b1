//! Certificates that were never valid, as other slices know them.

use crate::certification::store;
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{CertificateId, ProductId};
use crate::kernel::terms::AnnulmentGround;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;

/// A certificate that was never valid.
#[derive(Debug, Clone)]
pub struct Annulment {
    /// The certificate.
    pub certificate_id: CertificateId,
    /// Its number.
    pub number: String,
    /// The product that it covered.
    pub product_id: ProductId,
    /// What was false.
    pub ground: AnnulmentGround,
    /// The day of the decision.
    pub decided_on: Day,
}

/// The decision that a certificate was never valid, if there is one.
///
/// # Errors
/// When the database fails.
pub fn annulment_of(on: &mut Read, id: CertificateId) -> Outcome<Option<Annulment>> {
    let Some(row) = store::annulments_of(on, &[id])?.pop() else { return Ok(None) };
    let certificate = store::certificate_by_id(on, id)?.ok_or(Code::NotFound)?;
    Ok(Some(Annulment {
        certificate_id: id,
        number: certificate.number,
        product_id: certificate.product_id,
        ground: row.ground,
        decided_on: row.decided_on,
    }))
}

/// Those of the certificates that were never valid.
///
/// # Errors
/// When the database fails.
pub fn annulled_of(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<CertificateId>> {
    store::annulled_of(on, ids)
}

/// Those of the certificates of which it was decided until the end of a day that they were never valid.
///
/// # Errors
/// When the database fails.
pub fn annulled_until(on: &mut Read, ids: &[CertificateId], day: Day) -> Outcome<Vec<CertificateId>> {
    let decisions = store::annulments_of(on, ids)?;
    Ok(decisions.into_iter().filter(|row| row.decided_on <= day).map(|row| row.certificate_id).collect())
}

/// Certificates of which it was decided since a moment that they were never valid.
///
/// # Errors
/// When the database fails.
pub fn annulled_since(on: &mut Read, since: At) -> Outcome<Vec<CertificateId>> {
    store::annulled_since(on, since)
}

/// A certificate in scope, by its number, with the product that it covers.
///
/// # Errors
/// `not_found`.
pub fn certificate_in(on: &mut Read, scope: &Scope, number: &str) -> Outcome<(CertificateId, ProductId)> {
    let row = store::certificate_in(on, scope, number)?.ok_or(Code::NotFound)?;
    Ok((row.id, row.product_id))
}
