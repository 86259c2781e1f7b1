//! Around every request: id, language, limits, measurements, security headers, one log line, and the error's body.

use super::limits::{Limits, Taken};
use super::{Meta, language, problem, public, text_header};
use crate::kernel::error::{AppError, Code};
use crate::platform::secret::{fill_random, hex};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use std::sync::Arc;
use std::time::Instant;

/// Wraps the whole application.
///
/// # Errors
/// Never: an error of the service becomes a problem document.
pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let meta = Meta { request_id: request_id(&request), language: language(request.request()) };
    request.extensions_mut().insert(meta.clone());
    let limits = request.app_data::<web::Data<Limits>>().cloned();
    let taken = limits.as_ref().filter(|_| !is_probe(request.path())).map(|limits| limits.arrive(request.request()));
    let mut response = match taken {
        Some(Err(seconds)) => {
            let response = problem::render(&AppError::new(Code::TooManyRequests).retry_after(seconds), &meta);
            request.into_response(response)
        }
        _ => match public::answered(request.request()) {
            Some(kept) => request.into_response(kept),
            None => finish(next.call(request).await?.map_into_boxed_body(), &meta),
        },
    };
    if let (Some(limits), Some(taken)) = (limits, taken) {
        // The handler may have learnt whose request it is, and taken from that caller's own count.
        let own = response.request().extensions().get::<Taken>().copied();
        limit_headers(&mut response, &limits, own.map_or(taken, |Taken(taken)| taken));
    }
    security_headers(&mut response, &meta);
    observe(&response, &meta, started);
    Ok(response)
}

fn is_probe(path: &str) -> bool {
    matches!(path, "/livez" | "/readyz" | "/metrics")
}

/// A request's own id is kept when it is harmless, so that a caller can follow it through.
fn request_id(request: &ServiceRequest) -> Arc<str> {
    let own = text_header(request.request(), "x-request-id").filter(|id| {
        (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    });
    if let Some(id) = own {
        return id.into();
    }
    let mut bytes = [0u8; 12];
    fill_random(&mut bytes);
    ["req_", &hex(&bytes)].concat().into()
}

/// Gives a failed reply its problem document.
fn finish(response: ServiceResponse<BoxBody>, meta: &Meta) -> ServiceResponse<BoxBody> {
    let error = response.response().extensions().get::<AppError>().cloned();
    let error = error.or_else(|| foreign_error(&response));
    let Some(error) = error else { return response };
    problem::log(&error, meta);
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, problem::render(&error, meta))
}

/// Errors that the framework answers itself (a path or header it cannot read) get our form as well.
fn foreign_error(response: &ServiceResponse<BoxBody>) -> Option<AppError> {
    let status = response.status();
    let ours = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/"));
    if !(status.is_client_error() || status.is_server_error()) || ours {
        return None;
    }
    Some(AppError::new(match status.as_u16() {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        408 => Code::RequestTimeout,
        413 => Code::PayloadTooLarge,
        415 => Code::UnsupportedMediaType,
        400..=499 => Code::MalformedRequest,
        _ => Code::Internal,
    }))
}

fn limit_headers(response: &mut ServiceResponse<BoxBody>, limits: &Limits, taken: Result<u32, u64>) {
    let (left, reset) = match taken {
        Ok(left) => (left.min(limits.burst()), 1),
        Err(seconds) => (0, seconds),
    };
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("ratelimit-policy"), limits.policy());
    if let Ok(value) = HeaderValue::from_str(&format!("\"default\";r={left};t={reset}")) {
        headers.insert(HeaderName::from_static("ratelimit"), value);
    }
}

fn security_headers(response: &mut ServiceResponse<BoxBody>, meta: &Meta) {
    let docs = response.request().path().starts_with("/docs");
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&meta.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let policy = if docs {
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
    } else {
        "default-src 'none'; frame-ancestors 'none'"
    };
    // A page of ours says itself what it needs, which is never more than its own style.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

fn observe(response: &ServiceResponse<BoxBody>, meta: &Meta, started: Instant) {
    let elapsed = started.elapsed();
    let route = response.request().match_pattern().unwrap_or_else(|| "unmatched".to_owned());
    let (method, status) = (response.request().method().as_str(), response.status().as_u16());
    metrics::histogram!("http_request_duration_seconds", "route" => route.clone(), "status" => status.to_string())
        .record(elapsed);
    tracing::info!(target: "yigou::access", request_id = &*meta.request_id, method, route, status, elapsed_us = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX), "request");
}
