//! SQL of schemes and their editions.

use crate::certification::schema::{certification_scheme_editions as editions, certification_schemes as schemes};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{SchemeId, UserId};
use crate::kernel::territory::Territory;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored scheme.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = schemes, treat_none_as_default_value = false)]
pub struct SchemeRow {
    pub id: SchemeId,
    pub name: String,
    pub region_code: Territory,
    pub number_prefix: String,
    pub valid_from: Day,
    pub valid_to: Option<Day>,
    pub version: i64,
}

/// A stored edition; steps and kinds are JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = editions, treat_none_as_default_value = false)]
pub struct EditionRow {
    pub scheme_id: SchemeId,
    pub edition: i64,
    pub effective_from: Day,
    pub steps: String,
    pub kinds: String,
    pub validity_days: Option<i64>,
    pub renewal_window_days: Option<i64>,
    pub renewal_grace_days: i64,
    pub source: String,
    pub created_by: Option<UserId>,
    pub created_at: At,
}

/// Adds a scheme that is not there.
pub fn add_scheme(tx: &mut Tx<'_>, row: &SchemeRow) -> Outcome<usize> {
    Ok(each!(tx, c => insert_into(schemes::table).values(row).on_conflict_do_nothing().execute(c))?)
}

/// Adds an edition that is not there.
pub fn add_edition(tx: &mut Tx<'_>, row: &EditionRow) -> Outcome<usize> {
    Ok(each!(tx, c => insert_into(editions::table).values(row).on_conflict_do_nothing().execute(c))?)
}

pub fn scheme(on: &mut Read, id: SchemeId) -> Outcome<Option<SchemeRow>> {
    Ok(each!(on, c => schemes::table.find(id).select(SchemeRow::as_select()).first(c).optional())?)
}

/// Locks and loads a scheme, and raises its version.
pub fn claim_scheme(tx: &mut Tx<'_>, id: SchemeId) -> Outcome<Option<SchemeRow>> {
    Ok(
        each!(tx, c => update(schemes::table.find(id)).set(schemes::version.eq(schemes::version + 1)).returning(SchemeRow::as_returning())
        .get_result(c).optional())?,
    )
}

/// Sets the day from which a claimed scheme takes no more applications.
pub fn end_scheme(tx: &mut Tx<'_>, id: SchemeId, valid_to: Day) -> Outcome<()> {
    each!(tx, c => update(schemes::table.find(id)).set(schemes::valid_to.eq(Some(valid_to))).execute(c))?;
    Ok(())
}

/// Schemes in the order of their ids.
pub fn schemes(on: &mut Read, day: Option<Day>, after: Option<SchemeId>, limit: i64) -> Outcome<Vec<SchemeRow>> {
    Ok(each!(on, c => {
        let mut query = schemes::table.select(SchemeRow::as_select()).into_boxed();
        if let Some(day) = day {
            query = query.filter(schemes::valid_from.le(day)).filter(schemes::valid_to.is_null().or(schemes::valid_to.gt(day)));
        }
        if let Some(after) = after {
            query = query.filter(schemes::id.gt(after));
        }
        query.order(schemes::id).limit(limit).load(c)
    })?)
}

/// An edition by its number.
pub fn edition(on: &mut Read, scheme: SchemeId, edition: i64) -> Outcome<Option<EditionRow>> {
    Ok(each!(on, c => editions::table.find((scheme, edition)).select(EditionRow::as_select()).first(c).optional())?)
}

/// All editions of some schemes, in order.
pub fn editions_of(on: &mut Read, schemes: &[SchemeId]) -> Outcome<Vec<EditionRow>> {
    Ok(each!(on, c => editions::table.filter(editions::scheme_id.eq_any(schemes))
        .order((editions::scheme_id, editions::edition)).select(EditionRow::as_select()).load(c))?)
}
