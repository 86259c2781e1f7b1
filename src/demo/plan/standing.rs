//! What the canteen with a login orders again and again: the same goods every Monday of an autumn, but for holidays and a day that it
//! leaves out. One delivery falls short and of one a part is rejected; an order beside it is returned in January.

use super::super::chance::Chance;
use super::super::data::World;
use super::demand::LEAST;
use super::fate::Course;
use super::season::{day, moment};
use super::shelf::Shelf;
use super::{Fate, PlannedLine, PlannedOrder, Request, is_refused, is_school};
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::{Category, Channel, Fund, Purpose};
use crate::kernel::time::{At, Day};

/// The Mondays on which goods come, by month and day, and how each of these orders ends. Those of 20 September and 4 October are
/// holidays, that of 18 October is left out.
const MONDAYS: [((i8, i8), Fate); 7] = [
    ((9, 6), Fate::Completed),
    ((9, 13), Fate::Completed),
    ((9, 27), Fate::ShortClosed),
    ((10, 11), Fate::Completed),
    ((10, 25), Fate::Rejected),
    ((11, 1), Fate::Completed),
    ((11, 8), Fate::Completed),
];

/// A standing order that is made in the year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Who makes it: a place in [`World::units`].
    pub buyer: usize,
    /// What it orders each time.
    pub line: PlannedLine,
    /// When it is made.
    pub made: At,
    /// The first day of its calendar.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// Each order is placed so many days before its goods come.
    pub lead_days: i64,
    /// A day that is left out.
    pub skipped: Day,
}

/// The standing order, what becomes of each of its days, and the order that goes back in January; nothing where no goods are offered
/// all the time.
#[must_use]
pub fn of(world: &World, buyer: usize, shelf: &mut Shelf<'_>) -> Option<(Standing, Vec<Request>)> {
    let line = goods(world, buyer, shelf)?;
    let standing = Standing {
        buyer,
        line,
        made: moment(day((8, 30)), 10 * 60),
        from: day((9, 6)),
        until: day((11, 8)),
        lead_days: 3,
        skipped: day((10, 18)),
    };
    let mut requests: Vec<Request> = (1..)
        .zip(MONDAYS)
        .map(|(n, (monday, fate))| {
            let placed = moment(day(monday).plus_days(-standing.lead_days), 9 * 60);
            request(world, &standing, (format!("CG{}-D{n}", super::YEAR), true), (placed, day(monday), fate))
        })
        .collect();
    let (placed, wanted) = (moment(day((12, 6)), 9 * 60 + 20), day((12, 9)));
    requests.push(request(
        world,
        &standing,
        (format!("CG{}-D0", super::YEAR), false),
        (placed, wanted, Fate::Returned),
    ));
    for _ in &requests {
        shelf.reserve(line);
    }
    Some((standing, requests))
}

fn request(
    world: &World,
    standing: &Standing,
    (client_ref, by_standing): (String, bool),
    (placed, delivery, fate): (At, Day, Fate),
) -> Request {
    let mut chance = Chance::of(&["standing", &client_ref]);
    let lines = vec![standing.line];
    let course = Course { world, lines: &lines, fate, placed, delivery, same_person: false };
    let steps = course.steps(&mut chance);
    let supplier = world.products[standing.line.product].supplier;
    let school = is_school(&world.units[standing.buyer]);
    Request {
        client_ref,
        buyer: standing.buyer,
        unit: standing.buyer,
        fund: Fund::Canteen,
        purpose: Purpose::OwnUse,
        channel: if school { Channel::School } else { Channel::Canteen },
        eaten_at: None,
        by_standing,
        placed,
        delivery,
        orders: vec![PlannedOrder { supplier, lines, fate, steps }],
    }
}

/// Goods that are offered from autumn to the year's end and of which enough is left: about a small order's worth each time, from the
/// canteen's own county if it has them.
fn goods(world: &World, buyer: usize, shelf: &Shelf<'_>) -> Option<PlannedLine> {
    let county = world.units[buyer].region_code;
    let line = |at: usize| {
        let product = &world.products[at];
        let units = LEAST * 6 / 5 / product.price.get().max(1);
        (units >= 6).then(|| PlannedLine { product: at, quantity: Quantity::units(units) })
    };
    let all_the_time = |at: &usize| {
        let product = &world.products[*at];
        (8..=12).all(|month| product.months.contains(&month))
            && product.category != Category::Wine
            && !is_refused(world, *at)
    };
    let enough = |line: &PlannedLine| {
        let wanted = line.quantity.milli() * i64::try_from(MONDAYS.len() + 2).unwrap_or(i64::MAX);
        shelf.left(line.product).milli() >= wanted * 6 / 5
    };
    let offered = (0..world.products.len()).filter(all_the_time).filter_map(line).filter(enough);
    let far = |line: &PlannedLine| world.suppliers[world.products[line.product].supplier].region_code != county;
    offered.min_by_key(|line| (far(line), line.product))
}
