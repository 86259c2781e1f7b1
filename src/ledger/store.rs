//! SQL of the ledger: append transfers, change balances under their guard, read both.

pub mod classes;
pub mod merge;
mod statement;

use super::rules::{AccountKind, Phase, Transfer};
use super::schema::{ledger_accounts as accounts, ledger_counts as counts, ledger_transfers as transfers};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AccountId, CountId, OrderId, OrderLineId, OrgId, TransferId, UnitChangeId};
use crate::kernel::money::Fen;
use crate::kernel::terms::{Basis, Fund, LineStanding};
use crate::kernel::time::{At, Day};
use crate::platform::db::{Condition, Kept, Read, Tx, Wording, total};
use crate::{each, later, later_rows};
use diesel::dsl::{insert_into, sql, update};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use statement::{Rows, Value};

/// An account with this id has something left below its ceiling.
#[derive(Debug, Clone, Copy)]
pub struct Left;
impl Wording for Left {
    const BEFORE: &'static str =
        "EXISTS (SELECT 1 FROM ledger_accounts l WHERE l.limit_amount > l.pending + l.posted AND l.id = ";
    const AFTER: &'static str = ")";
}

/// For another slice's statement: whether anything may still be held of the account that its column names.
pub const fn anything_left<C>(column: C) -> Condition<Left, C> {
    Condition::of(column)
}

/// A stored account.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub struct AccountRow {
    pub id: AccountId,
    pub kind: AccountKind,
    pub owner_id: Vec<u8>,
    pub year: i64,
    pub fund: String,
    pub pending: i64,
    pub posted: i64,
    pub limit_amount: Option<i64>,
    pub moves: i64,
    pub version: i64,
    /// Of a unit that was merged: who has what it had, and takes its new holds.
    pub merged_into: Option<OrgId>,
}

/// The fields of a transfer that are compared.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = transfers)]
pub struct TransferRow {
    pub id: TransferId,
    pub account_id: AccountId,
    pub phase: Phase,
    pub amount: i64,
    pub pending_id: Option<TransferId>,
    pub order_id: Option<OrderId>,
    pub line_id: Option<OrderLineId>,
    pub code: String,
}

impl From<TransferRow> for Transfer {
    fn from(row: TransferRow) -> Transfer {
        Transfer {
            id: row.id,
            account_id: row.account_id,
            phase: row.phase,
            amount: row.amount,
            pending_id: row.pending_id,
            order_id: row.order_id,
            line_id: row.line_id,
            code: row.code,
        }
    }
}

/// A stored counting entry.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = counts, treat_none_as_default_value = false)]
pub struct CountRow {
    pub id: CountId,
    pub basis: Basis,
    pub order_id: OrderId,
    pub line_id: OrderLineId,
    pub unit_id: OrgId,
    pub year: i64,
    pub fund: Fund,
    pub amount_fen: Fen,
    pub day: Day,
    pub month: String,
    pub correction: bool,
    pub at: At,
    pub standing: LineStanding,
    pub moved_by: Option<UnitChangeId>,
    pub class_no: i64,
    pub reclassed: bool,
}

/// What changes on one account.
#[derive(Debug, Clone)]
pub struct Delta {
    pub account: AccountId,
    pub pending: i64,
    pub posted: i64,
    pub limit: i64,
    /// Whether the limit binds a quota account; stock is always bound.
    pub enforce: bool,
    /// Whether holds leave the account.
    pub moved: bool,
    /// The count of moves on which the decision rests.
    pub moves: Option<i64>,
}

