//! What becomes of an order, step by step.

use super::super::chance::Chance;
use super::super::data::World;
use super::season::{between, weekday_from};
use super::{Fate, PlannedLine, Received, Step, What};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};

/// What is left for late: from here on payment hurries before the year ends.
const HURRY: (i16, i8, i8) = (2021, 11, 20);
/// From here on orders are also caught by the end of the play.
const LATE: (i16, i8, i8) = (2021, 12, 1);

/// How many of which fate, dealt like cards so that none is missing.
const CARDS: [(Fate, usize); 8] = [
    (Fate::Completed, 31),
    (Fate::Rejected, 2),
    (Fate::ShortClosed, 2),
    (Fate::Declined, 1),
    (Fate::Expired, 1),
    (Fate::Cancelled, 1),
    (Fate::Unrated, 1),
    (Fate::Unpaid, 1),
];
const LATE_CARDS: [(Fate, usize); 7] = [
    (Fate::Completed, 6),
    (Fate::Returned, 1),
    (Fate::Confirmed, 2),
    (Fate::Shipped, 1),
    (Fate::Waiting, 1),
    (Fate::Unrated, 1),
    (Fate::Unpaid, 1),
];

/// Deals fates.
#[derive(Debug, Clone)]
pub struct Deck {
    chance: Chance,
    cards: Vec<Fate>,
    late: Vec<Fate>,
}

impl Deck {
    /// A full deck.
    #[must_use]
    pub fn new() -> Deck {
        Deck { chance: Chance::of(&["fates"]), cards: Vec::new(), late: Vec::new() }
    }
    /// The fate of the next order.
    pub fn deal(&mut self, placed: Day) -> Fate {
        let late = placed >= ymd(LATE);
        let (cards, all): (_, &[(Fate, usize)]) =
            if late { (&mut self.late, &LATE_CARDS) } else { (&mut self.cards, &CARDS) };
        if cards.is_empty() {
            cards.extend(all.iter().flat_map(|(fate, count)| std::iter::repeat_n(*fate, *count)));
            self.chance.mix(cards);
        }
        cards.pop().unwrap_or(Fate::Completed)
    }
}

fn ymd((year, month, day): (i16, i8, i8)) -> Day {
    Day::ymd(year, month, day)
}

/// An order as its steps see it.
#[derive(Debug)]
pub struct Course<'a> {
    /// The world.
    pub world: &'a World,
    /// Its lines.
    pub lines: &'a [PlannedLine],
    /// How it ends.
    pub fate: Fate,
    /// When it is placed.
    pub placed: At,
    /// When the goods are wanted.
    pub delivery: Day,
    /// Whether whoever orders tries to accept as well.
    pub same_person: bool,
}

