//! Keys that sign statements about certificates: the first one, and those that follow it. None is ever withdrawn.

use super::super::papers;
use super::super::rules;
use super::super::store::{self, CertificateKeyRow};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::time::At;
use crate::platform::db::Tx;
use crate::platform::secret::Secret;

/// Makes the first key; harmless when there is one.
///
/// # Errors
/// When the database fails.
pub fn first_certificate_key(tx: &mut Tx<'_>, secret: &Secret) -> Outcome<()> {
    if store::certificate_keys(tx)?.is_empty() {
        let now = tx.at();
        add(tx, secret, 1, now)?;
    }
    Ok(())
}

/// Lets another key sign from tomorrow on; what the older ones signed stays good. Its name, and when it begins.
///
/// # Errors
/// `stale_version` when another process adds one at this moment.
pub fn rotate_certificate_key(tx: &mut Tx<'_>, secret: &Secret) -> Outcome<(String, At)> {
    let last = store::certificate_keys(tx)?.last().map_or(0, |key| key.seq);
    let from = tx.at().plus_ms(rules::KEY_NOTICE_MS);
    let row = add(tx, secret, last + 1, from)?.ok_or(Code::StaleVersion)?;
    Ok((row.kid, row.signs_from))
}

/// Adds the next key when the last one is a year old.
///
/// # Errors
/// When the database fails.
pub fn renew_certificate_key(tx: &mut Tx<'_>, secret: &Secret) -> Outcome<()> {
    let due = tx.at().plus_ms(-rules::CERTIFICATE_KEY_MS);
    let last = store::certificate_keys(tx)?.pop();
    if last.is_none_or(|key| key.signs_from <= due) {
        rotate_certificate_key(tx, secret)?;
    }
    Ok(())
}

fn add(tx: &mut Tx<'_>, secret: &Secret, seq: i64, signs_from: At) -> Outcome<Option<CertificateKeyRow>> {
    let key = papers::key(secret, seq)?;
    let row = CertificateKeyRow {
        seq,
        kid: key.kid().to_owned(),
        public_x: key.x().to_owned(),
        created_at: tx.at(),
        signs_from,
    };
    let added = store::add_certificate_key(tx, &row)? == 1;
    Ok(added.then_some(row))
}
