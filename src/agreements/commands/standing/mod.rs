//! Use cases of standing orders.

pub mod amend;
pub mod change;
pub mod check;
pub mod create;
pub mod place;

use super::call_off::{CalledLine, NewCallOff};
use crate::agreements::rules::recurrence::{AROUND, Dated, Occurrence, Plan, Recurrence};
use crate::agreements::rules::standing::{
    Around, OccurrenceState, SkipCause, StandingLine, StandingOrderState, StandingTerms, look_on, not_now, standing_on,
};
use crate::agreements::store::standing::{self as store, OccurrenceRow, SkipRow, StandingRevisionRow, StandingRow};
use crate::audit::{self, Entry};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrgId, StandingOrderId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering::{Delivery, NewLine, NewOrder};
use crate::platform::db::{Read, Tx};
use crate::regions;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Locks a standing order of the actor's organisation.
fn claim(tx: &mut Tx<'_>, actor: &Actor, id: StandingOrderId) -> Outcome<StandingRow> {
    store::claim(tx, id)?.filter(|row| row.buyer_id == actor.org_id).ok_or_else(|| Code::NotFound.into())
}

/// A claimed standing order that has not ended.
fn claim_alive(tx: &mut Tx<'_>, actor: &Actor, id: StandingOrderId) -> Outcome<StandingRow> {
    let row = claim(tx, actor, id)?;
    match standing_on(row.state, row.ends_on, tx.at().day()) {
        StandingOrderState::Ended => Err(not_now(StandingOrderState::Ended)),
        StandingOrderState::Active | StandingOrderState::Paused => Ok(row),
    }
}

/// Writes the trail of who orders and of the unit whose count it is. No supplier is told.
fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    row: &StandingRow,
    action: &'static str,
    details: Value,
) -> Outcome<()> {
    let entry = Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.buyer_id,
        other_org: (row.unit_id != row.buyer_id).then_some(row.unit_id),
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}

/// A revision with what it says.
#[derive(Debug, Clone)]
pub struct Revised {
    /// The row.
    pub row: StandingRevisionRow,
    /// What is ordered.
    pub terms: StandingTerms,
}

/// What is known of the days of a standing order.
#[derive(Debug)]
pub struct Days {
    /// Everything that was ever to be ordered.
    pub revisions: Vec<Revised>,
    /// Days that are left out.
    pub skips: Vec<SkipRow>,
    /// Days of which nothing became yet, in their order.
    pub open: Vec<Occurrence>,
}

impl Days {
    /// Loads them up to a day. Exact for who holds the claim.
    ///
    /// # Errors
    /// When the database fails.
    pub fn load(read: &mut Read, row: &StandingRow, until: Day) -> Outcome<Days> {
        let revisions = store::revisions_of(read, row.id)?;
        let revised = |row: StandingRevisionRow| {
            Ok(Revised { terms: serde_json::from_str(&row.terms).map_err(AppError::internal)?, row })
        };
        let revisions = revisions.into_iter().map(revised).collect::<Outcome<Vec<Revised>>>()?;
        let skips = store::skips_from(read, row.id, row.open_from)?;
        let until = until.min(row.ends_on);
        if until < row.open_from {
            return Ok(Days { revisions, skips, open: Vec::new() });
        }
        let mut calendars = Vec::with_capacity(revisions.len());
        for Revised { row, terms } in &revisions {
            calendars.push(Dated { from: row.from_day, revision: row.revision, calendar: &terms.calendar });
        }
        let plan = Plan { calendars, ends_on: row.ends_on };
        let mut open = on_calendar(read, &row.region_code, &plan, (row.open_from, until))?;
        let settled = store::settled_from(read, row.id, row.open_from.plus_days(-AROUND))?;
        let days: BTreeSet<Day> = settled.iter().map(|(day, ..)| *day).collect();
        // Where nothing comes another day's goods may still.
        let placed = settled.iter().filter(|(_, _, state)| *state == OccurrenceState::Placed);
        let deliveries: BTreeSet<Day> = placed.map(|(_, delivery_on, _)| *delivery_on).collect();
        open.retain(|one| !days.contains(&one.day) && !deliveries.contains(&one.delivery_on));
        Ok(Days { revisions, skips, open })
    }

    /// Whether somebody left a day out.
    #[must_use]
    pub fn left_out(&self, day: Day) -> bool {
        self.skips.iter().any(|skip| skip.day == day)
    }

    /// What matters about a day.
    #[must_use]
    pub fn around(&self, row: &StandingRow, one: &Occurrence) -> Around {
        Around { paused_on: row.paused_on, left_out: self.left_out(one.day) }
    }

    /// What is to be ordered by a revision.
    ///
    /// # Errors
    /// When there is no such revision: a fault of ours.
    pub fn revision(&self, number: i64) -> Outcome<&Revised> {
        let found = self.revisions.iter().find(|one| one.row.revision == number);
        found.ok_or_else(|| AppError::internal("a day of a revision that there is none of"))
    }

