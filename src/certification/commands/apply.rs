//! The applicant's side: draft, submit, withdraw, renew.

use super::super::requirements;
use super::super::rules::{self, CertificationState, Event};
use super::super::scheme::{self, Scheme};
use super::super::store::{self, ApplicationRow, CertificateRow};
use super::progress::{self, Case};
use crate::admission;
use crate::audit;
use crate::blacklist;
use crate::catalogue::{self, Product};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{CertificateId, CertificationApplicationId, ProductId, SchemeId};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::platform::db::Tx;
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// Begins an application for a product of the actor's own organisation.
///
/// # Errors
/// `supplier_not_admitted`, `supplier_blacklisted`, `applicant_not_allowed`, `county_not_eligible`; `already_exists` when the product has an open
/// application or a certificate under the scheme.
pub fn draft(tx: &mut Tx<'_>, actor: &Actor, scheme: SchemeId, product: ProductId) -> Outcome<ApplicationRow> {
    let today = tx.at().day();
    let scheme = scheme::scheme_on(tx, scheme, today)?;
    let product = catalogue::product(tx, &Scope::Org(actor.org_id), product)?;
    if let Some(number) = store::running(tx, product.id, scheme.id, today)? {
        return Err(AppError::new(Code::AlreadyExists)
            .detail("该产品已有认定证书，到期前请申请换证", "the product has a certificate; renew it in its window")
            .with("existing", number));
    }
    begin(tx, actor, &scheme, &product, None)
}

/// Begins the renewal of a certificate of the actor's own organisation, inside its window.
///
/// # Errors
/// `not_found`, `wrong_state` before the window, `expired` after it; else as [`draft`].
pub fn renew(tx: &mut Tx<'_>, actor: &Actor, number: &str) -> Outcome<ApplicationRow> {
    let old = store::certificate(tx, number)?.filter(|row| row.org_id == actor.org_id).ok_or(Code::NotFound)?;
    if old.renewed_by.is_some() {
        return Err(AppError::new(Code::AlreadyExists).detail("该证书已换证", "the certificate has been renewed"));
    }
    let today = tx.at().day();
    let scheme = scheme::scheme_on(tx, old.scheme_id, today)?;
    in_window(tx, &old, &scheme)?;
    let product = catalogue::product(tx, &Scope::Org(actor.org_id), old.product_id)?;
    begin(tx, actor, &scheme, &product, Some(old.id))
}

fn in_window(tx: &mut Tx<'_>, old: &CertificateRow, scheme: &Scheme) -> Outcome<()> {
    let today = tx.at().day();
    let window = match scheme.edition.terms.renewal_window_days {
        Some(days) => days,
        None => {
            let rules = rulebook::load(tx, &old.county, today, &[RuleName::RenewalWindowDays])?;
            rules.int(RuleName::RenewalWindowDays)?
        }
    };
    rules::may_renew(old.status, old.valid_until, today, window)
}

fn begin(
    tx: &mut Tx<'_>,
    actor: &Actor,
    scheme: &Scheme,
    product: &Product,
    renews: Option<CertificateId>,
) -> Outcome<ApplicationRow> {
    let county = may_apply(tx, actor, scheme)?;
    if let Some(open) = store::open_application(tx, product.id, scheme.id)? {
        return Err(AppError::new(Code::AlreadyExists).with("existing", open.to_string()));
    }
    let supplier = identity::organisation(tx, actor.org_id)?;
    let row = ApplicationRow {
        id: tx.new_id(),
        scheme_id: scheme.id,
        org_id: actor.org_id,
        region_code: supplier.region_code,
        county,
        product_id: product.id,
        product_name: product.name.clone(),
        supplier_name: supplier.name,
        state: CertificationState::Draft,
        step: 0,
        office: None,
        renews,
        round: 0,
        changed: false,
        created_by: actor.user_id,
        created_at: tx.at(),
        updated_at: tx.at(),
        submitted_at: None,
        step_started_on: None,
        due_on: None,
        due_provisional: false,
        due_rule_id: None,
        version: 1,
        edition: scheme.edition.number,
        lapses: false,
        assigned_to: None,
        remind_on: None,
    };
    tx.attempt(|tx| store::insert_application(tx, &row))?;
    let details = json!({ "scheme_id": scheme.id, "product_id": product.id, "renews": renews });
    let case =
        Case { steps: rules::steps_for(&scheme.edition.terms.steps, &row.region_code), scheme: scheme.clone(), row };
    audit::record(tx, &case.entry(Some(actor), "certification.drafted", details))?;
    Ok(case.row)
}

