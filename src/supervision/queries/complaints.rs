//! What offices, suppliers, buyers and whoever holds a receipt see of complaints.

use super::lateness::Lateness;
use crate::kernel::actor::{Actor, OrgKind, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ComplaintId, ComplaintStepId, FileId, FindingId, OrgId, RuleId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::platform::secret::sha256;
use crate::supervision::rules::{self, ComplaintEvent, ComplaintOrigin, ComplaintOutcome, ComplaintState, SubjectKind};
use crate::supervision::store::{self, ComplaintRow, StepRow, WantedComplaints};
use serde::Serialize;
use utoipa::ToSchema;

/// A complaint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComplaintView {
    /// Its id.
    pub id: ComplaintId,
    /// Who complained.
    pub origin: ComplaintOrigin,
    /// What it is about.
    pub subject_kind: SubjectKind,
    /// Its id, or a certificate's number.
    pub subject: String,
    /// Its name.
    pub subject_name: String,
    /// The supplier.
    pub supplier_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// Where the supplier is registered.
    pub region_code: RegionCode,
    /// The region whose office handles it.
    pub office: RegionCode,
    /// How to reach who complained; only the handling office is told.
    pub contact: Option<String>,
    /// The buyer that complained.
    pub buyer_id: Option<OrgId>,
    /// What is wrong.
    pub text: String,
    /// The number of the hotline 12317; not shown to the supplier.
    pub reference_12317: Option<String>,
    /// When it was filed.
    pub filed_at: At,
    /// Where it stands.
    pub state: ComplaintState,
    /// What was decided.
    pub outcome: Option<ComplaintOutcome>,
    /// Why.
    pub reason: Option<String>,
    /// What the complainant reads; not shown to the supplier.
    pub reply: Option<String>,
    /// The finding it opened.
    pub finding_id: Option<FindingId>,
    /// The last day to accept, then to decide.
    pub due_on: Option<Day>,
    /// The deadline rests on a year whose holidays are not loaded.
    pub due_provisional: bool,
    /// The office is late.
    pub overdue: bool,
    /// How many working days late; absent in time.
    pub working_days_late: Option<i64>,
    /// The rule row that set the deadline.
    pub due_rule_id: Option<RuleId>,
    /// When it was decided.
    pub decided_at: Option<At>,
    /// Send it as If-Match with the next step.
    #[schema(example = "\"v2\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

/// The view of a complaint for an actor.
///
/// # Errors
/// When the database fails.
pub fn complaint_view(on: &mut Read, row: ComplaintRow, actor: &Actor, today: Day) -> Outcome<ComplaintView> {
    shown(on, row, actor, today, &mut Lateness::default())
}

fn shown(
    on: &mut Read,
    row: ComplaintRow,
    actor: &Actor,
    today: Day,
    lateness: &mut Lateness,
) -> Outcome<ComplaintView> {
    let overdue = rules::complaint_overdue(row.state, row.due_on, today);
    let due = row.due_on.filter(|_| overdue);
    let late = due.map(|due| lateness.days(on, row.region_code, due, today)).transpose()?;
    let handles = actor.kind == OrgKind::PovertyOffice && actor.region == row.office;
    let complained_of = actor.scope == Scope::Org(row.supplier_org);
    Ok(ComplaintView {
        working_days_late: late,
        contact: row.contact.filter(|_| handles),
        reference_12317: row.reference_12317.filter(|_| !complained_of),
        reply: row.reply.filter(|_| !complained_of),
        overdue,
        etag: etag(row.version),
        id: row.id,
        origin: row.origin,
        subject_kind: row.subject_kind,
        subject: row.subject,
        subject_name: row.subject_name,
        supplier_id: row.supplier_org,
        supplier_name: row.supplier_name,
        region_code: row.region_code,
        office: row.office,
        buyer_id: row.buyer_org,
        text: row.text,
        filed_at: row.filed_at,
        state: row.state,
        outcome: row.outcome,
        reason: row.reason,
        finding_id: row.finding_id,
        due_on: row.due_on,
        due_provisional: row.due_provisional,
        due_rule_id: row.due_rule_id,
        decided_at: row.decided_at,
        version: row.version,
    })
}

/// A step in the handling of a complaint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComplaintStepView {
    /// Its id.
    pub id: ComplaintStepId,
    /// What was done.
    pub event: ComplaintEvent,
    /// In words.
    pub text: Option<String>,
    /// What shows it.
    pub file_ids: Vec<FileId>,
    /// The office that did it.
    pub office_org_id: OrgId,
    /// The region whose office handles it since.
    pub office: RegionCode,
    /// Who answers for it.
    pub taken_by: UserId,
    /// When.
    pub taken_at: At,
    /// It came after the last day.
    pub late: bool,
    /// The deadline that runs since.
    pub due_on: Option<Day>,
    /// The rule row that set it.
    pub due_rule_id: Option<RuleId>,
}