/// Creates an account unless it exists.
pub fn open(tx: &mut Tx<'_>, row: &AccountRow) -> Outcome<()> {
    each!(tx, c => insert_into(accounts::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Appends the transfers that are not there yet; answers which were appended.
pub fn append(tx: &mut Tx<'_>, batch: &[Transfer]) -> Outcome<Vec<TransferId>> {
    if batch.is_empty() {
        return Ok(Vec::new());
    }
    let statement = insertion(tx, batch, " ON CONFLICT (id) DO NOTHING RETURNING id");
    Ok(each!(tx, c => statement.load(c))?)
}

/// Appends transfers that cannot be there yet, together with what else is written; one that is there fails on its key.
pub fn append_later(tx: &mut Tx<'_>, batch: &[Transfer]) -> Outcome<()> {
    let statement = insertion(tx, batch, "");
    Ok(later!(tx, statement)?)
}

fn insertion(tx: &Tx<'_>, batch: &[Transfer], after: &'static str) -> Rows<'static> {
    let (at, day, request) = (tx.at().0, tx.at().day().to_string(), tx.request_id().to_owned());
    let rows = batch.iter().map(|t| {
        vec![
            t.id.into(),
            t.account_id.into(),
            t.phase.as_str().into(),
            t.amount.into(),
            t.pending_id.into(),
            t.order_id.into(),
            t.line_id.into(),
            t.code.as_str().into(),
            at.into(),
            day.as_str().into(),
            request.as_str().into(),
        ]
    });
    Rows {
        before: "INSERT INTO ledger_transfers (id, account_id, phase, amount, pending_id, order_id, line_id, code, at, day, request_id) VALUES ",
        rows: rows.collect(),
        after,
    }
}

/// The change itself, between what comes before it and the rows it joins.
macro_rules! change {
    ($before:literal, $rows:literal) => {
        concat!(
            $before,
            "UPDATE ledger_accounts AS a SET pending = a.pending + d.column2, posted = a.posted + d.column3, ",
            "limit_amount = a.limit_amount + d.column4, moves = a.moves + d.column5, version = a.version + 1 FROM ",
            $rows,
            " WHERE a.id = d.column1 AND a.pending + d.column2 >= 0 AND a.posted + d.column3 >= 0 ",
            "AND (d.column6 < 0 OR a.moves = d.column6) AND (d.column2 <= 0 OR a.merged_into IS NULL) AND (a.limit_amount IS NULL OR (a.kind = 'quota' AND NOT d.column7) ",
            "OR a.pending + d.column2 + a.posted + d.column3 <= a.limit_amount + d.column4) RETURNING id"
        )
    };
}

/// PostgreSQL locks the accounts in the order of their ids before it changes any, so that two orders never wait for
/// each other in a circle; inside the statement, because a statement of its own is a round trip. The lock lets the
/// transfers that others append refer to the account: FOR UPDATE would wait for all of them.
macro_rules! locked {
    () => {
        "), locked AS MATERIALIZED (SELECT l.id AS key FROM ledger_accounts l JOIN wanted v ON v.column1 = l.id ORDER BY l.id FOR NO KEY UPDATE OF l) "
    };
}
const ON_POSTGRES: &str = concat!(locked!(), change!("", "wanted d JOIN locked k ON k.key = d.column1"));
const ON_SQLITE: &str = change!(") ", "wanted d");
/// The row that is opened has its change already, and the statement's own update does not see it.
const OPENING: &str = concat!(
    "), opened AS (INSERT INTO ledger_accounts (id, kind, owner_id, year, fund, pending, posted, limit_amount, moves, version) ",
    "SELECT column1, column8, column9, column10, column11, column2, 0, NULL, 0, 1 FROM wanted WHERE column9 IS NOT NULL ",
    "ON CONFLICT DO NOTHING RETURNING id",
    locked!(),
    ", changed AS (",
    change!("", "wanted d JOIN locked k ON k.key = d.column1"),
    ") SELECT id FROM opened UNION ALL SELECT id FROM changed"
);

/// Changes balances, every account only if its guard holds; answers which were changed.
pub fn apply(tx: &mut Tx<'_>, deltas: &[Delta]) -> Outcome<Vec<AccountId>> {
    if deltas.is_empty() {
        return Ok(Vec::new());
    }
    let after = if tx.is_postgres() { ON_POSTGRES } else { ON_SQLITE };
    let statement = Rows { before: WANTED, rows: deltas.iter().map(wanted).collect(), after };
    Ok(each!(tx, c => statement.load(c))?)
}

/// As [`apply`] for holds, of which one may be on a quota account that nobody has used: PostgreSQL opens it with the
/// same statement. On SQLite, where a statement costs no trip, it answers as not changed.
pub fn apply_opening(tx: &mut Tx<'_>, deltas: &[Delta], fresh: &AccountRow) -> Outcome<Vec<AccountId>> {
    if !tx.is_postgres() {
        return apply(tx, deltas);
    }
    let rows = deltas.iter().map(|delta| {
        let owner = (delta.account == fresh.id).then(|| fresh.owner_id.clone());
        let mut row = wanted(delta);
        row.extend([fresh.kind.as_str().into(), Value::MaybeId(owner), fresh.year.into(), fresh.fund.as_str().into()]);
        row
    });
    let statement = Rows { before: WANTED, rows: rows.collect(), after: OPENING };
    Ok(each!(tx, c => statement.load(c))?)
}

const WANTED: &str = "WITH wanted AS (VALUES ";

fn wanted(delta: &Delta) -> Vec<Value> {
    vec![
        delta.account.into(),
        delta.pending.into(),
        delta.posted.into(),
        delta.limit.into(),
        i64::from(delta.moved).into(),
        delta.moves.unwrap_or(-1).into(),
        delta.enforce.into(),
    ]
}

/// Locks an account and returns it.
pub fn claim(tx: &mut Tx<'_>, id: AccountId) -> Outcome<AccountRow> {
    Ok(each!(tx, c => update(accounts::table.find(id)).set(accounts::version.eq(accounts::version + 1))
        .returning(AccountRow::as_returning()).get_result(c))?)
}

/// Sets a quota account's ceiling.
pub fn set_limit(tx: &mut Tx<'_>, id: AccountId, limit: i64) -> Outcome<()> {
    each!(tx, c => update(accounts::table.find(id)).set(accounts::limit_amount.eq(Some(limit))).execute(c))?;
    Ok(())
}

/// An account.
pub fn account(on: &mut Read, id: AccountId) -> Outcome<Option<AccountRow>> {
    Ok(each!(on, c => accounts::table.find(id).select(AccountRow::as_select()).first(c).optional())?)
}

/// Accounts by id, in the order of their ids.
pub fn accounts(on: &mut Read, ids: &[AccountId]) -> Outcome<Vec<AccountRow>> {
    Ok(
        each!(on, c => Kept(accounts::table.filter(accounts::id.eq_any(ids)).order(accounts::id).select(AccountRow::as_select())).load(c))?,
    )
}

/// The accounts of an owner's year.
pub fn of_owner(on: &mut Read, kind: AccountKind, owner: &[u8], year: i64) -> Outcome<Vec<AccountRow>> {
    Ok(each!(on, c => accounts::table
        .filter(accounts::kind.eq(kind)).filter(accounts::owner_id.eq(owner)).filter(accounts::year.eq(year))
        .order(accounts::fund).select(AccountRow::as_select()).load(c))?)
}

/// Transfers by id.
pub fn transfers(on: &mut Read, ids: &[TransferId]) -> Outcome<Vec<Transfer>> {
    let rows: Vec<TransferRow> =
        each!(on, c => transfers::table.filter(transfers::id.eq_any(ids)).select(TransferRow::as_select()).load(c))?;
    Ok(rows.into_iter().map(Transfer::from).collect())
}

/// Holds and everything that names them, each with its account.
pub fn of_holds(on: &mut Read, holds: &[TransferId]) -> Outcome<Vec<(Transfer, AccountRow)>> {
    let rows: Vec<(TransferRow, AccountRow)> = each!(on, c => transfers::table
        .inner_join(accounts::table)
        .filter(transfers::id.nullable().eq_any(holds).or(transfers::pending_id.eq_any(holds)))
        .select((TransferRow::as_select(), AccountRow::as_select()))
        .load(c))?;
    Ok(rows.into_iter().map(|(transfer, account)| (transfer.into(), account)).collect())
}

/// Quota accounts of years before this one in which something is still held.
pub fn held_before(on: &mut Read, year: i64, limit: i64) -> Outcome<Vec<AccountRow>> {
    Ok(each!(on, c => accounts::table
        .filter(accounts::kind.eq(AccountKind::Quota)).filter(accounts::year.lt(year)).filter(accounts::pending.gt(0))
        .order(accounts::id).limit(limit).select(AccountRow::as_select()).load(c))?)
}

/// What each hold of these accounts still holds there, as an SQL sum.
const HELD: &str = "CAST(SUM(CASE WHEN phase IN ('pending', 'carried_in') THEN amount ELSE -amount END) AS BIGINT)";
const HOLDING: [Phase; 6] =
    [Phase::Pending, Phase::CarriedIn, Phase::CarriedOut, Phase::Posted, Phase::Voided, Phase::Expired];

/// Holds of which something is left in an account.
pub fn open_holds(on: &mut Read, account: AccountId, limit: i64) -> Outcome<Vec<TransferId>> {
    let hold = || sql::<Binary>("COALESCE(pending_id, id)");
    Ok(each!(on, c => transfers::table
        .filter(transfers::account_id.eq(account)).filter(transfers::phase.eq_any(HOLDING))
        .group_by(hold()).having(sql::<BigInt>(HELD).gt(0))
        .order(hold()).limit(limit).select(hold()).load(c))?)
}

/// Accounts in which more of a hold was resolved than it held.
pub fn overdrawn(on: &mut Read, ids: &[AccountId]) -> Outcome<Vec<(AccountId, i64)>> {
    let account = || sql::<Binary>("account_id");
    Ok(each!(on, c => transfers::table
        .filter(transfers::account_id.eq_any(ids)).filter(transfers::phase.eq_any(HOLDING))
        .group_by((account(), sql::<Binary>("COALESCE(pending_id, id)"))).having(sql::<BigInt>(HELD).lt(0))
        .order(account()).select((account(), sql::<BigInt>(HELD))).load(c))?)
}

/// Accounts after one, in the order of their ids.
pub fn after(on: &mut Read, id: Option<AccountId>, limit: i64) -> Outcome<Vec<AccountRow>> {
    let from = id.map_or_else(Vec::new, |id| id.0.to_vec());
    Ok(each!(on, c => accounts::table.filter(accounts::id.gt(&from)).order(accounts::id).limit(limit)
        .select(AccountRow::as_select()).load(c))?)
}

/// Sums of the accounts' transfers by phase.
pub fn sums(on: &mut Read, ids: &[AccountId]) -> Outcome<Vec<(AccountId, Phase, i64)>> {
    Ok(each!(on, c => transfers::table.filter(transfers::account_id.eq_any(ids))
        .group_by((transfers::account_id, transfers::phase))
        .select((transfers::account_id, transfers::phase, total("amount"))).load(c))?)
}

/// Appends the counting entries that are not there yet; how many.
pub fn count(tx: &mut Tx<'_>, rows: &[CountRow]) -> Outcome<usize> {
    Ok(each!(tx, c => insert_into(counts::table).values(rows).on_conflict_do_nothing().execute(c))?)
}

/// Appends counting entries that cannot be there yet, together with what else is written.
pub fn count_later(tx: &mut Tx<'_>, rows: Vec<CountRow>) -> Outcome<()> {
    Ok(later_rows!(tx, counts::table, rows)?)
}

/// Counting entries by id.
pub fn counts(on: &mut Read, ids: &[CountId]) -> Outcome<Vec<CountRow>> {
    Ok(each!(on, c => counts::table.filter(counts::id.eq_any(ids)).select(CountRow::as_select()).load(c))?)
}

/// Counting entries of an order, oldest first.
pub fn counts_of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<CountRow>> {
    Ok(each!(on, c => counts::table.filter(counts::order_id.eq(order)).order((counts::at, counts::id))
        .select(CountRow::as_select()).load(c))?)
}

/// What lines of some orders come to by basis, whatever they count as.
pub fn counts_of_lines(on: &mut Read, orders: &[OrderId]) -> Outcome<Vec<(OrderLineId, Basis, Fen)>> {
    let rows: Vec<(OrderLineId, Basis, i64)> = each!(on, c => counts::table.filter(counts::order_id.eq_any(orders))
        .group_by((counts::line_id, counts::basis))
        .select((counts::line_id, counts::basis, total("amount_fen"))).load(c))?;
    Ok(rows.into_iter().map(|(line, basis, sum)| (line, basis, Fen::new(sum))).collect())
}
