//! What the operator asks the server: is it alive, is it ready, its measurements, its API document and the page that shows it.

use super::Installation;
use super::document::Served;
use crate::certification::Papers;
use crate::kernel::error::{AppError, Code};
use crate::platform::clock::Ctx;
use crate::platform::db::Readiness;
use crate::platform::http::proven_client;
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use metrics_exporter_prometheus::PrometheusHandle;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// Registers the operator's addresses.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/livez", web::get().to(livez))
        .route("/readyz", web::get().to(readyz))
        .route("/metrics", web::get().to(metrics))
        .route("/openapi.json", web::get().to(openapi))
        .route("/.well-known/jwks.json", web::get().to(jwks))
        .route("/docs", web::get().to(docs))
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")));
}

async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Ready when the database reads and writes; asked at most once a second, however many want to know.
async fn readyz(readiness: Data<Readiness>, installation: Data<Installation>) -> Result<HttpResponse, AppError> {
    let (at, ids) = (installation.clock.now(), installation.ids.clone());
    readiness.ask(Ctx { at, request_id: "readyz".into(), ids }).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready\n"))
}

/// To others than the configured readers the measurements do not exist.
async fn metrics(
    request: HttpRequest,
    installation: Data<Installation>,
    handle: Option<Data<PrometheusHandle>>,
) -> Result<HttpResponse, AppError> {
    let reads = proven_client(&request, &installation.proxies).is_some_and(|ip| installation.metrics_from.contain(ip));
    let handle = handle.filter(|_| reads).ok_or_else(|| AppError::new(Code::NotFound))?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render()))
}

async fn openapi(served: Data<Served>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(served.json.clone())
}

/// The public keys of access tokens that may still be good, and those of every statement about a certificate ever signed, for
/// whoever verifies them elsewhere.
async fn jwks(installation: Data<Installation>, papers: Data<Papers>) -> Result<HttpResponse, AppError> {
    let mut keys = installation.gate.jwks(installation.clock.now()).await?;
    let papers = papers.into_inner();
    let lasting = installation.store.read(move |read| papers.public_keys(read)).await?;
    if let Some(all) = keys["keys"].as_array_mut() {
        all.extend(lasting);
    }
    Ok(HttpResponse::Ok().insert_header(("cache-control", "public, max-age=300")).json(keys))
}

async fn docs() -> HttpResponse {
    HttpResponse::Found().insert_header(("location", "/docs/")).finish()
}

/// A known address with another method is told which methods it has.
pub async fn unmatched(request: HttpRequest, served: Data<Served>) -> Result<HttpResponse, AppError> {
    match served.methods(request.path()) {
        Some(methods) if !methods.iter().any(|m| m == request.method().as_str()) => {
            Err(AppError::new(Code::MethodNotAllowed).with("allow", methods.to_vec()))
        }
        _ => Err(Code::NotFound.into()),
    }
}
