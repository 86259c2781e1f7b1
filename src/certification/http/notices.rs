//! Public notices and objections over HTTP.

use crate::certification::commands::{self, NewObjection, ObjectionRuling};
use crate::certification::queries::{self, NoticeView, ObjectionView};
use crate::certification::rules::{Consequence, NoticeStatus, ObjectionDecision, ObjectionStatus};
use crate::kernel::actor::ReviewCertification;
use crate::kernel::ids::{NoticeId, ObjectionId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::http::{Anonymous, Answer, BatchReply, Call, Json, List, PageOf, Public, Reply};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_notices)
        .service(file_objection)
        .service(list_objections)
        .service(decide_objection)
        .service(decide_objections);
}

/// Which notices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoticeFilter {
    /// Of this county.
    county: Option<RegionCode>,
    /// In this state; `open` are those under way.
    status: Option<NoticeStatus>,
}

/// Public notices, newest first.
#[utoipa::path(get, path = "/public-notices", tag = "certification", params(NoticeFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<NoticeView>)))]
#[get("/public-notices")]
pub async fn list_notices(public: Public, list: List<NoticeFilter>) -> Answer {
    public.list(list, |read, filter, page| queries::notices(read, filter.county, filter.status, page)).await
}

/// An objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionRequest {
    /// How the county's office reaches you; nobody else sees it.
    #[schema(max_length = 100, min_length = 3, format = "line")]
    contact: String,
    /// What is wrong.
    #[schema(max_length = 2000, min_length = 5, format = "text")]
    text: String,
}

/// What who objects is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionReceipt {
    /// Its id, to ask about it.
    id: ObjectionId,
    /// The notice.
    notice_id: NoticeId,
    /// When it was filed.
    filed_at: At,
}

/// Objects to a notice while it runs; anybody may.
#[utoipa::path(post, path = "/public-notices/{id}/objections", tag = "certification", params(("id" = NoticeId, Path)),
    request_body = ObjectionRequest, responses((status = 201, body = ObjectionReceipt)))]
#[post("/public-notices/{id}/objections")]
pub async fn file_objection(call: Anonymous<Json<ObjectionRequest>>, path: web::Path<NoticeId>) -> Answer {
    let address = call.client();
    call.write(move |tx, Json(body)| {
        let new = NewObjection { contact: body.contact.clone(), text: body.text.clone(), address: address.clone() };
        let row = commands::file_objection(tx, *path, &new)?;
        Reply::json(201, &ObjectionReceipt { id: row.id, notice_id: row.notice_id, filed_at: row.filed_at })
    })
    .await
}

/// Which objections.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ObjectionFilter {
    /// In this state.
    status: Option<ObjectionStatus>,
}

/// Objections in the office's region, newest first.
#[utoipa::path(get, path = "/objections", tag = "certification", params(ObjectionFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ObjectionView>)), security(("bearer" = ["certification.review"])))]
#[get("/objections")]
pub async fn list_objections(call: Call<ReviewCertification>, list: List<ObjectionFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| {
        queries::objections(read, (&actor.scope, &actor.region), filter.status, page)
    })
    .await
}

/// A decision about an objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecisionRequest {
    /// Uphold or dismiss.
    decision: ObjectionDecision,
    /// Why.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
    /// What follows for the application when it is upheld.
    consequence: Option<Consequence>,
}

/// Decides an objection; only the office of the certifying county.
#[utoipa::path(post, path = "/objections/{id}/decisions", tag = "certification", params(("id" = ObjectionId, Path)),
    request_body = ObjectionDecisionRequest, responses((status = 200, body = ObjectionView)), security(("bearer" = ["certification.review"])))]
#[post("/objections/{id}/decisions")]
pub async fn decide_objection(
    call: Call<ReviewCertification, Json<ObjectionDecisionRequest>>,
    path: web::Path<ObjectionId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let ruling =
            ObjectionRuling { decision: body.decision, reason: body.reason.clone(), consequence: body.consequence };
        let row = commands::decide_objection(tx, actor, *path, &ruling)?;
        Reply::ok(&queries::objection_view(row, &actor.region))
    })
    .await
}

/// A decision about one of several objections.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecisionItem {
    /// The objection.
    objection_id: ObjectionId,
    /// Uphold or dismiss.
    decision: ObjectionDecision,
    /// Why.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
    /// What follows for the application when it is upheld.
    consequence: Option<Consequence>,
}

/// Several decisions.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionDecisionsRequest {
    /// The decisions, each its own transaction.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<ObjectionDecisionItem>,
}

/// Decides several objections at once; each answers for itself.
#[utoipa::path(post, path = "/objection-decisions", tag = "certification", request_body = ObjectionDecisionsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["certification.review"])))]
#[post("/objection-decisions")]
pub async fn decide_objections(call: Call<ReviewCertification, Json<ObjectionDecisionsRequest>>) -> Answer {
    let items = |Json(body): &Json<ObjectionDecisionsRequest>| body.items.clone();
    call.batch(items, |tx, actor, item| {
        let ruling =
            ObjectionRuling { decision: item.decision, reason: item.reason.clone(), consequence: item.consequence };
        let row = commands::decide_objection(tx, actor, item.objection_id, &ruling)?;
        Reply::ok(&queries::objection_view(row, &actor.region))
    })
    .await
}
