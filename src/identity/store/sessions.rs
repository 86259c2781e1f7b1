//! SQL of sessions, refresh tokens, signing keys, and the one query that tells who calls.

use super::super::schema::{
    memberships, organisations, refresh_tokens as tokens, sessions, sign_in_throttle as throttle, signing_keys, users,
};
use super::{Roles, Standing};
use crate::each;
use crate::kernel::actor::OrgKind;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, SessionId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// Rows that one purge forgets at most.
const BATCH: i64 = 1_000;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub id: SessionId,
    pub user_id: UserId,
    pub created_at: At,
    pub expires_at: At,
    pub revoked_at: Option<At>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens, treat_none_as_default_value = false)]
pub struct RefreshRow {
    pub token_hash: Vec<u8>,
    pub session_id: SessionId,
    pub issued_at: At,
    pub expires_at: At,
    pub used_at: Option<At>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = throttle, treat_none_as_default_value = false)]
pub struct ThrottleRow {
    pub bucket: Vec<u8>,
    pub failures: i64,
    pub since: At,
    pub last_at: At,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub struct SigningKeyRow {
    pub kid: String,
    pub created_at: At,
    pub retired_at: Option<At>,
}

/// One membership of a caller, beside the facts of the caller itself.
#[derive(Debug, Clone, Queryable)]
pub struct CallerRow {
    pub user_id: UserId,
    pub user_status: Standing,
    pub expires_at: At,
    pub revoked_at: Option<At>,
    pub org_id: Option<OrgId>,
    pub roles: Option<Roles>,
    pub kind: Option<OrgKind>,
    pub region: Option<RegionCode>,
    pub org_status: Option<Standing>,
    pub org_ended_on: Option<Day>,
}

/// Who a session belongs to, with all memberships: one query, since every request asks it.
pub fn caller_of_session(on: &mut Read, id: SessionId) -> Outcome<Vec<CallerRow>> {
    Ok(
        each!(on, c => sessions::table.inner_join(users::table.left_join(memberships::table.inner_join(organisations::table)))
        .filter(sessions::id.eq(id)).order(memberships::created_at)
        .select((
            users::id, users::status, sessions::expires_at, sessions::revoked_at,
            memberships::org_id.nullable(), memberships::roles.nullable(), organisations::kind.nullable(),
            organisations::region_code.nullable(), organisations::status.nullable(),
            organisations::ended_on.nullable(),
        )).load(c))?,
    )
}

pub fn insert_session(tx: &mut Tx<'_>, row: &SessionRow) -> Outcome<()> {
    each!(tx, c => insert_into(sessions::table).values(row).execute(c))?;
    Ok(())
}

pub fn revoke_session(tx: &mut Tx<'_>, id: SessionId, at: At) -> Outcome<()> {
    each!(tx, c => update(sessions::table.find(id).filter(sessions::revoked_at.is_null())).set(sessions::revoked_at.eq(at)).execute(c))?;
    Ok(())
}

pub fn revoke_sessions_of(tx: &mut Tx<'_>, user: UserId, at: At) -> Outcome<()> {
    each!(tx, c => update(sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null()))
        .set(sessions::revoked_at.eq(at)).execute(c))?;
    Ok(())
}

pub fn insert_refresh(tx: &mut Tx<'_>, row: &RefreshRow) -> Outcome<()> {
    each!(tx, c => insert_into(tokens::table).values(row).execute(c))?;
    Ok(())
}

pub fn refresh_token(on: &mut Read, hash: &[u8]) -> Outcome<Option<(RefreshRow, SessionRow)>> {
    Ok(each!(on, c => tokens::table.inner_join(sessions::table).filter(tokens::token_hash.eq(hash))
        .select((RefreshRow::as_select(), SessionRow::as_select())).first(c).optional())?)
}

/// Marks a token used; `false` when another request was quicker.
pub fn use_refresh(tx: &mut Tx<'_>, hash: &[u8], at: At) -> Outcome<bool> {
    let rows = each!(tx, c => update(tokens::table.filter(tokens::token_hash.eq(hash)).filter(tokens::used_at.is_null()))
        .set(tokens::used_at.eq(at)).execute(c))?;
    Ok(rows == 1)
}

