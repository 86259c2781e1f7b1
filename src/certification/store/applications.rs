//! SQL of applications, evidence, submissions and reviews.

use crate::certification::rules::{CertificationDecision, CertificationState, Element, RejectionReason};
use crate::certification::schema::{
    certification_applications as applications, certification_evidence as evidence, certification_reviews as reviews,
    certification_submissions as submissions,
};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{
    CertificateId, CertificationApplicationId, EvidenceId, OrgId, ProductId, ReviewId, RuleId, SchemeId, UserId,
};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Condition, Read, Tx, Wording};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A stored application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ApplicationRow {
    pub id: CertificationApplicationId,
    pub scheme_id: SchemeId,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub county: RegionCode,
    pub product_id: ProductId,
    pub product_name: String,
    pub supplier_name: String,
    pub state: CertificationState,
    pub step: i64,
    pub office: Option<RegionCode>,
    pub renews: Option<CertificateId>,
    pub round: i64,
    pub changed: bool,
    pub created_by: UserId,
    pub created_at: At,
    pub updated_at: At,
    pub submitted_at: Option<At>,
    pub step_started_on: Option<Day>,
    pub due_on: Option<Day>,
    pub due_provisional: bool,
    pub due_rule_id: Option<RuleId>,
    pub version: i64,
    pub edition: i64,
    pub lapses: bool,
    pub assigned_to: Option<UserId>,
    pub remind_on: Option<Day>,
}

/// A stored piece of evidence; files, facts and warnings are JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = evidence, treat_none_as_default_value = false)]
pub struct EvidenceRow {
    pub id: EvidenceId,
    pub application_id: CertificationApplicationId,
    pub element: Element,
    pub file_ids: String,
    pub facts: String,
    pub warnings: String,
    pub replaces: Option<EvidenceId>,
    pub given_by: UserId,
    pub given_at: At,
}

/// A stored decision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reviews, treat_none_as_default_value = false)]
pub struct ReviewRow {
    pub id: ReviewId,
    pub application_id: CertificationApplicationId,
    pub round: i64,
    pub step: i64,
    pub step_key: String,
    pub office_org: OrgId,
    pub reviewer: UserId,
    pub decision: CertificationDecision,
    pub reason_code: Option<RejectionReason>,
    pub opinion: Option<String>,
    pub due_on: Option<Day>,
    pub due_rule_id: Option<RuleId>,
    pub decided_at: At,
}

/// Still open; written as text, as in the index of open applications: plans do not look at what is bound.
struct Open;
impl Wording for Open {
    const AFTER: &'static str = " IN ('draft', 'in_review', 'in_notice', 'returned')";
}

pub fn insert_application(tx: &mut Tx<'_>, row: &ApplicationRow) -> Outcome<()> {
    each!(tx, c => insert_into(applications::table).values(row).execute(c))?;
    Ok(())
}

