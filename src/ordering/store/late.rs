//! SQL of facts that were recorded too late to count on the day they occurred.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{
    AcceptanceId, OrderId, OrderLineId, OrgId, PaymentId, RefundId, ReplacementId, ReturnId, UserId,
};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::journal::FactKind;
use crate::ordering::schema::money::{order_facts as facts, payments, refunds};
use crate::ordering::schema::{acceptance_lines, acceptances, orders, returns, short_closure_lines, short_closures};
use crate::ordering::store::counting::FactRow;
use crate::ordering::store::replacements;
use crate::platform::db::Read;
use diesel::prelude::*;

/// Whose late entries: those of units of a region, codes from the first, below the second; all when there is none.
pub type Within = Option<(String, String)>;

/// What a list of late entries is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrow {
    /// Only facts that occurred in this year, by their papers.
    pub year: Option<i64>,
    /// Only of this unit.
    pub unit: Option<OrgId>,
}

/// The place of a late entry in the list: when it took effect, its order, its place among the order's facts.
pub type Place = (Day, OrderId, i64);

/// Late entries, what took effect last first, each with the order's unit.
pub fn late(
    on: &mut Read,
    within: &Within,
    narrow: Narrow,
    after: Option<Place>,
    most: i64,
) -> Outcome<Vec<(FactRow, OrgId)>> {
    Ok(each!(on, c => {
        // `late` stands bare, as in the condition of its index.
        let mut query = facts::table.inner_join(orders::table).filter(facts::late)
            .select((FactRow::as_select(), orders::unit_id)).into_boxed();
        if let Some((from, below)) = within {
            query = query.filter(orders::unit_region.ge(from)).filter(orders::unit_region.lt(below));
        }
        if let Some(unit) = narrow.unit {
            query = query.filter(orders::unit_id.eq(unit));
        }
        if let Some(year) = narrow.year {
            query = query.filter(facts::occurred_on.ge(Day::first_of_year(year))).filter(facts::occurred_on.le(Day::last_of_year(year)));
        }
        if let Some((day, order, seq)) = after {
            let same_day = facts::order_id.lt(order).or(facts::order_id.eq(order).and(facts::seq.lt(seq)));
            query = query.filter(facts::effective_on.le(day)).filter(facts::effective_on.lt(day).or(same_day));
        }
        query.order((facts::effective_on.desc(), facts::order_id.desc(), facts::seq.desc())).limit(most).load(c)
    })?)
}

/// When, and by whom, a record was made.
pub type Recorded = ([u8; 16], At, UserId);

/// When the records were made that tell of facts of one kind, and by whom; for a line that was closed, each record that
/// decided or wrote off goods of it. What is recorded on the day it occurs is never late and has no entry here.
pub fn recorded(on: &mut Read, kind: FactKind, subjects: &[[u8; 16]]) -> Outcome<Vec<Recorded>> {
    let ids = || subjects.iter().copied();
    Ok(match kind {
        FactKind::Accepted => {
            let ids: Vec<AcceptanceId> = ids().map(AcceptanceId).collect();
            let rows: Vec<(AcceptanceId, At, UserId)> = each!(on, c => acceptances::table.filter(acceptances::id.eq_any(&ids))
                .select((acceptances::id, acceptances::recorded_at, acceptances::accepted_by)).load(c))?;
            rows.into_iter().map(|(id, at, by)| (id.0, at, by)).collect()
        }
        FactKind::LineClosed => {
            // Of a line that was opened again the fact bears the id of what opened it.
            let again: Vec<ReplacementId> = ids().map(ReplacementId).collect();
            let again = replacements::lines_of(on, &again)?;
            let of = |line: OrderLineId| {
                let opened = again.iter().filter(move |(_, of)| *of == line).map(|(id, _)| id.0);
                std::iter::once(line.0).chain(opened)
            };
            let ids: Vec<OrderLineId> = ids().map(OrderLineId).chain(again.iter().map(|(_, line)| *line)).collect();
            let decided: Vec<(OrderLineId, At, UserId)> = each!(on, c => acceptance_lines::table.inner_join(acceptances::table)
                .filter(acceptance_lines::line_id.eq_any(&ids))
                .select((acceptance_lines::line_id, acceptances::recorded_at, acceptances::accepted_by)).load(c))?;
            let written_off: Vec<(OrderLineId, At, UserId)> = each!(on, c => short_closure_lines::table.inner_join(short_closures::table)
                .filter(short_closure_lines::line_id.eq_any(&ids))
                .select((short_closure_lines::line_id, short_closures::recorded_at, short_closures::closed_by)).load(c))?;
            let rows = decided.into_iter().chain(written_off);
            rows.flat_map(|(line, at, by)| of(line).map(move |id| (id, at, by))).collect()
        }
        FactKind::Returned => {
            let ids: Vec<ReturnId> = ids().map(ReturnId).collect();
            let rows: Vec<(ReturnId, At, UserId)> = each!(on, c => returns::table.filter(returns::id.eq_any(&ids))
                .select((returns::id, returns::recorded_at, returns::returned_by)).load(c))?;
            rows.into_iter().map(|(id, at, by)| (id.0, at, by)).collect()
        }
        FactKind::Paid => {
            let ids: Vec<PaymentId> = ids().map(PaymentId).collect();
            let rows: Vec<(PaymentId, At, UserId)> = each!(on, c => payments::table.filter(payments::id.eq_any(&ids))
                .select((payments::id, payments::reported_at, payments::reported_by)).load(c))?;
            rows.into_iter().map(|(id, at, by)| (id.0, at, by)).collect()
        }
        FactKind::Refunded => {
            let ids: Vec<RefundId> = ids().map(RefundId).collect();
            let rows: Vec<(RefundId, At, UserId)> = each!(on, c => refunds::table.filter(refunds::id.eq_any(&ids))
                .select((refunds::id, refunds::recorded_at, refunds::recorded_by)).load(c))?;
            rows.into_iter().map(|(id, at, by)| (id.0, at, by)).collect()
        }
        FactKind::Allowed
        | FactKind::LineReopened
        | FactKind::PaymentReversed
        | FactKind::Rated
        | FactKind::Annulled => Vec::new(),
    })
}
