//! An application as a command holds it: claimed, with its scheme; and what entering a state brings with it.

use super::super::rules::{self, CertificationState as State, Event, NoticeStatus, Position, SchemeStep, StepKind};
use super::super::scheme::{self, Scheme};
use super::super::store::{self, ApplicationRow, NoticeRow};
use super::issue;
use crate::audit;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{CertificationApplicationId, RuleId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use crate::regions;
use crate::rulebook::{self, RuleName};

/// A claimed application.
pub(super) struct Case {
    pub row: ApplicationRow,
    pub scheme: Scheme,
    /// The scheme's steps that this applicant passes.
    pub steps: Vec<SchemeStep>,
}

/// Locks and loads an application in scope; with a version, only that one.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: CertificationApplicationId,
    version: Option<i64>,
) -> Outcome<Case> {
    let row = store::claim_application(tx, scope, id)?.ok_or(Code::NotFound)?;
    if version.is_some_and(|asked| asked != row.version - 1) {
        return Err(AppError::new(Code::StaleVersion).with("state", row.state.to_string()));
    }
    let scheme = scheme::scheme_of(tx, row.scheme_id, row.edition)?;
    let steps = rules::steps_for(&scheme.edition.terms.steps, &row.region_code);
    Ok(Case { row, scheme, steps })
}

