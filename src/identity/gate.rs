//! The gate: tells who calls by an access token or an integration's key, and issues access tokens.
//!
//! An access token names user and session, nothing else; roles are loaded for each request. What is kept here saves only work:
//! verified signatures, keys by name, the id of a key by its hash. Nothing that can be revoked is decided from it.

use super::rules;
use super::store::{self, CallerRow, KeyCallerRow, Standing};
use crate::kernel::actor::{Membership, Principal, Via};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ApiKeyId, SessionId, UserId};
use crate::kernel::time::At;
use crate::platform::clock::{Ctx, IdSource};
use crate::platform::db::{Read, Store};
use crate::platform::http::{Authority, Claims, Presented};
use crate::platform::secret::{Secret, sha256};
use crate::platform::token::{SigningKey, kid_of};
use moka::sync::Cache;
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// What every key of an integration begins with.
pub const KEY_PREFIX: &str = "yk_";
/// A key's use is noted at most so often, in milliseconds.
const TOUCH_MS: i64 = 60_000;

/// What an access token says.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct AccessClaims {
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
}

#[derive(Clone)]
struct Verified {
    claims: Claims,
    exp: i64,
}

/// Tells callers apart.
pub struct Gate {
    store: Store,
    ids: Arc<dyn IdSource>,
    secret: Secret,
    keys: Cache<String, Arc<SigningKey>>,
    verified: Cache<[u8; 32], Verified>,
    key_ids: Cache<[u8; 32], ApiKeyId>,
    touched: Cache<ApiKeyId, At>,
}

impl Gate {
    /// A gate with empty caches.
    #[must_use]
    pub fn new(store: Store, ids: Arc<dyn IdSource>, secret: Secret) -> Gate {
        let minute = Duration::from_secs(60);
        Gate {
            store,
            ids,
            secret,
            keys: Cache::builder().max_capacity(16).time_to_live(minute).build(),
            verified: Cache::builder().max_capacity(50_000).time_to_live(minute * 10).build(),
            key_ids: Cache::builder().max_capacity(10_000).time_to_live(minute).build(),
            touched: Cache::builder().max_capacity(10_000).time_to_live(minute).build(),
        }
    }

    /// An access token for a session, good for [`rules::ACCESS_MS`].
    ///
    /// # Errors
    /// When the claims cannot be written.
    pub fn issue(&self, kid: &str, user: UserId, session: SessionId, now: At) -> Outcome<String> {
        let key = match self.keys.get(kid) {
            Some(key) => key,
            None => self.keep(kid)?,
        };
        let exp = now.plus_ms(rules::ACCESS_MS).seconds();
        key.sign(&AccessClaims { sub: user.to_string(), sid: session.to_string(), iat: now.seconds(), exp })
    }

    /// The public keys of tokens that may still be good, as a JSON Web Key Set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn jwks(&self, now: At) -> Outcome<Value> {
        let rows = self.store.read(store::signing_keys).await?;
        let live = rows.iter().filter(|row| verifies(row.retired_at, now));
        let keys: Outcome<Vec<Value>> =
            live.map(|row| SigningKey::derive(&self.secret, &row.kid).map(|key| key.public())).collect();
        Ok(json!({ "keys": keys? }))
    }

    fn keep(&self, kid: &str) -> Outcome<Arc<SigningKey>> {
        let key = Arc::new(SigningKey::derive(&self.secret, kid)?);
        self.keys.insert(kid.to_owned(), key.clone());
        Ok(key)
    }

    /// The key of a name that the table knows; a name alone proves nothing, since every name has a key.
    async fn key(&self, kid: &str, now: At) -> Outcome<Arc<SigningKey>> {
        if let Some(key) = self.keys.get(kid) {
            return Ok(key);
        }
        let asked = kid.to_owned();
        match self.store.read(move |read| store::signing_key(read, &asked)).await? {
            Some(row) if verifies(row.retired_at, now) => self.keep(kid),
            _ => Err(Code::TokenInvalid.into()),
        }
    }

    async fn verify_token(&self, token: &str, now: At) -> Outcome<Claims> {
        let fingerprint = sha256(token.as_bytes());
        let known = match self.verified.get(&fingerprint) {
            Some(known) => known,
            None => {
                let kid = kid_of(token).ok_or(Code::TokenInvalid)?;
                let key = self.key(&kid, now).await?;
                let said: AccessClaims = key.open(token).ok_or(Code::TokenInvalid)?;
                let user_id = said.sub.parse().map_err(|_| AppError::new(Code::TokenInvalid))?;
                let claims = Claims { fingerprint, user_id: Some(user_id), subject: said.sid };
                let verified = Verified { claims, exp: said.exp };
                self.verified.insert(fingerprint, verified.clone());
                verified
            }
        };
        if now.seconds() < known.exp { Ok(known.claims) } else { Err(Code::TokenInvalid.into()) }
    }

    async fn verify_key(&self, token: &str, now: At) -> Outcome<Claims> {
        let fingerprint = sha256(token.as_bytes());
        let id = match self.key_ids.get(&fingerprint) {
            Some(id) => id,
            None => {
                let found = self.store.read(move |read| store::api_key_by_token(read, &fingerprint)).await?;
                let id = found.ok_or(Code::TokenInvalid)?;
                self.key_ids.insert(fingerprint, id);
                id
            }
        };
        self.touch(id, now).await;
        Ok(Claims { fingerprint, user_id: None, subject: id.to_string() })
    }

    /// Notes a key's use, at most once a minute; that it cannot be noted refuses nobody.
    async fn touch(&self, id: ApiKeyId, now: At) {
        if self.touched.get(&id).is_some_and(|last| now.0 - last.0 < TOUCH_MS) {
            return;
        }
        self.touched.insert(id, now);
        let ctx = Ctx { at: now, request_id: "key-use".into(), ids: self.ids.clone() };
        let noted = self.store.write(ctx, move |tx| store::touch_api_key(tx, id, now, now.plus_ms(-TOUCH_MS))).await;
        if let Err(error) = noted {
            tracing::warn!(key = %id, code = %error.code(), "the use of a key was not noted");
        }
    }
}

