//! What an event does to a line: quantities, the quota it holds and posts, the stock it holds and posts.
//!
//! Money is unit price x cumulative quantity, rounded half-up once; each event moves the difference of two cumulative
//! amounts, so that partial acceptances sum to the fen. A line goes on holding what its open goods can still cost.

use crate::kernel::error::{AppError, Code};
use crate::kernel::money::{Fen, Overflow, Ppm};
use crate::kernel::quantity::Quantity;

/// A line's amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Whether it is priced by actual weight, so that quantities may be fractions and deviate.
    pub weighed: bool,
    /// By how much a weighed line may deviate.
    pub tolerance: Ppm,
    /// Price of a unit.
    pub unit_price: Fen,
    /// Ordered.
    pub quantity: Quantity,
    /// Shipped so far.
    pub shipped: Quantity,
    /// Accepted so far.
    pub accepted: Quantity,
    /// Rejected so far.
    pub rejected: Quantity,
    /// Returned so far, of what was accepted.
    pub returned: Quantity,
    /// Written off so far, of what was not shipped.
    pub short_closed: Quantity,
    /// Quota it still holds.
    pub held_fen: Fen,
    /// Price of what was accepted.
    pub accepted_fen: Fen,
    /// Price of what was returned.
    pub returned_fen: Fen,
    /// Nothing more will come.
    pub closed: bool,
}

/// What an event moves in the ledger; never negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Moves {
    /// Held quota that becomes posted.
    pub quota_posted: Fen,
    /// Held quota that is released.
    pub quota_released: Fen,
    /// Posted quota that is taken back.
    pub quota_returned: Fen,
    /// Held stock that leaves.
    pub stock_posted: Quantity,
    /// Stock that leaves beyond what was held.
    pub stock_beyond: Quantity,
    /// Held stock that is released.
    pub stock_released: Quantity,
    /// By how much the ordered amount falls.
    pub ordered_lost: Fen,
}

/// Why an event does not fit a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Sold in whole units.
    NotWhole,
    /// Nothing named.
    Nothing,
    /// More than is open.
    Exceeds {
        /// What is open.
        open: Quantity,
    },
    /// More weight than the tolerance allows.
    OutOfTolerance {
        /// The most that may still come.
        open: Quantity,
    },
    /// The line is closed.
    Closed,
    /// Rejecting needs a reason.
    ReasonMissing,
    /// Does not fit a number.
    TooLarge,
}

impl From<Overflow> for Refusal {
    fn from(_: Overflow) -> Refusal {
        Refusal::TooLarge
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::NotWhole => Code::QuantityNotWhole.into(),
            Refusal::Nothing => AppError::new(Code::ValidationFailed).detail("数量不能为零", "The quantity is zero"),
            Refusal::Exceeds { open } => AppError::new(Code::QuantityExceeded).with("open", open.to_string()),
            Refusal::OutOfTolerance { open } => {
                AppError::new(Code::WeightOutOfTolerance).with("open", open.to_string())
            }
            Refusal::Closed => AppError::new(Code::WrongState).detail("该行已结案", "The line is closed"),
            Refusal::ReasonMissing => {
                AppError::new(Code::ValidationFailed).detail("拒收须写明原因", "A rejection needs a reason")
            }
            Refusal::TooLarge => Code::AmountTooLarge.into(),
        }
    }
}

impl Line {
    /// A new line; it holds what its goods can cost at most.
    ///
    /// # Errors
    /// Fractions of what is sold in whole units; nothing; too much.
    pub fn place(quantity: Quantity, unit_price: Fen, weighed: bool, tolerance: Ppm) -> Result<Line, Refusal> {
        let mut line = Line {
            weighed,
            tolerance,
            unit_price,
            quantity,
            shipped: Quantity::ZERO,
            accepted: Quantity::ZERO,
            rejected: Quantity::ZERO,
            returned: Quantity::ZERO,
            short_closed: Quantity::ZERO,
            held_fen: Fen::ZERO,
            accepted_fen: Fen::ZERO,
            returned_fen: Fen::ZERO,
            closed: false,
        };
        line.counted(quantity)?;
        line.held_fen = line.limit()?.price(unit_price)?;
        Ok(line)
    }

