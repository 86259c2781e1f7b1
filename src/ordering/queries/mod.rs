//! Reading orders within what the asking party may see.

mod annulments;
mod approvals;
mod arrivals;
mod call_offs;
mod claims;
mod contracted;
mod counting;
mod disputes;
mod duties;
mod kept;
mod late;
mod matching;
mod money;
mod outstanding;
mod performance;
mod price_changes;
mod purchases;
mod receipts;
mod recount;
mod stated;
mod tasks;
mod verify;
mod verify_lines;
mod verify_units;
mod views;

pub use annulments::{CertifiedLineView, certified_lines};
pub use arrivals::{Arrival, arrival_days, arrival_state, arrivals, sent_back};
pub use call_offs::{CalledOff, called_off};
pub use claims::{Claim, ClaimsTaken, claims};
pub use contracted::{ContractedFact, ContractedLine, ContractedOrder, contracted_orders};
pub use counting::{CountingView, counting};
pub use disputes::{DisputeDetail, DisputeView, DisputesWanted, dispute, disputes, withheld};
pub use duties::{DutyExceptionView, exceptions};
pub use kept::{KeptFor, KeptLine, KeptOrder, kept_order, seen, taken_back};
pub use late::{LateEntryView, late_entries};
pub use matching::{MatchingView, line_amounts, matching};
pub use money::{InvoiceView, PaymentView, PaymentsWanted, RatingView, RefundView, invoices, payments};
pub use outstanding::{OutstandingOrder, outstanding};
pub use performance::{Performance, answering, performance, sold_prices};
pub use price_changes::{PriceChangeView, price_change};
pub use purchases::{
    Exception, Hands, Purchase, PurchaseLine, changed_purchases, exception_on, hands, purchases, purchases_of,
    shipped_grams,
};
pub use receipts::{GivenOrderView, RecipientView, given, given_orders, receipts};
pub use recount::{OtherRules, RecountWanted, RecountedOrder, recounts};
pub use stated::{AcceptedGoods, InvoicedGoods, ReturnedGoods, StatedOrder, accepted_in, keep_orders, stated_orders};
pub use tasks::{Task, tasks};
pub use verify::{CountDifference, verify_counts};
pub use views::{
    ClassificationReply, FactReply, ListedOrder, LotPaperView, OrderGroupView, OrderSummary, OrderView,
    ReplacementsReply,
};

pub use super::store::late::Narrow as LateNarrow;
use super::store::lists::{self, Narrow, Reach};
use super::store::orders::OrderRow;
use super::store::replacements::ReplacementRow;
use super::store::{
    allowances, classifications, facts, flags, halal, orders, papers, recipients, replacements, second,
};
use crate::audit;
use crate::certification;
use crate::identity::{self, Organisation};
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderGroupId, OrderId, OrgId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::terms::Purpose;
use crate::kernel::time::{At, Day};
use crate::ordering::OrderState;
use crate::platform::db::Read;
use std::collections::BTreeSet;
use views::{OrderEvent, PendingAcceptanceView};

crate::text_enum! {
    /// From which side a list of orders is seen.
    ListSide {
        /// Bought.
        Buyer "buyer"
        /// Sold.
        Supplier "supplier"
    }
}

/// What a list of orders asks for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// From which side; by the kind of organisation when not stated.
    pub side: Option<ListSide>,
    /// Only in this state.
    pub state: Option<OrderState>,
    /// Only changed after this moment.
    pub updated_after: Option<At>,
    /// Only placed under this reference.
    pub client_ref: Option<String>,
}

