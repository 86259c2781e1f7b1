//! Purchases as the auditor's sense looks at them: orders that stand, with their lines and the hands they went through.

use crate::kernel::error::Outcome;
use crate::kernel::ids::{DutyExceptionId, ListingId, OrderId, OrderLineId, OrgId, ProductId, RuleId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::ordering::OrderState;
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::ordering::store::{duties, purchases as store};
use crate::ordering::terms::{self, Terms};
use crate::platform::db::Read;
use crate::rulebook::RuleName;
use std::collections::BTreeMap;

/// An order that stands.
#[derive(Debug, Clone)]
pub struct Purchase {
    /// The order.
    pub id: OrderId,
    /// Who sells.
    pub supplier_id: OrgId,
    /// Who ordered.
    pub buyer_id: OrgId,
    /// Whose count it is.
    pub unit_id: OrgId,
    /// Where the unit is.
    pub unit_region: RegionCode,
    /// The person who ordered.
    pub placed_by: UserId,
    /// When.
    pub placed_at: At,
    /// On which day.
    pub placed_day: Day,
    /// What it came to when it was placed.
    pub ordered_fen: Fen,
    /// Whether it went through an approval, or has to.
    pub approved: bool,
    /// What it comes to: of a closed order what was accepted and kept, else what was ordered.
    pub spent_fen: Fen,
    /// When it was rated.
    pub rated_at: Option<At>,
    /// Its last change.
    pub updated_at: At,
    /// What was ordered.
    pub lines: Vec<PurchaseLine>,
}

/// A line of a purchase.
#[derive(Debug, Clone)]
pub struct PurchaseLine {
    /// The line.
    pub id: OrderLineId,
    /// The listing.
    pub listing_id: ListingId,
    /// The product.
    pub product_id: ProductId,
    /// What it was called.
    pub name: String,
    /// How much, in its unit.
    pub quantity: Quantity,
    /// What a unit weighs.
    pub net_weight_grams: i64,
    /// What a unit costs.
    pub unit_price_fen: Fen,
}

fn with_lines(on: &mut Read, rows: Vec<OrderRow>) -> Outcome<Vec<Purchase>> {
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    let mut lines: BTreeMap<OrderId, Vec<PurchaseLine>> = BTreeMap::new();
    for line in store::lines_of(on, &ids)? {
        lines.entry(line.order_id).or_default().push(PurchaseLine::from(line));
    }
    rows.into_iter().map(|row| purchase(&row, lines.remove(&row.id).unwrap_or_default())).collect()
}

impl From<LineRow> for PurchaseLine {
    fn from(row: LineRow) -> PurchaseLine {
        PurchaseLine {
            id: row.id,
            listing_id: row.listing_id,
            product_id: row.product_id,
            name: row.name,
            quantity: row.quantity,
            net_weight_grams: row.net_weight_grams,
            unit_price_fen: row.unit_price_fen,
        }
    }
}

fn purchase(row: &OrderRow, lines: Vec<PurchaseLine>) -> Outcome<Purchase> {
    let kept = row.accepted_fen.minus(row.returned_fen)?;
    Ok(Purchase {
        id: row.id,
        supplier_id: row.supplier_id,
        buyer_id: row.buyer_id,
        unit_id: row.unit_id,
        unit_region: row.unit_region,
        placed_by: row.placed_by,
        placed_at: row.placed_at,
        placed_day: row.placed_day,
        ordered_fen: row.ordered_fen,
        approved: terms::read::<Terms>(&row.terms)?.rule(RuleName::ApprovalDays.as_str()).is_some(),
        spent_fen: if row.state == OrderState::Closed { kept } else { row.ordered_fen },
        rated_at: row.rated_at,
        updated_at: row.updated_at,
        lines,
    })
}

/// Orders that stand and changed since a moment, after a place in the order of changes; at most so many.
///
/// # Errors
/// When the database fails.
pub fn changed_purchases(on: &mut Read, from: At, after: Option<(At, OrderId)>, most: i64) -> Outcome<Vec<Purchase>> {
    let rows = store::changed(on, from, after, most)?;
    with_lines(on, rows)
}

/// What stands of a unit's orders since a day, in the order of their placing.
///
/// # Errors
/// When the database fails.
pub fn purchases_of(on: &mut Read, unit: OrgId, from: Day) -> Outcome<Vec<Purchase>> {
    let rows = store::of_unit(on, unit, from)?;
    with_lines(on, rows)
}

/// These orders, in the order of their placing.
///
/// # Errors
/// When the database fails.
pub fn purchases(on: &mut Read, ids: &[OrderId]) -> Outcome<Vec<Purchase>> {
    let rows = store::of_ids(on, ids)?;
    with_lines(on, rows)
}

/// Who took which step of an order, and when it was recorded.
#[derive(Debug, Clone, Default)]
pub struct Hands {
    /// Who accepted, first and second persons.
    pub acceptors: Vec<(UserId, At)>,
    /// Who reported payments.
    pub payers: Vec<(UserId, At)>,
}

/// The hands that these orders went through.
///
/// # Errors
/// When the database fails.
pub fn hands(on: &mut Read, ids: &[OrderId]) -> Outcome<BTreeMap<OrderId, Hands>> {
    let mut found: BTreeMap<OrderId, Hands> = BTreeMap::new();
    for (order, by, second, at) in store::acceptors(on, ids)? {
        let acceptors = &mut found.entry(order).or_default().acceptors;
        acceptors.push((by, at));
        acceptors.extend(second.map(|person| (person, at)));
    }
    for (order, by, at) in store::payers(on, ids)? {
        found.entry(order).or_default().payers.push((by, at));
    }
    Ok(found)
}

/// An exception from the separation of duties.
#[derive(Debug, Clone, Copy)]
pub struct Exception {
    /// Its id.
    pub id: DutyExceptionId,
    /// The rule row under which it was granted.
    pub rule: RuleId,
}

/// The exception that was granted to a unit for a day and not ended by then.
///
/// # Errors
/// When the database fails.
pub fn exception_on(on: &mut Read, unit: OrgId, day: Day) -> Outcome<Option<Exception>> {
    Ok(duties::of_unit(on, unit, day)?.map(|row| Exception { id: row.id, rule: row.rule_id }))
}

/// The grams that were shipped of each of these products in a calendar year, by their delivery notes.
///
/// # Errors
/// When the database fails.
pub fn shipped_grams(on: &mut Read, ids: &[ProductId], year: i64) -> Outcome<BTreeMap<ProductId, i64>> {
    let (from, until) = (Day::first_of_year(year), Day::last_of_year(year));
    Ok(store::shipped_grams(on, ids, from, until)?.into_iter().collect())
}
