//! Plans over HTTP.

mod transfers;

use super::commands::{self, NewPlan, PlanFigures};
use super::queries::{self, PlanView, QuotaView};
use super::rules::{CanteenMode, Filing, Part, PlanDecision, PlanState};
use super::store::{PlanFilter, PlanRow};
use crate::kernel::actor::{FillPlan, ReadPlans, ReviewPlan};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, PlanId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::region_code::RegionCode;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, BatchReply, Call, Json, List, PageOf, Reply, within};
use actix_web::{get, post, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(file_plan)
        .service(list_plans)
        .service(get_plan)
        .service(change_plan)
        .service(submit_plan)
        .service(review_plan)
        .service(amend_plan)
        .service(review_plans)
        .service(get_quota)
        .configure(transfers::routes);
}

/// One part of a plan.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanPartRequest {
    /// The year's total in fen.
    #[schema(value_type = i64, minimum = 0, maximum = 1000000000000i64)]
    total_fen: Fen,
    /// The share reserved, in parts per million.
    #[schema(value_type = i64, minimum = 0, maximum = 1000000)]
    ratio_ppm: Ppm,
}

impl PlanPartRequest {
    fn part(self) -> Part {
        Part { total: self.total_fen, ratio: self.ratio_ppm }
    }
}

/// The figures of a plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    /// The plan's year.
    #[schema(minimum = 2012, maximum = 2200)]
    year: i64,
    /// How the canteen is run.
    canteen_mode: CanteenMode,
    /// For a member of a shared canteen: the unit that files for it.
    representative_id: Option<OrgId>,
    /// The canteen part; required for every mode that plans a canteen.
    canteen: Option<PlanPartRequest>,
    /// The union part, where there are union funds.
    union: Option<PlanPartRequest>,
    /// Whether it is submitted at once.
    submit: Option<bool>,
}

/// Files the plan of your unit for a year.
#[utoipa::path(post, path = "/quota-plans", tag = "plans", request_body = PlanRequest, responses((status = 201, body = PlanView)),
    security(("bearer" = ["quota.fill"])))]
#[post("/quota-plans")]
pub async fn file_plan(call: Call<FillPlan, Json<PlanRequest>>) -> Answer {
    call.write_keyed(|tx, actor, Json(body)| {
        let figures = body.figures();
        let plan = commands::file(tx, actor, &NewPlan { year: body.year, figures, submit: body.submit == Some(true) })?;
        let location = format!("/api/v1/quota-plans/{}", plan.id);
        let version = plan.version;
        Ok(Reply::created(&location, &queries::plan_view(tx, plan)?)?.etag(version))
    })
    .await
}

impl PlanRequest {
    fn figures(&self) -> PlanFigures {
        figures(self.canteen_mode, self.representative_id, self.canteen, self.union, String::new())
    }
}

fn figures(
    mode: CanteenMode,
    representative: Option<OrgId>,
    canteen: Option<PlanPartRequest>,
    union: Option<PlanPartRequest>,
    reason: String,
) -> PlanFigures {
    let (canteen, union) = (canteen.map(PlanPartRequest::part), union.map(PlanPartRequest::part));
    PlanFigures { filing: Filing { mode, representative, canteen, union }, reason }
}

fn changed(tx: &mut Tx<'_>, plan: PlanRow) -> Outcome<Reply> {
    let version = plan.version;
    Ok(Reply::ok(&queries::plan_view(tx, plan)?)?.etag(version))
}

/// Which plans.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlansFilter {
    /// Of this year.
    year: Option<i64>,
    /// In this state.
    state: Option<PlanState>,
    /// Of this unit.
    unit_id: Option<OrgId>,
    /// Of units in this region or below it.
    region: Option<RegionCode>,
    /// Filed late, or in time.
    late: Option<bool>,
}

/// Plans in your scope, newest first.
#[utoipa::path(get, path = "/quota-plans", tag = "plans", params(PlansFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<PlanView>)), security(("bearer" = ["quota.read"])))]
#[get("/quota-plans")]
pub async fn list_plans(call: Call<ReadPlans>, list: List<PlansFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, asked, page| {
        let PlansFilter { year, state, unit_id: unit, region, late } = *asked;
        queries::plans(read, &actor.scope, &PlanFilter { year, state, unit, region, late }, today, page)
    })
    .await
}

/// A plan with its figures and reviews.
#[utoipa::path(get, path = "/quota-plans/{id}", tag = "plans", params(("id" = PlanId, Path)), responses((status = 200, body = PlanView)),
    security(("bearer" = ["quota.read"])))]
#[get("/quota-plans/{id}")]
pub async fn get_plan(call: Call<ReadPlans>, path: web::Path<PlanId>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let (view, version) = queries::plan(read, &actor.scope, *path, today)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// Figures that replace those of a draft or returned plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanChangeRequest {
    /// How the canteen is run.
    canteen_mode: CanteenMode,
    /// For a member of a shared canteen: the unit that files for it.
    representative_id: Option<OrgId>,
    /// The canteen part.
    canteen: Option<PlanPartRequest>,
    /// The union part.
    union: Option<PlanPartRequest>,
    /// Why an amendment changes the figures.
    #[schema(max_length = 500, format = "text")]
    reason: Option<String>,
}

/// Changes your unit's plan while it is a draft or returned.
#[utoipa::path(put, path = "/quota-plans/{id}", tag = "plans", params(("id" = PlanId, Path), ("If-Match" = String, Header)), request_body = PlanChangeRequest,
    responses((status = 200, body = PlanView)), security(("bearer" = ["quota.fill"])))]
