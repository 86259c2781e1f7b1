//! Requests are remembered with their replies in the transaction of their effect, so that a retry has no second one.

mod schema;
mod store;

use super::db::Tx;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::UserId;
use crate::kernel::time::{At, DAY_MS};

/// How long a reply is remembered, in days.
pub const KEPT_DAYS: i64 = 7;
/// The largest reply that is remembered, in bytes; lists answer ids so that they stay below.
pub const MAX_BODY: usize = 64 * 1024;

/// A reply as it is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// HTTP status.
    pub status: u16,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What stands between a client's key and the place of an item in the batch that it was sent with; no client's key holds it.
pub const ITEM: char = '#';

/// A key, its caller and the fingerprint of the request that carries it.
#[derive(Debug, Clone)]
pub struct Key {
    /// Who asks.
    pub caller: UserId,
    /// What the client chose.
    pub key: String,
    /// HMAC-SHA-256 over method, path, caller and raw body, under a key of the installation.
    pub fingerprint: [u8; 32],
}

impl Key {
    /// The key of an item of the request.
    #[must_use]
    pub fn item(&self, index: usize) -> Key {
        Key { key: format!("{}{ITEM}{index}", self.key), ..self.clone() }
    }
}

/// As [`once`] for one item of a request that carries out several, each in its own transaction: the first item that is carried
/// out takes the request's key, so that no other request, a batch or not, is carried out with it, however many items it has.
///
/// # Errors
/// As [`once`].
pub fn once_of(
    tx: &mut Tx<'_>,
    key: &Key,
    index: usize,
    work: impl FnOnce(&mut Tx<'_>) -> Outcome<Saved>,
) -> Outcome<(Saved, bool)> {
    if !store::begin(tx, key.caller, &key.key, &key.fingerprint)? {
        known(tx, key)?;
    }
    once(tx, &key.item(index), work)
}

/// What is remembered of the same request.
fn known(tx: &mut Tx<'_>, key: &Key) -> Outcome<store::Remembered> {
    let found = store::find(tx, key.caller, &key.key)?;
    if found.fingerprint == key.fingerprint { Ok(found) } else { Err(Code::IdempotencyKeyReused.into()) }
}

/// Runs the effect once: the first request with a key carries it out and is remembered, any other gets the same reply.
/// The flag tells whether the reply is a replay. A refusal rolls back and is not remembered: a retry decides anew.
///
/// # Errors
/// `idempotency_key_reused` for another request with the key; whatever the work returns.
pub fn once(tx: &mut Tx<'_>, key: &Key, work: impl FnOnce(&mut Tx<'_>) -> Outcome<Saved>) -> Outcome<(Saved, bool)> {
    if !store::begin(tx, key.caller, &key.key, &key.fingerprint)? {
        let found = known(tx, key)?;
        let headers = serde_json::from_str(&found.headers).map_err(AppError::internal)?;
        let status = u16::try_from(found.status).map_err(AppError::internal)?;
        return Ok((Saved { status, headers, body: found.body }, true));
    }
    let saved = work(tx)?;
    if saved.body.len() > MAX_BODY {
        return Err(AppError::internal("a reply is too large to be remembered"));
    }
    let headers = serde_json::to_string(&saved.headers).map_err(AppError::internal)?;
    store::remember(tx, key.caller, &key.key, saved.status, headers, saved.body.clone())?;
    Ok((saved, false))
}

/// Forgets replies older than [`KEPT_DAYS`], a batch at a time; how many.
///
/// # Errors
/// When the database fails.
pub fn purge(tx: &mut Tx<'_>) -> Outcome<usize> {
    let before = At(tx.at().0 - KEPT_DAYS * DAY_MS);
    store::purge(tx, before, 500)
}
