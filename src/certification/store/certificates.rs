//! SQL of certificates, their numbers and their events.

use crate::certification::rules::{CertificateEvent, CertificateStatus, EndReason};
use crate::certification::schema::{certificate_counters as counters, certificate_events as events, certificates};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{
    CertificateEventId, CertificateId, CertificationApplicationId, OrgId, ProductId, RuleId, SchemeId, UserId,
};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, max, update};
use diesel::prelude::*;

/// A stored certificate; origins are a JSON list of counties.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = certificates, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct CertificateRow {
    pub id: CertificateId,
    pub number: String,
    pub scheme_id: SchemeId,
    pub application_id: CertificationApplicationId,
    pub org_id: OrgId,
    pub product_id: ProductId,
    pub product_name: String,
    pub supplier_name: String,
    pub county: RegionCode,
    pub origins: String,
    pub batch: String,
    pub valid_from: Day,
    pub valid_until: Day,
    pub in_force_until: Day,
    pub status: CertificateStatus,
    pub reason_code: Option<EndReason>,
    pub safety: bool,
    pub renewed_by: Option<CertificateId>,
    pub validity_rule_id: Option<RuleId>,
    pub issued_by: UserId,
    pub issued_at: At,
    pub version: i64,
    pub suspended_until: Option<Day>,
}

/// Something that happened to a certificate.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub struct CertificateEventRow {
    pub id: CertificateEventId,
    pub certificate_id: CertificateId,
    pub event: String,
    pub reason_code: Option<EndReason>,
    pub reason: Option<String>,
    pub safety: bool,
    pub office_org: Option<OrgId>,
    pub user_id: Option<UserId>,
    pub at: At,
    pub until: Option<Day>,
}

/// The next number of a scheme in a year; the claimed row keeps two from taking the same one.
pub fn next_number(tx: &mut Tx<'_>, scheme: SchemeId, year: i64) -> Outcome<i64> {
    Ok(each!(tx, c => {
        insert_into(counters::table).values((counters::scheme_id.eq(scheme), counters::year.eq(year), counters::last.eq(0)))
            .on_conflict_do_nothing().execute(c)?;
        update(counters::table.find((scheme, year))).set(counters::last.eq(counters::last + 1)).returning(counters::last).get_result(c)
    })?)
}

pub fn insert_certificate(tx: &mut Tx<'_>, row: &CertificateRow) -> Outcome<()> {
    each!(tx, c => insert_into(certificates::table).values(row).execute(c))?;
    Ok(())
}