    /// Price of what was ordered and is not written off.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn ordered_fen(&self) -> Result<Fen, Refusal> {
        Ok(self.quantity.minus(self.short_closed)?.price(self.unit_price)?)
    }
    /// Stock it still holds.
    #[must_use]
    pub fn stock_held(&self) -> Quantity {
        if self.closed { Quantity::ZERO } else { self.unshipped() }
    }
    /// Ordered goods that are neither shipped nor written off.
    #[must_use]
    pub fn unshipped(&self) -> Quantity {
        let left = self.quantity.milli() - self.short_closed.milli() - self.shipped.milli();
        Quantity::from_milli(left.max(0))
    }
    /// Shipped goods that nobody has accepted or rejected.
    #[must_use]
    pub fn undecided(&self) -> Quantity {
        Quantity::from_milli(self.shipped.milli() - self.accepted.milli() - self.rejected.milli())
    }

    /// Goods leave: held stock first, then free stock (a heavier weight).
    ///
    /// # Errors
    /// When the line is closed or more leaves than was ordered, tolerance included.
    pub fn ship(&mut self, quantity: Quantity) -> Result<Moves, Refusal> {
        self.open()?;
        self.counted(quantity)?;
        let open = self.limit()?.minus(self.shipped).unwrap_or_default();
        if quantity > open {
            return Err(if self.weighed { Refusal::OutOfTolerance { open } } else { Refusal::Exceeds { open } });
        }
        let posted = quantity.min(self.unshipped());
        self.shipped = self.shipped.plus(quantity)?;
        Ok(Moves { stock_posted: posted, stock_beyond: quantity.minus(posted)?, ..Moves::default() })
    }

    /// Goods are accepted and rejected; the line closes when nothing more is owed.
    ///
    /// # Errors
    /// When the line is closed, more is decided than was shipped, or a rejection has no reason.
    pub fn accept(&mut self, accepted: Quantity, rejected: Quantity, reasoned: bool) -> Result<Moves, Refusal> {
        self.open()?;
        let decided = accepted.plus(rejected)?;
        self.counted(decided)?;
        self.whole(accepted)?;
        if decided > self.undecided() {
            return Err(Refusal::Exceeds { open: self.undecided() });
        }
        if !rejected.is_zero() && !reasoned {
            return Err(Refusal::ReasonMissing);
        }
        let before = *self;
        self.accepted = self.accepted.plus(accepted)?;
        self.rejected = self.rejected.plus(rejected)?;
        self.accepted_fen = self.accepted.price(self.unit_price)?;
        self.settle(&before)
    }

    /// Unshipped goods will not come.
    ///
    /// # Errors
    /// When the line is closed or fewer goods are open.
    pub fn short_close(&mut self, quantity: Quantity) -> Result<Moves, Refusal> {
        self.open()?;
        self.counted(quantity)?;
        if quantity > self.unshipped() {
            return Err(Refusal::Exceeds { open: self.unshipped() });
        }
        let before = *self;
        self.short_closed = self.short_closed.plus(quantity)?;
        self.settle(&before)
    }

    /// Accepted goods go back; the last of them takes the remainder of the amount.
    ///
    /// # Errors
    /// When fewer goods were accepted and kept.
    pub fn take_back(&mut self, quantity: Quantity) -> Result<Moves, Refusal> {
        self.counted(quantity)?;
        let kept = self.accepted.minus(self.returned)?;
        if quantity > kept {
            return Err(Refusal::Exceeds { open: kept });
        }
        let before = self.returned_fen;
        self.returned = self.returned.plus(quantity)?;
        let worth = self.accepted.minus(self.returned)?.price(self.unit_price)?;
        self.returned_fen = self.accepted_fen.minus(worth)?.max(before);
        Ok(Moves { quota_returned: self.returned_fen.minus(before)?, ..Moves::default() })
    }

    /// The order ends before anything was shipped: everything held is released.
    ///
    /// # Errors
    /// When an amount does not fit.
    pub fn release(&mut self) -> Result<Moves, Refusal> {
        let moves = Moves {
            quota_released: self.held_fen,
            stock_released: self.stock_held(),
            ordered_lost: self.ordered_fen()?,
            ..Moves::default()
        };
        self.held_fen = Fen::ZERO;
        self.closed = true;
        Ok(moves)
    }

    /// Closes the line when nothing more is owed, and holds exactly what open goods can still cost.
    fn settle(&mut self, before: &Line) -> Result<Moves, Refusal> {
        let owed = if self.weighed { self.quantity.less_tolerance(self.tolerance) } else { self.quantity };
        self.closed = self.accepted.plus(self.rejected)?.plus(self.short_closed)? >= owed;
        let posted = self.accepted_fen.minus(before.accepted_fen)?;
        let hold = if self.closed { Fen::ZERO } else { self.open_fen()? };
        self.held_fen = hold;
        Ok(Moves {
            quota_posted: posted,
            quota_released: before.held_fen.minus(posted)?.minus(hold)?,
            stock_released: Quantity::from_milli(before.stock_held().milli() - self.stock_held().milli()),
            ordered_lost: before.ordered_fen()?.minus(self.ordered_fen()?)?,
            ..Moves::default()
        })
    }

    /// The most that may be shipped in all.
    fn limit(&self) -> Result<Quantity, Overflow> {
        let wanted = self.quantity.minus(self.short_closed)?;
        if self.weighed { wanted.with_tolerance(self.tolerance) } else { Ok(wanted) }
    }

    /// What goods still to be decided can cost, as a difference of cumulative amounts.
    fn open_fen(&self) -> Result<Fen, Overflow> {
        let most = self.limit()?.minus(self.rejected).unwrap_or_default().max(self.accepted);
        most.price(self.unit_price)?.minus(self.accepted_fen)
    }

    fn open(&self) -> Result<(), Refusal> {
        if self.closed { Err(Refusal::Closed) } else { Ok(()) }
    }

    fn counted(&self, quantity: Quantity) -> Result<(), Refusal> {
        if quantity.is_zero() { Err(Refusal::Nothing) } else { self.whole(quantity) }
    }

    fn whole(&self, quantity: Quantity) -> Result<(), Refusal> {
        if self.weighed || quantity.is_whole() { Ok(()) } else { Err(Refusal::NotWhole) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kg(text: &str) -> Quantity {
        text.parse().unwrap()
    }
    fn fen(n: i64) -> Fen {
        Fen::new(n)
    }
    fn boxes(n: i64) -> Quantity {
        Quantity::units(n)
    }

    #[test]
    fn whole_units_are_not_cut() {
        let half = Line::place(kg("1.5"), fen(100), false, Ppm(0));
        assert_eq!(half, Err(Refusal::NotWhole));
        assert_eq!(Line::place(Quantity::ZERO, fen(100), true, Ppm(0)), Err(Refusal::Nothing));
        let mut line = Line::place(boxes(3), fen(100), false, Ppm(0)).unwrap();
        assert_eq!(line.ship(kg("0.5")), Err(Refusal::NotWhole));
        line.ship(boxes(3)).unwrap();
        assert_eq!(line.accept(kg("0.5"), kg("0.5"), true), Err(Refusal::NotWhole));
    }

    #[test]
    fn ten_boxes_come_in_two_shipments_one_broken_one_missing() {
        let mut line = Line::place(boxes(10), fen(1999), false, Ppm(50_000)).unwrap();
        assert_eq!((line.held_fen, line.stock_held()), (fen(19_990), boxes(10)));
        assert_eq!(line.ship(boxes(11)), Err(Refusal::Exceeds { open: boxes(10) }));
        assert_eq!(line.ship(boxes(6)).unwrap().stock_posted, boxes(6));
        assert_eq!(line.accept(boxes(7), boxes(0), false), Err(Refusal::Exceeds { open: boxes(6) }));
        assert_eq!(line.accept(boxes(5), boxes(1), false), Err(Refusal::ReasonMissing));
        let moves = line.accept(boxes(5), boxes(1), true).unwrap();
        assert_eq!((moves.quota_posted, moves.quota_released), (fen(9995), fen(1999)));
        line.ship(boxes(3)).unwrap();
        let moves = line.accept(boxes(3), boxes(0), false).unwrap();
        assert_eq!((moves.quota_posted, moves.quota_released, line.closed), (fen(5997), fen(0), false));
        let moves = line.short_close(boxes(1)).unwrap();
        assert_eq!((moves.quota_released, moves.stock_released, moves.ordered_lost), (fen(1999), boxes(1), fen(1999)));
        assert!(line.closed && line.held_fen.is_zero());
        assert_eq!(line.ship(boxes(1)), Err(Refusal::Closed));
        let moves = line.take_back(boxes(8)).unwrap();
        assert_eq!((moves.quota_returned, line.accepted_fen), (fen(15_992), fen(15_992)));
    }

    #[test]
    fn weighed_goods_deviate_within_the_tolerance() {
        let mut line = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
        assert_eq!((line.held_fen, line.stock_held()), (fen(483_000), kg("100")));
        assert_eq!(line.ship(kg("105.001")), Err(Refusal::OutOfTolerance { open: kg("105") }));
        let moves = line.ship(kg("103.5")).unwrap();
        assert_eq!((moves.stock_posted, moves.stock_beyond), (kg("100"), kg("3.5")));
        let moves = line.accept(kg("103.5"), kg("0"), false).unwrap();
        assert_eq!((moves.quota_posted, moves.quota_released), (fen(476_100), fen(6900)));
        assert!(line.closed);
        // A light delivery closes the line too, and gives back the stock that stayed.
        let mut light = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
        light.ship(kg("95")).unwrap();
        let moves = light.accept(kg("95"), kg("0"), false).unwrap();
        assert_eq!((light.closed, moves.stock_released), (true, kg("5")));
        // Below the tolerance it stays open.
        let mut short = Line::place(kg("100"), fen(4600), true, Ppm(50_000)).unwrap();
        short.ship(kg("94.999")).unwrap();
        short.accept(kg("94.999"), kg("0"), false).unwrap();
        assert_eq!((short.closed, short.held_fen), (false, fen(483_000 - 436_995)));
    }

    #[test]
    fn partial_acceptances_sum_to_one_rounding() {
        let mut line = Line::place(kg("1"), fen(333), true, Ppm(0)).unwrap();
        line.ship(kg("1")).unwrap();
        let posted: i64 = ["0.333", "0.333", "0.334"]
            .map(|part| line.accept(kg(part), kg("0"), false).unwrap().quota_posted.get())
            .iter()
            .sum();
        assert_eq!((posted, line.accepted_fen), (333, fen(333)));
        let back: i64 =
            ["0.5", "0.25", "0.25"].map(|part| line.take_back(kg(part)).unwrap().quota_returned.get()).iter().sum();
        assert_eq!(back, 333);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Ship(i64),
        Accept(i64, i64),
        Short(i64),
        Back(i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        let amount = 0i64..6_000;
        prop_oneof![
            amount.clone().prop_map(Step::Ship),
            (amount.clone(), amount.clone()).prop_map(|(a, r)| Step::Accept(a, r / 4)),
            amount.clone().prop_map(|n| Step::Short(n / 4)),
            amount.prop_map(Step::Back),
        ]
    }

    proptest! {
        /// Whatever happens in whatever order: nothing is created or lost, in fen and in goods.
        #[test]
        fn every_history_balances(
            quantity in 1i64..10_000, price in 0i64..100_000, weighed: bool, tolerance in 0i64..200_000,
            steps in prop::collection::vec(step(), 0..30)
        ) {
            let unit = |n: i64| Quantity::from_milli(if weighed { n } else { n / 1000 * 1000 });
            let Ok(mut line) = Line::place(unit(quantity), fen(price), weighed, Ppm(tolerance)) else { return Ok(()) };
            let (held, stock) = (line.held_fen.get(), line.stock_held().milli());
            let (mut posted, mut released, mut back, mut lost) = (0, 0, 0, 0);
            let (mut left, mut beyond, mut kept) = (0, 0, 0);
            let ordered = line.ordered_fen().unwrap().get();
            for step in steps {
                let before = line;
                let done = match step {
                    Step::Ship(n) => line.ship(unit(n)),
                    Step::Accept(a, r) => line.accept(unit(a), unit(r), true),
                    Step::Short(n) => line.short_close(unit(n)),
                    Step::Back(n) => line.take_back(unit(n)),
                };
                let Ok(moves) = done else { line = before; continue };
                for part in [moves.quota_posted, moves.quota_released, moves.quota_returned, moves.ordered_lost] {
                    prop_assert!(part.get() >= 0, "{moves:?}");
                }
                for part in [moves.stock_posted, moves.stock_beyond, moves.stock_released] {
                    prop_assert!(part.milli() >= 0, "{moves:?}");
                }
                posted += moves.quota_posted.get();
                released += moves.quota_released.get();
                back += moves.quota_returned.get();
                lost += moves.ordered_lost.get();
                left += moves.stock_posted.milli();
                beyond += moves.stock_beyond.milli();
                kept += moves.stock_released.milli();
                prop_assert_eq!(held, posted + released + line.held_fen.get());
                prop_assert_eq!(stock, left + kept + line.stock_held().milli());
                prop_assert_eq!(left + beyond, line.shipped.milli());
                prop_assert_eq!(posted, line.accepted.price(fen(price)).unwrap().get());
                prop_assert_eq!(back, line.returned_fen.get());
                prop_assert!(line.held_fen.get() >= 0 && line.returned_fen <= line.accepted_fen);
                prop_assert_eq!(ordered, lost + line.ordered_fen().unwrap().get());
                if line.returned == line.accepted { prop_assert_eq!(line.returned_fen, line.accepted_fen); }
            }
        }
    }
}
