//! Signing in and out, refreshing, and the keys that sign access tokens.

use super::super::rules::{self, Failures, MailKind, Refresh, RefreshState, Throttle};
use super::super::store::{self, RefreshRow, SessionRow, SigningKeyRow, Standing, ThrottleRow};
use crate::audit::{self, Entry};
use crate::kernel::actor::{Actor, Scope, Via};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{SessionId, SigningKeyId, UserId};
use crate::kernel::time::At;
use crate::platform::db::Tx;
use crate::platform::secret::{sha256, sha256_parts, token};
use serde_json::json;

/// What a sign-in is compared with.
#[derive(Debug, Clone)]
pub enum Attempt {
    /// Not before so many seconds.
    Wait(u64),
    /// The stored hash; `None` when there is no such account or it has no password.
    Compare(Option<(UserId, String)>),
}

/// A session that was opened or refreshed.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Whose.
    pub user_id: UserId,
    /// Its id.
    pub session_id: SessionId,
    /// The key that signs its access tokens.
    pub kid: String,
    /// The next refresh token; only its hash is stored.
    pub refresh_token: String,
    /// Until when that is good.
    pub refresh_expires_at: At,
}

fn pair_bucket(email: &str, source: &str) -> [u8; 32] {
    sha256_parts(&[b"pair", rules::fold_email(email).as_bytes(), source.as_bytes()])
}
fn source_bucket(source: &str) -> [u8; 32] {
    sha256_parts(&[b"source", source.as_bytes()])
}

/// Counts an attempt before the password is compared, so that many at once cannot slip through; success takes it back.
///
/// # Errors
/// When the database fails.
pub fn attempt(tx: &mut Tx<'_>, email: &str, address: &str) -> Outcome<Attempt> {
    let source = rules::source(address);
    let by_source = store::claim_bucket(tx, &source_bucket(&source))?;
    let by_pair = store::claim_bucket(tx, &pair_bucket(email, &source))?;
    match rules::throttle(failures(&by_pair), failures(&by_source), tx.at()) {
        Throttle::Wait(seconds) => return Ok(Attempt::Wait(seconds)),
        Throttle::Go { pair, source } => {
            store::set_bucket(tx, &counted(by_pair, pair))?;
            store::set_bucket(tx, &counted(by_source, source))?;
        }
    }
    let found = store::user_by_email(tx, &rules::fold_email(email))?;
    Ok(Attempt::Compare(found.and_then(|user| user.password_hash.map(|hash| (user.id, hash)))))
}

fn failures(row: &ThrottleRow) -> Failures {
    Failures { count: row.failures, since: row.since, last: row.last_at }
}
fn counted(row: ThrottleRow, after: Failures) -> ThrottleRow {
    ThrottleRow { failures: after.count, since: after.since, last_at: after.last, ..row }
}

/// Counts a mail that somebody outside asks for, by where the asker is: a source may not make us write to many.
///
/// # Errors
/// `too_many_requests`.
pub fn count_mail(tx: &mut Tx<'_>, kind: MailKind, asker: &str) -> Outcome<()> {
    let bucket = store::claim_bucket(tx, &sha256_parts(&[kind.word().as_bytes(), asker.as_bytes()]))?;
    match rules::mail_allowance(kind, failures(&bucket), tx.at()) {
        Ok(after) => store::set_bucket(tx, &counted(bucket, after)),
        Err(seconds) => Err(AppError::new(Code::TooManyRequests).retry_after(seconds)),
    }
}

/// Opens a session for a person whose password matched `hash`.
///
/// # Errors
/// `invalid_credentials` when the password changed meanwhile, `forbidden` for a suspended person.
pub fn open_session(tx: &mut Tx<'_>, user: UserId, hash: &str, address: &str) -> Outcome<Opened> {
    // Claimed, so that a new password or a suspension that is just being written is waited for.
    let person = store::claim_user(tx, user)?.ok_or(Code::InvalidCredentials)?;
    if person.password_hash.as_deref() != Some(hash) {
        return Err(Code::InvalidCredentials.into());
    }
    if person.status == Standing::Suspended {
        return Err(AppError::new(Code::Forbidden).detail("账号已停用", "the account is suspended"));
    }
    let source = rules::source(address);
    store::forgive(tx, &pair_bucket(&person.email, &source), &source_bucket(&source))?;
    start_session(tx, user)
}

/// Opens a session without asking for a password: after one was compared, and for the program itself.
///
/// # Errors
/// When the database fails.
pub fn start_session(tx: &mut Tx<'_>, user: UserId) -> Outcome<Opened> {
    let now = tx.at();
    let session = SessionRow {
        id: tx.new_id(),
        user_id: user,
        created_at: now,
        expires_at: now.plus_ms(rules::SESSION_MS),
        revoked_at: None,
    };
    store::insert_session(tx, &session)?;
    let opened = next_token(tx, &session)?;
    note_of(tx, user, Via::Session(session.id), "session.opened", session.id.to_string())?;
    Ok(opened)
}

