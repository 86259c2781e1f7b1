//! What suppliers may claim: orders of which goods were kept, what they cost, what was paid, day by day, and until when.

use super::{ListSide, reach};
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering::clock;
use crate::ordering::rules::dispute::{DisputeState, freed, has_days_anew};
use crate::ordering::store::allowances::{self, AllowanceLineRow, AllowanceRow};
use crate::ordering::store::claims as store;
use crate::ordering::store::disputes::{self, DisputeLineRow};
use crate::ordering::store::orders::OrderRow;
use crate::platform::db::Read;
use std::collections::BTreeMap;

pub use crate::ordering::store::claims::Taken as ClaimsTaken;

/// An order of which goods were kept.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The order.
    pub order_id: OrderId,
    /// Who sells.
    pub supplier_id: OrgId,
    /// Where the supplier is.
    pub supplier_region: RegionCode,
    /// Who ordered.
    pub buyer_id: OrgId,
    /// Whose count it is.
    pub unit_id: OrgId,
    /// Where the unit is.
    pub unit_region: RegionCode,
    /// Who pays.
    pub payer_id: OrgId,
    /// The day of placement.
    pub placed_on: Day,
    /// The last day to pay, where the payment clock runs.
    pub due_on: Option<Day>,
    /// Goods accepted and kept, with their freight, in fen.
    pub owed: Fen,
    /// Paid and not sent back, in fen.
    pub paid: Fen,
    /// Reported as paid and not answered, in fen.
    pub reported: Fen,
    /// Invoiced, red letters deducted, in fen.
    pub invoiced: Fen,
    /// Of what is open, in dispute and therefore not due, in fen.
    pub disputed: Fen,
    /// Of what is open, freed by disputes that ended: each with its own last day to pay, in fen.
    pub freed: Vec<(Day, Fen)>,
    /// By how much what is to be paid by its last day grew (or, negative, shrank) on which day, in fen; freight with the first
    /// goods. What is in dispute leaves for as long, and comes back on the last day to pay what the dispute freed.
    pub moves: Vec<(Day, Fen)>,
}

impl Claim {
    /// Owed and not paid, in fen; negative where too much was paid.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn open(&self) -> Outcome<Fen> {
        Ok(self.owed.minus(self.paid)?)
    }

    /// Of what is open, what is to be paid by the order's own last day: neither in dispute nor freed by a dispute, in fen.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn plain(&self) -> Outcome<Fen> {
        let freed = Fen::total(self.freed.iter().map(|(_, fen)| *fen))?;
        Ok(self.open()?.minus(self.disputed)?.minus(freed)?)
    }

    /// For how many days the part that is past due for the longest is so.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn past_due(&self, today: Day) -> Outcome<i64> {
        let plain = self.plain()?;
        let own = self.due_on.map(|due| (due, plain));
        let parts = own.into_iter().chain(self.freed.iter().copied());
        let days = parts.filter(|(_, fen)| *fen > Fen::ZERO).map(|(due, _)| today.epoch_days() - due.epoch_days());
        Ok(days.max().unwrap_or(0).max(0))
    }
}

