//! Payments, the supplier's answers, refunds and ratings.

use crate::kernel::actor::{FulfilOrder, PayOrder, PlaceOrder, ReadOrders};
use crate::kernel::ids::{AllowanceId, FileId, OrderId, PaymentId, ReturnId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::commands::{pay, rate, refund};
use crate::ordering::queries::{self, PaymentView, PaymentsWanted, RatingView, RefundView};
use crate::ordering::rules::payment::{PaymentDecision, PaymentState};
use crate::platform::http::{Answer, BatchReply, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(pay_order).service(pay_orders).service(list_payments);
    config.service(answer_payment).service(answer_payments);
    config.service(refund_order).service(rate_order).service(rate_orders);
}

/// A payment of one order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentRequest {
    /// How much, in fen.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 125000)]
    amount_fen: Fen,
    /// The bank's value date; today when absent.
    occurred_on: Option<Day>,
    /// The bank's proof. With it the payment counts after five working days although the supplier does not answer.
    proof_file: Option<FileId>,
    /// The bank's number of the movement.
    #[schema(max_length = 64, min_length = 1, pattern = "^[0-9A-Za-z][0-9A-Za-z./_-]*$", example = "20210302003417")]
    bank_reference: Option<String>,
}

/// Reports a payment of one order; never by the person who accepted its goods.
#[utoipa::path(post, path = "/orders/{id}/payments", tag = "money", params(("id" = OrderId, Path)), request_body = PaymentRequest,
    responses((status = 201, body = PaymentView)), security(("bearer" = ["orders.pay"])))]
#[post("/orders/{id}/payments")]
pub async fn pay_order(call: Call<PayOrder, Json<PaymentRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let new = pay::NewPayment {
            occurred_on: body.occurred_on,
            amount: body.amount_fen,
            proof_file: body.proof_file,
            bank_reference: body.bank_reference.clone(),
            orders: vec![(id, None)],
        };
        let (row, parts) = pay::report(tx, actor, &new)?;
        Reply::json(201, &PaymentView::new(row, &parts))
    })
    .await
}

/// Transfers to report.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentsRequest {
    /// Each is reported for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<TransferRequest>,
}

/// One transfer to one supplier, for one order or many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// The whole transfer, in fen.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 125000)]
    amount_fen: Fen,
    /// The bank's value date; today when absent.
    occurred_on: Option<Day>,
    /// The bank's proof.
    proof_file: Option<FileId>,
    /// The bank's number of the movement.
    #[schema(max_length = 64, min_length = 1, pattern = "^[0-9A-Za-z][0-9A-Za-z./_-]*$")]
    bank_reference: Option<String>,
    /// What it pays. Name an amount for every order or for none: then the oldest due is paid first.
    #[schema(min_items = 1, max_items = 100)]
    orders: Vec<TransferPart>,
}

/// An order that a transfer pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferPart {
    /// The order.
    order_id: OrderId,
    /// Its part, in fen.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64)]
    amount_fen: Option<Fen>,
}

impl TransferRequest {
    fn payment(&self) -> pay::NewPayment {
        pay::NewPayment {
            occurred_on: self.occurred_on,
            amount: self.amount_fen,
            proof_file: self.proof_file,
            bank_reference: self.bank_reference.clone(),
            orders: self.orders.iter().map(|part| (part.order_id, part.amount_fen)).collect(),
        }
    }
}

/// Reports transfers, each in its own transaction; one transfer may pay many orders of one supplier.
#[utoipa::path(post, path = "/payments", tag = "money", request_body = PaymentsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["orders.pay"])))]
#[post("/payments")]
pub async fn pay_orders(call: Call<PayOrder, Json<PaymentsRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.iter().map(TransferRequest::payment).collect(),
        |tx, actor, new: &pay::NewPayment| {
            let (row, parts) = pay::report(tx, actor, new)?;
            Reply::json(201, &PaymentView::new(row, &parts))
        },
    )
    .await
}

/// Which payments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PaymentFilter {
    /// Only in this state; `deemed` lists those that count unanswered.
    status: Option<PaymentState>,
    /// Only those that pay this order.
    order_id: Option<OrderId>,
}

/// Payments in your scope, the latest first.
#[utoipa::path(get, path = "/payments", tag = "money",
    params(PaymentFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<PaymentView>)), security(("bearer" = ["orders.read"])))]
#[get("/payments")]
pub async fn list_payments(call: Call<ReadOrders>, list: List<PaymentFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = PaymentsWanted { state: filter.status, order: filter.order_id };
        queries::payments(read, actor, wanted, today, page)
    })
    .await
}

/// The supplier's answer to a reported payment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentAnswerRequest {
    /// The payment; the answer holds for all orders it pays.
    payment_id: PaymentId,
    /// Whether the money is here.
    decision: PaymentDecision,
    /// Why not; a denial needs it.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

