//! Requests by anybody: reads that may be kept for a second, and writes that issue secrets or take complaints.

use super::body::{self, Body};
use super::cache::Kept;
use super::call::with_link;
use super::list::{List, PageOf};
use super::reply::{Answer, Reply, http_date, send};
use super::{Meta, Web, accept, client, limits, meta, text_header, web};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use crate::platform::secret::{hex, sha256};
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::web::{Bytes, Data};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// An anonymous read.
pub struct Public {
    web: Arc<Web>,
    request: HttpRequest,
    one_statement: bool,
}

impl FromRequest for Public {
    type Error = AppError;
    type Future = std::future::Ready<Outcome<Self>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let unproven = limits::unproven(request);
        std::future::ready(
            unproven.and_then(|()| Ok(Public { web: web(request)?, request: request.clone(), one_statement: false })),
        )
    }
}

impl Public {
    /// The time of the request.
    #[must_use]
    pub fn now(&self) -> At {
        self.web.clock.now()
    }
    /// Shared state.
    #[must_use]
    pub fn web(&self) -> Arc<Web> {
        self.web.clone()
    }
    /// A header of the request.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        text_header(&self.request, name).map(str::to_owned)
    }
    /// What is read then is one statement, for which no snapshot is taken.
    #[must_use]
    pub fn one_statement(self) -> Public {
        Public { one_statement: true, ..self }
    }
    /// One snapshot, answered as JSON with an entity tag.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn read<T, F>(self, work: F) -> Answer
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Read) -> Outcome<T> + Send + 'static,
    {
        self.keep(move |read| Reply::ok(&work(read)?)).await
    }
    /// One snapshot, answered as the work says, with an entity tag and kept like any other answer.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn keep<F>(self, work: F) -> Answer
    where
        F: FnOnce(&mut Read) -> Outcome<Reply> + Send + 'static,
    {
        let address = address(&self.request).into_owned();
        if let Some(kept) = self.web.cache.get(&address) {
            return Ok(answer(&self.request, kept));
        }
        let (mut headers, body) = self.fetch(work).await?.into_parts();
        let (etag, mut seen_since) = (tag(&body), None);
        if !headers.iter().any(|(name, _)| name == header::LAST_MODIFIED.as_str()) {
            let (now, since) = (self.now(), self.web.cache.seen_since(&address, &etag, self.now()));
            // While the second lasts it may change once more, and clocks differ a little: until then nobody is told that very second.
            let told = if now.seconds() > since.seconds() + 1 { since } else { At(since.0 - 1000) };
            headers.push((header::LAST_MODIFIED.to_string(), http_date(told)));
            seen_since = Some(since);
        }
        let kept = Kept { etag, body: Bytes::from(body), headers: headers.into(), seen_since };
        self.web.cache.put(&address, kept.clone());
        Ok(answer(&self.request, kept))
    }
    /// A body that is there already, under its entity tag.
    #[must_use]
    pub fn give(self, media_type: &str, body: Bytes, etag: String) -> HttpResponse {
        let headers = [(header::CONTENT_TYPE.to_string(), media_type.to_owned())].into();
        answer(&self.request, Kept { body, etag, headers, seen_since: None })
    }
    /// One snapshot, answered as the work says, and not kept.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn read_reply<F>(self, work: F) -> Answer
    where
        F: FnOnce(&mut Read) -> Outcome<Reply> + Send + 'static,
    {
        Ok(send(self.fetch(work).await?.into_saved(), false))
    }
    /// One page of a public list.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn list<Q, T, F>(self, list: List<Q>, work: F) -> Answer
    where
        Q: Send + 'static,
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Read, &Q, &PageRequest) -> Outcome<Page<T>> + Send + 'static,
    {
        self.list_as(list, work, Reply::ok).await
    }
    /// One page of a public list in the form that `show` gives it.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn list_as<Q, T, F, S>(self, list: List<Q>, work: F, show: S) -> Answer
    where
        Q: Send + 'static,
        T: Send + 'static,
        F: FnOnce(&mut Read, &Q, &PageRequest) -> Outcome<Page<T>> + Send + 'static,
        S: FnOnce(&PageOf<T>) -> Outcome<Reply> + Send + 'static,
    {
        self.page_of(list, move |read, filter, page| Ok(((), work(read, filter, page)?)), move |(), page| show(&page))
            .await
    }
    /// What a list belongs to, with one page of it.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn page_of<Q, H, T, F, S>(self, list: List<Q>, work: F, show: S) -> Answer
    where
        Q: Send + 'static,
        T: Send + 'static,
        F: FnOnce(&mut Read, &Q, &PageRequest) -> Outcome<(H, Page<T>)> + Send + 'static,
        S: FnOnce(H, PageOf<T>) -> Outcome<Reply> + Send + 'static,
    {
        self.keep(move |read| {
            let (head, page) = work(read, &list.filter, &list.page)?;
            let (view, link) = PageOf::of(page, &list);
            let reply = show(head, view)?;
            Ok(match link {
                Some(link) => reply.header(header::LINK.as_str(), &link),
                None => reply,
            })
        })
        .await
    }

    async fn fetch<T, F>(&self, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Read) -> Outcome<T> + Send + 'static,
    {
        if self.one_statement { self.web.store.read_one(work).await } else { self.web.store.read(work).await }
    }
}