fn next_token(tx: &mut Tx<'_>, session: &SessionRow) -> Outcome<Opened> {
    let now = tx.at();
    let refresh_token = token("yr_");
    let refresh_expires_at = now.plus_ms(rules::IDLE_MS).min(session.expires_at);
    store::insert_refresh(
        tx,
        &RefreshRow {
            token_hash: sha256(refresh_token.as_bytes()).to_vec(),
            session_id: session.id,
            issued_at: now,
            expires_at: refresh_expires_at,
            used_at: None,
        },
    )?;
    let kid = signing_kid(tx)?;
    Ok(Opened { user_id: session.user_id, session_id: session.id, kid, refresh_token, refresh_expires_at })
}

/// Gives the next tokens for a refresh token. `None` is a refusal that is committed: a token that came back ends its session.
///
/// # Errors
/// When the database fails.
pub fn refresh(tx: &mut Tx<'_>, presented: &str) -> Outcome<Option<Opened>> {
    let hash = sha256(presented.as_bytes());
    let Some((row, session)) = store::refresh_token(tx, &hash)? else { return Ok(None) };
    let now = tx.at();
    let state = RefreshState {
        used_at: row.used_at,
        expires_at: row.expires_at,
        revoked_at: session.revoked_at,
        session_expires_at: session.expires_at,
    };
    match rules::refresh(state, now) {
        Refresh::Refuse => Ok(None),
        Refresh::Revoke => {
            store::revoke_session(tx, session.id, now)?;
            let via = Via::Session(session.id);
            note_of(tx, session.user_id, via, "session.token_reused", session.id.to_string())?;
            Ok(None)
        }
        Refresh::Rotate => {
            let active = store::user(tx, session.user_id)?.is_some_and(|user| user.status == Standing::Active);
            if !active || !store::use_refresh(tx, &hash, now)? {
                return Ok(None);
            }
            next_token(tx, &session).map(Some)
        }
    }
}

/// Ends the session that the actor came with.
///
/// # Errors
/// `wrong_state` for an integration's key, which has no session.
pub fn sign_out(tx: &mut Tx<'_>, actor: &Actor) -> Outcome<()> {
    let Via::Session(id) = actor.via else { return Err(Code::WrongState.into()) };
    let now = tx.at();
    store::revoke_session(tx, id, now)?;
    note_of(tx, actor.user_id, actor.via, "session.closed", id.to_string())
}

/// Appends an entry about a person to the trail of the organisation the person belongs to longest, if there is one.
pub(super) fn note_of(tx: &mut Tx<'_>, user: UserId, via: Via, action: &'static str, subject: String) -> Outcome<()> {
    let Some(place) = store::places(tx, user)?.into_iter().next() else { return Ok(()) };
    let actor = Actor {
        user_id: user,
        org_id: place.org_id,
        kind: place.kind,
        region: place.region_code,
        scope: Scope::Org(place.org_id),
        ended_on: None,
        via,
    };
    let entry = Entry {
        actor: Some(&actor),
        action,
        subject,
        owner_org: place.org_id,
        other_org: None,
        region: place.region_code,
        details: json!({ "user": user }),
    };
    audit::record(tx, &entry)
}

/// The key that signs now; the first one is made when it is first needed.
fn signing_kid(tx: &mut Tx<'_>) -> Outcome<String> {
    match store::current_key(tx)? {
        Some(key) => Ok(key.kid),
        None => new_key(tx),
    }
}

fn new_key(tx: &mut Tx<'_>) -> Outcome<String> {
    let kid = tx.new_id::<SigningKeyId>().to_string();
    let created_at = tx.at();
    store::insert_key(tx, &SigningKeyRow { kid: kid.clone(), created_at, retired_at: None })?;
    Ok(kid)
}

/// Signs with a fresh key from now on; the old ones verify until the tokens they signed have expired.
///
/// # Errors
/// When the database fails.
pub fn rotate_keys(tx: &mut Tx<'_>) -> Outcome<()> {
    let now = tx.at();
    let newest = new_key(tx)?;
    store::retire_keys(tx, &newest, now, now.plus_ms(-2 * rules::ACCESS_MS))
}

/// Forgets sessions, links and invitations that ended a month ago, refresh tokens that nobody can use any more, and
/// failures of yesterday: one batch. How many; what is left is for the next call.
///
/// # Errors
/// When the database fails.
pub fn purge(tx: &mut Tx<'_>) -> Outcome<usize> {
    let now = tx.at();
    let month_ago = now.plus_ms(-rules::SESSION_MS);
    let ended = store::purge(tx, month_ago, now.plus_ms(-rules::FAILURES_MS))?;
    Ok(ended + store::purge_refresh(tx, now)? + store::purge_links(tx, month_ago)?)
}
