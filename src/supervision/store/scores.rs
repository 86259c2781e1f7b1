//! SQL of suppliers' scores and of what they propose.

use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FindingId, OrgId, RuleId, ScoreId, ScoreProposalId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use crate::supervision::rules::{
    ComplaintOutcome, FindingSource, FindingState, InspectionOutcome, ProposalState, ScoreAspect, ScorePart, ScoreStep,
};
use crate::supervision::schema::watch::{
    score_proposals as proposals, supplier_score_parts as parts, supplier_scores as scores,
};
use crate::supervision::schema::{complaints, findings, inspections};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored score.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = scores, treat_none_as_default_value = false)]
pub struct ScoreRow {
    pub id: ScoreId,
    pub month: String,
    pub org_id: OrgId,
    pub org_name: String,
    pub region_code: RegionCode,
    pub points: i64,
    pub orders: i64,
    pub orders_rule_id: RuleId,
    pub step: Option<ScoreStep>,
    pub ladder_rule_id: Option<RuleId>,
    pub finding_id: Option<FindingId>,
    pub computed_at: At,
}

/// A stored part of a score.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = parts, treat_none_as_default_value = false)]
pub struct PartRow {
    pub score_id: ScoreId,
    pub place: i64,
    pub aspect: ScoreAspect,
    pub part: ScorePart,
    pub numerator: i64,
    pub denominator: i64,
    pub weight_ppm: i64,
    pub weight_rule_id: RuleId,
}

/// A stored proposal.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = proposals, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ProposalRow {
    pub id: ScoreProposalId,
    pub score_id: ScoreId,
    pub month: String,
    pub org_id: OrgId,
    pub org_name: String,
    pub region_code: RegionCode,
    pub points: i64,
    pub step: ScoreStep,
    pub state: ProposalState,
    pub proposed_at: At,
    pub answer_from: Day,
    pub answer_by: Day,
    pub answer_provisional: bool,
    pub answer_rule_id: RuleId,
    pub answer: Option<String>,
    pub answered_by: Option<UserId>,
    pub answered_at: Option<At>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<At>,
    pub reason: Option<String>,
    pub version: i64,
}

/// Which scores are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedScores {
    pub month: Option<String>,
    pub within: Option<RegionCode>,
    pub below: Option<i64>,
}

pub fn insert_score(tx: &mut Tx<'_>, row: &ScoreRow, of: &[PartRow]) -> Outcome<()> {
    each!(tx, c => insert_into(scores::table).values(row).execute(c))?;
    each!(tx, c => insert_into(parts::table).values(of).execute(c))?;
    Ok(())
}

/// The latest score of a supplier before a month.
pub fn score_before(on: &mut Read, org: OrgId, month: &str) -> Outcome<Option<ScoreRow>> {
    Ok(each!(on, c => scores::table.filter(scores::org_id.eq(org)).filter(scores::month.lt(month))
        .order(scores::month.desc()).select(ScoreRow::as_select()).first(c).optional())?)
}

/// The scores of a supplier in scope, the latest month first.
pub fn scores_of(on: &mut Read, org: OrgId, before: Option<&str>, limit: i64) -> Outcome<Vec<ScoreRow>> {
    Ok(each!(on, c => {
        let mut query = scores::table.filter(scores::org_id.eq(org)).select(ScoreRow::as_select()).into_boxed();
        if let Some(before) = before {
            query = query.filter(scores::month.lt(before));
        }
        query.order(scores::month.desc()).limit(limit).load(c)
    })?)
}

