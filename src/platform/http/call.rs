//! A call proves a permission before anything else of the request is looked at, and is the only way to a transaction.

use super::body::{self, Body};
use super::list::{List, PageOf};
use super::reply::{Answer, Reply, send};
use super::{Meta, Web, if_match, limits, meta, problem, text_header, web};
use crate::kernel::actor::{Actor, Permission, Principal};
use crate::kernel::error::{AppError, Code, Language, Message, Outcome};
use crate::kernel::ids::{OrgId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use crate::platform::idempotency::{self, Key, Saved};
use crate::platform::secret::{keyed, sha256_parts};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// What a caller shows: an access token or an integration's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presented(pub String);

/// What a verified token says before the database is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// Names the token in caches; a hash, never the token.
    pub fingerprint: [u8; 32],
    /// Who it was made for, when the token itself says so.
    pub user_id: Option<UserId>,
    /// The identity slice's own content.
    pub subject: String,
}

/// Tells callers apart; the identity slice provides it.
pub trait Authority: Send + Sync {
    /// Checks signature and dates.
    ///
    /// # Errors
    /// `token_invalid`.
    fn verify<'a>(
        &'a self,
        presented: &'a Presented,
        now: At,
    ) -> Pin<Box<dyn Future<Output = Outcome<Claims>> + Send + 'a>>;
    /// Loads the caller with all memberships in force; inside a write transaction this is authoritative.
    ///
    /// # Errors
    /// `session_revoked` when session or person are no longer active.
    fn principal(&self, read: &mut Read, claims: &Claims, now: At) -> Outcome<Principal>;
}

/// A request by a person who holds permission `P`, with body `B`.
pub struct Call<P, B = body::Empty> {
    web: Arc<Web>,
    meta: Meta,
    claims: Claims,
    actor: Actor,
    asked: Option<OrgId>,
    key: Option<String>,
    fingerprint: [u8; 32],
    request: HttpRequest,
    body: Arc<B>,
    /// Held as long as the body is.
    _place: Option<OwnedSemaphorePermit>,
    permission: PhantomData<P>,
}

impl<P: Permission, B: Body> FromRequest for Call<P, B> {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Outcome<Self>>>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(Self::admit(request, payload))
    }
}

impl<P: Permission, B: Body> Call<P, B> {
    /// Who you are, then what you may, then what you sent.
    async fn admit(request: HttpRequest, payload: Payload) -> Outcome<Self> {
        let web = web(&request)?;
        let (claims, principal) = match known(&web, &request).await {
            Ok(known) => known,
            Err(refused) => return Err(limits::unproven(&request).err().unwrap_or(refused)),
        };
        limits::known(&request, &principal)?;
        let asked = asked_organisation(&request)?;
        let actor = principal.act::<P>(asked)?;
        let place = body::place(&web.uploads, B::MAX_BYTES).await?;
        let raw = body::read(payload, B::MAX_BYTES, web.body_deadline).await?;
        let body = B::parse(&raw, &request, &web.schemas)?;
        let fingerprint = fingerprint(&web.fingerprint_key, &request, &actor, &raw);
        let key = idempotency_key(&request)?;
        Ok(Call {
            meta: meta(&request),
            web,
            claims,
            actor,
            asked,
            key,
            fingerprint,
            request,
            body: Arc::new(body),
            _place: place,
            permission: PhantomData,
        })
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &B {
        &self.body
    }
    /// Shared state, for what is not the database (files, caches).
    #[must_use]
    pub fn web(&self) -> Arc<Web> {
        self.web.clone()
    }
    /// The time of the request.
    #[must_use]
    pub fn now(&self) -> At {
        self.web.clock.now()
    }
    /// Who acts, as far as a read knows; inside a write the transaction's actor counts.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// The version named in If-Match.
    ///
    /// # Errors
    /// `if_match_required`, `invalid_parameter`, `stale_version`.
    pub fn if_match(&self) -> Outcome<i64> {
        if_match(&self.request)
    }
    /// The caller's language.
    #[must_use]
    pub fn language(&self) -> Language {
        super::language(&self.request)
    }
    /// A header of the request.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        text_header(&self.request, name).map(str::to_owned)
    }

