//! SQL of public notices and objections.

use crate::certification::rules::{Consequence, NoticeStatus, ObjectionStage, ObjectionStatus};
use crate::certification::schema::{objections, public_notices as notices};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificationApplicationId, NoticeId, ObjectionId, RuleId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, max, update};
use diesel::prelude::*;

/// A stored notice.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = notices, treat_none_as_default_value = false)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub application_id: CertificationApplicationId,
    pub county: RegionCode,
    pub product_name: String,
    pub supplier_name: String,
    pub days: i64,
    pub opened_on: Day,
    pub ends_on: Day,
    pub ends_at: At,
    pub provisional: bool,
    pub rule_id: Option<RuleId>,
    pub status: NoticeStatus,
}

/// A stored objection.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = objections, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ObjectionRow {
    pub id: ObjectionId,
    pub notice_id: NoticeId,
    pub application_id: CertificationApplicationId,
    pub county: RegionCode,
    pub contact: String,
    pub text: String,
    pub filed_at: At,
    pub status: ObjectionStatus,
    pub consequence: Option<Consequence>,
    pub reason: Option<String>,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<At>,
    pub source: Option<Vec<u8>>,
    pub stage: ObjectionStage,
    pub due_on: Option<Day>,
    pub due_provisional: bool,
    pub due_rule_id: Option<RuleId>,
    pub assigned_to: Option<UserId>,
    pub received_by: Option<UserId>,
    pub received_at: Option<At>,
    pub findings: Option<String>,
    pub verified_by: Option<UserId>,
    pub verified_at: Option<At>,
    pub reply: Option<String>,
    pub receipt: Option<Vec<u8>>,
    pub file_ids: String,
}

pub fn insert_notice(tx: &mut Tx<'_>, row: &NoticeRow) -> Outcome<()> {
    each!(tx, c => insert_into(notices::table).values(row).execute(c))?;
    Ok(())
}

pub fn notice(on: &mut Read, id: NoticeId) -> Outcome<Option<NoticeRow>> {
    Ok(each!(on, c => notices::table.find(id).select(NoticeRow::as_select()).first(c).optional())?)
}

/// All notices of an application, oldest first.
pub fn notices_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<NoticeRow>> {
    Ok(
        each!(on, c => notices::table.filter(notices::application_id.eq(id)).order(notices::id).select(NoticeRow::as_select()).load(c))?,
    )
}

/// The open notice of an application.
pub fn open_notice(on: &mut Read, id: CertificationApplicationId) -> Outcome<Option<NoticeRow>> {
    Ok(
        each!(on, c => notices::table.filter(notices::application_id.eq(id)).filter(notices::status.eq(NoticeStatus::Open))
        .select(NoticeRow::as_select()).first(c).optional())?,
    )
}

/// Closes the open notice of an application; how many that were.
pub fn close_notice(tx: &mut Tx<'_>, id: CertificationApplicationId, to: NoticeStatus) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(notices::table).filter(notices::application_id.eq(id)).filter(notices::status.eq(NoticeStatus::Open))
        .set(notices::status.eq(to)).execute(c))?,
    )
}

/// Moves the end of an open notice.
pub fn move_notice(tx: &mut Tx<'_>, id: NoticeId, ends_on: Day, provisional: bool) -> Outcome<()> {
    each!(tx, c => update(notices::table.find(id)).filter(notices::status.eq(NoticeStatus::Open))
        .set((notices::ends_on.eq(ends_on), notices::ends_at.eq(ends_on.end()), notices::provisional.eq(provisional))).execute(c))?;
    Ok(())
}

/// Open notices whose end rests on a calendar that was not loaded.
pub fn provisional_notices(on: &mut Read) -> Outcome<Vec<NoticeRow>> {
    Ok(
        each!(on, c => notices::table.filter(notices::status.eq(NoticeStatus::Open)).filter(notices::provisional.eq(true))
        .order(notices::id).select(NoticeRow::as_select()).load(c))?,
    )
}

/// Applications whose notice has ended and against which no objection is open.
pub fn ended_notices(on: &mut Read, now: At, limit: i64) -> Outcome<Vec<CertificationApplicationId>> {
    Ok(each!(on, c => {
        let open = objections::table.filter(objections::status.eq(ObjectionStatus::Open)).select(objections::application_id);
        notices::table.filter(notices::status.eq(NoticeStatus::Open)).filter(notices::ends_at.le(now))
            .filter(notices::application_id.ne_all(open)).order((notices::ends_at, notices::id))
            .select(notices::application_id).limit(limit).load(c)
    })?)
}

/// Notices, newest first.
pub fn notices(
    on: &mut Read,
    county: Option<RegionCode>,
    status: Option<NoticeStatus>,
    after: Option<NoticeId>,
    limit: i64,
) -> Outcome<Vec<NoticeRow>> {
    Ok(each!(on, c => {
        let mut query = notices::table.select(NoticeRow::as_select()).into_boxed();
        if let Some(county) = county {
            query = query.filter(notices::county.eq(county));
        }
        if let Some(status) = status {
            query = query.filter(notices::status.eq(status));
        }
        if let Some(after) = after {
            query = query.filter(notices::id.lt(after));
        }
        query.order(notices::id.desc()).limit(limit).load(c)
    })?)
}

