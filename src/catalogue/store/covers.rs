//! SQL of which certificates cover which products.

use crate::catalogue::rules::{CoverStatus, Covering};
use crate::catalogue::schema::product_certificates as covers;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, ProductId, SchemeId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored cover.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = covers, treat_none_as_default_value = false)]
pub struct CoverRow {
    pub product_id: ProductId,
    pub certificate_id: CertificateId,
    pub number: String,
    pub scheme_id: SchemeId,
    pub county: RegionCode,
    pub valid_from: Day,
    pub valid_until: Day,
    pub status: CoverStatus,
    pub reason: Option<String>,
    pub bars: bool,
}

impl From<CoverRow> for Covering {
    fn from(row: CoverRow) -> Covering {
        Covering {
            certificate_id: row.certificate_id,
            number: row.number,
            scheme_id: row.scheme_id,
            county: row.county,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            status: row.status,
            bars: row.bars,
        }
    }
}

pub fn insert_cover(tx: &mut Tx<'_>, row: &CoverRow) -> Outcome<()> {
    each!(tx, c => insert_into(covers::table).values(row).execute(c))?;
    Ok(())
}

/// Every certificate that covers or covered a product, by its number.
pub fn covers_of(on: &mut Read, product: ProductId) -> Outcome<Vec<Covering>> {
    Ok(covers_of_each(on, &[product])?.into_iter().map(|(_, cover)| cover).collect())
}

/// The same for several products at once.
pub fn covers_of_each(on: &mut Read, products: &[ProductId]) -> Outcome<Vec<(ProductId, Covering)>> {
    let rows: Vec<CoverRow> = each!(on, c => covers::table.filter(covers::product_id.eq_any(products.to_vec()))
        .order(covers::number).select(CoverRow::as_select()).load(c))?;
    Ok(rows.into_iter().map(|row| (row.product_id, row.into())).collect())
}

/// The products that a certificate covers or covered, in the order in which they are claimed.
pub fn covered_by(on: &mut Read, certificate: CertificateId) -> Outcome<Vec<ProductId>> {
    Ok(each!(on, c => covers::table.filter(covers::certificate_id.eq(certificate)).order(covers::product_id)
        .select(covers::product_id).load(c))?)
}

/// Moves a certificate's cover from some states to another; how many products it concerned.
pub fn move_cover(
    tx: &mut Tx<'_>,
    certificate: CertificateId,
    from: &[CoverStatus],
    to: CoverStatus,
    reason: Option<&str>,
) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(covers::table.filter(covers::certificate_id.eq(certificate)).filter(covers::status.eq_any(from)))
        .set((covers::status.eq(to), covers::reason.eq(reason))).execute(c))?,
    )
}

/// Sets the last day of a certificate's cover.
pub fn extend_cover(tx: &mut Tx<'_>, certificate: CertificateId, until: Day) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(covers::table.filter(covers::certificate_id.eq(certificate)).filter(covers::status.ne(CoverStatus::Ended)))
            .set(covers::valid_until.eq(until)).execute(c))?,
    )
}

/// Says whether a certificate bars the products it covers or covered; how many that changed.
pub fn set_bar(tx: &mut Tx<'_>, certificate: CertificateId, bars: bool) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(covers::table.filter(covers::certificate_id.eq(certificate)).filter(covers::bars.ne(bars)))
            .set(covers::bars.eq(bars)).execute(c))?,
    )
}
