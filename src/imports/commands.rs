//! Use cases of imports: begin one, and take it a step further in one transaction.

use super::columns::Titles;
use super::groups::rows_of;
use super::kinds::{self, Created, Means};
use super::rows::{self, Draft, Rows, Wrong};
use super::rules::{self, ImportKind, ImportMode, ImportPhase, ImportState, MOST_ERRORS};
use super::store::{self, ErrorRow, ImportRow, ResultRow, WaitingRow};
use crate::audit;
use crate::documents::{self, NewFile};
use crate::donations::Keys;
use crate::identity::{self, Standing};
use crate::kernel::actor::{Actor, OrgKind, Role, Scope, Via};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{ImportId, OrgId, UserId};
use crate::platform::db::{Read, Tx};
use crate::platform::jobs;
use serde_json::{Value, json};

/// The outbox topic of imports that have not ended: [`ImportStep`]; `app.rs` binds it to [`super::advance`].
pub const TOPIC: &str = "imports.step";

/// Rows that one transaction tries or writes.
const BATCH: i64 = 100;

/// An import is to go on.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
pub struct ImportStep {
    /// Which.
    pub import_id: ImportId,
}

/// What is to be imported.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// What it holds.
    pub kind: ImportKind,
    /// What becomes of it when a row is wrong.
    pub mode: ImportMode,
    /// Its columns.
    pub titles: Titles,
    /// Its file, whose bytes are kept already.
    pub file: NewFile,
}

/// Begins an import; a job carries it out.
///
/// # Errors
/// `too_many_requests` beyond the organisation's share of files of the day.
pub fn begin(tx: &mut Tx<'_>, actor: &Actor, new: &NewImport) -> Outcome<ImportRow> {
    let row = enter(tx, actor, new)?;
    jobs::enqueue(tx, TOPIC, &ImportStep { import_id: row.id })?;
    Ok(row)
}

/// Begins an import that the console carries out itself, for a person who may.
///
/// # Errors
/// `not_found` for an unknown person or organisation, `forbidden` when the person may not import for it.
pub fn begin_at_console(tx: &mut Tx<'_>, who: (UserId, OrgId), new: &NewImport) -> Outcome<ImportId> {
    let actor = acting(tx, who, new.kind)?.ok_or(Code::Forbidden)?;
    enter(tx, &actor, new).map(|row| row.id)
}

fn enter(tx: &mut Tx<'_>, actor: &Actor, new: &NewImport) -> Outcome<ImportRow> {
    let file = documents::enter(tx, actor, &new.file)?;
    let row = ImportRow {
        id: tx.new_id(),
        kind: new.kind,
        mode: new.mode,
        state: ImportState::Queued,
        phase: ImportPhase::Reading,
        org_id: actor.org_id,
        region_code: actor.region,
        user_id: actor.user_id,
        file_id: file.id,
        titles: serde_json::to_string(&new.titles).map_err(AppError::internal)?,
        rows_total: None,
        cursor: 0,
        good: 0,
        bad: 0,
        skipped: 0,
        errors: 0,
        created: 0,
        applications: 0,
        failure: None,
        created_at: tx.at(),
        ended_at: None,
        version: 1,
    };
    store::insert(tx, &row)?;
    record(
        tx,
        Some(actor),
        "import.begun",
        &row,
        json!({ "kind": row.kind, "mode": row.mode, "file_id": row.file_id }),
    )?;
    Ok(row)
}

fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    action: &'static str,
    row: &ImportRow,
    details: Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}

/// The person who imports, if that person may do so for the organisation now.
fn acting(on: &mut Read, (user_id, org_id): (UserId, OrgId), kind: ImportKind) -> Outcome<Option<Actor>> {
    let org = identity::organisation(on, org_id)?;
    let granted = kinds::grants(kind).iter().filter(|grant| grant.kinds.contains(&org.kind));
    let roles: Vec<Role> = granted.map(|grant| grant.role).collect();
    let mut may = false;
    for role in roles {
        may = may || identity::holds(on, user_id, org_id, role)?;
    }
    if !may || org.status != Standing::Active {
        return Ok(None);
    }
    let scope = if org.kind == OrgKind::Operator { Scope::Platform } else { Scope::Org(org_id) };
    let (kind, region, ended_on) = (org.kind, org.region_code, org.ended_on);
    Ok(Some(Actor { user_id, org_id, kind, region, scope, ended_on, via: Via::Program }))
}

