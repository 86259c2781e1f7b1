//! Purchase certificates over HTTP: issued for a buyer, looked up and printed by anybody who has the number.

use super::commands;
use super::page::POLICY;
use super::papers;
use super::queries::{self, PurchaseCertificateLookup, PurchaseCertificateView, PurchaseCertificatesView, Stands};
use crate::certification::Papers;
use crate::kernel::actor::{ReadOrders, RequestCertificates};
use crate::kernel::ids::OrderId;
use crate::platform::http::{Answer, Call, Public, Reply};
use crate::platform::jws::MEDIA_TYPE;
use actix_web::web::{self, Data};
use actix_web::{get, post};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(issue_certificate).service(list_order_certificates);
    config.service(look_up_purchase).service(purchase_statement_signed).service(purchase_code).service(purchase_page);
}

/// 购买凭证（非捐赠票据）: issues a certificate for an own purchase in place of a donation, once everything that was kept is accepted, paid
/// and received. While one stands no other is issued; once something is taken back another may be, which names the one before.
#[utoipa::path(post, path = "/orders/{id}/purchase-certificates", tag = "donations", params(("id" = OrderId, Path)),
    responses((status = 201, body = PurchaseCertificateView)), security(("bearer" = ["purchase_certificates.request"])))]
#[post("/orders/{id}/purchase-certificates")]
pub async fn issue_certificate(call: Call<RequestCertificates>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, _| {
        let row = commands::issue(tx, actor, id)?;
        let location = format!("/api/v1/purchase-certificates/{}", row.number);
        let view: PurchaseCertificateView = Stands::load(tx, row)?.into();
        Reply::created(&location, &view)
    })
    .await
}

/// Every certificate that was issued for an order, oldest first, and how each stands.
#[utoipa::path(get, path = "/orders/{id}/purchase-certificates", tag = "donations", params(("id" = OrderId, Path)),
    responses((status = 200, body = PurchaseCertificatesView)), security(("bearer" = ["orders.read"])))]
#[get("/orders/{id}/purchase-certificates")]
pub async fn list_order_certificates(call: Call<ReadOrders>, path: web::Path<OrderId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read(move |read, actor| queries::of_order(read, actor, id, today)).await
}

/// How a purchase certificate stands, for anybody who has its number.
#[utoipa::path(get, path = "/purchase-certificates/{number}", tag = "donations", params(("number" = String, Path, max_length = 60)),
    responses((status = 200, body = PurchaseCertificateLookup)))]
#[get("/purchase-certificates/{number}")]
pub async fn look_up_purchase(public: Public, path: web::Path<String>) -> Answer {
    public.read(move |read| queries::lookup(read, &path)).await
}

/// A signed statement of what a purchase certificate says and how it stands: a compact JWS (EdDSA) of kind
/// `yigou-purchase-certificate+jws`, whose key is at `/.well-known/jwks.json`.
#[utoipa::path(get, path = "/purchase-certificates/{number}/statement", tag = "donations",
    params(("number" = String, Path, max_length = 60)), responses((status = 200, content((String = "application/jose")))))]
#[get("/purchase-certificates/{number}/statement")]
pub async fn purchase_statement_signed(public: Public, papers: Data<Papers>, path: web::Path<String>) -> Answer {
    let now = public.now();
    public.keep(move |read| Ok(Reply::bytes(MEDIA_TYPE, papers::statement(&papers, read, &path, now)?))).await
}

/// The QR code that leads to a purchase certificate's page.
#[utoipa::path(get, path = "/purchase-certificates/{number}/qr.svg", tag = "donations",
    params(("number" = String, Path, max_length = 60)), responses((status = 200, content((String = "image/svg+xml")))))]
#[get("/purchase-certificates/{number}/qr.svg")]
pub async fn purchase_code(public: Public, papers: Data<Papers>, path: web::Path<String>) -> Answer {
    public.keep(move |read| Ok(Reply::bytes("image/svg+xml", papers::code(&papers, read, &path)?.into_bytes()))).await
}

/// The purchase certificate as a page to read and to print (A4): 购买凭证，非捐赠票据; how it stands comes first.
#[utoipa::path(get, path = "/purchase-certificates/{number}/page", tag = "donations",
    params(("number" = String, Path, max_length = 60)), responses((status = 200, content((String = "text/html")))))]
#[get("/purchase-certificates/{number}/page")]
pub async fn purchase_page(public: Public, papers: Data<Papers>, path: web::Path<String>) -> Answer {
    let now = public.now();
    let page = move |read: &mut _| {
        let page = Reply::bytes("text/html; charset=utf-8", papers::page(&papers, read, &path, now)?.into_bytes());
        Ok(page.header("content-security-policy", &POLICY))
    };
    public.keep(page).await
}
