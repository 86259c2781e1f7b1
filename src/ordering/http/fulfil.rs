//! Confirming, shipping, accepting and returning, one order at a time or many.

use super::fact_reply;
use super::papers::LotPaperRequest;
use super::place::OrderReasonRequest;
use crate::kernel::actor::{AcceptGoods, FulfilOrder};
use crate::kernel::ids::{FileId, OrderId, UserId};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::ordering::commands::{accept, confirm, returns, ship};
use crate::ordering::queries::{FactReply, OrderSummary};
use crate::platform::http::{Answer, BatchReply, Call, Empty, Json, Reply};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(confirm_order)
        .service(decline_order)
        .service(ship_order)
        .service(accept_goods)
        .service(return_goods);
    config.service(confirm_orders).service(ship_orders).service(accept_many);
}

/// Confirms an order.
#[utoipa::path(post, path = "/orders/{id}/confirmations", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = OrderSummary)), security(("bearer" = ["orders.fulfil"])))]
#[post("/orders/{id}/confirmations")]
pub async fn confirm_order(call: Call<FulfilOrder, Empty>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, _| {
        let order = confirm::confirm(tx, actor, id)?;
        Ok(Reply::ok(&OrderSummary::from(&order))?.etag(order.version))
    })
    .await
}

/// Declines an order; everything it held is released.
#[utoipa::path(post, path = "/orders/{id}/declines", tag = "orders", params(("id" = OrderId, Path)),
    request_body = OrderReasonRequest, responses((status = 200, body = OrderSummary)), security(("bearer" = ["orders.fulfil"])))]
#[post("/orders/{id}/declines")]
pub async fn decline_order(call: Call<FulfilOrder, Json<OrderReasonRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let order = confirm::decline(tx, actor, id, &body.reason)?;
        Ok(Reply::ok(&OrderSummary::from(&order))?.etag(order.version))
    })
    .await
}

/// A shipment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipmentRequest {
    /// The day of the delivery note; today when absent.
    occurred_on: Option<Day>,
    /// Who carries.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    carrier: Option<String>,
    /// The carrier's number.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    tracking: Option<String>,
    /// What is in it.
    #[schema(min_items = 1, max_items = 500)]
    lines: Vec<ShipmentLineRequest>,
}

/// A lot of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipmentLineRequest {
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// The lot.
    #[schema(max_length = 50, min_length = 1, format = "line")]
    lot: String,
    /// How much; for weighed goods by actual weight.
    quantity: Quantity,
    /// When the lot was made or harvested.
    made_on: Option<Day>,
    /// Its papers; which ones a category needs says the rule `lot_papers`.
    #[schema(max_items = 20)]
    papers: Option<Vec<LotPaperRequest>>,
}

impl ShipmentRequest {
    fn shipment(&self) -> ship::NewShipment {
        let line = |line: &ShipmentLineRequest| ship::ShippedLine {
            line_no: line.line_no,
            lot: line.lot.clone(),
            quantity: line.quantity,
            made_on: line.made_on,
            papers: line.papers.iter().flatten().map(LotPaperRequest::paper).collect(),
        };
        ship::NewShipment {
            occurred_on: self.occurred_on,
            carrier: self.carrier.clone(),
            tracking: self.tracking.clone(),
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

/// Ships goods of a confirmed order.
#[utoipa::path(post, path = "/orders/{id}/shipments", tag = "orders", params(("id" = OrderId, Path)),
    request_body = ShipmentRequest, responses((status = 201, body = FactReply)), security(("bearer" = ["orders.fulfil"])))]
#[post("/orders/{id}/shipments")]
pub async fn ship_order(call: Call<FulfilOrder, Json<ShipmentRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let (fact, order) = ship::ship(tx, actor, id, &body.shipment())?;
        fact_reply(&fact, &order)
    })
    .await
}

/// An acceptance.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceRequest {
    /// The day of the delivery note; today when absent.
    occurred_on: Option<Day>,
    /// A second person of your organisation. Where the rule `two_person_acceptance_fen` asks for one, nothing is accepted until
    /// that person confirms.
    second_person: Option<UserId>,
    /// Photos of the whole delivery, as files of class `evidence`; the supplier sees them.
    #[schema(max_items = 20)]
    photos: Option<Vec<FileId>>,
    /// What was accepted and rejected.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<AcceptanceLineRequest>,
}

/// What was accepted and rejected of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceLineRequest {
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// Good; for weighed goods by actual weight.
    accepted: Quantity,
    /// Not good; nothing when absent.
    rejected: Option<Quantity>,
    /// Why not.
    #[schema(max_length = 200, min_length = 1, format = "line", example = "damaged")]
    reason: Option<String>,
    /// Photos of its goods.
    #[schema(max_items = 20)]
    photos: Option<Vec<FileId>>,
    /// How much of what is not good the supplier is asked to send again; nothing when absent.
    replace: Option<Quantity>,
}

