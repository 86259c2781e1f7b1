//! Public notices and objections over HTTP.

use crate::certification::commands::{self, NewObjection, ObjectionRuling};
use crate::certification::queries::{self, NoticeView, ObjectionInquiry, ObjectionView};
use crate::certification::rules::{Consequence, NoticeStatus, ObjectionDecision, ObjectionStatus};
use crate::certification::store::ObjectionRow;
use crate::documents::{FileClass, NewFile, Vault};
use crate::kernel::actor::{Actor, ReviewCertification};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{NoticeId, ObjectionId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::Tx;
use crate::platform::http::{Anonymous, Answer, BatchReply, Call, Json, List, PageOf, Public, Reply, Upload};
use actix_web::web::Data;
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
        .service(inquire_objection)
        .service(add_objection_file)
        .service(receive_objection)
        .service(verify_objection)
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
    /// The code by which you ask about it and bring files; it is shown once.
    #[schema(example = "obr_Zm9vYmFy")]
    receipt: String,
}

/// Objects to a notice while it runs; anybody may.
#[utoipa::path(post, path = "/public-notices/{id}/objections", tag = "certification", params(("id" = NoticeId, Path)),
    request_body = ObjectionRequest, responses((status = 201, body = ObjectionReceipt)))]
#[post("/public-notices/{id}/objections")]
pub async fn file_objection(call: Anonymous<Json<ObjectionRequest>>, path: web::Path<NoticeId>) -> Answer {
    let address = call.client();
    call.write(move |tx, Json(body)| {
        let new = NewObjection { contact: body.contact.clone(), text: body.text.clone(), address: address.clone() };
        let (row, receipt) = commands::file_objection(tx, *path, &new)?;
        let (notice_id, filed_at) = (row.notice_id, row.filed_at);
        Reply::json(201, &ObjectionReceipt { id: row.id, notice_id, filed_at, receipt })
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
    /// Only those whose next step is late.
    late: Option<bool>,
}

/// Objections in the office's region, newest first.
#[utoipa::path(get, path = "/objections", tag = "certification", params(ObjectionFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ObjectionView>)), security(("bearer" = ["certification.review"])))]
#[get("/objections")]
pub async fn list_objections(call: Call<ReviewCertification>, list: List<ObjectionFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = (filter.status, filter.late.unwrap_or(false));
        queries::objections(read, (&actor.scope, &actor.region), wanted, today, page)
    })
    .await
}

fn seen(tx: &mut Tx<'_>, actor: &Actor, row: ObjectionRow) -> Outcome<Reply> {
    let today = tx.at().day();
    Reply::ok(&queries::objection_view(row, &actor.region, today)?)
}

/// What a receipt is asked about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionInquiryRequest {
    /// The objection.
    objection_id: ObjectionId,
    /// The code that was shown when it was filed.
    #[schema(max_length = 100, min_length = 10, format = "line")]
    receipt: String,
}

/// How an objection stands, for who filed it.
#[utoipa::path(post, path = "/objection-inquiries", tag = "certification", request_body = ObjectionInquiryRequest,
    responses((status = 200, body = ObjectionInquiry)))]
#[post("/objection-inquiries")]
pub async fn inquire_objection(call: Anonymous<Json<ObjectionInquiryRequest>>) -> Answer {
    call.write(|tx, Json(body)| {
        let row = commands::objection_of_receipt(tx, body.objection_id, &body.receipt)?;
        Reply::ok(&ObjectionInquiry::of(row)?)
    })
    .await
}

/// A file for an objection.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ObjectionFileQuery {
    /// The file's name, without a path.
    #[param(min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F/\\\\]+$")]
    name: String,
}

/// Brings a file to an objection of one's own, three at most; the county's office and those above it read it.
#[utoipa::path(post, path = "/objections/{id}/evidence", tag = "certification",
    params(("id" = ObjectionId, Path), ObjectionFileQuery, ("Yigou-Receipt" = String, Header, max_length = 100)),
    request_body(content((String = "application/pdf"), (String = "image/jpeg"), (String = "image/png"), (String = "image/webp"), (String = "text/plain"))),
    responses((status = 201, body = ObjectionInquiry)))]
#[post("/objections/{id}/evidence")]
pub async fn add_objection_file(
    call: Anonymous<Upload>,
    path: web::Path<ObjectionId>,
    query: List<ObjectionFileQuery>,
    vault: Data<Vault>,
) -> Answer {
    let (id, receipt) = (path.into_inner(), call.header("yigou-receipt").unwrap_or_default());
    let (asked, upload) = (receipt.clone(), call.body());
    call.web().store.read(move |read| commands::objection_of_receipt(read, id, &asked).map(drop)).await?;
    let size_bytes = i64::try_from(upload.bytes.len()).map_err(AppError::internal)?;
    let sha256 = vault.put(FileClass::Evidence, upload.bytes.clone()).await?;
    let (name, content_type) = (query.filter.name, upload.content_type);
    let new = NewFile { name, content_type, size_bytes, sha256, class: FileClass::Evidence };
    call.write(move |tx, _| {
        let row = commands::add_objection_file(tx, id, &receipt, &new)?;
        Reply::json(201, &ObjectionInquiry::of(row)?)
    })
    .await
}

/// Who handles an objection.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionReceptionRequest {
    /// A reviewer of the own office.
    user_id: UserId,
}

/// Receives an objection and gives it to a reviewer, or to another one; only the office of the certifying county.
#[utoipa::path(post, path = "/objections/{id}/receptions", tag = "certification", params(("id" = ObjectionId, Path)),
    request_body = ObjectionReceptionRequest, responses((status = 200, body = ObjectionView)), security(("bearer" = ["certification.review"])))]
#[post("/objections/{id}/receptions")]
pub async fn receive_objection(
    call: Call<ReviewCertification, Json<ObjectionReceptionRequest>>,
    path: web::Path<ObjectionId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::receive_objection(tx, actor, *path, body.user_id)?;
        seen(tx, actor, row)
    })
    .await
}

/// What was found out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionFindingsRequest {
    /// What was found out about what the objection says.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    findings: String,
}

/// Notes what was found out about a received objection.
#[utoipa::path(post, path = "/objections/{id}/verifications", tag = "certification", params(("id" = ObjectionId, Path)),
    request_body = ObjectionFindingsRequest, responses((status = 200, body = ObjectionView)), security(("bearer" = ["certification.review"])))]
#[post("/objections/{id}/verifications")]
pub async fn verify_objection(
    call: Call<ReviewCertification, Json<ObjectionFindingsRequest>>,
    path: web::Path<ObjectionId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::verify_objection(tx, actor, *path, &body.findings)?;
        seen(tx, actor, row)
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
    /// What who objected is told; the reason when absent.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reply: Option<String>,
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
        let (reason, reply) = (body.reason.clone(), body.reply.clone());
        let ruling = ObjectionRuling { decision: body.decision, reason, consequence: body.consequence, reply };
        let row = commands::decide_objection(tx, actor, *path, &ruling)?;
        seen(tx, actor, row)
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
    /// What who objected is told; the reason when absent.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reply: Option<String>,
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
        let (reason, reply) = (item.reason.clone(), item.reply.clone());
        let ruling = ObjectionRuling { decision: item.decision, reason, consequence: item.consequence, reply };
        let row = commands::decide_objection(tx, actor, item.objection_id, &ruling)?;
        seen(tx, actor, row)
    })
    .await
}
