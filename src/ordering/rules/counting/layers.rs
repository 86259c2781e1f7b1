//! Which money covers which goods: accepted goods and money wait in line for each other, oldest first.

use crate::kernel::money::{Fen, Overflow};
use crate::kernel::time::Day;
use std::collections::BTreeMap;

/// A change of what is covered on a line, on a day. What takes back names the year it takes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    pub line: usize,
    pub amount: Fen,
    pub day: Day,
    /// For an increase the year of its day; for a decrease the year whose increase it undoes.
    pub year: i64,
}

/// Accepted goods not yet paid, of one fact.
#[derive(Debug, Clone)]
struct Goods {
    day: Day,
    open: Vec<(usize, Fen)>,
}

/// Goods and money of an order, and what of them has met. At most one of the two queues holds anything.
#[derive(Debug, Clone)]
pub struct Layers {
    goods: Vec<Goods>,
    money: Vec<(Day, Fen)>,
    /// Covered by line and year, in fen.
    covered: Vec<BTreeMap<i64, Fen>>,
    /// Accepted − returned by line, in fen.
    accepted: Vec<Fen>,
}

impl Layers {
    pub fn new(lines: usize) -> Layers {
        let covered = vec![BTreeMap::new(); lines];
        Layers { goods: Vec::new(), money: Vec::new(), covered, accepted: vec![Fen::ZERO; lines] }
    }
    pub fn accepted(&self) -> &[Fen] {
        &self.accepted
    }
    pub fn covered(&self) -> Vec<Fen> {
        self.covered.iter().map(|years| years.values().copied().sum()).collect()
    }

    /// What of a line is covered, by the year that counted it.
    pub fn covered_by_year(&self, line: usize) -> impl Iterator<Item = (i64, Fen)> {
        self.covered.get(line).into_iter().flatten().map(|(year, amount)| (*year, *amount))
    }

    /// Goods were accepted.
    pub fn accept(&mut self, day: Day, amounts: &[(usize, Fen)]) -> Result<Vec<Change>, Overflow> {
        for (line, amount) in amounts {
            let accepted = self.accepted.get_mut(*line).ok_or(Overflow)?;
            *accepted = accepted.plus(*amount)?;
        }
        self.goods.push(Goods { day, open: amounts.to_vec() });
        self.meet()
    }

    /// Money came.
    pub fn pay(&mut self, day: Day, amount: Fen) -> Result<Vec<Change>, Overflow> {
        self.money.push((day, amount));
        self.meet()
    }

    /// Accepted goods went back: first what nobody has paid, then what is paid, whose money is then free for other goods.
    pub fn give_back(&mut self, day: Day, amounts: &[(usize, Fen)]) -> Result<Vec<Change>, Overflow> {
        let mut changes = Vec::new();
        for (line, amount) in amounts {
            let accepted = self.accepted.get_mut(*line).ok_or(Overflow)?;
            *accepted = accepted.minus(*amount)?;
            if accepted.get() < 0 {
                return Err(Overflow);
            }
            let left = self.take_unpaid(*line, *amount)?;
            changes.extend(self.uncover(*line, left, day)?);
            self.money.push((day, left));
        }
        changes.extend(self.meet()?);
        Ok(changes)
    }

    /// Money went back: first what covers no goods, newest first, then from all covered lines by largest remainder.
    pub fn pay_back(&mut self, day: Day, amount: Fen) -> Result<Vec<Change>, Overflow> {
        let mut left = amount;
        for (_, free) in self.money.iter_mut().rev() {
            let taken = left.min(*free);
            *free = free.minus(taken)?;
            left = left.minus(taken)?;
        }
        if left.is_zero() {
            return Ok(Vec::new());
        }
        let covered = self.covered();
        if left > covered.iter().copied().sum() {
            return Err(Overflow);
        }
        let weights: Vec<i64> = covered.iter().map(|c| c.get()).collect();
        let shares: Vec<(usize, Fen)> = left.split_by(&weights).into_iter().enumerate().collect();
        let mut changes = Vec::new();
        for (line, share) in &shares {
            changes.extend(self.uncover(*line, *share, day)?);
        }
        self.goods.push(Goods { day, open: shares });
        Ok(changes)
    }

    /// Takes goods of a line that nobody has paid, newest first; what is left over of the amount.
    fn take_unpaid(&mut self, line: usize, amount: Fen) -> Result<Fen, Overflow> {
        let mut left = amount;
        let waiting = self.goods.iter_mut().rev().flat_map(|goods| &mut goods.open);
        for (_, open) in waiting.filter(|(of, _)| *of == line) {
            let taken = left.min(*open);
            *open = open.minus(taken)?;
            left = left.minus(taken)?;
        }
        Ok(left)
    }

    /// Takes from what is covered on a line, from the latest year first.
    fn uncover(&mut self, line: usize, amount: Fen, day: Day) -> Result<Vec<Change>, Overflow> {
        let mut left = amount;
        let mut changes = Vec::new();
        let years = self.covered.get_mut(line).ok_or(Overflow)?;
        for (year, covered) in years.iter_mut().rev() {
            let taken = left.min(*covered);
            if !taken.is_zero() {
                *covered = covered.minus(taken)?;
                left = left.minus(taken)?;
                changes.push(Change { line, amount: taken.negated(), day, year: *year });
            }
        }
        if left.is_zero() { Ok(changes) } else { Err(Overflow) }
    }

    /// Lets the oldest goods meet the oldest money until one of them is used up. Both facts must have happened, so the later
    /// day counts.
    fn meet(&mut self) -> Result<Vec<Change>, Overflow> {
        let mut changes = Vec::new();
        for goods in &mut self.goods {
            for (paid_on, free) in &mut self.money {
                let open = Fen::total(goods.open.iter().map(|(_, amount)| *amount))?;
                let amount = open.min(*free);
                if amount.is_zero() {
                    continue;
                }
                *free = free.minus(amount)?;
                let weights: Vec<i64> = goods.open.iter().map(|(_, amount)| amount.get()).collect();
                let day = goods.day.max(*paid_on);
                for ((line, open), part) in goods.open.iter_mut().zip(amount.split_by(&weights)) {
                    *open = open.minus(part)?;
                    let covered = self.covered.get_mut(*line).ok_or(Overflow)?.entry(day.year()).or_default();
                    *covered = covered.plus(part)?;
                    changes.push(Change { line: *line, amount: part, day, year: day.year() });
                }
            }
        }
        self.goods.retain(|goods| goods.open.iter().any(|(_, amount)| !amount.is_zero()));
        self.money.retain(|(_, free)| !free.is_zero());
        Ok(changes)
    }
}