#[put("/quota-plans/{id}")]
pub async fn change_plan(call: Call<FillPlan, Json<PlanChangeRequest>>, path: web::Path<PlanId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let reason = body.reason.clone().unwrap_or_default();
        let figures = figures(body.canteen_mode, body.representative_id, body.canteen, body.union, reason);
        let plan = commands::change(tx, actor, *path, version, &figures)?;
        changed(tx, plan)
    })
    .await
}

/// Submits your unit's plan for review.
#[utoipa::path(post, path = "/quota-plans/{id}/submission", tag = "plans", params(("id" = PlanId, Path)), responses((status = 200, body = PlanView)),
    security(("bearer" = ["quota.fill"])))]
#[post("/quota-plans/{id}/submission")]
pub async fn submit_plan(call: Call<FillPlan>, path: web::Path<PlanId>) -> Answer {
    call.write_keyed(move |tx, actor, _| {
        let plan = commands::submit(tx, actor, *path)?;
        changed(tx, plan)
    })
    .await
}

/// A decision of the review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanReviewRequest {
    /// Approve or return.
    decision: PlanDecision,
    /// Why; required for a return.
    #[schema(max_length = 500, format = "text")]
    reason: Option<String>,
}

/// Approves or returns a plan: the supervising unit first, if there is one, then the finance bureau.
#[utoipa::path(post, path = "/quota-plans/{id}/reviews", tag = "plans", params(("id" = PlanId, Path), ("If-Match" = String, Header)), request_body = PlanReviewRequest,
    responses((status = 200, body = PlanView)), security(("bearer" = ["quota.review"])))]
#[post("/quota-plans/{id}/reviews")]
pub async fn review_plan(call: Call<ReviewPlan, Json<PlanReviewRequest>>, path: web::Path<PlanId>) -> Answer {
    let version = call.if_match()?;
    call.write_keyed(move |tx, actor, Json(body)| {
        let reason = body.reason.as_deref().unwrap_or_default();
        let plan = commands::review(tx, actor, *path, version, body.decision, reason)?;
        changed(tx, plan)
    })
    .await
}

/// An amendment of an approved plan.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanAmendmentRequest {
    /// Why the figures change.
    #[schema(min_length = 2, max_length = 500, format = "text")]
    reason: String,
    /// How the canteen is run.
    canteen_mode: CanteenMode,
    /// For a member of a shared canteen: the unit that files for it.
    representative_id: Option<OrgId>,
    /// The canteen part.
    canteen: Option<PlanPartRequest>,
    /// The union part.
    union: Option<PlanPartRequest>,
    /// Whether it is submitted at once.
    submit: Option<bool>,
}

/// Amends your unit's approved plan; what was approved stays in force until the amendment is.
#[utoipa::path(post, path = "/quota-plans/{id}/amendments", tag = "plans", params(("id" = PlanId, Path)), request_body = PlanAmendmentRequest,
    responses((status = 201, body = PlanView)), security(("bearer" = ["quota.fill"])))]
#[post("/quota-plans/{id}/amendments")]
pub async fn amend_plan(call: Call<FillPlan, Json<PlanAmendmentRequest>>, path: web::Path<PlanId>) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let figures = figures(body.canteen_mode, body.representative_id, body.canteen, body.union, body.reason.clone());
        let plan = commands::amend(tx, actor, *path, &figures, body.submit == Some(true))?;
        let version = plan.version;
        let location = format!("/api/v1/quota-plans/{}", plan.id);
        Ok(Reply::created(&location, &queries::plan_view(tx, plan)?)?.etag(version))
    })
    .await
}

/// One decision among several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanReviewItem {
    /// The plan.
    plan_id: PlanId,
    /// Its entity tag as it was read.
    #[schema(min_length = 4, max_length = 24, pattern = "^\"v[0-9]{1,18}\"$", example = "\"v3\"")]
    etag: String,
    /// Approve or return.
    decision: PlanDecision,
    /// Why; required for a return.
    #[schema(max_length = 500, format = "text")]
    reason: Option<String>,
}

/// Several decisions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanReviewsRequest {
    /// The decisions, each its own transaction.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<PlanReviewItem>,
}

/// Decides several reviews at once; each answers for itself.
#[utoipa::path(post, path = "/quota-plan-reviews", tag = "plans", request_body = PlanReviewsRequest, responses((status = 200, body = BatchReply)),
    security(("bearer" = ["quota.review"])))]
#[post("/quota-plan-reviews")]
pub async fn review_plans(call: Call<ReviewPlan, Json<PlanReviewsRequest>>) -> Answer {
    let items = |Json(body): &Json<PlanReviewsRequest>| body.items.clone();
    call.batch(items, |tx, actor, item| {
        let reason = item.reason.as_deref().unwrap_or_default();
        let version = item.etag.trim_matches(['"', 'v']).parse().unwrap_or(0);
        let plan = commands::review(tx, actor, item.plan_id, version, item.decision, reason)?;
        changed(tx, plan)
    })
    .await
}

/// The live balance of a unit's year: reserved, held, accepted, ceiling, remaining, class.
#[utoipa::path(get, path = "/budget-units/{id}/quota/{year}", tag = "plans", params(("id" = OrgId, Path), ("year" = i64, Path, minimum = 2012, maximum = 2200)),
    responses((status = 200, body = QuotaView)), security(("bearer" = ["quota.read"])))]
#[get("/budget-units/{id}/quota/{year}")]
pub async fn get_quota(call: Call<ReadPlans>, path: web::Path<(OrgId, i64)>) -> Answer {
    let today = call.now().day();
    let (unit, year) = path.into_inner();
    within("year", year, 2012..=2200)?;
    call.read(move |read, actor| queries::quota_of(read, &actor.scope, unit, year, today)).await
}
