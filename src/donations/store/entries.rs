//! SQL of entries: what declarations count, only added to.

use crate::donations::rules::{DeclarationEvent, DeclarationKind, EntryPart};
use crate::donations::schema::{donation_entries as entries, donation_entry_parts as parts};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{DeclarationId, DonationEntryId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx, total};
use diesel::dsl::insert_into;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;

/// An entry.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct EntryRow {
    pub id: DonationEntryId,
    pub declaration_id: DeclarationId,
    pub kind: DeclarationKind,
    pub event: DeclarationEvent,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub township: RegionCode,
    pub county: RegionCode,
    pub month: String,
    pub quarter: String,
    pub year: String,
    pub activities: i64,
    pub amount_fen: Fen,
    pub reason: Option<String>,
    pub office_org: OrgId,
    pub made_by: UserId,
    pub recorded_at: At,
    pub recorded_on: Day,
}

/// A unit, cadre or line of an entry.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = parts, treat_none_as_default_value = false)]
pub struct PartRow {
    pub entry_id: DonationEntryId,
    pub part: EntryPart,
    pub position: i64,
    pub key: Vec<u8>,
    pub class: String,
    pub times: i64,
    pub amount_fen: Fen,
}

/// Rows of one INSERT: below what either database binds in a statement.
const INSERTED: usize = 500;

pub fn insert_entry(tx: &mut Tx<'_>, entry: &EntryRow, of_it: &[PartRow]) -> Outcome<()> {
    each!(tx, c => insert_into(entries::table).values(entry).execute(c))?;
    for rows in of_it.chunks(INSERTED) {
        each!(tx, c => insert_into(parts::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The entries of a declaration, oldest first.
pub fn entries(on: &mut Read, id: DeclarationId) -> Outcome<Vec<EntryRow>> {
    Ok(
        each!(on, c => entries::table.filter(entries::declaration_id.eq(id)).order(entries::id).select(EntryRow::as_select()).load(c))?,
    )
}

/// The parts of entries, by entry.
pub fn parts(on: &mut Read, of: &[DonationEntryId]) -> Outcome<Vec<PartRow>> {
    Ok(
        each!(on, c => parts::table.filter(parts::entry_id.eq_any(of)).order((parts::entry_id, parts::part, parts::position))
        .select(PartRow::as_select()).load(c))?,
    )
}

/// What declarations count by what was recorded until the end of a day.
pub fn counted(on: &mut Read, ids: &[DeclarationId], until: Day) -> Outcome<Vec<(DeclarationId, Fen)>> {
    let found: Vec<(DeclarationId, i64)> = each!(on, c => entries::table.filter(entries::declaration_id.eq_any(ids))
        .filter(entries::recorded_on.le(until)).group_by(entries::declaration_id)
        .select((entries::declaration_id, total("amount_fen"))).load(c))?;
    Ok(found.into_iter().map(|(id, fen)| (id, Fen::new(fen))).collect())
}

/// A declaration whose entries are not what it says.
#[derive(Debug, QueryableByName)]
pub struct Wrong {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    pub id: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    pub declared: i64,
    #[diesel(sql_type = BigInt)]
    pub counted: i64,
}

/// Entries that are not the sum of their parts, and first entries and ends that are not what was declared.
pub fn wrong(on: &mut Read) -> Outcome<Vec<Wrong>> {
    let text = "SELECT e.id AS id, e.amount_fen AS declared, CAST(COALESCE(SUM(p.amount_fen), 0) AS BIGINT) AS counted
            FROM donation_entries e LEFT JOIN donation_entry_parts p ON p.entry_id = e.id
            GROUP BY e.id, e.amount_fen HAVING e.amount_fen <> COALESCE(SUM(p.amount_fen), 0)
        UNION ALL
        SELECT d.id, d.amount_fen, CAST(COALESCE(SUM(CASE WHEN e.event = 'verified' THEN e.amount_fen ELSE 0 END), 0) AS BIGINT)
            FROM donation_declarations d LEFT JOIN donation_entries e ON e.declaration_id = d.id
            WHERE d.state IN ('verified', 'annulled') GROUP BY d.id, d.amount_fen
            HAVING d.amount_fen <> COALESCE(SUM(CASE WHEN e.event = 'verified' THEN e.amount_fen ELSE 0 END), 0)
        UNION ALL
        SELECT d.id, 0, CAST(SUM(e.amount_fen) AS BIGINT)
            FROM donation_declarations d JOIN donation_entries e ON e.declaration_id = d.id
            WHERE d.state <> 'verified' GROUP BY d.id HAVING SUM(e.amount_fen) <> 0";
    Ok(each!(on, c => sql_query(text).load(c))?)
}
