//! Who buys how much: canteens up to about what they reserved, unions at the festivals, enterprises, donors.

use super::super::chance::Chance;
use super::super::data::{Donation, Scale, World};
use super::fate::{Course, Deck};
use super::season::{between, buying_days, day, moment, weekday_from};
use super::shelf::{Shelf, Wish};
use super::{
    Fate, Filing, PlannedLine, PlannedOrder, Refused, Request, Verdict, What, Why, doubles, is_refused, is_school,
};
use crate::kernel::actor::OrgKind;
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::{At, Day};
use std::collections::HashMap;

/// Real orders lie between these, in fen.
pub const LEAST: i64 = 100_000;
const MOST: i64 = 1_000_000;
/// A unit's clerk orders below the amount from which somebody else would have to approve it.
const UNAPPROVED: i64 = MOST - 1;

struct Planner<'a> {
    world: &'a World,
    shelf: Shelf<'a>,
    deck: Deck,
    /// Requests of each buyer so far.
    counts: HashMap<usize, usize>,
    requests: Vec<Request>,
}

/// What one request is about, before its lines are known.
#[derive(Clone, Copy)]
struct Errand {
    buyer: usize,
    unit: usize,
    fund: Fund,
    purpose: Purpose,
    channel: Channel,
    eaten_at: Option<usize>,
    placed: Day,
    amount_fen: i64,
}

/// Every request by moment, and what it leaves on the shelves.
pub fn requests<'a>(world: &'a World, filings: &[Filing], scale: Scale) -> (Vec<Request>, Shelf<'a>) {
    let (shelf, deck) = (Shelf::new(world), Deck::new());
    let mut planner = Planner { world, shelf, deck, counts: HashMap::new(), requests: Vec::new() };
    // Donors come first: what they need of one category is large.
    for donation in &world.donations {
        planner.donate(donation);
    }
    planner.canteens(filings, scale.orders);
    for filing in filings.iter().filter(|filing| filing.union_ratio.0 > 0) {
        planner.union_of(filing);
    }
    let others = if scale == Scale::FULL { 14 } else { 1 };
    for at in 0..world.units.len() {
        planner.others(at, others);
    }
    let mut requests = planner.requests;
    by_moment(&mut requests);
    (requests, planner.shelf)
}

/// Puts requests in the order in which they are placed.
pub fn by_moment(requests: &mut [Request]) {
    requests.sort_by(|a, b| (a.placed, &a.client_ref, a.buyer).cmp(&(b.placed, &b.client_ref, b.buyer)));
}

/// What a canteen wants to complete in the year.
fn targets(world: &World, filings: &[Filing]) -> Vec<(usize, i64)> {
    let ratios: HashMap<usize, Ppm> = filings.iter().map(|f| (f.unit, f.ratio)).collect();
    let eating = world.units.iter().enumerate().filter(|(_, unit)| !unit.canteen_total_fen.is_zero());
    let target = |(at, unit): (usize, &super::Unit)| {
        let mut chance = Chance::of(&["zeal", unit.uscc.as_str()]);
        let zeal = match chance.between(1, 100) {
            1..=6 => return None,
            7..=12 => chance.between(300, 590),
            13..=22 => chance.between(1_000, 1_100),
            23..=26 => chance.between(1_120, 1_350),
            _ => chance.between(640, 1_000),
        };
        // Whoever files no plan buys now and then all the same.
        let ratio = ratios.get(&at).copied().unwrap_or(Ppm(20_000));
        let reserved = unit.canteen_total_fen.share_half_up(ratio).map_or(0, Fen::get);
        Some((at, reserved / 1_000 * zeal))
    };
    eating.filter_map(target).collect()
}

