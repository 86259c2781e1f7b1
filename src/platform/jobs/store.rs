//! SQL of the outbox: enqueue in the command's transaction, claim by lease with a fencing number.

use super::schema::{job_periods, outbox};
use crate::kernel::error::Outcome;
use crate::kernel::ids::JobId;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use crate::{each, later};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// A claimed row of the outbox.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Job {
    /// Its id, also the name of what it causes (a mail's Message-ID).
    pub id: JobId,
    /// What it is about; `app.rs` binds topics to handlers.
    pub topic: String,
    /// JSON.
    pub payload: String,
    /// How often it was tried before.
    pub attempts: i64,
    /// The claim's number; a later claim makes it void.
    pub fence: i64,
}

/// Adds a row, due at a moment.
pub fn enqueue(tx: &mut Tx<'_>, topic: &str, payload: &str, due_at: At) -> Outcome<JobId> {
    let id: JobId = tx.new_id();
    let created = tx.at();
    let row = (
        outbox::id.eq(id),
        outbox::topic.eq(topic.to_owned()),
        outbox::payload.eq(payload.to_owned()),
        outbox::created_at.eq(created),
        outbox::due_at.eq(due_at),
        outbox::attempts.eq(0),
        outbox::lease_until.eq(0),
        outbox::fence.eq(0),
        outbox::dead.eq(false),
    );
    later!(tx, insert_into(outbox::table).values(row))?;
    Ok(id)
}

/// Rows of which topics.
#[derive(Debug, Clone, Copy)]
pub enum Topics<'a> {
    /// Of all.
    All,
    /// Of these.
    Only(&'a [String]),
    /// Of all others.
    Except(&'a [String]),
}

/// Takes the oldest due rows until a moment; whoever holds them longer loses them.
pub fn claim(tx: &mut Tx<'_>, topics: Topics<'_>, limit: i64, lease_until: At) -> Outcome<Vec<Job>> {
    let now = tx.at();
    Ok(each!(tx, c => {
        let mut due = outbox::table
            .filter(outbox::dead.eq(false).and(outbox::due_at.le(now)).and(outbox::lease_until.lt(now)))
            .order((outbox::due_at, outbox::id)).limit(limit).select(outbox::id).into_boxed();
        match topics {
            Topics::All => {}
            Topics::Only(these) => due = due.filter(outbox::topic.eq_any(these)),
            Topics::Except(these) => due = due.filter(outbox::topic.ne_all(these)),
        }
        let due: Vec<JobId> = due.load(c)?;
        update(outbox::table.filter(outbox::id.eq_any(due)).filter(outbox::lease_until.lt(now)))
            .set((outbox::lease_until.eq(lease_until), outbox::fence.eq(outbox::fence + 1)))
            .returning(Job::as_returning()).get_results(c)
    })?)
}

/// Removes a row that was carried out, if the claim still stands.
pub fn finish(tx: &mut Tx<'_>, job: &Job) -> Outcome<()> {
    each!(tx, c => delete(outbox::table.filter(outbox::id.eq(job.id)).filter(outbox::fence.eq(job.fence))).execute(c))?;
    Ok(())
}

/// Puts a failed row back, or lays it aside for a person.
pub fn put_back(tx: &mut Tx<'_>, job: &Job, due_at: At, dead: bool, error: &str) -> Outcome<()> {
    each!(tx, c => update(outbox::table.filter(outbox::id.eq(job.id)).filter(outbox::fence.eq(job.fence)))
        .set((outbox::attempts.eq(outbox::attempts + 1), outbox::due_at.eq(due_at), outbox::lease_until.eq(0), outbox::dead.eq(dead), outbox::last_error.eq(error)))
        .execute(c))?;
    Ok(())
}

/// How many rows wait, and how many were laid aside.
pub fn counts(on: &mut Read) -> Outcome<(i64, i64)> {
    Ok(each!(on, c => {
        let waiting = outbox::table.filter(outbox::dead.eq(false)).count().get_result(c)?;
        outbox::table.filter(outbox::dead.eq(true)).count().get_result(c).map(|dead| (waiting, dead))
    })?)
}

/// Claims one period of a periodic job for this process; `None` when it is done or another process has it.
pub fn claim_period(tx: &mut Tx<'_>, name: &str, period: i64, lease_until: At) -> Outcome<Option<i64>> {
    let now = tx.at();
    each!(tx, c => insert_into(job_periods::table)
        .values((job_periods::name.eq(name), job_periods::last_period.eq(-1), job_periods::lease_until.eq(0), job_periods::fence.eq(0)))
        .on_conflict_do_nothing().execute(c))?;
    Ok(
        each!(tx, c => update(job_periods::table.filter(job_periods::name.eq(name)).filter(job_periods::last_period.lt(period)).filter(job_periods::lease_until.lt(now)))
        .set((job_periods::lease_until.eq(lease_until), job_periods::fence.eq(job_periods::fence + 1)))
        .returning(job_periods::fence).get_result(c).optional())?,
    )
}

/// Lets a period that failed be claimed again from then on, if the claim still stands.
pub fn put_back_period(tx: &mut Tx<'_>, name: &str, fence: i64, from: At) -> Outcome<()> {
    each!(tx, c => update(job_periods::table.filter(job_periods::name.eq(name)).filter(job_periods::fence.eq(fence)))
        .set(job_periods::lease_until.eq(from)).execute(c))?;
    Ok(())
}

/// Marks a period as done, if the claim still stands.
pub fn finish_period(tx: &mut Tx<'_>, name: &str, period: i64, fence: i64) -> Outcome<()> {
    each!(tx, c => update(job_periods::table.filter(job_periods::name.eq(name)).filter(job_periods::fence.eq(fence)))
        .set((job_periods::last_period.eq(period), job_periods::lease_until.eq(0))).execute(c))?;
    Ok(())
}
