//! An order under its claim: its lines, what an event moves, and how all of it is written.

use super::settle::{is_closed, settle};
use crate::audit;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{ListingId, OrderId, OrderLineId, OrgId, TransferId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::ledger::{self, AccountKind, Adjust, CountEntry, Hold, HoldError, Portion, Raise, Resolution, Resolve};
use crate::ordering::book::amounts;
use crate::ordering::rules::line::{Line, Moves};
use crate::ordering::rules::order::{Event, OrderState, next};
use crate::ordering::store::classifications;
use crate::ordering::store::orders::{self as store, LineRow, OrderRow, Side};
use crate::platform::db::Tx;
use std::collections::BTreeSet;

/// The hold of a line's quota; it keeps its id wherever the ledger carries it.
pub fn quota_hold(line: OrderLineId) -> TransferId {
    ledger::transfer_id(&["order.quota", &line.to_string()])
}

/// The hold of a line's stock.
pub fn stock_hold(line: OrderLineId) -> TransferId {
    ledger::transfer_id(&["order.stock", &line.to_string()])
}

/// What an event does to one line.
struct Moved {
    index: usize,
    moves: Moves,
    fen_before: (Fen, Fen),
    /// It was allowed, and no goods went back.
    allowed: bool,
}

/// A claimed order.
pub struct Claimed {
    /// The order.
    pub order: OrderRow,
    /// Its lines.
    pub lines: Vec<LineRow>,
    moved: Vec<Moved>,
    /// Whether what is held besides must fit below the unit-year's ceiling.
    pub enforced: bool,
}

impl Claimed {
    /// Locks and loads an order of the party.
    pub fn claim(tx: &mut Tx<'_>, side: Side, id: OrderId) -> Outcome<Claimed> {
        let order = store::claim(tx, side, id)?;
        let lines = store::lines(tx, id)?;
        Ok(Claimed { order, lines, moved: Vec::new(), enforced: true })
    }

    /// What its lines sell, each listing once.
    pub fn listings(&self) -> Vec<ListingId> {
        self.lines.iter().map(|line| line.listing_id).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Moves the order by an event.
    pub fn step(&mut self, event: Event) -> Outcome<()> {
        self.order.state = next(self.order.state, event)?;
        Ok(())
    }

    /// Where the line of this number stands; the pointer names the field that asked for it.
    pub fn find(&self, line_no: i64, pointer: &str) -> Outcome<usize> {
        self.lines.iter().position(|line| line.line_no == line_no).ok_or_else(|| {
            let message = Message::new("订单没有这一行", "the order has no such line");
            AppError::field(Code::ValidationFailed, pointer, message)
        })
    }

    /// Takes what a body says of each of its lines, every line once; one error names all that are wrong.
    pub fn each_line<T, R>(
        &mut self,
        told: &[T],
        line_no: impl Fn(&T) -> i64,
        mut take: impl FnMut(&mut Claimed, usize, &T) -> Outcome<R>,
    ) -> Outcome<Vec<R>> {
        let (mut taken, mut seen, mut faults) = (Vec::with_capacity(told.len()), BTreeSet::new(), Vec::new());
        for (n, line) in told.iter().enumerate() {
            let one = self.find(line_no(line), "/line_no").and_then(|index| {
                if seen.insert(index) {
                    return take(self, index, line);
                }
                let message = Message::new("同一行只写一次", "name each line once");
                Err(AppError::field(Code::ValidationFailed, "/line_no", message))
            });
            match one {
                Ok(row) => taken.push(row),
                Err(fault) => faults.push(fault.below(&format!("/lines/{n}"))),
            }
        }
        if faults.is_empty() { Ok(taken) } else { Err(AppError::several(faults)) }
    }

    /// Lets a rule change a line and remembers what that moves.
    pub fn change<E: Into<AppError>>(
        &mut self,
        index: usize,
        rule: impl FnOnce(&mut Line) -> Result<Moves, E>,
    ) -> Outcome<Moves> {
        let row = &mut self.lines[index];
        let mut line = amounts(row);
        let moves = rule(&mut line).map_err(Into::into)?;
        let fen_before = (row.accepted_fen, row.returned_fen);
        if row.unit_price_fen != line.unit_price {
            row.unit_price_fen = line.unit_price;
            row.line_fen = line.quantity.price(line.unit_price)?;
        }
        row.shipped = line.shipped;
        row.accepted = line.accepted;
        row.rejected = line.rejected;
        row.returned = line.returned;
        row.short_closed = line.short_closed;
        row.held_fen = line.held_fen;
        row.accepted_fen = line.accepted_fen;
        row.returned_fen = line.returned_fen;
        row.closed = line.closed;
        let allowed = row.allowed_fen != line.allowed_fen;
        row.allowed_fen = line.allowed_fen;
        self.moved.push(Moved { index, moves, fen_before, allowed });
        Ok(moves)
    }

    /// Closes the order when its last line is closed.
    pub fn finish(&mut self, tx: &Tx<'_>) -> Outcome<()> {
        if self.order.state == OrderState::Confirmed && self.lines.iter().all(|line| line.closed) {
            self.step(Event::Finish)?;
            self.order.closed_at = Some(tx.at());
        }
        Ok(())
    }

    /// Writes everything that the event moved: ledger, lines, order, counts. `fact` names it for ever; `expired` tells
    /// that held amounts were released because the time ran out.
    pub fn write(&mut self, tx: &mut Tx<'_>, fact: &str, day: Day, expired: bool) -> Outcome<()> {
        self.write_ledger(tx, fact, if expired { Resolution::Expire } else { Resolution::Void })?;
        self.write_counts(tx, fact, day)?;
        for moved in &self.moved {
            let line = &self.lines[moved.index];
            let (accepted, returned) = moved.fen_before;
            self.order.accepted_fen = self.order.accepted_fen.plus(line.accepted_fen.minus(accepted)?)?;
            self.order.returned_fen = self.order.returned_fen.plus(line.returned_fen.minus(returned)?)?;
            let ordered = self.order.ordered_fen.minus(moved.moves.ordered_lost)?;
            self.order.ordered_fen = ordered.plus(moved.moves.ordered_gained)?;
            store::save_line(tx, line)?;
        }
        self.moved.clear();
        store::save(tx, &self.order)
    }

    fn write_ledger(&self, tx: &mut Tx<'_>, fact: &str, release: Resolution) -> Outcome<()> {
        self.hold_beyond(tx, fact)?;
        let (mut resolved, mut lowered) = (Vec::new(), Vec::new());
        for moved in &self.moved {
            let line = self.lines[moved.index].id;
            let mut part = |hold, what: &str, resolution, amount: i64| {
                if amount > 0 {
                    let id = ledger::transfer_id(&[what, fact, &line.to_string()]);
                    resolved.push(Resolve {
                        id,
                        pending_id: hold,
                        resolution,
                        portion: Portion::Exactly(amount),
                        code: "order",
                    });
                }
            };
            let moves = &moved.moves;
            part(quota_hold(line), "order.quota.post", Resolution::Post, moves.quota_posted.get());
            part(quota_hold(line), "order.quota.release", release, moves.quota_released.get());
            part(stock_hold(line), "order.stock.post", Resolution::Post, moves.stock_posted.milli());
            part(stock_hold(line), "order.stock.release", release, moves.stock_released.milli());
            part(beyond_hold(fact, line), "order.stock.beyond.post", Resolution::Post, moves.stock_beyond.milli());
            if moves.quota_returned > Fen::ZERO {
                lowered.push(Adjust {
                    id: ledger::transfer_id(&["order.quota.return", fact, &line.to_string()]),
                    pending_id: quota_hold(line),
                    amount: moves.quota_returned.get(),
                    code: if moved.allowed { "allowed" } else { "returned" },
                });
            }
        }
        if !resolved.is_empty() {
            ledger::resolve(tx, &resolved)?;
        }
        // What one line releases may hold what another needs.
        self.hold_more(tx, fact)?;
        if lowered.is_empty() { Ok(()) } else { ledger::adjust(tx, &lowered) }
    }

    /// What the lines can cost more than before is held besides, under the holds that they have.
    fn hold_more(&self, tx: &mut Tx<'_>, fact: &str) -> Outcome<()> {
        let mut more = Vec::new();
        for moved in &self.moved {
            let (line, moves) = (self.lines[moved.index].id, &moved.moves);
            let mut add = |what: &str, pending_id, amount, enforce_limit| {
                if amount > 0 {
                    let id = ledger::transfer_id(&[what, fact, &line.to_string()]);
                    more.push(Raise { id, pending_id, amount, enforce_limit });
                }
            };
            add("order.quota.more", quota_hold(line), moves.quota_held.get(), self.enforced);
            add("order.stock.more", stock_hold(line), moves.stock_held.milli(), true);
        }
        if more.is_empty() {
            return Ok(());
        }
        ledger::raise(tx, &more).map_err(|error| match error {
            HoldError::Refused(accounts) if accounts.iter().any(|refused| refused.kind == AccountKind::Stock) => {
                let left = accounts.iter().find(|refused| refused.kind == AccountKind::Stock);
                let left = Quantity::from_milli(left.map_or(0, |refused| refused.left));
                AppError::new(Code::OutOfStock).detail(format!("可用库存 {left}"), format!("{left} are in stock"))
            }
            HoldError::Refused(accounts) => {
                let left = Fen::new(accounts.first().map_or(0, |refused| refused.left));
                let (zh, en) =
                    (format!("超出年度采购总额：年度余额 {left} 元"), format!("{left} yuan are left of the year"));
                AppError::new(Code::CeilingExceeded).detail(zh, en).with("left_fen", left.get())
            }
            HoldError::Failed(error) => error,
        })
    }

    /// A delivery heavier than ordered takes the difference from free stock.
    fn hold_beyond(&self, tx: &mut Tx<'_>, fact: &str) -> Outcome<()> {
        let beyond = self.moved.iter().filter(|moved| !moved.moves.stock_beyond.is_zero());
        let holds: Vec<Hold> = beyond
            .map(|moved| {
                let line = &self.lines[moved.index];
                Hold {
                    id: beyond_hold(fact, line.id),
                    account: ledger::account_id(&ledger::Owner::Stock { listing: line.listing_id }),
                    amount: moved.moves.stock_beyond.milli(),
                    order_id: self.order.id,
                    line_id: Some(line.id),
                    code: "order",
                    enforce_limit: true,
                }
            })
            .collect();
        if holds.is_empty() {
            return Ok(());
        }
        ledger::hold(tx, &holds).map_err(|error| match error {
            HoldError::Refused(_) => AppError::new(Code::OutOfStock).detail(
                "超出订购重量的部分没有库存：请先登记入库",
                "There is no stock for the weight beyond the order: record a stock change first",
            ),
            HoldError::Failed(error) => error,
        })
    }

    /// What is no longer ordered, or costs less, is taken from the ordered amount in the year of the order, and what costs more is added
    /// to it; once that year is closed, as a correction.
    fn write_counts(&self, tx: &mut Tx<'_>, fact: &str, day: Day) -> Outcome<()> {
        let mut changed: Vec<(&Moved, Fen)> = Vec::with_capacity(self.moved.len());
        for moved in &self.moved {
            changed.push((moved, moved.moves.ordered_gained.minus(moved.moves.ordered_lost)?));
        }
        changed.retain(|(_, amount)| !amount.is_zero());
        if changed.is_empty() {
            return Ok(());
        }
        let correction = is_closed(tx, &self.order)?;
        let (unit_id, class_no) = (self.holder(tx)?, classifications::current(tx, self.order.id)?);
        let entry = |(moved, amount): &(&Moved, Fen)| {
            let line = &self.lines[moved.index];
            let id = ledger::count_id(&["order.ordered", fact, &line.id.to_string()]);
            let entry = ordered_entry(&self.order, line, id, *amount, day);
            CountEntry { correction, unit_id, class_no, ..entry }
        };
        ledger::count(tx, &changed.iter().map(entry).collect::<Vec<_>>())
    }

    /// To whom the year counts in which it was placed, kept so until the transaction ends.
    pub fn holder(&self, tx: &mut Tx<'_>) -> Outcome<OrgId> {
        Ok(identity::keep_succession(tx, self.order.unit_id)?.of_year(self.order.placed_day.year()))
    }

    /// Lets the facts recorded so far count.
    pub fn settle(&mut self, tx: &mut Tx<'_>) -> Outcome<()> {
        let counted = settle(tx, self.order.id)?;
        self.order.completed_year = counted.completed.map(|done| done.year);
        Ok(())
    }

    /// Tells the trail and both parties; the supplier only of what it was told to begin with.
    pub fn record(
        &self,
        tx: &mut Tx<'_>,
        actor: Option<&Actor>,
        action: &'static str,
        details: serde_json::Value,
    ) -> Outcome<()> {
        let entry = audit::Entry {
            actor,
            action,
            subject: self.order.id.to_string(),
            owner_org: self.order.buyer_id,
            other_org: self.order.told(),
            region: self.order.unit_region,
            details,
        };
        audit::record_for(tx, &[entry], &self.order.concerned())
    }
}

fn beyond_hold(fact: &str, line: OrderLineId) -> TransferId {
    ledger::transfer_id(&["order.stock.beyond", fact, &line.to_string()])
}

/// A counting entry of the ordered amount, as what the order was placed as.
pub fn ordered_entry(
    order: &OrderRow,
    line: &LineRow,
    id: crate::kernel::ids::CountId,
    amount_fen: Fen,
    day: Day,
) -> CountEntry {
    CountEntry {
        id,
        basis: Basis::Ordered,
        order_id: order.id,
        line_id: line.id,
        unit_id: order.unit_id,
        year: order.placed_day.year(),
        fund: order.fund,
        amount_fen,
        day,
        correction: false,
        standing: line.standing,
        moved_by: None,
        class_no: 0,
        reclassed: false,
    }
}