/// Whether an import goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Going {
    /// Its file is to be read; the claim that counts for it.
    Read(Box<Reading>),
    /// Something was done and more is left.
    On,
    /// It has ended.
    Ended,
}

/// A file that is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The import.
    pub import: ImportId,
    /// What it holds.
    pub kind: ImportKind,
    /// Its columns.
    pub titles: String,
    /// Its file.
    pub file: crate::kernel::ids::FileId,
    /// Whose.
    pub org: OrgId,
    /// The claim: whoever claims later makes it void.
    pub claim: i64,
}

/// Takes an import a step further, except that reading its file is left to the caller.
///
/// # Errors
/// When the database fails; what is wrong with rows is entered instead.
pub fn step(tx: &mut Tx<'_>, id: ImportId, means: Means<'_>) -> Outcome<Going> {
    let Some(mut row) = store::claim(tx, id)? else { return Ok(Going::Ended) };
    let Some(actor) = acting(tx, (row.user_id, row.org_id), row.kind)? else {
        let gone = Message::new("导入人已无权导入", "who began the import may no longer do so");
        return fail(tx, row, Code::Forbidden, &gone);
    };
    row.state = ImportState::Running;
    match row.phase {
        ImportPhase::Reading => reading(tx, row),
        ImportPhase::Checking => batch(tx, row, &Work { actor, means }, false),
        ImportPhase::Writing if row.mode == ImportMode::GoodRowsOnly => batch(tx, row, &Work { actor, means }, true),
        ImportPhase::Writing => write_all(tx, row, &Work { actor, means }),
        ImportPhase::Ended => Ok(Going::Ended),
    }
}

/// Whoever reads begins anew: what an earlier reading left behind goes.
fn reading(tx: &mut Tx<'_>, mut row: ImportRow) -> Outcome<Going> {
    store::clear_rows(tx, row.id)?;
    store::clear_errors(tx, row.id)?;
    (row.bad, row.skipped, row.errors) = (0, 0, 0);
    store::save(tx, &row)?;
    let (import, kind, file, org, claim) = (row.id, row.kind, row.file_id, row.org_id, row.version);
    Ok(Going::Read(Box::new(Reading { import, kind, titles: row.titles, file, org, claim })))
}

/// Keeps rows that were read; the claim they were read under.
///
/// # Errors
/// `stale_version` when somebody else reads.
pub fn stage(tx: &mut Tx<'_>, id: ImportId, claim: i64, drafts: &[Draft], keys: &Keys) -> Outcome<i64> {
    let row = reading_still(tx, id, claim)?;
    let waiting = drafts.iter().map(|draft| {
        let text = draft.parts.to_string();
        let parts = if kinds::personal(row.kind) { keys.seal_row(&text, &id.to_string())? } else { text };
        Ok(WaitingRow { import_id: id, number: draft.number, parts, rests: draft.rests })
    });
    store::insert_rows(tx, &waiting.collect::<Outcome<Vec<_>>>()?)?;
    Ok(row.version)
}

fn reading_still(tx: &mut Tx<'_>, id: ImportId, claim: i64) -> Outcome<ImportRow> {
    let row = store::claim(tx, id)?.filter(|row| row.phase == ImportPhase::Reading && row.version - 1 == claim);
    row.ok_or_else(|| Code::StaleVersion.into())
}

/// Everything was read.
///
/// # Errors
/// `stale_version` when somebody else reads.
pub fn read_through(tx: &mut Tx<'_>, id: ImportId, claim: i64, rows: &Rows) -> Outcome<()> {
    let mut row = reading_still(tx, id, claim)?;
    let drafts = rows.drafts.iter().map(|draft| rows_of(&draft.parts, draft.number).len()).sum::<usize>();
    row.rows_total = Some(i64::try_from(drafts).map_err(AppError::internal)? + rows.bad);
    (row.bad, row.skipped) = (rows.bad, rows.skipped);
    row.phase = rules::after_reading(row.mode);
    enter_errors(tx, &mut row, &rows.wrong)?;
    store::save(tx, &row)
}

