//! Transfers between sister units over HTTP.

use super::PlanReviewRequest;
use crate::kernel::actor::{ProposeTransfer, ReadPlans, ReviewPlan};
use crate::kernel::ids::{OrgId, QuotaTransferId};
use crate::kernel::money::Fen;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use crate::quota::commands::{self, NewTransfer};
use crate::quota::queries::{self, QuotaTransferView};
use crate::quota::rules::{Given, TransferState};
use crate::quota::store::transfers::TransferFilter;
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(propose_transfer).service(list_transfers).service(get_transfer).service(review_transfer);
}

/// A transfer between sister units.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaTransferRequest {
    /// Of this year.
    #[schema(minimum = 2012, maximum = 2200)]
    year: i64,
    /// Who gives; it stands directly below your unit.
    giver_id: OrgId,
    /// Who takes; it stands there as well.
    taker_id: OrgId,
    /// What goes over of the canteen reserve, in fen.
    #[schema(value_type = i64, minimum = 1, maximum = 1000000000000i64)]
    reserved_fen: Fen,
    /// What goes over of the year's canteen total, and so of the ceiling, in fen; absent: nothing.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1000000000000i64)]
    total_fen: Option<Fen>,
    /// Why.
    #[schema(min_length = 2, max_length = 500, format = "text")]
    reason: String,
    /// The number of the document that says so.
    #[schema(min_length = 2, max_length = 100, format = "line", example = "银财发〔2021〕7号")]
    document_number: String,
}

impl QuotaTransferRequest {
    fn new_transfer(&self) -> NewTransfer {
        NewTransfer {
            year: self.year,
            giver: self.giver_id,
            taker: self.taker_id,
            given: Given { reserved: self.reserved_fen, total: self.total_fen.unwrap_or_default() },
            reason: self.reason.clone(),
            document_number: self.document_number.clone(),
        }
    }
}

/// Proposes that one unit directly below yours gives part of its year to another; the finance bureau decides it.
#[utoipa::path(post, path = "/quota-transfers", tag = "plans", request_body = QuotaTransferRequest, responses((status = 201, body = QuotaTransferView)),
    security(("bearer" = ["quota.transfer"])))]
#[post("/quota-transfers")]
pub async fn propose_transfer(call: Call<ProposeTransfer, Json<QuotaTransferRequest>>) -> Answer {
    call.write_keyed(|tx, actor, Json(body)| {
        let row = commands::propose_transfer(tx, actor, &body.new_transfer())?;
        let (location, version) = (format!("/api/v1/quota-transfers/{}", row.id), row.version);
        Ok(Reply::created(&location, &QuotaTransferView::from(row))?.etag(version))
    })
    .await
}

/// Which transfers.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QuotaTransfersFilter {
    /// From or to this unit.
    unit_id: Option<OrgId>,
    /// Of this year.
    year: Option<i64>,
    /// In this state.
    state: Option<TransferState>,
}

/// Transfers between units in your scope, newest first.
#[utoipa::path(get, path = "/quota-transfers", tag = "plans", params(QuotaTransfersFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<QuotaTransferView>)), security(("bearer" = ["quota.read"])))]
#[get("/quota-transfers")]
pub async fn list_transfers(call: Call<ReadPlans>, list: List<QuotaTransfersFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, asked, page| {
        let filter = TransferFilter { unit: asked.unit_id, year: asked.year, state: asked.state };
        queries::transfers(read, &actor.scope, &filter, today, page)
    })
    .await
}

/// A transfer between units in your scope.
#[utoipa::path(get, path = "/quota-transfers/{id}", tag = "plans", params(("id" = QuotaTransferId, Path)), responses((status = 200, body = QuotaTransferView)),
    security(("bearer" = ["quota.read"])))]
#[get("/quota-transfers/{id}")]
pub async fn get_transfer(call: Call<ReadPlans>, path: web::Path<QuotaTransferId>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let (view, version) = queries::transfer(read, &actor.scope, *path, today)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// Approves a transfer, which amends both plans at once, or refuses it: the finance bureau of the giver's region.
#[utoipa::path(post, path = "/quota-transfers/{id}/reviews", tag = "plans", params(("id" = QuotaTransferId, Path), ("If-Match" = String, Header)), request_body = PlanReviewRequest,
    responses((status = 200, body = QuotaTransferView)), security(("bearer" = ["quota.review"])))]
#[post("/quota-transfers/{id}/reviews")]
pub async fn review_transfer(
    call: Call<ReviewPlan, Json<PlanReviewRequest>>,
    path: web::Path<QuotaTransferId>,
) -> Answer {
    let version = call.if_match()?;
    call.write_keyed(move |tx, actor, Json(body)| {
        let opinion = body.reason.as_deref().unwrap_or_default();
        let row = commands::review_transfer(tx, actor, *path, version, body.decision, opinion)?;
        let version = row.version;
        Ok(Reply::ok(&QuotaTransferView::from(row))?.etag(version))
    })
    .await
}
