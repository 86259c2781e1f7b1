//! Certificates over HTTP: verified by anybody, suspended and revoked by the offices, renewed by the supplier.

use super::applications::created;
use crate::certification::commands::{self, NewAnnulment, Ruling};
use crate::certification::queries::{self, ApplicationView, CertificateView};
use crate::certification::rules::EndReason;
use crate::certification::store::CertificateRow;
use crate::kernel::actor::{ApplyForCertification, ReviewCertification};
use crate::kernel::error::Outcome;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::AnnulmentGround;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_certificates)
        .service(verify_certificate)
        .service(suspend_certificate)
        .service(end_suspension)
        .service(revoke_certificate)
        .service(annul_certificate)
        .service(end_bar)
        .service(renew_certificate);
}

/// Which certificates.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertificateFilter {
    /// Of this catalogue batch.
    #[param(max_length = 30, example = "NX-2021-03")]
    batch: Option<String>,
    /// Certified by this county.
    county: Option<RegionCode>,
}

/// Certificates in the order of their numbers: the catalogue, by batch or county.
#[utoipa::path(get, path = "/certificates", tag = "certification", params(CertificateFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<CertificateView>)))]
#[get("/certificates")]
pub async fn list_certificates(public: Public, list: List<CertificateFilter>) -> Answer {
    let today = public.now().day();
    public
        .list(list, move |read, filter, page| {
            queries::certificates(read, filter.batch.as_deref(), filter.county, today, page)
        })
        .await
}

/// Verifies a certificate by its number.
#[utoipa::path(get, path = "/certificates/{number}", tag = "certification", params(("number" = String, Path, max_length = 60)),
    responses((status = 200, body = CertificateView)))]
#[get("/certificates/{number}")]
pub async fn verify_certificate(public: Public, path: web::Path<String>) -> Answer {
    let today = public.now().day();
    public.read(move |read| queries::certificate(read, &path, today)).await
}

fn changed(tx: &mut Tx<'_>, row: CertificateRow) -> Outcome<Reply> {
    let (today, version) = (tx.at().day(), row.version);
    Ok(Reply::ok(&queries::certificate_view(tx, row, today)?)?.etag(version))
}

/// Why a certificate is suspended or revoked.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulingRequest {
    /// The reason.
    reason_code: EndReason,
    /// In words; required with `other`.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: Option<String>,
    /// Food safety is at stake: the product is barred from sale and shipment whatever else entitles it, and buyers may
    /// cancel confirmed, unshipped orders freely.
    safety: Option<bool>,
}

impl RulingRequest {
    fn command(&self) -> Ruling {
        let safety = self.safety.unwrap_or(self.reason_code == EndReason::FoodSafety);
        Ruling { reason_code: Some(self.reason_code), reason: self.reason.clone(), safety, until: None }
    }
}

/// Why a certificate is suspended, and until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspensionRequest {
    /// The reason.
    reason_code: EndReason,
    /// In words; required with `other`.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: Option<String>,
    /// Food safety is at stake: the product is barred from sale and shipment until the suspension ends.
    safety: Option<bool>,
    /// Last day; the suspension ends by itself on the day after. Without it an office lifts the suspension.
    until: Option<Day>,
}

impl SuspensionRequest {
    fn command(&self) -> Ruling {
        let safety = self.safety.unwrap_or(self.reason_code == EndReason::FoodSafety);
        Ruling { reason_code: Some(self.reason_code), reason: self.reason.clone(), safety, until: self.until }
    }
}

/// Suspends a certificate; its listings are withdrawn at once. Of a suspended one, changes cause and last day.
#[utoipa::path(post, path = "/certificates/{number}/suspensions", tag = "certification", params(("number" = String, Path, max_length = 60)),
    request_body = SuspensionRequest, responses((status = 200, body = CertificateView)), security(("bearer" = ["certification.review"])))]
#[post("/certificates/{number}/suspensions")]
pub async fn suspend_certificate(
    call: Call<ReviewCertification, Json<SuspensionRequest>>,
    path: web::Path<String>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::suspend(tx, actor, &path, &body.command())?;
        changed(tx, row)
    })
    .await
}

/// Why a suspension or a bar ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspensionEndRequest {
    /// In words.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
}

