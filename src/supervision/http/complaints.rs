//! Complaints over HTTP.

use crate::kernel::actor::{FileComplaint, ReadComplaints, Supervise};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ComplaintId, FileId, ListingId, OrderId, OrgId, ProductId};
use crate::kernel::time::{At, Day};
use crate::platform::http::{Anonymous, Answer, Call, Json, List, PageOf, Reply};
use crate::supervision::commands::{self, Handling, NewComplaint, Stranger};
use crate::supervision::queries::{self, ComplaintDetail, ComplaintProgress, ComplaintView};
use crate::supervision::rules::{ComplaintEvent, ComplaintState, FindingCode};
use crate::supervision::store::WantedComplaints;
use crate::supervision::subject::{self, Named};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(file_complaint)
        .service(inquire_complaint)
        .service(complain_about_order)
        .service(list_complaints)
        .service(get_complaint)
        .service(accept_complaint)
        .service(hand_up_complaint)
        .service(verify_complaint)
        .service(decide_complaint)
        .service(reply_to_complaint);
}

/// A complaint; exactly one subject is named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintRequest {
    /// About a certificate, by the number that is printed on the goods.
    #[schema(max_length = 60, min_length = 3, format = "line")]
    certificate_number: Option<String>,
    /// About a listing.
    listing_id: Option<ListingId>,
    /// About a product.
    product_id: Option<ProductId>,
    /// About a supplier.
    supplier_id: Option<OrgId>,
    /// How the handling office reaches you; nobody else sees it.
    #[schema(max_length = 100, min_length = 3, format = "line")]
    contact: String,
    /// What is wrong.
    #[schema(max_length = 4000, min_length = 5, format = "text")]
    text: String,
    /// The number under which the hotline 12317 took it, if it was reported there.
    #[schema(max_length = 40, min_length = 3, format = "line")]
    reference_12317: Option<String>,
}

/// What who complains is given.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintReceipt {
    /// Its id.
    id: ComplaintId,
    /// Shows how far it has come; shown once, keep it.
    receipt: String,
    /// When it was filed.
    filed_at: At,
    /// By when the office decides whether to accept it.
    accept_by: Option<Day>,
}

/// Complains about a certificate, a listing, a product or a supplier; anybody may. The receipt is shown once.
#[utoipa::path(post, path = "/complaints", tag = "supervision", request_body = ComplaintRequest,
    responses((status = 201, body = ComplaintReceipt)))]
#[post("/complaints")]
pub async fn file_complaint(call: Anonymous<Json<ComplaintRequest>>) -> Answer {
    let address = call.client();
    call.write(move |tx, Json(body)| {
        let today = tx.at().day();
        let subject = subject::find(tx, &body.named(), today)?;
        let who = Stranger { contact: body.contact.clone(), address: address.clone() };
        let new = NewComplaint { text: body.text.clone(), reference: body.reference_12317.clone() };
        let (row, receipt) = commands::file_public(tx, &subject, &who, &new)?;
        Reply::json(201, &ComplaintReceipt { id: row.id, receipt, filed_at: row.filed_at, accept_by: row.due_on })
    })
    .await
}

impl ComplaintRequest {
    fn named(&self) -> Named {
        Named {
            supplier: self.supplier_id,
            product: self.product_id,
            certificate: self.certificate_number.clone(),
            listing: self.listing_id,
        }
    }
}

/// A receipt.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintInquiry {
    /// As it was given when the complaint was filed.
    #[schema(max_length = 100, min_length = 10, format = "line")]
    receipt: String,
}

/// How far a complaint has come, for whoever holds its receipt.
#[utoipa::path(post, path = "/complaint-inquiries", tag = "supervision", request_body = ComplaintInquiry,
    responses((status = 200, body = ComplaintProgress)))]
#[post("/complaint-inquiries")]
pub async fn inquire_complaint(call: Anonymous<Json<ComplaintInquiry>>) -> Answer {
    let (body, today) = (call.body(), call.now().day());
    let found = call.web().store.read(move |read| queries::progress(read, &body.0.receipt, today)).await?;
    Ok(Reply::ok(&found)?.header("cache-control", "no-store").send())
}