/// Orders in scope, the latest change first.
///
/// # Errors
/// When the database fails.
pub fn list(
    read: &mut Read,
    actor: &Actor,
    wanted: &Wanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<ListedOrder>> {
    let reach = reach(read, actor, wanted.side, today)?;
    let narrow =
        Narrow { state: wanted.state, updated_after: wanted.updated_after, client_ref: wanted.client_ref.clone() };
    let rows = lists::orders(read, &reach, &narrow, page.keys()?, page.fetch())?;
    let keys = |row: &OrderRow| vec![row.updated_at.0.to_string(), row.id.to_string()];
    let known = organisations_of(read, &rows)?;
    Page::cut(rows, page, keys).try_map(|row| ListedOrder::new(&row, &known))
}

/// The organisations that orders name.
fn organisations_of(read: &mut Read, orders: &[OrderRow]) -> Outcome<Vec<Organisation>> {
    let ids: BTreeSet<OrgId> = orders.iter().flat_map(OrderRow::named).collect();
    identity::organisations(read, &ids.into_iter().collect::<Vec<_>>())
}

/// Buyers and suppliers have finders of their own; offices look at the buyers of their region unless asked otherwise.
fn reach(read: &mut Read, actor: &Actor, side: Option<ListSide>, today: Day) -> Outcome<Reach> {
    let sells = side.map_or(actor.kind.sells(), |side| side == ListSide::Supplier);
    Ok(match &actor.scope {
        Scope::Platform => Reach::Everything,
        Scope::Region(code) if sells => Reach::SuppliersIn(code.subtree()),
        Scope::Region(code) => Reach::UnitsIn(code.subtree()),
        Scope::UnitTree(root) => Reach::Tree(*root, identity::subtree(read, *root, today)?),
        Scope::Org(org) if sells => Reach::SoldBy(*org),
        Scope::Org(org) => Reach::BoughtBy(*org),
    })
}

/// Whether an order lies in the actor's scope, from either side.
fn sees(read: &mut Read, actor: &Actor, order: &OrderRow, today: Day) -> Outcome<bool> {
    Ok(match &actor.scope {
        Scope::Platform => true,
        Scope::Region(code) => {
            code.contains(&order.unit_region) || (order.state.told() && code.contains(&order.supplier_region))
        }
        Scope::UnitTree(root) => {
            order.concerned().contains(root) || identity::tree_contains(read, *root, order.unit_id, today)?
        }
        Scope::Org(org) => order.concerned().contains(org) || order.told() == Some(*org),
    })
}

/// An order that the actor may see.
///
/// # Errors
/// `not_found` outside the scope.
pub(super) fn visible(read: &mut Read, actor: &Actor, id: OrderId, today: Day) -> Outcome<OrderRow> {
    let order = lists::order(read, id)?.ok_or(Code::NotFound)?;
    let seen = sees(read, actor, &order, today)? || approvals::approves(read, actor.org_id, &order)?;
    if seen { Ok(order) } else { Err(AppError::new(Code::NotFound)) }
}

/// An order with its lines and everything that happened to its goods.
///
/// # Errors
/// `not_found` outside the scope.
pub fn order(read: &mut Read, actor: &Actor, id: OrderId, today: Day) -> Outcome<(OrderView, i64)> {
    let row = visible(read, actor, id, today)?;
    let lines = orders::lines(read, id)?;
    let client_ref = lists::group(read, row.group_id)?.and_then(|group| group.client_ref);
    let known = organisations_of(read, std::slice::from_ref(&row))?;
    let mut view = OrderView::new(&row, &known, &lines, client_ref)?;
    for held in halal::of_order(read, id)? {
        if let Some(line) = view.lines.iter_mut().find(|line| line.id == held.line_id) {
            line.halal_certificate_number = Some(held.number);
        }
    }
    let number = |line| lines.iter().find(|row| row.id == line).map_or(0, |row| row.line_no);
    if row.purpose == Purpose::PurchaseForDonation {
        view.recipient = recipients::of_order(read, id)?.map(RecipientView::from);
    }
    view.shipments = views::shipments(facts::shipments(read, id)?, number);
    view.acceptances = views::acceptances(facts::acceptances(read, id)?, number);
    view.returns = views::returns(facts::returns(read, id)?, number);
    view.allowances = views::allowances(allowances::of_order(read, id)?);
    view.short_closures = views::short_closures(facts::short_closures(read, id)?, number);
    view.replacements = views::replacements(replacements::of_order(read, id)?, number);
    view.classifications = classifications::of_order(read, id)?.into_iter().map(Into::into).collect();
    view.price_changes = price_changes::of_order(read, id)?;
    let (disputes, owed) = disputes::of_order(read, &row)?;
    (view.disputes, view.owed) = (disputes, Some(owed));
    let papers = papers::of_order(read, id)?;
    view.papers = papers.into_iter().map(|row| LotPaperView::new(row.clone(), number(row.line_id))).collect();
    view.photos = second::photos_of(read, id)?.into_iter().map(Into::into).collect();
    let pending = second::open_of(read, id)?;
    view.pending_acceptance = pending.as_ref().map(PendingAcceptanceView::new).transpose()?;
    if row.state == OrderState::Confirmed {
        let open = flags::open_of(read, id)?;
        let certificates: Vec<_> = open.iter().map(|flag| flag.certificate_id).collect();
        let standings = certification::standings(read, &certificates)?;
        view.flags = views::flags(&open, &lines, &standings, &view.deliveries, today)?;
    }
    // How its buyer came to approve it is none of the supplier's business.
    let sells = row.supplier_id == actor.org_id && !row.concerned().contains(&actor.org_id);
    if !sells {
        view.approvals = approvals::of_order(read, &row)?;
    }
    let mut past = audit::history(read, &id.to_string())?;
    past.retain(|past| !sells || !approvals::INTERNAL.contains(&past.action.as_str()));
    view.payee = views::payee(read, actor, &row, today)?;
    view.history = past.into_iter().map(OrderEvent::new).collect::<Outcome<_>>()?;
    Ok((view, row.version))
}

/// What was asked for once more of an order, and the order after it.
///
/// # Errors
/// When the database fails.
pub fn replacements_reply(read: &mut Read, rows: Vec<ReplacementRow>, order: &OrderRow) -> Outcome<ReplacementsReply> {
    let lines = orders::lines(read, order.id)?;
    let number = |line| lines.iter().find(|row| row.id == line).map_or(0, |row| row.line_no);
    Ok(ReplacementsReply { replacements: views::replacements(rows, number), order: order.into() })
}

/// An order as far as its buyer's complaint needs it.
#[derive(Debug, Clone)]
pub struct Bought {
    /// Who sold it.
    pub supplier_id: OrgId,
    /// What its first line is called.
    pub goods: String,
}

/// An order of a buyer's.
///
/// # Errors
/// `not_found` for an order of others, `wrong_state` for one that the supplier was never told of.
pub fn bought(read: &mut Read, buyer: OrgId, id: OrderId) -> Outcome<Bought> {
    let own = lists::order(read, id)?.filter(|order| order.buyer_id == buyer).ok_or(Code::NotFound)?;
    if !own.state.told() {
        return Err(AppError::new(Code::WrongState).with("state", own.state.as_str()));
    }
    let goods = orders::lines(read, id)?.into_iter().next().map(|line| line.name).unwrap_or_default();
    Ok(Bought { supplier_id: own.supplier_id, goods })
}

/// A group: all of it for its buyer, of others only their orders.
///
/// # Errors
/// `not_found` when no order of the group lies in scope.
pub fn group(read: &mut Read, actor: &Actor, id: OrderGroupId, today: Day) -> Outcome<OrderGroupView> {
    let group = lists::group(read, id)?.ok_or(Code::NotFound)?;
    let mut seen = Vec::new();
    for order in lists::orders_of(read, id)? {
        if sees(read, actor, &order, today)? {
            seen.push(order);
        }
    }
    if seen.is_empty() {
        return Err(Code::NotFound.into());
    }
    Ok(OrderGroupView::new(&group, &seen))
}
