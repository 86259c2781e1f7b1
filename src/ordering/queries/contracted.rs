//! Orders as open data shows them: what was agreed at placement, and every fact since, without people, addresses and accounts.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Fund};
use crate::kernel::time::Day;
use crate::ordering::rules::line::Line;
use crate::ordering::store::allowances;
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::ordering::store::{contracted as store, stated};
use crate::ordering::terms::{self, Certificate, Origin, Terms};
use crate::platform::db::Read;
use std::collections::BTreeMap;

/// An order with its facts.
#[derive(Debug, Clone)]
pub struct ContractedOrder {
    /// The order.
    pub id: OrderId,
    /// Who sells.
    pub supplier_id: OrgId,
    /// Where the supplier is registered.
    pub supplier_region: RegionCode,
    /// Who ordered.
    pub buyer_id: OrgId,
    /// Whose count it is.
    pub unit_id: OrgId,
    /// The unit's region.
    pub unit_region: RegionCode,
    /// Who pays.
    pub payer_id: OrgId,
    /// What the money is.
    pub fund: Fund,
    /// The day of placement.
    pub placed_on: Day,
    /// The last day on which goods are wanted.
    pub wanted_until: Option<Day>,
    /// Freight as it was agreed at placement.
    pub freight: Fen,
    /// Its lines as they were placed.
    pub lines: Vec<ContractedLine>,
    /// Facts by the record that tells each.
    pub facts: BTreeMap<[u8; 16], ContractedFact>,
}

/// A line as it was placed.
#[derive(Debug, Clone)]
pub struct ContractedLine {
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
    /// Numbers of the certificates in force at placement.
    pub certificates: Vec<String>,
    /// Ordered.
    pub quantity: Quantity,
    /// The price of a unit.
    pub unit_price: Fen,
    /// What it can cost at most, tolerance included: the quota that it held.
    pub held: Fen,
}

/// A fact; lines are named by number, and 0 is the freight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContractedFact {
    /// 验收: the day of the note, and of each line how much for how much.
    Accepted(Day, Vec<(i64, Quantity, Fen)>),
    /// Goods went back: the day, and of each line for how much.
    Returned(Day, Vec<(i64, Fen)>),
    /// 折让: the day, and how much of each line is not owed.
    Allowed(Day, Vec<(i64, Fen)>),
    /// 未到货结案: how much of each line will not come.
    ShortClosed(Vec<(i64, Quantity)>),
    /// 改价: the new price of a unit of each line.
    Repriced(Vec<(i64, Fen)>),
    /// A transfer's part for the order, and its day.
    Paid(Day, Fen),
    /// Money sent back, and its day.
    Refunded(Day, Fen),
}

/// Facts by order and record.
type Facts = BTreeMap<(OrderId, [u8; 16]), ContractedFact>;

/// Orders with everything that open data shows of them, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn contracted_orders(read: &mut Read, ids: &[OrderId]) -> Outcome<Vec<ContractedOrder>> {
    let mut found: BTreeMap<OrderId, ContractedOrder> = BTreeMap::new();
    for row in stated::orders(read, ids)? {
        found.insert(row.id, blank(&row)?);
    }
    let mut facts = Facts::new();
    let prices = store::repriced(read, ids)?;
    for row in stated::lines(read, ids)? {
        let first = prices.iter().find(|change| change.0 == row.order_id && change.3 == row.line_no);
        let price = first.and_then(|change| change.4).unwrap_or(row.unit_price_fen);
        if let Some(own) = found.get_mut(&row.order_id) {
            own.lines.push(as_placed(&row, price)?);
        }
    }
    for (order, fact, _, line_no, _, price) in prices {
        let told = facts.entry((order, fact.0)).or_insert_with(|| ContractedFact::Repriced(Vec::new()));
        if let (ContractedFact::Repriced(lines), Some(price)) = (told, price) {
            lines.push((line_no, price));
        }
    }
    for (fact, line) in allowances::of_orders(read, ids)? {
        let told = facts.entry((fact.order_id, fact.id.0));
        let told = told.or_insert_with(|| ContractedFact::Allowed(fact.occurred_on, Vec::new()));
        if let ContractedFact::Allowed(_, lines) = told {
            lines.push((line.line_no, line.amount_fen));
        }
        // What was allowed of the freight is not in the order's freight any more.
        if let Some(own) = found.get_mut(&fact.order_id).filter(|_| line.line_no == 0) {
            own.freight = own.freight.plus(line.amount_fen)?;
        }
    }
    goods(read, ids, &mut facts)?;
    money(read, ids, &mut facts)?;
    for ((order, fact), told) in facts {
        if let Some(own) = found.get_mut(&order) {
            own.facts.insert(fact, told);
        }
    }
    Ok(found.into_values().collect())
}