    /// One snapshot, answered as JSON.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn read<T, F>(self, work: F) -> Answer
    where
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Read, &Actor) -> Outcome<T> + Send + 'static,
    {
        self.read_reply(move |read, actor| Reply::ok(&work(read, actor)?)).await
    }

    /// One snapshot, answered as the work says (entity tag, CSV).
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn read_reply<F>(self, work: F) -> Answer
    where
        F: FnOnce(&mut Read, &Actor) -> Outcome<Reply> + Send + 'static,
    {
        let actor = self.actor;
        let reply = self.web.store.read(move |read| work(read, &actor)).await?;
        Ok(send(reply.into_saved(), false))
    }

    /// One page of a list.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn list<Q, T, F>(self, list: List<Q>, work: F) -> Answer
    where
        Q: Send + 'static,
        T: Serialize + Send + 'static,
        F: FnOnce(&mut Read, &Actor, &Q, &PageRequest) -> Outcome<Page<T>> + Send + 'static,
    {
        self.list_as(list, work, Reply::ok).await
    }

    /// One page of a list, answered as `show` says (CSV).
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn list_as<Q, T, F, S>(self, list: List<Q>, work: F, show: S) -> Answer
    where
        Q: Send + 'static,
        T: Send + 'static,
        F: FnOnce(&mut Read, &Actor, &Q, &PageRequest) -> Outcome<Page<T>> + Send + 'static,
        S: FnOnce(&PageOf<T>) -> Outcome<Reply>,
    {
        let actor = self.actor;
        let (page, list) = self
            .web
            .store
            .read(move |read| work(read, &actor, &list.filter, &list.page).map(|page| (page, list)))
            .await?;
        let (view, link) = PageOf::of(page, &list);
        Ok(with_link(show(&view)?, link))
    }

    /// One write transaction; a retry with the same Idempotency-Key, where one is sent, gets the same reply.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn write<F>(self, work: F) -> Answer
    where
        F: Fn(&mut Tx<'_>, &Actor, &B) -> Outcome<Reply> + Send + 'static,
    {
        let (saved, replayed) =
            self.run(self.key(), None, Arc::clone(&self.body), move |tx, actor, body| work(tx, actor, body)).await?;
        Ok(send(saved, replayed))
    }

    /// One write transaction that moves money, stock or quota: the key is required.
    ///
    /// # Errors
    /// `idempotency_key_required`; whatever the work returns.
    pub async fn write_keyed<F>(self, work: F) -> Answer
    where
        F: Fn(&mut Tx<'_>, &Actor, &B) -> Outcome<Reply> + Send + 'static,
    {
        self.require_key()?;
        self.write(work).await
    }

    /// One write transaction that issues a secret: it is never remembered, so that no secret is stored.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub async fn write_secret<F>(self, work: F) -> Answer
    where
        F: Fn(&mut Tx<'_>, &Actor, &B) -> Outcome<Reply> + Send + 'static,
    {
        let (saved, replayed) =
            self.run(None, None, Arc::clone(&self.body), move |tx, actor, body| work(tx, actor, body)).await?;
        Ok(send(saved, replayed))
    }

    /// One transaction per item, in order; each item answers for itself and is remembered under its own key. The reply is
    /// marked as a replay when nothing of it was done anew.
    ///
    /// # Errors
    /// `idempotency_key_required`; an item's refusal is part of the reply.
    pub async fn batch<I, F>(self, items: impl Fn(&B) -> Vec<I>, work: F) -> Answer
    where
        I: Send + Sync + 'static,
        F: Fn(&mut Tx<'_>, &Actor, &I) -> Outcome<Reply> + Send + Clone + 'static,
    {
        self.require_key()?;
        let (mut results, mut all_replayed) = (Vec::new(), true);
        for (index, item) in items(&self.body).into_iter().enumerate() {
            let work = work.clone();
            let outcome =
                self.run(self.key(), Some(index), Arc::new(item), move |tx, actor, item| work(tx, actor, item)).await;
            all_replayed &= matches!(outcome, Ok((_, true)));
            results.push(self.item_result(index, outcome));
        }
        let view = serde_json::json!({ "items": results });
        Ok(send(Reply::ok(&view)?.into_saved(), all_replayed))
    }

    fn item_result(&self, index: usize, outcome: Outcome<(Saved, bool)>) -> serde_json::Value {
        match outcome {
            Ok((saved, _)) => {
                let body: serde_json::Value = serde_json::from_slice(&saved.body).unwrap_or_default();
                serde_json::json!({ "index": index, "status": saved.status, "body": body })
            }
            Err(error) => {
                let error = error.below(&format!("/items/{index}"));
                problem::log(&error, &self.meta);
                serde_json::json!({ "index": index, "status": error.code().status(), "problem": problem::document(&error, &self.meta) })
            }
        }
    }

    fn require_key(&self) -> Outcome<()> {
        if self.key.is_none() { Err(Code::IdempotencyKeyRequired.into()) } else { Ok(()) }
    }

    fn key(&self) -> Option<Key> {
        let key = self.key.clone()?;
        Some(Key { caller: self.actor.user_id, key, fingerprint: self.fingerprint })
    }

    /// The caller is loaded anew inside the transaction: a suspension a moment ago already counts.
    async fn run<I, F>(&self, key: Option<Key>, item: Option<usize>, input: Arc<I>, work: F) -> Outcome<(Saved, bool)>
    where
        I: Send + Sync + 'static,
        F: Fn(&mut Tx<'_>, &Actor, &I) -> Outcome<Reply> + Send + 'static,
    {
        let (authority, claims, asked) = (self.web.authority.clone(), self.claims.clone(), self.asked);
        let ctx = self.web.ctx(&self.meta.request_id);
        self.web
            .store
            .write(ctx, move |tx| {
                let effect = |tx: &mut Tx<'_>| {
                    let now = tx.at();
                    let actor = authority.principal(tx, &claims, now)?.act::<P>(asked)?;
                    work(tx, &actor, &input).map(Reply::into_saved)
                };
                match (&key, item) {
                    (Some(key), Some(index)) => idempotency::once_of(tx, key, index, effect),
                    (Some(key), None) => idempotency::once(tx, key, effect),
                    (None, _) => effect(tx).map(|saved| (saved, false)),
                }
            })
            .await
    }
}

/// Who a request shows itself to be.
async fn known(web: &Arc<Web>, request: &HttpRequest) -> Outcome<(Claims, Arc<Principal>)> {
    let (presented, now) = (bearer(request)?, web.clock.now());
    let claims = web.authority.verify(&presented, now).await?;
    let principal = cached_principal(web, &claims, now).await?;
    Ok((claims, principal))
}

/// The caller, at most a second old; only for reads and for refusing early.
async fn cached_principal(web: &Arc<Web>, claims: &Claims, now: At) -> Outcome<Arc<Principal>> {
    if let Some(found) = web.principals.get(&claims.fingerprint) {
        return Ok(found);
    }
    let (authority, owned) = (web.authority.clone(), claims.clone());
    let principal = Arc::new(web.store.read(move |read| authority.principal(read, &owned, now)).await?);
    web.principals.insert(claims.fingerprint, principal.clone());
    Ok(principal)
}

fn bearer(request: &HttpRequest) -> Outcome<Presented> {
    let Some(value) = request.headers().get(header::AUTHORIZATION) else { return Err(Code::Unauthenticated.into()) };
    let text = value.to_str().map_err(|_| AppError::new(Code::TokenInvalid))?;
    let (scheme, token) = text.split_once(' ').ok_or_else(|| AppError::new(Code::TokenInvalid))?;
    if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
        return Err(Code::TokenInvalid.into());
    }
    Ok(Presented(token.trim().to_owned()))
}

fn asked_organisation(request: &HttpRequest) -> Outcome<Option<OrgId>> {
    let Some(value) = request.headers().get("yigou-organisation") else { return Ok(None) };
    // What is no text is no id either.
    let text = value.to_str().unwrap_or_default();
    let wrong = || super::bad_header("Yigou-Organisation", "不是有效的单位编号", "is not an organisation's id");
    text.trim().parse().map(Some).map_err(|_| wrong())
}

fn idempotency_key(request: &HttpRequest) -> Outcome<Option<String>> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or("").trim().trim_matches('"');
    if text.is_empty()
        || text.len() > 200
        || !text.bytes().all(|b| (0x21..=0x7e).contains(&b) && char::from(b) != idempotency::ITEM)
    {
        let message = Message::new(
            "须为 1 至 200 个可见 ASCII 字符，不含 #",
            "must be 1 to 200 visible ASCII characters without #",
        );
        return Err(AppError::new(Code::MalformedRequest).at("Idempotency-Key", message));
    }
    Ok(Some(text.to_owned()))
}

/// What makes two requests the same: method, address, caller, organisation and raw body.
fn fingerprint(secret: &[u8; 32], request: &HttpRequest, actor: &Actor, raw: &[u8]) -> [u8; 32] {
    let address = request.uri().path_and_query().map_or("", |p| p.as_str());
    let if_match = text_header(request, header::IF_MATCH.as_str()).unwrap_or("");
    let digest = sha256_parts(&[
        request.method().as_str().as_bytes(),
        address.as_bytes(),
        &actor.user_id.0,
        &actor.org_id.0,
        if_match.as_bytes(),
        raw,
    ]);
    keyed(secret, &digest)
}

pub(super) fn with_link(reply: Reply, link: Option<String>) -> HttpResponse {
    let reply = match link {
        Some(link) => reply.header("link", &link),
        None => reply,
    };
    send(reply.into_saved(), false)
}