impl PaymentAnswerRequest {
    fn answer(&self, order: Option<OrderId>) -> pay::Answer {
        pay::Answer { payment: self.payment_id, order, decision: self.decision, reason: self.reason.clone() }
    }
}

/// Confirms or denies a payment that the buyer reported.
#[utoipa::path(post, path = "/orders/{id}/payment-confirmations", tag = "money", params(("id" = OrderId, Path)),
    request_body = PaymentAnswerRequest, responses((status = 200, body = PaymentView)), security(("bearer" = ["orders.fulfil"])))]
#[post("/orders/{id}/payment-confirmations")]
pub async fn answer_payment(call: Call<FulfilOrder, Json<PaymentAnswerRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let (row, parts) = pay::answer(tx, actor, &body.answer(Some(id)))?;
        Reply::json(200, &PaymentView::new(row, &parts))
    })
    .await
}

/// Answers to many payments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentAnswersRequest {
    /// Each is answered for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<PaymentAnswerRequest>,
}

/// Confirms or denies many payments, each in its own transaction.
#[utoipa::path(post, path = "/payment-confirmations", tag = "money", request_body = PaymentAnswersRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["orders.fulfil"])))]
#[post("/payment-confirmations")]
pub async fn answer_payments(call: Call<FulfilOrder, Json<PaymentAnswersRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.iter().map(|item| item.answer(None)).collect(),
        |tx, actor, answer: &pay::Answer| {
            let (row, parts) = pay::answer(tx, actor, answer)?;
            Reply::json(200, &PaymentView::new(row, &parts))
        },
    )
    .await
}

/// Money sent back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequest {
    /// How much, in fen.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    amount_fen: Fen,
    /// The bank's value date; today when absent.
    occurred_on: Option<Day>,
    /// The return it is for.
    return_id: Option<ReturnId>,
    /// The allowance it is for, instead of a return.
    allowance_id: Option<AllowanceId>,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
    /// The bank's number of the movement.
    #[schema(max_length = 64, min_length = 1, pattern = "^[0-9A-Za-z][0-9A-Za-z./_-]*$")]
    bank_reference: Option<String>,
}

/// Records money that the supplier sent back, at most what was paid.
#[utoipa::path(post, path = "/orders/{id}/refunds", tag = "money", params(("id" = OrderId, Path)), request_body = RefundRequest,
    responses((status = 201, body = RefundView)), security(("bearer" = ["orders.fulfil"])))]
#[post("/orders/{id}/refunds")]
pub async fn refund_order(call: Call<FulfilOrder, Json<RefundRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let new = refund::NewRefund {
            amount: body.amount_fen,
            occurred_on: body.occurred_on,
            return_id: body.return_id,
            allowance_id: body.allowance_id,
            reason: body.reason.clone(),
            bank_reference: body.bank_reference.clone(),
        };
        Reply::json(201, &RefundView::from(refund::refund(tx, actor, id, &new)?))
    })
    .await
}

/// A rating, 1 to 5 each.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingRequest {
    /// Fair price.
    #[schema(minimum = 1, maximum = 5)]
    price: i64,
    /// Good goods.
    #[schema(minimum = 1, maximum = 5)]
    quality: i64,
    /// On time.
    #[schema(minimum = 1, maximum = 5)]
    delivery: i64,
    /// In words.
    #[schema(max_length = 1000, format = "text")]
    comment: Option<String>,
}

impl RatingRequest {
    fn rating(&self) -> rate::NewRating {
        let comment = self.comment.clone().unwrap_or_default();
        rate::NewRating { price: self.price, quality: self.quality, delivery: self.delivery, comment }
    }
}

/// Rates a confirmed order, once.
#[utoipa::path(post, path = "/orders/{id}/ratings", tag = "orders", params(("id" = OrderId, Path)), request_body = RatingRequest,
    responses((status = 201, body = RatingView)), security(("bearer" = ["orders.place"])))]
#[post("/orders/{id}/ratings")]
pub async fn rate_order(call: Call<PlaceOrder, Json<RatingRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        Reply::json(201, &RatingView::from(rate::rate(tx, actor, id, &body.rating())?))
    })
    .await
}

/// Ratings of many orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingsRequest {
    /// Each is recorded for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<RatingItem>,
}

/// A rating of an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingItem {
    /// The order.
    order_id: OrderId,
    /// The rating.
    rating: RatingRequest,
}

/// Rates many orders, each in its own transaction.
#[utoipa::path(post, path = "/ratings", tag = "orders", request_body = RatingsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["orders.place"])))]
#[post("/ratings")]
pub async fn rate_orders(call: Call<PlaceOrder, Json<RatingsRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.iter().map(|item| (item.order_id, item.rating.rating())).collect(),
        |tx, actor, (id, rating): &(OrderId, rate::NewRating)| {
            let rated = rate::rate(tx, actor, *id, rating).map_err(|error| error.below("/rating"))?;
            Reply::json(201, &RatingView::from(rated))
        },
    )
    .await
}
