//! SQL of flagged lines.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrderFlagId, OrderId, OrderLineId, ProductId};
use crate::kernel::time::At;
use crate::ordering::rules::flag::FlagCause;
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::flags::order_flags as flags;
use crate::ordering::schema::{order_lines, orders};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A line and a certificate of it that ended.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = flags, treat_none_as_default_value = false)]
pub struct FlagRow {
    pub id: OrderFlagId,
    pub order_id: OrderId,
    pub line_id: OrderLineId,
    pub certificate_id: CertificateId,
    pub number: String,
    pub cause: FlagCause,
    pub raised_at: At,
    pub cleared_at: Option<At>,
}

/// Confirmed orders, after one, of whose open lines some froze a certificate of a product.
pub fn holding(
    on: &mut Read,
    product: ProductId,
    certificate: CertificateId,
    after: Option<OrderId>,
    most: i64,
) -> Outcome<Vec<OrderId>> {
    Ok(each!(on, c => {
        let mut query = order_lines::table.inner_join(orders::table).filter(order_lines::product_id.eq(product))
            .filter(orders::state.eq(OrderState::Confirmed)).filter(order_lines::closed.eq(false))
            .filter(order_lines::quantity.gt(order_lines::shipped + order_lines::short_closed))
            .filter(order_lines::certificates.like(format!("%{certificate}%")))
            .select(order_lines::order_id).distinct().into_boxed();
        if let Some(after) = after {
            query = query.filter(order_lines::order_id.gt(after));
        }
        query.order(order_lines::order_id).limit(most).load(c)
    })?)
}

/// Orders with an open flag for a certificate.
pub fn flagged(on: &mut Read, certificate: CertificateId, most: i64) -> Outcome<Vec<OrderId>> {
    Ok(each!(on, c => flags::table.filter(flags::certificate_id.eq(certificate)).filter(flags::cleared_at.is_null())
        .select(flags::order_id).distinct().order(flags::order_id).limit(most).load(c))?)
}

/// Open flags of an order, oldest first.
pub fn open_of(on: &mut Read, order: OrderId) -> Outcome<Vec<FlagRow>> {
    Ok(each!(on, c => flags::table.filter(flags::order_id.eq(order)).filter(flags::cleared_at.is_null())
        .order(flags::id).select(FlagRow::as_select()).load(c))?)
}

/// Raises flags; under the order's claim.
pub fn raise(tx: &mut Tx<'_>, rows: &[FlagRow]) -> Outcome<()> {
    each!(tx, c => insert_into(flags::table).values(rows).execute(c))?;
    Ok(())
}

/// Clears flags; under the order's claim.
pub fn clear(tx: &mut Tx<'_>, ids: &[OrderFlagId], at: At) -> Outcome<()> {
    each!(tx, c => update(flags::table.filter(flags::id.eq_any(ids))).set(flags::cleared_at.eq(at)).execute(c))?;
    Ok(())
}
