//! SQL of the published batches.

use super::CertificateRow;
use crate::certification::rules::{CertificateStatus, FrozenRow};
use crate::certification::schema::batches::{
    catalogue_batch_heads as heads, catalogue_batch_rows as rows, catalogue_batches as batches,
};
use crate::certification::schema::certificates;
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CatalogueBatchId, CertificateId, OrgId, ProductId, SchemeId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{exists, insert_into, not, update};
use diesel::prelude::*;

/// Rows that one statement inserts.
const CHUNK: usize = 500;

/// Where a scheme's batches have come to in a region.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = heads, treat_none_as_default_value = false)]
pub struct BatchHeadRow {
    pub scheme_id: SchemeId,
    pub region_code: RegionCode,
    pub year: i64,
    pub last: i64,
    pub dated_on: Day,
}

/// A stored batch.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = batches, treat_none_as_default_value = false)]
pub struct BatchRow {
    pub id: CatalogueBatchId,
    pub number: String,
    pub scheme_id: SchemeId,
    pub scheme_name: String,
    pub region_code: RegionCode,
    pub year: i64,
    pub document_number: String,
    pub dated_on: Day,
    pub issued_until: Day,
    pub certificates: i64,
    pub sha256: String,
    pub office_org: OrgId,
    pub office_name: String,
    pub published_by: UserId,
    pub published_at: At,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = rows, treat_none_as_default_value = false)]
struct StoredRow {
    batch_id: CatalogueBatchId,
    position: i64,
    certificate_id: CertificateId,
    certificate_number: String,
    product_id: ProductId,
    product_name: String,
    supplier_name: String,
    county: RegionCode,
    county_name: String,
    issued_on: Day,
    valid_from: Day,
    valid_until: Day,
}

impl StoredRow {
    fn of(batch: CatalogueBatchId, row: &FrozenRow) -> StoredRow {
        let row = row.clone();
        StoredRow {
            batch_id: batch,
            position: row.position,
            certificate_id: row.certificate_id,
            certificate_number: row.certificate_number,
            product_id: row.product_id,
            product_name: row.product_name,
            supplier_name: row.supplier_name,
            county: row.county,
            county_name: row.county_name,
            issued_on: row.issued_on,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
        }
    }
    fn frozen(self) -> FrozenRow {
        FrozenRow {
            position: self.position,
            certificate_id: self.certificate_id,
            certificate_number: self.certificate_number,
            product_id: self.product_id,
            product_name: self.product_name,
            supplier_name: self.supplier_name,
            county: self.county,
            county_name: self.county_name,
            issued_on: self.issued_on,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        }
    }
}

/// Locks and loads where a scheme's batches have come to: whoever publishes another one waits here.
pub fn claim_batch_head(tx: &mut Tx<'_>, scheme: SchemeId, region: RegionCode) -> Outcome<BatchHeadRow> {
    let none = BatchHeadRow { scheme_id: scheme, region_code: region, year: 0, last: 0, dated_on: Day::ymd(1, 1, 1) };
    Ok(each!(tx, c => {
        insert_into(heads::table).values(&none).on_conflict_do_nothing().execute(c)?;
        update(heads::table.find((scheme, region))).set(heads::last.eq(heads::last)).returning(BatchHeadRow::as_returning()).get_result(c)
    })?)
}

/// Writes a claimed head.
pub fn save_batch_head(tx: &mut Tx<'_>, row: &BatchHeadRow) -> Outcome<usize> {
    Ok(each!(tx, c => update(heads::table.find((row.scheme_id, row.region_code)))
        .set((heads::year.eq(row.year), heads::last.eq(row.last), heads::dated_on.eq(row.dated_on))).execute(c))?)
}

/// Certificates of a scheme in a region that were issued before a moment, are valid on a day and in no batch, by number.
pub fn unpublished(
    on: &mut Read,
    (scheme, region): (SchemeId, RegionCode),
    issued_before: At,
    today: Day,
    limit: i64,
) -> Outcome<Vec<CertificateRow>> {
    let (from, to) = region.subtree();
    Ok(each!(on, c => certificates::table.filter(certificates::scheme_id.eq(scheme))
        .filter(certificates::county.ge(&from)).filter(certificates::county.lt(&to))
        .filter(certificates::issued_at.lt(issued_before)).filter(certificates::status.eq(CertificateStatus::Valid))
        .filter(certificates::in_force_until.ge(today))
        .filter(not(exists(rows::table.filter(rows::certificate_id.eq(certificates::id)))))
        .order(certificates::number).limit(limit).select(CertificateRow::as_select()).load(c))?)
}

/// Adds a batch with its rows.
pub fn insert_batch(tx: &mut Tx<'_>, batch: &BatchRow, frozen: &[FrozenRow]) -> Outcome<()> {
    each!(tx, c => insert_into(batches::table).values(batch).execute(c))?;
    for part in frozen.chunks(CHUNK) {
        let part: Vec<StoredRow> = part.iter().map(|row| StoredRow::of(batch.id, row)).collect();
        each!(tx, c => insert_into(rows::table).values(&part).execute(c))?;
    }
    Ok(())
}

pub fn batch(on: &mut Read, id: CatalogueBatchId) -> Outcome<Option<BatchRow>> {
    Ok(each!(on, c => batches::table.find(id).select(BatchRow::as_select()).first(c).optional())?)
}

/// Batches, the newest first.
pub fn batches(
    on: &mut Read,
    scheme: Option<SchemeId>,
    year: Option<i64>,
    before: Option<CatalogueBatchId>,
    limit: i64,
) -> Outcome<Vec<BatchRow>> {
    Ok(each!(on, c => {
        let mut query = batches::table.select(BatchRow::as_select()).into_boxed();
        if let Some(scheme) = scheme {
            query = query.filter(batches::scheme_id.eq(scheme));
        }
        if let Some(year) = year {
            query = query.filter(batches::year.eq(year));
        }
        if let Some(before) = before {
            query = query.filter(batches::id.lt(before));
        }
        query.order(batches::id.desc()).limit(limit).load(c)
    })?)
}

/// A row with how its certificate is stored now, and until when that is in force.
pub type StandingRow = (FrozenRow, CertificateStatus, Day);

/// Rows of a batch after a position, each with how its certificate stands.
pub fn batch_rows(on: &mut Read, id: CatalogueBatchId, after: i64, limit: i64) -> Outcome<Vec<StandingRow>> {
    let found: Vec<(StoredRow, CertificateStatus, Day)> = each!(on, c => rows::table
        .inner_join(certificates::table.on(certificates::id.eq(rows::certificate_id)))
        .filter(rows::batch_id.eq(id)).filter(rows::position.gt(after)).order(rows::position).limit(limit)
        .select((StoredRow::as_select(), certificates::status, certificates::in_force_until)).load(c))?;
    Ok(found.into_iter().map(|(row, status, until)| (row.frozen(), status, until)).collect())
}