/// Keeps the first errors of an import and counts all.
fn enter_errors(tx: &mut Tx<'_>, row: &mut ImportRow, wrong: &[Wrong]) -> Outcome<()> {
    let kept: Vec<ErrorRow> = wrong
        .iter()
        .zip(row.errors + 1..=MOST_ERRORS)
        .map(|(wrong, position)| ErrorRow {
            import_id: row.id,
            position,
            number: wrong.number,
            letters: wrong.place.letters.clone(),
            title: wrong.place.title.clone(),
            code: wrong.code.clone(),
            zh: wrong.message.zh.clone(),
            en: wrong.message.en.clone(),
        })
        .collect();
    row.errors += i64::try_from(wrong.len()).map_err(AppError::internal)?;
    store::insert_errors(tx, &kept)
}

/// Who does a row's work.
struct Work<'a> {
    actor: Actor,
    means: Means<'a>,
}

impl Work<'_> {
    fn carry_out(
        &self,
        tx: &mut Tx<'_>,
        row: &ImportRow,
        parts: &Value,
        faults: Option<&mut Vec<AppError>>,
    ) -> Outcome<Created> {
        kinds::carry_out(tx, &self.actor, row.kind, parts, self.means, faults)
    }

    /// Does a row's work, or only tries it; everything that the commands have against it.
    fn attempt(
        &self,
        tx: &mut Tx<'_>,
        row: &ImportRow,
        parts: &Value,
        keep: bool,
    ) -> Outcome<Result<Created, Vec<AppError>>> {
        let mut done = None;
        let outcome = tx.attempt(|tx| {
            done = Some(self.carry_out(tx, row, parts, None)?);
            if keep { Ok(()) } else { Err(undone()) }
        });
        match (outcome, done) {
            (Ok(()), Some(created)) => Ok(Ok(created)),
            (Err(_), Some(created)) if !keep => Ok(Ok(created)),
            (Ok(()), None) => Err(AppError::internal("a row did nothing")),
            (Err(error), _) if is_fault(&error) => Err(error),
            (Err(error), _) => self.faults(tx, row, parts, error).map(Err),
        }
    }

    /// Goes through a row that was refused again, past its first fault, and undoes it.
    fn faults(&self, tx: &mut Tx<'_>, row: &ImportRow, parts: &Value, first: AppError) -> Outcome<Vec<AppError>> {
        let mut found = Vec::new();
        let outcome = tx.attempt::<()>(|tx| {
            let refused = self.carry_out(tx, row, parts, Some(&mut found)).err();
            found.extend(refused);
            Err(undone())
        });
        drop(outcome);
        match found.iter().find(|error| is_fault(error)) {
            Some(fault) => Err(fault.clone()),
            None if found.is_empty() => Ok(vec![first]),
            None => Ok(found),
        }
    }
}

/// What undoes work that was only tried.
fn undone() -> AppError {
    AppError::new(Code::WrongState).cause("undone: the row was only tried")
}

/// A fault of ours or of the moment, not of the row.
fn is_fault(error: &AppError) -> bool {
    error.parts().rerun || error.code().status() >= 500
}

/// Tries or writes the next rows.
fn batch(tx: &mut Tx<'_>, mut row: ImportRow, work: &Work<'_>, keep: bool) -> Outcome<Going> {
    let waiting = store::rows_after(tx, row.id, row.cursor, BATCH)?;
    let Some(last) = waiting.last().map(|waiting| waiting.number) else { return through(tx, row) };
    let (form, titles) = (kinds::form(row.kind), read_titles(&row)?);
    let (mut made, mut wrong) = (Vec::new(), Vec::new());
    for waiting in &waiting {
        let mut parts = parts_of(&row, waiting, work)?;
        let numbers = rows_of(&parts, waiting.number);
        let count = i64::try_from(numbers.len()).map_err(AppError::internal)?;
        if waiting.rests && !keep {
            kinds::alone(row.kind, &mut parts);
        }
        match work.attempt(tx, &row, &parts, keep)? {
            Ok(created) => {
                row.good += count;
                made.push(result(&row, waiting.number, created));
            }
            Err(errors) => {
                row.bad += count;
                wrong.extend(rows::refused(form, &titles, &numbers, &errors));
            }
        }
    }
    enter_errors(tx, &mut row, &wrong)?;
    if keep {
        enter_results(tx, &mut row, &made)?;
    }
    row.cursor = last;
    store::save(tx, &row)?;
    Ok(Going::On)
}

fn parts_of(row: &ImportRow, waiting: &WaitingRow, work: &Work<'_>) -> Outcome<Value> {
    if !kinds::personal(row.kind) {
        return serde_json::from_str(&waiting.parts).map_err(AppError::internal);
    }
    let text = work.means.keys.open_row(&waiting.parts, &row.id.to_string())?;
    serde_json::from_str(&text).map_err(AppError::internal)
}

