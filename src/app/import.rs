//! Imports of products, suppliers and budget units at the console: the same import that the API begins, carried out at once.

use super::{Installation, importing};
use crate::documents::{FileClass, NewFile, Vault};
use crate::identity;
use crate::imports::{self, ImportKind, ImportMode, ImportState, ImportView, NewImport};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{ImportId, OrgId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::uscc::Uscc;
use crate::platform::clock::Ctx;
use crate::platform::db::Read;
use crate::platform::workbook;
use bytes::Bytes;
use std::path::PathBuf;
use std::process::ExitCode;

/// Errors that the console shows; all are kept with the import.
const SHOWN: i64 = 1_000;

/// What is imported, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRows {
    /// What the file holds.
    pub kind: ImportKind,
    /// What becomes of it when a row is wrong.
    pub mode: ImportMode,
    /// The credit code of the supplier whose products they are; suppliers and units belong to nobody.
    pub organisation: Option<String>,
    /// The login of who imports, and answers for it.
    pub by: String,
    /// The file.
    pub file: PathBuf,
}

/// Carries an import out and names every wrong row.
///
/// # Errors
/// What is wrong with the file as a whole, or with who imports.
pub async fn import_rows(installation: &Installation, ctx: &Ctx, wanted: ImportRows) -> Outcome<ExitCode> {
    let bytes = std::fs::read(&wanted.file);
    let bytes = Bytes::from(bytes.map_err(|e| AppError::internal(format!("{}: {e}", wanted.file.display())))?);
    let content_type = if bytes.starts_with(b"PK") { workbook::XLSX } else { workbook::CSV };
    let (_, titles) = imports::look(wanted.kind, content_type, bytes.clone()).await?;
    let (code, login) = (wanted.organisation, wanted.by);
    let who = installation.store.read(move |read| who(read, code.as_deref(), &login)).await?;
    let vault = Vault::new(installation.files.clone(), installation.secret.clone());
    let size_bytes = i64::try_from(bytes.len()).map_err(AppError::internal)?;
    let sha256 = vault.put(FileClass::Evidence, bytes).await?;
    let name = wanted.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let file = NewFile { name, content_type, size_bytes, sha256, class: FileClass::Evidence };
    let new = NewImport { kind: wanted.kind, mode: wanted.mode, titles, file };
    let begun = installation.store.write(ctx.clone(), move |tx| imports::begin_at_console(tx, who, &new));
    let view = carry_out(installation, ctx, begun.await?).await?;
    tell(installation, &view).await
}

fn who(read: &mut Read, code: Option<&str>, login: &str) -> Outcome<(UserId, OrgId)> {
    let unknown = |what: &str| AppError::internal(format!("没有 / unknown: {what}"));
    let org = match code {
        Some(code) => {
            let code = Uscc::parse(code).map_err(|_| unknown(code))?;
            identity::organisation_by_uscc(read, &code)?.ok_or_else(|| unknown(code.as_str()))?
        }
        None => identity::operator(read)?.ok_or_else(|| unknown("运营方 / operator"))?,
    };
    let user = identity::user_by_email(read, login)?.ok_or_else(|| unknown(login))?;
    Ok((user, org.id))
}

/// Step by step, with a bar that shows itself on a terminal only.
async fn carry_out(installation: &Installation, ctx: &Ctx, id: ImportId) -> Outcome<ImportView> {
    let parts = importing(installation)();
    let bar = indicatif::ProgressBar::new(0);
    loop {
        let more = imports::step(&parts, ctx, id).await?;
        let view = installation.store.read(move |read| imports::import(read, &Scope::Platform, id)).await?;
        bar.set_length(u64::try_from(view.rows_total.unwrap_or(0)).unwrap_or(0));
        bar.set_position(u64::try_from(view.rows_done).unwrap_or(0));
        if !more {
            bar.finish_and_clear();
            return Ok(view);
        }
    }
}

async fn tell(installation: &Installation, view: &ImportView) -> Outcome<ExitCode> {
    let (id, page) = (view.id, PageRequest::first(SHOWN));
    let wrong = installation.store.read(move |read| imports::errors(read, &Scope::Platform, id, &page)).await?;
    for error in wrong.items {
        let place = format!("{}{}", error.column, error.row);
        eprintln!("{place} {} [{}]: {} / {}", error.title, error.code, error.zh, error.en);
    }
    println!(
        "{} 行 / rows: {} 正确 / good, {} 错误 / wrong, {} 已导入 / imported, {} 申请草稿 / drafts",
        view.rows_total.unwrap_or(0),
        view.good,
        view.bad,
        view.created,
        view.applications
    );
    if let Some(failure) = &view.failure {
        eprintln!("{} / {}", failure.zh, failure.en);
    }
    let whole = view.state == ImportState::Done && view.bad == 0;
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
