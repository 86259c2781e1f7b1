//! The account to which an order is paid, as its parties see it.

use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::time::Day;
use crate::ordering::store::orders::OrderRow;
use crate::ordering::terms::{self, FrozenPayee, Terms};
use crate::payees;
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// The account that was frozen when the order was confirmed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderPayeeView {
    /// The account.
    #[serde(flatten)]
    pub account: FrozenPayee,
    /// Since when the supplier has another account in force; the order keeps this one.
    pub newer_since: Option<Day>,
}

/// The account of an order, for its parties alone.
///
/// # Errors
/// When the database fails.
pub(in super::super) fn payee(
    read: &mut Read,
    actor: &Actor,
    row: &OrderRow,
    today: Day,
) -> Outcome<Option<OrderPayeeView>> {
    if row.supplier_id != actor.org_id && !row.concerned().contains(&actor.org_id) {
        return Ok(None);
    }
    let terms: Terms = terms::read(&row.terms)?;
    let Some(account) = terms.payee else { return Ok(None) };
    let current = payees::in_force(read, row.supplier_id, today)?;
    let newer = current.filter(|current| current.id != account.account_id);
    Ok(Some(OrderPayeeView { account, newer_since: newer.map(|newer| newer.valid_from) }))
}
