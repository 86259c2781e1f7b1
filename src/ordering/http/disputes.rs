//! Disputes over HTTP.

use crate::kernel::actor::{DisputeOrder, MediateDispute, ReadDisputes};
use crate::kernel::ids::{DisputeId, DisputeSettlementId, FileId, OrderId};
use crate::kernel::money::Fen;
use crate::ordering::commands::dispute::{self, NewDispute, NewSettlement, SettlementAnswer};
use crate::ordering::queries::{self, DisputeDetail, DisputeView, DisputesWanted};
use crate::ordering::rules::dispute::{DisputeKind, DisputeState, Remedy, SettlementDecision};
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(open_dispute).service(list_disputes).service(show_dispute).service(state_in_dispute);
    config.service(mediate_dispute).service(propose_settlement).service(answer_settlement).service(withdraw_dispute);
}

/// A dispute.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeRequest {
    /// What is disputed.
    kind: DisputeKind,
    /// Which lines, and how much of each.
    #[schema(min_items = 1, max_items = 201)]
    lines: Vec<DisputedLineRequest>,
    /// What is wrong.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    text: String,
    /// What shows it: files of class `evidence`; the other side sees them.
    #[schema(max_items = 20)]
    files: Option<Vec<FileId>>,
}

/// A disputed line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputedLineRequest {
    /// The order's line; 0 is the freight.
    #[schema(minimum = 0, maximum = 200)]
    line_no: i64,
    /// In dispute, in fen; 0 where it is not about money.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_i64)]
    amount_fen: Fen,
}

/// 提出争议: keeps a part of what is accepted and unpaid from being due until both sides settle it or it is withdrawn. The
/// undisputed part stays due.
#[utoipa::path(post, path = "/orders/{id}/disputes", tag = "orders", params(("id" = OrderId, Path)), request_body = DisputeRequest,
    responses((status = 201, body = DisputeDetail)), security(("bearer" = ["disputes.raise"])))]
#[post("/orders/{id}/disputes")]
pub async fn open_dispute(call: Call<DisputeOrder, Json<DisputeRequest>>, path: web::Path<OrderId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.write_keyed(move |tx, actor, Json(body)| {
        let new = NewDispute {
            kind: body.kind,
            lines: body.lines.iter().map(|line| (line.line_no, line.amount_fen)).collect(),
            text: body.text.clone(),
            files: body.files.clone().unwrap_or_default(),
        };
        let row = dispute::open(tx, actor, id, &new)?;
        Reply::created(&format!("/api/v1/disputes/{}", row.id), &queries::dispute(tx, actor, row.id, today)?)
    })
    .await
}

/// Which disputes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DisputeFilter {
    /// Only in this state.
    #[param(inline)]
    status: Option<DisputeState>,
    /// Only about this order.
    order_id: Option<OrderId>,
}

/// Disputes in your scope, the latest first.
#[utoipa::path(get, path = "/disputes", tag = "orders",
    params(DisputeFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<DisputeView>)), security(("bearer" = ["disputes.read"])))]
#[get("/disputes")]
pub async fn list_disputes(call: Call<ReadDisputes>, list: List<DisputeFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = DisputesWanted { state: filter.status, order: filter.order_id };
        queries::disputes(read, actor, wanted, today, page)
    })
    .await
}

/// A dispute with everything that was said.
#[utoipa::path(get, path = "/disputes/{id}", tag = "orders", params(("id" = DisputeId, Path)),
    responses((status = 200, body = DisputeDetail)), security(("bearer" = ["disputes.read"])))]
#[get("/disputes/{id}")]
pub async fn show_dispute(call: Call<ReadDisputes>, path: web::Path<DisputeId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read(move |read, actor| queries::dispute(read, actor, id, today)).await
}

/// What is said in a dispute.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeStatementRequest {
    /// The words.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    text: String,
    /// What shows it: files of class `evidence`; the parties see them.
    #[schema(max_items = 20)]
    files: Option<Vec<FileId>>,
}

/// A statement of one of the sides.
#[utoipa::path(post, path = "/disputes/{id}/statements", tag = "orders", params(("id" = DisputeId, Path)),
    request_body = DisputeStatementRequest, responses((status = 201, body = DisputeDetail)), security(("bearer" = ["disputes.raise"])))]
#[post("/disputes/{id}/statements")]
pub async fn state_in_dispute(
    call: Call<DisputeOrder, Json<DisputeStatementRequest>>,
    path: web::Path<DisputeId>,
) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.write(move |tx, actor, Json(body)| {
        dispute::state(tx, actor, id, &body.text, body.files.as_deref().unwrap_or_default())?;
        Reply::json(201, &queries::dispute(tx, actor, id, today)?)
    })
    .await
}

