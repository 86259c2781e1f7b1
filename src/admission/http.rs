//! Routes of supplier admission and of agents' mandates.

use super::commands::{self, NewApplication, NewMandate, Verdict};
use super::queries::{self, MandateView, SupplierApplicationView};
use super::rules::{AdmissionDecision, AdmissionRefusalReason, SupplierApplicationStatus};
use crate::kernel::actor::{ApplyAsSupplier, ReadAdmission, RecommendSupplier, ReviewSupplier};
use crate::kernel::ids::{FileId, MandateId, OrgId, ProductId, SupplierApplicationId};
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(apply_for_admission)
        .service(submit_supplier_application)
        .service(list_supplier_applications)
        .service(get_supplier_application)
        .service(recommend_supplier)
        .service(review_supplier);
    config.service(give_mandate).service(list_mandates).service(get_mandate).service(revoke_mandate);
}

/// An application for admission.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyForAdmissionRequest {
    /// What the supplier makes and whom it helps.
    #[schema(min_length = 1, max_length = 2000, format = "text", example = "养殖滩羊，带动脱贫户 38 户")]
    statement: String,
    /// Business licence and whatever else supports it; own files.
    #[schema(max_items = 20)]
    files: Vec<FileId>,
}

impl ApplyForAdmissionRequest {
    /// What it asks for.
    #[must_use]
    pub fn application(&self) -> NewApplication {
        NewApplication { statement: self.statement.clone(), files: self.files.clone() }
    }
}

/// Apply for admission of the own organisation.
#[utoipa::path(post, path = "/supplier-applications", tag = "admission", request_body = ApplyForAdmissionRequest,
    responses((status = 201, body = SupplierApplicationView)), security(("bearer" = ["admission.apply"])))]
#[post("/supplier-applications")]
pub async fn apply_for_admission(call: Call<ApplyAsSupplier, Json<ApplyForAdmissionRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let id = commands::apply(tx, actor, &body.application())?;
        let view = queries::application(tx, &actor.scope, id)?;
        Ok(Reply::created(&format!("/api/v1/supplier-applications/{id}"), &view)?.etag(view.version))
    })
    .await
}

/// Submit the application that the platform drafted for the own organisation, in its own words.
#[utoipa::path(post, path = "/supplier-applications/{id}/submission", tag = "admission", request_body = ApplyForAdmissionRequest,
    params(("id" = SupplierApplicationId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = SupplierApplicationView)), security(("bearer" = ["admission.apply"])))]
#[post("/supplier-applications/{id}/submission")]
pub async fn submit_supplier_application(
    call: Call<ApplyAsSupplier, Json<ApplyForAdmissionRequest>>,
    path: web::Path<SupplierApplicationId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        commands::submit(tx, actor, *path, version, &body.application())?;
        let view = queries::application(tx, &actor.scope, *path)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// Which applications to show.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApplicationFilter {
    /// Where they stand.
    status: Option<SupplierApplicationStatus>,
}

/// Applications in scope, newest first.
#[utoipa::path(get, path = "/supplier-applications", tag = "admission",
    params(ApplicationFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<SupplierApplicationView>)), security(("bearer" = ["admission.read"])))]
#[get("/supplier-applications")]
pub async fn list_supplier_applications(call: Call<ReadAdmission>, list: List<ApplicationFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| queries::applications(read, &actor.scope, filter.status, page)).await
}

/// One application in scope, with its decisions.
#[utoipa::path(get, path = "/supplier-applications/{id}", tag = "admission", params(("id" = SupplierApplicationId, Path)),
    responses((status = 200, body = SupplierApplicationView)), security(("bearer" = ["admission.read"])))]
#[get("/supplier-applications/{id}")]
pub async fn get_supplier_application(call: Call<ReadAdmission>, path: web::Path<SupplierApplicationId>) -> Answer {
    call.read_reply(move |read, actor| {
        let view = queries::application(read, &actor.scope, *path)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// A decision about an application.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SupplierVerdictRequest {
    /// `accept` recommends or admits.
    decision: AdmissionDecision,
    /// Required with `refuse`.
    reason_code: Option<AdmissionRefusalReason>,
    /// Required with the reason `other`.
    #[schema(min_length = 1, max_length = 1000, format = "text")]
    opinion: Option<String>,
}

impl SupplierVerdictRequest {
    fn verdict(&self) -> Verdict {
        Verdict { decision: self.decision, reason_code: self.reason_code, opinion: self.opinion.clone() }
    }
}

/// Recommend a supplier of the own county, or refuse.
#[utoipa::path(post, path = "/supplier-applications/{id}/recommendations", tag = "admission", request_body = SupplierVerdictRequest,
    params(("id" = SupplierApplicationId, Path)),
    responses((status = 201, body = SupplierApplicationView)), security(("bearer" = ["admission.recommend"])))]
