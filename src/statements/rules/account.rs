//! What of an order stands under which acceptance: goods that went back, what is disputed, paid and invoiced.
//!
//! Returns and disputes name an order's line, money names an order. Goods go back of the latest acceptance before them; the
//! disputed part is that of the latest acceptances; money that was transferred for a statement pays what that statement holds,
//! all other pays the oldest acceptance first, and what is disputed last of all. So the parts of an order sum to what it owes,
//! whatever statements its acceptances stand in.

use crate::kernel::ids::{AcceptanceId, StatementId};
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::{At, Day};
use std::collections::BTreeMap;

/// What an acceptance accepted of a line.
#[derive(Debug, Clone, Copy)]
pub struct Goods {
    /// The acceptance.
    pub acceptance: AcceptanceId,
    /// The line of the order.
    pub line_no: i64,
    /// The day of its note.
    pub accepted_on: Day,
    /// When it was recorded.
    pub at: At,
    /// How much.
    pub quantity: Quantity,
    /// For how much.
    pub amount: Fen,
}

/// What went back of a line.
#[derive(Debug, Clone, Copy)]
pub struct Back {
    /// When it was recorded, and its id: facts of one moment are in the order of their ids.
    pub at: (At, [u8; 16]),
    /// The line of the order.
    pub line_no: i64,
    /// How much.
    pub quantity: Quantity,
    /// For how much.
    pub amount: Fen,
}

/// An amount, and the statement that it was transferred or invoiced for.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    /// The statement, if any.
    pub statement: Option<StatementId>,
    /// In fen.
    pub amount: Fen,
}

/// Everything that is recorded about an order.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Its freight, due as long as goods are kept.
    pub freight: Fen,
    /// What was accepted.
    pub goods: Vec<Goods>,
    /// What went back.
    pub back: Vec<Back>,
    /// What disputes keep from being due, by line; 0 is the freight.
    pub withheld: Vec<(i64, Fen)>,
    /// Transfers that count, oldest first.
    pub paid: Vec<Pool>,
    /// Transfers that wait for an answer, oldest first.
    pub reported: Vec<Pool>,
    /// Money sent back.
    pub refunded: Fen,
    /// What was invoiced, by line.
    pub invoiced: Vec<(i64, Pool)>,
}

/// What stands under one acceptance of one line; of line 0, the freight, under the first acceptance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The acceptance.
    pub acceptance: AcceptanceId,
    /// The statement in which the acceptance stands, if any.
    pub statement: Option<StatementId>,
    /// The line of the order; 0 is the freight.
    pub line_no: i64,
    /// The day of its note.
    pub accepted_on: Day,
    /// How much was accepted; nothing for the freight.
    pub quantity: Quantity,
    /// How much of it went back.
    pub returned_quantity: Quantity,
    /// The amounts.
    pub sums: Sums,
    at: (At, [u8; 16]),
}

/// The amounts of an entry, or of several, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Accepted.
    pub amount: Fen,
    /// Went back.
    pub returned: Fen,
    /// In dispute, and not due therefore.
    pub disputed: Fen,
    /// Paid, as far as it counts.
    pub paid: Fen,
    /// Reported as paid, and not answered.
    pub reported: Fen,
    /// Invoiced.
    pub invoiced: Fen,
}

impl Sums {
    /// Accepted and kept.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn kept(&self) -> Result<Fen, Overflow> {
        self.amount.minus(self.returned)
    }
    /// To be paid: kept, undisputed, neither paid nor reported as paid.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn payable(&self) -> Result<Fen, Overflow> {
        self.kept()?.minus(self.disputed)?.minus(self.paid)?.minus(self.reported)
    }
    /// To be invoiced: kept, undisputed and not invoiced.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn to_invoice(self) -> Result<Fen, Overflow> {
        Ok(self.kept()?.minus(self.disputed)?.minus(self.invoiced)?.max(Fen::ZERO))
    }
    /// Paid and reported as paid.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn transferred(&self) -> Result<Fen, Overflow> {
        self.paid.plus(self.reported)
    }
    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(&self, other: &Sums) -> Result<Sums, Overflow> {
        Ok(Sums {
            amount: self.amount.plus(other.amount)?,
            returned: self.returned.plus(other.returned)?,
            disputed: self.disputed.plus(other.disputed)?,
            paid: self.paid.plus(other.paid)?,
            reported: self.reported.plus(other.reported)?,
            invoiced: self.invoiced.plus(other.invoiced)?,
        })
    }
    /// All together.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn total<'a>(all: impl IntoIterator<Item = &'a Sums>) -> Result<Sums, Overflow> {
        all.into_iter().try_fold(Sums::default(), |sum, next| sum.plus(next))
    }
}

