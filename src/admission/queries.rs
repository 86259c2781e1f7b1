//! Reads of admission.

use super::store;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{MandateId, OrgId, ProductId};
use crate::kernel::time::Day;
use crate::platform::db::Read;

/// How far admission has come: 上报 and 入驻.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Metrics {
    /// Applications that the counties recommended to the platform.
    pub reported: i64,
    /// Suppliers that the platform admitted.
    pub admitted: i64,
}

/// Whether the platform has admitted a supplier.
///
/// # Errors
/// When the database fails.
pub fn is_admitted(on: &mut Read, org: OrgId) -> Outcome<bool> {
    store::is_admitted(on, org)
}

/// Reported and admitted suppliers of a region or of the platform; nothing for other scopes.
///
/// # Errors
/// When the database fails.
pub fn metrics(on: &mut Read, scope: &Scope) -> Outcome<Metrics> {
    let (reported, admitted) = store::metrics(on, scope)?;
    Ok(Metrics { reported, admitted })
}

/// The mandate under which an agent may sell a producer's product on a day, and its last day.
///
/// # Errors
/// When the database fails.
pub fn mandated(
    on: &mut Read,
    agent: OrgId,
    producer: OrgId,
    product: ProductId,
    day: Day,
) -> Outcome<Option<(MandateId, Day)>> {
    store::mandate_for(on, agent, producer, product, day)
}