/// A note of who mediates: the operator, or the finance bureau of the unit's region. It decides nothing.
#[utoipa::path(post, path = "/disputes/{id}/mediations", tag = "orders", params(("id" = DisputeId, Path)),
    request_body = DisputeStatementRequest, responses((status = 201, body = DisputeDetail)), security(("bearer" = ["disputes.mediate"])))]
#[post("/disputes/{id}/mediations")]
pub async fn mediate_dispute(
    call: Call<MediateDispute, Json<DisputeStatementRequest>>,
    path: web::Path<DisputeId>,
) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.write(move |tx, actor, Json(body)| {
        dispute::mediate(tx, actor, id, &body.text, body.files.as_deref().unwrap_or_default())?;
        Reply::json(201, &queries::dispute(tx, actor, id, today)?)
    })
    .await
}

/// A settlement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementRequest {
    /// What stays payable of disputed lines; of lines that are not named nothing.
    #[schema(max_items = 201)]
    lines: Vec<PayableLineRequest>,
    /// What somebody has to record besides.
    remedy: Remedy,
    /// In words.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    text: String,
}

/// What stays payable of a line.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayableLineRequest {
    /// The order's line; 0 is the freight.
    #[schema(minimum = 0, maximum = 200)]
    line_no: i64,
    /// In fen.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_i64)]
    payable_fen: Fen,
}

/// Proposes a settlement; an earlier proposal is superseded.
#[utoipa::path(post, path = "/disputes/{id}/settlements", tag = "orders", params(("id" = DisputeId, Path)),
    request_body = SettlementRequest, responses((status = 201, body = DisputeDetail)), security(("bearer" = ["disputes.raise"])))]
#[post("/disputes/{id}/settlements")]
pub async fn propose_settlement(
    call: Call<DisputeOrder, Json<SettlementRequest>>,
    path: web::Path<DisputeId>,
) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.write(move |tx, actor, Json(body)| {
        let lines = body.lines.iter().map(|line| (line.line_no, line.payable_fen)).collect();
        let new = NewSettlement { lines, remedy: body.remedy, text: body.text.clone() };
        dispute::propose(tx, actor, id, &new)?;
        Reply::json(201, &queries::dispute(tx, actor, id, today)?)
    })
    .await
}

/// The answer to a settlement.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementAnswerRequest {
    /// Which settlement.
    settlement_id: DisputeSettlementId,
    /// Agreed or not.
    decision: SettlementDecision,
    /// Why not.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    reason: Option<String>,
}

/// The other side agrees to a settlement, which ends the dispute, or refuses it. What stays payable is due again with the days of
/// the rule.
#[utoipa::path(post, path = "/disputes/{id}/settlement-answers", tag = "orders", params(("id" = DisputeId, Path)),
    request_body = SettlementAnswerRequest, responses((status = 200, body = DisputeDetail)), security(("bearer" = ["disputes.raise"])))]
#[post("/disputes/{id}/settlement-answers")]
pub async fn answer_settlement(
    call: Call<DisputeOrder, Json<SettlementAnswerRequest>>,
    path: web::Path<DisputeId>,
) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.write_keyed(move |tx, actor, Json(body)| {
        let told =
            SettlementAnswer { settlement: body.settlement_id, decision: body.decision, reason: body.reason.clone() };
        dispute::answer(tx, actor, id, &told)?;
        Reply::ok(&queries::dispute(tx, actor, id, today)?)
    })
    .await
}

/// Why a dispute is withdrawn.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeWithdrawalRequest {
    /// Why.
    #[schema(min_length = 2, max_length = 2000, format = "text")]
    reason: String,
}

/// Withdraws a dispute that the own side opened; all of it is due again with the days of the rule.
#[utoipa::path(post, path = "/disputes/{id}/withdrawals", tag = "orders", params(("id" = DisputeId, Path)),
    request_body = DisputeWithdrawalRequest, responses((status = 200, body = DisputeDetail)), security(("bearer" = ["disputes.raise"])))]
#[post("/disputes/{id}/withdrawals")]
pub async fn withdraw_dispute(
    call: Call<DisputeOrder, Json<DisputeWithdrawalRequest>>,
    path: web::Path<DisputeId>,
) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.write_keyed(move |tx, actor, Json(body)| {
        dispute::withdraw(tx, actor, id, &body.reason)?;
        Reply::ok(&queries::dispute(tx, actor, id, today)?)
    })
    .await
}
