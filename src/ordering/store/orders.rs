//! SQL of order groups, orders and lines.

use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{ListingId, OrderGroupId, OrderId, OrderLineId, OrgId, ProductId, UserId};
use crate::kernel::money::{Fen, Overflow, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Channel, Fund, LineStanding, Mode, Purpose};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::{order_groups, order_lines, orders};
use crate::platform::db::{Kept, Read, Tx};
use crate::{each, later, later_rows};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// One request's orders.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_groups, treat_none_as_default_value = false)]
pub struct GroupRow {
    pub id: OrderGroupId,
    pub buyer_org: OrgId,
    pub client_ref: Option<String>,
    pub placed_by: UserId,
    pub placed_at: At,
}

/// An order.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub struct OrderRow {
    pub id: OrderId,
    pub group_id: OrderGroupId,
    pub supplier_id: OrgId,
    pub supplier_region: RegionCode,
    pub buyer_id: OrgId,
    pub unit_id: OrgId,
    pub unit_region: RegionCode,
    pub payer_id: OrgId,
    pub fund: Fund,
    pub purpose: Purpose,
    pub mode: Mode,
    pub channel: Channel,
    pub beneficiary_id: Option<OrgId>,
    pub terms: String,
    pub state: OrderState,
    pub confirmed_by: Option<UserId>,
    pub placed_at: At,
    pub placed_day: Day,
    pub placed_by: UserId,
    pub confirm_by: At,
    pub confirmed_at: Option<At>,
    pub closed_at: Option<At>,
    pub ordered_fen: Fen,
    pub freight_fen: Fen,
    pub accepted_fen: Fen,
    pub returned_fen: Fen,
    pub paid_fen: Fen,
    pub refunded_fen: Fen,
    pub rated_at: Option<At>,
    pub completed_year: Option<i64>,
    pub updated_at: At,
    pub version: i64,
}

impl OrderRow {
    /// Who sells, orders, counts, pays and profits: whoever is named in it.
    pub fn named(&self) -> impl Iterator<Item = OrgId> {
        [self.supplier_id, self.buyer_id, self.unit_id, self.payer_id].into_iter().chain(self.beneficiary_id)
    }
    /// What is to be paid for the goods that were accepted and kept, with their freight; when none are kept, nothing.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn due(&self) -> Result<Fen, Overflow> {
        let goods = self.accepted_fen.minus(self.returned_fen)?;
        if goods > Fen::ZERO { goods.plus(self.freight_fen) } else { Ok(Fen::ZERO) }
    }
    /// The supplier, once it was told of the order.
    pub fn told(&self) -> Option<OrgId> {
        self.state.told().then_some(self.supplier_id)
    }
    /// Whose purchase it is: whoever orders, counts or pays it may see what happens to it.
    pub const fn concerned(&self) -> [OrgId; 3] {
        [self.buyer_id, self.unit_id, self.payer_id]
    }
}

/// A line: frozen at placement, and how far it has come.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = order_lines, treat_none_as_default_value = false)]
pub struct LineRow {
    pub id: OrderLineId,
    pub order_id: OrderId,
    pub line_no: i64,
    pub listing_id: ListingId,
    pub product_id: ProductId,
    pub name: String,
    pub unit: String,
    pub category: Category,
    pub supplier_county: RegionCode,
    pub origins: String,
    pub certificates: String,
    pub net_weight_grams: i64,
    pub weighed: bool,
    pub tolerance_ppm: Ppm,
    pub unit_price_fen: Fen,
    pub certified: bool,
    pub eligible: bool,
    pub qualifies: bool,
    pub delivery_no: i64,
    pub quantity: Quantity,
    pub shipped: Quantity,
    pub accepted: Quantity,
    pub rejected: Quantity,
    pub returned: Quantity,
    pub short_closed: Quantity,
    pub line_fen: Fen,
    pub held_fen: Fen,
    pub accepted_fen: Fen,
    pub returned_fen: Fen,
    pub closed: bool,
    pub standing: LineStanding,
    pub allowed_fen: Fen,
}

