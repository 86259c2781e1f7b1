//! Reading a statement into movements, and booking movements to payments.

use super::matching::{self, line};
use super::reading::{Movement, Sheet, identities};
use super::rules::{self, Direction, Refusal, StatementState};
use super::store::{self, BookingRow, ErrorRow, LineRow, ShownRow, StatementRow};
use crate::audit;
use crate::identity::{self, Standing};
use crate::kernel::actor::{Actor, BookBankStatements, Permission, Scope, Via};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{BankLineId, BankStatementId, FileId, PaymentId, RuleId};
use crate::ordering::{self, PaymentAnswer, PaymentDecision, PaymentState};
use crate::platform::clock::Ctx;
use crate::platform::db::{Read, Store, Tx};
use crate::platform::jobs::{self, Job};
use crate::platform::secret::{hex, sha256};
use serde_json::json;
use std::collections::BTreeMap;

/// The outbox topic of statements whose unambiguous lines are to be booked; `app.rs` binds it to [`advance`].
pub const TOPIC: &str = "banking.book";

/// Wrong cells that are kept of a file; more are as wrong as these.
const MOST_ERRORS: usize = 200;
/// Lines that one transaction looks through until it books one.
const LOOKED: i64 = 200;
/// Transactions of one run of the job; the next run goes on, so that no run outlasts its lease.
const STEPS: usize = 40;

/// A statement is to be gone on with.
#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
struct BookingStep {
    statement_id: BankStatementId,
}

/// A statement that was read.
#[derive(Debug)]
pub struct NewStatement {
    /// The file.
    pub file: FileId,
    /// Whose movements they are.
    pub account: String,
    /// Whether a job books what is unambiguous.
    pub book: bool,
    /// What it holds.
    pub sheet: Sheet,
}

/// Keeps a statement and those of its movements that are new.
///
/// # Errors
/// When the database fails.
pub fn enter(tx: &mut Tx<'_>, actor: &Actor, new: &NewStatement) -> Outcome<StatementRow> {
    store::claim_desk(tx, actor.org_id)?;
    let id: BankStatementId = tx.new_id();
    let (lines, shown) = split(tx, actor, id, new)?;
    let count = |n: usize| i64::try_from(n).map_err(AppError::internal);
    let fresh = count(lines.len())?;
    let row = StatementRow {
        id,
        org_id: actor.org_id,
        region_code: actor.region,
        account_number: new.account.clone(),
        file_id: new.file,
        uploaded_by: actor.user_id,
        uploaded_at: tx.at(),
        book_unambiguous: new.book,
        state: if new.book { StatementState::Booking } else { StatementState::Read },
        cursor: 0,
        new_lines: fresh,
        known_lines: count(shown.len())? - fresh,
        wrong_rows: new.sheet.wrong_rows,
        skipped_rows: new.sheet.skipped,
        job_booked: 0,
        ended_at: None,
        version: 1,
    };
    store::insert(tx, &row)?;
    store::insert_lines(tx, &lines)?;
    store::insert_shown(tx, &shown)?;
    store::insert_errors(tx, &wrong(&row, &new.sheet))?;
    if new.book {
        jobs::enqueue(tx, TOPIC, &BookingStep { statement_id: id })?;
    }
    let details = json!({ "file_id": row.file_id, "new_lines": row.new_lines, "known_lines": row.known_lines,
        "wrong_rows": row.wrong_rows, "book_unambiguous": row.book_unambiguous });
    record(tx, Some(actor), "bank_statement.uploaded", id.to_string(), &row, details)?;
    Ok(row)
}

