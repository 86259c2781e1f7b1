//! The canonical text of a published batch, over which its SHA-256 is taken.
//!
//! UTF-8, one JSON array in each line, each line ended by a line feed, nothing else. The first line is the batch: number, scheme,
//! region code, document number, date, issued until, how many certificates. Each further line is a row: position, certificate
//! number, product id, product, supplier, county code, county, issued on, valid from, valid until. Days are `YYYY-MM-DD`; of
//! characters only `"`, `\` and control characters are escaped. `GET /catalogue-batches/{id}` gives this text as
//! `application/jsonl`, so that `sha256sum` is enough to check it.

use super::rules::FrozenRow;
use super::store::BatchRow;
use crate::kernel::error::{AppError, Outcome};
use crate::platform::secret::{hex, sha256};
use serde::Serialize;

/// The text.
pub(super) fn canonical(batch: &BatchRow, rows: &[FrozenRow]) -> Outcome<Vec<u8>> {
    let mut text = Vec::new();
    let head = (
        &batch.number,
        &batch.scheme_name,
        batch.region_code,
        &batch.document_number,
        batch.dated_on,
        batch.issued_until,
        batch.certificates,
    );
    line(&mut text, &head)?;
    for row in rows {
        let row = (
            row.position,
            &row.certificate_number,
            row.product_id,
            &row.product_name,
            &row.supplier_name,
            row.county,
            &row.county_name,
            row.issued_on,
            row.valid_from,
            row.valid_until,
        );
        line(&mut text, &row)?;
    }
    Ok(text)
}

fn line(text: &mut Vec<u8>, values: &impl Serialize) -> Outcome<()> {
    serde_json::to_writer(&mut *text, values).map_err(AppError::internal)?;
    text.push(b'\n');
    Ok(())
}

/// What the batch says of its own content.
pub(super) fn digest(batch: &BatchRow, rows: &[FrozenRow]) -> Outcome<String> {
    Ok(hex(&sha256(&canonical(batch, rows)?)))
}
