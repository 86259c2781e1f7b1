//! Which certificates are in force, as other slices know them.

use crate::certification::store;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, ProductId};
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
