//! SQL of remembered requests. The inserted row is the lock: a parallel duplicate waits for it.

use super::schema::idempotency_keys as keys;
use crate::kernel::error::Outcome;
use crate::kernel::ids::UserId;
use crate::kernel::time::At;
use crate::platform::db::{Kept, Tx};
use crate::{each, later};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// A remembered request.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = keys)]
pub struct Remembered {
    pub fingerprint: Vec<u8>,
    pub status: i64,
    pub headers: String,
    pub body: Vec<u8>,
}

/// Whether this request is the first with its key.
pub fn begin(tx: &mut Tx<'_>, caller: UserId, key: &str, fingerprint: &[u8]) -> Outcome<bool> {
    let at = tx.at();
    let inserted = each!(tx, c => insert_into(keys::table).values((
        keys::caller.eq(caller), keys::key.eq(key), keys::fingerprint.eq(fingerprint), keys::status.eq(0),
        keys::headers.eq(""), keys::body.eq(Vec::<u8>::new()), keys::created_at.eq(at),
    )).on_conflict_do_nothing().execute(c))?;
    Ok(inserted == 1)
}

pub fn find(tx: &mut Tx<'_>, caller: UserId, key: &str) -> Outcome<Remembered> {
    Ok(each!(tx, c => keys::table.find((caller, key)).select(Remembered::as_select()).first(c))?)
}

pub fn remember(
    tx: &mut Tx<'_>,
    caller: UserId,
    key: &str,
    status: u16,
    headers: String,
    body: Vec<u8>,
) -> Outcome<()> {
    let reply = (keys::status.eq(i64::from(status)), keys::headers.eq(headers), keys::body.eq(body));
    Ok(later!(tx, Kept(update(keys::table.find((caller, key.to_owned()))).set(reply)))?)
}

/// Forgets a batch of requests older than a moment, and those of the batch's last millisecond; how many.
pub fn purge(tx: &mut Tx<'_>, before: At, limit: i64) -> Outcome<usize> {
    Ok(each!(tx, c => {
        let last: Option<At> = keys::table.filter(keys::created_at.lt(before)).order(keys::created_at).offset(limit - 1)
            .select(keys::created_at).first(c).optional()?;
        let until = last.map_or(before, |last| last.plus_ms(1));
        delete(keys::table.filter(keys::created_at.lt(until))).execute(c)
    })?)
}
