//! Placing and cancelling orders; the buyer's side before anything is shipped.

use crate::kernel::actor::{PlaceOrder, WorkOrders};
use crate::kernel::ids::{ListingId, OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::ordering::commands::{cancel, close, place};
use crate::ordering::queries::{FactReply, OrderGroupView, OrderSummary};
use crate::ordering::terms::Delivery;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(place_order).service(cancel_order).service(close_short);
}

/// An order of one buyer for one unit, from one fund, for one purpose; lines of any suppliers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceOrderRequest {
    /// Whose count it is; your own organisation when absent. A contractor always names it; a union may name the unit whose union
    /// it is, for `union` money.
    unit_id: Option<OrgId>,
    /// What the money is.
    fund: Fund,
    /// Why it is bought.
    purpose: Purpose,
    /// Where the goods go; by your kind of organisation when absent.
    channel: Option<Channel>,
    /// Who pays: the unit, or its union, contractor or accounting centre that is tied to it today; your own organisation when
    /// absent.
    payer_id: Option<OrgId>,
    /// For `purchase_for_donation`: an organisation of the selling households.
    beneficiary_id: Option<OrgId>,
    /// For `purchase_for_donation`: who gets the goods (受益单位).
    recipient: Option<NamedRecipient>,
    /// Your own reference, unique for ever.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    client_ref: Option<String>,
    /// Where and when.
    #[schema(min_items = 1, max_items = 20)]
    deliveries: Vec<Delivery>,
    /// Freight agreed with a supplier.
    #[schema(max_items = 200)]
    freights: Option<Vec<FreightRequest>>,
    /// What.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<PlaceLineRequest>,
}

/// Freight of a supplier's order: payable beside the goods, in no quota and no volume.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreightRequest {
    /// The supplier.
    supplier_id: OrgId,
    /// The amount.
    #[schema(value_type = i64, minimum = 0, maximum = 100_000_000)]
    freight_fen: Fen,
}

/// A line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceLineRequest {
    /// The listing.
    listing_id: ListingId,
    /// How much, in its unit.
    quantity: Quantity,
    /// The price you saw; when it has changed the order is refused.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64)]
    unit_price_fen: Option<Fen>,
    /// Which of the deliveries, counted from 0; the first when absent.
    #[schema(minimum = 0, maximum = 19)]
    delivery_no: Option<usize>,
}

impl PlaceOrderRequest {
    /// What it asks for.
    #[must_use]
    pub fn order(&self) -> place::NewOrder {
        let line = |line: &PlaceLineRequest| place::NewLine {
            listing_id: line.listing_id,
            quantity: line.quantity,
            unit_price_fen: line.unit_price_fen,
            most_fen: None,
            delivery_no: line.delivery_no.unwrap_or(0),
        };
        place::NewOrder {
            unit_id: self.unit_id,
            fund: self.fund,
            purpose: self.purpose,
            channel: self.channel,
            payer_id: self.payer_id,
            beneficiary_id: self.beneficiary_id,
            recipient: self.recipient.clone(),
            client_ref: self.client_ref.clone(),
            deliveries: self.deliveries.clone(),
            freights: self.freights.iter().flatten().map(|f| (f.supplier_id, f.freight_fen)).collect(),
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

/// Places one order per supplier, all or nothing.
#[utoipa::path(post, path = "/orders", tag = "orders", request_body = PlaceOrderRequest,
    responses((status = 201, body = OrderGroupView)), security(("bearer" = ["orders.place"])))]
#[post("/orders")]
pub async fn place_order(call: Call<PlaceOrder, Json<PlaceOrderRequest>>) -> Answer {
    call.write_keyed(|tx, actor, Json(body)| {
        let placed = place::place(tx, actor, &body.order())?;
        let view = OrderGroupView::new(&placed.group, &placed.orders).warned(placed.beyond);
        Reply::created(&format!("/api/v1/order-groups/{}", placed.group.id), &view)
    })
    .await
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderReasonRequest {
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    pub reason: String,
}

/// Cancels an order that is not confirmed; of a confirmed one what was not shipped, after a safety revocation.
#[utoipa::path(post, path = "/orders/{id}/cancellations", tag = "orders", params(("id" = OrderId, Path)),
    request_body = OrderReasonRequest, responses((status = 200, body = OrderSummary)), security(("bearer" = ["orders.place"])))]
#[post("/orders/{id}/cancellations")]
pub async fn cancel_order(call: Call<PlaceOrder, Json<OrderReasonRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let order = cancel::cancel(tx, actor, id, &body.reason)?;
        Ok(Reply::ok(&OrderSummary::from(&order))?.etag(order.version))
    })
    .await
}

/// Goods that will not come.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortClosureRequest {
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
    /// Which.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<ShortLineRequest>,
}

/// A line to write off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShortLineRequest {
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// How much; all that was not shipped when absent.
    quantity: Option<Quantity>,
}

/// 未到货结案: writes goods off that were not shipped; the supplier at any time, the buyer after the delivery date.
#[utoipa::path(post, path = "/orders/{id}/short-closures", tag = "orders", params(("id" = OrderId, Path)),
    request_body = ShortClosureRequest, responses((status = 201, body = FactReply)), security(("bearer" = ["orders.work"])))]
#[post("/orders/{id}/short-closures")]
pub async fn close_short(call: Call<WorkOrders, Json<ShortClosureRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let lines = body.lines.iter().map(|line| (line.line_no, line.quantity)).collect();
        let new = close::NewShortClosure { reason: body.reason.clone(), lines };
        let (fact, order) = close::short_close(tx, actor, id, &new)?;
        super::fact_reply(&fact, &order)
    })
    .await
}