impl Course<'_> {
    /// The steps, by moment.
    #[must_use]
    pub fn steps(&self, chance: &mut Chance) -> Vec<Step> {
        let day = self.placed.day();
        let early = between(chance, day, 14, 18);
        let answered = if chance.percent(75) { early } else { between(chance, day.plus_days(1), 8, 12) };
        let step = |at: At, what: What| Step { at, what };
        match self.fate {
            Fate::Waiting | Fate::Expired => Vec::new(),
            Fate::Declined => vec![step(answered, What::Decline)],
            Fate::Cancelled => vec![step(early, What::Cancel)],
            Fate::Confirmed => vec![step(answered, What::Confirm)],
            _ => {
                let mut steps = vec![step(answered, What::Confirm)];
                self.deliver(chance, &mut steps);
                steps
            }
        }
    }

    fn deliver(&self, chance: &mut Chance, steps: &mut Vec<Step>) {
        let confirmed = steps.last().map_or(self.placed, |step| step.at).day();
        // Half of what is sent on the day before arrives on the day for which it was asked.
        let sent_on = confirmed.plus_days(1).max(self.delivery.plus_days(-chance.between(1, 2)));
        let sent: Vec<Quantity> = self.lines.iter().map(|line| self.sent(chance, *line)).collect();
        steps.push(Step { at: between(chance, sent_on, 7, 11), what: What::Ship(sent.clone()) });
        if self.fate == Fate::Shipped {
            return;
        }
        let received_on = weekday_from(sent_on.plus_days(1));
        let at = between(chance, received_on, 9, 12);
        if self.same_person {
            steps.push(Step { at: at.plus_ms(-600_000), what: What::AcceptBySamePerson(sent.clone()) });
        }
        steps.push(Step { at, what: What::Accept(self.received(&sent)) });
        let mut last = at;
        if self.fate == Fate::ShortClosed {
            last = between(chance, received_on.max(self.delivery).plus_days(1), 9, 12);
            steps.push(Step { at: last, what: What::ShortClose });
        }
        self.settle(chance, last, &sent, steps);
    }

    fn settle(&self, chance: &mut Chance, accepted: At, sent: &[Quantity], steps: &mut Vec<Step>) {
        let hurried = accepted.day() >= ymd(HURRY);
        let paid_after = if hurried { chance.between(1, 3) } else { chance.between(3, 24) };
        let paid_on = weekday_from(accepted.day().plus_days(paid_after));
        let paid = between(chance, paid_on, 9, 12);
        let answered_on = paid_on.plus_days(chance.between(0, 1));
        let confirmed = between(chance, answered_on, 14, 17);
        if self.fate != Fate::Unpaid {
            steps.push(Step { at: paid, what: What::Pay });
            steps.push(Step { at: confirmed, what: What::ConfirmPayment });
        }
        let stars = *[5, 5, 5, 4, 4, 3].get(chance.place(6)).unwrap_or(&5);
        if self.fate != Fate::Unrated {
            // Many rate when the goods are there, the others when the money has gone.
            let early = chance.percent(30) || self.fate == Fate::Unpaid;
            let at = if early { accepted.plus_ms(3_600_000) } else { confirmed.plus_ms(1_800_000) };
            steps.push(Step { at, what: What::Rate(stars) });
            steps.sort_by_key(|step| step.at);
        }
        if self.fate == Fate::Returned {
            let after = Day::ymd(2022, 1, 4).plus_days(chance.between(0, 2)).max(confirmed.day().plus_days(1));
            let back: Vec<Quantity> =
                sent.iter().enumerate().map(|(at, q)| if at == 0 { *q } else { Quantity::ZERO }).collect();
            steps.push(Step { at: between(chance, after, 9, 12), what: What::Return(back) });
            let refunded_on = after.plus_days(chance.between(1, 4));
            steps.push(Step { at: between(chance, refunded_on, 9, 17), what: What::Refund });
        }
    }

    /// What is sent of a line: exactly what was ordered, what the scales say of weighed goods, a part of what falls short.
    fn sent(&self, chance: &mut Chance, line: PlannedLine) -> Quantity {
        let product = &self.world.products[line.product];
        let milli = line.quantity.milli();
        if self.fate == Fate::ShortClosed && milli >= 2_000 {
            return Quantity::from_milli((milli * chance.between(55, 80) / 100 / 1_000 * 1_000).max(1_000));
        }
        if !product.weighed {
            return line.quantity;
        }
        let reach = (product.tolerance.0 / 2).min(25_000);
        let actual = i128::from(milli) * i128::from(1_000_000 + chance.between(-reach, reach)) / 1_000_000;
        Quantity::from_milli(i64::try_from(actual / 10 * 10).unwrap_or(milli).max(10))
    }

    fn received(&self, sent: &[Quantity]) -> Vec<Received> {
        let take = |(at, quantity): (usize, &Quantity)| {
            let bad = if self.fate == Fate::Rejected && at == 0 { part(*quantity) } else { Quantity::ZERO };
            Received { accepted: quantity.minus(bad).unwrap_or(Quantity::ZERO), rejected: bad }
        };
        sent.iter().enumerate().map(take).collect()
    }
}

/// About a sixth, in whole units, all of a single unit.
fn part(quantity: Quantity) -> Quantity {
    let whole = quantity.milli() / 6 / 1_000 * 1_000;
    Quantity::from_milli(if whole == 0 { quantity.milli().min(1_000) } else { whole })
}
