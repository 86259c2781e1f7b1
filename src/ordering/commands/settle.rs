//! What follows from an order's facts: each gets its place and its date, and what it changes is appended to the counts.

use super::receive::{TAKEN_BACK, TakenBack};
use crate::audit;
use crate::identity;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrderId, RuleId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Fund, LineStanding, Purpose};
use crate::kernel::time::Day;
use crate::ledger::{self, CountEntry};
use crate::ordering::book::{self, Book};
use crate::ordering::rules::counting::dating::{fact_date, payment_date};
use crate::ordering::rules::counting::{ClosingDate, Count, Counted, FactDate};
use crate::ordering::rules::journal::{FactKind, Told, fresh};
use crate::ordering::rules::taking_back::TakingBack;
use crate::ordering::store::counting::{self as store, FactRow, Sums};
use crate::ordering::store::orders::OrderRow;
use crate::platform::db::{Read, Tx};
use crate::platform::jobs;
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde_json::json;
use std::collections::BTreeMap;

/// Gives new facts of a claimed order their place and date and appends what they change to the counts. Every command that
/// records a fact ends with it; without new facts it changes nothing.
///
/// # Errors
/// When facts contradict each other or the database fails.
pub fn settle(tx: &mut Tx<'_>, id: OrderId) -> Outcome<Counted> {
    let mut book = Book::load(tx, id)?;
    let placed = book.placed.iter().map(book::key).collect::<Outcome<Vec<_>>>()?;
    let known = placed.len();
    let mut dates = Dates::new(book.order.unit_region, book.order.fund);
    let mut rows = Vec::new();
    for (told, seq) in fresh(&book.told, &placed).into_iter().zip(known + 1..) {
        let seq = i64::try_from(seq).map_err(AppError::internal)?;
        rows.push(dates.row(tx, id, seq, told)?);
    }
    if !rows.is_empty() {
        store::append(tx, &rows)?;
        book.placed.extend(rows);
    }
    let counted = book.count()?;
    tell_taken_back(tx, &book, known)?;
    let fresh: Vec<Count> = counted.entries.iter().filter(|entry| entry.fact >= known).copied().collect();
    if !fresh.is_empty() {
        // A merger of the unit at this moment waits for this, or is seen.
        book.seats = identity::keep_succession(tx, book.order.unit_id)?;
        ledger::count(tx, &entries(&book, fresh.iter())?)?;
    }
    save(tx, &book, &counted)?;
    Ok(counted)
}

/// What was certified of a donation stands no more once something of it is taken back: who issued it looks after the commit.
fn tell_taken_back(tx: &mut Tx<'_>, book: &Book, known: usize) -> Outcome<()> {
    let given = book.order.purpose == Purpose::PurchaseForDonation;
    if given && book.placed.iter().skip(known).any(|fact| TakingBack::of(fact.kind).is_some()) {
        jobs::enqueue(tx, TAKEN_BACK, &TakenBack { order_id: book.order.id })?;
    }
    Ok(())
}

fn save(tx: &mut Tx<'_>, book: &Book, counted: &Counted) -> Outcome<()> {
    let year = counted.completed.map(|done| done.year);
    let rated_at = book.rating.as_ref().map(|rating| rating.recorded_at);
    let sums = Sums { paid: book.paid()?, refunded: book.refunded()?, rated_at, completed_year: year };
    store::save(tx, book.order.id, &sums)?;
    let Some(done) = counted.completed.filter(|_| book.order.completed_year.is_none()) else { return Ok(()) };
    let order = &book.order;
    let entry = audit::Entry {
        actor: None,
        action: "order.completed",
        subject: order.id.to_string(),
        owner_org: order.buyer_id,
        other_org: Some(order.supplier_id),
        region: order.unit_region,
        details: json!({ "year": done.year, "day": done.day, "completed_fen": counted.completed_fen() }),
    };
    audit::record_for(tx, &[entry], &order.concerned())
}