impl ComplaintStepView {
    fn of(row: StepRow) -> Outcome<ComplaintStepView> {
        Ok(ComplaintStepView {
            id: row.id,
            event: row.event,
            text: row.text,
            file_ids: serde_json::from_str(&row.file_ids).map_err(AppError::internal)?,
            office_org_id: row.office_org,
            office: row.office,
            taken_by: row.taken_by,
            taken_at: row.taken_at,
            late: row.late,
            due_on: row.due_on,
            due_rule_id: row.due_rule_id,
        })
    }
}

/// A complaint with what was done about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintDetail {
    /// The complaint.
    #[serde(flatten)]
    pub complaint: ComplaintView,
    /// What the offices did, oldest first; only offices and auditors are told.
    pub steps: Vec<ComplaintStepView>,
}

/// A complaint in scope.
pub fn complaint(on: &mut Read, actor: &Actor, id: ComplaintId, today: Day) -> Outcome<ComplaintDetail> {
    let row = store::complaint(on, &actor.scope, id)?.ok_or(Code::NotFound)?;
    let steps = match actor.scope {
        Scope::Platform | Scope::Region(_) => store::steps_of(on, id)?,
        Scope::Org(_) | Scope::UnitTree(_) => Vec::new(),
    };
    Ok(ComplaintDetail {
        steps: steps.into_iter().map(ComplaintStepView::of).collect::<Outcome<_>>()?,
        complaint: complaint_view(on, row, actor, today)?,
    })
}

/// Complaints in scope: the latest first, or the longest overdue first.
pub fn complaints(
    on: &mut Read,
    actor: &Actor,
    wanted: &WantedComplaints,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<ComplaintView>> {
    let keys = |row: &ComplaintRow| match (wanted.late_on, row.due_on) {
        (Some(_), Some(due)) => vec![due.to_string(), row.id.to_string()],
        _ => vec![row.id.to_string()],
    };
    let rows = store::complaints(on, &actor.scope, wanted, page)?;
    let mut lateness = Lateness::default();
    Page::cut(rows, page, keys).try_map(|row| shown(on, row, actor, today, &mut lateness))
}

/// How far a complaint has come, for whoever holds its receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComplaintProgress {
    /// Its id.
    pub id: ComplaintId,
    /// What it is about.
    pub subject_name: String,
    /// When it was filed.
    pub filed_at: At,
    /// The region whose office handles it.
    pub office: RegionCode,
    /// Where it stands.
    pub state: ComplaintState,
    /// The last day to accept, then to decide.
    pub due_on: Option<Day>,
    /// The office is late.
    pub overdue: bool,
    /// What was decided.
    pub outcome: Option<ComplaintOutcome>,
    /// Why.
    pub reason: Option<String>,
    /// The answer.
    pub reply: Option<String>,
}

/// How far the complaint of a receipt has come.
pub fn progress(on: &mut Read, receipt: &str, today: Day) -> Outcome<ComplaintProgress> {
    let row = store::complaint_of_receipt(on, &sha256(receipt.as_bytes()))?.ok_or(Code::NotFound)?;
    Ok(ComplaintProgress {
        overdue: rules::complaint_overdue(row.state, row.due_on, today),
        id: row.id,
        subject_name: row.subject_name,
        filed_at: row.filed_at,
        office: row.office,
        state: row.state,
        due_on: row.due_on,
        outcome: row.outcome,
        reason: row.reason,
        reply: row.reply,
    })
}