/// Whether the organisation may apply under a scheme today; its county.
fn may_apply(tx: &mut Tx<'_>, actor: &Actor, scheme: &Scheme) -> Outcome<RegionCode> {
    let today = tx.at().day();
    if !scheme.edition.terms.kinds.contains(&actor.kind) {
        return Err(Code::ApplicantNotAllowed.into());
    }
    if !admission::is_admitted(tx, actor.org_id)? {
        return Err(Code::SupplierNotAdmitted.into());
    }
    blacklist::refuse_listed(tx, actor.org_id, today)?;
    let county = actor.region.ancestors().into_iter().find(|region| region.level() == RegionLevel::County);
    let county = county.filter(|county| scheme.holds(county, today)).ok_or(Code::CountyNotEligible)?;
    match regions::region(tx, &county, today) {
        Ok(region) if region.poverty_task => Ok(county),
        Ok(_) => Err(Code::CountyNotEligible.into()),
        Err(error) if error.code() == Code::NotFound => Err(Code::CountyNotEligible.into()),
        Err(error) => Err(error),
    }
}

/// Hands an application in: a first time, or again after a return to the step that returned it. When evidence that a
/// notice showed was replaced meanwhile, the notice starts again.
///
/// # Errors
/// `evidence_missing` naming each element and the documents that it lacks or that have expired; `wrong_state`; as [`draft`] where things have changed.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: CertificationApplicationId) -> Outcome<ApplicationRow> {
    let mut case = progress::claim(tx, &Scope::Org(actor.org_id), id, None)?;
    let first = case.row.submitted_at.is_none();
    if first {
        // What counts is what the scheme asks on the day it is handed in; later editions change nothing for it.
        case.under_today(tx)?;
    }
    may_apply(tx, actor, &case.scheme)?;
    let asked = complete(tx, &case)?;
    let event = Event::Submit { changed: case.row.changed };
    case.happen(tx, Some(actor), event)?;
    if let Some(old) = case.row.renews.filter(|_| first) {
        keep_in_force(tx, old, &case.scheme)?;
    }
    case.row.round += 1;
    case.row.submitted_at = Some(tx.at());
    let now = tx.at();
    store::insert_submission(tx, id, case.row.round, actor.user_id, now, &asked)?;
    case.save(tx)?;
    let details = json!({ "round": case.row.round, "step": case.step().map(|step| &step.key), "due_on": case.row.due_on, "rule_id": case.row.due_rule_id });
    audit::record(tx, &case.entry(Some(actor), "certification.submitted", details))?;
    Ok(case.row)
}

/// Evidence has every document that is asked for today; what is asked for, to be kept with the submission.
fn complete(tx: &mut Tx<'_>, case: &Case) -> Outcome<String> {
    let today = tx.at().day();
    let product = catalogue::product(tx, &Scope::Platform, case.row.product_id)?;
    let asked = requirements::asked(tx, &case.row.county, &product, today)?;
    let pieces = store::evidence_of(tx, case.row.id)?;
    rules::all_met(&asked, &requirements::brought(&pieces)?, today)?;
    serde_json::to_string(&asked).map_err(AppError::internal)
}

/// A renewal filed in its window keeps the old certificate in force until it is decided, at most so many days.
fn keep_in_force(tx: &mut Tx<'_>, old: CertificateId, scheme: &Scheme) -> Outcome<()> {
    let number = store::certificate_by_id(tx, old)?.ok_or(Code::NotFound)?.number;
    let mut row = store::claim_certificate(tx, &Scope::Platform, &number)?.ok_or(Code::NotFound)?;
    in_window(tx, &row, scheme)?;
    row.in_force_until = row.valid_until.plus_days(scheme.edition.terms.renewal_grace_days);
    super::certificates::save(tx, &row)?;
    catalogue::extend(tx, row.id, row.in_force_until)
}

/// Takes an application back.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: CertificationApplicationId) -> Outcome<ApplicationRow> {
    let mut case = progress::claim(tx, &Scope::Org(actor.org_id), id, None)?;
    case.happen(tx, Some(actor), Event::Withdraw)?;
    case.save(tx)?;
    audit::record(tx, &case.entry(Some(actor), "certification.withdrawn", json!({})))?;
    Ok(case.row)
}
