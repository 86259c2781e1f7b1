//! Who is who in an order, and what happened to it.

use super::OrderSummary;
use crate::audit;
use crate::identity::Organisation;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::time::At;
use crate::kernel::uscc::Uscc;
use crate::ordering::store::orders::OrderRow;
use serde::Serialize;
use utoipa::ToSchema;

/// An organisation of an order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PartyView {
    /// Its id.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub uscc: Option<Uscc>,
}

/// Who is who in an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartiesView {
    /// Who sells.
    pub supplier: PartyView,
    /// Who ordered.
    pub buyer: PartyView,
    /// Whose count it is.
    pub unit: PartyView,
    /// Who pays.
    pub payer: PartyView,
    /// For 以购代捐: the selling households' organisation.
    pub beneficiary: Option<PartyView>,
}

impl PartiesView {
    /// The parties of an order, of organisations that hold them.
    fn new(row: &OrderRow, known: &[Organisation]) -> Outcome<PartiesView> {
        let party = |id: OrgId| {
            let found =
                known.iter().find(|org| org.id == id).ok_or_else(|| AppError::internal("an order of nobody"))?;
            Outcome::Ok(PartyView { id, name: found.name.clone(), uscc: found.uscc })
        };
        Ok(PartiesView {
            supplier: party(row.supplier_id)?,
            buyer: party(row.buyer_id)?,
            unit: party(row.unit_id)?,
            payer: party(row.payer_id)?,
            beneficiary: row.beneficiary_id.map(party).transpose()?,
        })
    }
}

/// An order of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedOrder {
    /// The order.
    #[serde(flatten)]
    pub order: OrderSummary,
    /// Its parties by name.
    pub parties: PartiesView,
}

impl ListedOrder {
    /// An order with its parties, of organisations that hold them.
    pub(in super::super) fn new(row: &OrderRow, known: &[Organisation]) -> Outcome<ListedOrder> {
        Ok(ListedOrder { order: row.into(), parties: PartiesView::new(row, known)? })
    }
}

/// Something that happened to an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderEvent {
    /// When.
    pub at: At,
    /// What.
    #[schema(example = "order.declined")]
    pub action: String,
    /// For which organisation it was done; none for the program itself.
    pub by: Option<OrgId>,
    /// Why, where a reason was given; a code of the error table when the program stopped the order.
    pub reason: Option<String>,
    /// Further facts.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

impl OrderEvent {
    /// What the trail recorded.
    pub(in super::super) fn new(past: audit::Past) -> Outcome<OrderEvent> {
        let details: serde_json::Value = serde_json::from_str(&past.details).map_err(AppError::internal)?;
        let reason = details.get("reason").and_then(serde_json::Value::as_str).map(str::to_owned);
        Ok(OrderEvent { at: past.at, action: past.action, by: past.org_id, reason, details })
    }
}
