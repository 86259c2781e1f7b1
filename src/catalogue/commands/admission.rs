//! The end of a supplier's admission: nothing of it is on sale from that commit on.

use super::super::store;
use crate::admission::{self, AdmissionRefusalReason};
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::SupplierApplicationId;
use crate::platform::db::Tx;
use serde_json::json;

/// Ends an admission and withdraws what the supplier sells, and what agent traders sell of its goods. Their products are
/// locked as when a certificate ends, so that nothing is promised beside it; who lists waits for the admission itself.
///
/// # Errors
/// As [`admission::end`].
pub fn end_admission(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: SupplierApplicationId,
    reason: AdmissionRefusalReason,
    opinion: Option<String>,
) -> Outcome<()> {
    let org = admission::end(tx, actor, id, reason, opinion)?;
    store::lock_products_sold(tx, org)?;
    let at = tx.at();
    for row in store::withdraw_supplier(tx, org, "supplier_not_admitted", at)? {
        let details = json!({ "reason": "supplier_not_admitted", "by": "admission" });
        super::record(tx, Some(actor), "listing.withdrawn", &row, details)?;
    }
    Ok(())
}
