//! HTTP without business words: calls that prove a permission, strict bodies, problem documents, pages, idempotent writes.
//!
//! A handler takes `Call<Permission, Body>`; only a call yields an actor, and only through `write` or `read` does it reach the database.

mod accept;
mod body;
mod cache;
mod call;
mod limits;
mod list;
mod middleware;
mod problem;
mod public;
mod reply;
mod schemas;

pub use accept::Format;
pub use body::{Body, Empty, Json, SheetUpload, Upload};
pub use cache::PublicCache;
pub use call::{Authority, Call, Claims, Presented};
pub use limits::{Limits, Rate};
pub use list::{List, PageOf};
pub use middleware::around;
pub use problem::{Problem, ProblemField};
pub use public::{Anonymous, Public, tag};
pub use reply::{Answer, BatchReply, BatchResult, Reply};
pub use schemas::{Schemas, is_email};

use super::clock::{Clock, Ctx, IdSource};
use super::db::Store;
use super::networks::Networks;
use crate::kernel::actor::Principal;
use crate::kernel::error::{AppError, Code, FieldError, Language, Message, Outcome};
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What every handler reaches through its call.
pub struct Web {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Keys the fingerprints of remembered requests: from one of them nobody finds out what a short body said.
    pub fingerprint_key: [u8; 32],
    /// Who tells callers apart.
    pub authority: Arc<dyn Authority>,
    /// The API document's schemas, against which every body is checked.
    pub schemas: Arc<Schemas>,
    /// Bodies of anonymous reads, for a second.
    pub cache: PublicCache,
    /// Who a session belongs to, for reads, for at most a second.
    pub principals: moka::sync::Cache<[u8; 32], Arc<Principal>>,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
    /// Proxies whose word about the client's address is taken.
    pub proxies: Networks,
    /// Places for uploads, which are held in memory while they are stored.
    pub uploads: Arc<Semaphore>,
}

impl Web {
    /// An empty cache of principals with the given time to live.
    #[must_use]
    pub fn principal_cache(ttl: Duration) -> moka::sync::Cache<[u8; 32], Arc<Principal>> {
        moka::sync::Cache::builder().max_capacity(10_000).time_to_live(ttl).build()
    }
    /// Forgets cached callers and bodies at once: after a change of sessions, members or what the public sees.
    pub fn forget(&self) {
        self.principals.invalidate_all();
        self.cache.clear();
    }
    fn ctx(&self, request_id: &Arc<str>) -> Ctx {
        Ctx { at: self.clock.now(), request_id: request_id.clone(), ids: self.ids.clone() }
    }
}

/// The request's id, language and route, put there by the middleware.
#[derive(Clone)]
pub struct Meta {
    /// Shown in every reply and log line.
    pub request_id: Arc<str>,
    /// For messages.
    pub language: Language,
}

fn meta(request: &HttpRequest) -> Meta {
    request
        .extensions()
        .get::<Meta>()
        .cloned()
        .unwrap_or_else(|| Meta { request_id: "unknown".into(), language: language(request) })
}

/// The shared state a request reaches.
///
/// # Errors
/// When the application was built without it.
pub fn web(request: &HttpRequest) -> Outcome<Arc<Web>> {
    request
        .app_data::<actix_web::web::Data<Web>>()
        .map(|data| data.clone().into_inner())
        .ok_or_else(|| AppError::internal("no Web in the application"))
}

/// The client's address: the peer's, or the one that trusted proxies name.
#[must_use]
pub fn client(request: &HttpRequest, proxies: &Networks) -> Option<IpAddr> {
    let forwarded: Vec<&str> =
        request.headers().get_all(header::X_FORWARDED_FOR).filter_map(|value| value.to_str().ok()).collect();
    request.peer_addr().map(|peer| proxies.client(peer.ip(), forwarded.into_iter()))
}

