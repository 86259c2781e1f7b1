//! SQL of complaints and the steps of their handling.

use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ComplaintId, ComplaintStepId, FindingId, OrgId, RuleId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use crate::supervision::rules::{ComplaintEvent, ComplaintOrigin, ComplaintOutcome, ComplaintState, SubjectKind};
use crate::supervision::schema::{complaint_steps as steps, complaints};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored complaint.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = complaints, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ComplaintRow {
    pub id: ComplaintId,
    pub origin: ComplaintOrigin,
    pub subject_kind: SubjectKind,
    pub subject: String,
    pub subject_name: String,
    pub supplier_org: OrgId,
    pub supplier_name: String,
    pub region_code: RegionCode,
    pub office: RegionCode,
    pub contact: Option<String>,
    pub text: String,
    pub reference_12317: Option<String>,
    pub buyer_org: Option<OrgId>,
    pub filed_by: Option<UserId>,
    pub filed_at: At,
    pub source: Option<Vec<u8>>,
    pub receipt_hash: Option<Vec<u8>>,
    pub state: ComplaintState,
    pub outcome: Option<ComplaintOutcome>,
    pub reason: Option<String>,
    pub reply: Option<String>,
    pub handler: Option<UserId>,
    pub finding_id: Option<FindingId>,
    pub due_from: Day,
    pub due_on: Option<Day>,
    pub due_provisional: bool,
    pub due_rule_id: Option<RuleId>,
    pub decided_at: Option<At>,
    pub updated_at: At,
    pub version: i64,
}

/// A stored step; files are JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = steps, treat_none_as_default_value = false)]
pub struct StepRow {
    pub id: ComplaintStepId,
    pub complaint_id: ComplaintId,
    pub event: ComplaintEvent,
    pub text: Option<String>,
    pub file_ids: String,
    pub office_org: OrgId,
    pub office: RegionCode,
    pub taken_by: UserId,
    pub taken_at: At,
    pub late: bool,
    pub due_on: Option<Day>,
    pub due_rule_id: Option<RuleId>,
}

/// Which complaints are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedComplaints {
    pub state: Option<ComplaintState>,
    pub supplier: Option<OrgId>,
    pub office: Option<RegionCode>,
    /// Not accepted or decided by the day before this one.
    pub late_on: Option<Day>,
}

/// A deadline runs.
const RUNNING: [ComplaintState; 3] = [ComplaintState::Received, ComplaintState::Accepted, ComplaintState::Verified];

