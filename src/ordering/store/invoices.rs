//! SQL of invoices.

use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, InvoiceId, OrderId, OrgId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::time::{At, Day};
use crate::ordering::schema::money::{invoice_lines, invoices};
use crate::ordering::schema::orders;
use crate::ordering::store::payments::Reach;
use crate::platform::db::{Read, Tx, total};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// An invoice.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoices, treat_none_as_default_value = false)]
pub struct InvoiceRow {
    pub id: InvoiceId,
    pub code: String,
    pub number: String,
    pub supplier_id: OrgId,
    pub payer_id: OrgId,
    pub issued_on: Day,
    pub net_fen: Fen,
    pub rate_ppm: Option<Ppm>,
    pub tax_fen: Fen,
    pub gross_fen: Fen,
    pub reverses: Option<InvoiceId>,
    pub file_id: Option<FileId>,
    pub recorded_at: At,
    pub recorded_by: UserId,
    pub recorded_org: OrgId,
}

/// What of an invoice is for a line, or (number 0) for the freight of an order.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = invoice_lines, treat_none_as_default_value = false)]
pub struct InvoiceLineRow {
    pub invoice_id: InvoiceId,
    pub order_id: OrderId,
    pub line_no: i64,
    pub gross_fen: Fen,
}

/// Registers an invoice, unless its code and number are taken.
pub fn insert(tx: &mut Tx<'_>, row: &InvoiceRow, lines: &[InvoiceLineRow]) -> Outcome<bool> {
    let added = each!(tx, c => insert_into(invoices::table).values(row).on_conflict_do_nothing().execute(c))?;
    if added == 1 {
        each!(tx, c => insert_into(invoice_lines::table).values(lines).execute(c))?;
    }
    Ok(added == 1)
}

/// An invoice by its id.
pub fn find(on: &mut Read, id: InvoiceId) -> Outcome<Option<InvoiceRow>> {
    Ok(each!(on, c => invoices::table.find(id).select(InvoiceRow::as_select()).first(c).optional())?)
}

/// Gross already taken back from an invoice by red letters, by order and line, in fen (negative).
pub fn taken_back(on: &mut Read, id: InvoiceId) -> Outcome<Vec<(OrderId, i64, Fen)>> {
    let rows: Vec<(OrderId, i64, i64)> = each!(on, c => {
        let red = invoices::table.filter(invoices::reverses.eq(id)).select(invoices::id);
        invoice_lines::table.filter(invoice_lines::invoice_id.eq_any(red))
            .group_by((invoice_lines::order_id, invoice_lines::line_no))
            .select((invoice_lines::order_id, invoice_lines::line_no, total("gross_fen"))).load(c)
    })?;
    Ok(rows.into_iter().map(|(order, line, gross)| (order, line, Fen::new(gross))).collect())
}

/// Gross invoiced by line of an order, red letters deducted.
pub fn invoiced(on: &mut Read, order: OrderId) -> Outcome<Vec<(i64, Fen)>> {
    let rows: Vec<(i64, i64)> = each!(on, c => invoice_lines::table.filter(invoice_lines::order_id.eq(order))
        .group_by(invoice_lines::line_no).select((invoice_lines::line_no, total("gross_fen"))).load(c))?;
    Ok(rows.into_iter().map(|(line, gross)| (line, Fen::new(gross))).collect())
}

/// The lines of invoices.
pub fn lines_of(on: &mut Read, ids: &[InvoiceId]) -> Outcome<Vec<InvoiceLineRow>> {
    Ok(each!(on, c => invoice_lines::table.filter(invoice_lines::invoice_id.eq_any(ids))
        .order((invoice_lines::invoice_id, invoice_lines::order_id, invoice_lines::line_no)).select(InvoiceLineRow::as_select()).load(c))?)
}

/// Invoices within reach, the latest first.
pub fn list(
    on: &mut Read,
    reach: &Reach,
    order: Option<OrderId>,
    after: Option<InvoiceId>,
    most: i64,
) -> Outcome<Vec<InvoiceRow>> {
    Ok(each!(on, c => {
        let mut query = invoices::table.select(InvoiceRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::UnitsIn((from, to)) => {
                let within = invoice_lines::table.inner_join(orders::table)
                    .filter(orders::unit_region.ge(from)).filter(orders::unit_region.lt(to)).select(invoice_lines::invoice_id);
                query = query.filter(invoices::id.eq_any(within));
            }
            Reach::Tree(root, units) => {
                let within = invoice_lines::table.inner_join(orders::table)
                    .filter(orders::unit_id.eq_any(units).or(orders::buyer_id.eq(root))).select(invoice_lines::invoice_id);
                query = query.filter(invoices::payer_id.eq(root).or(invoices::id.eq_any(within)));
            }
            Reach::Party(org) => {
                let own = invoice_lines::table.inner_join(orders::table)
                    .filter(orders::buyer_id.eq(org).or(orders::unit_id.eq(org))).select(invoice_lines::invoice_id);
                query = query.filter(invoices::supplier_id.eq(org).or(invoices::payer_id.eq(org)).or(invoices::id.eq_any(own)));
            }
        }
        if let Some(order) = order {
            let naming = invoice_lines::table.filter(invoice_lines::order_id.eq(order)).select(invoice_lines::invoice_id);
            query = query.filter(invoices::id.eq_any(naming));
        }
        if let Some(after) = after {
            query = query.filter(invoices::id.lt(after));
        }
        query.order(invoices::id.desc()).limit(most).load(c)
    })?)
}
