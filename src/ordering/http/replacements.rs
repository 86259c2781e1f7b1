//! Replacements over HTTP.

use super::fact_reply;
use crate::kernel::actor::{AcceptGoods, FulfilOrder};
use crate::kernel::ids::{OrderId, ReplacementId};
use crate::kernel::quantity::Quantity;
use crate::ordering::commands::replace::{self, Asked, ReplacementAnswer};
use crate::ordering::queries::{FactReply, ReplacementsReply, replacements_reply};
use crate::ordering::rules::replacement::ReplacementDecision;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(ask_replacement).service(answer_replacement).service(withdraw_replacement);
}

/// Rejected goods that are asked for once more.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementRequest {
    /// Why.
    #[schema(min_length = 2, max_length = 500, format = "text")]
    reason: String,
    /// Which.
    #[schema(min_items = 1, max_items = 200)]
    lines: Vec<ReplacementLineRequest>,
}

/// What is asked for of a line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementLineRequest {
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// How much of what was rejected.
    quantity: Quantity,
}

/// 换货: asks the supplier to send rejected goods again, also of a line that is closed, until the order counts as completed.
#[utoipa::path(post, path = "/orders/{id}/replacements", tag = "orders", params(("id" = OrderId, Path)), request_body = ReplacementRequest,
    responses((status = 201, body = ReplacementsReply)), security(("bearer" = ["orders.accept"])))]
#[post("/orders/{id}/replacements")]
pub async fn ask_replacement(call: Call<AcceptGoods, Json<ReplacementRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let line = |line: &ReplacementLineRequest| Asked { line_no: line.line_no, quantity: line.quantity };
        let lines: Vec<Asked> = body.lines.iter().map(line).collect();
        let (rows, order) = replace::ask(tx, actor, id, (&body.reason, &lines))?;
        let view = replacements_reply(tx, rows, &order)?;
        Ok(Reply::created(&format!("/api/v1/orders/{id}"), &view)?.etag(order.version))
    })
    .await
}

/// The supplier's answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementAnswerRequest {
    /// Whether the goods are sent again.
    decision: ReplacementDecision,
    /// Why not.
    #[schema(min_length = 2, max_length = 500, format = "text")]
    reason: Option<String>,
}

/// The supplier agrees to send rejected goods again, or refuses. Once agreed they may be shipped like any that are still owed; quota and
/// stock are held for them, and a line and order that were closed are open again.
#[utoipa::path(post, path = "/orders/{id}/replacements/{replacement_id}/answers", tag = "orders",
    params(("id" = OrderId, Path), ("replacement_id" = ReplacementId, Path)), request_body = ReplacementAnswerRequest,
    responses((status = 201, body = FactReply)), security(("bearer" = ["orders.fulfil"])))]
#[post("/orders/{id}/replacements/{replacement_id}/answers")]
pub async fn answer_replacement(
    call: Call<FulfilOrder, Json<ReplacementAnswerRequest>>,
    path: web::Path<(OrderId, ReplacementId)>,
) -> Answer {
    let (id, replacement) = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let told = ReplacementAnswer { replacement, decision: body.decision, reason: body.reason.clone() };
        let (row, order) = replace::answer(tx, actor, id, &told)?;
        fact_reply(&row.id, &order)
    })
    .await
}

/// Why a replacement is taken back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplacementWithdrawalRequest {
    /// Why.
    #[schema(min_length = 2, max_length = 500, format = "text")]
    reason: String,
}

/// The buyer takes back what it asked for, as long as the supplier has not answered.
#[utoipa::path(post, path = "/orders/{id}/replacements/{replacement_id}/withdrawals", tag = "orders",
    params(("id" = OrderId, Path), ("replacement_id" = ReplacementId, Path)), request_body = ReplacementWithdrawalRequest,
    responses((status = 201, body = FactReply)), security(("bearer" = ["orders.accept"])))]
#[post("/orders/{id}/replacements/{replacement_id}/withdrawals")]
pub async fn withdraw_replacement(
    call: Call<AcceptGoods, Json<ReplacementWithdrawalRequest>>,
    path: web::Path<(OrderId, ReplacementId)>,
) -> Answer {
    let (id, replacement) = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let (row, order) = replace::withdraw(tx, actor, (id, replacement), &body.reason)?;
        fact_reply(&row.id, &order)
    })
    .await
}
