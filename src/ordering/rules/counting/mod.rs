//! What an order counts, from its facts alone (product.md §4 "Dates of facts", "What counts to the plan"; §5).
//!
//! The facts of an order stand in the order in which they took effect, each with the day it counts on; [`recount`] folds
//! them into entries. A further fact only adds entries, it never changes earlier ones: so the entries can be appended as the
//! facts come in, and `yigou verify` can fold everything again and compare.
//!
//! Choices that the product leaves open, made here once:
//! - A year closes at 24:00 of its closing date (15 January of the next year by default), as every deadline ends at 24:00.
//! - Money covers goods first and freight last; a refund takes the credit and the freight first and the goods last. Freight
//!   is payable, but an order completes when its accepted goods are paid.
//! - Money covers the oldest accepted goods first, within one acceptance by largest remainder.
//! - A reported payment counts by the date of its report, unless the year of that day has closed before it took effect.
//! - What takes something back lowers the latest year that counted it.
//! - A payment that was deemed received and is denied was never there. An order that it completed is completed no more:
//!   everything it counted is taken from the year in which it counted (as a correction once that year is closed), and it counts
//!   anew in the year of the payment that makes it whole. A refund, by contrast, only lowers what is counted.
//! - An annulment from the start takes what a line counted under its old standing from the years that counted it, on the day of
//!   the decision, and counts it again under the new standing; what no longer meets the product rule is in the plan no more. Money
//!   and goods stay what they were: an order stays completed, and what comes later counts under the new standing.
//! - An allowance (折让) counts as goods of its worth that went back on its day, although they stay; freight that is allowed is in no
//!   count. An order of which everything was allowed is one of which nothing was kept: it completes nothing and owes no freight.
//! - An order that is completed is opened no more: a line is opened again only before that, and keeps the order from completing until it
//!   is closed.
//! - The ordered amount belongs to the year of placement; what is cancelled or written off lowers it, after that year
//!   closed as its numbered correction, by the day on which it is recorded. What is rejected was ordered all the same.

pub mod dating;
mod fold;
mod layers;
mod missing;

pub use dating::{ClosingDate, FactDate};
pub use fold::recount;
pub use missing::{Missing, Waiting, explain, fund_counts};

use crate::kernel::money::Fen;
use crate::kernel::terms::{Basis, LineStanding};
use crate::kernel::time::Day;

/// A fact of an order that has taken effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What happened.
    pub what: What,
    /// When it took effect with us: what has been published by then stays.
    pub effective_on: Day,
    /// The day it counts on.
    pub day: Day,
    /// The last day on which the year of `day` is open.
    pub closes_on: Day,
}

/// What happened. Lines are named by their place in the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Goods were accepted: amounts by line.
    Accepted(Vec<(usize, Fen)>),
    /// Accepted goods went back, or a part of their price was allowed: amounts by line.
    Returned(Vec<(usize, Fen)>),
    /// Nothing more comes on this line: all of it is accepted, rejected or closed short.
    LineClosed(usize),
    /// Rejected goods of a line that was closed are owed once more.
    LineReopened(usize),
    /// Money reached the supplier.
    Paid(Fen),
    /// Money came back.
    PaidBack(Fen),
    /// A payment that had counted as deemed received was denied: it had never come.
    Unpaid(Fen),
    /// The buyer rated the order.
    Rated,
    /// A certificate was never valid: what each of its lines counts as from now on.
    Annulled(Vec<(usize, LineStanding)>),
}

/// What an order's lines and its rule rows say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// For each line, whether it met the product rule at placement.
    pub qualifies: Vec<bool>,
    /// Freight agreed, in fen: payable, in no count.
    pub freight: Fen,
    /// Whether completion needs a rating.
    pub rating_required: bool,
}

/// One counting entry, before it has an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// Which of the amounts; never `ordered`, which placement and closing count themselves.
    pub basis: Basis,
    /// The place of the fact that caused it.
    pub fact: usize,
    /// The place of the line.
    pub line: usize,
    /// The year it belongs to.
    pub year: i64,
    /// The day, and by it the month, it happens on.
    pub day: Day,
    /// How much more (or less) counts, in fen.
    pub amount: Fen,
    /// Whether the year was closed when it came, so that it is a numbered correction of that year.
    pub correction: bool,
    /// What it counts as.
    pub standing: LineStanding,
}

/// That an order is completed (完成).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Completion {
    /// The day of its last required fact.
    pub day: Day,
    /// The year it counts in.
    pub year: i64,
}

/// Where an order stands after its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Every entry, in the order of the facts.
    pub entries: Vec<Count>,
    /// Accepted − returned by line, in fen.
    pub accepted: Vec<Fen>,
    /// The part of it that is paid, by line, in fen.
    pub covered: Vec<Fen>,
    /// Paid − refunded, in fen.
    pub paid: Fen,
    /// Goods accepted and kept, plus freight once anything was accepted: what is to be paid, in fen.
    pub due: Fen,
    /// The year it counts in, once completed.
    pub completed: Option<Completion>,
    /// What each line still counts as.
    pub standings: Vec<LineStanding>,
}

impl Counted {
    /// min(accepted − returned, paid − refunded) over the goods, in fen.
    #[must_use]
    pub fn accepted_paid(&self) -> Fen {
        self.covered.iter().copied().sum()
    }
    /// Money beyond what is due: a credit to refund, in fen.
    #[must_use]
    pub fn credit(&self) -> Fen {
        Fen::new(self.paid.get().saturating_sub(self.due.get()).max(0))
    }
    /// Money still to come for the goods alone, in fen: what keeps an order from completion.
    #[must_use]
    pub fn unpaid_goods(&self) -> Fen {
        let goods: Fen = self.accepted.iter().copied().sum();
        Fen::new(goods.get().saturating_sub(self.paid.get()).max(0))
    }
    /// Money still to come, in fen.
    #[must_use]
    pub fn unpaid(&self) -> Fen {
        Fen::new(self.due.get().saturating_sub(self.paid.get()).max(0))
    }
    /// Completed amount of all years, corrections included, in fen.
    #[must_use]
    pub fn completed_fen(&self) -> Fen {
        self.entries.iter().filter(|e| e.basis == Basis::Completed).map(|e| e.amount).sum()
    }
}

#[cfg(test)]
mod annulment_tests;
#[cfg(test)]
mod later_tests;
#[cfg(test)]
mod tests;
