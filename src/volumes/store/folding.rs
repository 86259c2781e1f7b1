//! SQL of folding entries into the sums.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::time::At;
use crate::platform::db::Tx;
use crate::volumes::rules::Key;
use crate::volumes::schema::{volume_folds as folds, volume_sums as sums};
use crate::volumes::store::MOST_TAKEN;
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;

/// Rows of one INSERT: below the number of parameters that both databases take.
const CHUNK: usize = 500;

/// A kept sum.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = sums, treat_none_as_default_value = false)]
pub struct SumRow {
    basis: String,
    month: String,
    county: String,
    fund: String,
    purpose: String,
    mode: String,
    mode_term: String,
    channel: String,
    channel_term: String,
    certified: String,
    eligible: String,
    purchaser_kind: String,
    purchaser_region: String,
    schemes: String,
    tags: String,
    amount_fen: i64,
}

impl SumRow {
    /// What is added of a basis under these values, in fen.
    pub fn new(basis: &str, key: Key, amount_fen: i64) -> SumRow {
        let [
            county,
            month,
            fund,
            purpose,
            mode,
            mode_term,
            channel,
            channel_term,
            certified,
            eligible,
            purchaser_kind,
            purchaser_region,
            schemes,
            tags,
        ] = key;
        SumRow {
            basis: basis.to_owned(),
            month,
            county,
            fund,
            purpose,
            mode,
            mode_term,
            channel,
            channel_term,
            certified,
            eligible,
            purchaser_kind,
            purchaser_region,
            schemes,
            tags,
            amount_fen,
        }
    }
}

/// Keeps others from folding until the transaction ends.
pub fn lock(tx: &mut Tx<'_>, at: At) -> Outcome<()> {
    each!(tx, c => update(folds::table.find(1)).set(folds::folded_at.eq(at)).execute(c))?;
    Ok(())
}

/// Takes entries of the tail for this transaction, no more than [`MOST_TAKEN`]; how many.
pub fn take(tx: &mut Tx<'_>, most: i64) -> Outcome<usize> {
    let text = "UPDATE volume_tail SET taken = TRUE WHERE count_id IN
        (SELECT count_id FROM volume_tail ORDER BY line_id, count_id LIMIT $1)";
    Ok(each!(tx, c => sql_query(text).bind::<BigInt, _>(most.min(MOST_TAKEN)).execute(c))?)
}

/// Adds to the sums.
pub fn add(tx: &mut Tx<'_>, rows: &[SumRow]) -> Outcome<()> {
    for part in rows.chunks(CHUNK) {
        each!(tx, c => insert_into(sums::table).values(part)
            .on_conflict((sums::basis, sums::month, sums::county, sums::fund, sums::purpose, sums::mode, sums::mode_term, sums::channel,
                sums::channel_term, sums::certified, sums::eligible, sums::purchaser_kind, sums::purchaser_region,
                sums::schemes, sums::tags))
            .do_update().set(sums::amount_fen.eq(sums::amount_fen + excluded(sums::amount_fen))).execute(c))?;
    }
    Ok(())
}

/// What was taken is folded in.
pub fn done(tx: &mut Tx<'_>, entries: i64) -> Outcome<()> {
    each!(tx, c => sql_query("DELETE FROM volume_tail WHERE taken").execute(c))?;
    each!(tx, c => update(folds::table.find(1)).set(folds::folded.eq(folds::folded + entries)).execute(c))?;
    Ok(())
}
