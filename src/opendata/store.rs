//! SQL of open data; decides nothing.

use super::schema::{open_county_months as cells, open_months as months};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, max, update};
use diesel::prelude::*;

/// A month that was made.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = months, treat_none_as_default_value = false)]
pub struct MonthRow {
    pub month: String,
    pub entries: i64,
    pub revision: i64,
    pub revised_at: At,
}

/// A county's month of a revision.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = cells, treat_none_as_default_value = false)]
pub struct CellRow {
    pub month: String,
    pub county: RegionCode,
    pub revision: i64,
    pub county_name: String,
    pub ordered_fen: Fen,
    pub accepted_paid_fen: Fen,
    pub completed_fen: Fen,
    pub orders: i64,
    pub purchasers: i64,
    pub ordered_units: i64,
    pub accepted_paid_units: i64,
    pub completed_units: i64,
    pub revised_at: At,
    /// Units of which two amounts differ; unknown of revisions made before this was asked.
    pub ordered_unpaid_units: Option<i64>,
    pub paid_uncompleted_units: Option<i64>,
    pub ordered_uncompleted_units: Option<i64>,
}

/// Every month that was made, with how many entries.
pub fn made(on: &mut Read) -> Outcome<Vec<(String, i64)>> {
    Ok(each!(on, c => months::table.select((months::month, months::entries)).load(c))?)
}

pub fn month(on: &mut Read, month: &str) -> Outcome<Option<MonthRow>> {
    Ok(each!(on, c => months::table.find(month.to_owned()).select(MonthRow::as_select()).first(c).optional())?)
}

/// Enters a month that was not made before; whether it is new.
pub fn add_month(tx: &mut Tx<'_>, row: &MonthRow) -> Outcome<bool> {
    Ok(each!(tx, c => insert_into(months::table).values(row).on_conflict_do_nothing().execute(c))? == 1)
}

/// Moves a month on from what was seen of it; whether nobody else did.
pub fn move_month(tx: &mut Tx<'_>, seen: &MonthRow, row: &MonthRow) -> Outcome<bool> {
    let moved = each!(tx, c => update(months::table.find(&row.month))
        .filter(months::revision.eq(seen.revision)).filter(months::entries.eq(seen.entries))
        .set((months::entries.eq(row.entries), months::revision.eq(row.revision), months::revised_at.eq(row.revised_at)))
        .execute(c))?;
    Ok(moved == 1)
}

pub fn add_cells(tx: &mut Tx<'_>, rows: &[CellRow]) -> Outcome<()> {
    // SQLite and PostgreSQL both bound the parameters of one statement.
    for some in rows.chunks(500) {
        each!(tx, c => insert_into(cells::table).values(some).execute(c))?;
    }
    Ok(())
}

/// The counties of a month's revision.
pub fn cells_of(on: &mut Read, month: &str, revision: i64) -> Outcome<Vec<CellRow>> {
    Ok(each!(on, c => cells::table.filter(cells::month.eq(month.to_owned())).filter(cells::revision.eq(revision))
        .order(cells::county).select(CellRow::as_select()).load(c))?)
}

/// The last revisions of some months' counties, after one, at most so many.
pub fn published(
    on: &mut Read,
    (from, to): (&str, &str),
    after: Option<(String, RegionCode)>,
    most: i64,
) -> Outcome<Vec<CellRow>> {
    Ok(each!(on, c => {
        let mut query = cells::table
            .inner_join(months::table.on(months::month.eq(cells::month).and(months::revision.eq(cells::revision))))
            .filter(cells::month.ge(from.to_owned())).filter(cells::month.le(to.to_owned()))
            .select(CellRow::as_select()).into_boxed();
        if let Some((month, county)) = &after {
            let later = cells::month.eq(month.clone()).and(cells::county.gt(*county));
            query = query.filter(cells::month.gt(month.clone()).or(later));
        }
        query.order((cells::month, cells::county)).limit(most).load(c)
    })?)
}

/// When one of these months was revised last.
pub fn revised(on: &mut Read, (from, to): (&str, &str)) -> Outcome<Option<At>> {
    Ok(each!(on, c => months::table.filter(months::month.ge(from.to_owned())).filter(months::month.le(to.to_owned()))
        .select(max(months::revised_at)).first(c))?)
}
