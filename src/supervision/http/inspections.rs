//! Random inspections over HTTP: plans and draws are public, results are recorded by who was drawn.

use crate::kernel::actor::{ReadSupervision, Supervise};
use crate::kernel::ids::{FileId, InspectionId, InspectionPlanId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Category;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply};
use crate::supervision::commands::{self, Found, NewPlan};
use crate::supervision::queries::{self, InspectionPlanDetail, InspectionPlanView, InspectionView};
use crate::supervision::rules::{
    DrawRecord, FindingCode, InspectionKind, InspectionOutcome, InspectionPlanState, InspectionState,
};
use crate::supervision::seeds::Seeds;
use crate::supervision::store::WantedInspections;
use actix_web::web::Data;
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_inspection_plans)
        .service(announce_inspection_plan)
        .service(get_inspection_plan)
        .service(get_draw_record)
        .service(draw_inspections)
        .service(list_inspections)
        .service(get_inspection)
        .service(record_inspection);
}

/// Which plans.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InspectionPlanFilter {
    /// Of offices in this region.
    region: Option<RegionCode>,
    /// In this state.
    state: Option<InspectionPlanState>,
}

/// Plans of random inspections, newest first: what is committed to, and after the draw the seed.
#[utoipa::path(get, path = "/inspection-plans", tag = "supervision", params(InspectionPlanFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<InspectionPlanView>)))]
#[get("/inspection-plans")]
pub async fn list_inspection_plans(public: Public, list: List<InspectionPlanFilter>) -> Answer {
    public.list(list, |read, filter, page| queries::inspection_plans(read, filter.region, filter.state, page)).await
}

/// A plan with what was drawn and found.
#[utoipa::path(get, path = "/inspection-plans/{id}", tag = "supervision", params(("id" = InspectionPlanId, Path)),
    responses((status = 200, body = InspectionPlanDetail)))]
#[get("/inspection-plans/{id}")]
pub async fn get_inspection_plan(public: Public, path: web::Path<InspectionPlanId>) -> Answer {
    public.read(move |read| queries::inspection_plan(read, *path)).await
}

/// Everything the draw follows from, and what came out: anybody can draw again, by hand or with `yigou verify-inspection`. The
/// algorithm `yigou-draw-v1`: the key is the SHA-256 of the lines `yigou-draw-v1`, seed, public value (or an empty line),
/// population_hash, pool_hash; the n-th number is the first 16 digits of the SHA-256 of `KEY:n`; a number below m is the next
/// one mod m, leaving out the last 2^64 mod m numbers; items and then the inspectors of each are drawn by Fisher–Yates.
#[utoipa::path(get, path = "/inspection-plans/{id}/record", tag = "supervision", params(("id" = InspectionPlanId, Path)),
    responses((status = 200, body = DrawRecord)))]
#[get("/inspection-plans/{id}/record")]
pub async fn get_draw_record(public: Public, path: web::Path<InspectionPlanId>) -> Answer {
    public.read(move |read| queries::draw_record_of(read, *path)).await
}

/// A plan of random inspections.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionPlanRequest {
    /// What it is called.
    #[schema(max_length = 100, min_length = 2, format = "line")]
    title: String,
    /// What is drawn from, in the office's region.
    kind: InspectionKind,
    /// Only listings of this category.
    category: Option<Category>,
    /// How many are drawn.
    #[schema(minimum = 1, maximum = 500)]
    to_draw: usize,
    /// How many inspectors each; usually two.
    #[schema(minimum = 1, maximum = 5)]
    per_item: usize,
    /// Who may inspect: reviewers of the office.
    #[schema(min_items = 1, max_items = 200)]
    inspectors: Vec<UserId>,
    /// The first day on which it may be drawn; later than today, so that everybody can keep what was committed to.
    draw_on: Day,
    /// A value that becomes public on that day and that nobody can choose, such as the winning number of a named lottery draw;
    /// it is mixed into the seed.
    #[schema(max_length = 200, min_length = 2, format = "line")]
    public_source: Option<String>,
}

/// Announces a plan: what may be drawn and who may inspect is frozen, the hash of a random seed is published.
#[utoipa::path(post, path = "/inspection-plans", tag = "supervision", request_body = InspectionPlanRequest,
    responses((status = 201, body = InspectionPlanView)), security(("bearer" = ["supervision.handle"])))]
