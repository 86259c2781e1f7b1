//! What changed in the plans' figures between two days, order by order.

use super::super::store::changes as store;
use super::reach;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// So many orders are explained one by one; more is another bulletin.
const MOST: i64 = 5_000;

/// What an order counts more, or less, than before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderChange {
    /// The order.
    pub order_id: OrderId,
    /// The unit whose count it is.
    pub unit_id: OrgId,
    /// Its name.
    pub unit_name: String,
    /// Which of the three amounts.
    pub basis: Basis,
    /// Whether it came after the year had closed.
    pub correction: bool,
    /// How much.
    pub amount_fen: Fen,
    /// What happened to the order in between, as kinds of facts; for the ordered amount the order itself.
    pub because: Vec<String>,
}

/// What was recorded of a year's figures after one day and until another, of units in scope.
///
/// # Errors
/// `validation_failed` when more orders changed than can be explained one by one.
pub fn changes(read: &mut Read, actor: &Actor, year: i64, (after, until): (Day, Day)) -> Outcome<Vec<OrderChange>> {
    let rows = store::changes(read, year, (after.end(), until.end()), &reach(actor, until), MOST + 1)?;
    if i64::try_from(rows.len()).unwrap_or(i64::MAX) > MOST {
        let zh = format!("变动超过 {MOST} 条，请选较早的截止日");
        let message = Message::new(zh, format!("more than {MOST} changes: choose an earlier day"));
        return Err(AppError::field(Code::ValidationFailed, "/as_of", message));
    }
    let mut causes: BTreeMap<OrderId, Vec<String>> = BTreeMap::new();
    for cause in store::causes(read, year, (after, until))? {
        causes.entry(cause.order_id).or_default().push(cause.kind);
    }
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        changes.push(OrderChange {
            order_id: row.order_id,
            unit_id: row.unit_id,
            unit_name: row.unit_name,
            basis: row.basis.parse().map_err(AppError::internal)?,
            correction: row.correction,
            amount_fen: Fen::new(row.amount),
            because: causes.get(&row.order_id).cloned().unwrap_or_default(),
        });
    }
    Ok(changes)
}