/// The entity tag of a body.
#[must_use]
pub fn tag(body: &[u8]) -> String {
    format!("\"{}\"", &hex(&sha256(body))[..32])
}

/// The answer to an anonymous read that was given within the last second: neither routed nor parsed again.
pub(super) fn answered(request: &HttpRequest) -> Option<HttpResponse> {
    if request.method() != Method::GET || request.headers().contains_key(header::AUTHORIZATION) {
        return None;
    }
    let kept = request.app_data::<Data<Web>>()?.cache.get(&address(request))?;
    Some(answer(request, kept))
}

/// Under which an answer is kept: JSON, which nearly everybody wants, under the address alone.
fn address(request: &HttpRequest) -> Cow<'_, str> {
    let path = request.uri().path_and_query().map_or("", |p| p.as_str());
    let accept = text_header(request, header::ACCEPT.as_str()).unwrap_or_default();
    match accept::variant(accept) {
        "" => Cow::Borrowed(path),
        variant => Cow::Owned([path, " ", variant].concat()),
    }
}

fn answer(request: &HttpRequest, kept: Kept) -> HttpResponse {
    let known = is_known(request, &kept);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, kept.etag)).insert_header((header::CACHE_CONTROL, "public, max-age=1"));
    let of_body = |name: &str| name.starts_with("content-") && name != header::CONTENT_SECURITY_POLICY.as_str();
    for (name, value) in kept.headers.iter() {
        if !(known && of_body(name)) {
            response.insert_header((name.as_str(), value.as_str()));
        }
    }
    if known { response.finish() } else { response.body(kept.body) }
}

/// Whether the caller has this answer: by its entity tag, and only without one by when it changed (RFC 9110, 13.2.2). By when this
/// process saw it change only whoever was told that moment has it: another process may have answered otherwise meanwhile.
fn is_known(request: &HttpRequest, kept: &Kept) -> bool {
    if let Some(tags) = text_header(request, header::IF_NONE_MATCH.as_str()) {
        return tags.split(',').any(|tag| tag.trim().trim_start_matches("W/") == kept.etag);
    }
    let moment = |text: &str| text.parse::<header::HttpDate>().ok();
    let since = text_header(request, header::IF_MODIFIED_SINCE.as_str()).and_then(moment);
    if let Some(seen) = kept.seen_since {
        return since.is_some_and(|since| since.to_string() == http_date(seen));
    }
    let changed = kept.headers.iter().find(|(name, _)| name == header::LAST_MODIFIED.as_str());
    match (since, changed.and_then(|(_, value)| moment(value))) {
        (Some(since), Some(changed)) => changed <= since,
        _ => false,
    }
}

/// An anonymous write: registration, sign-in, links, objections. It is never remembered.
pub struct Anonymous<B> {
    web: Arc<Web>,
    meta: Meta,
    request: HttpRequest,
    body: Arc<B>,
    /// Held as long as the body is.
    _place: Option<OwnedSemaphorePermit>,
}

impl<B: Body> FromRequest for Anonymous<B> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Outcome<Self>>>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let web = web(&request)?;
            limits::unproven(&request)?;
            let place = body::place(&web.uploads, B::MAX_BYTES).await?;
            let raw = body::read(payload, B::MAX_BYTES, web.body_deadline).await?;
            let body = Arc::new(B::parse(&raw, &request, &web.schemas)?);
            Ok(Anonymous { meta: meta(&request), web, request, body, _place: place })
        })
    }
}

impl<B: Body> Anonymous<B> {
    /// The body.
    #[must_use]
    pub fn body(&self) -> Arc<B> {
        self.body.clone()
    }
    /// Shared state.
    #[must_use]
    pub fn web(&self) -> Arc<Web> {
        self.web.clone()
    }
    /// The time of the request.
    #[must_use]
    pub fn now(&self) -> At {
        self.web.clock.now()
    }
    /// A header of the request.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        text_header(&self.request, name).map(str::to_owned)
    }
    /// The client's address, for throttling.
    #[must_use]
    pub fn client(&self) -> String {
        client(&self.request, &self.web.proxies).map(|address| address.to_string()).unwrap_or_default()
    }
    /// One write transaction that returns a value.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn transact<T, F>(&self, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &B) -> Outcome<T> + Send + 'static,
    {
        let body = self.body.clone();
        self.web.store.write(self.web.ctx(&self.meta.request_id), move |tx| work(tx, &body)).await
    }
    /// One write transaction, answered as the work says.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn write<F>(self, work: F) -> Answer
    where
        F: Fn(&mut Tx<'_>, &B) -> Outcome<Reply> + Send + 'static,
    {
        let reply = self.transact(work).await?;
        Ok(with_link(reply, None))
    }
}
