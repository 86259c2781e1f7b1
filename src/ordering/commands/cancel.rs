//! The buyer cancels: freely while the supplier has not answered; afterwards only what was not shipped, and only when a
//! certificate of it was revoked for safety or was never valid.

use super::claimed::Claimed;
use super::close::write_off;
use super::confirm::release_all;
use crate::certification;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrderId};
use crate::ordering::rules::order::{Event, OrderState, next};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::ordering::terms::{self, Certificate};
use crate::platform::db::Tx;
use serde_json::json;

/// Cancels an order, or of a confirmed one the goods whose certificate was revoked for safety or was never valid.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn cancel(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, reason: &str) -> Outcome<OrderRow> {
    let mut claimed = Claimed::claim(tx, Side::Buyer(actor.org_id), id)?;
    if claimed.order.state != OrderState::Confirmed {
        claimed.step(Event::Cancel)?;
        return end(tx, actor, claimed, reason);
    }
    let open = |claimed: &Claimed, index: usize| {
        let line = crate::ordering::book::amounts(&claimed.lines[index]);
        !line.closed && !line.unshipped().is_zero()
    };
    let mut dangerous = unsafe_lines(tx, &claimed)?;
    dangerous.retain(|index| open(&claimed, *index));
    if dangerous.is_empty() {
        next(claimed.order.state, Event::Cancel)?;
    }
    let untouched = claimed.lines.iter().all(|line| line.shipped.is_zero() && !line.closed);
    if untouched && dangerous.len() == claimed.lines.len() {
        claimed.step(Event::CancelUnsafe)?;
        return end(tx, actor, claimed, reason);
    }
    let closed: Vec<_> = dangerous.into_iter().map(|index| (index, None)).collect();
    write_off(tx, actor, &mut claimed, reason, &closed)?;
    Ok(claimed.order)
}

fn end(tx: &mut Tx<'_>, actor: &Actor, mut claimed: Claimed, reason: &str) -> Outcome<OrderRow> {
    release_all(tx, &mut claimed, false)?;
    claimed.record(tx, Some(actor), "order.cancelled", json!({ "reason": reason }))?;
    Ok(claimed.order)
}

/// Lines with a certificate, frozen at placement, that was revoked for safety since, or annulled.
fn unsafe_lines(tx: &mut Tx<'_>, claimed: &Claimed) -> Outcome<Vec<usize>> {
    let mut held: Vec<(usize, CertificateId)> = Vec::new();
    for (index, line) in claimed.lines.iter().enumerate() {
        let certificates: Vec<Certificate> = terms::read(&line.certificates)?;
        held.extend(certificates.into_iter().map(|certificate| (index, certificate.id)));
    }
    let ids: Vec<CertificateId> = held.iter().map(|(_, id)| *id).collect();
    let revoked = certification::let_buyers_out(tx, &ids)?;
    let mut lines: Vec<usize> =
        held.into_iter().filter(|(_, id)| revoked.contains(id)).map(|(index, _)| index).collect();
    lines.dedup();
    Ok(lines)
}
