//! Chains of approvals and delegations over HTTP.

use super::commands::{self, NewChain, NewDelegation};
use super::queries::{self, ApprovalChainView, ApprovalDelegationView};
use super::rules::Band;
use crate::kernel::actor::{DecideApproval, ManageApprovals, ReadApprovals};
use crate::kernel::ids::{ApprovalDelegationId, OrgId, UserId};
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Empty, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(enter_chain).service(list_chains);
    config.service(delegate_approvals).service(list_delegations).service(end_delegation);
}

/// An edition of a chain of approvals.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalChainRequest {
    /// Whose orders; your own organisation when absent. Of others only units below yours.
    unit_id: Option<OrgId>,
    /// The first day, today or within a year; the edition before holds until then.
    effective_from: Day,
    /// From which amounts on who approves; of the bands that fit an order the highest decides, then the one that names the
    /// money, then the one that names the purpose. Empty: only what the rule `approval_band_fen` asks for.
    #[schema(max_items = 20)]
    bands: Vec<Band>,
    /// Why, or by which document.
    #[schema(min_length = 2, max_length = 500, format = "text", example = "本单位内控制度〔2021〕3号")]
    reason: String,
}

/// Enters a chain of approvals for your organisation or a unit below it. Orders that were placed keep theirs.
#[utoipa::path(post, path = "/approval-chains", tag = "orders", request_body = ApprovalChainRequest,
    responses((status = 201, body = ApprovalChainView)), security(("bearer" = ["approvals.manage"])))]
#[post("/approval-chains")]
pub async fn enter_chain(call: Call<ManageApprovals, Json<ApprovalChainRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = NewChain {
            unit: body.unit_id,
            effective_from: body.effective_from,
            bands: body.bands.clone(),
            reason: body.reason.clone(),
        };
        Reply::json(201, &ApprovalChainView::new(commands::enter(tx, actor, &new)?)?)
    })
    .await
}

/// Which editions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChainFilter {
    /// Of this unit: your own when absent, or one below it.
    unit_id: Option<OrgId>,
    /// Only the one that holds on this day.
    on: Option<Day>,
}

/// Editions of a unit's chain of approvals, the last one entered first.
#[utoipa::path(get, path = "/approval-chains", tag = "orders",
    params(ChainFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ApprovalChainView>)), security(("bearer" = ["approvals.read"])))]
#[get("/approval-chains")]
pub async fn list_chains(call: Call<ReadApprovals>, list: List<ChainFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, asked, page| {
        queries::chains(read, actor, (asked.unit_id, asked.on), today, page)
    })
    .await
}

/// A delegation of approvals.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalDelegationRequest {
    /// To whom of your organisation.
    to_user_id: UserId,
    /// The first day, today or later.
    valid_from: Day,
    /// The last day, within a year.
    valid_until: Day,
    /// Why.
    #[schema(min_length = 2, max_length = 500, format = "text", example = "出差")]
    reason: String,
}

/// Lets a colleague approve in your place for some days; it goes no further, and never to who placed the order in question.
#[utoipa::path(post, path = "/approval-delegations", tag = "orders", request_body = ApprovalDelegationRequest,
    responses((status = 201, body = ApprovalDelegationView)), security(("bearer" = ["approvals.decide"])))]
#[post("/approval-delegations")]
pub async fn delegate_approvals(call: Call<DecideApproval, Json<ApprovalDelegationRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = NewDelegation {
            to: body.to_user_id,
            from: body.valid_from,
            until: body.valid_until,
            reason: body.reason.clone(),
        };
        Reply::json(201, &ApprovalDelegationView::from(commands::delegate(tx, actor, &new)?))
    })
    .await
}

/// No filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DelegationFilter {}

/// Delegations of your organisation, the latest first.
#[utoipa::path(get, path = "/approval-delegations", tag = "orders",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ApprovalDelegationView>)), security(("bearer" = ["approvals.read"])))]
#[get("/approval-delegations")]
pub async fn list_delegations(call: Call<ReadApprovals>, list: List<DelegationFilter>) -> Answer {
    call.list(list, move |read, actor, _, page| queries::delegations(read, actor, page)).await
}

/// Ends a delegation now: its giver does, or a manager or administrator of the organisation.
#[utoipa::path(post, path = "/approval-delegations/{id}/ending", tag = "orders",
    params(("id" = ApprovalDelegationId, Path)), responses((status = 200, body = ApprovalDelegationView)),
    security(("bearer" = ["approvals.decide"])))]
#[post("/approval-delegations/{id}/ending")]
pub async fn end_delegation(call: Call<DecideApproval, Empty>, path: web::Path<ApprovalDelegationId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, _| {
        Reply::json(200, &ApprovalDelegationView::from(commands::end_delegation(tx, actor, id)?))
    })
    .await
}