/// The acceptances of an order, oldest first, each with what stands under it. Acceptances that accepted nothing are none.
///
/// # Errors
/// [`Overflow`].
pub fn entries(account: &Account, stated: &BTreeMap<AcceptanceId, StatementId>) -> Result<Vec<Entry>, Overflow> {
    let mut entries = accepted(account, stated);
    take_back(&mut entries, &account.back)?;
    let kept = Sums::total(entries.iter().map(|entry| &entry.sums))?.kept()?;
    add_freight(&mut entries, account.freight, kept > Fen::ZERO);
    for (line_no, withheld) in &account.withheld {
        let mut left = *withheld;
        for entry in entries.iter_mut().rev().filter(|entry| entry.line_no == *line_no) {
            let part = left.min(entry.sums.kept()?.minus(entry.sums.disputed)?);
            entry.sums.disputed = entry.sums.disputed.plus(part)?;
            left = left.minus(part)?;
        }
    }
    let paid = after_refunds(&account.paid, account.refunded)?;
    let paid_over = named(&mut entries, &paid, Money::Paid)?;
    let reported_over = named(&mut entries, &account.reported, Money::Reported)?;
    pour(&mut entries, paid_over, None, Money::Paid)?;
    pour(&mut entries, reported_over, None, Money::Reported)?;
    invoice(&mut entries, &account.invoiced)?;
    Ok(entries)
}

fn accepted(account: &Account, stated: &BTreeMap<AcceptanceId, StatementId>) -> Vec<Entry> {
    let goods = account.goods.iter().filter(|goods| !goods.quantity.is_zero());
    let mut entries: Vec<Entry> = goods
        .map(|goods| Entry {
            acceptance: goods.acceptance,
            statement: stated.get(&goods.acceptance).copied(),
            line_no: goods.line_no,
            accepted_on: goods.accepted_on,
            quantity: goods.quantity,
            returned_quantity: Quantity::ZERO,
            sums: Sums { amount: goods.amount, ..Sums::default() },
            at: (goods.at, goods.acceptance.0),
        })
        .collect();
    entries.sort_by_key(|entry| (entry.at, entry.line_no));
    entries
}

/// Goods go back of what was accepted before, the latest first. The quantity and the amount of each return are taken in full.
fn take_back(entries: &mut [Entry], back: &[Back]) -> Result<(), Overflow> {
    let mut back: Vec<&Back> = back.iter().collect();
    back.sort_by_key(|one| one.at);
    for one in back {
        let own: Vec<usize> = (0..entries.len()).rev().filter(|place| entries[*place].line_no == one.line_no).collect();
        let (before, after): (Vec<usize>, Vec<usize>) = own.into_iter().partition(|place| entries[*place].at < one.at);
        let (mut quantity, mut amount) = (one.quantity, one.amount);
        for place in before.iter().chain(&after) {
            let entry = &mut entries[*place];
            let some = quantity.min(entry.quantity.minus(entry.returned_quantity)?);
            if some.is_zero() {
                continue;
            }
            let worth = amount.min(entry.sums.kept()?);
            entry.returned_quantity = entry.returned_quantity.plus(some)?;
            entry.sums.returned = entry.sums.returned.plus(worth)?;
            quantity = quantity.minus(some)?;
            amount = amount.minus(worth)?;
        }
        // A fen that rounding left.
        for place in before.iter().chain(&after) {
            let entry = &mut entries[*place];
            let worth = amount.min(entry.sums.kept()?);
            entry.sums.returned = entry.sums.returned.plus(worth)?;
            amount = amount.minus(worth)?;
        }
    }
    Ok(())
}