    /// What holds last.
    ///
    /// # Errors
    /// When there is no revision: a fault of ours.
    pub fn latest(&self) -> Outcome<&Revised> {
        self.revisions.last().ok_or_else(|| AppError::internal("a standing order without a revision"))
    }
}

/// The days of a plan by the working days of a region.
fn on_calendar(read: &mut Read, region: &RegionCode, plan: &Plan<'_>, span: (Day, Day)) -> Outcome<Vec<Occurrence>> {
    let (from, until) = Plan::looks_at(span.0, span.1);
    let working = regions::calendar(read, region, from, until)?;
    Ok(plan.occurrences(span.0, span.1, &working))
}

/// Whether anything comes at all between two days.
fn comes(read: &mut Read, region: &RegionCode, calendar: &Recurrence, (from, until): (Day, Day)) -> Outcome<bool> {
    let plan = Plan { calendars: vec![Dated { from, revision: 1, calendar }], ends_on: until };
    Ok(!on_calendar(read, region, &plan, (from, until))?.is_empty())
}

/// Computes anew when somebody has to look at a claimed standing order next, and stores it.
fn refresh(tx: &mut Tx<'_>, row: &mut StandingRow) -> Outcome<()> {
    let days = Days::load(tx, row, row.ends_on)?;
    let left = days.open.iter().filter(|one| !days.left_out(one.day));
    row.next_on = left.map(|one| one.delivery_on).min();
    row.due_on = days.open.iter().map(|one| look_on(one, days.around(row, one))).min();
    let first = days.open.first().map(|one| one.day);
    row.open_from = first.unwrap_or_else(|| row.open_from.max(row.ends_on.plus_days(1)));
    store::save(tx, row)
}

/// Enters that a day is not ordered, and why.
fn skipped(tx: &mut Tx<'_>, row: &StandingRow, one: &Occurrence, cause: SkipCause) -> Outcome<()> {
    let settled =
        OccurrenceRow { cause: Some(cause.as_str().to_owned()), ..settled(row, one, OccurrenceState::Skipped, tx) };
    store::settle(tx, &settled)?;
    let details = json!({ "date": one.day, "delivery_on": one.delivery_on, "cause": cause });
    record(tx, None, row, "standing_order.skipped", details)
}

/// That something became of a day, without what.
fn settled(row: &StandingRow, one: &Occurrence, state: OccurrenceState, tx: &Tx<'_>) -> OccurrenceRow {
    OccurrenceRow {
        standing_id: row.id,
        day: one.day,
        delivery_on: one.delivery_on,
        order_on: one.order_on,
        revision: one.revision,
        state,
        cause: None,
        reason_zh: None,
        reason_en: None,
        faults: "[]".to_owned(),
        group_id: None,
        orders: "[]".to_owned(),
        settled_at: tx.at(),
    }
}

fn deliveries(terms: &StandingTerms, date: Day) -> Vec<Delivery> {
    let places = terms.deliveries.iter();
    places
        .map(|place| Delivery {
            address: place.address.clone(),
            contact: place.contact.clone(),
            phone: place.phone.clone(),
            date,
            window: place.window.clone(),
        })
        .collect()
}

/// The order of a day.
fn new_order(unit: OrgId, terms: &StandingTerms, date: Day) -> NewOrder {
    let lines = terms.lines.iter().map(|line| NewLine {
        listing_id: line.listing_id,
        quantity: line.quantity,
        unit_price_fen: None,
        most_fen: line.most_fen,
        delivery_no: line.delivery_no,
    });
    NewOrder {
        unit_id: Some(unit),
        fund: terms.fund,
        purpose: terms.purpose,
        channel: terms.channel,
        payer_id: terms.payer_id,
        beneficiary_id: terms.beneficiary_id,
        recipient: terms.recipient.clone(),
        client_ref: None,
        deliveries: deliveries(terms, date),
        freights: terms.freights.iter().map(|freight| (freight.supplier_id, freight.freight_fen)).collect(),
        lines: lines.collect(),
    }
}

/// The call-off of a day.
fn new_call_off(unit: OrgId, terms: &StandingTerms, date: Day) -> Outcome<NewCallOff> {
    let line = |line: &StandingLine| {
        let line_no = line.line_no.ok_or_else(|| AppError::internal("a line without its agreement's"))?;
        Ok(CalledLine { line_no, quantity: line.quantity, most_fen: line.most_fen, delivery_no: line.delivery_no })
    };
    let freight = Fen::total(terms.freights.iter().map(|one| one.freight_fen))?;
    Ok(NewCallOff {
        unit_id: Some(unit),
        fund: terms.fund,
        purpose: terms.purpose,
        channel: terms.channel,
        payer_id: terms.payer_id,
        beneficiary_id: terms.beneficiary_id,
        recipient: terms.recipient.clone(),
        client_ref: None,
        deliveries: deliveries(terms, date),
        freight_fen: (!terms.freights.is_empty()).then_some(freight),
        lines: terms.lines.iter().map(line).collect::<Outcome<_>>()?,
    })
}
