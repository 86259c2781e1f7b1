//! SQL of what waits for offices: by deadline, to whom it was given, what reviewers advise each other.

use super::ApplicationRow;
use crate::certification::rules::{CertificationDecision, CertificationState};
use crate::certification::schema::{
    certification_applications as applications, certification_assignments as assignments,
    certification_opinions as opinions,
};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AssignmentId, CertificationApplicationId, OpinionId, OrgId, SchemeId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// A stored assignment.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignments, treat_none_as_default_value = false)]
pub struct AssignmentRow {
    pub id: AssignmentId,
    pub application_id: CertificationApplicationId,
    pub round: i64,
    pub step_key: String,
    pub office_org: OrgId,
    pub assignee: Option<UserId>,
    pub assigned_by: UserId,
    pub reason: Option<String>,
    pub at: At,
}

/// A stored advice.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = opinions, treat_none_as_default_value = false)]
pub struct OpinionRow {
    pub id: OpinionId,
    pub application_id: CertificationApplicationId,
    pub round: i64,
    pub step_key: String,
    pub office_org: OrgId,
    pub given_by: UserId,
    pub advises: CertificationDecision,
    pub text: String,
    pub at: At,
}

/// Whose work a queue shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Given to this person.
    Person(UserId),
    /// Given to nobody.
    Nobody,
}

/// What a queue shows.
#[derive(Debug, Clone)]
pub struct WantedQueue {
    /// The region whose office has the next word.
    pub office: RegionCode,
    /// With the offices of all regions in it.
    pub whole_region: bool,
    pub whose: Option<Whose>,
    pub scheme: Option<SchemeId>,
    pub county: Option<RegionCode>,
    /// Only with a deadline before today, or only with one to come.
    pub late: Option<bool>,
    pub today: Day,
}

/// What waits at offices, oldest deadline first. Both keys are fixed while an application waits, so that pages neither
/// repeat nor miss one that stays.
pub fn queue(
    on: &mut Read,
    wanted: &WantedQueue,
    after: Option<(Day, CertificationApplicationId)>,
    limit: i64,
) -> Outcome<Vec<ApplicationRow>> {
    Ok(each!(on, c => {
        let mut query = applications::table.select(ApplicationRow::as_select())
            .filter(applications::state.eq(CertificationState::InReview)).into_boxed();
        if wanted.whole_region {
            let (from, to) = wanted.office.subtree();
            query = query.filter(applications::office.ge(from)).filter(applications::office.lt(to));
        } else {
            query = query.filter(applications::office.eq(wanted.office));
        }
        match wanted.whose {
            Some(Whose::Person(person)) => query = query.filter(applications::assigned_to.eq(person)),
            Some(Whose::Nobody) => query = query.filter(applications::assigned_to.is_null()),
            None => {}
        }
        if let Some(scheme) = wanted.scheme {
            query = query.filter(applications::scheme_id.eq(scheme));
        }
        if let Some(county) = wanted.county {
            query = query.filter(applications::county.eq(county));
        }
        match wanted.late {
            Some(true) => query = query.filter(applications::due_on.lt(wanted.today)),
            Some(false) => query = query.filter(applications::due_on.ge(wanted.today)),
            None => {}
        }
        if let Some((due, id)) = after {
            query = query.filter(applications::due_on.ge(due))
                .filter(applications::due_on.gt(due).or(applications::due_on.eq(due).and(applications::id.gt(id)).assume_not_null()));
        }
        query.order((applications::due_on, applications::id)).limit(limit).load(c)
    })?)
}

/// Applications of whose deadline somebody is to be reminded.
pub fn to_remind(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<CertificationApplicationId>> {
    Ok(
        each!(on, c => applications::table.filter(applications::remind_on.le(today)).order((applications::remind_on, applications::id))
        .select(applications::id).limit(limit).load(c))?,
    )
}

pub fn insert_assignment(tx: &mut Tx<'_>, row: &AssignmentRow) -> Outcome<()> {
    each!(tx, c => insert_into(assignments::table).values(row).execute(c))?;
    Ok(())
}

/// To whom an application was given, oldest first.
pub fn assignments_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<AssignmentRow>> {
    Ok(
        each!(on, c => assignments::table.filter(assignments::application_id.eq(id)).order(assignments::id).select(AssignmentRow::as_select()).load(c))?,
    )
}

pub fn insert_opinion(tx: &mut Tx<'_>, row: &OpinionRow) -> Outcome<()> {
    each!(tx, c => insert_into(opinions::table).values(row).execute(c))?;
    Ok(())
}

/// What reviewers advised about an application, oldest first.
pub fn opinions_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<OpinionRow>> {
    Ok(
        each!(on, c => opinions::table.filter(opinions::application_id.eq(id)).order(opinions::id).select(OpinionRow::as_select()).load(c))?,
    )
}