/// The movements that are new, and where the file shows which.
fn split(
    tx: &mut Tx<'_>,
    actor: &Actor,
    statement_id: BankStatementId,
    new: &NewStatement,
) -> Outcome<(Vec<LineRow>, Vec<ShownRow>)> {
    let movements = &new.sheet.movements;
    let told: Vec<String> =
        identities(&new.account, movements).iter().map(|text| hex(&sha256(text.as_bytes()))).collect();
    let mut known: BTreeMap<String, BankLineId> = store::known(tx, actor.org_id, &told)?.into_iter().collect();
    let (mut lines, mut shown) = (Vec::new(), Vec::new());
    for (movement, identity) in movements.iter().zip(told) {
        let line_id = match known.get(&identity) {
            Some(line_id) => *line_id,
            None => {
                let row = line_row(tx.new_id(), actor, &new.account, identity.clone(), movement);
                let line_id = row.id;
                known.insert(identity, line_id);
                lines.push(row);
                line_id
            }
        };
        shown.push(ShownRow { statement_id, number: movement.number, line_id });
    }
    Ok((lines, shown))
}

fn line_row(id: BankLineId, actor: &Actor, account: &str, identity: String, movement: &Movement) -> LineRow {
    LineRow {
        id,
        org_id: actor.org_id,
        account_number: account.to_owned(),
        identity,
        booked_on: movement.day,
        direction: movement.direction,
        amount_fen: movement.amount,
        name: movement.name.clone(),
        counter_account: movement.account.clone(),
        text: movement.text.clone(),
        reference: movement.reference.clone(),
    }
}

fn wrong(row: &StatementRow, sheet: &Sheet) -> Vec<ErrorRow> {
    let kept = (1..).zip(sheet.wrong.iter().take(MOST_ERRORS));
    kept.map(|(position, wrong)| ErrorRow {
        statement_id: row.id,
        position,
        number: wrong.number,
        letters: wrong.letters.clone(),
        title: wrong.title.clone(),
        code: wrong.code.to_owned(),
        zh: wrong.message.zh.clone(),
        en: wrong.message.en.clone(),
    })
    .collect()
}

fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    action: &'static str,
    subject: String,
    row: &StatementRow,
    details: serde_json::Value,
) -> Outcome<()> {
    let (owner_org, region) = (row.org_id, row.region_code);
    audit::record(tx, &audit::Entry { actor, action, subject, owner_org, other_org: None, region, details })
}

/// Which line a person books to which payment.
#[derive(Debug, Clone, Copy)]
pub struct NewBooking {
    /// A statement that shows the line.
    pub statement: BankStatementId,
    /// The line.
    pub line: BankLineId,
    /// The payment.
    pub payment: PaymentId,
}

/// Books a line to a payment of its amount, which confirms the payment unless it was confirmed before.
///
/// # Errors
/// `not_found`, `payment_mismatch` for money that left or another amount, `wrong_state` for a denied payment,
/// `already_exists` when the line or the payment is booked.
pub fn book(tx: &mut Tx<'_>, actor: &Actor, new: NewBooking) -> Outcome<BookingRow> {
    store::claim_desk(tx, actor.org_id)?;
    let statement = store::find(tx, Some(actor.org_id), new.statement)?.ok_or(Code::NotFound)?;
    let line = store::line_of(tx, new.statement, new.line)?.ok_or(Code::NotFound)?;
    carry_out(tx, actor, &statement, &line, new.payment, None)
}

/// Confirms the payment by the command of the supplier's answer, and keeps the line. `rule`: the job is sure by this row.
fn carry_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    statement: &StatementRow,
    line: &LineRow,
    payment: PaymentId,
    rule: Option<RuleId>,
) -> Outcome<BookingRow> {
    let (state, amount) = ordering::arrival_state(tx, actor.org_id, payment)?;
    rules::fits(line.direction, line.amount_fen, amount)?;
    if state == PaymentState::Denied {
        return Err(Refusal::Denied.into());
    }
    let confirmed = state != PaymentState::Confirmed;
    let booked_by = rule.is_none().then_some(actor.user_id);
    let row =
        BookingRow { line_id: line.id, payment_id: payment, confirmed, booked_at: tx.at(), booked_by, rule_id: rule };
    if !store::book(tx, &row)? {
        return Err(Refusal::Booked.into());
    }
    if confirmed {
        let answer = PaymentAnswer { payment, order: None, decision: PaymentDecision::Confirm, reason: None };
        ordering::answer_payment(tx, actor, &answer)?;
    }
    let details = json!({ "payment": payment, "statement": statement.id, "booked_on": line.booked_on,
        "confirmed": confirmed, "rule": rule });
    record(tx, Some(actor), "bank_line.booked", line.id.to_string(), statement, details)?;
    Ok(row)
}