impl Planner<'_> {
    fn canteens(&mut self, filings: &[Filing], orders: usize) {
        let targets = targets(self.world, filings);
        let all: i64 = targets.iter().map(|(_, target)| root(*target)).sum();
        for (unit, target) in targets {
            let orders = i64::try_from(orders).unwrap_or(i64::MAX);
            let count = (orders * root(target) / all.max(1)).max(3);
            let buyer = self.world.contractor(unit).unwrap_or(unit);
            self.canteen(unit, buyer, target, count);
        }
    }

    fn canteen(&mut self, unit: usize, buyer: usize, target: i64, count: i64) {
        let about = self.world.units[unit].clone();
        let mut chance = Chance::of(&["canteen", about.uscc.as_str()]);
        let school = is_school(&about);
        let days = buying_days(school);
        // A sixth fails or ends otherwise, and baskets are seldom full to the brim.
        let mean = (target * 5 / 4 / count).clamp(LEAST * 6 / 5, MOST * 17 / 20);
        let (offset, mut done, mut tried) = (chance.between(0, 999), 0, 0);
        // Orders that fail are made up for, within reason.
        while done < target && tried < count * 11 / 10 + 1 {
            let place = usize::try_from((offset + tried * 618) % 1_000).unwrap_or(0) * days.len() / 1_000;
            tried += 1;
            let amount = (mean * chance.between(60, 140) / 100).min((target - done).max(mean / 2));
            let errand = Errand {
                buyer,
                unit,
                fund: Fund::Canteen,
                purpose: Purpose::OwnUse,
                channel: if school { Channel::School } else { Channel::Canteen },
                eaten_at: None,
                placed: days[place],
                amount_fen: amount.clamp(LEAST, UNAPPROVED),
            };
            done += self.request(&mut chance, errand, None);
        }
    }

    /// Unions buy for their members, enterprises for their canteens, their members or their shelves.
    fn others(&mut self, at: usize, most: i64) {
        let unit = self.world.units[at].clone();
        let mut chance = Chance::of(&["other", unit.uscc.as_str()]);
        let resells = ["超市", "商贸", "供应链", "促进会"].iter().any(|word| unit.name.contains(word));
        let (fund, purpose, channel) = match unit.kind {
            OrgKind::Union => (Fund::Union, Purpose::Welfare, Channel::Other),
            OrgKind::EnterpriseBuyer if resells => (Fund::Enterprise, Purpose::Resale, Channel::Supermarket),
            OrgKind::EnterpriseBuyer => (Fund::Enterprise, Purpose::OwnUse, Channel::Canteen),
            OrgKind::SocialOrganisation if resells => (Fund::Other, Purpose::Resale, Channel::Market),
            OrgKind::SocialOrganisation => (Fund::Other, Purpose::PurchaseAsHelp, Channel::Community),
            _ => return,
        };
        let days = buying_days(false);
        for _ in 0..chance.between((most * 2 / 3).max(1), most) {
            let feast = unit.kind == OrgKind::Union;
            let placed = if feast { festival(&mut chance) } else { days[chance.place(days.len())] };
            let amount_fen = chance.between(LEAST * 3, MOST);
            let errand = Errand { buyer: at, unit: at, fund, purpose, channel, eaten_at: None, placed, amount_fen };
            self.request(&mut chance, errand, None);
        }
    }

    /// A unit without a canteen buys from its union's money, at the festivals.
    fn union_of(&mut self, filing: &Filing) {
        let about = self.world.units[filing.unit].clone();
        let mut chance = Chance::of(&["union", about.uscc.as_str()]);
        let reserved = about.union_total_fen.share_half_up(filing.union_ratio).map_or(0, Fen::get);
        let target = reserved / 100 * chance.between(55, 105);
        let (mut done, mut tried) = (0, 0);
        while done < target && tried < 12 {
            tried += 1;
            let errand = Errand {
                buyer: filing.unit,
                unit: filing.unit,
                fund: Fund::Union,
                purpose: Purpose::Welfare,
                channel: Channel::Other,
                eaten_at: None,
                placed: festival(&mut chance),
                amount_fen: (target - done).clamp(LEAST, UNAPPROVED),
            };
            done += self.request(&mut chance, errand, None);
        }
    }

    fn donate(&mut self, donation: &Donation) {
        let (Some(buyer), Some(eaten_at)) =
            (self.world.unit(&donation.buyer_uscc), self.world.unit(&donation.beneficiary_uscc))
        else {
            return;
        };
        let unit = &self.world.units[buyer];
        // Who cooks for others buys with their money, not with its own.
        if unit.kind == OrgKind::Contractor {
            return;
        }
        let fund = if unit.kind == OrgKind::Union { Fund::Union } else { Fund::Enterprise };
        let school = is_school(&self.world.units[eaten_at]);
        let month = i8::try_from(donation.month).unwrap_or(1);
        let mut chance = Chance::of(&["donation", donation.beneficiary_uscc.as_str(), &donation.month.to_string()]);
        let first = if month == 1 { 25 } else { chance.between(3, 24) };
        let errand = Errand {
            buyer,
            unit: buyer,
            fund,
            purpose: Purpose::PurchaseForDonation,
            channel: if school { Channel::School } else { Channel::Community },
            eaten_at: Some(eaten_at),
            placed: weekday_from(day((month, i8::try_from(first).unwrap_or(25)))),
            amount_fen: donation.amount_fen.get(),
        };
        self.request(&mut chance, errand, Some(donation));
    }

    /// Puts a request together; what it will complete, in fen.
    fn request(&mut self, chance: &mut Chance, errand: Errand, donation: Option<&Donation>) -> i64 {
        let buyer = self.world.units[errand.buyer].clone();
        let wine = !matches!(buyer.kind, OrgKind::BudgetUnit | OrgKind::Contractor);
        let region = self.world.units[errand.unit].region_code;
        let month = errand.placed.month_number();
        let parts = if donation.is_none() && errand.amount_fen > LEAST * 5 / 2 && chance.percent(12) { 2 } else { 1 };
        let amount_fen = errand.amount_fen / parts;
        let wish = Wish { amount_fen, month, region: region.as_str(), wine, only: donation.map(|d| d.category) };
        let tries = if donation.is_some() { 30 } else { 6 };
        let placed = between(chance, errand.placed, 8, 12);
        let delivery = weekday_from(errand.placed.plus_days(chance.between(2, 5)));
        let number = self.counts.entry(errand.buyer).or_default();
        let same_person = doubles(errand.unit) && errand.buyer == errand.unit && *number % 15 == 1;
        let mut orders: Vec<PlannedOrder> = Vec::new();
        for _ in 0..parts {
            let taken = (0..tries).find_map(|_| self.shelf.take(chance, wish));
            let Some((supplier, lines)) = taken else { continue };
            if let Some(same) = orders.iter_mut().find(|order| order.supplier == supplier) {
                same.lines.extend(lines);
                merge(&mut same.lines);
            } else {
                orders.push(PlannedOrder { supplier, lines, fate: Fate::Completed, steps: Vec::new() });
            }
        }
        for order in &mut orders {
            order.fate = if donation.is_some() { Fate::Completed } else { self.deck.deal(errand.placed) };
            let fate = if order.fate == Fate::ShortClosed && order.lines.iter().all(|l| l.quantity.milli() < 2_000) {
                Fate::Completed
            } else {
                order.fate
            };
            order.fate = fate;
            let course = Course { world: self.world, lines: &order.lines, fate, placed, delivery, same_person };
            order.steps = course.steps(chance);
        }
        if orders.is_empty() {
            return 0;
        }
        *number += 1;
        let client_ref = format!("CG{}-{:04}", super::YEAR, *number);
        let completes = orders.iter().map(|order| completes(self.world, order)).sum();
        let Errand { buyer, unit, fund, purpose, channel, eaten_at, .. } = errand;
        self.requests.push(Request {
            client_ref,
            buyer,
            unit,
            fund,
            purpose,
            channel,
            eaten_at,
            by_standing: false,
            placed,
            delivery,
            orders,
        });
        completes
    }
}

