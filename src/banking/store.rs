//! SQL of bank statements; decides nothing.

use super::rules::{Direction, StatementState};
use super::schema::bank_bookings as bookings;
use super::schema::bank_desks as desks;
use super::schema::bank_lines as lines;
use super::schema::bank_statement_errors as errors;
use super::schema::bank_statement_lines as shown;
use super::schema::bank_statements as statements;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{BankLineId, BankStatementId, FileId, OrgId, PaymentId, RuleId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{exists, insert_into, not, update};
use diesel::prelude::*;

/// Rows written with one statement.
const INSERTED: usize = 100;
/// Ids named in one statement.
const CHUNK: usize = 500;

/// A file of movements.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = statements, treat_none_as_default_value = false)]
pub struct StatementRow {
    pub id: BankStatementId,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub account_number: String,
    pub file_id: FileId,
    pub uploaded_by: UserId,
    pub uploaded_at: At,
    pub book_unambiguous: bool,
    pub state: StatementState,
    pub cursor: i64,
    pub new_lines: i64,
    pub known_lines: i64,
    pub wrong_rows: i64,
    pub skipped_rows: i64,
    pub job_booked: i64,
    pub ended_at: Option<At>,
    pub version: i64,
}

/// Something wrong with a row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = errors, treat_none_as_default_value = false)]
pub struct ErrorRow {
    pub statement_id: BankStatementId,
    pub position: i64,
    pub number: i64,
    pub letters: String,
    pub title: String,
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// A movement.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub struct LineRow {
    pub id: BankLineId,
    pub org_id: OrgId,
    pub account_number: String,
    pub identity: String,
    pub booked_on: Day,
    pub direction: Direction,
    pub amount_fen: Fen,
    pub name: String,
    pub counter_account: String,
    pub text: String,
    pub reference: Option<String>,
}

/// That a file shows a movement.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = shown, treat_none_as_default_value = false)]
pub struct ShownRow {
    pub statement_id: BankStatementId,
    pub number: i64,
    pub line_id: BankLineId,
}

/// Which payment a movement is.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = bookings, treat_none_as_default_value = false)]
pub struct BookingRow {
    pub line_id: BankLineId,
    pub payment_id: PaymentId,
    pub confirmed: bool,
    pub booked_at: At,
    pub booked_by: Option<UserId>,
    pub rule_id: Option<RuleId>,
}

/// Lets what a supplier does with its statements come one after another.
pub fn claim_desk(tx: &mut Tx<'_>, org: OrgId) -> Outcome<()> {
    each!(tx, c => insert_into(desks::table).values((desks::org_id.eq(org), desks::version.eq(1_i64)))
        .on_conflict(desks::org_id).do_update().set(desks::version.eq(desks::version + 1)).execute(c))?;
    Ok(())
}

/// Stores a statement.
pub fn insert(tx: &mut Tx<'_>, row: &StatementRow) -> Outcome<()> {
    each!(tx, c => insert_into(statements::table).values(row).execute(c))?;
    Ok(())
}

/// Stores movements.
pub fn insert_lines(tx: &mut Tx<'_>, rows: &[LineRow]) -> Outcome<()> {
    for part in rows.chunks(INSERTED) {
        each!(tx, c => insert_into(lines::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Stores which movements a file shows.
pub fn insert_shown(tx: &mut Tx<'_>, rows: &[ShownRow]) -> Outcome<()> {
    for part in rows.chunks(INSERTED) {
        each!(tx, c => insert_into(shown::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Stores what is wrong with rows.
pub fn insert_errors(tx: &mut Tx<'_>, rows: &[ErrorRow]) -> Outcome<()> {
    for part in rows.chunks(INSERTED) {
        each!(tx, c => insert_into(errors::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Those of these movements that are known, by what tells them apart.
pub fn known(on: &mut Read, org: OrgId, identities: &[String]) -> Outcome<Vec<(String, BankLineId)>> {
    let mut found = Vec::new();
    for part in identities.chunks(CHUNK) {
        let some: Vec<(String, BankLineId)> = each!(on, c => lines::table.filter(lines::org_id.eq(org))
            .filter(lines::identity.eq_any(part)).select((lines::identity, lines::id)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Locks and loads a statement.
pub fn claim(tx: &mut Tx<'_>, id: BankStatementId) -> Outcome<Option<StatementRow>> {
    Ok(each!(tx, c => update(statements::table.find(id)).set(statements::version.eq(statements::version + 1))
        .returning(StatementRow::as_returning()).get_result(c).optional())?)
}

/// Stores how far a claimed statement has come.
pub fn save(tx: &mut Tx<'_>, row: &StatementRow) -> Outcome<()> {
    let changes = (
        statements::state.eq(row.state),
        statements::cursor.eq(row.cursor),
        statements::job_booked.eq(row.job_booked),
        statements::ended_at.eq(row.ended_at),
    );
    each!(tx, c => update(statements::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// A statement of an organisation; of any where none is named.
pub fn find(on: &mut Read, org: Option<OrgId>, id: BankStatementId) -> Outcome<Option<StatementRow>> {
    Ok(each!(on, c => {
        let mut query = statements::table.filter(statements::id.eq(id)).select(StatementRow::as_select()).into_boxed();
        if let Some(org) = org {
            query = query.filter(statements::org_id.eq(org));
        }
        query.first(c).optional()
    })?)
}

/// Statements of an organisation, newest first.
pub fn list(on: &mut Read, org: OrgId, page: &PageRequest) -> Outcome<Vec<StatementRow>> {
    let after = page.key::<BankStatementId>()?;
    Ok(each!(on, c => {
        let mut query = statements::table.filter(statements::org_id.eq(org)).select(StatementRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(statements::id.lt(after));
        }
        query.order(statements::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// What is wrong with rows of a file.
pub fn errors(on: &mut Read, id: BankStatementId) -> Outcome<Vec<ErrorRow>> {
    Ok(each!(on, c => errors::table.filter(errors::statement_id.eq(id)).order(errors::position)
        .select(ErrorRow::as_select()).load(c))?)
}

/// The movements that a file shows, behind a row, in the order of its rows.
pub fn lines_of(on: &mut Read, id: BankStatementId, after: i64, most: i64) -> Outcome<Vec<(i64, LineRow)>> {
    Ok(
        each!(on, c => shown::table.inner_join(lines::table).filter(shown::statement_id.eq(id)).filter(shown::number.gt(after))
        .order(shown::number).limit(most).select((shown::number, LineRow::as_select())).load(c))?,
    )
}

/// A movement that a file shows.
pub fn line_of(on: &mut Read, id: BankStatementId, line: BankLineId) -> Outcome<Option<LineRow>> {
    Ok(each!(on, c => lines::table.filter(lines::id.eq(line))
        .filter(exists(shown::table.filter(shown::line_id.eq(lines::id)).filter(shown::statement_id.eq(id))))
        .select(LineRow::as_select()).first(c).optional())?)
}

/// Money that came to an organisation and is booked to no payment.
pub fn unbooked(on: &mut Read, org: OrgId) -> Outcome<Vec<LineRow>> {
    Ok(each!(on, c => lines::table.filter(lines::org_id.eq(org)).filter(lines::direction.eq(Direction::Credit))
        .filter(not(exists(bookings::table.filter(bookings::line_id.eq(lines::id)))))
        .order(lines::id).select(LineRow::as_select()).load(c))?)
}

/// Books a movement to a payment, unless one of them is booked; whether that was done.
pub fn book(tx: &mut Tx<'_>, row: &BookingRow) -> Outcome<bool> {
    Ok(each!(tx, c => insert_into(bookings::table).values(row).on_conflict_do_nothing().execute(c))? == 1)
}

/// The bookings of these movements.
pub fn bookings_of(on: &mut Read, ids: &[BankLineId]) -> Outcome<Vec<BookingRow>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<BookingRow> = each!(on, c => bookings::table.filter(bookings::line_id.eq_any(part))
            .select(BookingRow::as_select()).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Those of these payments that a movement is booked to.
pub fn booked(on: &mut Read, ids: &[PaymentId]) -> Outcome<Vec<PaymentId>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<PaymentId> = each!(on, c => bookings::table.filter(bookings::payment_id.eq_any(part))
            .select(bookings::payment_id).load(c))?;
        found.extend(some);
    }
    Ok(found)
}