/// Counting entries with ids that follow from the facts, so that the same fact counts once.
pub fn entries<'a>(book: &Book, counts: impl Iterator<Item = &'a Count>) -> Outcome<Vec<CountEntry>> {
    counts
        .map(|count| {
            let line = book.lines.get(count.line).ok_or_else(|| AppError::internal("a count of no line"))?;
            let order = &book.order;
            let words = [order.id.to_string(), count.fact.to_string(), line.id.to_string(), count.year.to_string()];
            let (basis, day) = (count.basis.as_str(), count.day.to_string());
            let mut named = vec!["order.fact", basis, &words[0], &words[1], &words[2], &words[3], &day];
            // What an annulment takes back and what it counts again are two entries of one fact.
            if count.standing != LineStanding::AsPlaced {
                named.push(count.standing.as_str());
            }
            Ok(CountEntry {
                id: ledger::count_id(&named),
                basis: count.basis,
                order_id: order.id,
                line_id: line.id,
                unit_id: book.seats.of_year(count.year),
                year: count.year,
                fund: order.fund,
                amount_fen: count.amount,
                day: count.day,
                correction: count.correction,
                standing: count.standing,
                moved_by: None,
                class_no: book.class_no,
                reclassed: false,
            })
        })
        .collect()
}

/// Whether the books of the year in which an order was placed are closed today.
pub fn is_closed(tx: &mut Tx<'_>, order: &OrderRow) -> Outcome<bool> {
    let (year, today) = (order.placed_day.year(), tx.at().day());
    if today.year() <= year {
        return Ok(false);
    }
    let (closing, _) = Dates::new(order.unit_region, order.fund).closing(tx, year)?;
    Ok(today > closing.of_year(year))
}

/// Dates facts by the rule rows of a fund and the calendar of a region.
struct Dates {
    region: RegionCode,
    fund: Fund,
    closings: BTreeMap<i64, (ClosingDate, RuleId)>,
}

impl Dates {
    fn new(region: RegionCode, fund: Fund) -> Dates {
        Dates { region, fund, closings: BTreeMap::new() }
    }

    /// A fact with its place and date.
    fn row(&mut self, on: &mut Read, order_id: OrderId, seq: i64, told: &Told) -> Outcome<FactRow> {
        let (date, late_rule) = self.date(on, told)?;
        let (closing, closing_rule) = self.closing(on, date.day.year())?;
        Ok(FactRow {
            order_id,
            seq,
            kind: told.key.kind,
            subject_id: told.key.subject.to_vec(),
            occurred_on: told.occurred_on,
            effective_on: told.effective_at.day(),
            counts_on: date.day,
            closes_on: closing.of_year(date.day.year()),
            late: date.late,
            late_rule,
            closing_rule,
        })
    }

    fn date(&mut self, on: &mut Read, told: &Told) -> Outcome<(FactDate, RuleId)> {
        let recorded_on = told.recorded_at.day();
        let rules = rulebook::load(on, &self.region, recorded_on, &[RuleName::LateEntryDays])?;
        let rule = rules.row_for(RuleName::LateEntryDays, None, Some(self.fund.as_str()))?;
        let days = u32::try_from(rule.int()?.clamp(0, 1_000)).map_err(AppError::internal)?;
        let calendar = self.calendar(on, told.occurred_on, recorded_on, i64::from(days))?;
        let (closing, _) = self.closing(on, told.occurred_on.year())?;
        let date = fact_date(told.occurred_on, recorded_on, days, &calendar, closing);
        if told.key.kind != FactKind::Paid {
            return Ok((date, rule.id));
        }
        let (closing, _) = self.closing(on, date.day.year())?;
        Ok((payment_date(date, told.effective_at.day(), closing), rule.id))
    }

    /// Working days are never fewer than calendar days, so that what is recorded soon enough needs no calendar.
    fn calendar(
        &self,
        on: &mut Read,
        occurred_on: Day,
        recorded_on: Day,
        days: i64,
    ) -> Outcome<crate::kernel::calendar::WorkCalendar> {
        if recorded_on.epoch_days() - occurred_on.epoch_days() <= days {
            return Ok(crate::kernel::calendar::WorkCalendar::default());
        }
        regions::calendar(on, &self.region, occurred_on, occurred_on.plus_days(days * 2 + 60))
    }

    /// The closing date of a year: the row in force on the year's last day.
    fn closing(&mut self, on: &mut Read, year: i64) -> Outcome<(ClosingDate, RuleId)> {
        if let Some(found) = self.closings.get(&year) {
            return Ok(*found);
        }
        let rules = rulebook::load(on, &self.region, Day::last_of_year(year), &[RuleName::ClosingDate])?;
        let rule = rules.row_for(RuleName::ClosingDate, None, Some(self.fund.as_str()))?;
        let closing = ClosingDate::parse(&rule.value).ok_or_else(|| AppError::internal("unreadable closing date"))?;
        self.closings.insert(year, (closing, rule.id));
        Ok((closing, rule.id))
    }
}