pub fn insert_complaint(tx: &mut Tx<'_>, row: &ComplaintRow) -> Outcome<()> {
    each!(tx, c => insert_into(complaints::table).values(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads a complaint that the offices of a scope handle.
pub fn claim_complaint(tx: &mut Tx<'_>, scope: &Scope, id: ComplaintId) -> Outcome<Option<ComplaintRow>> {
    Ok(each!(tx, c => {
        let claimed = update(complaints::table.find(id)).set(complaints::version.eq(complaints::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(complaints::region_code.ge(from)).filter(complaints::region_code.lt(to))
            }
            Scope::Org(_) | Scope::UnitTree(_) => return Ok(None),
        };
        claimed.returning(ComplaintRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed complaint.
pub fn save_complaint(tx: &mut Tx<'_>, row: &ComplaintRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(complaints::table.find(row.id)).filter(complaints::version.eq(row.version)).set(row).execute(c))?,
    )
}

pub fn insert_step(tx: &mut Tx<'_>, row: &StepRow) -> Outcome<()> {
    each!(tx, c => insert_into(steps::table).values(row).execute(c))?;
    Ok(())
}

/// The steps of a complaint, oldest first.
pub fn steps_of(on: &mut Read, id: ComplaintId) -> Outcome<Vec<StepRow>> {
    Ok(
        each!(on, c => steps::table.filter(steps::complaint_id.eq(id)).order(steps::id).select(StepRow::as_select()).load(c))?,
    )
}

/// How many complaints from one source are not decided.
pub fn open_complaints_from(on: &mut Read, source: &[u8]) -> Outcome<i64> {
    Ok(each!(on, c => complaints::table.filter(complaints::source.eq(source)).filter(complaints::state.eq_any(RUNNING))
        .count().get_result(c))?)
}

/// The complaint of a hotline's number.
pub fn complaint_of_reference(on: &mut Read, reference: &str) -> Outcome<Option<ComplaintId>> {
    Ok(
        each!(on, c => complaints::table.filter(complaints::reference_12317.eq(reference)).select(complaints::id).first(c).optional())?,
    )
}

/// The buyer's complaint about an order that is not decided.
pub fn open_complaint_about(on: &mut Read, order: &str) -> Outcome<Option<ComplaintId>> {
    Ok(
        each!(on, c => complaints::table.filter(complaints::subject.eq(order)).filter(complaints::origin.eq(ComplaintOrigin::Buyer))
        .filter(complaints::state.eq_any(RUNNING)).select(complaints::id).first(c).optional())?,
    )
}

/// The complaint of a receipt.
pub fn complaint_of_receipt(on: &mut Read, hash: &[u8]) -> Outcome<Option<ComplaintRow>> {
    Ok(
        each!(on, c => complaints::table.filter(complaints::receipt_hash.eq(hash)).select(ComplaintRow::as_select()).first(c).optional())?,
    )
}

/// Complaints whose deadline rests on a calendar that was not loaded.
pub fn provisional_complaints(on: &mut Read) -> Outcome<Vec<ComplaintId>> {
    Ok(
        each!(on, c => complaints::table.filter(complaints::state.eq_any(RUNNING)).filter(complaints::due_provisional.eq(true))
        .order(complaints::id).select(complaints::id).load(c))?,
    )
}

pub fn complaint(on: &mut Read, scope: &Scope, id: ComplaintId) -> Outcome<Option<ComplaintRow>> {
    Ok(each!(on, c => {
        let query = complaints::table.find(id).select(ComplaintRow::as_select()).into_boxed();
        let query = match scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(complaints::region_code.ge(from)).filter(complaints::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) =>
                query.filter(complaints::supplier_org.nullable().eq(*org).or(complaints::buyer_org.eq(*org))),
        };
        query.first(c).optional()
    })?)
}

/// Complaints in scope: the latest first, or where only late ones are wanted the longest overdue first.
pub fn complaints(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedComplaints,
    page: &PageRequest,
) -> Outcome<Vec<ComplaintRow>> {
    let late_after = if wanted.late_on.is_some() { page.keys::<Day, ComplaintId>()? } else { None };
    let after = if wanted.late_on.is_none() { page.key::<ComplaintId>()? } else { None };
    Ok(each!(on, c => {
        let mut query = complaints::table.select(ComplaintRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(complaints::region_code.ge(from)).filter(complaints::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => {
                query = query.filter(complaints::supplier_org.nullable().eq(*org).or(complaints::buyer_org.eq(*org)));
            }
        }
        if let Some(state) = wanted.state {
            query = query.filter(complaints::state.eq(state));
        }
        if let Some(supplier) = wanted.supplier {
            query = query.filter(complaints::supplier_org.eq(supplier));
        }
        if let Some(office) = wanted.office {
            query = query.filter(complaints::office.eq(office));
        }
        if let Some(after) = after {
            query = query.filter(complaints::id.lt(after));
        }
        if let Some((due, id)) = late_after {
            query = query.filter(complaints::due_on.ge(due))
                .filter(complaints::due_on.gt(due).or(complaints::due_on.eq(due).and(complaints::id.gt(id))));
        }
        let query = match wanted.late_on {
            Some(today) => query.filter(complaints::state.eq_any(RUNNING))
                .filter(complaints::due_on.lt(today)).order((complaints::due_on.asc(), complaints::id.asc())),
            None => query.order(complaints::id.desc()),
        };
        query.limit(page.fetch()).load(c)
    })?)
}
