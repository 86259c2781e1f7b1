//! Order lines that froze a certificate at placement: what they count, what an annulment would make of them, and what it did.

use crate::certification;
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrderId, OrderLineId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{AnnulmentGround, Basis, LineStanding};
use crate::kernel::time::{At, Day};
use crate::ledger;
use crate::ordering::OrderState;
use crate::ordering::annulled;
use crate::ordering::store::annulments::{self as store, AnnulmentLineRow, AnnulmentRow};
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// An order line that froze a certificate.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertifiedLineView {
    /// The order.
    pub order_id: OrderId,
    /// The line's number in it.
    pub line_no: i64,
    /// What is sold.
    pub name: String,
    /// The unit whose count it is.
    pub unit_id: OrgId,
    /// Its name.
    pub unit_name: String,
    /// Its region.
    pub unit_region: RegionCode,
    /// The day of placement.
    pub placed_on: Day,
    /// Where the order stands.
    pub state: OrderState,
    /// Whether it met the product rule at placement.
    pub qualifies: bool,
    /// What it counts as.
    pub standing: LineStanding,
    /// Ordered and not written off.
    pub ordered_fen: Fen,
    /// Accepted and paid.
    pub accepted_paid_fen: Fen,
    /// Of a completed order, what the plan counts of it.
    pub completed_fen: Fen,
    /// The year in which the order counted.
    pub completed_year: Option<i64>,
    /// What an annulment for the asked ground would make of it; absent once one was posted, and for orders that do not stand:
    /// they count nothing.
    pub would_become: Option<LineStanding>,
    /// What the annulment made of it, once it was posted.
    pub annulled: Option<AnnulledLineView>,
}

/// What an annulment made of a line; amounts are those that stood when it was posted.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnulledLineView {
    /// What was false.
    pub ground: AnnulmentGround,
    /// The day of the decision, on which its entries count.
    pub decided_on: Day,
    /// When it was posted.
    pub posted_at: At,
    /// What the line counted as before.
    pub standing_before: LineStanding,
    /// What it counts as since.
    pub standing_after: LineStanding,
    /// What was ordered and counts as something else since.
    pub ordered_fen: Fen,
    /// What was accepted and paid and counts as something else since.
    pub accepted_paid_fen: Fen,
    /// What was completed and counts as something else, or nowhere, since.
    pub completed_fen: Fen,
}

impl From<&(AnnulmentRow, AnnulmentLineRow)> for AnnulledLineView {
    fn from((row, line): &(AnnulmentRow, AnnulmentLineRow)) -> AnnulledLineView {
        AnnulledLineView {
            ground: row.ground,
            decided_on: row.decided_on,
            posted_at: row.posted_at,
            standing_before: line.standing_before,
            standing_after: line.standing_after,
            ordered_fen: line.ordered_fen,
            accepted_paid_fen: line.accepted_paid_fen,
            completed_fen: line.completed_fen,
        }
    }
}

/// The order lines that froze a certificate in scope, by order.
///
/// # Errors
/// `not_found` for a certificate outside the scope; `invalid_cursor`.
pub fn certified_lines(
    read: &mut Read,
    actor: &Actor,
    number: &str,
    ground: Option<AnnulmentGround>,
    page: &PageRequest,
) -> Outcome<Page<CertifiedLineView>> {
    let (certificate, product) = certification::certificate_in(read, &actor.scope, number)?;
    let ground = ground.unwrap_or(AnnulmentGround::CertificationFalse);
    // A producer's goods may be sold by an agent: whose orders they are, only the agent knows.
    let seller = match &actor.scope {
        Scope::Org(org) | Scope::UnitTree(org) => Some(*org),
        Scope::Platform | Scope::Region(_) => None,
    };
    let rows = store::lines(read, product, certificate, seller, page.keys()?, page.fetch())?;
    let keys = |(_, line): &(OrderRow, LineRow)| vec![line.order_id.to_string(), line.line_no.to_string()];
    let page = Page::cut(rows, page, keys);
    let known = Known::of(read, certificate, &page.items)?;
    page.try_map(|(order, line)| known.view(&order, line, certificate, ground))
}

/// What is known of the lines of a page.
struct Known {
    counts: BTreeMap<(OrderLineId, Basis), Fen>,
    annulled: Vec<(AnnulmentRow, AnnulmentLineRow)>,
    annulled_certificates: Vec<CertificateId>,
    units: BTreeMap<OrgId, String>,
}

impl Known {
    fn of(read: &mut Read, certificate: CertificateId, rows: &[(OrderRow, LineRow)]) -> Outcome<Known> {
        let mut orders: Vec<OrderId> = rows.iter().map(|(order, _)| order.id).collect();
        orders.dedup();
        let lines: Vec<OrderLineId> = rows.iter().map(|(_, line)| line.id).collect();
        let mut units: Vec<OrgId> = rows.iter().map(|(order, _)| order.unit_id).collect();
        units.sort_unstable();
        units.dedup();
        let mut held: Vec<CertificateId> = Vec::new();
        for (_, line) in rows {
            held.extend(annulled::certificates(line)?);
        }
        held.sort_unstable();
        held.dedup();
        let counts = ledger::counts_of_lines(read, &orders)?;
        let units = identity::organisations(read, &units)?;
        Ok(Known {
            counts: counts.into_iter().map(|(line, basis, sum)| ((line, basis), sum)).collect(),
            annulled: store::of_lines(read, certificate, &lines)?,
            annulled_certificates: certification::annulled_of(read, &held)?,
            units: units.into_iter().map(|unit| (unit.id, unit.name)).collect(),
        })
    }

    fn view(
        &self,
        order: &OrderRow,
        line: LineRow,
        certificate: CertificateId,
        ground: AnnulmentGround,
    ) -> Outcome<CertifiedLineView> {
        let sum = |basis| self.counts.get(&(line.id, basis)).copied().unwrap_or_default();
        let posted = self.annulled.iter().find(|(_, part)| part.line_id == line.id);
        let would_become = match posted {
            None if order.state.stands() => {
                Some(annulled::becomes(order, &line, (certificate, ground), &self.annulled_certificates)?)
            }
            _ => None,
        };
        Ok(CertifiedLineView {
            order_id: order.id,
            line_no: line.line_no,
            unit_id: order.unit_id,
            unit_name: self.units.get(&order.unit_id).cloned().unwrap_or_default(),
            unit_region: order.unit_region,
            placed_on: order.placed_day,
            state: order.state,
            qualifies: line.qualifies,
            standing: line.standing,
            ordered_fen: sum(Basis::Ordered),
            accepted_paid_fen: sum(Basis::AcceptedPaid),
            completed_fen: sum(Basis::Completed),
            completed_year: order.completed_year,
            would_become,
            annulled: posted.map(AnnulledLineView::from),
            name: line.name,
        })
    }
}