/// A buyer's complaint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderComplaintRequest {
    /// What is wrong.
    #[schema(max_length = 4000, min_length = 5, format = "text")]
    text: String,
    /// The number under which the hotline 12317 took it, if it was reported there.
    #[schema(max_length = 40, min_length = 3, format = "line")]
    reference_12317: Option<String>,
}

/// Complains about an order of the own organisation, one at a time.
#[utoipa::path(post, path = "/orders/{id}/complaints", tag = "supervision", params(("id" = OrderId, Path)),
    request_body = OrderComplaintRequest, responses((status = 201, body = ComplaintView)), security(("bearer" = ["complaints.file"])))]
#[post("/orders/{id}/complaints")]
pub async fn complain_about_order(
    call: Call<FileComplaint, Json<OrderComplaintRequest>>,
    path: web::Path<OrderId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let new = NewComplaint { text: body.text.clone(), reference: body.reference_12317.clone() };
        let row = commands::file_about_order(tx, actor, *path, &new)?;
        let (location, version) = (format!("/api/v1/complaints/{}", row.id), row.version);
        let today = tx.at().day();
        Ok(Reply::created(&location, &queries::complaint_view(tx, row, actor, today)?)?.etag(version))
    })
    .await
}

/// Which complaints.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComplaintFilter {
    /// In this state.
    state: Option<ComplaintState>,
    /// About this supplier.
    supplier: Option<OrgId>,
    /// Only those not accepted or decided by their last day, the longest overdue first.
    overdue: Option<bool>,
    /// Only those that the caller's own office handles.
    waiting_for_me: Option<bool>,
}

/// Complaints in scope, newest first: about the own organisation, of the own organisation, or in the region.
#[utoipa::path(get, path = "/complaints", tag = "supervision", params(ComplaintFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ComplaintView>)), security(("bearer" = ["complaints.read"])))]
#[get("/complaints")]
pub async fn list_complaints(call: Call<ReadComplaints>, list: List<ComplaintFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = WantedComplaints {
            state: filter.state,
            supplier: filter.supplier,
            office: (filter.waiting_for_me == Some(true)).then_some(actor.region),
            late_on: (filter.overdue == Some(true)).then_some(today),
        };
        queries::complaints(read, actor, &wanted, today, page)
    })
    .await
}

/// A complaint with what was done about it.
#[utoipa::path(get, path = "/complaints/{id}", tag = "supervision", params(("id" = ComplaintId, Path)),
    responses((status = 200, body = ComplaintDetail)), security(("bearer" = ["complaints.read"])))]
#[get("/complaints/{id}")]
pub async fn get_complaint(call: Call<ReadComplaints>, path: web::Path<ComplaintId>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let view = queries::complaint(read, actor, *path, today)?;
        Ok(Reply::ok(&view)?.etag(view.complaint.version))
    })
    .await
}

/// A step in words, where words are not needed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintNote {
    /// For the file.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    note: Option<String>,
}

/// A step in words.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintWords {
    /// Why it is handed up, or what the complainant reads.
    #[schema(max_length = 4000, min_length = 2, format = "text")]
    text: String,
}

/// What was found out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationRequest {
    /// In words.
    #[schema(max_length = 4000, min_length = 2, format = "text")]
    text: String,
    /// What shows it: files of the office.
    #[schema(max_items = 20)]
    #[serde(default)]
    file_ids: Vec<FileId>,
}

crate::text_enum! {
    /// What is decided about a complaint.
    ComplaintDecision {
        /// 属实.
        Uphold "uphold"
        /// 不属实; of one that is not accepted yet: 不予受理.
        Dismiss "dismiss"
    }
}

/// What an upheld complaint asks the supplier to put right.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingOfComplaint {
    /// What is wrong.
    code: FindingCode,
    /// In words; the complainant is not to be named.
    #[schema(max_length = 2000, min_length = 5, format = "text")]
    text: String,
}

/// A decision about a complaint.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ComplaintDecisionRequest {
    /// Uphold or dismiss.
    decision: ComplaintDecision,
    /// Why; complainant and supplier read it.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
    /// Opens a finding with it.
    finding: Option<FindingOfComplaint>,
}

impl From<&ComplaintDecisionRequest> for Handling {
    fn from(body: &ComplaintDecisionRequest) -> Handling {
        let event = match body.decision {
            ComplaintDecision::Uphold => ComplaintEvent::Uphold,
            ComplaintDecision::Dismiss => ComplaintEvent::Dismiss,
        };
        let finding = body.finding.as_ref().map(|found| (found.code, found.text.clone()));
        Handling { event, text: Some(body.reason.clone()), files: Vec::new(), finding }
    }
}