/// Books what is unambiguous of a statement, as far as one run goes: each line in a transaction of its own.
///
/// # Errors
/// When the database fails; the run is tried again.
pub async fn advance(db: &Store, ctx: &Ctx, job: &Job) -> Outcome<()> {
    let next: BookingStep = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    for _ in 0..STEPS {
        if !db.write(ctx.clone(), move |tx| step(tx, next.statement_id)).await? {
            return Ok(());
        }
    }
    db.write(ctx.clone(), move |tx| jobs::enqueue(tx, TOPIC, &next)).await
}

/// Looks at the next lines of a statement until one is booked; whether more are left.
fn step(tx: &mut Tx<'_>, id: BankStatementId) -> Outcome<bool> {
    let Some(found) = store::find(tx, None, id)? else { return Ok(false) };
    store::claim_desk(tx, found.org_id)?;
    let Some(mut row) = store::claim(tx, id)?.filter(|row| row.state == StatementState::Booking) else {
        return Ok(false);
    };
    let Some(actor) = acting(tx, &row)? else { return end(tx, row, StatementState::Stopped) };
    let lines = store::lines_of(tx, id, row.cursor, LOOKED)?;
    let Some((last, _)) = lines.last() else { return end(tx, row, StatementState::Booked) };
    row.cursor = *last;
    let first = lines.iter().map(|(_, line)| line.booked_on).min().unwrap_or_else(|| tx.at().day());
    let today = tx.at().day();
    let known = matching::known(tx, row.org_id, &row.region_code, first, today)?;
    let free: Vec<rules::Line> = store::unbooked(tx, row.org_id)?.iter().map(line).collect();
    for (number, stored) in &lines {
        let Some(own) = free.iter().find(|free| free.id == stored.id && stored.direction == Direction::Credit) else {
            continue;
        };
        let Some(payment) = rules::certain(own, &free, &known.payments, known.days) else { continue };
        let booked = tx.attempt(|tx| carry_out(tx, &actor, &row, stored, payment, Some(known.rule)));
        match booked {
            Ok(_) => row.job_booked += 1,
            Err(error) if error.parts().rerun || error.code().status() >= 500 => return Err(error),
            // Somebody answered it at this moment: what the line is stays a proposal.
            Err(_) => {}
        }
        row.cursor = *number;
        break;
    }
    store::save(tx, &row)?;
    Ok(true)
}

fn end(tx: &mut Tx<'_>, mut row: StatementRow, state: StatementState) -> Outcome<bool> {
    row.state = state;
    row.ended_at = Some(tx.at());
    store::save(tx, &row)?;
    let details = json!({ "state": row.state, "booked": row.job_booked });
    record(tx, None, "bank_statement.booked", row.id.to_string(), &row, details)?;
    Ok(false)
}

/// Who uploaded the statement, if that person may still book for the supplier.
fn acting(on: &mut Read, row: &StatementRow) -> Outcome<Option<Actor>> {
    let org = identity::organisation(on, row.org_id)?;
    let mut may = false;
    for grant in BookBankStatements::GRANTS.iter().filter(|grant| grant.kinds.contains(&org.kind)) {
        may = may || identity::holds(on, row.uploaded_by, row.org_id, grant.role)?;
    }
    if !may || org.status != Standing::Active {
        return Ok(None);
    }
    Ok(Some(Actor {
        user_id: row.uploaded_by,
        org_id: org.id,
        kind: org.kind,
        region: org.region_code,
        scope: Scope::Org(org.id),
        ended_on: org.ended_on,
        via: Via::Program,
    }))
}
