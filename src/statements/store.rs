//! SQL of statements of account; decides nothing.

use super::rules::difference::{StatementDifferenceKind, StatementDifferenceSource};
use super::rules::state::ReconciliationState;
use super::schema::statement_acceptances as held;
use super::schema::statement_desks as desks;
use super::schema::statement_differences as differences;
use super::schema::statement_invoices as invoices;
use super::schema::statement_lines as lines;
use super::schema::statement_payments as payments;
use super::schema::statement_revisions as revisions;
use super::schema::statements;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AcceptanceId, InvoiceId, OrderId, OrgId, PaymentId, StatementId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// Rows written with one statement.
const INSERTED: usize = 100;
/// Ids named in one statement.
const CHUNK: usize = 500;

/// A statement.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = statements, treat_none_as_default_value = false)]
pub struct StatementRow {
    pub id: StatementId,
    pub supplier_id: OrgId,
    pub buyer_id: OrgId,
    pub buyer_region: RegionCode,
    pub payer_id: OrgId,
    pub first_day: Day,
    pub last_day: Day,
    pub state: ReconciliationState,
    pub revision: i64,
    pub submitted_revision: i64,
    pub drafted_at: At,
    pub confirmed_by: Option<UserId>,
    pub confirmed_at: Option<At>,
    pub withdrawn_by: Option<UserId>,
    pub withdrawn_at: Option<At>,
    pub withdrawal_reason: Option<String>,
    pub version: i64,
}

/// What was stated: its sums.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = revisions, treat_none_as_default_value = false)]
pub struct RevisionRow {
    pub statement_id: StatementId,
    pub revision: i64,
    pub left_out: String,
    pub note: Option<String>,
    pub drafted_by: UserId,
    pub drafted_at: At,
    pub submitted_by: Option<UserId>,
    pub submitted_at: Option<At>,
    pub answered_by: Option<UserId>,
    pub answered_at: Option<At>,
    pub lines: i64,
    pub amount_fen: Fen,
    pub returned_fen: Fen,
    pub disputed_fen: Fen,
    pub paid_fen: Fen,
    pub reported_fen: Fen,
    pub invoiced_fen: Fen,
    pub payable_fen: Fen,
}

/// A line as it was stated.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub struct LineRow {
    pub statement_id: StatementId,
    pub revision: i64,
    pub line_no: i64,
    pub order_id: OrderId,
    pub order_line_no: i64,
    pub acceptance_id: AcceptanceId,
    pub accepted_on: Day,
    pub name: String,
    pub unit: String,
    pub quantity: Quantity,
    pub unit_price_fen: Fen,
    pub amount_fen: Fen,
    pub returned_quantity: Quantity,
    pub returned_fen: Fen,
    pub disputed_fen: Fen,
    pub paid_fen: Fen,
    pub reported_fen: Fen,
    pub invoiced_fen: Fen,
}

/// A difference from what was stated.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = differences, treat_none_as_default_value = false)]
pub struct DifferenceRow {
    pub statement_id: StatementId,
    pub revision: i64,
    pub position: i64,
    pub line_no: Option<i64>,
    pub order_id: OrderId,
    pub order_line_no: i64,
    pub source: StatementDifferenceSource,
    pub kind: StatementDifferenceKind,
    pub stated_fen: Fen,
    pub found_fen: Option<Fen>,
    pub found_quantity: Option<Quantity>,
    pub reason: Option<String>,
}

/// That an acceptance stands in a statement.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = held, treat_none_as_default_value = false)]
pub struct HeldRow {
    pub acceptance_id: AcceptanceId,
    pub statement_id: StatementId,
    pub order_id: OrderId,
}

/// Lets what a supplier states come one after another.
pub fn claim_desk(tx: &mut Tx<'_>, supplier: OrgId) -> Outcome<()> {
    each!(tx, c => insert_into(desks::table).values((desks::supplier_id.eq(supplier), desks::version.eq(1_i64)))
        .on_conflict(desks::supplier_id).do_update().set(desks::version.eq(desks::version + 1)).execute(c))?;
    Ok(())
}

/// Enters a statement.
pub fn insert(tx: &mut Tx<'_>, row: &StatementRow) -> Outcome<()> {
    each!(tx, c => insert_into(statements::table).values(row).execute(c))?;
    Ok(())
}