fn said(event: ComplaintEvent, text: Option<&String>) -> Handling {
    Handling { event, text: text.cloned(), files: Vec::new(), finding: None }
}

async fn handled<B: crate::platform::http::Body>(
    call: Call<Supervise, B>,
    id: ComplaintId,
    step: impl Fn(&B) -> Handling + Send + 'static,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, body| -> Outcome<Reply> {
        let row = commands::handle(tx, actor, id, version, &step(body))?;
        let (version, today) = (row.version, tx.at().day());
        Ok(Reply::ok(&queries::complaint_view(tx, row, actor, today)?)?.etag(version))
    })
    .await
}

/// Accepts a complaint; the days to decide begin.
#[utoipa::path(post, path = "/complaints/{id}/acceptances", tag = "supervision", params(("id" = ComplaintId, Path), ("If-Match" = String, Header)),
    request_body = ComplaintNote, responses((status = 200, body = ComplaintView)), security(("bearer" = ["supervision.handle"])))]
#[post("/complaints/{id}/acceptances")]
pub async fn accept_complaint(call: Call<Supervise, Json<ComplaintNote>>, path: web::Path<ComplaintId>) -> Answer {
    handled(call, *path, |Json(body)| said(ComplaintEvent::Accept, body.note.as_ref())).await
}

/// Hands a complaint up to the next office above; its deadline stays.
#[utoipa::path(post, path = "/complaints/{id}/hand-ups", tag = "supervision", params(("id" = ComplaintId, Path), ("If-Match" = String, Header)),
    request_body = ComplaintWords, responses((status = 200, body = ComplaintView)), security(("bearer" = ["supervision.handle"])))]
#[post("/complaints/{id}/hand-ups")]
pub async fn hand_up_complaint(call: Call<Supervise, Json<ComplaintWords>>, path: web::Path<ComplaintId>) -> Answer {
    handled(call, *path, |Json(body)| said(ComplaintEvent::HandUp, Some(&body.text))).await
}

/// Records what was found out about a complaint.
#[utoipa::path(post, path = "/complaints/{id}/verifications", tag = "supervision", params(("id" = ComplaintId, Path), ("If-Match" = String, Header)),
    request_body = VerificationRequest, responses((status = 200, body = ComplaintView)), security(("bearer" = ["supervision.handle"])))]
#[post("/complaints/{id}/verifications")]
pub async fn verify_complaint(
    call: Call<Supervise, Json<VerificationRequest>>,
    path: web::Path<ComplaintId>,
) -> Answer {
    handled(call, *path, |Json(body)| Handling {
        files: body.file_ids.clone(),
        ..said(ComplaintEvent::Verify, Some(&body.text))
    })
    .await
}

/// Decides a complaint; upheld, it may open a finding in the same transaction.
#[utoipa::path(post, path = "/complaints/{id}/decisions", tag = "supervision", params(("id" = ComplaintId, Path), ("If-Match" = String, Header)),
    request_body = ComplaintDecisionRequest, responses((status = 200, body = ComplaintView)), security(("bearer" = ["supervision.handle"])))]
#[post("/complaints/{id}/decisions")]
pub async fn decide_complaint(
    call: Call<Supervise, Json<ComplaintDecisionRequest>>,
    path: web::Path<ComplaintId>,
) -> Answer {
    handled(call, *path, |Json(body)| Handling::from(body)).await
}

/// Answers who complained; a buyer gets it by mail, anybody else reads it with the receipt.
#[utoipa::path(post, path = "/complaints/{id}/replies", tag = "supervision", params(("id" = ComplaintId, Path), ("If-Match" = String, Header)),
    request_body = ComplaintWords, responses((status = 200, body = ComplaintView)), security(("bearer" = ["supervision.handle"])))]
#[post("/complaints/{id}/replies")]
pub async fn reply_to_complaint(call: Call<Supervise, Json<ComplaintWords>>, path: web::Path<ComplaintId>) -> Answer {
    handled(call, *path, |Json(body)| said(ComplaintEvent::Reply, Some(&body.text))).await
}