/// Locks and loads an application as far as the scope reaches, and raises its version.
pub fn claim_application(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: CertificationApplicationId,
) -> Outcome<Option<ApplicationRow>> {
    Ok(each!(tx, c => {
        let claimed = update(applications::table.find(id)).set(applications::version.eq(applications::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(applications::region_code.ge(from)).filter(applications::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => claimed.filter(applications::org_id.eq(*org)),
        };
        claimed.returning(ApplicationRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed application.
pub fn save_application(tx: &mut Tx<'_>, row: &ApplicationRow) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(applications::table.find(row.id)).filter(applications::version.eq(row.version)).set(row).execute(c))?,
    )
}

pub fn application(on: &mut Read, scope: &Scope, id: CertificationApplicationId) -> Outcome<Option<ApplicationRow>> {
    Ok(each!(on, c => {
        let query = applications::table.select(ApplicationRow::as_select()).filter(applications::id.eq(id)).into_boxed();
        let query = match scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(applications::region_code.ge(from)).filter(applications::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => query.filter(applications::org_id.eq(*org)),
        };
        query.first(c).optional()
    })?)
}

/// Which applications a list shows.
#[derive(Debug, Clone, Default)]
pub struct WantedApplications {
    pub state: Option<CertificationState>,
    pub county: Option<RegionCode>,
    pub product: Option<ProductId>,
    pub office: Option<RegionCode>,
}

/// Applications as far as the scope reaches, newest first.
pub fn applications(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedApplications,
    after: Option<CertificationApplicationId>,
    limit: i64,
) -> Outcome<Vec<ApplicationRow>> {
    Ok(each!(on, c => {
        let mut query = applications::table.select(ApplicationRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(applications::region_code.ge(from)).filter(applications::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(applications::org_id.eq(*org)),
        }
        if let Some(state) = wanted.state {
            query = query.filter(applications::state.eq(state));
        }
        if let Some(county) = wanted.county {
            query = query.filter(applications::county.eq(county));
        }
        if let Some(product) = wanted.product {
            query = query.filter(applications::product_id.eq(product));
        }
        if let Some(office) = wanted.office {
            query = query.filter(applications::office.eq(office));
        }
        if let Some(after) = after {
            query = query.filter(applications::id.lt(after));
        }
        query.order(applications::id.desc()).limit(limit).load(c)
    })?)
}

/// The application of a product under a scheme that is still open.
pub fn open_application(
    on: &mut Read,
    product: ProductId,
    scheme: SchemeId,
) -> Outcome<Option<CertificationApplicationId>> {
    Ok(
        each!(on, c => applications::table.filter(applications::product_id.eq(product)).filter(applications::scheme_id.eq(scheme))
        .filter(Condition::<Open, _>::of(applications::state)).select(applications::id).first(c).optional())?,
    )
}

/// Applications at a review whose deadline rests on a calendar that was not loaded.
pub fn provisional_reviews(on: &mut Read) -> Outcome<Vec<CertificationApplicationId>> {
    Ok(each!(on, c => applications::table.filter(applications::due_provisional.eq(true))
        .filter(applications::state.eq(CertificationState::InReview)).order(applications::id).select(applications::id).load(c))?)
}

/// Applications at a filing whose days are over.
pub fn lapsed(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<CertificationApplicationId>> {
    Ok(
        each!(on, c => applications::table.filter(applications::lapses.eq(true)).filter(applications::due_on.lt(Some(today)))
        .order(applications::due_on).select(applications::id).limit(limit).load(c))?,
    )
}

pub fn insert_evidence(tx: &mut Tx<'_>, row: &EvidenceRow) -> Outcome<()> {
    each!(tx, c => insert_into(evidence::table).values(row).execute(c))?;
    Ok(())
}

/// All evidence of an application, oldest first.
pub fn evidence_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<EvidenceRow>> {
    Ok(
        each!(on, c => evidence::table.filter(evidence::application_id.eq(id)).order(evidence::id).select(EvidenceRow::as_select()).load(c))?,
    )
}

pub fn insert_submission(
    tx: &mut Tx<'_>,
    id: CertificationApplicationId,
    round: i64,
    by: UserId,
    at: At,
    requirements: &str,
) -> Outcome<()> {
    each!(tx, c => insert_into(submissions::table).values((
        submissions::application_id.eq(id), submissions::round.eq(round), submissions::submitted_by.eq(by), submissions::submitted_at.eq(at),
        submissions::requirements.eq(requirements),
    )).execute(c))?;
    Ok(())
}

/// What was asked for when an application was last handed in: a JSON list.
pub fn asked_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Option<String>> {
    Ok(each!(on, c => submissions::table.filter(submissions::application_id.eq(id)).order(submissions::round.desc())
        .select(submissions::requirements).first(c).optional())?)
}

/// Everybody who handed an application in.
pub fn submitters(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<UserId>> {
    Ok(
        each!(on, c => submissions::table.filter(submissions::application_id.eq(id)).select(submissions::submitted_by).load(c))?,
    )
}

pub fn insert_review(tx: &mut Tx<'_>, row: &ReviewRow) -> Outcome<()> {
    each!(tx, c => insert_into(reviews::table).values(row).execute(c))?;
    Ok(())
}

/// All decisions about an application, oldest first.
pub fn reviews_of(on: &mut Read, id: CertificationApplicationId) -> Outcome<Vec<ReviewRow>> {
    Ok(
        each!(on, c => reviews::table.filter(reviews::application_id.eq(id)).order(reviews::id).select(ReviewRow::as_select()).load(c))?,
    )
}