fn read_titles(row: &ImportRow) -> Outcome<Titles> {
    serde_json::from_str(&row.titles).map_err(AppError::internal)
}

fn result(row: &ImportRow, number: i64, created: Created) -> ResultRow {
    ResultRow { import_id: row.id, number, subject: created.subject, application: created.application }
}

fn enter_results(tx: &mut Tx<'_>, row: &mut ImportRow, made: &[ResultRow]) -> Outcome<()> {
    row.created += i64::try_from(made.len()).map_err(AppError::internal)?;
    let drafted = made.iter().filter(|made| made.application.is_some()).count();
    row.applications += i64::try_from(drafted).map_err(AppError::internal)?;
    store::insert_results(tx, made)
}

/// No row is left in this phase.
fn through(tx: &mut Tx<'_>, mut row: ImportRow) -> Outcome<Going> {
    if row.phase == ImportPhase::Writing {
        return end(tx, row, ImportState::Done);
    }
    row.phase = rules::after_checking(row.bad);
    if row.phase == ImportPhase::Ended {
        let message = Message::new("有错误的行，未导入任何行", "rows are wrong; nothing was imported");
        return fail(tx, row, Code::ValidationFailed, &message);
    }
    row.cursor = 0;
    store::save(tx, &row)?;
    Ok(Going::On)
}

/// Writes every row and ends the import, or writes nothing of it.
fn write_all(tx: &mut Tx<'_>, mut row: ImportRow, work: &Work<'_>) -> Outcome<Going> {
    let (mut made, mut refused) = (Vec::new(), None);
    let written = tx.attempt(|tx| {
        loop {
            let waiting = store::rows_after(tx, row.id, row.cursor, BATCH)?;
            let Some(last) = waiting.last() else { return Ok(()) };
            row.cursor = last.number;
            for waiting in &waiting {
                let parts = parts_of(&row, waiting, work)?;
                let outcome = work.carry_out(tx, &row, &parts, None);
                let rows = || rows_of(&parts, waiting.number);
                let created = outcome.inspect_err(|error| refused = Some((rows(), error.clone())))?;
                made.push(result(&row, waiting.number, created));
            }
        }
    });
    match (written, refused) {
        (Ok(()), _) => {
            enter_results(tx, &mut row, &made)?;
            end(tx, row, ImportState::Done)
        }
        (Err(error), None) => Err(error),
        (Err(error), Some(_)) if is_fault(&error) => Err(error),
        (Err(_), Some((numbers, error))) => {
            // Something changed since the row was tried.
            let count = i64::try_from(numbers.len()).map_err(AppError::internal)?;
            (row.good, row.bad) = (row.good - count, row.bad + count);
            let wrong = rows::refused(kinds::form(row.kind), &read_titles(&row)?, &numbers, &[error]);
            enter_errors(tx, &mut row, &wrong)?;
            let message = Message::new("有错误的行，未导入任何行", "rows are wrong; nothing was imported");
            fail(tx, row, Code::ValidationFailed, &message)
        }
    }
}

fn fail(tx: &mut Tx<'_>, mut row: ImportRow, code: Code, message: &Message) -> Outcome<Going> {
    row.failure = Some(json!({ "code": code.as_str(), "zh": message.zh, "en": message.en }).to_string());
    end(tx, row, ImportState::Failed)
}

/// Ends an import that cannot go on.
///
/// # Errors
/// When the database fails.
pub fn give_up(tx: &mut Tx<'_>, id: ImportId, error: &AppError) -> Outcome<()> {
    let Some(row) = store::claim(tx, id)? else { return Ok(()) };
    let (zh, en) = error.code().titles();
    let message = error.parts().detail.clone().unwrap_or_else(|| Message::new(zh, en));
    fail(tx, row, error.code(), &message).map(drop)
}

fn end(tx: &mut Tx<'_>, mut row: ImportRow, state: ImportState) -> Outcome<Going> {
    row.state = state;
    row.phase = ImportPhase::Ended;
    row.ended_at = Some(tx.at());
    store::clear_rows(tx, row.id)?;
    store::save(tx, &row)?;
    let details = json!({ "state": row.state, "rows": row.rows_total, "good": row.good, "bad": row.bad,
        "created": row.created, "applications": row.applications });
    record(tx, None, "import.ended", &row, details)?;
    Ok(Going::Ended)
}
