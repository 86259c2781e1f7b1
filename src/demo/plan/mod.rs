//! What happens in the demo's year, decided beforehand: pure, and the same in every run, so that a run that was
//! interrupted can be continued. Amounts follow from each canteen's total, so that rates come out as they do in life.

mod branches;
mod demand;
mod fate;
mod filing;
mod season;
mod shelf;
mod standing;

#[cfg(test)]
mod tests;

pub use branches::{Act, Branch, Move, moves};
pub use filing::{Filing, Verdict};
pub use season::{END, day, moment};
pub use standing::Standing;

use super::chance::Chance;
use super::data::{Scale, Unit, World};
use super::people;
use crate::kernel::actor::OrgKind;
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::{At, Day};

/// The year that is played.
pub const YEAR: i64 = 2021;

/// Everything that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Who files which plan, in the order of [`World::units`].
    pub filings: Vec<Filing>,
    /// Requests that become orders, by moment.
    pub requests: Vec<Request>,
    /// Requests that must be refused, by moment.
    pub refused: Vec<Refused>,
    /// What the canteen with a login orders again and again.
    pub standing: Option<Standing>,
}

/// One request: an order for each supplier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The buyer's own reference; unique for the buyer.
    pub client_ref: String,
    /// Who orders: a place in [`World::units`].
    pub buyer: usize,
    /// For whom it counts.
    pub unit: usize,
    /// What the money is.
    pub fund: Fund,
    /// Why it is bought.
    pub purpose: Purpose,
    /// Where it goes.
    pub channel: Channel,
    /// Where the goods are eaten, when that is not the buyer.
    pub eaten_at: Option<usize>,
    /// Whether the standing order places it.
    pub by_standing: bool,
    /// When it is placed.
    pub placed: At,
    /// The day on which the goods are wanted.
    pub delivery: Day,
    /// One for each supplier.
    pub orders: Vec<PlannedOrder>,
}

/// An order to one supplier and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOrder {
    /// A place in [`World::suppliers`].
    pub supplier: usize,
    /// What is ordered.
    pub lines: Vec<PlannedLine>,
    /// How it ends.
    pub fate: Fate,
    /// What is done after it is placed, by moment.
    pub steps: Vec<Step>,
}

/// A line of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedLine {
    /// A place in [`World::products`].
    pub product: usize,
    /// How much.
    pub quantity: Quantity,
}

/// How an order ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    /// Everything done.
    Completed,
    /// A part of a line is rejected, the rest is completed.
    Rejected,
    /// A part never comes and is written off, the rest is completed.
    ShortClosed,
    /// Completed in December, a part goes back and is refunded in January.
    Returned,
    /// Accepted and paid; nobody rates it.
    Unrated,
    /// Accepted and rated, but not paid.
    Unpaid,
    /// On its way when the play ends.
    Shipped,
    /// Confirmed, not shipped when the play ends.
    Confirmed,
    /// Waits for the supplier when the play ends.
    Waiting,
    /// The supplier declines.
    Declined,
    /// The supplier does not answer.
    Expired,
    /// The buyer cancels.
    Cancelled,
}

impl Fate {
    /// Every fate.
    pub const ALL: [Fate; 12] = [
        Fate::Completed,
        Fate::Rejected,
        Fate::ShortClosed,
        Fate::Returned,
        Fate::Unrated,
        Fate::Unpaid,
        Fate::Shipped,
        Fate::Confirmed,
        Fate::Waiting,
        Fate::Declined,
        Fate::Expired,
        Fate::Cancelled,
    ];
    /// Whether the order ends completed.
    #[must_use]
    pub const fn completes(self) -> bool {
        matches!(self, Fate::Completed | Fate::Rejected | Fate::ShortClosed | Fate::Returned)
    }
}

/// Something that is done with an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When.
    pub at: At,
    /// What.
    pub what: What,
}

/// What is done with an order; lists follow its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The supplier confirms.
    Confirm,
    /// The supplier declines.
    Decline,
    /// The buyer cancels.
    Cancel,
    /// The supplier ships.
    Ship(Vec<Quantity>),
    /// Whoever ordered tries to accept, and must be refused.
    AcceptBySamePerson(Vec<Quantity>),
    /// The buyer accepts.
    Accept(Vec<Received>),
    /// The buyer reports that it has paid what is due.
    Pay,
    /// The supplier confirms the payment.
    ConfirmPayment,
    /// The buyer rates, 1 to 5.
    Rate(i64),
    /// What has not come is written off.
    ShortClose,
    /// Accepted goods go back.
    Return(Vec<Quantity>),
    /// The supplier pays them back.
    Refund,
}

/// What is received of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// Accepted.
    pub accepted: Quantity,
    /// Rejected.
    pub rejected: Quantity,
}

/// A request that must be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub why: Why,
    /// Who tries: a place in [`World::units`].
    pub unit: usize,
    /// When.
    pub at: At,
    /// What is tried.
    pub lines: Vec<PlannedLine>,
}

/// Why a request must be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// More than the canteen may spend in the year.
    OverCeiling,
    /// More than there is.
    OutOfStock,
}

impl Year {
    /// Decides the year.
    #[must_use]
    pub fn of(world: &World, scale: Scale) -> Year {
        let filings: Vec<Filing> = (0..world.units.len()).filter_map(|at| filing::of(world, at)).collect();
        let (requests, mut shelf) = demand::requests(world, &filings, scale);
        let mut year = Year { filings, requests, refused: Vec::new(), standing: None };
        let hero = people::hero(world, &year);
        if let Some((standing, requests)) = standing::of(world, hero, &mut shelf) {
            year.standing = Some(standing);
            year.requests.extend(requests);
            demand::by_moment(&mut year.requests);
        }
        year.refused = demand::refused(world, &year.filings, &shelf);
        // The canteen with a login can go on ordering under a plan where the play ends.
        let next: Vec<Filing> = year.filings.iter().filter(|f| f.unit == hero).map(filing::of_next_year).collect();
        year.filings.extend(next);
        year
    }
}

/// Whether whoever orders for a unit also holds the acceptor's office there, as in small units.
#[must_use]
pub fn doubles(unit: usize) -> bool {
    unit % 4 == 1
}

/// Whether a product is refused its certificate: its price is above that of the like goods.
#[must_use]
pub fn is_refused(world: &World, product: usize) -> bool {
    let product = &world.products[product];
    let supplier = &world.suppliers[product.supplier];
    Chance::of(&["refused", supplier.uscc.as_str(), &product.name]).percent(2)
}

/// Whether a unit is a school, which neither buys in the holidays nor drinks wine.
#[must_use]
pub fn is_school(unit: &Unit) -> bool {
    ["学", "幼儿园", "教育"].iter().any(|word| unit.name.contains(word)) && unit.kind == OrgKind::BudgetUnit
}
