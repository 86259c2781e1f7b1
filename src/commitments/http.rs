//! Minimum-purchase commitments over HTTP.

use super::commands::{self, NewCommitment};
use super::queries::{self, CommitmentView};
use super::rules::{CommitmentState, CommitmentTerms, CommitmentVerdict};
use super::store::{CommitmentRow, CommitmentsWanted};
use crate::kernel::actor::{DecideCommitments, DeclareCommitments, ReadCommitments};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrgId, PurchaseCommitmentId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(declare_commitment).service(list_commitments).service(get_commitment);
    config.service(revise_commitment).service(decide_commitment).service(withdraw_commitment);
}

/// The whole commitment after a command.
fn shown(tx: &mut Tx<'_>, row: CommitmentRow, created: bool) -> Outcome<Reply> {
    let (id, version) = (row.id, row.version);
    let view = queries::views(tx, vec![row])?.pop().ok_or_else(|| AppError::internal("a commitment without a view"))?;
    let location = format!("/api/v1/purchase-commitments/{id}");
    let reply = if created { Reply::created(&location, &view)? } else { Reply::ok(&view)? };
    Ok(reply.etag(version))
}

/// What is committed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentRequest {
    /// The poverty office to which it is declared.
    office_id: OrgId,
    /// The year: this one or the next.
    #[schema(minimum = 2012, maximum = 2100, example = 2021)]
    year: i64,
    /// The first month of the year that counts; January when absent.
    #[schema(minimum = 1, maximum = 12)]
    from_month: Option<i64>,
    /// The last one; December when absent.
    #[schema(minimum = 1, maximum = 12)]
    to_month: Option<i64>,
    /// How much is bought at least: accepted and paid, without freight.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    amount_fen: Fen,
    /// Only goods that were produced in this region.
    region_code: Option<RegionCode>,
    /// Only goods of this supplier; not beside a region.
    supplier_id: Option<OrgId>,
}

/// Declares a minimum-purchase commitment (最低采购承诺) to a poverty office: your own word, which the office accepts or returns.
#[utoipa::path(post, path = "/purchase-commitments", tag = "donations", request_body = CommitmentRequest,
    responses((status = 201, body = CommitmentView)), security(("bearer" = ["commitments.declare"])))]
#[post("/purchase-commitments")]
pub async fn declare_commitment(call: Call<DeclareCommitments, Json<CommitmentRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let terms = CommitmentTerms {
            from_month: body.from_month.unwrap_or(1),
            to_month: body.to_month.unwrap_or(12),
            amount: body.amount_fen,
            region: body.region_code,
            supplier: body.supplier_id,
        };
        let row = commands::declare(tx, actor, &NewCommitment { office: body.office_id, year: body.year, terms })?;
        shown(tx, row, true)
    })
    .await
}

/// Which commitments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommitmentFilter {
    /// Only of this year.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// Only in this state.
    state: Option<CommitmentState>,
    /// Only of this organisation.
    organisation_id: Option<OrgId>,
}

/// Commitments in scope, the newest first: the own ones; for offices and auditors those that were declared to an office of their region, or
/// by an organisation there. How much was bought stands in `GET /reports/purchase-commitments`.
#[utoipa::path(get, path = "/purchase-commitments", tag = "donations",
    params(CommitmentFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<CommitmentView>)), security(("bearer" = ["commitments.read"])))]
#[get("/purchase-commitments")]
pub async fn list_commitments(call: Call<ReadCommitments>, list: List<CommitmentFilter>) -> Answer {
    call.list(list, move |read, actor, filter, page| {
        let wanted = CommitmentsWanted { year: filter.year, state: filter.state, org: filter.organisation_id };
        queries::commitments(read, actor, wanted, page)
    })
    .await
}

/// A commitment with every revision and what the office decided.
#[utoipa::path(get, path = "/purchase-commitments/{id}", tag = "donations", params(("id" = PurchaseCommitmentId, Path)),
    responses((status = 200, body = CommitmentView)), security(("bearer" = ["commitments.read"])))]
#[get("/purchase-commitments/{id}")]
pub async fn get_commitment(call: Call<ReadCommitments>, path: web::Path<PurchaseCommitmentId>) -> Answer {
    call.read_reply(move |read, actor| {
        let (view, version) = queries::commitment(read, actor, *path)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// What is committed from now on, as a whole, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentRevisionRequest {
    /// The first month of the year that counts; January when absent.
    #[schema(minimum = 1, maximum = 12)]
    from_month: Option<i64>,
    /// The last one; December when absent.
    #[schema(minimum = 1, maximum = 12)]
    to_month: Option<i64>,
    /// How much is bought at least.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    amount_fen: Fen,
    /// Only goods that were produced in this region.
    region_code: Option<RegionCode>,
    /// Only goods of this supplier; not beside a region.
    supplier_id: Option<OrgId>,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Declares a commitment anew, until its year is over. What the office accepted last stands until it accepts this.
#[utoipa::path(post, path = "/purchase-commitments/{id}/revisions", tag = "donations",
    params(("id" = PurchaseCommitmentId, Path), ("If-Match" = String, Header)), request_body = CommitmentRevisionRequest,
    responses((status = 200, body = CommitmentView)), security(("bearer" = ["commitments.declare"])))]
#[post("/purchase-commitments/{id}/revisions")]
pub async fn revise_commitment(
    call: Call<DeclareCommitments, Json<CommitmentRevisionRequest>>,
    path: web::Path<PurchaseCommitmentId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let terms = CommitmentTerms {
            from_month: body.from_month.unwrap_or(1),
            to_month: body.to_month.unwrap_or(12),
            amount: body.amount_fen,
            region: body.region_code,
            supplier: body.supplier_id,
        };
        let row = commands::revise(tx, actor, (*path, version), (&terms, body.reason.trim()))?;
        shown(tx, row, false)
    })
    .await
}

/// What the office decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentDecisionRequest {
    /// Accepted or returned.
    decision: CommitmentVerdict,
    /// Why; required to return it.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

/// The office to which it was declared accepts what was declared last, or returns it with a reason.
#[utoipa::path(post, path = "/purchase-commitments/{id}/decisions", tag = "donations",
    params(("id" = PurchaseCommitmentId, Path), ("If-Match" = String, Header)), request_body = CommitmentDecisionRequest,
    responses((status = 200, body = CommitmentView)), security(("bearer" = ["commitments.decide"])))]
#[post("/purchase-commitments/{id}/decisions")]
pub async fn decide_commitment(
    call: Call<DecideCommitments, Json<CommitmentDecisionRequest>>,
    path: web::Path<PurchaseCommitmentId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let reason = body.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        let row = commands::decide(tx, actor, (*path, version), (body.decision, reason))?;
        shown(tx, row, false)
    })
    .await
}

/// Why a commitment is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentWithdrawalRequest {
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Takes a commitment back that no office has ever accepted.
#[utoipa::path(post, path = "/purchase-commitments/{id}/withdrawals", tag = "donations",
    params(("id" = PurchaseCommitmentId, Path), ("If-Match" = String, Header)), request_body = CommitmentWithdrawalRequest,
    responses((status = 200, body = CommitmentView)), security(("bearer" = ["commitments.declare"])))]
#[post("/purchase-commitments/{id}/withdrawals")]
pub async fn withdraw_commitment(
    call: Call<DeclareCommitments, Json<CommitmentWithdrawalRequest>>,
    path: web::Path<PurchaseCommitmentId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let row = commands::withdraw(tx, actor, (*path, version), body.reason.trim())?;
        shown(tx, row, false)
    })
    .await
}
