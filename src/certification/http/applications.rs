//! Applications over HTTP.

use crate::certification::commands::{self, NewEvidence, NewReview};
use crate::certification::queries::{self, ApplicationDetail, ApplicationView, EvidenceView};
use crate::certification::rules::{
    CertificationDecision, CertificationState, Element, Facts, LinkageFacts, PriceFacts, QualityFacts, RejectionReason,
};
use crate::certification::store::ApplicationRow;
use crate::kernel::actor::{ApplyForCertification, ReadCertification, ReviewCertification};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificationApplicationId, EvidenceId, FileId, ProductId, SchemeId};
use crate::kernel::region_code::RegionCode;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(draft_application)
        .service(list_applications)
        .service(get_application)
        .service(add_evidence)
        .service(submit_application)
        .service(withdraw_application)
        .service(review_application);
}

/// A new application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplicationRequest {
    /// The scheme.
    scheme_id: SchemeId,
    /// One product of the own organisation.
    product_id: ProductId,
}

/// Begins an application; evidence is added to the draft.
#[utoipa::path(post, path = "/certification-applications", tag = "certification", request_body = NewApplicationRequest,
    responses((status = 201, body = ApplicationView)), security(("bearer" = ["certification.apply"])))]
#[post("/certification-applications")]
pub async fn draft_application(call: Call<ApplyForCertification, Json<NewApplicationRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let row = commands::draft(tx, actor, body.scheme_id, body.product_id)?;
        created(tx, &row)
    })
    .await
}

pub(super) fn created(tx: &mut Tx<'_>, row: &ApplicationRow) -> Outcome<Reply> {
    let today = tx.at().day();
    let view = queries::seen(tx, row, today)?;
    Ok(Reply::created(&format!("/api/v1/certification-applications/{}", row.id), &view)?.etag(row.version))
}

pub(super) fn changed(tx: &mut Tx<'_>, row: &ApplicationRow) -> Outcome<Reply> {
    let today = tx.at().day();
    Ok(Reply::ok(&queries::seen(tx, row, today)?)?.etag(row.version))
}

/// Which applications.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationFilter {
    /// In this state.
    state: Option<CertificationState>,
    /// Of this county.
    county: Option<RegionCode>,
    /// For this product.
    product_id: Option<ProductId>,
    /// Only those that wait for the caller's own office.
    waiting_for_me: Option<bool>,
}

/// Applications in scope, newest first.
#[utoipa::path(get, path = "/certification-applications", tag = "certification", params(ApplicationFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ApplicationView>)), security(("bearer" = ["certification.read"])))]
#[get("/certification-applications")]
pub async fn list_applications(call: Call<ReadCertification>, list: List<ApplicationFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let office = filter.waiting_for_me.unwrap_or(false).then_some(actor.region);
        let wanted = queries::wanted(filter.state, filter.county, filter.product_id, office);
        queries::applications(read, &actor.scope, &wanted, today, page)
    })
    .await
}

/// An application with its evidence, decisions, notices and objections.
#[utoipa::path(get, path = "/certification-applications/{id}", tag = "certification", params(("id" = CertificationApplicationId, Path)),
    responses((status = 200, body = ApplicationDetail)), security(("bearer" = ["certification.read"])))]
#[get("/certification-applications/{id}")]
pub async fn get_application(call: Call<ReadCertification>, path: web::Path<CertificationApplicationId>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let detail = queries::application(read, &actor.scope, *path, today)?;
        Ok(Reply::ok(&detail)?.etag(detail.application.version))
    })
    .await
}

/// A piece of evidence: the facts of the element it names, and only those.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvidenceRequest {
    /// The element.
    element: Element,
    /// Files of the own organisation, uploaded before.
    #[schema(max_items = 20)]
    file_ids: Option<Vec<FileId>>,
    /// For the element quality.
    quality: Option<QualityFacts>,
    /// For the element price.
    price: Option<PriceFacts>,
    /// For the element linkage.
    linkage: Option<LinkageFacts>,
    /// The piece it corrects. A correction during the notice starts the notice again.
    replaces: Option<EvidenceId>,
}

/// Adds evidence to a draft or a returned application, or corrects it during the notice.
#[utoipa::path(post, path = "/certification-applications/{id}/evidence", tag = "certification", params(("id" = CertificationApplicationId, Path)),
    request_body = NewEvidenceRequest, responses((status = 201, body = EvidenceView)), security(("bearer" = ["certification.apply"])))]
#[post("/certification-applications/{id}/evidence")]
pub async fn add_evidence(
    call: Call<ApplyForCertification, Json<NewEvidenceRequest>>,
    path: web::Path<CertificationApplicationId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let (row, version) = commands::add_evidence(tx, actor, *path, &body.command()?)?;
        Ok(Reply::json(201, &queries::evidence_view(row, false)?)?.etag(version))
    })
    .await
}

impl NewEvidenceRequest {
    /// What it asks for.
    ///
    /// # Errors
    /// When the facts are not those of the element named.
    pub fn command(&self) -> Outcome<NewEvidence> {
        let facts = Facts::of(self.element, self.quality.clone(), self.price.clone(), self.linkage.clone())?;
        Ok(NewEvidence { facts, files: self.file_ids.clone().unwrap_or_default(), replaces: self.replaces })
    }
}

/// Hands the application in, first or after a return. All three elements need evidence.
#[utoipa::path(post, path = "/certification-applications/{id}/submission", tag = "certification", params(("id" = CertificationApplicationId, Path)),
    responses((status = 200, body = ApplicationView)), security(("bearer" = ["certification.apply"])))]
#[post("/certification-applications/{id}/submission")]
pub async fn submit_application(
    call: Call<ApplyForCertification>,
    path: web::Path<CertificationApplicationId>,
) -> Answer {
    call.write(move |tx, actor, _| {
        let row = commands::submit(tx, actor, *path)?;
        changed(tx, &row)
    })
    .await
}

/// Takes the application back.
#[utoipa::path(post, path = "/certification-applications/{id}/withdrawal", tag = "certification", params(("id" = CertificationApplicationId, Path)),
    responses((status = 200, body = ApplicationView)), security(("bearer" = ["certification.apply"])))]
#[post("/certification-applications/{id}/withdrawal")]
pub async fn withdraw_application(
    call: Call<ApplyForCertification>,
    path: web::Path<CertificationApplicationId>,
) -> Answer {
    call.write(move |tx, actor, _| {
        let row = commands::withdraw(tx, actor, *path)?;
        changed(tx, &row)
    })
    .await
}

/// A decision about the open step.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewRequest {
    /// What is decided.
    decision: CertificationDecision,
    /// Why it is rejected.
    reason_code: Option<RejectionReason>,
    /// What the applicant reads; required unless approved.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    opinion: Option<String>,
}

/// Decides the open step: the office of its level and region, somebody who neither submitted nor reviewed another step.
#[utoipa::path(post, path = "/certification-applications/{id}/reviews", tag = "certification",
    params(("id" = CertificationApplicationId, Path), ("If-Match" = String, Header)),
    request_body = ReviewRequest, responses((status = 200, body = ApplicationView)), security(("bearer" = ["certification.review"])))]
#[post("/certification-applications/{id}/reviews")]
pub async fn review_application(
    call: Call<ReviewCertification, Json<ReviewRequest>>,
    path: web::Path<CertificationApplicationId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let new = NewReview { decision: body.decision, reason: body.reason_code, opinion: body.opinion.clone() };
        let row = commands::review(tx, actor, *path, version, &new)?;
        changed(tx, &row)
    })
    .await
}
