//! SQL of what is signed about certificates: the keys, and the certificates that are not in force.

use super::CertificateRow;
use crate::certification::rules::{CertificateEvent, CertificateStatus};
use crate::certification::schema::papers::certificate_keys as keys;
use crate::certification::schema::{certificate_events as events, certificates};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrgId};
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// A key that signs statements about certificates; never changed, never forgotten.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = keys, treat_none_as_default_value = false)]
pub struct CertificateKeyRow {
    pub seq: i64,
    pub kid: String,
    pub public_x: String,
    pub created_at: At,
    pub signs_from: At,
}

/// Every key there has ever been, the first one first.
pub fn certificate_keys(on: &mut Read) -> Outcome<Vec<CertificateKeyRow>> {
    Ok(each!(on, c => keys::table.order(keys::seq).select(CertificateKeyRow::as_select()).load(c))?)
}

/// Adds a key unless another process has just added one in its place.
pub fn add_certificate_key(tx: &mut Tx<'_>, row: &CertificateKeyRow) -> Outcome<usize> {
    Ok(each!(tx, c => insert_into(keys::table).values(row).on_conflict_do_nothing().execute(c))?)
}

/// Certificates that are not in force on a day, in the order of their numbers.
pub fn not_in_force(on: &mut Read, today: Day, after: Option<&str>, limit: i64) -> Outcome<Vec<CertificateRow>> {
    let ended = || certificates::status.ne(CertificateStatus::Valid).or(certificates::in_force_until.lt(today));
    let after = after.unwrap_or_default().to_owned();
    Ok(each!(on, c => certificates::table.filter(ended()).filter(certificates::number.gt(&after))
        .order(certificates::number).limit(limit).select(CertificateRow::as_select()).load(c))?)
}

/// When these certificates were suspended, revoked, annulled or ended by their dates, each time, in order.
pub fn endings(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<(CertificateId, At)>> {
    use CertificateEvent::{Annul, Expire, Revoke, Suspend};
    let kinds = [Suspend, Revoke, Expire, Annul].map(CertificateEvent::as_str);
    Ok(each!(on, c => events::table.filter(events::certificate_id.eq_any(ids)).filter(events::event.eq_any(kinds))
        .order(events::id).select((events::certificate_id, events::at)).load(c))?)
}

/// The office that issued a certificate.
pub fn issuing_office(on: &mut Read, id: CertificateId) -> Outcome<Option<OrgId>> {
    let found: Option<Option<OrgId>> = each!(on, c => events::table.filter(events::certificate_id.eq(id))
        .filter(events::event.eq("issued")).order(events::id).select(events::office_org).first(c).optional())?;
    Ok(found.flatten())
}
