//! SQL of what annulled certificates mean for orders.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrderAnnulmentId, OrderId, OrderLineId, OrgId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::terms::{AnnulmentGround, LineStanding};
use crate::kernel::time::{At, Day};
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::annulments::{order_annulment_lines as parts, order_annulments as annulments};
use crate::ordering::schema::{order_lines, orders};
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{exists, insert_into, not, update};
use diesel::prelude::*;

/// An annulled certificate of an order.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = annulments, treat_none_as_default_value = false)]
pub struct AnnulmentRow {
    pub id: OrderAnnulmentId,
    pub order_id: OrderId,
    pub certificate_id: CertificateId,
    pub number: String,
    pub ground: AnnulmentGround,
    pub decided_on: Day,
    pub posted_at: At,
}

/// What it means for a line.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = parts, treat_none_as_default_value = false)]
pub struct AnnulmentLineRow {
    pub annulment_id: OrderAnnulmentId,
    pub line_id: OrderLineId,
    pub standing_before: LineStanding,
    pub standing_after: LineStanding,
    pub ordered_fen: Fen,
    pub accepted_paid_fen: Fen,
    pub completed_fen: Fen,
}

/// Orders that stand, after one, of whose lines some froze a certificate of a product, and to which its annulment was not
/// posted yet.
pub fn waiting(
    on: &mut Read,
    product: ProductId,
    certificate: CertificateId,
    after: Option<OrderId>,
    most: i64,
) -> Outcome<Vec<OrderId>> {
    let standing = OrderState::STANDING;
    Ok(each!(on, c => {
        let posted = annulments::table.filter(annulments::order_id.eq(orders::id)).filter(annulments::certificate_id.eq(certificate));
        let mut query = order_lines::table.inner_join(orders::table).filter(order_lines::product_id.eq(product))
            .filter(orders::state.eq_any(standing)).filter(order_lines::certificates.like(format!("%{certificate}%")))
            .filter(not(exists(posted))).select(order_lines::order_id).distinct().into_boxed();
        if let Some(after) = after {
            query = query.filter(order_lines::order_id.gt(after));
        }
        query.order(order_lines::order_id).limit(most).load(c)
    })?)
}

/// The annulments of an order with their lines, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<(AnnulmentRow, AnnulmentLineRow)>> {
    Ok(each!(on, c => annulments::table.inner_join(parts::table).filter(annulments::order_id.eq(order))
        .order((annulments::id, parts::line_id)).select((AnnulmentRow::as_select(), AnnulmentLineRow::as_select())).load(c))?)
}

/// Records an annulment and what it means for each line; under the order's claim.
pub fn insert(tx: &mut Tx<'_>, row: &AnnulmentRow, lines: &[AnnulmentLineRow]) -> Outcome<()> {
    each!(tx, c => {
        insert_into(annulments::table).values(row).execute(c)?;
        insert_into(parts::table).values(lines).execute(c)
    })?;
    Ok(())
}

/// What a line counts as from now on; under the order's claim.
pub fn save_standing(tx: &mut Tx<'_>, line: OrderLineId, standing: LineStanding) -> Outcome<()> {
    each!(tx, c => update(order_lines::table.find(line)).set(order_lines::standing.eq(standing)).execute(c))?;
    Ok(())
}

/// Lines of a product that froze a certificate, with their orders, of one seller or of all; after a line, in the order of their orders.
pub fn lines(
    on: &mut Read,
    product: ProductId,
    certificate: CertificateId,
    seller: Option<OrgId>,
    after: Option<(OrderId, i64)>,
    most: i64,
) -> Outcome<Vec<(OrderRow, LineRow)>> {
    Ok(each!(on, c => {
        let mut query = order_lines::table.inner_join(orders::table).filter(order_lines::product_id.eq(product))
            .filter(order_lines::certificates.like(format!("%{certificate}%")))
            .select((OrderRow::as_select(), LineRow::as_select())).into_boxed();
        if let Some(seller) = seller {
            query = query.filter(orders::supplier_id.eq(seller)).filter(orders::state.ne_all(OrderState::UNTOLD));
        }
        if let Some((order, line_no)) = after {
            let same = order_lines::order_id.eq(order).and(order_lines::line_no.gt(line_no));
            query = query.filter(order_lines::order_id.gt(order).or(same));
        }
        query.order((order_lines::order_id, order_lines::line_no)).limit(most).load(c)
    })?)
}

/// What the annulment of a certificate took from lines.
pub fn of_lines(
    on: &mut Read,
    certificate: CertificateId,
    lines: &[OrderLineId],
) -> Outcome<Vec<(AnnulmentRow, AnnulmentLineRow)>> {
    Ok(each!(on, c => annulments::table.inner_join(parts::table).filter(annulments::certificate_id.eq(certificate))
        .filter(parts::line_id.eq_any(lines)).select((AnnulmentRow::as_select(), AnnulmentLineRow::as_select())).load(c))?)
}