/// A retired key verifies until the last token it signed has expired.
fn verifies(retired_at: Option<At>, now: At) -> bool {
    retired_at.is_none_or(|at| now < at.plus_ms(rules::ACCESS_MS))
}

impl Authority for Gate {
    fn verify<'a>(
        &'a self,
        presented: &'a Presented,
        now: At,
    ) -> Pin<Box<dyn Future<Output = Outcome<Claims>> + Send + 'a>> {
        Box::pin(async move {
            if presented.0.starts_with(KEY_PREFIX) {
                self.verify_key(&presented.0, now).await
            } else {
                self.verify_token(&presented.0, now).await
            }
        })
    }

    fn principal(&self, read: &mut Read, claims: &Claims, now: At) -> Outcome<Principal> {
        match claims.user_id {
            Some(user) => {
                let id: SessionId = claims.subject.parse().map_err(|_| AppError::new(Code::TokenInvalid))?;
                of_session(user, id, store::caller_of_session(read, id)?, now)
            }
            None => {
                let id: ApiKeyId = claims.subject.parse().map_err(|_| AppError::new(Code::TokenInvalid))?;
                of_key(store::caller_of_key(read, id)?, now)
            }
        }
    }
}

fn of_session(user: UserId, id: SessionId, rows: Vec<CallerRow>, now: At) -> Outcome<Principal> {
    let ended = |row: &CallerRow| {
        row.user_id != user || row.revoked_at.is_some() || row.expires_at <= now || row.user_status != Standing::Active
    };
    if rows.first().is_none_or(ended) {
        return Err(Code::SessionRevoked.into());
    }
    let memberships = rows.into_iter().filter(|row| row.org_status == Some(Standing::Active)).filter_map(|row| {
        let (org_id, kind, region) = (row.org_id?, row.kind?, row.region?);
        Some(Membership { org_id, kind, region, roles: row.roles?.0, ended_on: row.org_ended_on })
    });
    Ok(Principal { user_id: user, via: Via::Session(id), key_permissions: None, memberships: memberships.collect() })
}

fn of_key(row: Option<KeyCallerRow>, now: At) -> Outcome<Principal> {
    let in_force = |row: &KeyCallerRow| {
        row.key.revoked_at.is_none()
            && now < row.key.expires_at
            && row.user_status == Standing::Active
            && row.org_status == Standing::Active
    };
    let row = row.filter(in_force).ok_or(Code::SessionRevoked)?;
    let (org_id, ended_on) = (row.key.org_id, row.org_ended_on);
    let membership = Membership { org_id, kind: row.kind, region: row.region, roles: row.roles.0, ended_on };
    Ok(Principal {
        user_id: row.key.user_id,
        via: Via::Key(row.key.id),
        key_permissions: Some(row.key.permissions.split(',').map(str::to_owned).collect()),
        memberships: vec![membership],
    })
}
