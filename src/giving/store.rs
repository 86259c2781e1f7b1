//! SQL of purchase certificates; decides nothing.

use super::schema::purchase_certificate_ends as ends;
use super::schema::purchase_certificate_years as years;
use super::schema::purchase_certificates as certificates;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, PurchaseCertificateId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::ordering::TakingBack;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// An issued certificate; never changed.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = certificates, treat_none_as_default_value = false)]
pub struct CertificateRow {
    pub id: PurchaseCertificateId,
    pub number: String,
    pub year: i64,
    pub place: i64,
    pub order_id: OrderId,
    pub edition: i64,
    pub replaces: Option<PurchaseCertificateId>,
    pub buyer_id: OrgId,
    pub unit_id: OrgId,
    pub region_code: RegionCode,
    pub recipient_org: Option<OrgId>,
    pub amount_fen: Fen,
    pub content: String,
    pub sha256: String,
    pub fact_seq: i64,
    pub receipt_no: i64,
    pub issued_by: UserId,
    pub issued_at: At,
    pub issued_on: Day,
}

/// That it was noted that a certificate stands no more.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = ends, treat_none_as_default_value = false)]
pub struct EndRow {
    pub certificate_id: PurchaseCertificateId,
    pub cause: TakingBack,
    pub ended_on: Day,
    pub noted_at: At,
}

/// The next place of a year; nobody else gets one of it until the transaction ends.
pub fn next_place(tx: &mut Tx<'_>, year: i64) -> Outcome<i64> {
    Ok(each!(tx, c => {
        insert_into(years::table).values((years::year.eq(year), years::last.eq(0))).on_conflict_do_nothing().execute(c)?;
        update(years::table.find(year)).set(years::last.eq(years::last + 1)).returning(years::last).get_result(c)
    })?)
}

pub fn insert(tx: &mut Tx<'_>, row: &CertificateRow) -> Outcome<()> {
    each!(tx, c => insert_into(certificates::table).values(row).execute(c))?;
    Ok(())
}

/// Notes that a certificate stands no more; whether nobody had.
pub fn note_end(tx: &mut Tx<'_>, row: &EndRow) -> Outcome<bool> {
    let noted = each!(tx, c => insert_into(ends::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(noted == 1)
}

/// The certificates of an order, oldest first.
pub fn of_order(on: &mut Read, order: OrderId) -> Outcome<Vec<CertificateRow>> {
    Ok(each!(on, c => certificates::table.filter(certificates::order_id.eq(order)).order(certificates::edition)
        .select(CertificateRow::as_select()).load(c))?)
}

/// The certificate of a number.
pub fn by_number(on: &mut Read, number: &str) -> Outcome<Option<CertificateRow>> {
    Ok(each!(on, c => certificates::table.filter(certificates::number.eq(number)).select(CertificateRow::as_select())
        .first(c).optional())?)
}

/// Certificates after one, for verification in batches.
pub fn after(on: &mut Read, after: Option<PurchaseCertificateId>, most: i64) -> Outcome<Vec<CertificateRow>> {
    Ok(each!(on, c => {
        let mut query = certificates::table.select(CertificateRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(certificates::id.gt(after));
        }
        query.order(certificates::id).limit(most).load(c)
    })?)
}

/// The number of the certificate that was issued in the place of another.
pub fn in_place_of(on: &mut Read, id: PurchaseCertificateId) -> Outcome<Option<String>> {
    Ok(each!(on, c => certificates::table.filter(certificates::replaces.eq(Some(id))).select(certificates::number)
        .first(c).optional())?)
}

/// Certificates of purchases that count for an organisation, issued on days of a period, in the order of their numbers.
pub fn of_unit(on: &mut Read, unit: OrgId, (first, last): (Day, Day)) -> Outcome<Vec<CertificateRow>> {
    Ok(
        each!(on, c => certificates::table.filter(certificates::unit_id.eq(unit)).filter(certificates::issued_on.ge(first))
        .filter(certificates::issued_on.le(last)).order((certificates::year, certificates::place))
        .select(CertificateRow::as_select()).load(c))?,
    )
}
