//! SQL of who gets the goods of a donation, and of what it received.

use super::orders::OrderRow;
use super::tasks::Asked;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, OrderId, OrderLineId, OrderReceiptId, OrgId, UserId};
use crate::kernel::recipient::RecipientKind;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use crate::ordering::rules::order::OrderState;
use crate::ordering::schema::orders;
use crate::ordering::schema::recipients::{
    order_receipt_lines as lines, order_receipts as receipts, order_recipients as recipients,
};
use crate::platform::db::{Read, Tx};
use crate::{each, later_rows};
use diesel::dsl::{insert_into, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Who gets the goods of an order.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = recipients, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RecipientRow {
    pub order_id: OrderId,
    pub org_id: Option<OrgId>,
    pub name: String,
    pub kind: RecipientKind,
    pub region_code: RegionCode,
    pub credit_code: Option<Uscc>,
    pub contact: String,
    pub phone: String,
    pub named_by: UserId,
    pub named_at: At,
    pub corrected_by: Option<UserId>,
    pub corrected_at: Option<At>,
}

/// What a recipient received, or what puts such an entry right.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = receipts, treat_none_as_default_value = false)]
pub struct ReceiptRow {
    pub id: OrderReceiptId,
    pub order_id: OrderId,
    pub receipt_no: i64,
    pub corrects: Option<OrderReceiptId>,
    pub occurred_on: Day,
    pub recorded_at: At,
    pub recorded_by: UserId,
    pub recorded_org: OrgId,
    pub by_recipient: bool,
    pub signed_by: String,
    pub proof_file: Option<FileId>,
    pub reason: Option<String>,
}

/// How much more of a line, in thousandths; of a correction the difference.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = lines, treat_none_as_default_value = false)]
pub struct ReceiptLineRow {
    pub receipt_id: OrderReceiptId,
    pub line_id: OrderLineId,
    pub quantity: i64,
}

/// Enters recipients with the orders that are placed for them.
pub fn insert(tx: &mut Tx<'_>, rows: Vec<RecipientRow>) -> Outcome<()> {
    Ok(later_rows!(tx, recipients::table, rows)?)
}

/// Enters or replaces a claimed order's recipient.
pub fn put(tx: &mut Tx<'_>, row: &RecipientRow) -> Outcome<()> {
    each!(tx, c => insert_into(recipients::table).values(row).on_conflict(recipients::order_id).do_update().set(row).execute(c))?;
    Ok(())
}

/// Who gets the goods of an order.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Option<RecipientRow>> {
    Ok(each!(on, c => recipients::table.find(order).select(RecipientRow::as_select()).first(c).optional())?)
}

/// Records a receipt; under the order's claim.
pub fn insert_receipt(tx: &mut Tx<'_>, row: &ReceiptRow, parts: &[ReceiptLineRow]) -> Outcome<()> {
    each!(tx, c => insert_into(receipts::table).values(row).execute(c))?;
    each!(tx, c => insert_into(lines::table).values(parts).execute(c))?;
    Ok(())
}

/// The receipts of an order, oldest first.
pub fn receipts_of(on: &mut Read, order: OrderId) -> Outcome<Vec<ReceiptRow>> {
    Ok(each!(on, c => receipts::table.filter(receipts::order_id.eq(order)).order(receipts::receipt_no)
        .select(ReceiptRow::as_select()).load(c))?)
}

/// What the receipts of an order say of its lines, oldest first.
pub fn received_of(on: &mut Read, order: OrderId) -> Outcome<Vec<ReceiptLineRow>> {
    Ok(each!(on, c => lines::table.inner_join(receipts::table).filter(receipts::order_id.eq(order))
        .order((receipts::receipt_no, lines::line_id)).select(ReceiptLineRow::as_select()).load(c))?)
}

/// Goods are accepted and kept that were not received yet.
const UNRECEIVED: &str = "EXISTS (SELECT 1 FROM order_lines line WHERE line.order_id = orders.id AND line.accepted - line.returned >
    (SELECT CAST(COALESCE(SUM(part.quantity), 0) AS BIGINT) FROM order_receipt_lines part WHERE part.line_id = line.id))";

/// Organisations of the platform that are to receive something of a buyer's orders.
pub fn expected_by(on: &mut Read, buyer: OrgId) -> Outcome<Vec<OrgId>> {
    let delivered = [OrderState::Confirmed, OrderState::Closed];
    let found: Vec<Option<OrgId>> = each!(on, c => recipients::table.inner_join(orders::table.on(orders::id.eq(recipients::order_id)))
        .filter(orders::buyer_id.eq(buyer)).filter(orders::state.eq_any(delivered)).filter(recipients::org_id.is_not_null())
        .filter(sql::<Bool>(UNRECEIVED)).select(recipients::org_id).distinct().load(c))?;
    Ok(found.into_iter().flatten().collect())
}

/// Orders of which goods wait to be received: by the organisation itself, or, as their buyer, for recipients that cannot tell it
/// themselves; `unmanned` are those of the platform without anybody. The longest waiting first.
pub fn waiting_for(on: &mut Read, asked: &Asked, unmanned: &[OrgId], most: i64) -> Outcome<Vec<OrderRow>> {
    let Asked { org, person, since, after, inclusive, .. } = *asked;
    let delivered = [OrderState::Confirmed, OrderState::Closed];
    Ok(each!(on, c => {
        let own = recipients::org_id.eq(Some(org)).and(orders::placed_by.ne(person));
        let bought = orders::buyer_id.eq(org)
            .and(recipients::org_id.is_null().or(recipients::org_id.eq_any(unmanned)));
        let mut query = orders::table.inner_join(recipients::table.on(recipients::order_id.eq(orders::id)))
            .select(OrderRow::as_select()).into_boxed()
            .filter(orders::state.eq_any(delivered)).filter(own.or(bought)).filter(sql::<Bool>(UNRECEIVED))
            .filter(orders::placed_at.ge(since));
        if let Some(id) = after.map(OrderId) {
            query = query.filter(orders::placed_at.gt(since).or(orders::id.gt(id)));
        } else if !inclusive {
            query = query.filter(orders::placed_at.gt(since));
        }
        query.order((orders::placed_at, orders::id)).limit(most).load(c)
    })?)
}

/// Orders whose goods are given to an organisation, once their suppliers have confirmed them; the newest first.
pub fn given_to(on: &mut Read, org: OrgId, after: Option<OrderId>, most: i64) -> Outcome<Vec<OrderRow>> {
    let delivered = [OrderState::Confirmed, OrderState::Closed];
    Ok(each!(on, c => {
        let mut query = orders::table.inner_join(recipients::table.on(recipients::order_id.eq(orders::id)))
            .select(OrderRow::as_select()).into_boxed()
            .filter(recipients::org_id.eq(Some(org))).filter(orders::state.eq_any(delivered));
        if let Some(id) = after {
            query = query.filter(orders::id.lt(id));
        }
        query.order(orders::id.desc()).limit(most).load(c)
    })?)
}