/// The same, but nobody when a proxy that is not trusted passes the request on: it might stand on an address that is.
#[must_use]
pub fn proven_client(request: &HttpRequest, proxies: &Networks) -> Option<IpAddr> {
    let passed_on = request.headers().contains_key(header::X_FORWARDED_FOR);
    let peer = request.peer_addr()?.ip();
    if passed_on && !proxies.contain(peer) { None } else { client(request, proxies) }
}

fn language(request: &HttpRequest) -> Language {
    language_of(text_header(request, header::ACCEPT_LANGUAGE.as_str()).unwrap_or(""))
}

/// Chinese unless English is asked for first.
fn language_of(accept: &str) -> Language {
    let mut best = (Language::Chinese, 0_u32);
    for part in accept.split(',') {
        let mut pieces = part.split(';');
        let tag = pieces.next().unwrap_or("").trim().to_ascii_lowercase();
        let weight = pieces.find_map(|p| p.trim().strip_prefix("q=").map(quality)).unwrap_or(1000);
        let language = if tag.starts_with("en") {
            Language::English
        } else if tag.starts_with("zh") || tag == "*" {
            Language::Chinese
        } else {
            continue;
        };
        if weight > best.1 {
            best = (language, weight);
        }
    }
    best.0
}

/// A quality value in thousandths.
fn quality(text: &str) -> u32 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let thousandths: u32 = format!("{part:0<3}").get(..3).and_then(|p| p.parse().ok()).unwrap_or(0);
    (whole.parse::<u32>().unwrap_or(0) * 1000 + thousandths).min(1000)
}

fn text_header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

/// The version that a change names in If-Match.
///
/// # Errors
/// `if_match_required` without the header, `invalid_parameter` when it is not one of our tags, `stale_version` when no document
/// has come so far.
pub fn if_match(request: &HttpRequest) -> Outcome<i64> {
    let value = request.headers().get(header::IF_MATCH).ok_or_else(|| AppError::new(Code::IfMatchRequired))?;
    // What is no text is no tag either.
    let text = value.to_str().unwrap_or_default().trim();
    let digits = text.strip_prefix("\"v").and_then(|t| t.strip_suffix('"'));
    let digits = digits.filter(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit()));
    let Some(digits) = digits else {
        let message = Message::new(
            "须为读取时得到的一个 ETag，含引号，例如 \"v3\"",
            "must be one ETag as it was read, with its quotes, such as \"v3\"",
        );
        return Err(AppError::field(Code::InvalidParameter, "If-Match", message));
    };
    digits.parse().map_err(|_| AppError::new(Code::StaleVersion))
}

/// A strong entity tag of a version.
#[must_use]
pub fn etag(version: i64) -> String {
    format!("\"v{version}\"")
}

/// A header that is not as it should be.
fn bad_header(name: &str, zh: &str, en: &str) -> AppError {
    let mut error = AppError::new(Code::MalformedRequest);
    error = error.at(name, Message::new(zh, en));
    error
}

/// A field error of a query parameter.
/// A number of the address lies within bounds.
///
/// # Errors
/// `invalid_parameter`, naming it.
pub fn within(name: &str, number: i64, bounds: std::ops::RangeInclusive<i64>) -> Outcome<()> {
    if bounds.contains(&number) {
        return Ok(());
    }
    let (least, most) = (bounds.start(), bounds.end());
    let message = Message::new(format!("应为 {least} 至 {most}"), format!("must be {least} to {most}"));
    Err(AppError::field(Code::InvalidParameter, name, message))
}

fn bad_parameter(name: &str, message: Message) -> FieldError {
    FieldError::new(name, Code::InvalidParameter.as_str(), message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_unless_english_is_preferred() {
        let cases = [
            ("", Language::Chinese),
            ("en", Language::English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Language::Chinese),
            ("en-GB,zh;q=0.5", Language::English),
            ("zh;q=0.2, en;q=0.9", Language::English),
            ("fr", Language::Chinese),
            ("en;q=0", Language::Chinese),
        ];
        for (accept, language) in cases {
            assert_eq!(language_of(accept), language, "{accept}");
        }
    }
}