/// A day before Spring Festival or Mid-Autumn, when unions buy for everybody.
fn festival(chance: &mut Chance) -> Day {
    let first = day([(1, 27), (9, 8)][chance.place(2)]);
    weekday_from(first.plus_days(chance.between(0, 8)))
}

/// One line for each product.
fn merge(lines: &mut Vec<PlannedLine>) {
    let mut merged: Vec<PlannedLine> = Vec::new();
    for line in lines.iter() {
        match merged.iter_mut().find(|other| other.product == line.product) {
            Some(other) => other.quantity = other.quantity.plus(line.quantity).unwrap_or(other.quantity),
            None => merged.push(*line),
        }
    }
    *lines = merged;
}

/// What an order completes within the year, in fen.
#[must_use]
pub fn completes(world: &World, order: &PlannedOrder) -> i64 {
    let in_year = order
        .steps
        .iter()
        .filter(|s| !matches!(s.what, What::Return(_) | What::Refund))
        .all(|s| s.at.year() == super::YEAR);
    if !order.fate.completes() || !in_year {
        return 0;
    }
    let price = |(line, quantity): (&PlannedLine, Quantity)| {
        quantity.price(world.products[line.product].price).map_or(0, Fen::get)
    };
    let sum = |quantities: Vec<Quantity>| order.lines.iter().zip(quantities).map(price).sum::<i64>();
    let of = |step: &super::Step| match &step.what {
        What::Accept(received) => sum(received.iter().map(|r| r.accepted).collect()),
        What::Return(back) => -sum(back.clone()),
        _ => 0,
    };
    order.steps.iter().map(of).sum()
}

