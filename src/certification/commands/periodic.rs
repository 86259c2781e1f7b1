//! What time does: notices end, certificates expire, deadlines are computed again when a year's holidays are known.

use super::super::rules::{CertificationState, Event};
use super::super::store;
use super::{certificates, documents, issue, progress};
use crate::audit;
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::regions;
use serde_json::json;

/// Rows handled in one transaction, so that nobody waits long behind it.
const BATCH: i64 = 50;

/// Passes applications on whose notice has ended without an open objection; how many.
///
/// # Errors
/// When the database fails.
pub fn advance(tx: &mut Tx<'_>) -> Outcome<usize> {
    let now = tx.at();
    let ended = store::ended_notices(tx, now, BATCH)?;
    for id in &ended {
        let mut case = progress::claim(tx, &Scope::Platform, *id, None)?;
        match case.leave_notice(tx) {
            Ok(()) => {}
            Err(error) if matches!(error.code(), Code::NoticeRunning | Code::ObjectionOpen) => continue,
            Err(error) => return Err(error),
        }
        case.save(tx)?;
        let details = json!({ "step": case.step().map(|step| &step.key), "due_on": case.row.due_on, "rule_id": case.row.due_rule_id });
        audit::record(tx, &case.entry(None, "notice.ended", details))?;
    }
    Ok(ended.len())
}

/// Passes applications on whose filing nobody took note of in its days; how many.
///
/// # Errors
/// When the database fails.
pub fn file(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let lapsed = store::lapsed(tx, today, BATCH)?;
    for id in &lapsed {
        let mut case = progress::claim(tx, &Scope::Platform, *id, None)?;
        // Looked at again under the claim: the office may have taken note a moment ago.
        if case.row.lapses && case.row.due_on.is_some_and(|due| due < today) {
            let step = case.step().map(|step| step.key.clone());
            case.happen(tx, None, Event::Lapse)?;
            audit::record(tx, &case.entry(None, "certification.filed", json!({ "step": step })))?;
        }
        case.save(tx)?;
    }
    Ok(lapsed.len())
}

/// Lifts suspensions that have had their last day; how many.
///
/// # Errors
/// When the database fails.
pub fn lift(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let over = store::suspensions_over(tx, today, BATCH)?;
    for number in &over {
        certificates::lift_over(tx, number)?;
    }
    Ok(over.len())
}

/// Ends certificates whose days are over; how many.
///
/// # Errors
/// When the database fails.
pub fn expire(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    let ended = store::ended(tx, today, BATCH)?;
    for number in &ended {
        issue::expire(tx, number)?;
    }
    Ok(ended.len())
}

/// Computes provisional deadlines anew after a calendar was loaded; how many changed hands with the calendar.
///
/// # Errors
/// When the database fails.
pub fn recompute_deadlines(tx: &mut Tx<'_>) -> Outcome<usize> {
    let (mut reviews, notices) = (store::provisional_reviews(tx)?, store::provisional_notices(tx)?);
    let count = reviews.len() + notices.len() + documents::recompute(tx)?;
    for notice in notices {
        let deadline = regions::deadline_calendar_days(tx, &notice.county, notice.opened_on, notice.days)?;
        let mut case = progress::claim(tx, &Scope::Platform, notice.application_id, None)?;
        if case.row.state == CertificationState::InNotice {
            // What was announced to the public is never cut short.
            let ends_on = Day::new(deadline.day).max(notice.ends_on);
            store::move_notice(tx, notice.id, ends_on, deadline.provisional)?;
            (case.row.due_on, case.row.due_provisional) = (Some(ends_on), deadline.provisional);
        }
        case.save(tx)?;
    }
    for id in reviews.drain(..) {
        let mut case = progress::claim(tx, &Scope::Platform, id, None)?;
        if let Some(started) = case.row.step_started_on.filter(|_| case.row.state == CertificationState::InReview) {
            // Nor does a reviewer lose days that were promised.
            let promised = case.row.due_on;
            case.set_deadline(tx, started)?;
            case.row.due_on = case.row.due_on.max(promised);
        }
        case.save(tx)?;
    }
    Ok(count)
}
