//! The payment clock: until when orders must be paid. What it goes by was frozen with the order (the confirmation adds
//! `payment_days` where it binds); only the facts and the calendar are asked.

use super::rules::dispute::{self, has_days_anew};
use super::rules::money;
use super::store::facts::{self, FirstDays};
use super::store::orders::OrderRow;
use super::store::{claims, disputes};
use super::terms::{self, FrozenRule, Terms};
use crate::kernel::calendar::{Deadline, WorkCalendar};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrderId;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::regions;
use crate::rulebook::RuleName;
use std::collections::BTreeMap;

/// More days than the longest run of days off could move both ends of a period, together.
const MARGIN_DAYS: i64 = 120;

/// An order for which the clock runs.
struct Running {
    id: OrderId,
    region: RegionCode,
    days: i64,
    inspection: i64,
    first: FirstDays,
    /// From the first fact on, and so far that no deadline lies beyond.
    range: (Day, Day),
}

/// The last day to pay of each of the orders for which the clock runs.
///
/// # Errors
/// When the database fails.
pub fn dues(on: &mut Read, orders: &[&OrderRow]) -> Outcome<BTreeMap<OrderId, Deadline>> {
    let mut bound = Vec::new();
    for order in orders {
        bound.extend(days_of(order)?.map(|days| (*order, days)));
    }
    if bound.is_empty() {
        return Ok(BTreeMap::new());
    }
    let ids: Vec<OrderId> = bound.iter().map(|(order, _)| order.id).collect();
    let facts = facts::first_days(on, &ids)?;
    let running = bound.into_iter().filter_map(|(order, (days, inspection))| {
        let first = facts.get(&order.id).copied()?;
        let from = first.accepted.into_iter().chain(first.shipped).min()?;
        let range = (from, from.plus_days(inspection + days + MARGIN_DAYS));
        Some(Running { id: order.id, region: order.unit_region, days, inspection, first, range })
    });
    let running: Vec<Running> = running.collect();
    let calendars = calendars(on, &running)?;
    let due = |one: &Running| {
        let calendar = calendars.get(&one.region)?;
        let start = money::clock_start(one.first.accepted, one.first.shipped, one.inspection, calendar)?;
        let due = money::payment_due(Day::new(start.day), one.days, calendar);
        Some((one.id, Deadline { provisional: due.provisional || start.provisional, ..due }))
    };
    Ok(running.iter().filter_map(due).collect())
}

/// Which payments are taken as made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// Those that count.
    Only,
    /// Also those that the supplier has not answered.
    OrNot,
}

/// The last day to pay what is to be paid next of each of the orders for which the clock runs: the order's own, or, where all that it
/// owes by then is paid or in dispute, the first of those that disputes which ended gave anew.
///
/// # Errors
/// When the database fails.
pub fn next_dues(on: &mut Read, orders: &[&OrderRow], taken: Answered) -> Outcome<BTreeMap<OrderId, Deadline>> {
    let mut dues = dues(on, orders)?;
    let clocked: Vec<OrderId> = dues.keys().copied().collect();
    let mut ended: BTreeMap<OrderId, Vec<(Day, Fen)>> = BTreeMap::new();
    for part in clocked.chunks(claims::CHUNK) {
        for one in disputes::of_orders(on, part)?.iter().filter(|one| has_days_anew(one.state, one.side)) {
            let freed = one.freed_on.filter(|_| !one.freed_fen.is_zero()).map(|day| (day, one.freed_fen));
            ended.entry(one.order_id).or_default().extend(freed);
        }
    }
    ended.retain(|_, freed| !freed.is_empty());
    for order in orders {
        let Some(freed) = ended.get(&order.id) else { continue };
        if let Some(due) = first_freed(on, order, freed, taken)? {
            dues.insert(order.id, due);
        }
    }
    Ok(dues)
}

/// The first last day among what disputes freed and nobody paid; nothing where something else is to be paid before.
fn first_freed(on: &mut Read, order: &OrderRow, freed: &[(Day, Fen)], taken: Answered) -> Outcome<Option<Deadline>> {
    let mut paid = order.paid_fen.minus(order.refunded_fen)?;
    if taken == Answered::OrNot {
        let reported = claims::reported(on, &[order.id])?;
        paid = paid.plus(Fen::total(reported.into_iter().map(|(_, _, fen)| fen))?)?;
    }
    let lines = disputes::lines_of_order(on, order.id)?;
    let withheld = Fen::total(lines.iter().map(|line| line.withheld_fen))?;
    let undisputed = dispute::parts(order.due()?, paid, withheld)?.undisputed;
    let left = dispute::freed(freed, undisputed)?;
    if Fen::total(left.iter().copied())? < undisputed {
        return Ok(None);
    }
    let mut first: Option<Deadline> = None;
    for ((day, _), _) in freed.iter().zip(left).filter(|(_, fen)| !fen.is_zero()) {
        let due = due_after(on, order, *day)?;
        first = due.into_iter().chain(first).min_by_key(|due| due.day);
    }
    Ok(first)
}

/// The last day to pay what became due again on a day, where the clock binds.
///
/// # Errors
/// When the database fails.
pub fn due_after(on: &mut Read, order: &OrderRow, from: Day) -> Outcome<Option<Deadline>> {
    let Some((days, _)) = days_of(order)? else { return Ok(None) };
    let calendar = regions::calendar(on, &order.unit_region, from, from.plus_days(days + MARGIN_DAYS))?;
    Ok(Some(money::payment_due(from, days, &calendar)))
}

/// The days to pay and to inspect, where the clock binds.
fn days_of(order: &OrderRow) -> Outcome<Option<(i64, i64)>> {
    let frozen: Terms = terms::read(&order.terms)?;
    let number = |name: RuleName| frozen.rule(name.as_str()).map(FrozenRule::int).transpose();
    Ok(number(RuleName::PaymentDays)?.zip(number(RuleName::InspectionDays)?))
}

/// Each region's calendar once, for all its orders.
fn calendars(on: &mut Read, running: &[Running]) -> Outcome<BTreeMap<RegionCode, WorkCalendar>> {
    let mut ranges: BTreeMap<RegionCode, (Day, Day)> = BTreeMap::new();
    for one in running {
        let (from, until) = one.range;
        let range = ranges.entry(one.region).or_insert((from, until));
        *range = (range.0.min(from), range.1.max(until));
    }
    let load = |(region, (from, until))| Ok((region, regions::calendar(on, &region, from, until)?));
    ranges.into_iter().map(load).collect()
}
