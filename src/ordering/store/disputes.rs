//! SQL of disputes.

use super::payments::Reach;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DisputeEntryId, DisputeId, DisputeSettlementId, FileId, OrderId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::ordering::rules::dispute::{
    DisputeEntryKind, DisputeKind, DisputeSide, DisputeState, Remedy, SettlementState,
};
use crate::ordering::schema::disputes::{
    dispute_entries as entries, dispute_files as files, dispute_lines as lines, dispute_settlement_lines as payables,
    dispute_settlements as settlements, disputes,
};
use crate::ordering::schema::orders;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A dispute.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = disputes, treat_none_as_default_value = false)]
pub struct DisputeRow {
    pub id: DisputeId,
    pub order_id: OrderId,
    pub kind: DisputeKind,
    pub side: DisputeSide,
    pub opened_by: UserId,
    pub opened_org: OrgId,
    pub opened_at: At,
    pub amount_fen: Fen,
    pub state: DisputeState,
    pub closed_at: Option<At>,
    pub freed_fen: Fen,
    pub freed_on: Option<Day>,
}

/// A disputed line; 0 is the freight.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub struct DisputeLineRow {
    pub dispute_id: DisputeId,
    pub line_no: i64,
    pub amount_fen: Fen,
    pub withheld_fen: Fen,
}

/// Something that was said.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct EntryRow {
    pub id: DisputeEntryId,
    pub dispute_id: DisputeId,
    pub kind: DisputeEntryKind,
    pub org_id: OrgId,
    pub user_id: UserId,
    pub at: At,
    pub text: String,
}

/// A file of something that was said.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = files, treat_none_as_default_value = false)]
pub struct FileRow {
    pub entry_id: DisputeEntryId,
    pub file_id: FileId,
}

/// A proposed settlement.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = settlements, treat_none_as_default_value = false)]
pub struct SettlementRow {
    pub id: DisputeSettlementId,
    pub dispute_id: DisputeId,
    pub side: DisputeSide,
    pub proposed_by: UserId,
    pub proposed_org: OrgId,
    pub proposed_at: At,
    pub remedy: Remedy,
    pub text: String,
    pub state: SettlementState,
    pub answered_by: Option<UserId>,
    pub answered_at: Option<At>,
}

/// What of a line stays payable.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = payables, treat_none_as_default_value = false)]
pub struct PayableRow {
    pub settlement_id: DisputeSettlementId,
    pub line_no: i64,
    pub payable_fen: Fen,
}

/// Which disputes a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrow {
    pub state: Option<DisputeState>,
    pub order: Option<OrderId>,
}

/// Records a dispute.
pub fn insert(tx: &mut Tx<'_>, row: &DisputeRow, of: &[DisputeLineRow]) -> Outcome<()> {
    each!(tx, c => insert_into(disputes::table).values(row).execute(c))?;
    each!(tx, c => insert_into(lines::table).values(of).execute(c))?;
    Ok(())
}

