//! What owners, offices and auditors see of findings.

use super::lateness::Lateness;
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{FileId, FindingAnswerId, FindingDecisionId, FindingId, OrgId, RuleId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::supervision::rules::{self, FindingCode, FindingSource, FindingState, FindingVerdict, SubjectKind};
use crate::supervision::store::{self, AnswerRow, DecisionRow, FindingRow, WantedFindings};
use serde::Serialize;
use utoipa::ToSchema;

/// A finding.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingView {
    /// Its id.
    pub id: FindingId,
    /// Where it comes from.
    pub source: FindingSource,
    /// The inspection, complaint or alert it comes from.
    pub source_id: Option<String>,
    /// What it is about.
    pub subject_kind: SubjectKind,
    /// Its id, or a certificate's number.
    pub subject: String,
    /// Its name.
    pub subject_name: String,
    /// The organisation that puts it right.
    pub owner_id: OrgId,
    /// The owner's name.
    pub owner_name: String,
    /// Where the owner is registered.
    pub region_code: RegionCode,
    /// What is wrong.
    pub code: FindingCode,
    /// In words.
    pub text: String,
    /// Where it stands.
    pub state: FindingState,
    /// The region whose office decides; one above may as well.
    pub office: RegionCode,
    /// How often an answer was asked for.
    pub round: i64,
    /// The last day to answer.
    pub due_on: Day,
    /// The deadline rests on a year whose holidays are not loaded.
    pub due_provisional: bool,
    /// The owner has not answered in time.
    pub overdue: bool,
    /// How many working days late; absent in time.
    pub working_days_late: Option<i64>,
    /// The rule row that set the deadline.
    pub due_rule_id: RuleId,
    /// When it was opened.
    pub opened_at: At,
    /// When it was closed or cancelled.
    pub ended_at: Option<At>,
    /// Send it as If-Match with a decision.
    #[schema(example = "\"v2\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

/// The view of a finding on a day.
///
/// # Errors
/// When the database fails.
pub fn finding_view(on: &mut Read, row: FindingRow, today: Day) -> Outcome<FindingView> {
    shown(on, row, today, &mut Lateness::default())
}

fn shown(on: &mut Read, row: FindingRow, today: Day, lateness: &mut Lateness) -> Outcome<FindingView> {
    let overdue = rules::overdue(row.state, row.due_on, today);
    let late = if overdue { Some(lateness.days(on, row.region_code, row.due_on, today)?) } else { None };
    Ok(FindingView {
        overdue,
        working_days_late: late,
        etag: etag(row.version),
        id: row.id,
        source: row.source,
        source_id: row.source_id,
        subject_kind: row.subject_kind,
        subject: row.subject,
        subject_name: row.subject_name,
        owner_id: row.owner_org,
        owner_name: row.owner_name,
        region_code: row.region_code,
        code: row.code,
        text: row.text,
        state: row.state,
        office: row.office,
        round: row.round,
        due_on: row.due_on,
        due_provisional: row.due_provisional,
        due_rule_id: row.due_rule_id,
        opened_at: row.opened_at,
        ended_at: row.ended_at,
        version: row.version,
    })
}

/// An answer of the owner.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingAnswerView {
    /// Its id.
    pub id: FindingAnswerId,
    /// Which round it answers.
    pub round: i64,
    /// What was done.
    pub text: String,
    /// Evidence.
    pub file_ids: Vec<FileId>,
    /// It came after the last day.
    pub late: bool,
    /// Who answers for it.
    pub given_by: UserId,
    /// When.
    pub given_at: At,
}

impl FindingAnswerView {
    fn of(row: AnswerRow) -> Outcome<FindingAnswerView> {
        Ok(FindingAnswerView {
            id: row.id,
            round: row.round,
            text: row.text,
            file_ids: serde_json::from_str(&row.file_ids).map_err(AppError::internal)?,
            late: row.late,
            given_by: row.given_by,
            given_at: row.given_at,
        })
    }
}

/// A decision of an office.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FindingDecisionView {
    /// Its id.
    pub id: FindingDecisionId,
    /// Which round it decides.
    pub round: i64,
    /// What was decided.
    pub decision: FindingVerdict,
    /// Why.
    pub reason: String,
    /// The office.
    pub office_org_id: OrgId,
    /// Who answers for it.
    pub decided_by: UserId,
    /// When.
    pub decided_at: At,
    /// The new last day after a return.
    pub due_on: Option<Day>,
    /// The rule row that set it.
    pub due_rule_id: Option<RuleId>,
    /// Whose office it is now, after an escalation.
    pub to_office: Option<RegionCode>,
}

impl From<DecisionRow> for FindingDecisionView {
    fn from(row: DecisionRow) -> FindingDecisionView {
        FindingDecisionView {
            id: row.id,
            round: row.round,
            decision: row.decision,
            reason: row.reason,
            office_org_id: row.office_org,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            due_on: row.due_on,
            due_rule_id: row.due_rule_id,
            to_office: row.to_office,
        }
    }
}

/// A finding with its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct FindingDetail {
    /// The finding.
    #[serde(flatten)]
    pub finding: FindingView,
    /// Answers, oldest first.
    pub answers: Vec<FindingAnswerView>,
    /// Decisions, oldest first.
    pub decisions: Vec<FindingDecisionView>,
}

/// A finding in scope.
pub fn finding(on: &mut Read, scope: &Scope, id: FindingId, today: Day) -> Outcome<FindingDetail> {
    let row = store::finding(on, scope, id)?.ok_or(Code::NotFound)?;
    let answers = store::answers_of(on, id)?.into_iter().map(FindingAnswerView::of);
    Ok(FindingDetail {
        answers: answers.collect::<Outcome<_>>()?,
        decisions: store::decisions_of(on, id)?.into_iter().map(FindingDecisionView::from).collect(),
        finding: finding_view(on, row, today)?,
    })
}

/// Findings in scope: the latest first, or the longest overdue first.
pub fn findings(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedFindings,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<FindingView>> {
    let late = wanted.late_on.is_some();
    let keys = |row: &FindingRow| match late {
        true => vec![row.due_on.to_string(), row.id.to_string()],
        false => vec![row.id.to_string()],
    };
    let rows = store::findings(on, scope, wanted, page)?;
    let mut lateness = Lateness::default();
    Page::cut(rows, page, keys).try_map(|row| shown(on, row, today, &mut lateness))
}