/// Ends a suspension; the supplier lists the product again.
#[utoipa::path(post, path = "/certificates/{number}/suspension-ends", tag = "certification", params(("number" = String, Path, max_length = 60)),
    request_body = SuspensionEndRequest, responses((status = 200, body = CertificateView)), security(("bearer" = ["certification.review"])))]
#[post("/certificates/{number}/suspension-ends")]
pub async fn end_suspension(
    call: Call<ReviewCertification, Json<SuspensionEndRequest>>,
    path: web::Path<String>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::lift_suspension(tx, actor, &path, &body.reason)?;
        changed(tx, row)
    })
    .await
}

/// Revokes a certificate for good; its listings are withdrawn at once.
#[utoipa::path(post, path = "/certificates/{number}/revocations", tag = "certification", params(("number" = String, Path, max_length = 60)),
    request_body = RulingRequest, responses((status = 200, body = CertificateView)), security(("bearer" = ["certification.review"])))]
#[post("/certificates/{number}/revocations")]
pub async fn revoke_certificate(
    call: Call<ReviewCertification, Json<RulingRequest>>,
    path: web::Path<String>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::revoke(tx, actor, &path, &body.command())?;
        changed(tx, row)
    })
    .await
}

/// Why a certificate was never valid.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnulmentRequest {
    /// What was false.
    ground: AnnulmentGround,
    /// In words. It is shown to everybody with the certificate, and in the blacklist: it names nobody.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
    /// The document that says so.
    #[schema(max_length = 100, min_length = 1, format = "line", example = "宁乡振认〔2021〕12号")]
    document_no: Option<String>,
}

impl AnnulmentRequest {
    fn command(&self) -> NewAnnulment {
        NewAnnulment { ground: self.ground, reason: self.reason.clone(), document_no: self.document_no.clone() }
    }
}

/// Decides that a certificate was never valid (自始无效), whatever has become of it since: it is revoked, its listings are
/// withdrawn at once, and what order lines counted on the strength of it is taken back by adjusting entries, in the month of
/// the decision; of a closed year only its correction changes. The supplier is blacklisted where the rule `blacklist_days` lists
/// for fraud. Goods whose origin was false may not be sold or shipped on any other ground until an office ends the bar. The lines: `GET /certificates/{number}/order-lines`. Nobody who
/// decided a step of its application may decide this.
#[utoipa::path(post, path = "/certificates/{number}/annulments", tag = "certification", params(("number" = String, Path, max_length = 60)),
    request_body = AnnulmentRequest, responses((status = 200, body = CertificateView)), security(("bearer" = ["certification.review"])))]
#[post("/certificates/{number}/annulments")]
pub async fn annul_certificate(
    call: Call<ReviewCertification, Json<AnnulmentRequest>>,
    path: web::Path<String>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::annul(tx, actor, &path, &body.command())?;
        changed(tx, row)
    })
    .await
}

/// Ends the bar that a revocation for food safety put on the product: it may be sold again on what else entitles it.
#[utoipa::path(post, path = "/certificates/{number}/bar-ends", tag = "certification", params(("number" = String, Path, max_length = 60)),
    request_body = SuspensionEndRequest, responses((status = 200, body = CertificateView)), security(("bearer" = ["certification.review"])))]
#[post("/certificates/{number}/bar-ends")]
pub async fn end_bar(call: Call<ReviewCertification, Json<SuspensionEndRequest>>, path: web::Path<String>) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::end_bar(tx, actor, &path, &body.reason)?;
        changed(tx, row)
    })
    .await
}

/// Begins a renewal inside its window; submitted in time, it keeps the certificate in force until it is decided.
#[utoipa::path(post, path = "/certificates/{number}/renewals", tag = "certification", params(("number" = String, Path, max_length = 60)),
    responses((status = 201, body = ApplicationView)), security(("bearer" = ["certification.apply"])))]
#[post("/certificates/{number}/renewals")]
pub async fn renew_certificate(call: Call<ApplyForCertification>, path: web::Path<String>) -> Answer {
    call.write(move |tx, actor, _| {
        let row = commands::renew(tx, actor, &path)?;
        created(tx, &row)
    })
    .await
}
