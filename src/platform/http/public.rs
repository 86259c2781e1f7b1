//! Requests by anybody: reads that may be kept for a second, and writes that issue secrets or take complaints.

use super::body::{self, Body};
use super::cache::Kept;
use super::call::with_link;
use super::list::{List, PageOf};
use super::reply::{Answer, Reply, send};
use super::{Meta, Web, client, limits, meta, text_header, web};
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
        self.kept(move |read| {
            work(read).and_then(|view| serde_json::to_vec(&view).map_err(AppError::internal)).map(|body| (body, None))
        })
        .await
    }
    /// One snapshot, answered as the work says.
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
        self.kept(move |read| {
            let page = work(read, &list.filter, &list.page)?;
            let (view, link) = PageOf::of(page, &list);
            Ok((serde_json::to_vec(&view).map_err(AppError::internal)?, link))
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

    /// Answers from the cache, or makes the body and keeps it.
    async fn kept<F>(self, make: F) -> Answer
    where
        F: FnOnce(&mut Read) -> Outcome<(Vec<u8>, Option<String>)> + Send + 'static,
    {
        let address = address(&self.request);
        if let Some(kept) = self.web.cache.get(address) {
            return Ok(answer(&self.request, kept));
        }
        let (body, link) = self.fetch(make).await?;
        let etag = format!("\"{}\"", &hex(&sha256(&body))[..32]);
        let kept = Kept { body: Bytes::from(body), etag, link };
        self.web.cache.put(address, kept.clone());
        Ok(answer(&self.request, kept))
    }
}

/// The answer to an anonymous read that was given within the last second: neither routed nor parsed again.
pub(super) fn answered(request: &HttpRequest) -> Option<HttpResponse> {
    if request.method() != Method::GET || request.headers().contains_key(header::AUTHORIZATION) {
        return None;
    }
    let kept = request.app_data::<Data<Web>>()?.cache.get(address(request))?;
    Some(answer(request, kept))
}

/// Under which an answer is kept.
fn address(request: &HttpRequest) -> &str {
    request.uri().path_and_query().map_or("", |p| p.as_str())
}

fn answer(request: &HttpRequest, kept: Kept) -> HttpResponse {
    let known = text_header(request, header::IF_NONE_MATCH.as_str())
        .is_some_and(|tags| tags.split(',').any(|tag| tag.trim() == kept.etag));
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, kept.etag)).insert_header((header::CACHE_CONTROL, "public, max-age=1"));
    if let Some(link) = kept.link {
        response.insert_header((header::LINK, link));
    }
    if known { response.finish() } else { response.content_type("application/json").body(kept.body) }
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
