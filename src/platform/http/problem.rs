//! RFC 9457 problem documents: the one place where an error becomes a body.

use super::Meta;
use crate::kernel::error::{AppError, Code, Language};
use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde_json::{Value, json};
use std::fmt;

/// A problem document, as every error ≥ 400 answers it.
#[derive(Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Problem {
    /// A URI that names the kind of problem.
    #[schema(example = "urn:yigou:error:validation_failed")]
    pub r#type: String,
    /// The kind, for a person.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// The kind, as a stable word.
    #[schema(example = "validation_failed")]
    pub code: String,
    /// What happened here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ProblemField>,
    /// Names this request in our log.
    pub request_id: String,
}

/// One field at fault.
#[derive(Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct ProblemField {
    /// JSON pointer into the body, or the name of a parameter or header.
    #[schema(example = "/lines/0/quantity")]
    pub pointer: String,
    /// What is wrong, as a stable word.
    pub code: String,
    /// What is wrong, for a person.
    pub detail: String,
}

impl fmt::Display for AppError {
    /// The public half only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().as_str())
    }
}

impl ResponseError for AppError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
    /// The middleware knows language and request id and writes the body.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// The finished reply to a failed request.
pub(super) fn render(error: &AppError, meta: &Meta) -> HttpResponse<BoxBody> {
    let parts = error.parts();
    let status = StatusCode::from_u16(parts.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponseBuilder::new(status);
    response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    if let Some(seconds) = parts.retry_after_s {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"yigou\""));
    }
    if let Some(methods) = parts.extra.as_ref().and_then(|extra| extra.get("allow")?.as_array()) {
        let names: Vec<&str> = methods.iter().filter_map(Value::as_str).collect();
        response.insert_header((header::ALLOW, names.join(", ")));
    }
    response.body(document(error, meta).to_string())
}

/// The problem document; one with status 5xx carries the request id and nothing of the fault.
#[must_use]
pub(super) fn document(error: &AppError, meta: &Meta) -> Value {
    let parts = error.parts();
    let (zh, en) = parts.code.titles();
    let title = match meta.language {
        Language::Chinese => zh,
        Language::English => en,
    };
    let mut body = json!({
        "type": format!("urn:yigou:error:{}", parts.code),
        "title": title,
        "status": parts.code.status(),
        "code": parts.code.as_str(),
        "request_id": &*meta.request_id,
    });
    if parts.code.status() < 500 {
        if let Some(detail) = &parts.detail {
            body["detail"] = detail.text(meta.language).into();
        }
        if !parts.fields.is_empty() {
            body["errors"] = parts
                .fields
                .iter()
                .map(|f| json!({"pointer": f.pointer, "code": f.code, "detail": f.detail.text(meta.language)}))
                .collect();
        }
        for (key, value) in parts.extra.iter().flatten() {
            body[key] = value.clone();
        }
    }
    body
}

/// Writes the inner half to the log, where it belongs.
pub(super) fn log(error: &AppError, meta: &Meta) {
    let parts = error.parts();
    if parts.code.status() >= 500 {
        tracing::error!(request_id = &*meta.request_id, code = %parts.code, cause = parts.cause, "request failed");
    } else if parts.cause.is_some() && parts.code != Code::NotFound {
        tracing::debug!(request_id = &*meta.request_id, code = %parts.code, cause = parts.cause, "request refused");
    }
}