/// Enters a revision with its lines.
pub fn insert_revision(tx: &mut Tx<'_>, row: &RevisionRow, of: &[LineRow]) -> Outcome<()> {
    each!(tx, c => insert_into(revisions::table).values(row).execute(c))?;
    for part in of.chunks(INSERTED) {
        each!(tx, c => insert_into(lines::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Enters in what buyer and records differ.
pub fn insert_differences(tx: &mut Tx<'_>, rows: &[DifferenceRow]) -> Outcome<()> {
    for part in rows.chunks(INSERTED) {
        each!(tx, c => insert_into(differences::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Lets a statement hold exactly these acceptances.
pub fn hold(tx: &mut Tx<'_>, id: StatementId, rows: &[HeldRow]) -> Outcome<()> {
    release(tx, id)?;
    for part in rows.chunks(INSERTED) {
        each!(tx, c => insert_into(held::table).values(part).execute(c))?;
    }
    Ok(())
}

/// Lets a statement hold nothing.
pub fn release(tx: &mut Tx<'_>, id: StatementId) -> Outcome<()> {
    each!(tx, c => delete(held::table.filter(held::statement_id.eq(id))).execute(c))?;
    Ok(())
}

/// Locks and loads a statement, whoever asks: the caller checks whose it is.
pub fn claim(tx: &mut Tx<'_>, id: StatementId) -> Outcome<Option<StatementRow>> {
    Ok(each!(tx, c => update(statements::table.find(id)).set(statements::version.eq(statements::version + 1))
        .returning(StatementRow::as_returning()).get_result(c).optional())?)
}

/// Stores where a claimed statement stands.
pub fn save(tx: &mut Tx<'_>, row: &StatementRow) -> Outcome<()> {
    let changes = (
        statements::state.eq(row.state),
        statements::revision.eq(row.revision),
        statements::submitted_revision.eq(row.submitted_revision),
        statements::confirmed_by.eq(row.confirmed_by),
        statements::confirmed_at.eq(row.confirmed_at),
        statements::withdrawn_by.eq(row.withdrawn_by),
        statements::withdrawn_at.eq(row.withdrawn_at),
        statements::withdrawal_reason.eq(row.withdrawal_reason.clone()),
    );
    each!(tx, c => update(statements::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// Stores who submitted and who answered a revision of a claimed statement.
pub fn save_revision(tx: &mut Tx<'_>, row: &RevisionRow) -> Outcome<()> {
    let changes = (
        revisions::note.eq(row.note.clone()),
        revisions::submitted_by.eq(row.submitted_by),
        revisions::submitted_at.eq(row.submitted_at),
        revisions::answered_by.eq(row.answered_by),
        revisions::answered_at.eq(row.answered_at),
    );
    each!(tx, c => update(revisions::table.find((row.statement_id, row.revision))).set(changes).execute(c))?;
    Ok(())
}

/// That an invoice was filed for a statement.
pub fn link_invoice(tx: &mut Tx<'_>, id: StatementId, invoice: InvoiceId) -> Outcome<()> {
    let row = (invoices::invoice_id.eq(invoice), invoices::statement_id.eq(id));
    each!(tx, c => insert_into(invoices::table).values(row).execute(c))?;
    Ok(())
}

/// That a transfer was reported for a statement.
pub fn link_payment(tx: &mut Tx<'_>, id: StatementId, payment: PaymentId) -> Outcome<()> {
    let row = (payments::payment_id.eq(payment), payments::statement_id.eq(id));
    each!(tx, c => insert_into(payments::table).values(row).execute(c))?;
    Ok(())
}

/// A statement, whoever asks: the caller checks the scope.
pub fn find(on: &mut Read, id: StatementId) -> Outcome<Option<StatementRow>> {
    Ok(each!(on, c => statements::table.find(id).select(StatementRow::as_select()).first(c).optional())?)
}

/// The revisions of a statement, in order.
pub fn revisions_of(on: &mut Read, id: StatementId) -> Outcome<Vec<RevisionRow>> {
    Ok(each!(on, c => revisions::table.filter(revisions::statement_id.eq(id)).order(revisions::revision)
        .select(RevisionRow::as_select()).load(c))?)
}

/// The revisions of several statements.
pub fn revisions_of_all(on: &mut Read, ids: &[StatementId]) -> Outcome<Vec<RevisionRow>> {
    Ok(each!(on, c => revisions::table.filter(revisions::statement_id.eq_any(ids))
        .select(RevisionRow::as_select()).load(c))?)
}

/// The lines of a revision, in order.
pub fn lines_of(on: &mut Read, id: StatementId, revision: i64) -> Outcome<Vec<LineRow>> {
    Ok(each!(on, c => lines::table.filter(lines::statement_id.eq(id)).filter(lines::revision.eq(revision))
        .order(lines::line_no).select(LineRow::as_select()).load(c))?)
}

/// The differences from the revisions of a statement, in order.
pub fn differences_of(on: &mut Read, id: StatementId) -> Outcome<Vec<DifferenceRow>> {
    Ok(each!(on, c => differences::table.filter(differences::statement_id.eq(id))
        .order((differences::revision, differences::position)).select(DifferenceRow::as_select()).load(c))?)
}

/// The statements in which acceptances stand.
pub fn statements_of(on: &mut Read, ids: &[AcceptanceId]) -> Outcome<Vec<(AcceptanceId, StatementId)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(AcceptanceId, StatementId)> = each!(on, c => held::table.filter(held::acceptance_id.eq_any(part))
            .select((held::acceptance_id, held::statement_id)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// The orders of which a statement holds acceptances, in the order of their ids.
pub fn orders_of(on: &mut Read, id: StatementId) -> Outcome<Vec<OrderId>> {
    Ok(each!(on, c => held::table.filter(held::statement_id.eq(id)).select(held::order_id).distinct()
        .order(held::order_id).load(c))?)
}

/// Those of these transfers that were reported for a statement.
pub fn payments_linked(on: &mut Read, ids: &[PaymentId]) -> Outcome<Vec<(PaymentId, StatementId)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(PaymentId, StatementId)> = each!(on, c => payments::table.filter(payments::payment_id.eq_any(part))
            .select((payments::payment_id, payments::statement_id)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Those of these invoices that were filed for a statement.
pub fn invoices_linked(on: &mut Read, ids: &[InvoiceId]) -> Outcome<Vec<(InvoiceId, StatementId)>> {
    let mut found = Vec::new();
    for part in ids.chunks(CHUNK) {
        let some: Vec<(InvoiceId, StatementId)> = each!(on, c => invoices::table.filter(invoices::invoice_id.eq_any(part))
            .select((invoices::invoice_id, invoices::statement_id)).load(c))?;
        found.extend(some);
    }
    Ok(found)
}

/// Transfers and invoices of a statement, oldest first.
pub fn linked(on: &mut Read, id: StatementId) -> Outcome<(Vec<PaymentId>, Vec<InvoiceId>)> {
    let paid = each!(on, c => payments::table.filter(payments::statement_id.eq(id)).select(payments::payment_id)
        .order(payments::payment_id).load(c))?;
    let invoiced = each!(on, c => invoices::table.filter(invoices::statement_id.eq(id)).select(invoices::invoice_id)
        .order(invoices::invoice_id).load(c))?;
    Ok((paid, invoiced))
}

/// Whose statements a list shows; to others than the supplier those that were submitted.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Everybody's.
    Everything,
    /// Those of buyers in a region.
    BuyersIn((String, String)),
    /// Those of units of a tree, and what its root pays.
    Tree(OrgId, Vec<OrgId>),
    /// Those of one of its parties.
    Party(OrgId),
}

/// Which statements a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct StatementsWanted {
    pub state: Option<ReconciliationState>,
    pub supplier: Option<OrgId>,
    pub buyer: Option<OrgId>,
}

/// Statements within reach, the newest first.
pub fn list(on: &mut Read, reach: &Reach, wanted: &StatementsWanted, page: &PageRequest) -> Outcome<Vec<StatementRow>> {
    let after = page.key::<StatementId>()?;
    Ok(each!(on, c => {
        let submitted = statements::submitted_revision.gt(0);
        let mut query = statements::table.select(StatementRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => query = query.filter(submitted),
            Reach::BuyersIn((from, to)) => {
                query = query.filter(submitted).filter(statements::buyer_region.ge(from)).filter(statements::buyer_region.lt(to));
            }
            Reach::Tree(root, units) => {
                query = query.filter(submitted).filter(statements::buyer_id.eq_any(units).or(statements::payer_id.eq(root)));
            }
            Reach::Party(org) => {
                let bought = submitted.and(statements::buyer_id.eq(org).or(statements::payer_id.eq(org)));
                query = query.filter(statements::supplier_id.eq(org).or(bought));
            }
        }
        if let Some(state) = wanted.state {
            query = query.filter(statements::state.eq(state));
        }
        if let Some(supplier) = wanted.supplier {
            query = query.filter(statements::supplier_id.eq(supplier));
        }
        if let Some(buyer) = wanted.buyer {
            query = query.filter(statements::buyer_id.eq(buyer));
        }
        if let Some(id) = after {
            query = query.filter(statements::id.lt(id));
        }
        query.order(statements::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// The latest confirmed statements of a supplier.
pub fn confirmed(on: &mut Read, supplier: OrgId, most: i64) -> Outcome<Vec<StatementRow>> {
    Ok(each!(on, c => statements::table.filter(statements::supplier_id.eq(supplier))
        .filter(statements::state.eq(ReconciliationState::Confirmed)).order(statements::id.desc()).limit(most)
        .select(StatementRow::as_select()).load(c))?)
}
