//! What an event does to a line: quantities, the quota it holds and posts, the stock it holds and posts.
//!
//! Money is unit price x cumulative quantity, rounded half-up once; each event moves the difference of two cumulative
//! amounts, so that partial acceptances sum to the fen. A line goes on holding what its open goods can still cost.

use crate::kernel::error::{AppError, Code, Message};
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
    /// Shipped so far, less what was rejected and is replaced.
    pub shipped: Quantity,
    /// Accepted so far.
    pub accepted: Quantity,
    /// Rejected so far and not replaced.
    pub rejected: Quantity,
    /// Returned so far, of what was accepted.
    pub returned: Quantity,
    /// Written off so far, of what was not shipped.
    pub short_closed: Quantity,
    /// Quota it still holds.
    pub held_fen: Fen,
    /// Price of what was accepted.
    pub accepted_fen: Fen,
    /// Price of what was returned, and what was allowed.
    pub returned_fen: Fen,
    /// Of it, what was allowed without goods going back.
    pub allowed_fen: Fen,
    /// Nothing more will come.
    pub closed: bool,
}

/// What the facts of a line sum up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineFacts {
    /// Shipped.
    pub shipped: Quantity,
    /// Accepted.
    pub accepted: Quantity,
    /// Rejected.
    pub rejected: Quantity,
    /// Returned.
    pub returned: Quantity,
    /// Written off.
    pub short_closed: Quantity,
    /// Price of what was returned, as each return stated it.
    pub returned_fen: Fen,
    /// Allowed.
    pub allowed_fen: Fen,
    /// Whether goods were decided or written off, which alone can close a line of a standing order.
    pub decided: bool,
    /// Whether the order has ended without delivery.
    pub ended: bool,
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
    /// Quota that is held besides.
    pub quota_held: Fen,
    /// Held stock that leaves.
    pub stock_posted: Quantity,
    /// Stock that leaves beyond what was held.
    pub stock_beyond: Quantity,
    /// Held stock that is released.
    pub stock_released: Quantity,
    /// Stock that is held besides.
    pub stock_held: Quantity,
    /// By how much the ordered amount falls.
    pub ordered_lost: Fen,
    /// By how much it rises.
    pub ordered_gained: Fen,
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
    /// More would be allowed than what was kept still costs.
    AllowsTooMuch {
        /// What it still costs.
        left: Fen,
    },
    /// Delivered within its tolerance whatever is replaced: no rest of a few per cent is sent.
    Delivered,
    /// Something was accepted at the old price.
    Accepted,
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

