//! Changes of prices over HTTP.

use crate::approvals::Verdict;
use crate::kernel::actor::{ChangePrices, DecideApproval};
use crate::kernel::ids::{OrderId, PriceChangeId};
use crate::kernel::money::Fen;
use crate::ordering::commands::price_change::{self, NewPriceChange, NewPriceLine, PriceAnswer};
use crate::ordering::queries::{self, PriceChangeView};
use crate::ordering::rules::price_change::PriceDecision;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(propose_prices).service(answer_prices).service(approve_prices).service(withdraw_prices);
}

/// Other prices of a placed order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceChangeRequest {
    /// Why.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    reason: String,
    /// What of which lines.
    #[schema(min_items = 1, max_items = 201)]
    lines: Vec<PriceChangeLineRequest>,
}

/// What is to change of a line: another price of a unit, or what is allowed of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceChangeLineRequest {
    /// The order's line; 0 is the freight.
    #[schema(minimum = 0, maximum = 200)]
    line_no: i64,
    /// Another price of a unit, in fen, of a line of which nothing was accepted yet.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64)]
    unit_price_fen: Option<Fen>,
    /// What is allowed of what was accepted, or of the freight, in fen.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64)]
    allowance_fen: Option<Fen>,
}

/// 改价: proposes other prices of a placed order, or an allowance for accepted goods; the other side answers. A lower price releases what
/// is held too much, a higher one holds the difference. A raise goes up to what was agreed or what the listing costs now. A proposal
/// that waits is superseded.
#[utoipa::path(post, path = "/orders/{id}/price-changes", tag = "orders", params(("id" = OrderId, Path)), request_body = PriceChangeRequest,
    responses((status = 201, body = PriceChangeView)), security(("bearer" = ["orders.change_prices"])))]
#[post("/orders/{id}/price-changes")]
pub async fn propose_prices(call: Call<ChangePrices, Json<PriceChangeRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let line = |line: &PriceChangeLineRequest| NewPriceLine {
            line_no: line.line_no,
            unit_price: line.unit_price_fen,
            allowance: line.allowance_fen,
        };
        let new = NewPriceChange { reason: body.reason.clone(), lines: body.lines.iter().map(line).collect() };
        let row = price_change::propose(tx, actor, id, &new)?;
        Reply::created(&format!("/api/v1/orders/{id}"), &queries::price_change(tx, &row)?)
    })
    .await
}

/// The answer to a change of prices.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceAnswerRequest {
    /// Agreed or not.
    decision: PriceDecision,
    /// Why not.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    reason: Option<String>,
}

/// The other side agrees to other prices or refuses them. They hold at once; where the order rises to an amount from which on orders
/// need approvals, once one of the buyer's who neither ordered, proposed nor agreed has approved them.
#[utoipa::path(post, path = "/orders/{id}/price-changes/{change_id}/answers", tag = "orders",
    params(("id" = OrderId, Path), ("change_id" = PriceChangeId, Path)), request_body = PriceAnswerRequest,
    responses((status = 200, body = PriceChangeView)), security(("bearer" = ["orders.change_prices"])))]
#[post("/orders/{id}/price-changes/{change_id}/answers")]
pub async fn answer_prices(
    call: Call<ChangePrices, Json<PriceAnswerRequest>>,
    path: web::Path<(OrderId, PriceChangeId)>,
) -> Answer {
    let (id, change) = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let told = PriceAnswer { change, decision: body.decision, reason: body.reason.clone() };
        let row = price_change::answer(tx, actor, id, &told)?;
        Reply::ok(&queries::price_change(tx, &row)?)
    })
    .await
}

/// An approval of a higher price.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceApprovalRequest {
    /// What you decide.
    verdict: Verdict,
    /// Why; a rejection says so.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    reason: Option<String>,
}

/// Approves a higher price that both sides agreed to, or rejects it: by one of those who take the last step of approving an order of
/// that amount. Who ordered, proposed or agreed never approves; who was asked to by a colleague decides in that one's place.
#[utoipa::path(post, path = "/orders/{id}/price-changes/{change_id}/approvals", tag = "orders",
    params(("id" = OrderId, Path), ("change_id" = PriceChangeId, Path)), request_body = PriceApprovalRequest,
    responses((status = 200, body = PriceChangeView)), security(("bearer" = ["approvals.decide"])))]
#[post("/orders/{id}/price-changes/{change_id}/approvals")]
pub async fn approve_prices(
    call: Call<DecideApproval, Json<PriceApprovalRequest>>,
    path: web::Path<(OrderId, PriceChangeId)>,
) -> Answer {
    let (id, change) = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let row = price_change::approve(tx, actor, (id, change), (body.verdict, body.reason.as_deref()))?;
        Reply::ok(&queries::price_change(tx, &row)?)
    })
    .await
}

/// Why a change of prices is taken back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceWithdrawalRequest {
    /// Why.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    reason: String,
}

/// The side that proposed other prices takes them back.
#[utoipa::path(post, path = "/orders/{id}/price-changes/{change_id}/withdrawals", tag = "orders",
    params(("id" = OrderId, Path), ("change_id" = PriceChangeId, Path)), request_body = PriceWithdrawalRequest,
    responses((status = 200, body = PriceChangeView)), security(("bearer" = ["orders.change_prices"])))]
#[post("/orders/{id}/price-changes/{change_id}/withdrawals")]
pub async fn withdraw_prices(
    call: Call<ChangePrices, Json<PriceWithdrawalRequest>>,
    path: web::Path<(OrderId, PriceChangeId)>,
) -> Answer {
    let (id, change) = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let row = price_change::withdraw(tx, actor, (id, change), &body.reason)?;
        Reply::ok(&queries::price_change(tx, &row)?)
    })
    .await
}
