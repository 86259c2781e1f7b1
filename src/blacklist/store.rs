//! SQL of the blacklist.

use super::rules::{AppealStatus, BlacklistCause, BlacklistStatus};
use super::schema::{blacklist_appeals as appeals, blacklist_entries as entries};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{BlacklistAppealId, BlacklistEntryId, CertificateId, OrgId, RuleId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored entry.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = entries, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct EntryRow {
    pub id: BlacklistEntryId,
    pub org_id: OrgId,
    pub supplier_name: String,
    pub uscc: Option<Uscc>,
    pub region_code: RegionCode,
    pub cause: BlacklistCause,
    pub reason: Option<String>,
    pub document_no: Option<String>,
    pub certificate_id: Option<CertificateId>,
    pub certificate_number: Option<String>,
    pub listed_from: Day,
    pub listed_until: Option<Day>,
    pub rule_id: Option<RuleId>,
    pub office_org: OrgId,
    pub office_region: RegionCode,
    pub decided_by: UserId,
    pub decided_at: At,
    pub appeal_until: Day,
    pub appeal_rule_id: RuleId,
    pub status: BlacklistStatus,
    pub ended_on: Option<Day>,
    pub ended_by: Option<UserId>,
    pub end_reason: Option<String>,
    pub version: i64,
}

/// A stored appeal; files are a JSON list of ids.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = appeals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AppealRow {
    pub id: BlacklistAppealId,
    pub entry_id: BlacklistEntryId,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub statement: String,
    pub files: String,
    pub filed_by: UserId,
    pub filed_at: At,
    pub office_region: RegionCode,
    pub due_on: Day,
    pub due_provisional: bool,
    pub due_rule_id: RuleId,
    pub status: AppealStatus,
    pub reason: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_for: Option<OrgId>,
    pub decided_at: Option<At>,
}

pub fn insert_entry(tx: &mut Tx<'_>, row: &EntryRow) -> Outcome<()> {
    each!(tx, c => insert_into(entries::table).values(row).execute(c))?;
    Ok(())
}

/// Locks and loads an entry as far as the scope reaches, and raises its version.
pub fn claim_entry(tx: &mut Tx<'_>, scope: &Scope, id: BlacklistEntryId) -> Outcome<Option<EntryRow>> {
    Ok(each!(tx, c => {
        let claimed = update(entries::table.filter(entries::id.eq(id)))
            .set(entries::version.eq(entries::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(entries::region_code.ge(from)).filter(entries::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => claimed.filter(entries::org_id.eq(*org)),
        };
        claimed.returning(EntryRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed entry.
pub fn save_entry(tx: &mut Tx<'_>, row: &EntryRow) -> Outcome<()> {
    each!(tx, c => update(entries::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// Any entry: what is listed is public.
pub fn entry(on: &mut Read, id: BlacklistEntryId) -> Outcome<Option<EntryRow>> {
    Ok(each!(on, c => entries::table.find(id).select(EntryRow::as_select()).first(c).optional())?)
}

/// Entries of a supplier that count on a day.
pub fn current_of(on: &mut Read, org: OrgId, today: Day) -> Outcome<Vec<EntryRow>> {
    Ok(
        each!(on, c => entries::table.filter(entries::org_id.eq(org)).filter(entries::status.eq(BlacklistStatus::Listed))
        .filter(entries::listed_until.is_null().or(entries::listed_until.ge(today)))
        .order(entries::id).select(EntryRow::as_select()).load(c))?,
    )
}

/// Entries that count on a day, newest first, of a region where one is named.
pub fn current(
    on: &mut Read,
    region: Option<RegionCode>,
    today: Day,
    after: Option<BlacklistEntryId>,
    most: i64,
) -> Outcome<Vec<EntryRow>> {
    Ok(each!(on, c => {
        let mut query = entries::table.filter(entries::status.eq(BlacklistStatus::Listed))
            .filter(entries::listed_until.is_null().or(entries::listed_until.ge(today)))
            .select(EntryRow::as_select()).into_boxed();
        if let Some(region) = region {
            let (from, to) = region.subtree();
            query = query.filter(entries::region_code.ge(from)).filter(entries::region_code.lt(to));
        }
        if let Some(after) = after {
            query = query.filter(entries::id.lt(after));
        }
        query.order(entries::id.desc()).limit(most).load(c)
    })?)
}

pub fn insert_appeal(tx: &mut Tx<'_>, row: &AppealRow) -> Outcome<()> {
    each!(tx, c => insert_into(appeals::table).values(row).execute(c))?;
    Ok(())
}

/// An appeal as far as the scope reaches.
pub fn appeal(on: &mut Read, scope: &Scope, id: BlacklistAppealId) -> Outcome<Option<AppealRow>> {
    Ok(each!(on, c => {
        let query = appeals::table.filter(appeals::id.eq(id)).select(AppealRow::as_select()).into_boxed();
        let query = match scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(appeals::region_code.ge(from)).filter(appeals::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => query.filter(appeals::org_id.eq(*org)),
        };
        query.first(c).optional()
    })?)
}

/// Appeals in scope, newest first.
pub fn appeals(
    on: &mut Read,
    scope: &Scope,
    status: Option<AppealStatus>,
    after: Option<BlacklistAppealId>,
    most: i64,
) -> Outcome<Vec<AppealRow>> {
    Ok(each!(on, c => {
        let mut query = appeals::table.select(AppealRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(appeals::region_code.ge(from)).filter(appeals::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(appeals::org_id.eq(*org)),
        }
        if let Some(status) = status {
            query = query.filter(appeals::status.eq(status));
        }
        if let Some(after) = after {
            query = query.filter(appeals::id.lt(after));
        }
        query.order(appeals::id.desc()).limit(most).load(c)
    })?)
}

/// The appeals against entries.
pub fn appeals_of(on: &mut Read, ids: &[BlacklistEntryId]) -> Outcome<Vec<AppealRow>> {
    Ok(each!(on, c => appeals::table.filter(appeals::entry_id.eq_any(ids)).order(appeals::id)
        .select(AppealRow::as_select()).load(c))?)
}

/// Writes the decision about an open appeal; how many that were.
pub fn decide_appeal(tx: &mut Tx<'_>, row: &AppealRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(appeals::table.find(row.id)).filter(appeals::status.eq(AppealStatus::Open)).set(row).execute(c))?,
    )
}

/// Open appeals whose deadline rests on a year that was not loaded.
pub fn provisional(on: &mut Read) -> Outcome<Vec<AppealRow>> {
    Ok(
        each!(on, c => appeals::table.filter(appeals::status.eq(AppealStatus::Open)).filter(appeals::due_provisional.eq(true))
        .order(appeals::id).select(AppealRow::as_select()).load(c))?,
    )
}

/// Moves the deadline of an open appeal.
pub fn move_due(tx: &mut Tx<'_>, id: BlacklistAppealId, due_on: Day, provisional: bool) -> Outcome<()> {
    each!(tx, c => update(appeals::table.find(id)).filter(appeals::status.eq(AppealStatus::Open))
        .set((appeals::due_on.eq(due_on), appeals::due_provisional.eq(provisional))).execute(c))?;
    Ok(())
}