/// Records what was said, with its files.
pub fn insert_entry(tx: &mut Tx<'_>, row: &EntryRow, named: &[FileId]) -> Outcome<()> {
    each!(tx, c => insert_into(entries::table).values(row).execute(c))?;
    let rows: Vec<FileRow> = named.iter().map(|file| FileRow { entry_id: row.id, file_id: *file }).collect();
    if !rows.is_empty() {
        each!(tx, c => insert_into(files::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// A dispute, whoever asks: the caller checks the scope.
pub fn find(on: &mut Read, id: DisputeId) -> Outcome<Option<DisputeRow>> {
    Ok(each!(on, c => disputes::table.find(id).select(DisputeRow::as_select()).first(c).optional())?)
}

/// An order's disputes, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<DisputeRow>> {
    Ok(each!(on, c => disputes::table.filter(disputes::order_id.eq(order)).order(disputes::id)
        .select(DisputeRow::as_select()).load(c))?)
}

/// The disputes of orders, oldest first.
pub fn of_orders(on: &mut Read, orders: &[OrderId]) -> Outcome<Vec<DisputeRow>> {
    Ok(each!(on, c => disputes::table.filter(disputes::order_id.eq_any(orders)).order(disputes::id)
        .select(DisputeRow::as_select()).load(c))?)
}

/// The disputed lines of an order, oldest dispute first.
pub fn lines_of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<DisputeLineRow>> {
    Ok(each!(on, c => lines::table.inner_join(disputes::table).filter(disputes::order_id.eq(order))
        .order((lines::dispute_id, lines::line_no)).select(DisputeLineRow::as_select()).load(c))?)
}

/// The lines of disputes.
pub fn lines_of(on: &mut Read, ids: &[DisputeId]) -> Outcome<Vec<DisputeLineRow>> {
    Ok(each!(on, c => lines::table.filter(lines::dispute_id.eq_any(ids)).order((lines::dispute_id, lines::line_no))
        .select(DisputeLineRow::as_select()).load(c))?)
}

/// Stores what a line's dispute keeps from being due.
pub fn withhold(tx: &mut Tx<'_>, line: &DisputeLineRow) -> Outcome<()> {
    each!(tx, c => update(lines::table.find((line.dispute_id, line.line_no)))
        .set(lines::withheld_fen.eq(line.withheld_fen)).execute(c))?;
    Ok(())
}

/// Ends a dispute; whether it was open.
pub fn close(tx: &mut Tx<'_>, row: &DisputeRow) -> Outcome<bool> {
    let closed = each!(tx, c => update(disputes::table.find(row.id).filter(disputes::state.eq(DisputeState::Open)))
        .set((disputes::state.eq(row.state), disputes::closed_at.eq(row.closed_at), disputes::freed_fen.eq(row.freed_fen),
            disputes::freed_on.eq(row.freed_on))).execute(c))?;
    Ok(closed == 1)
}

/// What was said in a dispute, oldest first.
pub fn entries_of(on: &mut Read, id: DisputeId) -> Outcome<Vec<EntryRow>> {
    Ok(
        each!(on, c => entries::table.filter(entries::dispute_id.eq(id)).order(entries::id).select(EntryRow::as_select()).load(c))?,
    )
}

/// The files of what was said.
pub fn files_of(on: &mut Read, id: DisputeId) -> Outcome<Vec<(DisputeEntryId, FileId)>> {
    Ok(each!(on, c => files::table.inner_join(entries::table).filter(entries::dispute_id.eq(id))
        .order((files::entry_id, files::file_id)).select((files::entry_id, files::file_id)).load(c))?)
}

/// Records a proposed settlement; one that waited is superseded.
pub fn insert_settlement(tx: &mut Tx<'_>, row: &SettlementRow, of: &[PayableRow]) -> Outcome<()> {
    supersede(tx, row.dispute_id)?;
    each!(tx, c => insert_into(settlements::table).values(row).execute(c))?;
    each!(tx, c => insert_into(payables::table).values(of).execute(c))?;
    Ok(())
}

/// What was proposed waits no more.
pub fn supersede(tx: &mut Tx<'_>, id: DisputeId) -> Outcome<()> {
    each!(tx, c => update(settlements::table.filter(settlements::dispute_id.eq(id))
        .filter(settlements::state.eq(SettlementState::Open)))
        .set(settlements::state.eq(SettlementState::Superseded)).execute(c))?;
    Ok(())
}

/// The settlements that were proposed, oldest first.
pub fn settlements_of(on: &mut Read, id: DisputeId) -> Outcome<Vec<SettlementRow>> {
    Ok(each!(on, c => settlements::table.filter(settlements::dispute_id.eq(id)).order(settlements::id)
        .select(SettlementRow::as_select()).load(c))?)
}

/// What each of them leaves payable.
pub fn payables_of(on: &mut Read, id: DisputeId) -> Outcome<Vec<PayableRow>> {
    Ok(each!(on, c => payables::table.inner_join(settlements::table).filter(settlements::dispute_id.eq(id))
        .order((payables::settlement_id, payables::line_no)).select(PayableRow::as_select()).load(c))?)
}

/// Writes the answer to a settlement; whether it waited for one.
pub fn answer(tx: &mut Tx<'_>, row: &SettlementRow) -> Outcome<bool> {
    let answered = each!(tx, c => update(settlements::table.find(row.id).filter(settlements::state.eq(SettlementState::Open)))
        .set((settlements::state.eq(row.state), settlements::answered_by.eq(row.answered_by),
            settlements::answered_at.eq(row.answered_at))).execute(c))?;
    Ok(answered == 1)
}

/// Disputes in reach, newest first.
pub fn list(
    on: &mut Read,
    reach: &Reach,
    narrow: &Narrow,
    after: Option<DisputeId>,
    most: i64,
) -> Outcome<Vec<DisputeRow>> {
    Ok(each!(on, c => {
        let mut query = disputes::table.inner_join(orders::table).select(DisputeRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::UnitsIn((from, to)) => {
                let bought = orders::unit_region.ge(from).and(orders::unit_region.lt(to));
                query = query.filter(bought.or(orders::supplier_region.ge(from).and(orders::supplier_region.lt(to))));
            }
            Reach::Tree(root, units) => {
                let own = orders::buyer_id.eq(root).or(orders::payer_id.eq(root)).or(orders::unit_id.eq(root));
                query = query.filter(own.or(orders::unit_id.eq_any(units)));
            }
            Reach::Party(org) => {
                query = query.filter(orders::buyer_id.eq(org).or(orders::payer_id.eq(org)).or(orders::unit_id.eq(org))
                    .or(orders::supplier_id.eq(org)));
            }
        }
        if let Some(state) = narrow.state {
            query = query.filter(disputes::state.eq(state));
        }
        if let Some(order) = narrow.order {
            query = query.filter(disputes::order_id.eq(order));
        }
        if let Some(id) = after {
            query = query.filter(disputes::id.lt(id));
        }
        query.order(disputes::id.desc()).limit(most).load(c)
    })?)
}
