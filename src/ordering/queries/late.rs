//! Late entries, listed for the auditor.

use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId, RuleId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::journal::FactKind;
use crate::ordering::store::counting::FactRow;
use crate::ordering::store::late::{self as store, Narrow, Place, Recorded};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A fact that was recorded too late to count on the day it occurred.
#[derive(Debug, Serialize, ToSchema)]
pub struct LateEntryView {
    /// The order.
    pub order_id: OrderId,
    /// The unit whose count it is.
    pub unit_id: OrgId,
    /// Its place among the facts of the order.
    pub seq: i64,
    /// What.
    pub kind: FactKind,
    /// When, by its paper.
    pub occurred_on: Day,
    /// When it was recorded; of a payment when it was reported.
    pub recorded_at: At,
    /// By whom.
    pub recorded_by: UserId,
    /// When it took effect; of a payment when it was confirmed or deemed received.
    pub effective_on: Day,
    /// The day it counts on.
    pub counts_on: Day,
    /// The rule row for late entries.
    pub late_rule: RuleId,
}

/// Late entries of units in scope, what took effect last first; of one year by the papers, of one unit.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn late_entries(
    read: &mut Read,
    actor: &Actor,
    narrow: Narrow,
    page: &PageRequest,
) -> Outcome<Page<LateEntryView>> {
    let within = match &actor.scope {
        Scope::Platform => None,
        Scope::Region(code) => Some(code.subtree()),
        // Nobody with such a scope audits.
        Scope::UnitTree(_) | Scope::Org(_) => return Err(Code::Forbidden.into()),
    };
    let after = page.keys::<Day, String>()?.map(|(day, rest)| place(day, &rest)).transpose()?;
    let rows = store::late(read, &within, narrow, after, page.fetch())?;
    let keys =
        |(row, _): &(FactRow, OrgId)| vec![row.effective_on.to_string(), format!("{}:{}", row.order_id, row.seq)];
    let page = Page::cut(rows, page, keys);
    let recorded = recorded(read, &page.items)?;
    let mut items = Vec::with_capacity(page.items.len());
    for (row, unit_id) in page.items {
        let (recorded_at, recorded_by) = *recorded
            .get(&(row.kind, subject(&row)?))
            .ok_or_else(|| AppError::internal(format!("nobody recorded fact {} of {}", row.seq, row.order_id)))?;
        items.push(LateEntryView {
            order_id: row.order_id,
            unit_id,
            seq: row.seq,
            kind: row.kind,
            occurred_on: row.occurred_on,
            recorded_at,
            recorded_by,
            effective_on: row.effective_on,
            counts_on: row.counts_on,
            late_rule: row.late_rule,
        });
    }
    Ok(Page { items, next: page.next })
}

fn place(day: Day, rest: &str) -> Outcome<Place> {
    let wrong = || AppError::new(Code::InvalidCursor);
    let (order, seq) = rest.split_once(':').ok_or_else(wrong)?;
    Ok((day, order.parse().map_err(|_| wrong())?, seq.parse().map_err(|_| wrong())?))
}

fn subject(row: &FactRow) -> Outcome<[u8; 16]> {
    row.subject_id.as_slice().try_into().map_err(AppError::internal)
}

/// When and by whom each fact was recorded.
type Records = BTreeMap<(FactKind, [u8; 16]), (At, UserId)>;

/// The last record of each fact: a line is closed by the last one that names it. One query per kind on the page.
fn recorded(read: &mut Read, rows: &[(FactRow, OrgId)]) -> Outcome<Records> {
    let mut last = Records::new();
    for kind in FactKind::ALL {
        let subjects: Vec<[u8; 16]> =
            rows.iter().filter(|(row, _)| row.kind == *kind).map(|(row, _)| subject(row)).collect::<Outcome<_>>()?;
        if subjects.is_empty() {
            continue;
        }
        let mut found: Vec<Recorded> = store::recorded(read, *kind, &subjects)?;
        found.sort_by_key(|(_, at, _)| *at);
        last.extend(found.into_iter().map(|(id, at, by)| ((*kind, id), (at, by))));
    }
    Ok(last)
}