/// What came, went back and will not come.
fn goods(read: &mut Read, ids: &[OrderId], facts: &mut Facts) -> Outcome<()> {
    for (order, fact, day, line_no, quantity, amount) in store::accepted(read, ids)? {
        let told = facts.entry((order, fact.0)).or_insert_with(|| ContractedFact::Accepted(day, Vec::new()));
        if let ContractedFact::Accepted(_, lines) = told {
            lines.push((line_no, quantity, amount));
        }
    }
    for (order, fact, day, line_no, amount) in store::returned(read, ids)? {
        let told = facts.entry((order, fact.0)).or_insert_with(|| ContractedFact::Returned(day, Vec::new()));
        if let ContractedFact::Returned(_, lines) = told {
            lines.push((line_no, amount));
        }
    }
    for (order, fact, line_no, quantity) in store::written_off(read, ids)? {
        let told = facts.entry((order, fact.0)).or_insert_with(|| ContractedFact::ShortClosed(Vec::new()));
        if let ContractedFact::ShortClosed(lines) = told {
            lines.push((line_no, quantity));
        }
    }
    Ok(())
}

fn money(read: &mut Read, ids: &[OrderId], facts: &mut Facts) -> Outcome<()> {
    for (order, fact, day, amount) in store::paid(read, ids)? {
        facts.insert((order, fact.0), ContractedFact::Paid(day, amount));
    }
    for (order, fact, day, amount) in store::refunded(read, ids)? {
        facts.insert((order, fact.0), ContractedFact::Refunded(day, amount));
    }
    Ok(())
}

/// An order of which nothing is told yet.
fn blank(row: &OrderRow) -> Outcome<ContractedOrder> {
    let terms: Terms = terms::read(&row.terms)?;
    Ok(ContractedOrder {
        id: row.id,
        supplier_id: row.supplier_id,
        supplier_region: row.supplier_region,
        buyer_id: row.buyer_id,
        unit_id: row.unit_id,
        unit_region: row.unit_region,
        payer_id: row.payer_id,
        fund: row.fund,
        placed_on: row.placed_day,
        wanted_until: terms.deliveries.iter().map(|delivery| delivery.date).max(),
        freight: row.freight_fen,
        lines: Vec::new(),
        facts: BTreeMap::new(),
    })
}

fn as_placed(row: &LineRow, unit_price: Fen) -> Outcome<ContractedLine> {
    let origins: Vec<Origin> = terms::read(&row.origins)?;
    let certificates: Vec<Certificate> = terms::read(&row.certificates)?;
    Ok(ContractedLine {
        line_no: row.line_no,
        name: row.name.clone(),
        unit: row.unit.clone(),
        category: row.category,
        origins: origins.into_iter().map(|origin| origin.county).collect(),
        certificates: certificates.into_iter().map(|certificate| certificate.number).collect(),
        quantity: row.quantity,
        unit_price,
        held: Line::place(row.quantity, unit_price, row.weighed, row.tolerance_ppm)?.held_fen,
    })
}