/// Claims within an actor's scope, seen from the side of sellers or of buyers, in the order of placing.
///
/// # Errors
/// When the database fails.
pub fn claims(read: &mut Read, actor: &Actor, sold: bool, taken: ClaimsTaken, today: Day) -> Outcome<Vec<Claim>> {
    let side = if sold { ListSide::Supplier } else { ListSide::Buyer };
    let reach = reach(read, actor, Some(side), today)?;
    let rows = store::orders(read, &reach, taken)?;
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    let dues = clock::dues(read, &rows.iter().collect::<Vec<_>>())?;
    let mut moves: BTreeMap<OrderId, Vec<(Day, Fen)>> = BTreeMap::new();
    let mut add = |rows: Vec<store::Moved>, grows: bool| {
        for (order, day, fen) in rows {
            moves.entry(order).or_default().push((day, if grows { fen } else { fen.negated() }));
        }
    };
    let accepted = store::accepted(read, &ids)?;
    let firsts: BTreeMap<OrderId, Day> = first_days(&accepted);
    add(accepted, true);
    add(store::returned(read, &ids)?, false);
    let allowed = allowances::of_orders(read, &ids)?;
    add(allowed.iter().map(|(fact, line)| (fact.order_id, fact.occurred_on, line.amount_fen)).collect(), false);
    add(store::paid(read, &ids)?, false);
    add(store::refunded(read, &ids)?, true);
    let mut reported: BTreeMap<OrderId, Vec<Fen>> = BTreeMap::new();
    for (order, _, fen) in store::reported(read, &ids)? {
        reported.entry(order).or_default().push(fen);
    }
    let invoiced: BTreeMap<OrderId, Fen> = store::invoiced(read, &ids)?.into_iter().collect();
    let mut doubts = doubts(read, &rows, &allowed, today)?;
    let claim = |row: &OrderRow| {
        let doubt = doubts.remove(&row.id).unwrap_or_default();
        let mut own = moves.get(&row.id).cloned().unwrap_or_default();
        let of_this = allowed.iter().filter(|(fact, line)| fact.order_id == row.id && line.line_no == 0);
        let agreed = row.freight_fen.plus(Fen::total(of_this.map(|(_, line)| line.amount_fen))?)?;
        if let Some(first) = firsts.get(&row.id).filter(|_| agreed > Fen::ZERO) {
            own.push((*first, agreed));
        }
        own.extend(doubt.moves);
        own.sort_by_key(|(day, _)| *day);
        let (owed, paid) =
            (row.accepted_fen.minus(row.returned_fen)?.plus(row.freight_fen)?, row.paid_fen.minus(row.refunded_fen)?);
        let unpaid = owed.minus(paid)?.max(Fen::ZERO);
        let disputed = doubt.withheld.min(unpaid);
        let ended: Vec<(Day, Fen)> = doubt.ended.iter().map(|(on, _, fen)| (*on, *fen)).collect();
        let parts = freed(&ended, unpaid.minus(disputed)?)?;
        Ok(Claim {
            order_id: row.id,
            supplier_id: row.supplier_id,
            supplier_region: row.supplier_region,
            buyer_id: row.buyer_id,
            unit_id: row.unit_id,
            unit_region: row.unit_region,
            payer_id: row.payer_id,
            placed_on: row.placed_day,
            due_on: dues.get(&row.id).map(|due| Day::new(due.day)),
            owed,
            paid,
            disputed,
            freed: doubt.ended.iter().zip(parts).map(|((_, due, _), fen)| (*due, fen)).collect(),
            reported: Fen::total(reported.get(&row.id).into_iter().flatten().copied())?,
            invoiced: invoiced.get(&row.id).copied().unwrap_or(Fen::ZERO),
            moves: own,
        })
    };
    rows.iter().map(claim).collect()
}

/// What disputes about an order do to what is due of it.
#[derive(Default)]
struct Doubt {
    /// What is still in dispute, in fen.
    withheld: Fen,
    /// What ended disputes freed that has days of its own: when it was freed, its last day to pay, how much.
    ended: Vec<(Day, Day, Fen)>,
    /// What left what is due, and came back.
    moves: Vec<(Day, Fen)>,
}

