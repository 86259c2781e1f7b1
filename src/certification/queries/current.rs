//! Which certificates are in force, as other slices know them.

use crate::certification::rules;
use crate::certification::store;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrgId, ProductId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;

/// A certificate in force.
#[derive(Debug, Clone)]
pub struct InForce {
    /// Its number.
    pub number: String,
    /// The supplier.
    pub org_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// The product.
    pub product_id: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The county that certified it.
    pub county: RegionCode,
    /// Its first day.
    pub valid_from: Day,
}

/// Certificates in scope that are in force on a day, in the order of their numbers, after a number, at most so many.
///
/// # Errors
/// When the database fails.
pub fn in_force_after(on: &mut Read, scope: &Scope, day: Day, after: &str, most: i64) -> Outcome<Vec<InForce>> {
    let rows = store::in_force_after(on, scope, day, after, most)?;
    let known = |row: store::CertificateRow| InForce {
        number: row.number,
        org_id: row.org_id,
        supplier_name: row.supplier_name,
        product_id: row.product_id,
        product_name: row.product_name,
        county: row.county,
        valid_from: row.valid_from,
    };
    Ok(rows.into_iter().map(known).collect())
}

/// A certificate and its product, if it was in force on a day, today or earlier, by its own history until the end of that day. One that
/// was never valid never was.
///
/// # Errors
/// When the database fails.
pub fn stood_on(on: &mut Read, number: &str, day: Day) -> Outcome<Option<(CertificateId, ProductId)>> {
    let Some(row) = store::certificate(on, number)? else { return Ok(None) };
    let events = store::certificate_history(on, row.id)?;
    let history: Vec<(&str, Day)> = events.iter().map(|(event, at)| (event.as_str(), at.day())).collect();
    let stood = rules::stood_on((row.valid_from, row.in_force_until), &history, day);
    Ok(stood.then_some((row.id, row.product_id)))
}
