//! The documents that certificates rest on, over HTTP: brought by the supplier, accepted or refused by the county's office.

use crate::certification::commands::{self, NewDocument};
use crate::certification::queries::{self, CertificateDocumentView, CertificateDocuments};
use crate::certification::rules::{DocumentState, QualityFacts};
use crate::kernel::actor::{ApplyForCertification, ReadCertification, ReviewCertification};
use crate::kernel::ids::{CertificateDocumentId, FileId};
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(certificate_documents)
        .service(bring_document)
        .service(list_certificate_documents)
        .service(review_certificate_document);
}

/// What a certificate rests on, and until when.
#[utoipa::path(get, path = "/certificates/{number}/documents", tag = "certification", params(("number" = String, Path, max_length = 60)),
    responses((status = 200, body = CertificateDocuments)), security(("bearer" = ["certification.read"])))]
#[get("/certificates/{number}/documents")]
pub async fn certificate_documents(call: Call<ReadCertification>, path: web::Path<String>) -> Answer {
    let today = call.now().day();
    call.read(move |read, actor| queries::documents_of(read, &actor.scope, &path, today)).await
}

/// A document of quality in the place of one that ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateDocumentRequest {
    /// What it says.
    quality: QualityFacts,
    /// Files of the own organisation, uploaded before.
    #[schema(min_items = 1, max_items = 20)]
    file_ids: Vec<FileId>,
}

/// Brings a new licence, report, promise or mark certificate for an own certificate. The county's office looks at it; once accepted
/// it takes the place of what ended, and a certificate that was suspended because of that counts again.
#[utoipa::path(post, path = "/certificates/{number}/documents", tag = "certification", params(("number" = String, Path, max_length = 60)),
    request_body = CertificateDocumentRequest, responses((status = 201, body = CertificateDocumentView)), security(("bearer" = ["certification.apply"])))]
#[post("/certificates/{number}/documents")]
pub async fn bring_document(
    call: Call<ApplyForCertification, Json<CertificateDocumentRequest>>,
    path: web::Path<String>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let new = NewDocument { quality: body.quality.clone(), files: body.file_ids.clone() };
        let row = commands::bring_document(tx, actor, &path, &new)?;
        let today = tx.at().day();
        Reply::json(201, &queries::document_seen(tx, row, today)?)
    })
    .await
}

/// Which documents.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertificateDocumentFilter {
    /// In this state; `proposed` is what waits for the office.
    state: Option<DocumentState>,
}

/// Documents of certificates in scope, oldest first.
#[utoipa::path(get, path = "/certificate-documents", tag = "certification", params(CertificateDocumentFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<CertificateDocumentView>)), security(("bearer" = ["certification.read"])))]
#[get("/certificate-documents")]
pub async fn list_certificate_documents(
    call: Call<ReadCertification>,
    list: List<CertificateDocumentFilter>,
) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| queries::documents(read, &actor.scope, filter.state, today, page))
        .await
}

/// What is decided about a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentReviewRequest {
    /// Whether the certificate may rest on it.
    accept: bool,
    /// Why; required with a refusal.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: Option<String>,
}

/// Accepts or refuses a document that a supplier brought; not one of the reviewer's own organisation. Of two who decide, the
/// second gets 409 with its state.
#[utoipa::path(post, path = "/certificate-documents/{id}/reviews", tag = "certification", params(("id" = CertificateDocumentId, Path)),
    request_body = DocumentReviewRequest, responses((status = 200, body = CertificateDocumentView)), security(("bearer" = ["certification.review"])))]
#[post("/certificate-documents/{id}/reviews")]
pub async fn review_certificate_document(
    call: Call<ReviewCertification, Json<DocumentReviewRequest>>,
    path: web::Path<CertificateDocumentId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::review_document(tx, actor, *path, body.accept, body.reason.as_deref())?;
        let today = tx.at().day();
        Reply::ok(&queries::document_seen(tx, row, today)?)
    })
    .await
}
