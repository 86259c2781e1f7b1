//! SQL of certificates that were never valid.

use super::CertificateRow;
use crate::certification::schema::annulments::certificate_annulments as annulments;
use crate::certification::schema::certificates;
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AnnulmentId, CertificateId, OrgId, UserId};
use crate::kernel::terms::AnnulmentGround;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// A decision that a certificate was never valid.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = annulments, treat_none_as_default_value = false)]
pub struct AnnulmentRow {
    pub id: AnnulmentId,
    pub certificate_id: CertificateId,
    pub ground: AnnulmentGround,
    pub reason: String,
    pub document_no: Option<String>,
    pub office_org: OrgId,
    pub decided_by: UserId,
    pub decided_at: At,
    pub decided_on: Day,
}

/// Records a decision; under the certificate's claim.
pub fn insert_annulment(tx: &mut Tx<'_>, row: &AnnulmentRow) -> Outcome<()> {
    each!(tx, c => insert_into(annulments::table).values(row).execute(c))?;
    Ok(())
}

/// The decisions about some certificates.
pub fn annulments_of(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<AnnulmentRow>> {
    Ok(each!(on, c => annulments::table.filter(annulments::certificate_id.eq_any(ids)).order(annulments::id)
        .select(AnnulmentRow::as_select()).load(c))?)
}

/// Those of the certificates that were never valid.
pub fn annulled_of(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<CertificateId>> {
    Ok(
        each!(on, c => annulments::table.filter(annulments::certificate_id.eq_any(ids)).order(annulments::certificate_id)
        .select(annulments::certificate_id).load(c))?,
    )
}

/// Certificates of which it was decided since a moment that they were never valid.
pub fn annulled_since(on: &mut Read, since: At) -> Outcome<Vec<CertificateId>> {
    Ok(each!(on, c => annulments::table.filter(annulments::decided_at.ge(since)).order(annulments::id)
        .select(annulments::certificate_id).load(c))?)
}

/// A certificate by its number, as far as the scope reaches.
pub fn certificate_in(on: &mut Read, scope: &Scope, number: &str) -> Outcome<Option<CertificateRow>> {
    Ok(each!(on, c => {
        let found = certificates::table.filter(certificates::number.eq(number)).select(CertificateRow::as_select()).into_boxed();
        let found = match scope {
            Scope::Platform => found,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                found.filter(certificates::county.ge(from)).filter(certificates::county.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => found.filter(certificates::org_id.eq(*org)),
        };
        found.first(c).optional()
    })?)
}