/// Locks and loads a certificate by its number as far as the scope reaches, and raises its version.
pub fn claim_certificate(tx: &mut Tx<'_>, scope: &Scope, number: &str) -> Outcome<Option<CertificateRow>> {
    Ok(each!(tx, c => {
        let claimed = update(certificates::table.filter(certificates::number.eq(number)))
            .set(certificates::version.eq(certificates::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(certificates::county.ge(from)).filter(certificates::county.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => claimed.filter(certificates::org_id.eq(*org)),
        };
        claimed.returning(CertificateRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed certificate.
pub fn save_certificate(tx: &mut Tx<'_>, row: &CertificateRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(certificates::table.find(row.id)).filter(certificates::version.eq(row.version)).set(row).execute(c))?,
    )
}

pub fn certificate(on: &mut Read, number: &str) -> Outcome<Option<CertificateRow>> {
    Ok(
        each!(on, c => certificates::table.filter(certificates::number.eq(number)).select(CertificateRow::as_select()).first(c).optional())?,
    )
}

pub fn certificate_by_id(on: &mut Read, id: CertificateId) -> Outcome<Option<CertificateRow>> {
    Ok(each!(on, c => certificates::table.find(id).select(CertificateRow::as_select()).first(c).optional())?)
}

pub fn certificates_by_id(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<CertificateRow>> {
    Ok(each!(on, c => certificates::table.filter(certificates::id.eq_any(ids)).order(certificates::number)
        .select(CertificateRow::as_select()).load(c))?)
}

/// Those of the certificates that were revoked for food safety.
pub fn revoked_for_safety(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<CertificateId>> {
    Ok(
        each!(on, c => certificates::table.filter(certificates::id.eq_any(ids)).filter(certificates::status.eq(CertificateStatus::Revoked))
        .filter(certificates::safety.eq(true)).order(certificates::id).select(certificates::id).load(c))?,
    )
}

/// What happened to a certificate and when, oldest first.
pub fn certificate_history(on: &mut Read, id: CertificateId) -> Outcome<Vec<(String, At)>> {
    Ok(
        each!(on, c => events::table.filter(events::certificate_id.eq(id)).order(events::id).select((events::event, events::at)).load(c))?,
    )
}

/// Products whose certificates were suspended, revoked or expired since a moment.
pub fn ended_since(on: &mut Read, since: At) -> Outcome<Vec<ProductId>> {
    use CertificateEvent::{Annul, Change, Expire, Revoke, Suspend};
    let endings = [Suspend, Change, Revoke, Expire, Annul].map(CertificateEvent::as_str);
    Ok(
        each!(on, c => certificates::table.inner_join(events::table.on(events::certificate_id.eq(certificates::id))).filter(events::at.ge(since))
        .filter(events::event.eq_any(endings)).order(certificates::product_id).select(certificates::product_id).distinct().load(c))?,
    )
}

/// Certificates of a region's counties that are in force on a day: number, supplier, product.
pub fn certificates_in_force(
    on: &mut Read,
    region: &RegionCode,
    day: Day,
    most: i64,
) -> Outcome<Vec<(String, OrgId, String)>> {
    let (from, to) = region.subtree();
    Ok(each!(on, c => certificates::table.filter(certificates::county.ge(from)).filter(certificates::county.lt(to))
        .filter(certificates::status.eq(CertificateStatus::Valid)).filter(certificates::valid_from.le(day))
        .filter(certificates::in_force_until.ge(day)).order(certificates::number)
        .select((certificates::number, certificates::org_id, certificates::product_name)).limit(most).load(c))?)
}

/// Numbers of a supplier's certificates that have not ended on a day.
pub fn alive_of(on: &mut Read, org: OrgId, today: Day) -> Outcome<Vec<String>> {
    let alive = [CertificateStatus::Valid, CertificateStatus::Suspended];
    Ok(
        each!(on, c => certificates::table.filter(certificates::org_id.eq(org)).filter(certificates::status.eq_any(alive))
        .filter(certificates::in_force_until.ge(today)).order(certificates::number).select(certificates::number).load(c))?,
    )
}

/// The number of the certificate that an application ended in.
pub fn number_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Option<String>> {
    Ok(
        each!(on, c => certificates::table.filter(certificates::application_id.eq(id)).select(certificates::number).first(c).optional())?,
    )
}

/// A certificate of a product under a scheme that has not ended on a day.
pub fn running(on: &mut Read, product: ProductId, scheme: SchemeId, day: Day) -> Outcome<Option<String>> {
    let alive = [CertificateStatus::Valid, CertificateStatus::Suspended];
    Ok(
        each!(on, c => certificates::table.filter(certificates::product_id.eq(product)).filter(certificates::scheme_id.eq(scheme))
        .filter(certificates::status.eq_any(alive)).filter(certificates::in_force_until.ge(day))
        .select(certificates::number).first(c).optional())?,
    )
}

/// Numbers of certificates whose days are over and that nobody has ended.
pub fn ended(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<String>> {
    let alive = [CertificateStatus::Valid, CertificateStatus::Suspended];
    Ok(
        each!(on, c => certificates::table.filter(certificates::status.eq_any(alive)).filter(certificates::in_force_until.lt(today))
        .order((certificates::in_force_until, certificates::number)).select(certificates::number).limit(limit).load(c))?,
    )
}

/// Numbers of suspended certificates whose suspension has had its last day, and that have not expired.
pub fn suspensions_over(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<String>> {
    Ok(each!(on, c => certificates::table.filter(certificates::status.eq(CertificateStatus::Suspended))
        .filter(certificates::suspended_until.lt(today)).filter(certificates::in_force_until.ge(today))
        .order((certificates::suspended_until, certificates::number)).select(certificates::number).limit(limit).load(c))?)
}

/// Certificates of a batch, or of a county, in the order of their numbers.
pub fn certificates(
    on: &mut Read,
    batch: Option<&str>,
    county: Option<RegionCode>,
    after: Option<String>,
    limit: i64,
) -> Outcome<Vec<CertificateRow>> {
    Ok(each!(on, c => {
        let mut query = certificates::table.select(CertificateRow::as_select()).into_boxed();
        if let Some(batch) = batch {
            query = query.filter(certificates::batch.eq(batch.to_owned()));
        }
        if let Some(county) = county {
            query = query.filter(certificates::county.eq(county));
        }
        if let Some(after) = after {
            query = query.filter(certificates::number.gt(after));
        }
        query.order(certificates::number).limit(limit).load(c)
    })?)
}

pub fn insert_event(tx: &mut Tx<'_>, row: &CertificateEventRow) -> Outcome<()> {
    each!(tx, c => insert_into(events::table).values(row).execute(c))?;
    Ok(())
}

/// The office that suspended a certificate, changed its suspension or revoked it last.
pub fn last_ruling(on: &mut Read, id: CertificateId) -> Outcome<Option<OrgId>> {
    let found: Option<Option<OrgId>> = each!(on, c => events::table.filter(events::certificate_id.eq(id))
        .filter(events::event.eq_any(["suspended", "suspension_changed", "revoked", "annulled"])).order(events::id.desc()).select(events::office_org).first(c).optional())?;
    Ok(found.flatten())
}

/// When a certificate was issued, or something decided about one, last.
pub fn decided_last(on: &mut Read) -> Outcome<Option<At>> {
    let issued: Option<At> = each!(on, c => certificates::table.select(max(certificates::issued_at)).first(c))?;
    let decided: Option<At> = each!(on, c => events::table.select(max(events::at)).first(c))?;
    Ok(issued.max(decided))
}
