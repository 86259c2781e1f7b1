//! Certificates of the attribute 清真 over HTTP.

use crate::catalogue::commands::{NewHalal, file_halal, review_halal, revoke_halal, withdraw_halal};
use crate::catalogue::queries::{self, HalalCertificateView};
use crate::catalogue::rules::halal::{HalalDecision, HalalState};
use crate::catalogue::store::HalalRow;
use crate::kernel::actor::{ManageCatalogue, ReadCertification, ReviewCertification};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, HalalCertificateId, ProductId};
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(file_halal_certificate).service(list_halal_certificates).service(get_halal_certificate);
    config.service(review_halal_certificate).service(withdraw_halal_certificate).service(revoke_halal_certificate);
}

/// A certificate to file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HalalCertificateRequest {
    /// Its number, as it is printed.
    #[schema(min_length = 2, max_length = 60, format = "line", example = "宁清证字第640323001号")]
    number: String,
    /// Who issued it.
    #[schema(min_length = 2, max_length = 100, format = "line", example = "盐池县民族宗教事务局")]
    issuer: String,
    /// Its first day.
    valid_from: Day,
    /// Its last day.
    valid_until: Day,
    /// Its picture, a file of the own organisation.
    file_id: FileId,
}

/// The certificate as it now stands.
fn after(tx: &mut Tx<'_>, row: HalalRow) -> Outcome<Reply> {
    let (today, version) = (tx.at().day(), row.version);
    Ok(Reply::ok(&queries::halal_view(row, today))?.etag(version))
}

/// File a certificate of the attribute 清真 for an own product. The product is shown and found as 清真 once the office of the county
/// has accepted it, on its days.
#[utoipa::path(post, path = "/products/{id}/halal-certificates", tag = "catalogue", params(("id" = ProductId, Path)),
    request_body = HalalCertificateRequest, responses((status = 201, body = HalalCertificateView)), security(("bearer" = ["catalogue.manage"])))]
#[post("/products/{id}/halal-certificates")]
pub async fn file_halal_certificate(
    call: Call<ManageCatalogue, Json<HalalCertificateRequest>>,
    path: web::Path<ProductId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let new = NewHalal {
            number: body.number.clone(),
            issuer: body.issuer.clone(),
            valid_from: body.valid_from,
            valid_until: body.valid_until,
            file_id: body.file_id,
        };
        let row = file_halal(tx, actor, *path, &new)?;
        let (today, version) = (tx.at().day(), row.version);
        let place = format!("/api/v1/halal-certificates/{}", row.id);
        Ok(Reply::created(&place, &queries::halal_view(row, today))?.etag(version))
    })
    .await
}

/// Which certificates are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HalalFilter {
    /// How they stand.
    #[param(inline)]
    state: Option<HalalState>,
    /// Of this product.
    product_id: Option<ProductId>,
}

/// Certificates of the attribute 清真: a supplier's own, an office's of its region; newest first.
#[utoipa::path(get, path = "/halal-certificates", tag = "catalogue",
    params(HalalFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<HalalCertificateView>)), security(("bearer" = ["certification.read"])))]
#[get("/halal-certificates")]
pub async fn list_halal_certificates(call: Call<ReadCertification>, list: List<HalalFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        queries::halal_certificates(read, &actor.scope, (filter.state, filter.product_id), today, page)
    })
    .await
}

/// A certificate of the attribute 清真.
#[utoipa::path(get, path = "/halal-certificates/{id}", tag = "catalogue", params(("id" = HalalCertificateId, Path)),
    responses((status = 200, body = HalalCertificateView)), security(("bearer" = ["certification.read"])))]
#[get("/halal-certificates/{id}")]
pub async fn get_halal_certificate(call: Call<ReadCertification>, path: web::Path<HalalCertificateId>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let view = queries::halal_certificate(read, &actor.scope, *path, today)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// What an office decides about a filed certificate.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HalalReviewRequest {
    /// Accepted or not.
    decision: HalalDecision,
    /// Why not; required of a refusal.
    #[schema(min_length = 2, max_length = 500, format = "line")]
    reason: Option<String>,
}

/// Accept or refuse a filed certificate of the own region.
#[utoipa::path(post, path = "/halal-certificates/{id}/reviews", tag = "catalogue", params(("id" = HalalCertificateId, Path)),
    request_body = HalalReviewRequest, responses((status = 200, body = HalalCertificateView)), security(("bearer" = ["certification.review"])))]
#[post("/halal-certificates/{id}/reviews")]
pub async fn review_halal_certificate(
    call: Call<ReviewCertification, Json<HalalReviewRequest>>,
    path: web::Path<HalalCertificateId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = review_halal(tx, actor, *path, (body.decision, body.reason.as_deref()))?;
        after(tx, row)
    })
    .await
}

/// Take back an own certificate that waits.
#[utoipa::path(post, path = "/halal-certificates/{id}/withdrawal", tag = "catalogue", params(("id" = HalalCertificateId, Path)),
    responses((status = 200, body = HalalCertificateView)), security(("bearer" = ["catalogue.manage"])))]
#[post("/halal-certificates/{id}/withdrawal")]
pub async fn withdraw_halal_certificate(call: Call<ManageCatalogue>, path: web::Path<HalalCertificateId>) -> Answer {
    call.write(move |tx, actor, _| {
        let row = withdraw_halal(tx, actor, *path)?;
        after(tx, row)
    })
    .await
}

/// Why a certificate is ended.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HalalRevocationRequest {
    /// The reason; buyers who wait for such goods read it.
    #[schema(min_length = 2, max_length = 500, format = "line")]
    reason: String,
}

/// End an accepted certificate of the own region before its last day. Buyers of goods that were ordered with it and are still to
/// come are told; their orders stand.
#[utoipa::path(post, path = "/halal-certificates/{id}/revocations", tag = "catalogue", params(("id" = HalalCertificateId, Path)),
    request_body = HalalRevocationRequest, responses((status = 200, body = HalalCertificateView)), security(("bearer" = ["certification.review"])))]
#[post("/halal-certificates/{id}/revocations")]
pub async fn revoke_halal_certificate(
    call: Call<ReviewCertification, Json<HalalRevocationRequest>>,
    path: web::Path<HalalCertificateId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = revoke_halal(tx, actor, *path, body.reason.trim())?;
        after(tx, row)
    })
    .await
}