impl AcceptanceRequest {
    fn acceptance(&self) -> accept::NewAcceptance {
        let line = |line: &AcceptanceLineRequest| accept::AcceptedLine {
            line_no: line.line_no,
            accepted: line.accepted,
            rejected: line.rejected.unwrap_or_default(),
            reason: line.reason.clone(),
            photos: line.photos.clone().unwrap_or_default(),
            replace: line.replace.unwrap_or_default(),
        };
        accept::NewAcceptance {
            photos: self.photos.clone().unwrap_or_default(),
            occurred_on: self.occurred_on,
            second_person: self.second_person,
            lines: self.lines.iter().map(line).collect(),
        }
    }
}

/// 验收: accepts and rejects delivered goods; never by the person who ordered. Where the rule asks for two people, this only
/// proposes: the order shows it as `pending_acceptance` until the second person confirms it.
#[utoipa::path(post, path = "/orders/{id}/acceptances", tag = "orders", params(("id" = OrderId, Path)),
    request_body = AcceptanceRequest, responses((status = 201, body = FactReply)), security(("bearer" = ["orders.accept"])))]
#[post("/orders/{id}/acceptances")]
pub async fn accept_goods(call: Call<AcceptGoods, Json<AcceptanceRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let (fact, order) = accept::accept(tx, actor, id, &body.acceptance())?;
        fact_reply(&fact, &order)
    })
    .await
}

/// Goods that go back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnRequest {
    /// The day; today when absent.
    occurred_on: Option<Day>,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
    /// Which.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<ReturnLineRequest>,
}

/// What goes back of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnLineRequest {
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// How much.
    quantity: Quantity,
}

/// Sends accepted goods back; the amount no longer counts.
#[utoipa::path(post, path = "/orders/{id}/returns", tag = "orders", params(("id" = OrderId, Path)),
    request_body = ReturnRequest, responses((status = 201, body = FactReply)), security(("bearer" = ["orders.accept"])))]
#[post("/orders/{id}/returns")]
pub async fn return_goods(call: Call<AcceptGoods, Json<ReturnRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let lines = body.lines.iter().map(|line| (line.line_no, line.quantity)).collect();
        let new = returns::NewReturn { occurred_on: body.occurred_on, reason: body.reason.clone(), lines };
        let (fact, order) = returns::take_back(tx, actor, id, &new)?;
        fact_reply(&fact, &order)
    })
    .await
}

/// Orders to confirm.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationsRequest {
    /// Each is confirmed for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<ConfirmationItem>,
}

/// An order to confirm.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmationItem {
    /// The order.
    order_id: OrderId,
}

/// Confirms many orders, each in its own transaction.
#[utoipa::path(post, path = "/confirmations", tag = "orders", request_body = ConfirmationsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["orders.fulfil"])))]
#[post("/confirmations")]
pub async fn confirm_orders(call: Call<FulfilOrder, Json<ConfirmationsRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.clone(),
        |tx, actor, item: &ConfirmationItem| {
            let order = confirm::confirm(tx, actor, item.order_id)?;
            Reply::ok(&OrderSummary::from(&order))
        },
    )
    .await
}

/// Shipments of many orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipmentsRequest {
    /// Each is recorded for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<ShipmentItem>,
}

/// A shipment of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipmentItem {
    /// The order.
    order_id: OrderId,
    /// The shipment.
    shipment: ShipmentRequest,
}

/// Ships many orders, each in its own transaction.
#[utoipa::path(post, path = "/shipments", tag = "orders", request_body = ShipmentsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["orders.fulfil"])))]
#[post("/shipments")]
pub async fn ship_orders(call: Call<FulfilOrder, Json<ShipmentsRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.iter().map(|item| (item.order_id, item.shipment.shipment())).collect(),
        |tx, actor, (id, shipment): &(OrderId, ship::NewShipment)| {
            let (fact, order) = ship::ship(tx, actor, *id, shipment).map_err(|error| error.below("/shipment"))?;
            fact_reply(&fact, &order)
        },
    )
    .await
}

/// Acceptances of many orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptancesRequest {
    /// Each is recorded for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<AcceptanceItem>,
}

/// An acceptance of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceItem {
    /// The order.
    order_id: OrderId,
    /// The acceptance.
    acceptance: AcceptanceRequest,
}

/// Accepts goods of many orders, each in its own transaction.
#[utoipa::path(post, path = "/acceptances", tag = "orders", request_body = AcceptancesRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["orders.accept"])))]
#[post("/acceptances")]
pub async fn accept_many(call: Call<AcceptGoods, Json<AcceptancesRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.iter().map(|item| (item.order_id, item.acceptance.acceptance())).collect(),
        |tx, actor, (id, acceptance): &(OrderId, accept::NewAcceptance)| {
            let (fact, order) =
                accept::accept(tx, actor, *id, acceptance).map_err(|error| error.below("/acceptance"))?;
            fact_reply(&fact, &order)
        },
    )
    .await
}
