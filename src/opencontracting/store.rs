//! SQL of what is published of orders: only read, because triggers write it.

use super::content::facts::ReleaseKind;
use super::schema::{contracting_processes as processes, contracting_releases as releases};
use crate::each;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::OrderId;
use crate::kernel::time::At;
use crate::platform::db::Read;
use diesel::dsl::count_star;
use diesel::prelude::*;

/// A process: its parties as they were called when their order was told.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = processes)]
pub struct ProcessRow {
    pub order_id: OrderId,
    pub buyer_name: String,
    pub buyer_uscc: Option<String>,
    pub unit_name: String,
    pub unit_uscc: Option<String>,
    pub payer_name: String,
    pub payer_uscc: Option<String>,
    pub supplier_name: String,
    pub supplier_uscc: Option<String>,
}

/// A fact in its place.
#[derive(Debug, Clone)]
pub struct EntryRow {
    pub order_id: OrderId,
    pub seq: i64,
    pub kind: ReleaseKind,
    pub subject: [u8; 16],
    pub at: At,
}

/// One process.
pub fn process(on: &mut Read, order: OrderId) -> Outcome<Option<ProcessRow>> {
    Ok(each!(on, c => processes::table.find(order).select(ProcessRow::as_select()).first(c).optional())?)
}

/// Processes after one, of orders that were told by a moment, in the order of their ids.
pub fn processes_after(on: &mut Read, after: Option<OrderId>, by: At, most: i64) -> Outcome<Vec<ProcessRow>> {
    Ok(each!(on, c => {
        let mut query = processes::table.filter(processes::told_at.le(by)).select(ProcessRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(processes::order_id.gt(after));
        }
        query.order(processes::order_id).limit(most).load(c)
    })?)
}

/// How many processes there are of orders that were told by a moment.
pub fn count(on: &mut Read, by: At) -> Outcome<i64> {
    Ok(each!(on, c => processes::table.filter(processes::told_at.le(by)).select(count_star()).first(c))?)
}

/// The facts of processes, each process's in their order.
pub fn entries(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<EntryRow>> {
    type Stored = (OrderId, i64, ReleaseKind, Vec<u8>, At);
    let mut found = Vec::new();
    for part in ids.chunks(500) {
        let some: Vec<Stored> = each!(on, c => releases::table.filter(releases::order_id.eq_any(part))
            .order((releases::order_id, releases::seq))
            .select((releases::order_id, releases::seq, releases::kind, releases::subject_id, releases::at)).load(c))?;
        for (order_id, seq, kind, subject, at) in some {
            let subject = subject.try_into().map_err(|_| AppError::internal("a fact names no record"))?;
            found.push(EntryRow { order_id, seq, kind, subject, at });
        }
    }
    Ok(found)
}
