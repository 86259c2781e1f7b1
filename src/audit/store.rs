//! SQL of the audit trail: append, give positions, read in scope.

use super::schema::{
    audit_entries as entries, audit_parties as parties, audit_positions as positions, audit_sequence as sequence,
    audit_unsequenced as unsequenced,
};
use super::{Reader, WantedOpenings, Whose};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AuditId, OrgId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Condition, Read, Tx, Wording};
use crate::{each, later_rows};
use diesel::dsl::{delete, exists, insert_into, not, update};
use diesel::prelude::*;

/// A stored entry.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct EntryRow {
    pub id: AuditId,
    pub at: At,
    pub user_id: Option<UserId>,
    pub org_id: Option<OrgId>,
    pub via: String,
    pub action: String,
    pub subject: String,
    pub owner_org: OrgId,
    pub other_org: Option<OrgId>,
    pub region_code: RegionCode,
    pub details: String,
    pub request_id: String,
}

/// Appends entries and whom else they concern, in one round trip.
pub fn append(tx: &mut Tx<'_>, rows: Vec<EntryRow>, concerned: Vec<(AuditId, OrgId)>) -> Outcome<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let waiting: Vec<_> = rows.iter().map(|row| unsequenced::entry_id.eq(row.id)).collect();
    later_rows!(tx, entries::table, rows)?;
    if !concerned.is_empty() {
        let concerned =
            concerned.into_iter().map(|(entry, org)| (parties::entry_id.eq(entry), parties::org_id.eq(org)));
        later_rows!(tx, parties::table, concerned.collect::<Vec<_>>())?;
    }
    Ok(later_rows!(tx, unsequenced::table, waiting)?)
}

/// Gives the next positions to entries that have none; how many. Claiming the sequence first makes one process do it at a time,
/// and only what is committed is seen, so a position once given is never overtaken.
pub fn sequence(tx: &mut Tx<'_>, most: i64) -> Outcome<usize> {
    Ok(each!(tx, c => {
        let last: i64 = update(sequence::table.find(1)).set(sequence::last.eq(sequence::last)).returning(sequence::last).get_result(c)?;
        let waiting: Vec<AuditId> = unsequenced::table.order(unsequenced::entry_id).limit(most).select(unsequenced::entry_id).load(c)?;
        let rows: Vec<_> = waiting.iter().zip(last + 1..).map(|(id, n)| (positions::position.eq(n), positions::entry_id.eq(*id))).collect();
        let given = insert_into(positions::table).values(&rows).execute(c)?;
        delete(unsequenced::table.filter(unsequenced::entry_id.eq_any(&waiting))).execute(c)?;
        let given = i64::try_from(given).unwrap_or(0);
        update(sequence::table.find(1)).set(sequence::last.eq(last + given)).execute(c)?;
        QueryResult::Ok(waiting.len())
    })?)
}

/// Entries of the feed after a position, in order.
pub fn feed(on: &mut Read, reader: &Reader, after: i64, limit: i64) -> Outcome<Vec<(i64, EntryRow)>> {
    Ok(each!(on, c => {
        let mut query = positions::table.inner_join(entries::table).select((positions::position, EntryRow::as_select())).into_boxed();
        query = query.filter(positions::position.gt(after));
        let own = reader.own.unwrap_or(OrgId([0; 16]));
        if !reader.households {
            let hidden = entries::action.like("household%").or(entries::action.eq("file.opened"));
            query = query.filter(not(hidden).or(entries::owner_org.eq(own)));
        }
        if let Whose::Region(_) = reader.whose {
            let hidden = entries::action.like("session.%").or(entries::action.like("password.%"));
            query = query.filter(not(hidden).or(entries::owner_org.eq(own)));
        }
        match &reader.whose {
            Whose::Everybody => {}
            Whose::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(entries::region_code.ge(from)).filter(entries::region_code.lt(to));
            }
            Whose::Organisations(orgs) => {
                let concerned = parties::table.filter(parties::entry_id.eq(entries::id)).filter(parties::org_id.eq_any(orgs));
                // A condition that may be null, as the other party may, has the others be nullable too.
                let concerned = exists(concerned).nullable();
                query = query.filter(entries::owner_org.eq_any(orgs).nullable().or(entries::other_org.eq_any(orgs)).or(concerned));
            }
        }
        query.order(positions::position).limit(limit).load(c)
    })?)
}

/// When the newest entry was written; ids sort by time.
pub fn newest(on: &mut Read) -> Outcome<Option<At>> {
    Ok(each!(on, c => entries::table.order(entries::id.desc()).select(entries::at).first(c).optional())?)
}

/// Entries about one subject, oldest first.
pub fn about(on: &mut Read, subject: &str) -> Outcome<Vec<EntryRow>> {
    Ok(
        each!(on, c => entries::table.filter(entries::subject.eq(subject)).order(entries::id).select(EntryRow::as_select()).load(c))?,
    )
}

/// Entries that are the business of these organisations, in the order in which they happened.
pub fn owned_by(on: &mut Read, owners: &[OrgId]) -> Outcome<Vec<EntryRow>> {
    Ok(each!(on, c => entries::table.filter(entries::owner_org.eq_any(owners))
        .order((entries::at, entries::id)).select(EntryRow::as_select()).load(c))?)
}

/// Written as text, as in the index of openings: plans do not look at what is bound.
struct Opening;
impl Wording for Opening {
    const AFTER: &'static str = " = 'file.opened'";
}

/// Openings of restricted files, the latest first.
pub fn openings(on: &mut Read, whose: &Whose, wanted: &WantedOpenings, page: &PageRequest) -> Outcome<Vec<EntryRow>> {
    let after = page.keys::<At, AuditId>()?;
    Ok(each!(on, c => {
        let opened = Condition::<Opening, _>::of(entries::action);
        let mut query = entries::table.filter(opened).select(EntryRow::as_select()).into_boxed();
        match whose {
            Whose::Everybody => {}
            Whose::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(entries::region_code.ge(from)).filter(entries::region_code.lt(to));
            }
            Whose::Organisations(orgs) => query = query.filter(entries::owner_org.eq_any(orgs)),
        }
        if let Some(subject) = &wanted.subject {
            query = query.filter(entries::subject.eq(subject));
        }
        if let Some(opener) = wanted.opener {
            query = query.filter(entries::org_id.eq(opener));
        }
        if let Some(owner) = wanted.owner {
            query = query.filter(entries::owner_org.eq(owner));
        }
        if let Some(from) = wanted.from {
            query = query.filter(entries::at.ge(from));
        }
        if let Some(below) = wanted.below {
            query = query.filter(entries::at.lt(below));
        }
        if let Some((at, id)) = after {
            query = query.filter(entries::at.le(at)).filter(entries::at.lt(at).or(entries::at.eq(at).and(entries::id.lt(id))));
        }
        query.order((entries::at.desc(), entries::id.desc())).limit(page.fetch()).load(c)
    })?)
}
