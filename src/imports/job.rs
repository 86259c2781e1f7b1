//! The job that carries imports out: files are read outside transactions, then each step is one.

use super::cells::Known;
use super::columns::Titles;
use super::commands::{self, Going, ImportStep, Reading};
use super::kinds::{self, Means};
use super::rows::{self, Rows};
use super::rules::{ImportKind, MOST_COLUMNS, MOST_ROWS};
use crate::certification;
use crate::documents::{self, Vault};
use crate::donations::Keys;
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::ImportId;
use crate::kernel::time::Day;
use crate::platform::clock::Ctx;
use crate::platform::db::{Read, Store};
use crate::platform::http::Schemas;
use crate::platform::jobs::{self, Job};
use crate::platform::workbook::{self, Limits, Table};
use crate::regions;
use bytes::Bytes;
use std::sync::Arc;

/// Steps of one run of the job; the next run goes on, so that no run outlasts its lease.
const STEPS: usize = 15;
/// Rows that one transaction keeps while a file is read.
const STAGED: usize = 1_000;
/// How often a step is tried before the import is given up.
const ATTEMPTS: i64 = 4;

/// What the job needs.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Where the files are.
    pub vault: Vault,
    /// What requests must look like.
    pub schemas: Arc<Schemas>,
    /// The address in links.
    pub public_url: Arc<str>,
    /// Hashes persons and households, and encrypts rows that name them while they wait.
    pub keys: Keys,
}

/// Reads the table in a file of a kind, and which columns it has.
///
/// # Errors
/// Why it cannot be read, or what is wrong with its columns.
pub async fn look(kind: ImportKind, content_type: &'static str, bytes: Bytes) -> Outcome<(Table, Titles)> {
    let form = kinds::form(kind);
    let limits = Limits { rows: MOST_ROWS, columns: MOST_COLUMNS };
    let read = tokio::task::spawn_blocking(move || workbook::read(&bytes, content_type, form.sheet, limits));
    let damaged = |e: tokio::task::JoinError| workbook::Unreadable::Damaged(e.to_string());
    let table = read.await.map_err(damaged)??;
    let titles = form.titles(&table.header).map_err(AppError::invalid)?;
    Ok((table, titles))
}

/// Carries an import out, as far as one run goes.
///
/// # Errors
/// When the database or the object store fails; the run is tried again.
pub async fn advance(parts: &Parts, ctx: Ctx, job: Job) -> Outcome<()> {
    let ImportStep { import_id } = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    let outcome = run(parts, &ctx, import_id).await;
    match outcome {
        Err(error) if job.attempts + 1 >= ATTEMPTS => {
            tracing::error!(import = %import_id, code = %error.code(), cause = ?error.parts().cause, "an import is given up");
            parts.store.write(ctx, move |tx| commands::give_up(tx, import_id, &error)).await
        }
        outcome => outcome,
    }
}

async fn run(parts: &Parts, ctx: &Ctx, import: ImportId) -> Outcome<()> {
    for _ in 0..STEPS {
        if !step(parts, ctx, import).await? {
            return Ok(());
        }
    }
    let next = ImportStep { import_id: import };
    parts.store.write(ctx.clone(), move |tx| jobs::enqueue(tx, commands::TOPIC, &next)).await
}

/// Takes an import one step further; whether more is left.
///
/// # Errors
/// When the database or the object store fails.
pub async fn step(parts: &Parts, ctx: &Ctx, import: ImportId) -> Outcome<bool> {
    let (public_url, keys) = (parts.public_url.clone(), parts.keys.clone());
    let going = parts
        .store
        .write(ctx.clone(), move |tx| commands::step(tx, import, Means { public_url: &public_url, keys: &keys }));
    let going = going.await?;
    match going {
        Going::Ended => Ok(false),
        Going::On => Ok(true),
        Going::Read(reading) => read(parts, ctx, *reading).await.map(|()| true),
    }
}

/// Reads a file and keeps its rows; what is wrong with the file itself ends the import.
async fn read(parts: &Parts, ctx: &Ctx, reading: Reading) -> Outcome<()> {
    let Reading { import, kind, titles, file, org, claim } = reading;
    let (day, scope) = (ctx.at.day(), Scope::Org(org));
    let (file, known) =
        parts.store.read(move |read| Ok((documents::file(read, &scope, file)?, known(read, day)?))).await?;
    let bytes = Bytes::from(parts.vault.get(&file).await?);
    let content_type = if file.content_type == workbook::XLSX { workbook::XLSX } else { workbook::CSV };
    let (table, _) = match look(kind, content_type, bytes).await {
        Ok(read) => read,
        Err(error) => {
            return parts.store.write(ctx.clone(), move |tx| commands::give_up(tx, import, &error)).await;
        }
    };
    let titles: Titles = serde_json::from_str(&titles).map_err(AppError::internal)?;
    let known = Known { since_1904: table.since_1904, ..known };
    let schemas = parts.schemas.clone();
    let work = tokio::task::spawn_blocking(move || rows::read(kinds::form(kind), &titles, &table, &known, &schemas));
    keep(parts, ctx, (import, claim), work.await.map_err(AppError::internal)?).await
}

async fn keep(parts: &Parts, ctx: &Ctx, (import, mut claim): (ImportId, i64), rows: Rows) -> Outcome<()> {
    let rows = Arc::new(rows);
    for from in (0..rows.drafts.len()).step_by(STAGED) {
        let (some, keys) = (rows.clone(), parts.keys.clone());
        let staged = parts.store.write(ctx.clone(), move |tx| {
            let until = (from + STAGED).min(some.drafts.len());
            commands::stage(tx, import, claim, &some.drafts[from..until], &keys)
        });
        claim = staged.await?;
    }
    parts.store.write(ctx.clone(), move |tx| commands::read_through(tx, import, claim, &rows)).await
}

/// What cells may refer to on a day.
pub(super) fn known(read: &mut Read, day: Day) -> Outcome<Known> {
    let schemes = certification::schemes_on(read, day)?;
    let schemes = schemes.into_iter().map(|scheme| (scheme.id, scheme.name, scheme.number_prefix)).collect();
    Ok(Known { regions: regions::names(read)?, schemes, since_1904: false })
}
