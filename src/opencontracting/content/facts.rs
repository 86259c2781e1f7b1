//! What is known of a process: what was agreed, who it names, and its facts in the order in which they took effect.

use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Fund};
use crate::kernel::time::{At, Day};

crate::text_enum! {
    /// What a release tells of.
    ReleaseKind {
        /// The supplier was told of the order.
        Told "told"
        /// It confirmed.
        Confirmed "confirmed"
        /// It declined.
        Declined "declined"
        /// It did not answer in time.
        Expired "expired"
        /// The buyer cancelled.
        Cancelled "cancelled"
        /// The last line was closed.
        Closed "closed"
        /// Rejected goods are sent again.
        Reopened "reopened"
        /// 验收.
        Accepted "accepted"
        /// Goods went back.
        Returned "returned"
        /// 折让.
        Allowed "allowed"
        /// 未到货结案.
        ShortClosed "short_closed"
        /// 改价.
        Repriced "repriced"
        /// A payment was confirmed, or deemed received.
        Paid "paid"
        /// A payment that was deemed received was denied.
        Unpaid "unpaid"
        /// Money was sent back.
        Refunded "refunded"
    }
}

/// An organisation as it was called when the order was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id here.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub uscc: Option<String>,
    /// Where it is registered, as the order froze it.
    pub region: Option<RegionCode>,
}

/// A line as it was placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub line_no: i64,
    /// The goods.
    pub name: String,
    /// What one unit is called.
    pub unit: String,
    /// Their category.
    pub category: Category,
    /// Counties of production.
    pub origins: Vec<RegionCode>,
    /// Certificates in force at placement.
    pub certificates: Vec<String>,
    /// Ordered.
    pub quantity: Quantity,
    /// The price of a unit.
    pub unit_price: Fen,
}

/// What a published bulletin says is reserved in the unit's year, for the kind of money that the order is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserve {
    /// The day of its publication.
    pub published_on: Day,
    /// How much.
    pub reserved: Fen,
}

/// What a fact says; lines are named by number, and 0 is the freight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Only that it happened.
    Nothing,
    /// The day, and of each line how much was accepted for how much.
    Accepted(Day, Vec<(i64, Quantity, Fen)>),
    /// The day, and what went back of each line.
    Returned(Day, Vec<(i64, Fen)>),
    /// The day, and what is not owed of each line.
    Allowed(Day, Vec<(i64, Fen)>),
    /// How much of each line will not come.
    ShortClosed(Vec<(i64, Quantity)>),
    /// New prices.
    Repriced(Vec<(i64, Fen)>),
    /// The day, and how much.
    Money(Day, Fen),
}

/// A fact in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place, counted from 1.
    pub seq: i64,
    /// What it is.
    pub kind: ReleaseKind,
    /// The record that tells it.
    pub subject: [u8; 16],
    /// When it took effect.
    pub at: At,
    /// What it says.
    pub said: Said,
}

/// A contracting process: an order that its supplier was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its id in all Open Contracting data of the world.
    pub ocid: String,
    /// The order.
    pub order: OrderId,
    /// Whose count it is, and whose budget.
    pub unit: Named,
    /// Who ordered.
    pub buyer: Named,
    /// Who pays.
    pub payer: Named,
    /// Who sells.
    pub supplier: Named,
    /// What the money is.
    pub fund: Fund,
    /// The year of the unit's plan.
    pub year: i64,
    /// The last day on which goods are wanted.
    pub wanted_until: Option<Day>,
    /// What it can cost at most, freight apart: the quota that it held.
    pub held: Fen,
    /// Freight as it was agreed.
    pub freight: Fen,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What was published of the unit's plan, oldest first.
    pub reserves: Vec<Reserve>,
    /// Its facts.
    pub entries: Vec<Entry>,
}