impl Refusal {
    /// The refusal of what a body says of a line: names the field, which is the quantity's unless another one is at fault.
    #[must_use]
    pub fn at(self, quantity: &str) -> AppError {
        let pointer = match self {
            Refusal::Closed => "/line_no",
            Refusal::ReasonMissing => "/reason",
            _ => quantity,
        };
        let error = AppError::from(self);
        let (zh, en) = error.code().titles();
        let message = error.parts().detail.clone().unwrap_or_else(|| Message::new(zh, en));
        error.at(pointer, message)
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::NotWhole => Code::QuantityNotWhole.into(),
            Refusal::Nothing => AppError::new(Code::ValidationFailed).detail("数量不能为零", "The quantity is zero"),
            Refusal::Exceeds { open } => AppError::new(Code::QuantityExceeded)
                .detail(format!("该行可办理的数量为 {open}"), format!("{open} of the line is open"))
                .with("open", open.to_string()),
            Refusal::OutOfTolerance { open } => AppError::new(Code::WeightOutOfTolerance)
                .detail(
                    format!("连同允许误差，该行最多还可发 {open}"),
                    format!("At most {open} may still be shipped, tolerance included"),
                )
                .with("open", open.to_string()),
            Refusal::AllowsTooMuch { left } => AppError::new(Code::AllowanceExceeded)
                .detail(format!("该行最多可折让 {left} 元"), format!("At most {left} yuan of the line can be allowed"))
                .with("left_fen", left.get()),
            Refusal::Closed => AppError::new(Code::WrongState).detail("该行已结案", "The line is closed"),
            Refusal::Delivered => AppError::new(Code::WrongState).detail(
                "该行交货量已在允许误差之内，不作换货",
                "What came of the line is within its tolerance: nothing of it is replaced",
            ),
            Refusal::Accepted => AppError::new(Code::WrongState).detail(
                "该行已有验收，单价不再变动，可作折让",
                "Some of the line was accepted: its price stays, allow a part of it",
            ),
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
            allowed_fen: Fen::ZERO,
            closed: false,
        };
        line.counted(quantity)?;
        line.held_fen = line.limit()?.price(unit_price)?;
        Ok(line)
    }

    /// The line as its facts make it, from what was placed and nothing else of what is stored.
    ///
    /// # Errors
    /// When the facts contradict what was placed.
    pub fn of_facts(&self, facts: &LineFacts) -> Result<Line, Refusal> {
        let mut line = Line::place(self.quantity, self.unit_price, self.weighed, self.tolerance)?;
        line.shipped = facts.shipped;
        line.accepted = facts.accepted;
        line.rejected = facts.rejected;
        line.returned = facts.returned;
        line.short_closed = facts.short_closed;
        line.accepted_fen = facts.accepted.price(self.unit_price)?;
        line.returned_fen = facts.returned_fen.plus(facts.allowed_fen)?;
        line.allowed_fen = facts.allowed_fen;
        line.closed = facts.ended || (facts.decided && line.is_settled()?);
        line.held_fen = if line.closed { Fen::ZERO } else { line.open_fen()? };
        Ok(line)
    }

    /// Price of what was ordered and is not written off.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn ordered_fen(&self) -> Result<Fen, Refusal> {
        Ok(self.quantity.minus(self.short_closed)?.price(self.unit_price)?)
    }
    /// The most that it can still cost, as ordered: what was accepted or may still be, less what went back.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn expected_fen(&self) -> Result<Fen, Refusal> {
        let open = self.quantity.minus(self.short_closed)?.minus(self.rejected).unwrap_or_default();
        let goods = if self.closed { self.accepted } else { open.max(self.accepted) };
        Ok(goods.price(self.unit_price)?.minus(self.returned_fen)?)
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

    /// Accepted goods go back; the last of them takes the remainder of the amount. Once something of the line was allowed, they
    /// give back their share of what the kept goods still cost.
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
        let left = kept.minus(quantity)?;
        let worth = if self.allowed_fen.is_zero() {
            left.price(self.unit_price)?
        } else {
            let shares = self.kept_fen()?.split_by(&[left.milli(), quantity.milli()]);
            shares.first().copied().unwrap_or_default()
        };
        self.returned_fen = self.accepted_fen.minus(worth)?.max(before);
        Ok(Moves { quota_returned: self.returned_fen.minus(before)?, ..Moves::default() })
    }

    /// A part of the price of what was kept is not owed, although no goods go back.
    ///
    /// # Errors
    /// When it is nothing, or more than what was kept still costs.
    pub fn allow(&mut self, amount: Fen) -> Result<Moves, Refusal> {
        if amount <= Fen::ZERO {
            return Err(Refusal::Nothing);
        }
        let left = self.kept_fen()?;
        if amount > left {
            return Err(Refusal::AllowsTooMuch { left });
        }
        self.returned_fen = self.returned_fen.plus(amount)?;
        self.allowed_fen = self.allowed_fen.plus(amount)?;
        Ok(Moves { quota_returned: amount, ..Moves::default() })
    }

    /// Rejected goods are owed once more, as if they had never come; a line that was closed is open again.
    ///
    /// # Errors
    /// When fewer goods were rejected, or the line is delivered within its tolerance all the same.
    pub fn replace(&mut self, quantity: Quantity) -> Result<Moves, Refusal> {
        self.counted(quantity)?;
        if quantity > self.rejected {
            return Err(Refusal::Exceeds { open: self.rejected });
        }
        let before = *self;
        self.rejected = self.rejected.minus(quantity)?;
        self.shipped = self.shipped.minus(quantity)?;
        self.closed = self.is_settled()?;
        if self.closed {
            return Err(Refusal::Delivered);
        }
        self.held_fen = self.open_fen()?;
        Ok(Moves {
            quota_held: self.held_fen.minus(before.held_fen)?,
            stock_held: self.stock_held().minus(before.stock_held())?,
            ..Moves::default()
        })
    }

    /// A unit costs something else from now on; the hold becomes what the goods can cost at the new price.
    ///
    /// # Errors
    /// When the line is closed or something of it was accepted.
    pub fn reprice(&mut self, price: Fen) -> Result<Moves, Refusal> {
        self.open()?;
        if !self.accepted.is_zero() {
            return Err(Refusal::Accepted);
        }
        let before = *self;
        self.unit_price = price;
        self.held_fen = self.open_fen()?;
        let (held, ordered) =
            (self.held_fen.minus(before.held_fen)?, self.ordered_fen()?.minus(before.ordered_fen()?)?);
        Ok(Moves {
            quota_held: held.max(Fen::ZERO),
            quota_released: held.negated().max(Fen::ZERO),
            ordered_gained: ordered.max(Fen::ZERO),
            ordered_lost: ordered.negated().max(Fen::ZERO),
            ..Moves::default()
        })
    }

    /// What was kept still costs.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn kept_fen(&self) -> Result<Fen, Refusal> {
        Ok(self.accepted_fen.minus(self.returned_fen)?)
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
        self.closed = self.is_settled()?;
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

    /// Whether nothing more is owed: a weighed line is delivered once its tolerance is reached, so that the supplier sends no
    /// rest of a few per cent. Never over goods that stand at the buyer's and nobody has accepted or rejected.
    fn is_settled(&self) -> Result<bool, Overflow> {
        let owed = if self.weighed { self.quantity.less_tolerance(self.tolerance) } else { self.quantity };
        let decided = self.accepted.plus(self.rejected)?;
        Ok(decided.plus(self.short_closed)? >= owed && decided >= self.shipped)
    }

    /// The most that may be shipped in all.
    pub(super) fn limit(&self) -> Result<Quantity, Overflow> {
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

    /// Whether somebody may name this quantity of the line at all: something, and whole units of what is not weighed.
    ///
    /// # Errors
    /// [`Refusal::Nothing`], [`Refusal::NotWhole`].
    pub fn counted(&self, quantity: Quantity) -> Result<(), Refusal> {
        if quantity.is_zero() { Err(Refusal::Nothing) } else { self.whole(quantity) }
    }

    fn whole(&self, quantity: Quantity) -> Result<(), Refusal> {
        if self.weighed || quantity.is_whole() { Ok(()) } else { Err(Refusal::NotWhole) }
    }
}

#[cfg(test)]
mod tests;