#[post("/supplier-applications/{id}/recommendations")]
pub async fn recommend_supplier(
    call: Call<RecommendSupplier, Json<SupplierVerdictRequest>>,
    path: web::Path<SupplierApplicationId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        commands::recommend(tx, actor, *path, &body.verdict())?;
        let view = queries::application(tx, &actor.scope, *path)?;
        Ok(Reply::json(201, &view)?.etag(view.version))
    })
    .await
}

/// Admit a recommended supplier, or refuse.
#[utoipa::path(post, path = "/supplier-applications/{id}/reviews", tag = "admission", request_body = SupplierVerdictRequest,
    params(("id" = SupplierApplicationId, Path)),
    responses((status = 201, body = SupplierApplicationView)), security(("bearer" = ["admission.review"])))]
#[post("/supplier-applications/{id}/reviews")]
pub async fn review_supplier(
    call: Call<ReviewSupplier, Json<SupplierVerdictRequest>>,
    path: web::Path<SupplierApplicationId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        commands::review(tx, actor, *path, &body.verdict())?;
        let view = queries::application(tx, &actor.scope, *path)?;
        Ok(Reply::json(201, &view)?.etag(view.version))
    })
    .await
}

/// What an agent trader may sell.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveMandateRequest {
    /// The agent trader.
    agent_id: OrgId,
    /// Own products.
    #[schema(min_items = 1, max_items = 200)]
    products: Vec<ProductId>,
    /// First day.
    valid_from: Day,
    /// Last day.
    valid_until: Day,
    /// The signed mandate; an own file.
    file_id: Option<FileId>,
}

/// Let an agent trader sell own products.
#[utoipa::path(post, path = "/mandates", tag = "admission", request_body = GiveMandateRequest,
    responses((status = 201, body = MandateView)), security(("bearer" = ["admission.apply"])))]
#[post("/mandates")]
pub async fn give_mandate(call: Call<ApplyAsSupplier, Json<GiveMandateRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = NewMandate {
            agent_id: body.agent_id,
            products: body.products.clone(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            file_id: body.file_id,
        };
        let id = commands::give_mandate(tx, actor, &new)?;
        let view = queries::mandate(tx, &actor.scope, id)?;
        Ok(Reply::created(&format!("/api/v1/mandates/{id}"), &view)?.etag(view.version))
    })
    .await
}

/// No filters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MandateFilter {}

/// Mandates in scope, given or received, newest first.
#[utoipa::path(get, path = "/mandates", tag = "admission",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<MandateView>)), security(("bearer" = ["admission.read"])))]
#[get("/mandates")]
pub async fn list_mandates(call: Call<ReadAdmission>, list: List<MandateFilter>) -> Answer {
    call.list(list, |read, actor, _, page| queries::mandates(read, &actor.scope, page)).await
}

/// One mandate in scope.
#[utoipa::path(get, path = "/mandates/{id}", tag = "admission", params(("id" = MandateId, Path)),
    responses((status = 200, body = MandateView)), security(("bearer" = ["admission.read"])))]
#[get("/mandates/{id}")]
pub async fn get_mandate(call: Call<ReadAdmission>, path: web::Path<MandateId>) -> Answer {
    call.read_reply(move |read, actor| {
        let view = queries::mandate(read, &actor.scope, *path)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// Revoke an own mandate; what the agent listed under it is withdrawn.
#[utoipa::path(post, path = "/mandates/{id}/revocation", tag = "admission",
    params(("id" = MandateId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = MandateView)), security(("bearer" = ["admission.apply"])))]
#[post("/mandates/{id}/revocation")]
pub async fn revoke_mandate(call: Call<ApplyAsSupplier>, path: web::Path<MandateId>) -> Answer {
    let seen = call.if_match()?;
    call.write(move |tx, actor, _| {
        commands::revoke_mandate(tx, actor, *path, seen)?;
        let view = queries::mandate(tx, &actor.scope, *path)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}
