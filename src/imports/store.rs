//! SQL of imports.

use super::rules::{ImportKind, ImportMode, ImportPhase, ImportState};
use super::schema::{import_errors as errors, import_results as results, import_rows as rows, imports};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, ImportId, OrgId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// Rows of one INSERT: below what either database binds in a statement.
const INSERTED: usize = 500;

/// A stored import.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ImportRow {
    pub id: ImportId,
    pub kind: ImportKind,
    pub mode: ImportMode,
    pub state: ImportState,
    pub phase: ImportPhase,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub user_id: UserId,
    pub file_id: FileId,
    pub titles: String,
    pub rows_total: Option<i64>,
    pub cursor: i64,
    pub good: i64,
    pub bad: i64,
    pub skipped: i64,
    pub errors: i64,
    pub created: i64,
    pub applications: i64,
    pub failure: Option<String>,
    pub created_at: At,
    pub ended_at: Option<At>,
    pub version: i64,
}

/// A row that waits.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = rows)]
pub struct WaitingRow {
    pub import_id: ImportId,
    pub number: i64,
    pub parts: String,
    pub rests: bool,
}

/// Something wrong with a row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = errors)]
pub struct ErrorRow {
    pub import_id: ImportId,
    pub position: i64,
    pub number: i64,
    pub letters: String,
    pub title: String,
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// What a row brought into being.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = results, treat_none_as_default_value = false)]
pub struct ResultRow {
    pub import_id: ImportId,
    pub number: i64,
    pub subject: String,
    pub application: Option<String>,
}

pub fn insert(tx: &mut Tx<'_>, row: &ImportRow) -> Outcome<()> {
    each!(tx, c => insert_into(imports::table).values(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads an import that has not ended.
pub fn claim(tx: &mut Tx<'_>, id: ImportId) -> Outcome<Option<ImportRow>> {
    let open = [ImportState::Queued, ImportState::Running];
    Ok(each!(tx, c => update(imports::table.filter(imports::id.eq(id)).filter(imports::state.eq_any(open)))
        .set(imports::version.eq(imports::version + 1)).returning(ImportRow::as_returning()).get_result(c).optional())?)
}

/// Writes a claimed import.
pub fn save(tx: &mut Tx<'_>, row: &ImportRow) -> Outcome<()> {
    each!(tx, c => update(imports::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// Imports in scope, newest first; only the named one when an id is given.
pub fn imports(on: &mut Read, scope: &Scope, only: Option<ImportId>, page: &PageRequest) -> Outcome<Vec<ImportRow>> {
    let after = page.key::<ImportId>()?;
    Ok(each!(on, c => {
        let mut query = imports::table.select(ImportRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(imports::region_code.ge(from)).filter(imports::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(imports::org_id.eq(*org)),
        }
        if let Some(only) = only {
            query = query.filter(imports::id.eq(only));
        }
        if let Some(after) = after {
            query = query.filter(imports::id.lt(after));
        }
        query.order(imports::id.desc()).limit(page.fetch()).load(c)
    })?)
}

pub fn insert_rows(tx: &mut Tx<'_>, waiting: &[WaitingRow]) -> Outcome<()> {
    for chunk in waiting.chunks(INSERTED) {
        each!(tx, c => insert_into(rows::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Rows that wait behind a number, in order.
pub fn rows_after(on: &mut Read, id: ImportId, number: i64, limit: i64) -> Outcome<Vec<WaitingRow>> {
    Ok(each!(on, c => rows::table.filter(rows::import_id.eq(id)).filter(rows::number.gt(number)).order(rows::number)
        .limit(limit).select(WaitingRow::as_select()).load(c))?)
}

/// Forgets the rows that wait.
pub fn clear_rows(tx: &mut Tx<'_>, id: ImportId) -> Outcome<()> {
    each!(tx, c => delete(rows::table.filter(rows::import_id.eq(id))).execute(c))?;
    Ok(())
}

pub fn insert_errors(tx: &mut Tx<'_>, wrong: &[ErrorRow]) -> Outcome<()> {
    for chunk in wrong.chunks(INSERTED) {
        each!(tx, c => insert_into(errors::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Forgets what was wrong.
pub fn clear_errors(tx: &mut Tx<'_>, id: ImportId) -> Outcome<()> {
    each!(tx, c => delete(errors::table.filter(errors::import_id.eq(id))).execute(c))?;
    Ok(())
}

/// What is wrong with an import's rows, by row, then in the order in which it was found.
pub fn errors(on: &mut Read, id: ImportId, after: Option<(i64, i64)>, limit: i64) -> Outcome<Vec<ErrorRow>> {
    let (number, position) = after.unwrap_or((0, 0));
    let behind = errors::number.gt(number).or(errors::number.eq(number).and(errors::position.gt(position)));
    Ok(each!(on, c => errors::table.filter(errors::import_id.eq(id)).filter(errors::number.ge(number)).filter(behind)
        .order((errors::number, errors::position)).limit(limit).select(ErrorRow::as_select()).load(c))?)
}

pub fn insert_results(tx: &mut Tx<'_>, made: &[ResultRow]) -> Outcome<()> {
    for chunk in made.chunks(INSERTED) {
        each!(tx, c => insert_into(results::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// What an import's rows brought into being, by row.
pub fn results(on: &mut Read, id: ImportId, after: i64, limit: i64) -> Outcome<Vec<ResultRow>> {
    Ok(
        each!(on, c => results::table.filter(results::import_id.eq(id)).filter(results::number.gt(after)).order(results::number)
        .limit(limit).select(ResultRow::as_select()).load(c))?,
    )
}
