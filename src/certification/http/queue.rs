//! The work of offices over HTTP: the queue, who does what, advice, and decisions in bulk.

use super::applications::changed;
use crate::certification::commands::{self, NewOpinion, NewReview};
use crate::certification::queries::{self, ApplicationView, OpinionView, QueueItem};
use crate::certification::rules::{CertificationDecision, RejectionReason};
use crate::certification::store::{WantedQueue, Whose};
use crate::kernel::actor::ReviewCertification;
use crate::kernel::ids::{CertificationApplicationId, SchemeId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::platform::http::{Answer, BatchReply, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_queue).service(assign_application).service(advise_application).service(review_applications);
}

crate::text_enum! {
    /// Whose work a queue shows.
    QueueOf {
        /// What was given to the caller.
        Me "me"
        /// What was given to nobody yet.
        Nobody "nobody"
    }
}

/// What of the queue.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueFilter {
    /// Only what was given to the caller, or to nobody.
    #[param(inline)]
    assigned: Option<QueueOf>,
    /// Only what is late, or only what is not.
    late: Option<bool>,
    /// Under this scheme.
    scheme_id: Option<SchemeId>,
    /// Of this county.
    county: Option<RegionCode>,
    /// With what waits for the offices of the regions below.
    whole_region: Option<bool>,
}

/// What waits for the own office, oldest deadline first.
#[utoipa::path(get, path = "/certification-queue", tag = "certification", params(QueueFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<QueueItem>)), security(("bearer" = ["certification.review"])))]
#[get("/certification-queue")]
pub async fn list_queue(call: Call<ReviewCertification>, list: List<QueueFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = WantedQueue {
            office: actor.region,
            whole_region: filter.whole_region.unwrap_or(false),
            whose: filter.assigned.map(|of| match of {
                QueueOf::Me => Whose::Person(actor.user_id),
                QueueOf::Nobody => Whose::Nobody,
            }),
            scheme: filter.scheme_id,
            county: filter.county,
            late: filter.late,
            today,
        };
        queries::queue(read, &wanted, today, page)
    })
    .await
}

/// To whom an application is given.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignmentRequest {
    /// A reviewer of the own office; absent, it is given back to the office.
    user_id: Option<UserId>,
    /// Why; required when it is taken from a colleague.
    #[schema(max_length = 500, min_length = 2, format = "text")]
    reason: Option<String>,
}

/// Gives an application that waits for the own office to one of its reviewers, who alone decides it then.
#[utoipa::path(post, path = "/certification-applications/{id}/assignments", tag = "certification",
    params(("id" = CertificationApplicationId, Path), ("If-Match" = String, Header)),
    request_body = AssignmentRequest, responses((status = 200, body = ApplicationView)), security(("bearer" = ["certification.review"])))]
#[post("/certification-applications/{id}/assignments")]
pub async fn assign_application(
    call: Call<ReviewCertification, Json<AssignmentRequest>>,
    path: web::Path<CertificationApplicationId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let row = commands::assign(tx, actor, *path, version, body.user_id, body.reason.as_deref())?;
        changed(tx, &row)
    })
    .await
}

/// What a reviewer advises.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpinionRequest {
    /// What to decide.
    advises: CertificationDecision,
    /// Why; only offices and auditors read it.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    text: String,
}

/// Leaves an advice for whoever decides; the applicant does not see it.
#[utoipa::path(post, path = "/certification-applications/{id}/opinions", tag = "certification", params(("id" = CertificationApplicationId, Path)),
    request_body = OpinionRequest, responses((status = 201, body = OpinionView)), security(("bearer" = ["certification.review"])))]
#[post("/certification-applications/{id}/opinions")]
pub async fn advise_application(
    call: Call<ReviewCertification, Json<OpinionRequest>>,
    path: web::Path<CertificationApplicationId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let new = NewOpinion { advises: body.advises, text: body.text.clone() };
        let row = commands::advise(tx, actor, *path, &new)?;
        Reply::json(201, &OpinionView::from(row))
    })
    .await
}

/// A decision about one of several applications.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewItem {
    /// The application.
    application_id: CertificationApplicationId,
    /// Its entity tag as it was read.
    #[schema(min_length = 4, max_length = 24, pattern = "^\"v[0-9]{1,18}\"$", example = "\"v3\"")]
    etag: String,
    /// What is decided.
    decision: CertificationDecision,
    /// Why it is rejected.
    reason_code: Option<RejectionReason>,
    /// What the applicant reads; required unless approved.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    opinion: Option<String>,
}

/// Several decisions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewsRequest {
    /// The decisions, each its own transaction.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<ReviewItem>,
}

/// Decides several open steps at once; each answers for itself.
#[utoipa::path(post, path = "/certification-reviews", tag = "certification", request_body = ReviewsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["certification.review"])))]
#[post("/certification-reviews")]
pub async fn review_applications(call: Call<ReviewCertification, Json<ReviewsRequest>>) -> Answer {
    let items = |Json(body): &Json<ReviewsRequest>| body.items.clone();
    call.batch(items, |tx, actor, item| {
        let version = item.etag.trim_matches(['"', 'v']).parse().unwrap_or(0);
        let new = NewReview { decision: item.decision, reason: item.reason_code, opinion: item.opinion.clone() };
        let row = commands::review(tx, actor, item.application_id, version, &new)?;
        changed(tx, &row)
    })
    .await
}