/// What is in dispute of orders, and when it left what is due and came back.
fn doubts(
    read: &mut Read,
    rows: &[OrderRow],
    allowed: &[(AllowanceRow, AllowanceLineRow)],
    today: Day,
) -> Outcome<BTreeMap<OrderId, Doubt>> {
    let orders: BTreeMap<OrderId, &OrderRow> = rows.iter().map(|row| (row.id, row)).collect();
    let ids: Vec<OrderId> = orders.keys().copied().collect();
    let mut doubts: BTreeMap<OrderId, Doubt> = BTreeMap::new();
    for part in ids.chunks(store::CHUNK) {
        let found = disputes::of_orders(read, part)?;
        let lines = disputes::lines_of(read, &found.iter().map(|dispute| dispute.id).collect::<Vec<_>>())?;
        let disputed: Vec<OrderId> = found.iter().map(|dispute| dispute.order_id).collect();
        let returned = store::returned_by_line(read, &disputed)?;
        for dispute in &found {
            let Some(order) = orders.get(&dispute.order_id) else { continue };
            let own: Vec<&DisputeLineRow> = lines.iter().filter(|line| line.dispute_id == dispute.id).collect();
            let withheld = Fen::total(own.iter().map(|line| line.withheld_fen))?;
            let doubt = doubts.entry(order.id).or_default();
            doubt.withheld = doubt.withheld.plus(withheld)?;
            // What the buyer's side took back was due all the time.
            if dispute.state != DisputeState::Open && !has_days_anew(dispute.state, dispute.side) {
                continue;
            }
            let opened = dispute.opened_at.day();
            doubt.moves.push((opened, dispute.amount_fen.negated()));
            let mut back = dispute.amount_fen.minus(withheld)?.minus(dispute.freed_fen)?;
            // What its settlement allowed is in dispute no more from the day on which it is owed no more.
            for (fact, line) in allowed.iter().filter(|(fact, _)| fact.dispute_id == Some(dispute.id)) {
                back = back.minus(line.amount_fen)?;
                doubt.moves.push((fact.occurred_on, line.amount_fen));
            }
            let of_this = returned.iter().filter(|(id, no, at, ..)| {
                let since = *id == dispute.order_id && *at >= dispute.opened_at;
                since && own.iter().any(|line| line.line_no == *no)
            });
            let by_price = allowed.iter().filter(|(fact, line)| {
                let since = fact.order_id == dispute.order_id && fact.recorded_at >= dispute.opened_at;
                since && fact.dispute_id.is_none() && own.iter().any(|one| one.line_no == line.line_no)
            });
            let by_price = by_price.map(|(fact, line)| (fact.occurred_on, line.amount_fen));
            let days = of_this.map(|(_, _, _, day, fen)| (*day, *fen)).chain(by_price);
            doubt.moves.extend(went_back(days, back, opened, today)?);
            let Some(freed_on) = dispute.freed_on.filter(|_| !dispute.freed_fen.is_zero()) else { continue };
            let due = clock::due_after(read, order, freed_on)?.map_or(freed_on, |due| Day::new(due.day));
            doubt.moves.push((due, dispute.freed_fen));
            doubt.ended.push((freed_on, due, dispute.freed_fen));
        }
    }
    Ok(doubts)
}

/// What is neither withheld nor freed of a dispute went back as goods: the same days that take it off what is owed end its being in
/// dispute.
fn went_back(
    returns: impl Iterator<Item = (Day, Fen)>,
    back: Fen,
    opened: Day,
    today: Day,
) -> Outcome<Vec<(Day, Fen)>> {
    let mut days: Vec<(Day, Fen)> = returns.map(|(day, fen)| (day.max(opened), fen)).collect();
    days.sort_unstable();
    let (mut left, mut moves) = (back, Vec::new());
    for (day, fen) in days {
        let gone = fen.min(left);
        left = left.minus(gone)?;
        moves.push((day, gone));
    }
    moves.push((today, left));
    moves.retain(|(_, fen)| !fen.is_zero());
    Ok(moves)
}

fn first_days(accepted: &[store::Moved]) -> BTreeMap<OrderId, Day> {
    let mut firsts = BTreeMap::new();
    for (order, day, fen) in accepted {
        if *fen > Fen::ZERO {
            let first = firsts.entry(*order).or_insert(*day);
            *first = (*first).min(*day);
        }
    }
    firsts
}