/// Requests that must be refused: more than the ceiling, more than the stock.
#[must_use]
pub fn refused(world: &World, filings: &[Filing], shelf: &Shelf<'_>) -> Vec<Refused> {
    let ordering = |f: &&Filing| {
        let unit = &world.units[f.unit];
        f.verdict == Verdict::Approved && !unit.canteen_total_fen.is_zero() && world.contractor(f.unit).is_none()
    };
    let mut units: Vec<usize> = filings.iter().filter(ordering).map(|f| f.unit).collect();
    units.sort_by_key(|at| (world.units[*at].canteen_total_fen, *at));
    let mut refused = Vec::new();
    for (n, unit) in units.iter().take(5).enumerate() {
        let at = tried(n, 10);
        let lines = over_ceiling(world, shelf, *unit, at);
        refused.extend(lines.map(|lines| Refused { why: Why::OverCeiling, unit: *unit, at, lines }));
    }
    for (n, unit) in units.iter().rev().take(5).enumerate() {
        let at = tried(n, 11);
        let month = at.day().month_number();
        let offered = |p: &usize| world.products[*p].months.contains(&month) && !is_refused(world, *p);
        let rare = (0..world.products.len()).filter(offered);
        let rarest =
            rare.min_by_key(|p| (world.products[*p].stock.price(world.products[*p].price).map_or(0, Fen::get), *p));
        refused.extend(rarest.map(|product| {
            let quantity = Quantity::from_milli(world.products[product].stock.milli() + 1_000);
            Refused { why: Why::OutOfStock, unit: *unit, at, lines: vec![PlannedLine { product, quantity }] }
        }));
    }
    refused.sort_by_key(|r| (r.at, r.unit));
    refused
}

fn tried(n: usize, hour: i64) -> At {
    let days = i64::try_from(n).unwrap_or(0) * 33;
    moment(weekday_from(day((5, 10)).plus_days(days)), hour * 60)
}

/// Goods for more than a canteen may spend in the year, all of them in stock.
fn over_ceiling(world: &World, shelf: &Shelf<'_>, unit: usize, at: At) -> Option<Vec<PlannedLine>> {
    let ceiling = world.units[unit].canteen_total_fen.get();
    let month = at.day().month_number();
    let line = |product: usize| PlannedLine {
        product,
        quantity: Quantity::units(shelf.left(product).milli() * 9 / 10 / 1_000),
    };
    let offered = (0..world.products.len()).filter(|p| world.products[*p].months.contains(&month)).map(line);
    let mut lines: Vec<PlannedLine> = offered.filter(|line| !line.quantity.is_zero()).collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(shelf.value(*line)), line.product));
    let mut sum = 0;
    let enough = lines.iter().position(|line| {
        sum += shelf.value(*line);
        sum > ceiling
    })?;
    lines.truncate(enough + 1);
    Some(lines).filter(|lines| lines.len() <= 20)
}

/// The whole square root.
fn root(number: i64) -> i64 {
    number.max(0).isqrt()
}
