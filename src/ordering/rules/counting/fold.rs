//! The fold: facts in, entries out.

use super::layers::{Change, Layers};
use super::{ClosingDate, Completion, Count, Counted, Fact, Terms, What};
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use std::collections::BTreeMap;

/// Folds the facts of an order, in the order in which they took effect.
///
/// # Errors
/// [`Overflow`] when amounts do not fit or facts contradict each other (more returned than accepted, more refunded than paid).
pub fn recount(terms: &Terms, facts: &[Fact]) -> Result<Counted, Overflow> {
    let mut layers = Layers::new(terms.qualifies.len());
    let mut tally = Tally::default();
    let mut completed: Option<Completion> = None;
    let mut entries = Vec::new();
    for (place, fact) in facts.iter().enumerate() {
        let changes = match &fact.what {
            What::Accepted(amounts) => layers.accept(fact.day, amounts)?,
            What::Returned(amounts) => layers.give_back(fact.day, amounts)?,
            What::Paid(amount) => layers.pay(fact.day, *amount)?,
            What::PaidBack(amount) | What::Unpaid(amount) => layers.pay_back(fact.day, *amount)?,
            What::LineClosed(_) | What::Rated => Vec::new(),
        };
        tally.add(&fact.what)?;
        let known = facts.get(..=place).unwrap_or_default();
        let closed = |year: i64| closes_on(known, year).is_some_and(|last| fact.effective_on > last);
        entries.extend(changes.iter().map(|change| accepted_paid(place, change, closed(change.year))));
        if let Some(done) = completed {
            let counted = changes.iter().filter(|change| terms.qualifies.get(change.line) == Some(&true));
            entries.extend(counted.map(|change| adjusted(place, change, done, fact, closed(done.year))));
            if matches!(fact.what, What::Unpaid(_)) && tally.paid < tally.goods {
                let counted = qualifying(terms, &layers.covered());
                entries.extend(counted.into_iter().map(|(line, amount)| {
                    let change = Change { line, amount: amount.negated(), day: fact.day, year: done.year };
                    adjusted(place, &change, done, fact, closed(done.year))
                }));
                completed = None;
            }
        } else if tally.is_complete(terms) {
            let day = last_required_day(terms, known)?.unwrap_or(fact.day);
            // A year that closed before the last fact came stays as it was published.
            let day = if closed(day.year()) { fact.effective_on } else { day };
            let done = Completion { day, year: day.year() };
            completed = Some(done);
            entries.extend(first_completed(place, terms, &layers.covered(), done));
        }
    }
    Ok(Counted {
        entries: merged(&entries)?,
        accepted: layers.accepted().to_vec(),
        covered: layers.covered(),
        paid: tally.paid,
        due: tally.due(terms)?,
        completed,
    })
}

fn accepted_paid(fact: usize, change: &Change, correction: bool) -> Count {
    let Change { line, amount, day, year } = *change;
    Count { basis: Basis::AcceptedPaid, fact, line, year, day, amount, correction }
}

/// After completion whatever changes belongs to the year in which the order counted.
fn adjusted(fact: usize, change: &Change, done: Completion, cause: &Fact, correction: bool) -> Count {
    let (line, amount) = (change.line, change.amount);
    Count { basis: Basis::Completed, fact, line, year: done.year, day: cause.day, amount, correction }
}

/// At completion everything that was accepted and kept is paid.
fn first_completed(fact: usize, terms: &Terms, covered: &[Fen], done: Completion) -> Vec<Count> {
    let (day, year) = (done.day, done.year);
    let entry = |(line, amount)| Count { basis: Basis::Completed, fact, line, year, day, amount, correction: false };
    qualifying(terms, covered).into_iter().map(entry).collect()
}

/// Of every qualifying line, what is paid: the completed amount of a completed order.
fn qualifying(terms: &Terms, covered: &[Fen]) -> Vec<(usize, Fen)> {
    let lines = covered.iter().copied().enumerate();
    lines.filter(|(line, _)| terms.qualifies.get(*line) == Some(&true)).collect()
}

/// The last open day of a year: as frozen with the latest fact of that year, else that of another year moved by whole years.
fn closes_on(facts: &[Fact], year: i64) -> Option<Day> {
    let own = facts.iter().rev().find(|fact| fact.day.year() == year).map(|fact| fact.closes_on);
    own.or_else(|| Some(ClosingDate::of(facts.last()?.closes_on).of_year(year)))
}

/// The first day from which on, by the facts dated so far, the order is complete and stays so. Every acceptance is required,
/// also one that is dated after the day on which the last delivery was recorded to have come.
fn last_required_day(terms: &Terms, facts: &[Fact]) -> Result<Option<Day>, Overflow> {
    let mut by_day: BTreeMap<Day, Vec<&What>> = BTreeMap::new();
    for fact in facts {
        by_day.entry(fact.day).or_default().push(&fact.what);
    }
    let (mut tally, mut since) = (Tally::default(), None);
    for (day, whats) in by_day {
        for what in whats {
            tally.add(what)?;
            if matches!(what, What::Accepted(_)) {
                since = None;
            }
        }
        since = if tally.is_complete(terms) { since.or(Some(day)) } else { None };
    }
    Ok(since)
}

/// The sums by which completion is judged.
#[derive(Debug, Clone, Default)]
struct Tally {
    goods: Fen,
    paid: Fen,
    closed: std::collections::BTreeSet<usize>,
    rated: bool,
}

impl Tally {
    fn add(&mut self, what: &What) -> Result<(), Overflow> {
        match what {
            What::Accepted(amounts) => {
                self.goods = self.goods.plus(Fen::total(amounts.iter().map(|(_, amount)| *amount))?)?;
            }
            What::Returned(amounts) => {
                self.goods = self.goods.minus(Fen::total(amounts.iter().map(|(_, amount)| *amount))?)?;
            }
            What::LineClosed(line) => {
                self.closed.insert(*line);
            }
            What::Paid(amount) => self.paid = self.paid.plus(*amount)?,
            What::PaidBack(amount) | What::Unpaid(amount) => self.paid = self.paid.minus(*amount)?,
            What::Rated => self.rated = true,
        }
        Ok(())
    }
    /// Freight is due with the goods; when none are kept, neither is it.
    fn due(&self, terms: &Terms) -> Result<Fen, Overflow> {
        if self.goods.get() > 0 { self.goods.plus(terms.freight) } else { Ok(Fen::ZERO) }
    }
    /// Every line closed, what was accepted and kept fully paid, and rated where that is required. Freight is in no quota:
    /// a dispute about it does not keep the goods from counting. An order of which nothing was kept completes nothing.
    fn is_complete(&self, terms: &Terms) -> bool {
        let closed = self.closed.len() == terms.qualifies.len();
        let rated = self.rated || !terms.rating_required;
        closed && rated && self.goods.get() > 0 && self.paid >= self.goods
    }
}

/// One entry for each fact, basis, line, year and day; what cancels out is no entry.
fn merged(entries: &[Count]) -> Result<Vec<Count>, Overflow> {
    let mut merged: Vec<Count> = Vec::with_capacity(entries.len());
    for entry in entries {
        let same = |e: &&mut Count| Count { amount: entry.amount, ..**e } == *entry;
        match merged.iter_mut().rev().take_while(|e| e.fact == entry.fact).find(same) {
            Some(found) => found.amount = found.amount.plus(entry.amount)?,
            None => merged.push(*entry),
        }
    }
    merged.retain(|entry| !entry.amount.is_zero());
    Ok(merged)
}
