//! Replies as they are built inside a transaction: status, headers and the finished body.

use super::{Format, etag};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::time::At;
use crate::platform::idempotency::Saved;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use std::time::{Duration, SystemTime};

/// What a handler returns.
pub type Answer = Result<HttpResponse, AppError>;

/// A reply before it is sent; it can be remembered and sent again.
#[derive(Debug, Clone)]
pub struct Reply(Saved);

impl Reply {
    /// A JSON body with a status.
    ///
    /// # Errors
    /// When the view cannot be written.
    pub fn json(status: u16, view: &impl Serialize) -> Outcome<Reply> {
        let body = serde_json::to_vec(view).map_err(AppError::internal)?;
        Ok(Reply(Saved { status, headers: vec![("content-type".to_owned(), "application/json".to_owned())], body }))
    }
    /// 200 with a view.
    ///
    /// # Errors
    /// When the view cannot be written.
    pub fn ok(view: &impl Serialize) -> Outcome<Reply> {
        Reply::json(200, view)
    }
    /// 201 with a view and where it now lives.
    ///
    /// # Errors
    /// When the view cannot be written.
    pub fn created(location: &str, view: &impl Serialize) -> Outcome<Reply> {
        Ok(Reply::json(201, view)?.header("location", location))
    }
    /// 204.
    #[must_use]
    pub fn no_content() -> Reply {
        Reply(Saved { status: 204, headers: Vec::new(), body: Vec::new() })
    }
    /// 202: it happens later.
    #[must_use]
    pub fn accepted() -> Reply {
        Reply(Saved { status: 202, headers: Vec::new(), body: Vec::new() })
    }
    /// A body of another type.
    #[must_use]
    pub fn bytes(content_type: &str, body: Vec<u8>) -> Reply {
        Reply(Saved { status: 200, headers: vec![("content-type".to_owned(), content_type.to_owned())], body })
    }
    /// A table as a file to keep, or to open in a spreadsheet.
    #[must_use]
    pub fn file(format: Format, name: &str, body: Vec<u8>) -> Reply {
        let media_type = match format {
            Format::Csv => "text/csv; charset=utf-8",
            other => other.media_type(),
        };
        let file = format!("attachment; filename=\"{name}.{}\"", format.ending());
        Reply::bytes(media_type, body).header("content-disposition", &file)
    }
    /// A picture, shown where it is opened and named when it is kept.
    #[must_use]
    pub fn picture(name: &str, body: Vec<u8>) -> Reply {
        let (format, file) = (Format::Svg, format!("inline; filename=\"{name}.{}\"", Format::Svg.ending()));
        Reply::bytes(format.media_type(), body).header("content-disposition", &file)
    }
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Reply {
        self.0.headers.push((name.to_owned(), value.to_owned()));
        self
    }
    /// Adds the strong entity tag of a version.
    #[must_use]
    pub fn etag(self, version: i64) -> Reply {
        self.header("etag", &etag(version))
    }
    /// Says when what it shows changed last; who asks with that moment is told that nothing has since.
    #[must_use]
    pub fn last_modified(self, at: At) -> Reply {
        self.header(header::LAST_MODIFIED.as_str(), &http_date(at))
    }
    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }
    /// Sends it as it is: for a reply that was made inside a transaction which had more to tell.
    #[must_use]
    pub fn send(self) -> HttpResponse {
        send(self.into_saved(), false)
    }
    pub(super) fn into_parts(self) -> (Vec<(String, String)>, Vec<u8>) {
        (self.0.headers, self.0.body)
    }
    pub(super) fn into_saved(self) -> Saved {
        self.0
    }
}

/// A moment as headers write it: in whole seconds.
pub(super) fn http_date(at: At) -> String {
    let since = Duration::from_secs(u64::try_from(at.seconds()).unwrap_or(0));
    header::HttpDate::from(SystemTime::UNIX_EPOCH + since).to_string()
}

/// What a batch answers: one result per item, in their order.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct BatchReply {
    /// The results.
    pub items: Vec<BatchResult>,
}

/// What became of one item of a batch.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct BatchResult {
    /// Its place in the request, counted from 0.
    pub index: usize,
    /// The status it would have had alone.
    pub status: u16,
    /// The body it would have had alone; absent when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<serde_json::Value>,
    /// Why it was refused; absent when it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<super::Problem>)]
    pub problem: Option<serde_json::Value>,
}

/// Sends a reply; a replay says so.
pub(super) fn send(saved: Saved, replayed: bool) -> HttpResponse {
    let status = StatusCode::from_u16(saved.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponseBuilder::new(status);
    for (name, value) in &saved.headers {
        response.insert_header((name.as_str(), value.as_str()));
    }
    if replayed {
        response.insert_header(("idempotency-replayed", "true"));
    }
    if saved.status == 204 {
        return response.finish();
    }
    if saved.body.is_empty() && !saved.headers.iter().any(|(name, _)| name == header::CONTENT_TYPE.as_str()) {
        return response.finish();
    }
    response.body(saved.body)
}
