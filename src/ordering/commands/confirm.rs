//! The supplier answers: confirm or decline.

use super::claimed::Claimed;
use super::flag::flag;
use super::halal;
use super::payee;
use crate::catalogue::{self, Offer};
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::time::Day;
use crate::kernel::uscc::Uscc;
use crate::ordering::rules::line::Line;
use crate::ordering::rules::money;
use crate::ordering::rules::order::{Event, in_time};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::ordering::terms::{self, FrozenRule, Terms};
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// Confirms an order within its time.
///
/// # Errors
/// `not_found`, `wrong_state`; `expired` at the deadline and after it; `certificate_not_current` when nothing entitles a
/// line's goods any more, `supplier_not_admitted` when the supplier may not sell any more.
pub fn confirm(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Outcome<OrderRow> {
    let mut claimed = Claimed::claim(tx, Side::Supplier(actor.org_id), id)?;
    claimed.step(Event::Confirm)?;
    in_time(tx.at(), claimed.order.confirm_by)?;
    let offers = promisable(tx, &claimed)?;
    claimed.order.confirmed_at = Some(tx.at());
    claimed.order.confirmed_by = Some(actor.user_id);
    let day = tx.at().day();
    freeze_clock(tx, &mut claimed.order, day)?;
    payee::freeze(tx, &mut claimed.order, day)?;
    claimed.write(tx, &id.to_string(), day, false)?;
    claimed.record(tx, Some(actor), "order.confirmed", json!({}))?;
    // Goods may be sold on another ground although a certificate that they were ordered with has ended.
    flag(tx, &claimed, None)?;
    halal::tell_of_gone(tx, &claimed.order, &claimed.lines, &offers)?;
    Ok(claimed.order)
}

/// The confirmation makes the contract: what the payment clock goes by is what holds on that day. Later changes of the
/// organisations or the rule table change no deadline.
fn freeze_clock(tx: &mut Tx<'_>, order: &mut OrderRow, day: Day) -> Outcome<()> {
    let bound = bound(tx, order)?;
    let parties = identity::organisations(tx, &[order.supplier_id, bound])?;
    let party = |id| parties.iter().find(|party| party.id == id).ok_or_else(|| AppError::from(Code::NotFound));
    if !party(order.supplier_id)?.is_sme {
        return Ok(());
    }
    let payer = party(bound)?;
    let kind = payer.uscc.as_ref().map(Uscc::registration_kind);
    let Some(level) = money::clock_level(kind, payer.is_sme) else { return Ok(()) };
    let rules = rulebook::load(tx, &order.unit_region, day, &[RuleName::PaymentDays])?;
    let Some(row) = rules.find(RuleName::PaymentDays, Some(level), Some(order.fund.as_str())) else { return Ok(()) };
    let mut terms: Terms = terms::read(&order.terms)?;
    terms.rules.push(FrozenRule { name: row.name.as_str().to_owned(), rule_id: row.id, value: row.value.clone() });
    order.terms = terms::write(&terms)?;
    Ok(())
}

/// Whom the payment clock looks at: whoever orders for itself is bound, whomever it names as payer; and a union or an
/// accounting centre pays in the unit's place, by the ties of the day of placement. Only a contractor that orders may pay as
/// itself.
fn bound(tx: &mut Tx<'_>, order: &OrderRow) -> Outcome<OrgId> {
    let (payer, unit) = (order.payer_id, order.unit_id);
    let units =
        payer == unit || order.buyer_id == unit || identity::pays_for(tx, payer, unit, order.placed_day)?.is_some();
    Ok(if units { unit } else { payer })
}

/// Asks again what was asked at placement: a certificate may have ended since, and may be ending at this very moment. What the
/// listings offer today.
fn promisable(tx: &mut Tx<'_>, claimed: &Claimed) -> Outcome<Vec<Offer>> {
    let day = tx.at().day();
    let offers = catalogue::kept_offers(tx, &claimed.listings(), day)?;
    for line in &claimed.lines {
        let offer = offers.iter().find(|offer| offer.listing_id == line.listing_id).ok_or(Code::ListingNotOnSale)?;
        offer.promisable().map_err(|error| error.with("line_no", line.line_no))?;
    }
    Ok(offers)
}

/// Declines an order; everything it held is released.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn decline(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, reason: &str) -> Outcome<OrderRow> {
    let mut claimed = Claimed::claim(tx, Side::Supplier(actor.org_id), id)?;
    claimed.step(Event::Decline)?;
    release_all(tx, &mut claimed, false)?;
    claimed.record(tx, Some(actor), "order.declined", json!({ "reason": reason }))?;
    Ok(claimed.order)
}

/// Releases what an order holds before anything was shipped.
pub(super) fn release_all(tx: &mut Tx<'_>, claimed: &mut Claimed, expired: bool) -> Outcome<()> {
    for index in 0..claimed.lines.len() {
        if !claimed.lines[index].closed {
            claimed.change(index, Line::release)?;
        }
    }
    claimed.order.closed_at = Some(tx.at());
    let (fact, day) = (format!("{}.ended", claimed.order.id), tx.at().day());
    claimed.write(tx, &fact, day, expired)
}