/// Scores in scope, the latest first.
pub fn scores(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedScores,
    after: Option<ScoreId>,
    limit: i64,
) -> Outcome<Vec<ScoreRow>> {
    Ok(each!(on, c => {
        let mut query = scores::table.select(ScoreRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(scores::region_code.ge(from)).filter(scores::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(scores::org_id.eq(*org)),
        }
        if let Some(month) = &wanted.month {
            query = query.filter(scores::month.eq(month));
        }
        if let Some(region) = &wanted.within {
            let (from, to) = region.subtree();
            query = query.filter(scores::region_code.ge(from)).filter(scores::region_code.lt(to));
        }
        if let Some(below) = wanted.below {
            query = query.filter(scores::points.lt(below));
        }
        if let Some(after) = after {
            query = query.filter(scores::id.lt(after));
        }
        query.order(scores::id.desc()).limit(limit).load(c)
    })?)
}

/// The parts of these scores, in order.
pub fn parts_of(on: &mut Read, ids: &[ScoreId]) -> Outcome<Vec<PartRow>> {
    Ok(each!(on, c => parts::table.filter(parts::score_id.eq_any(ids)).order((parts::score_id, parts::place))
        .select(PartRow::as_select()).load(c))?)
}

pub fn insert_proposal(tx: &mut Tx<'_>, row: &ProposalRow) -> Outcome<()> {
    each!(tx, c => insert_into(proposals::table).values(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads a proposal in scope.
pub fn claim_proposal(tx: &mut Tx<'_>, scope: &Scope, id: ScoreProposalId) -> Outcome<Option<ProposalRow>> {
    Ok(each!(tx, c => {
        let claimed = update(proposals::table.find(id)).set(proposals::version.eq(proposals::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(proposals::region_code.ge(from)).filter(proposals::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => claimed.filter(proposals::org_id.eq(*org)),
        };
        claimed.returning(ProposalRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed proposal.
pub fn save_proposal(tx: &mut Tx<'_>, row: &ProposalRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(proposals::table.find(row.id)).filter(proposals::version.eq(row.version)).set(row).execute(c))?,
    )
}

/// What became of the proposal of a score.
pub fn proposal_of(on: &mut Read, score: ScoreId) -> Outcome<Option<ProposalRow>> {
    Ok(each!(on, c => proposals::table.filter(proposals::score_id.eq(score)).select(ProposalRow::as_select())
        .first(c).optional())?)
}

/// Puts a later proposal in the place of a supplier's open one.
pub fn supersede(tx: &mut Tx<'_>, org: OrgId) -> Outcome<()> {
    each!(tx, c => update(proposals::table.filter(proposals::org_id.eq(org)).filter(proposals::state.eq(ProposalState::Open)))
        .set((proposals::state.eq(ProposalState::Superseded), proposals::version.eq(proposals::version + 1))).execute(c))?;
    Ok(())
}

/// Proposals whose days to answer rest on a calendar that was not loaded.
pub fn provisional_proposals(on: &mut Read) -> Outcome<Vec<ScoreProposalId>> {
    Ok(each!(on, c => proposals::table.filter(proposals::state.eq(ProposalState::Open))
        .filter(proposals::answer_provisional.eq(true)).order(proposals::id).select(proposals::id).load(c))?)
}

/// Proposals in scope, the latest first.
pub fn proposals(
    on: &mut Read,
    scope: &Scope,
    state: Option<ProposalState>,
    after: Option<ScoreProposalId>,
    limit: i64,
) -> Outcome<Vec<ProposalRow>> {
    Ok(each!(on, c => {
        let mut query = proposals::table.select(ProposalRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(proposals::region_code.ge(from)).filter(proposals::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(proposals::org_id.eq(*org)),
        }
        if let Some(state) = state {
            query = query.filter(proposals::state.eq(state));
        }
        if let Some(after) = after {
            query = query.filter(proposals::id.lt(after));
        }
        query.order(proposals::id.desc()).limit(limit).load(c)
    })?)
}

/// Findings about a supplier that count in a month: opened in it by offices or audits and not cancelled, or opened before
/// and not answered by a last day that passed in it or earlier.
pub fn findings_counted(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<i64> {
    let sources = [FindingSource::Own, FindingSource::Audit];
    let waiting = [FindingState::Open, FindingState::Returned];
    Ok(each!(on, c => findings::table.filter(findings::owner_org.eq(org)).filter(findings::opened_at.lt(until))
        .filter(findings::source.eq_any(sources)).filter(findings::state.ne(FindingState::Cancelled))
        .filter(findings::opened_at.ge(from)
            .or(findings::state.eq_any(waiting).and(findings::due_on.lt(until.day()))))
        .count().get_result(c))?)
}

/// Complaints about a supplier that were upheld in a time.
pub fn complaints_upheld(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<i64> {
    Ok(each!(on, c => complaints::table.filter(complaints::supplier_org.eq(org))
        .filter(complaints::outcome.eq(ComplaintOutcome::Upheld)).filter(complaints::decided_at.ge(from))
        .filter(complaints::decided_at.lt(until)).count().get_result(c))?)
}

/// Inspections of a supplier recorded in a time: passed, and all.
pub fn inspections_counted(on: &mut Read, org: OrgId, from: At, until: At) -> Outcome<(i64, i64)> {
    let outcomes: Vec<Option<InspectionOutcome>> = each!(on, c => inspections::table.filter(inspections::owner_org.eq(org))
        .filter(inspections::recorded_at.ge(from)).filter(inspections::recorded_at.lt(until))
        .order(inspections::id).select(inspections::outcome).load(c))?;
    let passed = outcomes.iter().filter(|outcome| **outcome == Some(InspectionOutcome::Pass)).count();
    Ok((i64::try_from(passed).unwrap_or(0), i64::try_from(outcomes.len()).unwrap_or(0)))
}