/// Locks and loads a bucket; an empty one when there is none.
pub fn claim_bucket(tx: &mut Tx<'_>, bucket: &[u8]) -> Outcome<ThrottleRow> {
    let empty = ThrottleRow { bucket: bucket.to_vec(), failures: 0, since: At(0), last_at: At(0) };
    Ok(each!(tx, c => insert_into(throttle::table).values(&empty).on_conflict(throttle::bucket).do_update()
        .set(throttle::failures.eq(throttle::failures)).returning(ThrottleRow::as_returning()).get_result(c))?)
}

pub fn set_bucket(tx: &mut Tx<'_>, row: &ThrottleRow) -> Outcome<()> {
    each!(tx, c => update(throttle::table.find(&row.bucket))
        .set((throttle::failures.eq(row.failures), throttle::since.eq(row.since), throttle::last_at.eq(row.last_at))).execute(c))?;
    Ok(())
}

/// Forgets an account's failures from a source, and takes the attempt that succeeded back from the source.
pub fn forgive(tx: &mut Tx<'_>, pair: &[u8], source: &[u8]) -> Outcome<()> {
    each!(tx, c => {
        delete(throttle::table.filter(throttle::bucket.eq(pair))).execute(c)?;
        update(throttle::table.filter(throttle::bucket.eq(source)).filter(throttle::failures.gt(0)))
            .set(throttle::failures.eq(throttle::failures - 1)).execute(c)
    })?;
    Ok(())
}

/// The key that signs now.
pub fn current_key(on: &mut Read) -> Outcome<Option<SigningKeyRow>> {
    Ok(each!(on, c => signing_keys::table.filter(signing_keys::retired_at.is_null())
        .order((signing_keys::created_at.desc(), signing_keys::kid.desc())).select(SigningKeyRow::as_select()).first(c).optional())?)
}

pub fn signing_key(on: &mut Read, kid: &str) -> Outcome<Option<SigningKeyRow>> {
    Ok(each!(on, c => signing_keys::table.find(kid).select(SigningKeyRow::as_select()).first(c).optional())?)
}

pub fn signing_keys(on: &mut Read) -> Outcome<Vec<SigningKeyRow>> {
    Ok(each!(on, c => signing_keys::table.order(signing_keys::kid).select(SigningKeyRow::as_select()).load(c))?)
}

pub fn insert_key(tx: &mut Tx<'_>, row: &SigningKeyRow) -> Outcome<()> {
    each!(tx, c => insert_into(signing_keys::table).values(row).execute(c))?;
    Ok(())
}

/// Retires the keys older than one, and forgets those retired before a moment.
pub fn retire_keys(tx: &mut Tx<'_>, newest: &str, at: At, forget_before: At) -> Outcome<()> {
    each!(tx, c => {
        update(signing_keys::table.filter(signing_keys::kid.ne(newest)).filter(signing_keys::retired_at.is_null()))
            .set(signing_keys::retired_at.eq(at)).execute(c)?;
        delete(signing_keys::table.filter(signing_keys::retired_at.lt(forget_before))).execute(c)
    })?;
    Ok(())
}

/// Forgets refresh tokens that expired before a moment, a batch at a time.
pub fn purge_refresh(tx: &mut Tx<'_>, before: At) -> Outcome<usize> {
    Ok(each!(tx, c => {
        let old: Vec<Vec<u8>> = tokens::table.filter(tokens::expires_at.lt(before)).order(tokens::expires_at).limit(BATCH)
            .select(tokens::token_hash).load(c)?;
        delete(tokens::table.filter(tokens::token_hash.eq_any(old))).execute(c)
    })?)
}

/// Forgets sessions that ended and failures that no longer count.
pub fn purge(tx: &mut Tx<'_>, sessions_before: At, failures_before: At) -> Outcome<usize> {
    Ok(each!(tx, c => {
        let failures = delete(throttle::table.filter(throttle::last_at.lt(failures_before))).execute(c)?;
        let old = sessions::table.filter(sessions::expires_at.lt(sessions_before)).order(sessions::expires_at).limit(BATCH).select(sessions::id);
        let ids: Vec<SessionId> = old.load(c)?;
        let ended = delete(sessions::table.filter(sessions::id.eq_any(ids))).execute(c)?;
        QueryResult::Ok(failures + ended)
    })?)
}
