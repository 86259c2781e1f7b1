//! Publishing a batch of the catalogue.

use super::super::batch;
use super::super::rules::{self, FrozenRow};
use super::super::scheme;
use super::super::store::{self, BatchRow, CertificateRow};
use crate::audit;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::SchemeId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::regions;
use serde_json::json;

/// What an office publishes.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// Of which scheme.
    pub scheme_id: SchemeId,
    /// The number of the document that announces it (文号).
    pub document_number: String,
    /// The document's date; today when absent.
    pub dated_on: Option<Day>,
    /// Certificates issued on this day at the latest; the document's date when absent.
    pub issued_until: Option<Day>,
}

/// Publishes what was certified and is in no batch yet. What is not in force is left out: ended for good it is never published,
/// suspended it comes into a later batch.
///
/// # Errors
/// `not_found`, `forbidden` for an office below or beside the scheme's region, `validation_failed` for wrong days or for more
/// than a batch takes, `wrong_state` when there is nothing to publish.
pub fn publish_batch(tx: &mut Tx<'_>, actor: &Actor, wanted: &NewBatch) -> Outcome<BatchRow> {
    let today = tx.at().day();
    let scheme = scheme::scheme_on(tx, wanted.scheme_id, today)?;
    let region = rules::publishes_for(&actor.region, &scheme.region)?;
    let dated_on = wanted.dated_on.unwrap_or(today);
    let issued_until = wanted.issued_until.unwrap_or(dated_on);
    let mut head = store::claim_batch_head(tx, scheme.id, region)?;
    rules::batch_days(today, dated_on, issued_until, Some(head.dated_on).filter(|_| head.last > 0))?;
    let found = collect(tx, (scheme.id, region), issued_until)?;
    let year = dated_on.year();
    let place = rules::next_place((head.year, head.last), year);
    let rows = freeze(tx, &found, today)?;
    let prefix = rules::batch_prefix(&scheme.number_prefix, &scheme.region, &region);
    let mut row = BatchRow {
        id: tx.new_id(),
        number: rules::batch_number(&prefix, year, place),
        scheme_id: scheme.id,
        scheme_name: scheme.name,
        region_code: region,
        year,
        document_number: wanted.document_number.clone(),
        dated_on,
        issued_until,
        certificates: i64::try_from(rows.len()).map_err(AppError::internal)?,
        sha256: String::new(),
        office_org: actor.org_id,
        office_name: identity::organisation(tx, actor.org_id)?.name,
        published_by: actor.user_id,
        published_at: tx.at(),
    };
    row.sha256 = batch::digest(&row, &rows)?;
    store::insert_batch(tx, &row, &rows)?;
    (head.year, head.last, head.dated_on) = (year, place, dated_on);
    if store::save_batch_head(tx, &head)? != 1 {
        return Err(Code::StaleVersion.into());
    }
    record(tx, actor, &row)?;
    Ok(row)
}

/// The certificates of a batch.
fn collect(tx: &mut Tx<'_>, of: (SchemeId, RegionCode), issued_until: Day) -> Outcome<Vec<CertificateRow>> {
    let (today, most) = (tx.at().day(), i64::try_from(rules::BATCH_MAX).unwrap_or(i64::MAX));
    let found = store::unpublished(tx, of, issued_until.end(), today, most.saturating_add(1))?;
    if found.is_empty() {
        let nothing = AppError::new(Code::WrongState);
        return Err(nothing.detail("没有待公布的有效证书", "there is no certificate in force that is not published"));
    }
    if found.len() > rules::BATCH_MAX {
        let (zh, en) = (
            format!("一批最多 {most} 份证书，请选较早的日期"),
            format!("a batch takes {most} certificates at most: choose an earlier day"),
        );
        return Err(AppError::field(Code::ValidationFailed, "/issued_until", Message::new(zh, en)));
    }
    Ok(found)
}

fn freeze(tx: &mut Tx<'_>, found: &[CertificateRow], today: Day) -> Outcome<Vec<FrozenRow>> {
    let mut counties: Vec<RegionCode> = found.iter().map(|row| row.county).collect();
    counties.sort_unstable();
    counties.dedup();
    let names = regions::regions_on(tx, &counties, today)?;
    let rows = (1..).zip(found).map(|(position, row)| FrozenRow {
        position,
        certificate_id: row.id,
        certificate_number: row.number.clone(),
        product_id: row.product_id,
        product_name: row.product_name.clone(),
        supplier_name: row.supplier_name.clone(),
        county: row.county,
        county_name: names.get(&row.county).map_or_else(|| row.county.to_string(), |region| region.name.clone()),
        issued_on: row.issued_at.day(),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    });
    Ok(rows.collect())
}

fn record(tx: &mut Tx<'_>, actor: &Actor, row: &BatchRow) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action: "catalogue_batch.published",
        subject: row.id.to_string(),
        owner_org: row.office_org,
        other_org: None,
        region: row.region_code,
        details: json!({
            "number": row.number, "scheme_id": row.scheme_id, "document_number": row.document_number, "dated_on": row.dated_on,
            "issued_until": row.issued_until, "certificates": row.certificates, "sha256": row.sha256,
        }),
    };
    audit::record(tx, &entry)
}