/// The freight comes with the first acceptance, behind its goods.
fn add_freight(entries: &mut Vec<Entry>, freight: Fen, kept: bool) {
    let Some(first) = entries.first().cloned() else { return };
    if freight <= Fen::ZERO {
        return;
    }
    let returned = if kept { Fen::ZERO } else { freight };
    let behind = entries.iter().take_while(|entry| entry.acceptance == first.acceptance).count();
    let sums = Sums { amount: freight, returned, ..Sums::default() };
    let nothing = Quantity::ZERO;
    entries.insert(behind, Entry { line_no: 0, quantity: nothing, returned_quantity: nothing, sums, ..first });
}

/// What was sent back is of transfers for no statement first, then of the latest ones.
fn after_refunds(paid: &[Pool], refunded: Fen) -> Result<Vec<Pool>, Overflow> {
    let (mut pools, mut left) = (paid.to_vec(), refunded);
    for named in [false, true] {
        for pool in pools.iter_mut().rev().filter(|pool| pool.statement.is_some() == named) {
            let part = left.min(pool.amount);
            pool.amount = pool.amount.minus(part)?;
            left = left.minus(part)?;
        }
    }
    Ok(pools)
}

/// Whether money counts already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Money {
    Paid,
    Reported,
}

/// Lets transfers pay the statements that they were for; what is left for everything else.
fn named(entries: &mut [Entry], pools: &[Pool], money: Money) -> Result<Fen, Overflow> {
    let mut over = Fen::ZERO;
    for pool in pools {
        let left = match pool.statement {
            Some(_) => pour(entries, pool.amount, pool.statement, money)?,
            None => pool.amount,
        };
        over = over.plus(left)?;
    }
    Ok(over)
}

/// Pays entries, oldest first: what is undisputed of a statement, or of all and then what is disputed. What is left.
fn pour(entries: &mut [Entry], amount: Fen, statement: Option<StatementId>, money: Money) -> Result<Fen, Overflow> {
    let mut left = amount;
    for disputed in [false, true] {
        if disputed && statement.is_some() {
            break;
        }
        for entry in entries.iter_mut().filter(|entry| statement.is_none() || entry.statement == statement) {
            let part = left.min(if disputed { entry.sums.disputed } else { entry.sums.payable()? });
            if disputed {
                entry.sums.disputed = entry.sums.disputed.minus(part)?;
            }
            let sum = if money == Money::Paid { &mut entry.sums.paid } else { &mut entry.sums.reported };
            *sum = sum.plus(part)?;
            left = left.minus(part)?;
        }
    }
    Ok(left)
}

/// What was invoiced of a line: for a statement what that holds of it, all other the oldest first; red letters are of what they
/// take back.
fn invoice(entries: &mut [Entry], invoiced: &[(i64, Pool)]) -> Result<(), Overflow> {
    let mut lines: BTreeMap<i64, BTreeMap<Option<StatementId>, Fen>> = BTreeMap::new();
    for (line_no, pool) in invoiced {
        let sum = lines.entry(*line_no).or_default().entry(pool.statement).or_insert(Fen::ZERO);
        *sum = sum.plus(pool.amount)?;
    }
    for (line_no, pools) in lines {
        let mut rest = Fen::ZERO;
        for (statement, amount) in pools {
            let mut left = amount;
            if statement.is_some() {
                let own = entries.iter_mut().filter(|e| e.line_no == line_no && e.statement == statement);
                left = fill(own, left)?;
            }
            rest = rest.plus(left)?;
        }
        fill(entries.iter_mut().filter(|entry| entry.line_no == line_no), rest)?;
    }
    Ok(())
}

fn fill<'a>(entries: impl Iterator<Item = &'a mut Entry>, amount: Fen) -> Result<Fen, Overflow> {
    let mut left = amount.max(Fen::ZERO);
    for entry in entries {
        let part = left.min(entry.sums.kept()?.minus(entry.sums.invoiced)?.max(Fen::ZERO));
        entry.sums.invoiced = entry.sums.invoiced.plus(part)?;
        left = left.minus(part)?;
    }
    Ok(left)
}

#[cfg(test)]
mod tests;