#[post("/inspection-plans")]
pub async fn announce_inspection_plan(
    call: Call<Supervise, Json<InspectionPlanRequest>>,
    seeds: Data<Seeds>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let view = InspectionPlanView::from(commands::announce(tx, actor, &seeds, &body.plan())?);
        Ok(Reply::created(&format!("/api/v1/inspection-plans/{}", view.id), &view)?.etag(view.version))
    })
    .await
}

impl InspectionPlanRequest {
    fn plan(&self) -> NewPlan {
        NewPlan {
            title: self.title.clone(),
            kind: self.kind,
            category: self.category,
            to_draw: self.to_draw,
            per_item: self.per_item,
            inspectors: self.inspectors.clone(),
            draw_on: self.draw_on,
            public_source: self.public_source.clone(),
        }
    }
}

/// The draw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DrawRequest {
    /// The public value that was announced.
    #[schema(max_length = 200, min_length = 1, format = "line")]
    public_value: Option<String>,
}

/// Draws on the day announced or later: the seed is revealed, items and inspectors follow from it.
#[utoipa::path(post, path = "/inspection-plans/{id}/draws", tag = "supervision", params(("id" = InspectionPlanId, Path), ("If-Match" = String, Header)),
    request_body = DrawRequest, responses((status = 200, body = InspectionPlanView)), security(("bearer" = ["supervision.handle"])))]
#[post("/inspection-plans/{id}/draws")]
pub async fn draw_inspections(
    call: Call<Supervise, Json<DrawRequest>>,
    path: web::Path<InspectionPlanId>,
    seeds: Data<Seeds>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let drawn = commands::draw(tx, actor, &seeds, (*path, version), body.public_value.as_deref())?;
        let view = InspectionPlanView::from(drawn);
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// Which inspections.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InspectionFilter {
    /// Drawn for this plan.
    plan: Option<InspectionPlanId>,
    /// In this state.
    state: Option<InspectionState>,
    /// Only those for which the caller was drawn and that are not recorded.
    waiting_for_me: Option<bool>,
}

/// Inspections in scope, newest first; suppliers see their own.
#[utoipa::path(get, path = "/inspections", tag = "supervision", params(InspectionFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<InspectionView>)), security(("bearer" = ["supervision.read"])))]
#[get("/inspections")]
pub async fn list_inspections(call: Call<ReadSupervision>, list: List<InspectionFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| {
        let mine = filter.waiting_for_me == Some(true);
        let wanted = WantedInspections {
            plan: filter.plan,
            state: filter.state.or(mine.then_some(InspectionState::Drawn)),
            inspector: mine.then_some(actor.user_id),
        };
        queries::inspections(read, &actor.scope, &wanted, page)
    })
    .await
}

/// An inspection.
#[utoipa::path(get, path = "/inspections/{id}", tag = "supervision", params(("id" = InspectionId, Path)),
    responses((status = 200, body = InspectionView)), security(("bearer" = ["supervision.read"])))]
#[get("/inspections/{id}")]
pub async fn get_inspection(call: Call<ReadSupervision>, path: web::Path<InspectionId>) -> Answer {
    call.read(move |read, actor| queries::inspection(read, &actor.scope, *path)).await
}

/// What an inspection found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectionResultRequest {
    /// Pass, defects, or unsafe.
    outcome: InspectionOutcome,
    /// What is wrong; `quality` when not stated, always `food_safety` of what is unsafe.
    code: Option<FindingCode>,
    /// In words.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    text: String,
    /// Evidence: files of the office; required unless it passed.
    #[schema(max_items = 20)]
    #[serde(default)]
    file_ids: Vec<FileId>,
    /// The supplier's certificate that an unsafe result suspends; the subject's own when not stated.
    #[schema(max_length = 60, min_length = 3, format = "line")]
    certificate_number: Option<String>,
}

/// Records what was found, by one of those who were drawn. Failing opens a finding; what is unsafe suspends the certificate
/// in the same transaction, where it is in force and the office may.
#[utoipa::path(post, path = "/inspections/{id}/results", tag = "supervision", params(("id" = InspectionId, Path)),
    request_body = InspectionResultRequest, responses((status = 200, body = InspectionView)), security(("bearer" = ["supervision.handle"])))]
#[post("/inspections/{id}/results")]
pub async fn record_inspection(
    call: Call<Supervise, Json<InspectionResultRequest>>,
    path: web::Path<InspectionId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let found = Found {
            outcome: body.outcome,
            code: body.code,
            text: body.text.clone(),
            files: body.file_ids.clone(),
            certificate: body.certificate_number.clone(),
        };
        let row = commands::record(tx, actor, *path, &found)?;
        Reply::ok(&queries::inspection_view(tx, row)?)
    })
    .await
}
