//! Findings over HTTP.

use crate::kernel::actor::{AnswerFinding, ReadSupervision, Supervise};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, FindingId, ListingId, OrgId, ProductId};
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use crate::supervision::commands::{self, FindingRuling, NewAnswer, NewFinding};
use crate::supervision::queries::{self, FindingDetail, FindingView};
use crate::supervision::rules::{FindingCode, FindingSource, FindingState, FindingVerdict};
use crate::supervision::store::{FindingRow, WantedFindings};
use crate::supervision::subject::{self, Named};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_findings)
        .service(open_finding)
        .service(get_finding)
        .service(answer_finding)
        .service(decide_finding);
}

/// Which findings.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindingFilter {
    /// In this state.
    state: Option<FindingState>,
    /// Of this organisation.
    owner: Option<OrgId>,
    /// From this source.
    source: Option<FindingSource>,
    /// Only those not answered by their last day, the longest overdue first.
    overdue: Option<bool>,
    /// Only those about which the caller's own office decides.
    waiting_for_me: Option<bool>,
}

/// Findings in scope, newest first.
#[utoipa::path(get, path = "/findings", tag = "supervision", params(FindingFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<FindingView>)), security(("bearer" = ["supervision.read"])))]
#[get("/findings")]
pub async fn list_findings(call: Call<ReadSupervision>, list: List<FindingFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let mine = filter.waiting_for_me == Some(true);
        let wanted = WantedFindings {
            state: filter.state.or(mine.then_some(FindingState::Answered)),
            owner: filter.owner,
            source: filter.source,
            office: mine.then_some(actor.region),
            late_on: (filter.overdue == Some(true)).then_some(today),
        };
        queries::findings(read, &actor.scope, &wanted, today, page)
    })
    .await
}

/// A finding with its answers and decisions.
#[utoipa::path(get, path = "/findings/{id}", tag = "supervision", params(("id" = FindingId, Path)),
    responses((status = 200, body = FindingDetail)), security(("bearer" = ["supervision.read"])))]
#[get("/findings/{id}")]
pub async fn get_finding(call: Call<ReadSupervision>, path: web::Path<FindingId>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let view = queries::finding(read, &actor.scope, *path, today)?;
        Ok(Reply::ok(&view)?.etag(view.finding.version))
    })
    .await
}

/// What an office found; exactly one subject is named.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingRequest {
    /// About a supplier.
    supplier_id: Option<OrgId>,
    /// About a product.
    product_id: Option<ProductId>,
    /// About a certificate, by its number.
    #[schema(max_length = 60, min_length = 3, format = "line")]
    certificate_number: Option<String>,
    /// About a listing.
    listing_id: Option<ListingId>,
    /// From an audit's report rather than by the office itself.
    audit: Option<bool>,
    /// What is wrong.
    code: FindingCode,
    /// In words.
    #[schema(max_length = 2000, min_length = 5, format = "text")]
    text: String,
}

/// Opens a finding about a supplier registered in the office's region; its rectification has a deadline in working days.
#[utoipa::path(post, path = "/findings", tag = "supervision", request_body = FindingRequest,
    responses((status = 201, body = FindingView)), security(("bearer" = ["supervision.handle"])))]
#[post("/findings")]
pub async fn open_finding(call: Call<Supervise, Json<FindingRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let named = Named {
            supplier: body.supplier_id,
            product: body.product_id,
            certificate: body.certificate_number.clone(),
            listing: body.listing_id,
        };
        let today = tx.at().day();
        let subject = subject::find(tx, &named, today)?;
        let source = if body.audit == Some(true) { FindingSource::Audit } else { FindingSource::Own };
        let new = NewFinding { source, source_id: None, code: body.code, text: body.text.clone() };
        let row = commands::open(tx, actor, &subject, &new)?;
        let location = format!("/api/v1/findings/{}", row.id);
        let version = row.version;
        Ok(Reply::created(&location, &queries::finding_view(tx, row, today)?)?.etag(version))
    })
    .await
}

fn changed(tx: &mut Tx<'_>, row: FindingRow) -> Outcome<Reply> {
    let (version, today) = (row.version, tx.at().day());
    Ok(Reply::ok(&queries::finding_view(tx, row, today)?)?.etag(version))
}

/// What the owner did about a finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingAnswerRequest {
    /// In words.
    #[schema(max_length = 4000, min_length = 2, format = "text")]
    text: String,
    /// Evidence: files of the own organisation.
    #[schema(min_items = 1, max_items = 20)]
    file_ids: Vec<FileId>,
}

/// Answers a finding about the own organisation with evidence; late answers are taken and marked.
#[utoipa::path(post, path = "/findings/{id}/answers", tag = "supervision", params(("id" = FindingId, Path)),
    request_body = FindingAnswerRequest, responses((status = 200, body = FindingView)), security(("bearer" = ["supervision.answer"])))]
#[post("/findings/{id}/answers")]
pub async fn answer_finding(
    call: Call<AnswerFinding, Json<FindingAnswerRequest>>,
    path: web::Path<FindingId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let new = NewAnswer { text: body.text.clone(), files: body.file_ids.clone() };
        let row = commands::answer(tx, actor, *path, &new)?;
        changed(tx, row)
    })
    .await
}

/// A decision about a finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingDecisionRequest {
    /// Close, return with a new deadline, escalate to the next office above, or cancel what was opened in error.
    decision: FindingVerdict,
    /// Why.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
}

/// Decides about a finding: the office that has the word, or one above it.
#[utoipa::path(post, path = "/findings/{id}/decisions", tag = "supervision",
    params(("id" = FindingId, Path), ("If-Match" = String, Header)), request_body = FindingDecisionRequest,
    responses((status = 200, body = FindingView)), security(("bearer" = ["supervision.handle"])))]
#[post("/findings/{id}/decisions")]
pub async fn decide_finding(call: Call<Supervise, Json<FindingDecisionRequest>>, path: web::Path<FindingId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let ruling = FindingRuling { verdict: body.decision, reason: body.reason.clone() };
        let row = commands::decide(tx, actor, *path, version, &ruling)?;
        changed(tx, row)
    })
    .await
}
