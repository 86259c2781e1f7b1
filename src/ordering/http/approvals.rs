//! Approving orders, one at a time or many.

use crate::approvals::Verdict;
use crate::kernel::actor::DecideApproval;
use crate::kernel::ids::OrderId;
use crate::ordering::commands::approve::{self, NewDecision};
use crate::ordering::queries::OrderSummary;
use crate::platform::http::{Answer, BatchReply, Call, Json, Reply};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(approve_order).service(approve_orders);
}

/// A decision in an order's chain of approvals.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRequest {
    /// What you decide.
    verdict: Verdict,
    /// Why; a rejection says so.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

impl ApprovalRequest {
    fn decision(&self) -> NewDecision {
        NewDecision { verdict: self.verdict, reason: self.reason.clone() }
    }
}

/// Approves or rejects an order in its open step. After the last approval it is placed and its supplier is told; a
/// rejection releases what it holds. Who ordered never approves; who was asked to by a colleague decides in that one's place.
#[utoipa::path(post, path = "/orders/{id}/approvals", tag = "orders", params(("id" = OrderId, Path)),
    request_body = ApprovalRequest, responses((status = 200, body = OrderSummary)), security(("bearer" = ["approvals.decide"])))]
#[post("/orders/{id}/approvals")]
pub async fn approve_order(call: Call<DecideApproval, Json<ApprovalRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| reply(&approve::decide(tx, actor, id, &body.decision())?)).await
}

fn reply(order: &crate::ordering::store::orders::OrderRow) -> crate::kernel::error::Outcome<Reply> {
    Ok(Reply::ok(&OrderSummary::from(order))?.etag(order.version))
}

/// Decisions about many orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalsRequest {
    /// Each is decided for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<ApprovalItem>,
}

/// A decision about an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalItem {
    /// The order.
    order_id: OrderId,
    /// The decision.
    approval: ApprovalRequest,
}

/// Approves or rejects many orders, each in its own transaction.
#[utoipa::path(post, path = "/approvals", tag = "orders", request_body = ApprovalsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["approvals.decide"])))]
#[post("/approvals")]
pub async fn approve_orders(call: Call<DecideApproval, Json<ApprovalsRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.iter().map(|item| (item.order_id, item.approval.decision())).collect(),
        |tx, actor, (id, decision): &(OrderId, NewDecision)| {
            reply(&approve::decide(tx, actor, *id, decision).map_err(|error| error.below("/approval"))?)
        },
    )
    .await
}