/// Which party's orders a command may claim.
#[derive(Debug, Clone, Copy)]
pub enum Side {
    /// The organisation that ordered.
    Buyer(OrgId),
    /// The organisation that sells.
    Supplier(OrgId),
    /// The organisation that pays, or that ordered.
    Payer(OrgId),
    /// The program itself.
    Program,
}

/// Stores a group unless its buyer has used its reference; a parallel request with the same one is waited for.
pub fn insert_unused_ref(tx: &mut Tx<'_>, group: &GroupRow) -> Outcome<bool> {
    let inserted = each!(tx, c => insert_into(order_groups::table).values(group)
        .on_conflict((order_groups::buyer_org, order_groups::client_ref)).do_nothing().execute(c))?;
    Ok(inserted == 1)
}

/// Stores orders and their lines, and the group unless its reference was taken, which stored it.
pub fn insert(tx: &mut Tx<'_>, group: &GroupRow, placed: &[OrderRow], lines: &[LineRow]) -> Outcome<()> {
    if group.client_ref.is_none() {
        later!(tx, insert_into(order_groups::table).values(group.clone()))?;
    }
    later_rows!(tx, orders::table, placed.to_vec())?;
    Ok(later_rows!(tx, order_lines::table, lines.to_vec())?)
}

/// The group that a buyer has already placed under its own reference.
pub fn group_by_ref(on: &mut Read, buyer: OrgId, client_ref: &str) -> Outcome<OrderGroupId> {
    Ok(each!(on, c => order_groups::table
        .filter(order_groups::buyer_org.eq(buyer)).filter(order_groups::client_ref.eq(client_ref))
        .select(order_groups::id).first(c))?)
}

/// Locks and loads an order of the party; everything below it changes only after this.
pub fn claim(tx: &mut Tx<'_>, side: Side, id: OrderId) -> Outcome<OrderRow> {
    let (at, next) = (tx.at(), orders::version.eq(orders::version + 1));
    let own = orders::table.filter(orders::id.eq(id));
    let claimed: OrderRow = match side {
        Side::Buyer(org) => each!(tx, c => Kept(update(own.filter(orders::buyer_id.eq(org)))
            .set((next, orders::updated_at.eq(at))).returning(OrderRow::as_returning())).get_result(c)),
        Side::Supplier(org) => each!(tx, c => Kept(update(own.filter(orders::supplier_id.eq(org)))
            .set((next, orders::updated_at.eq(at))).returning(OrderRow::as_returning())).get_result(c)),
        Side::Payer(org) => {
            each!(tx, c => Kept(update(own.filter(orders::payer_id.eq(org).or(orders::buyer_id.eq(org))))
            .set((next, orders::updated_at.eq(at))).returning(OrderRow::as_returning())).get_result(c))
        }
        Side::Program => each!(tx, c => Kept(update(own)
            .set((next, orders::updated_at.eq(at))).returning(OrderRow::as_returning())).get_result(c)),
    }?;
    // For its supplier there is no order before the last approval.
    if matches!(side, Side::Supplier(_)) && !claimed.state.told() {
        return Err(Code::NotFound.into());
    }
    Ok(claimed)
}

/// Lines of an order, in their order.
pub fn lines(on: &mut Read, order: OrderId) -> Outcome<Vec<LineRow>> {
    Ok(each!(on, c => order_lines::table.filter(order_lines::order_id.eq(order)).order(order_lines::line_no)
        .select(LineRow::as_select()).load(c))?)
}

/// Stores how far a line has come.
pub fn save_line(tx: &mut Tx<'_>, line: &LineRow) -> Outcome<()> {
    let amounts = (
        order_lines::unit_price_fen.eq(line.unit_price_fen),
        order_lines::line_fen.eq(line.line_fen),
        order_lines::shipped.eq(line.shipped),
        order_lines::accepted.eq(line.accepted),
        order_lines::rejected.eq(line.rejected),
        order_lines::returned.eq(line.returned),
        order_lines::short_closed.eq(line.short_closed),
        order_lines::held_fen.eq(line.held_fen),
        order_lines::accepted_fen.eq(line.accepted_fen),
        order_lines::returned_fen.eq(line.returned_fen),
        order_lines::allowed_fen.eq(line.allowed_fen),
        order_lines::closed.eq(line.closed),
    );
    Ok(later!(tx, Kept(update(order_lines::table.find(line.id)).set(amounts)))?)
}