impl Case {
    /// Puts it under the edition that is in force today.
    pub(super) fn under_today(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        let today = tx.at().day();
        self.scheme = scheme::scheme_on(tx, self.row.scheme_id, today)?;
        self.steps = rules::steps_for(&self.scheme.edition.terms.steps, &self.row.region_code);
        self.row.edition = self.scheme.edition.number;
        Ok(())
    }
    pub(super) fn position(&self) -> Position {
        Position { state: self.row.state, step: usize::try_from(self.row.step).unwrap_or(usize::MAX) }
    }
    /// The step that is open.
    pub(super) fn step(&self) -> Option<&SchemeStep> {
        self.steps.get(self.position().step)
    }
    pub(super) fn entry<'a>(
        &self,
        actor: Option<&'a Actor>,
        action: &'static str,
        details: serde_json::Value,
    ) -> audit::Entry<'a> {
        audit::Entry {
            actor,
            action,
            subject: self.row.id.to_string(),
            owner_org: self.row.org_id,
            other_org: None,
            region: self.row.region_code,
            details,
        }
    }
    pub(super) fn save(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        self.row.updated_at = tx.at();
        if store::save_application(tx, &self.row)? == 1 { Ok(()) } else { Err(Code::StaleVersion.into()) }
    }

    /// Moves the application as the rules say and does what the new state brings: a deadline, a notice, a certificate.
    pub(super) fn happen(&mut self, tx: &mut Tx<'_>, actor: Option<&Actor>, event: Event) -> Outcome<()> {
        let from = self.position();
        let to = rules::next(&self.steps, from, event)?;
        let supplement =
            matches!(from.state, State::Draft | State::Returned) && matches!(event, Event::Supplement | Event::Change);
        if supplement {
            return Ok(());
        }
        if from.state == State::InNotice {
            store::close_notice(tx, self.row.id, closing(event))?;
        }
        self.row.state = to.state;
        self.row.step = i64::try_from(to.step).map_err(AppError::internal)?;
        self.row.office = None;
        self.row.due_on = None;
        self.row.due_provisional = false;
        self.row.due_rule_id = None;
        self.row.assigned_to = None;
        self.row.remind_on = None;
        self.row.step_started_on = Some(tx.at().day());
        self.row.lapses = to.state == State::InReview && self.step().is_some_and(|step| step.kind == StepKind::Filing);
        match to.state {
            State::InReview => self.begin_review(tx),
            State::InNotice => self.begin_notice(tx),
            State::Approved => issue::certificate(tx, actor, self),
            State::Rejected | State::Withdrawn => issue::renewal_refused(tx, self),
            State::Draft | State::Returned => Ok(()),
        }
    }

    fn begin_review(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        self.row.office = self.step().and_then(|step| rules::office_of(step, &self.row.region_code));
        let today = tx.at().day();
        self.set_deadline(tx, today)
    }

    /// The deadline of the review that is open, in working days from a day.
    pub(super) fn set_deadline(&mut self, tx: &mut Tx<'_>, start: Day) -> Outcome<()> {
        let (days, rule) = self.days(tx, RuleName::ReviewDays, start)?;
        let region = self.row.office.unwrap_or(self.row.county);
        let deadline = regions::deadline_working_days(tx, &region, start, days)?;
        self.row.due_on = Some(Day::new(deadline.day));
        self.row.due_provisional = deadline.provisional;
        self.row.due_rule_id = rule;
        self.row.remind_on = Some(remind_on(tx, &region, start, Day::new(deadline.day))?);
        Ok(())
    }

    fn begin_notice(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        let opened_on = tx.at().day();
        let (days, rule) = self.days(tx, RuleName::NoticeDays, opened_on)?;
        let deadline = regions::deadline_calendar_days(tx, &self.row.county, opened_on, days)?;
        let ends_on = Day::new(deadline.day);
        let notice = NoticeRow {
            id: tx.new_id(),
            application_id: self.row.id,
            county: self.row.county,
            product_name: self.row.product_name.clone(),
            supplier_name: self.row.supplier_name.clone(),
            days,
            opened_on,
            ends_on,
            ends_at: ends_on.end(),
            provisional: deadline.provisional,
            rule_id: rule,
            status: NoticeStatus::Open,
        };
        store::insert_notice(tx, &notice)?;
        self.row.office = Some(self.row.county);
        self.row.changed = false;
        self.row.due_on = Some(ends_on);
        self.row.due_provisional = deadline.provisional;
        self.row.due_rule_id = rule;
        let details =
            serde_json::json!({ "notice_id": notice.id, "opened_on": opened_on, "ends_on": ends_on, "rule_id": rule });
        audit::record(tx, &self.entry(None, "notice.opened", details))
    }

    /// The days of the open step: its own, or the rule table's with the row that says so.
    fn days(&self, on: &mut Read, name: RuleName, day: Day) -> Outcome<(i64, Option<RuleId>)> {
        if let Some(days) = self.step().and_then(|step| step.days) {
            return Ok((days, None));
        }
        let rules = rulebook::load(on, &self.row.county, day, &[name])?;
        let row = rules.row(name)?;
        Ok((row.int()?, Some(row.id)))
    }

    /// Passes on from a notice that has ended; refuses while it runs or an objection is open.
    pub(super) fn leave_notice(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        if self.step().map(|step| step.kind) != Some(StepKind::Notice) || self.row.state != State::InNotice {
            return Ok(());
        }
        let notice =
            store::open_notice(tx, self.row.id)?.ok_or_else(|| AppError::internal("a notice without its row"))?;
        let open = store::open_objections(tx, self.row.id)?;
        rules::notice_over(tx.at(), notice.ends_at, open)?;
        self.happen(tx, None, Event::EndNotice)
    }
}

/// The day of the first reminder: so many working days before the deadline; where the step is too short for that, the day
/// after it.
///
/// # Errors
/// When the database fails.
pub fn remind_on(on: &mut Read, region: &RegionCode, start: Day, due: Day) -> Outcome<Day> {
    let days = rulebook::load(on, region, start, &[RuleName::ReviewReminderDays])?.int(RuleName::ReviewReminderDays)?;
    let calendar = regions::calendar(on, region, start, due)?;
    let left = |day: &Day| i64::from(calendar.working_days_between(day.date(), due.date()));
    let before = (1..).map(|back| due.plus_days(-back)).take_while(|day| *day > start).find(|day| left(day) >= days);
    Ok(before.unwrap_or(due.plus_days(1)))
}

/// What becomes of the open notice.
fn closing(event: Event) -> NoticeStatus {
    match event {
        Event::EndNotice => NoticeStatus::Ended,
        Event::Change => NoticeStatus::Restarted,
        _ => NoticeStatus::Stopped,
    }
}
