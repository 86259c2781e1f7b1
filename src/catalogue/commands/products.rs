//! Entering products.

use super::super::rules::{self, OriginShare};
use super::super::store::{self, ProductRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::food_licence::FoodLicence;
use crate::kernel::ids::ProductId;
use crate::kernel::terms::{Category, Mark};
use crate::platform::db::Tx;
use crate::{audit, regions};
use serde_json::json;

/// What a supplier says about a product.
#[derive(Debug, Clone)]
pub struct NewProduct {
    /// Its name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// Its mark.
    pub mark: Mark,
    /// Counties of production; the shares sum to 1,000,000.
    pub origins: Vec<OriginShare>,
    /// For buyers; may be empty.
    pub description: String,
    /// Production licence of processed food.
    pub sc_licence: Option<FoodLicence>,
    /// Whether it is sold by weight.
    pub weighed: bool,
    /// How much of it is produced in a year, in kilograms, as the supplier declares.
    pub yearly_output_kg: Option<i64>,
}

/// Enters a product of the actor's organisation. What it is made of does not change later: another product is another
/// entry, so that a certificate always covers what was certified.
///
/// # Errors
/// `validation_failed` when the shares do not sum or a county is unknown.
pub fn add_product(tx: &mut Tx<'_>, actor: &Actor, new: &NewProduct) -> Outcome<ProductId> {
    rules::check_origins(&new.origins)?;
    let day = tx.at().day();
    for (at, share) in new.origins.iter().enumerate() {
        regions::region(tx, &share.county, day).map_err(|error| unknown_county(error, at))?;
    }
    let supplier = super::supplier(tx, actor)?;
    let mut origins = new.origins.clone();
    origins.sort_by_key(|share| (std::cmp::Reverse(share.ppm), share.county));
    let row = ProductRow {
        id: tx.new_id(),
        org_id: actor.org_id,
        supplier_region: supplier.region_code,
        name: new.name.trim().to_owned(),
        category: new.category,
        mark: new.mark,
        origins: serde_json::to_string(&origins).map_err(AppError::internal)?,
        description: new.description.trim().to_owned(),
        sc_licence: new.sc_licence.map(|licence| licence.as_str().to_owned()),
        weighed: new.weighed,
        yearly_output_kg: new.yearly_output_kg,
        created_by: actor.user_id,
        created_at: tx.at(),
        version: 1,
    };
    store::insert_product(tx, &row)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "product.entered",
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.supplier_region,
        details: json!({ "name": row.name, "category": row.category, "origins": origins }),
    };
    audit::record(tx, &entry)?;
    Ok(row.id)
}

/// Declares how much of an own product is made in a year, in kilograms; each declaration stays in the audit trail.
///
/// # Errors
/// `not_found`.
pub fn declare_output(tx: &mut Tx<'_>, actor: &Actor, id: ProductId, kilograms: i64) -> Outcome<()> {
    let row = store::declare_output(tx, actor.org_id, id, kilograms)?.ok_or(Code::NotFound)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "product.output_declared",
        subject: id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.supplier_region,
        details: json!({ "yearly_output_kg": kilograms }),
    };
    audit::record(tx, &entry)
}

fn unknown_county(error: AppError, at: usize) -> AppError {
    if error.code() != Code::NotFound {
        return error;
    }
    let message = Message::new("没有这个县（区）", "there is no such county");
    AppError::field(Code::ValidationFailed, format!("/origins/{at}/county"), message)
}
