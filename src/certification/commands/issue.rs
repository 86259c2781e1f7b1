//! Issuing a certificate at the end of the steps, and what becomes of the one it renews.

use super::super::rules::{self, CertificateEvent, CertificateStatus, CertificationDecision};
use super::super::store::{self, CertificateEventRow, CertificateRow};
use super::certificates::{self, Ruling};
use super::documents;
use super::progress::Case;
use super::tell;
use crate::audit;
use crate::catalogue::{self, Cover};
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{CertificateId, OrgId, RuleId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// The old certificate's days are over and the new one has taken its place, or none has.
const BY_DATE: Ruling = Ruling { reason_code: None, reason: None, safety: false, until: None };

/// Issues the certificate of an approved application. Where a notice or a filing came last, who approved before answers for it.
pub(super) fn certificate(tx: &mut Tx<'_>, actor: Option<&Actor>, case: &Case) -> Outcome<()> {
    let issuer = match actor {
        Some(actor) => (actor.user_id, actor.org_id),
        None => last_approval(tx, case)?,
    };
    let today = tx.at().day();
    let (days, rule_id) = validity_days(tx, case, today)?;
    let old = claim_old(tx, case.row.renews)?;
    renewable(tx, case)?;
    let (valid_from, valid_until) = rules::validity(today, days, old.as_ref().map(|old| old.valid_until));
    let product = catalogue::product(tx, &Scope::Platform, case.row.product_id)?;
    let origins: Vec<RegionCode> = product.origins.iter().map(|share| share.county).collect();
    let place = store::next_number(tx, case.scheme.id, today.year())?;
    let row = CertificateRow {
        id: tx.new_id(),
        number: rules::number(&case.scheme.number_prefix, today.year(), place),
        scheme_id: case.scheme.id,
        application_id: case.row.id,
        org_id: case.row.org_id,
        product_id: case.row.product_id,
        product_name: case.row.product_name.clone(),
        supplier_name: case.row.supplier_name.clone(),
        county: case.row.county,
        origins: serde_json::to_string(&origins).map_err(AppError::internal)?,
        batch: rules::batch(&case.scheme.number_prefix, today),
        valid_from,
        valid_until,
        in_force_until: valid_until,
        status: CertificateStatus::Valid,
        reason_code: None,
        safety: false,
        renewed_by: None,
        validity_rule_id: rule_id,
        issued_by: issuer.0,
        issued_at: tx.at(),
        version: 1,
        suspended_until: None,
    };
    store::insert_certificate(tx, &row)?;
    catalogue::cover(tx, &cover(&row))?;
    documents::keep(tx, case, &row)?;
    if let Some(old) = old {
        replace(tx, old, row.id)?;
    }
    announce(tx, actor, issuer, &row)
}

/// How long it is valid: as the scheme says, or the rule table, with the row that says so.
fn validity_days(on: &mut Read, case: &Case, today: Day) -> Outcome<(i64, Option<RuleId>)> {
    if let Some(days) = case.scheme.edition.terms.validity_days {
        return Ok((days, None));
    }
    let rules = rulebook::load(on, &case.row.county, today, &[RuleName::CertificateValidityDays])?;
    let rule = rules.row(RuleName::CertificateValidityDays)?;
    Ok((rule.int()?, Some(rule.id)))
}

/// The reviewer and office that approved last.
fn last_approval(on: &mut Read, case: &Case) -> Outcome<(UserId, OrgId)> {
    let reviews = store::reviews_of(on, case.row.id)?;
    let last = reviews.iter().rev().find(|review| review.decision == CertificationDecision::Approve);
    last.map(|review| (review.reviewer, review.office_org))
        .ok_or_else(|| AppError::internal("an approval without a reviewer"))
}

fn cover(row: &CertificateRow) -> Cover {
    Cover {
        product_id: row.product_id,
        certificate_id: row.id,
        number: row.number.clone(),
        scheme_id: row.scheme_id,
        county: row.county,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
    }
}

fn announce(tx: &mut Tx<'_>, actor: Option<&Actor>, issuer: (UserId, OrgId), row: &CertificateRow) -> Outcome<()> {
    let note = CertificateEventRow {
        id: tx.new_id(),
        certificate_id: row.id,
        event: "issued".to_owned(),
        reason_code: None,
        reason: None,
        safety: false,
        office_org: Some(issuer.1),
        user_id: Some(issuer.0),
        at: tx.at(),
        until: None,
    };
    store::insert_event(tx, &note)?;
    let entry = audit::Entry {
        actor,
        action: "certificate.issued",
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.county,
        details: json!({
            "number": row.number, "product_id": row.product_id, "valid_from": row.valid_from, "valid_until": row.valid_until,
            "rule_id": row.validity_rule_id,
        }),
    };
    audit::record(tx, &entry)?;
    let (number, name, until) = (&row.number, &row.product_name, row.valid_until);
    let zh = format!("{name} 已通过认定，证书编号 {number}，有效期至 {until}。");
    let en = format!("{name} is certified: number {number}, valid until {until}.");
    tell(tx, row.org_id, ("扶贫产品认定证书", "Certificate issued"), (&zh, &en))
}

/// Whether what an application renews may still be renewed: what was revoked is applied for anew.
pub(super) fn renewable(on: &mut Read, case: &Case) -> Outcome<()> {
    let Some(id) = case.row.renews else { return Ok(()) };
    let old = store::certificate_by_id(on, id)?.ok_or(Code::NotFound)?;
    if old.status == CertificateStatus::Revoked {
        return Err(AppError::new(Code::WrongState)
            .detail("所换证书已撤销，不得换证", "the certificate to be renewed was revoked")
            .with("revoked", old.number));
    }
    Ok(())
}

/// The certificate that an application renews, unless it was revoked meanwhile.
fn claim_old(tx: &mut Tx<'_>, renews: Option<CertificateId>) -> Outcome<Option<CertificateRow>> {
    let Some(id) = renews else { return Ok(None) };
    let number = store::certificate_by_id(tx, id)?.ok_or(Code::NotFound)?.number;
    let old = store::claim_certificate(tx, &Scope::Platform, &number)?;
    Ok(old.filter(|old| matches!(old.status, CertificateStatus::Valid | CertificateStatus::Suspended)))
}

/// The old certificate counts to its own last day, or ends now when only the pending renewal kept it in force.
fn replace(tx: &mut Tx<'_>, mut old: CertificateRow, by: CertificateId) -> Outcome<()> {
    old.renewed_by = Some(by);
    end_grace(tx, old)
}

/// A renewal that leads to nothing no longer keeps the old certificate in force.
pub(super) fn renewal_refused(tx: &mut Tx<'_>, case: &Case) -> Outcome<()> {
    match claim_old(tx, case.row.renews)? {
        Some(old) => end_grace(tx, old),
        None => Ok(()),
    }
}

fn end_grace(tx: &mut Tx<'_>, mut old: CertificateRow) -> Outcome<()> {
    old.in_force_until = old.valid_until;
    if old.valid_until < tx.at().day() {
        return certificates::happen(tx, None, old, CertificateEvent::Expire, &BY_DATE).map(drop);
    }
    certificates::save(tx, &old)?;
    catalogue::extend(tx, old.id, old.valid_until)
}

/// Ends a certificate whose days are over.
pub(super) fn expire(tx: &mut Tx<'_>, number: &str) -> Outcome<()> {
    let Some(row) = store::claim_certificate(tx, &Scope::Platform, number)? else { return Ok(()) };
    // Looked at again under the claim: a renewal may have been filed a moment ago.
    if row.in_force_until >= tx.at().day()
        || !matches!(row.status, CertificateStatus::Valid | CertificateStatus::Suspended)
    {
        return Ok(());
    }
    certificates::happen(tx, None, row, CertificateEvent::Expire, &BY_DATE).map(drop)
}
