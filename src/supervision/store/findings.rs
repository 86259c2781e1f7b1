//! SQL of findings, answers and decisions.

use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FindingAnswerId, FindingDecisionId, FindingId, OrgId, RuleId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use crate::supervision::rules::{FindingCode, FindingSource, FindingState, FindingVerdict, SubjectKind};
use crate::supervision::schema::{finding_answers as answers, finding_decisions as decisions, findings};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored finding.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = findings, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct FindingRow {
    pub id: FindingId,
    pub source: FindingSource,
    pub source_id: Option<String>,
    pub subject_kind: SubjectKind,
    pub subject: String,
    pub subject_name: String,
    pub owner_org: OrgId,
    pub owner_name: String,
    pub region_code: RegionCode,
    pub code: FindingCode,
    pub text: String,
    pub state: FindingState,
    pub office: RegionCode,
    pub opened_by: UserId,
    pub opened_for: OrgId,
    pub opened_at: At,
    pub round: i64,
    pub due_from: Day,
    pub due_on: Day,
    pub due_provisional: bool,
    pub due_rule_id: RuleId,
    pub ended_at: Option<At>,
    pub updated_at: At,
    pub version: i64,
}

/// A stored answer; files are JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = answers, treat_none_as_default_value = false)]
pub struct AnswerRow {
    pub id: FindingAnswerId,
    pub finding_id: FindingId,
    pub round: i64,
    pub text: String,
    pub file_ids: String,
    pub late: bool,
    pub given_by: UserId,
    pub given_at: At,
}

/// A stored decision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub struct DecisionRow {
    pub id: FindingDecisionId,
    pub finding_id: FindingId,
    pub round: i64,
    pub decision: FindingVerdict,
    pub reason: String,
    pub office_org: OrgId,
    pub decided_by: UserId,
    pub decided_at: At,
    pub due_on: Option<Day>,
    pub due_rule_id: Option<RuleId>,
    pub to_office: Option<RegionCode>,
}

/// Which findings are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedFindings {
    pub state: Option<FindingState>,
    pub owner: Option<OrgId>,
    pub source: Option<FindingSource>,
    pub office: Option<RegionCode>,
    /// Not answered by the day before this one.
    pub late_on: Option<Day>,
}

pub fn insert_finding(tx: &mut Tx<'_>, row: &FindingRow) -> Outcome<()> {
    each!(tx, c => insert_into(findings::table).values(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads a finding in scope.
pub fn claim_finding(tx: &mut Tx<'_>, scope: &Scope, id: FindingId) -> Outcome<Option<FindingRow>> {
    Ok(each!(tx, c => {
        let claimed = update(findings::table.find(id)).set(findings::version.eq(findings::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(findings::region_code.ge(from)).filter(findings::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => claimed.filter(findings::owner_org.eq(*org)),
        };
        claimed.returning(FindingRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed finding.
pub fn save_finding(tx: &mut Tx<'_>, row: &FindingRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(findings::table.find(row.id)).filter(findings::version.eq(row.version)).set(row).execute(c))?,
    )
}

pub fn insert_answer(tx: &mut Tx<'_>, row: &AnswerRow) -> Outcome<()> {
    each!(tx, c => insert_into(answers::table).values(row).execute(c))?;
    Ok(())
}

pub fn insert_decision(tx: &mut Tx<'_>, row: &DecisionRow) -> Outcome<()> {
    each!(tx, c => insert_into(decisions::table).values(row).execute(c))?;
    Ok(())
}

/// The answers to a finding, oldest first.
pub fn answers_of(on: &mut Read, id: FindingId) -> Outcome<Vec<AnswerRow>> {
    Ok(
        each!(on, c => answers::table.filter(answers::finding_id.eq(id)).order(answers::id).select(AnswerRow::as_select()).load(c))?,
    )
}

/// The decisions about a finding, oldest first.
pub fn decisions_of(on: &mut Read, id: FindingId) -> Outcome<Vec<DecisionRow>> {
    Ok(
        each!(on, c => decisions::table.filter(decisions::finding_id.eq(id)).order(decisions::id).select(DecisionRow::as_select()).load(c))?,
    )
}

/// Findings that wait for their owners under a deadline that rests on a calendar that was not loaded.
pub fn provisional_findings(on: &mut Read) -> Outcome<Vec<FindingId>> {
    Ok(each!(on, c => findings::table.filter(findings::state.eq_any([FindingState::Open, FindingState::Returned]))
        .filter(findings::due_provisional.eq(true)).order(findings::id).select(findings::id).load(c))?)
}

pub fn finding(on: &mut Read, scope: &Scope, id: FindingId) -> Outcome<Option<FindingRow>> {
    Ok(each!(on, c => {
        let query = findings::table.find(id).select(FindingRow::as_select()).into_boxed();
        let query = match scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(findings::region_code.ge(from)).filter(findings::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => query.filter(findings::owner_org.eq(*org)),
        };
        query.first(c).optional()
    })?)
}

/// Findings in scope: the latest first, or where only late ones are wanted the longest overdue first.
pub fn findings(on: &mut Read, scope: &Scope, wanted: &WantedFindings, page: &PageRequest) -> Outcome<Vec<FindingRow>> {
    let late_after = if wanted.late_on.is_some() { page.keys::<Day, FindingId>()? } else { None };
    let after = if wanted.late_on.is_none() { page.key::<FindingId>()? } else { None };
    Ok(each!(on, c => {
        let mut query = findings::table.select(FindingRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(findings::region_code.ge(from)).filter(findings::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(findings::owner_org.eq(*org)),
        }
        if let Some(state) = wanted.state {
            query = query.filter(findings::state.eq(state));
        }
        if let Some(owner) = wanted.owner {
            query = query.filter(findings::owner_org.eq(owner));
        }
        if let Some(source) = wanted.source {
            query = query.filter(findings::source.eq(source));
        }
        if let Some(office) = wanted.office {
            query = query.filter(findings::office.eq(office));
        }
        if let Some(after) = after {
            query = query.filter(findings::id.lt(after));
        }
        if let Some((due, id)) = late_after {
            query = query.filter(findings::due_on.ge(due))
                .filter(findings::due_on.gt(due).or(findings::due_on.eq(due).and(findings::id.gt(id))));
        }
        let query = match wanted.late_on {
            Some(today) => query.filter(findings::state.eq_any([FindingState::Open, FindingState::Returned]))
                .filter(findings::due_on.lt(today)).order((findings::due_on.asc(), findings::id.asc())),
            None => query.order(findings::id.desc()),
        };
        query.limit(page.fetch()).load(c)
    })?)
}
