//! Reads of imports.

use super::rules::{ImportKind, ImportMode, ImportPhase, ImportState, MOST_ERRORS};
use super::store::{self, ErrorRow, ImportRow, ResultRow};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{FileId, ImportId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::At;
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An import and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportView {
    /// Its id.
    pub id: ImportId,
    /// What it holds.
    pub kind: ImportKind,
    /// What becomes of it when a row is wrong.
    pub mode: ImportMode,
    /// Where it stands.
    pub state: ImportState,
    /// What it is doing.
    pub phase: ImportPhase,
    /// Its file.
    pub file_id: FileId,
    /// Rows that are not empty, without examples; absent until the file is read.
    pub rows_total: Option<i64>,
    /// Rows that were tried (all or nothing) or written (good rows only) so far, or were found wrong.
    pub rows_done: i64,
    /// Of them right.
    pub good: i64,
    /// Of them wrong.
    pub bad: i64,
    /// Example rows that were left out.
    pub skipped: i64,
    /// Errors found; the first 1,000 are listed.
    pub errors: i64,
    /// Products or suppliers that exist now because of it.
    pub created: i64,
    /// Drafts of applications that exist now because of it.
    pub applications: i64,
    /// Why it failed.
    pub failure: Option<ImportFailure>,
    /// When it was begun.
    pub created_at: At,
    /// When it ended.
    pub ended_at: Option<At>,
    /// Counts its steps.
    pub version: i64,
}

/// Why an import failed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ImportFailure {
    /// As a stable word.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Something wrong with a row.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportErrorView {
    /// The row's number as spreadsheets show it.
    pub row: i64,
    /// The letters of the column; empty when no single column of the file is meant.
    #[schema(example = "C")]
    pub column: String,
    /// The column's title.
    pub title: String,
    /// As a stable word.
    pub code: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What a row brought into being.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportResultView {
    /// The row's number.
    pub row: i64,
    /// The product or the organisation.
    pub subject: String,
    /// The draft of its application.
    pub application: Option<String>,
}

pub(super) fn view(row: ImportRow) -> Outcome<ImportView> {
    let failure = row.failure.as_deref().map(serde_json::from_str).transpose().map_err(AppError::internal)?;
    Ok(ImportView {
        id: row.id,
        kind: row.kind,
        mode: row.mode,
        state: row.state,
        phase: row.phase,
        file_id: row.file_id,
        rows_total: row.rows_total,
        rows_done: row.good + row.bad,
        good: row.good,
        bad: row.bad,
        skipped: row.skipped,
        errors: row.errors,
        created: row.created,
        applications: row.applications,
        failure,
        created_at: row.created_at,
        ended_at: row.ended_at,
        version: row.version,
    })
}

/// An import in scope.
///
/// # Errors
/// `not_found`.
pub fn import(read: &mut Read, scope: &Scope, id: ImportId) -> Outcome<ImportView> {
    let found = store::imports(read, scope, Some(id), &PageRequest::first(1))?.pop();
    view(found.ok_or(Code::NotFound)?)
}

/// Imports in scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn imports(read: &mut Read, scope: &Scope, page: &PageRequest) -> Outcome<Page<ImportView>> {
    let rows = store::imports(read, scope, None, page)?;
    Page::cut(rows, page, |row| vec![row.id.to_string()]).try_map(view)
}

impl From<ErrorRow> for ImportErrorView {
    fn from(row: ErrorRow) -> ImportErrorView {
        let ErrorRow { number, letters, title, code, zh, en, .. } = row;
        ImportErrorView { row: number, column: letters, title, code, zh, en }
    }
}

/// What is wrong with the rows of an import in scope, by row.
///
/// # Errors
/// `not_found`.
pub fn errors(read: &mut Read, scope: &Scope, id: ImportId, page: &PageRequest) -> Outcome<Page<ImportErrorView>> {
    import(read, scope, id)?;
    let rows = store::errors(read, id, page.keys()?, page.fetch())?;
    let keys = |row: &ErrorRow| vec![row.number.to_string(), row.position.to_string()];
    Ok(Page::cut(rows, page, keys).map(ImportErrorView::from))
}

/// The same as CSV, all of it.
///
/// # Errors
/// `not_found`.
pub fn errors_csv(read: &mut Read, scope: &Scope, id: ImportId) -> Outcome<Vec<u8>> {
    import(read, scope, id)?;
    let header = ["行", "列", "标题", "错误码", "说明", "message"];
    let row = |row: ErrorRow| {
        let words = [row.letters, row.title, row.code, row.zh, row.en];
        let mut cells = vec![Cell::Figure(row.number.to_string())];
        cells.extend(words.map(Cell::from));
        cells
    };
    let rows: Vec<Vec<Cell>> = store::errors(read, id, None, MOST_ERRORS)?.into_iter().map(row).collect();
    sheet::csv(&header, &rows)
}

/// What the rows of an import in scope brought into being, by row.
///
/// # Errors
/// `not_found`.
pub fn results(read: &mut Read, scope: &Scope, id: ImportId, page: &PageRequest) -> Outcome<Page<ImportResultView>> {
    import(read, scope, id)?;
    let rows = store::results(read, id, page.key()?.unwrap_or(0), page.fetch())?;
    let seen =
        |row: ResultRow| ImportResultView { row: row.number, subject: row.subject, application: row.application };
    Ok(Page::cut(rows, page, |row| vec![row.number.to_string()]).map(seen))
}