/// Stores where a claimed order stands.
pub fn save(tx: &mut Tx<'_>, order: &OrderRow) -> Outcome<()> {
    let changes = (
        orders::state.eq(order.state),
        orders::terms.eq(order.terms.clone()),
        orders::confirmed_by.eq(order.confirmed_by),
        orders::confirmed_at.eq(order.confirmed_at),
        orders::closed_at.eq(order.closed_at),
        orders::ordered_fen.eq(order.ordered_fen),
        orders::freight_fen.eq(order.freight_fen),
        orders::accepted_fen.eq(order.accepted_fen),
        orders::returned_fen.eq(order.returned_fen),
    );
    Ok(later!(tx, Kept(update(orders::table.find(order.id)).set(changes)))?)
}

/// Orders that wait for their approval or for their supplier.
const UNANSWERED: [OrderState; 2] = [OrderState::AwaitingApproval, OrderState::Placed];

/// Orders that no supplier has answered with lines of a product, and the listings of those lines.
pub fn unanswered(on: &mut Read, product: ProductId) -> Outcome<Vec<(OrderId, ListingId)>> {
    Ok(each!(on, c => orders::table.inner_join(order_lines::table).filter(orders::state.eq_any(UNANSWERED))
        .filter(order_lines::product_id.eq(product)).order((orders::id, order_lines::line_no))
        .select((orders::id, order_lines::listing_id)).load(c))?)
}

/// Orders that a supplier has not answered, or that nobody has answered with lines of these products, and their listings.
pub fn unanswered_of(on: &mut Read, supplier: OrgId, made: &[ProductId]) -> Outcome<Vec<(OrderId, ListingId)>> {
    Ok(each!(on, c => orders::table.inner_join(order_lines::table).filter(orders::state.eq_any(UNANSWERED))
        .filter(orders::supplier_id.eq(supplier).or(order_lines::product_id.eq_any(made)))
        .order((orders::id, order_lines::line_no)).select((orders::id, order_lines::listing_id)).load(c))?)
}

/// Orders in a state that waits for an answer, whose time is over, the longest waiting first.
pub fn overdue(on: &mut Read, state: OrderState, now: At, most: i64) -> Outcome<Vec<OrderId>> {
    Ok(each!(on, c => orders::table.filter(orders::state.eq(state)).filter(orders::confirm_by.le(now))
        .order((orders::confirm_by, orders::id)).limit(most).select(orders::id).load(c))?)
}

/// Unanswered orders whose time to confirm, or to approve, rests on a year that was not loaded, the longest waiting first.
pub fn provisional(on: &mut Read, after: Option<(At, OrderId)>, most: i64) -> Outcome<Vec<OrderRow>> {
    Ok(each!(on, c => {
        let mut query = orders::table.filter(orders::state.eq_any(UNANSWERED))
            .filter(orders::terms.like("%\"confirm_by_provisional\":true%")).select(OrderRow::as_select()).into_boxed();
        if let Some((at, id)) = after {
            query = query.filter(orders::confirm_by.ge(at))
                .filter(orders::confirm_by.gt(at).or(orders::confirm_by.eq(at).and(orders::id.gt(id))));
        }
        query.order((orders::confirm_by, orders::id)).limit(most).load(c)
    })?)
}

/// Stores a claimed order's time to confirm and the terms that tell what it rests on.
pub fn move_deadline(tx: &mut Tx<'_>, id: OrderId, confirm_by: At, terms: &str) -> Outcome<()> {
    let changes = (orders::confirm_by.eq(confirm_by), orders::terms.eq(terms));
    each!(tx, c => update(orders::table.find(id)).set(changes).execute(c))?;
    Ok(())
}
