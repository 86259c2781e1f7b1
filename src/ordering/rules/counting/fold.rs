//! The fold: facts in, entries out.

use super::layers::{Change, Layers};
use super::{ClosingDate, Completion, Count, Counted, Fact, Terms, What};
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::terms::{Basis, LineStanding};
use crate::kernel::time::Day;
use std::collections::BTreeMap;

/// Folds the facts of an order, in the order in which they took effect.
///
/// # Errors
/// [`Overflow`] when amounts do not fit or facts contradict each other (more returned than accepted, more refunded than paid).
pub fn recount(terms: &Terms, facts: &[Fact]) -> Result<Counted, Overflow> {
    let mut fold = Fold::new(terms);
    for (place, fact) in facts.iter().enumerate() {
        fold.take(place, fact, facts.get(..=place).unwrap_or_default())?;
    }
    Ok(Counted {
        entries: merged(&fold.entries)?,
        accepted: fold.layers.accepted().to_vec(),
        covered: fold.layers.covered(),
        paid: fold.tally.paid,
        due: fold.tally.due(terms)?,
        completed: fold.completed,
        standings: fold.standings,
    })
}

/// What the facts so far come to.
struct Fold<'a> {
    terms: &'a Terms,
    layers: Layers,
    tally: Tally,
    completed: Option<Completion>,
    standings: Vec<LineStanding>,
    entries: Vec<Count>,
}

impl<'a> Fold<'a> {
    fn new(terms: &'a Terms) -> Fold<'a> {
        let lines = terms.qualifies.len();
        Fold {
            terms,
            layers: Layers::new(lines),
            tally: Tally::default(),
            completed: None,
            standings: vec![LineStanding::AsPlaced; lines],
            entries: Vec::new(),
        }
    }

    /// Takes the next fact; `known` are the facts up to it.
    fn take(&mut self, place: usize, fact: &Fact, known: &[Fact]) -> Result<(), Overflow> {
        let changes = match &fact.what {
            What::Accepted(amounts) => self.layers.accept(fact.day, amounts)?,
            What::Returned(amounts) => self.layers.give_back(fact.day, amounts)?,
            What::Paid(amount) => self.layers.pay(fact.day, *amount)?,
            What::PaidBack(amount) | What::Unpaid(amount) => self.layers.pay_back(fact.day, *amount)?,
            What::LineClosed(_) | What::LineReopened(_) | What::Rated | What::Annulled(_) => Vec::new(),
        };
        self.tally.add(&fact.what)?;
        let closed = |year: i64| closes_on(known, year).is_some_and(|last| fact.effective_on > last);
        for change in &changes {
            let Change { line, amount, day, year } = *change;
            self.enter(Basis::AcceptedPaid, place, (line, amount), (year, day), closed(year));
        }
        if let What::Annulled(lines) = &fact.what {
            for (line, standing) in lines {
                self.annul(place, fact.day, *line, *standing, closed)?;
            }
        }
        if let Some(done) = self.completed {
            // After completion whatever changes belongs to the year in which the order counted.
            for Change { line, amount, .. } in changes {
                if self.in_plan(line) {
                    self.enter(Basis::Completed, place, (line, amount), (done.year, fact.day), closed(done.year));
                }
            }
            if matches!(fact.what, What::Unpaid(_)) && self.tally.paid < self.tally.goods {
                for (line, amount) in self.qualifying() {
                    let at = (done.year, fact.day);
                    self.enter(Basis::Completed, place, (line, amount.negated()), at, closed(done.year));
                }
                self.completed = None;
            }
        } else if self.tally.is_complete(self.terms) {
            let day = last_required_day(self.terms, known)?.unwrap_or(fact.day);
            // A year that closed before the last fact came stays as it was published.
            let day = if closed(day.year()) { fact.effective_on } else { day };
            self.completed = Some(Completion { day, year: day.year() });
            // At completion everything that was accepted and kept is paid.
            for (line, amount) in self.qualifying() {
                self.enter(Basis::Completed, place, (line, amount), (day.year(), day), false);
            }
        }
        Ok(())
    }

    fn enter(
        &mut self,
        basis: Basis,
        fact: usize,
        (line, amount): (usize, Fen),
        (year, day): (i64, Day),
        correction: bool,
    ) {
        let standing = self.standings.get(line).copied().unwrap_or(LineStanding::AsPlaced);
        self.entries.push(Count { basis, fact, line, year, day, amount, correction, standing });
    }

    /// A line counts as something less from now on: what it counted is taken back from where it counted, and what still counts
    /// is counted again as what it is.
    fn annul(
        &mut self,
        place: usize,
        day: Day,
        line: usize,
        after: LineStanding,
        closed: impl Fn(i64) -> bool,
    ) -> Result<(), Overflow> {
        let before = *self.standings.get(line).ok_or(Overflow)?;
        if after <= before {
            return Ok(());
        }
        let years: Vec<(i64, Fen)> = self.layers.covered_by_year(line).collect();
        let done = self.completed.filter(|_| self.in_plan(line));
        let covered: Fen = years.iter().map(|(_, amount)| *amount).sum();
        let completed = done.map(|done| (Basis::Completed, done.year, covered));
        let counted: Vec<(Basis, i64, Fen)> =
            years.into_iter().map(|(year, amount)| (Basis::AcceptedPaid, year, amount)).chain(completed).collect();
        for (basis, year, amount) in &counted {
            self.enter(*basis, place, (line, amount.negated()), (*year, day), closed(*year));
        }
        if let Some(standing) = self.standings.get_mut(line) {
            *standing = after;
        }
        let stays = |basis: Basis| basis != Basis::Completed || after.counts_to_plan();
        for (basis, year, amount) in counted.into_iter().filter(|(basis, ..)| stays(*basis)) {
            self.enter(basis, place, (line, amount), (year, day), closed(year));
        }
        Ok(())
    }

    /// Whether a line met the product rule at placement and was not found out since.
    fn in_plan(&self, line: usize) -> bool {
        let standing = self.standings.get(line).copied().unwrap_or(LineStanding::AsPlaced);
        self.terms.qualifies.get(line) == Some(&true) && standing.counts_to_plan()
    }

    /// Of every line in the plan, what is paid: the completed amount of a completed order.
    fn qualifying(&self) -> Vec<(usize, Fen)> {
        self.layers.covered().into_iter().enumerate().filter(|(line, _)| self.in_plan(*line)).collect()
    }
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
            What::LineReopened(line) => {
                self.closed.remove(line);
            }
            What::Paid(amount) => self.paid = self.paid.plus(*amount)?,
            What::PaidBack(amount) | What::Unpaid(amount) => self.paid = self.paid.minus(*amount)?,
            What::Rated => self.rated = true,
            What::Annulled(_) => {}
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
