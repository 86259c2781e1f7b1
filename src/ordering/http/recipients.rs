//! Who gets the goods of a donation, and what it received, over HTTP.

use crate::kernel::actor::{PlaceOrder, ReadOrders, ReceiveGoods};
use crate::kernel::ids::{FileId, OrderId, OrderReceiptId};
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::time::Day;
use crate::ordering::commands::receive::{self, NewReceipt};
use crate::ordering::commands::recipient;
use crate::ordering::queries::{self, GivenOrderView};
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(name_recipient).service(receive_goods).service(correct_receipt);
    config.service(list_receipts).service(list_given_orders);
}

/// Who gets the goods, and why that is said now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientRequest {
    /// Who.
    recipient: NamedRecipient,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// 受益单位: names who gets the goods of a purchase in place of a donation, where nobody was named, or puts right who was named before
/// anything is shipped. An organisation of the platform is known by its credit code as well.
#[utoipa::path(post, path = "/orders/{id}/recipients", tag = "orders", params(("id" = OrderId, Path)), request_body = RecipientRequest,
    responses((status = 201, body = GivenOrderView)), security(("bearer" = ["orders.place"])))]
#[post("/orders/{id}/recipients")]
pub async fn name_recipient(call: Call<PlaceOrder, Json<RecipientRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        let (_, order) = recipient::name(tx, actor, id, (&body.recipient, body.reason.trim()))?;
        let view = queries::given(tx, &order)?;
        Ok(Reply::created(&format!("/api/v1/orders/{id}/receipts"), &view)?.etag(order.version))
    })
    .await
}

/// What a recipient received.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRequest {
    /// The day; today when absent.
    occurred_on: Option<Day>,
    /// Who signed for the recipient.
    #[schema(max_length = 50, min_length = 1, format = "line", example = "王老师")]
    signed_by: String,
    /// The signed paper (签收单), a file of class `evidence`; required of the buyer.
    proof_file: Option<FileId>,
    /// Which goods.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<ReceiptLineRequest>,
}

/// A line that was received.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptLineRequest {
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// How much.
    quantity: Quantity,
}

fn lines(lines: &[ReceiptLineRequest]) -> Vec<(i64, Quantity)> {
    lines.iter().map(|line| (line.line_no, line.quantity)).collect()
}

/// 签收: records which goods the recipient received, at most what was accepted and did not go back. An organisation of the platform that
/// has people here says so itself; for any other one the buyer files the paper that it signed.
#[utoipa::path(post, path = "/orders/{id}/receipts", tag = "orders", params(("id" = OrderId, Path)), request_body = ReceiptRequest,
    responses((status = 201, body = GivenOrderView)), security(("bearer" = ["orders.receive"])))]
#[post("/orders/{id}/receipts")]
pub async fn receive_goods(call: Call<ReceiveGoods, Json<ReceiptRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        let new = NewReceipt {
            occurred_on: body.occurred_on,
            signed_by: body.signed_by.clone(),
            proof_file: body.proof_file,
            lines: lines(&body.lines),
        };
        let (_, order) = receive::receive(tx, actor, id, &new)?;
        let view = queries::given(tx, &order)?;
        Ok(Reply::created(&format!("/api/v1/orders/{id}/receipts"), &view)?.etag(order.version))
    })
    .await
}

/// What a receipt should have said.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptCorrectionRequest {
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
    /// The day of the correction's paper; today when absent.
    occurred_on: Option<Day>,
    /// Who signed for the recipient.
    #[schema(max_length = 50, min_length = 1, format = "line", example = "王老师")]
    signed_by: String,
    /// The signed paper; required of the buyer.
    proof_file: Option<FileId>,
    /// The lines that are put right, each with the quantity that is right for this receipt; lines that are not named stay.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<ReceiptLineRequest>,
}

/// Puts a receipt right by a further entry with its reason; by whom it was recorded. A purchase certificate that rests on it stands no
/// more.
#[utoipa::path(post, path = "/orders/{id}/receipts/{receipt_id}/corrections", tag = "orders",
    params(("id" = OrderId, Path), ("receipt_id" = OrderReceiptId, Path)), request_body = ReceiptCorrectionRequest,
    responses((status = 201, body = GivenOrderView)), security(("bearer" = ["orders.receive"])))]
#[post("/orders/{id}/receipts/{receipt_id}/corrections")]
pub async fn correct_receipt(
    call: Call<ReceiveGoods, Json<ReceiptCorrectionRequest>>,
    path: web::Path<(OrderId, OrderReceiptId)>,
) -> Answer {
    let (id, receipt) = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        let new = NewReceipt {
            occurred_on: body.occurred_on,
            signed_by: body.signed_by.clone(),
            proof_file: body.proof_file,
            lines: lines(&body.lines),
        };
        let (_, order) = receive::correct(tx, actor, (id, receipt), (&new, body.reason.trim()))?;
        let view = queries::given(tx, &order)?;
        Ok(Reply::created(&format!("/api/v1/orders/{id}/receipts"), &view)?.etag(order.version))
    })
    .await
}

/// What an order gives away and what its recipient received, without prices: for whoever sees the order, and for the recipient once the
/// supplier has confirmed it.
#[utoipa::path(get, path = "/orders/{id}/receipts", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = GivenOrderView)), security(("bearer" = ["orders.read"])))]
#[get("/orders/{id}/receipts")]
pub async fn list_receipts(call: Call<ReadOrders>, path: web::Path<OrderId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read(move |read, actor| queries::receipts(read, actor, id, today)).await
}

/// No filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct GivenOrderFilter {}

/// Orders whose goods are given to your organisation, the newest first.
#[utoipa::path(get, path = "/donated-orders", tag = "orders",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<GivenOrderView>)), security(("bearer" = ["orders.read"])))]
#[get("/donated-orders")]
pub async fn list_given_orders(call: Call<ReadOrders>, list: List<GivenOrderFilter>) -> Answer {
    call.list(list, move |read, actor, _, page| queries::given_orders(read, actor, page)).await
}
