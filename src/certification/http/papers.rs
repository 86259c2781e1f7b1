//! Papers about certificates over HTTP: what anybody takes along to verify a certificate without us.

use crate::certification::page::POLICY;
use crate::certification::papers::Papers;
use crate::platform::http::{Answer, Public, Reply};
use crate::platform::jws::MEDIA_TYPE;
use actix_web::web::Data;
use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(certificate_statement)
        .service(certificate_code)
        .service(certificate_page)
        .service(certificate_status_list);
}

/// A signed statement of how a certificate stands: a compact JWS (EdDSA) whose claims are number, scheme, product, supplier,
/// county, origins, days, status and times. Its key is at `/.well-known/jwks.json`; `yigou verify-certificate` checks it offline.
#[utoipa::path(get, path = "/certificates/{number}/statement", tag = "certification", params(("number" = String, Path, max_length = 60)),
    responses((status = 200, content((String = "application/jose")))))]
#[get("/certificates/{number}/statement")]
pub async fn certificate_statement(public: Public, papers: Data<Papers>, path: web::Path<String>) -> Answer {
    let now = public.now();
    public.keep(move |read| Ok(Reply::bytes(MEDIA_TYPE, papers.statement(read, &path, now)?))).await
}

/// The QR code that leads to a certificate's page.
#[utoipa::path(get, path = "/certificates/{number}/qr.svg", tag = "certification", params(("number" = String, Path, max_length = 60)),
    responses((status = 200, content((String = "image/svg+xml")))))]
#[get("/certificates/{number}/qr.svg")]
pub async fn certificate_code(public: Public, papers: Data<Papers>, path: web::Path<String>) -> Answer {
    public.keep(move |read| Ok(Reply::bytes("image/svg+xml", papers.code(read, &path)?.into_bytes()))).await
}

/// The certificate as a page to read and to print (A4), in Chinese with English second lines; how it stands comes first.
#[utoipa::path(get, path = "/certificates/{number}/page", tag = "certification", params(("number" = String, Path, max_length = 60)),
    responses((status = 200, content((String = "text/html")))))]
#[get("/certificates/{number}/page")]
pub async fn certificate_page(public: Public, papers: Data<Papers>, path: web::Path<String>) -> Answer {
    let now = public.now();
    let page = move |read: &mut _| {
        let page = Reply::bytes("text/html; charset=utf-8", papers.page(read, &path, now)?.into_bytes());
        Ok(page.header("content-security-policy", &POLICY))
    };
    public.keep(page).await
}

/// The signed list of every certificate that is suspended, revoked or expired, with its number, status and first day so: a
/// compact JWS like the statements, to be fetched again after `next_update`.
#[utoipa::path(get, path = "/certificate-status-list", tag = "certification",
    responses((status = 200, content((String = "application/jose")))))]
#[get("/certificate-status-list")]
pub async fn certificate_status_list(public: Public, papers: Data<Papers>) -> Answer {
    let web = public.web();
    let list = papers.into_inner().list(&web.store, &web.clock).await?;
    Ok(public.give(MEDIA_TYPE, list.body, list.etag))
}