pub fn insert_objection(tx: &mut Tx<'_>, row: &ObjectionRow) -> Outcome<()> {
    each!(tx, c => insert_into(objections::table).values(row).execute(c))?;
    Ok(())
}

/// How many objections against an application are open.
pub fn open_objections(on: &mut Read, id: CertificationApplicationId) -> Outcome<i64> {
    Ok(
        each!(on, c => objections::table.filter(objections::application_id.eq(id)).filter(objections::status.eq(ObjectionStatus::Open))
        .count().get_result(c))?,
    )
}

/// How many objections to a notice are open that came from one source.
pub fn open_from(on: &mut Read, notice: NoticeId, source: &[u8]) -> Outcome<i64> {
    Ok(each!(on, c => objections::table.filter(objections::notice_id.eq(notice)).filter(objections::source.eq(source))
        .filter(objections::status.eq(ObjectionStatus::Open)).count().get_result(c))?)
}

/// All objections against an application, oldest first.
pub fn objections_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<ObjectionRow>> {
    Ok(
        each!(on, c => objections::table.filter(objections::application_id.eq(id)).order(objections::id).select(ObjectionRow::as_select()).load(c))?,
    )
}

/// An objection as far as an office's scope reaches.
pub fn objection(on: &mut Read, scope: &Scope, id: ObjectionId) -> Outcome<Option<ObjectionRow>> {
    let row: Option<ObjectionRow> =
        each!(on, c => objections::table.find(id).select(ObjectionRow::as_select()).first(c).optional())?;
    Ok(row.filter(|row| match scope {
        Scope::Platform => true,
        Scope::Region(code) => code.contains(&row.county),
        Scope::Org(_) | Scope::UnitTree(_) => false,
    }))
}

/// Objections in a region, newest first.
pub fn objections(
    on: &mut Read,
    scope: &Scope,
    status: Option<ObjectionStatus>,
    late: Option<Day>,
    after: Option<ObjectionId>,
    limit: i64,
) -> Outcome<Vec<ObjectionRow>> {
    Ok(each!(on, c => {
        let mut query = objections::table.select(ObjectionRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(objections::county.ge(from)).filter(objections::county.lt(to));
            }
            Scope::Org(_) | Scope::UnitTree(_) => return Ok(Vec::new()),
        }
        if let Some(status) = status {
            query = query.filter(objections::status.eq(status));
        }
        if let Some(today) = late {
            query = query.filter(objections::status.eq(ObjectionStatus::Open)).filter(objections::due_on.lt(today));
        }
        if let Some(after) = after {
            query = query.filter(objections::id.lt(after));
        }
        query.order(objections::id.desc()).limit(limit).load(c)
    })?)
}

/// An objection by its id, for whoever holds its receipt.
pub fn any_objection(on: &mut Read, id: ObjectionId) -> Outcome<Option<ObjectionRow>> {
    Ok(each!(on, c => objections::table.find(id).select(ObjectionRow::as_select()).first(c).optional())?)
}

/// The next reminder of an objection, and the deadline that it was computed from.
pub type ObjectionReminder = (Option<Day>, Option<Day>);

/// Open objections with a new deadline, or to be reminded of by a day.
pub fn objections_to_remind(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<(ObjectionRow, ObjectionReminder)>> {
    Ok(each!(on, c => objections::table.filter(objections::status.eq(ObjectionStatus::Open))
        .filter(objections::due_on.is_not_null())
        .filter(objections::remind_due.is_null().or(objections::remind_due.ne(objections::due_on))
            .or(objections::remind_on.le(today)))
        .order(objections::id).select((ObjectionRow::as_select(), (objections::remind_on, objections::remind_due)))
        .limit(limit).load(c))?)
}

pub fn set_objection_reminder(tx: &mut Tx<'_>, id: ObjectionId, on: Day, due: Day) -> Outcome<()> {
    each!(tx, c => update(objections::table.find(id))
        .set((objections::remind_on.eq(Some(on)), objections::remind_due.eq(Some(due)))).execute(c))?;
    Ok(())
}

/// Writes an open objection that is at a stage; how many that were.
pub fn handle_objection(tx: &mut Tx<'_>, row: &ObjectionRow, from: ObjectionStage) -> Outcome<usize> {
    Ok(each!(tx, c => update(objections::table.find(row.id)).filter(objections::stage.eq(from)).set(row).execute(c))?)
}

/// The day on which a notice was opened last.
pub fn opened_last(on: &mut Read) -> Outcome<Option<Day>> {
    Ok(each!(on, c => notices::table.select(max(notices::opened_on)).first(c))?)
}
