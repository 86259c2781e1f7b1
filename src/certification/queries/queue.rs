//! What waits for an office, oldest deadline first, with how late it is; and how an application went from hand to hand.

use super::applications::{ApplicationView, views};
use crate::certification::rules::CertificationDecision;
use crate::certification::store::{self, ApplicationRow, AssignmentRow, OpinionRow, WantedQueue};
use crate::identity;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AssignmentId, CertificationApplicationId, OpinionId, OrgId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::regions;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use utoipa::ToSchema;

/// A person by id and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedPerson {
    /// The id.
    pub id: UserId,
    /// The name.
    pub name: String,
}

/// An application that waits for an office.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueueItem {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Who works on it.
    pub assigned_to: Option<NamedPerson>,
    /// Since when the step is open.
    pub waiting_since: Option<Day>,
    /// Working days until the deadline, today not counted; 0 on its day and after it.
    pub working_days_left: i64,
    /// Working days since the deadline; 0 until its day is over.
    pub working_days_late: i64,
}

/// What waits for an office, oldest deadline first.
pub fn queue(on: &mut Read, wanted: &WantedQueue, today: Day, page: &PageRequest) -> Outcome<Page<QueueItem>> {
    let rows = store::queue(on, wanted, page.keys()?, page.fetch())?;
    let keys =
        |row: &ApplicationRow| vec![row.due_on.map(|day| day.to_string()).unwrap_or_default(), row.id.to_string()];
    let page = Page::cut(rows, page, keys);
    let spans = spans(on, &page.items, today)?;
    let people = people(on, page.items.iter().filter_map(|row| row.assigned_to))?;
    let rows: Vec<_> = page.items.iter().map(|row| (row.assigned_to, row.step_started_on)).collect();
    let applications = views(on, page.items, today)?;
    let items =
        applications.into_iter().zip(rows).zip(spans).map(|((application, (assigned, since)), (left, late))| {
            QueueItem {
                application,
                assigned_to: assigned.and_then(|who| people.get(&who).cloned()),
                waiting_since: since,
                working_days_left: left,
                working_days_late: late,
            }
        });
    Ok(Page { items: items.collect(), next: page.next })
}

/// Working days to and from each deadline, by the calendar of the office; each calendar is read once.
fn spans(on: &mut Read, rows: &[ApplicationRow], today: Day) -> Outcome<Vec<(i64, i64)>> {
    let first = rows.iter().filter_map(|row| row.due_on).min().unwrap_or(today).min(today);
    let last = rows.iter().filter_map(|row| row.due_on).max().unwrap_or(today).max(today);
    let mut calendars = BTreeMap::new();
    let mut spans = Vec::with_capacity(rows.len());
    for row in rows {
        let office: RegionCode = row.office.unwrap_or(row.county);
        if let Entry::Vacant(unknown) = calendars.entry(office) {
            unknown.insert(regions::calendar(on, &office, first, last)?);
        }
        let between = |from: Day, to: Day| {
            calendars.get(&office).map_or(0, |days| i64::from(days.working_days_between(from.date(), to.date())))
        };
        spans.push(row.due_on.map_or((0, 0), |due| (between(today, due), between(due, today))));
    }
    Ok(spans)
}

/// People by id; who is no longer known is left out.
fn people(on: &mut Read, ids: impl Iterator<Item = UserId>) -> Outcome<BTreeMap<UserId, NamedPerson>> {
    let mut people = BTreeMap::new();
    for id in ids {
        if let Entry::Vacant(unknown) = people.entry(id) {
            let (name, _) = identity::person(on, id)?;
            unknown.insert(NamedPerson { id, name });
        }
    }
    Ok(people)
}

/// To whom an application was given.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentView {
    /// Its id.
    pub id: AssignmentId,
    /// The step.
    pub step: String,
    /// The office.
    pub office_org_id: OrgId,
    /// To whom; none when it was given back to the office.
    pub assignee: Option<UserId>,
    /// By whom.
    pub assigned_by: UserId,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: At,
}

impl From<AssignmentRow> for AssignmentView {
    fn from(row: AssignmentRow) -> AssignmentView {
        AssignmentView {
            id: row.id,
            step: row.step_key,
            office_org_id: row.office_org,
            assignee: row.assignee,
            assigned_by: row.assigned_by,
            reason: row.reason,
            at: row.at,
        }
    }
}

/// What a reviewer advises.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpinionView {
    /// Its id.
    pub id: OpinionId,
    /// The step.
    pub step: String,
    /// The office.
    pub office_org_id: OrgId,
    /// By whom.
    pub given_by: UserId,
    /// What to decide.
    pub advises: CertificationDecision,
    /// Why.
    pub text: String,
    /// When.
    pub at: At,
}

impl From<OpinionRow> for OpinionView {
    fn from(row: OpinionRow) -> OpinionView {
        OpinionView {
            id: row.id,
            step: row.step_key,
            office_org_id: row.office_org,
            given_by: row.given_by,
            advises: row.advises,
            text: row.text,
            at: row.at,
        }
    }
}

/// What only offices see of how an application is worked on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OfficeNotes {
    /// Who works on it now.
    pub assigned_to: Option<UserId>,
    /// To whom it was given, oldest first.
    pub assignments: Vec<AssignmentView>,
    /// What reviewers advised, oldest first.
    pub opinions: Vec<OpinionView>,
}

/// The offices' notes on an application.
pub fn office_notes(
    on: &mut Read,
    id: CertificationApplicationId,
    assigned_to: Option<UserId>,
) -> Outcome<OfficeNotes> {
    Ok(OfficeNotes {
        assigned_to,
        assignments: store::assignments_of(on, id)?.into_iter().map(AssignmentView::from).collect(),
        opinions: store::opinions_of(on, id)?.into_iter().map(OpinionView::from).collect(),
    })
}
