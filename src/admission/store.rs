//! SQL of supplier admission and of agents' mandates.

use super::rules::{AdmissionDecision, AdmissionRefusalReason, AdmissionStep, SupplierApplicationStatus};
use super::schema::{
    mandate_products, mandates, supplier_applications as applications, supplier_decisions as decisions,
};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, MandateId, OrgId, ProductId, ReviewId, SupplierApplicationId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Condition, Conn, Read, Tx, Wording};
use diesel::dsl::{exists, insert_into, select, update};
use diesel::prelude::*;

/// A stored application.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false)]
pub struct ApplicationRow {
    pub id: SupplierApplicationId,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub status: SupplierApplicationStatus,
    pub statement: String,
    pub files: String,
    pub submitted_by: UserId,
    pub submitted_at: At,
    pub submitted_day: Day,
    pub version: i64,
}

/// A stored decision.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions, treat_none_as_default_value = false)]
pub struct DecisionRow {
    pub id: ReviewId,
    pub application_id: SupplierApplicationId,
    pub step: AdmissionStep,
    pub decision: AdmissionDecision,
    pub reason_code: Option<AdmissionRefusalReason>,
    pub opinion: Option<String>,
    pub decided_by: UserId,
    pub decided_for: OrgId,
    pub decided_at: At,
    pub decided_day: Day,
}

/// A stored mandate.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = mandates, treat_none_as_default_value = false)]
pub struct MandateRow {
    pub id: MandateId,
    pub producer_id: OrgId,
    pub agent_id: OrgId,
    pub region_code: RegionCode,
    pub valid_from: Day,
    pub valid_until: Day,
    pub file_id: Option<FileId>,
    pub revoked_from: String,
    pub created_by: UserId,
    pub created_at: At,
    pub version: i64,
}

pub fn insert_application(tx: &mut Tx<'_>, row: &ApplicationRow) -> Outcome<()> {
    each!(tx, c => insert_into(applications::table).values(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads an application of a region.
pub fn claim_application(tx: &mut Tx<'_>, scope: &Scope, id: SupplierApplicationId) -> Outcome<Option<ApplicationRow>> {
    let (from, to) = bounds(scope);
    Ok(each!(tx, c => update(applications::table.filter(applications::id.eq(id))
            .filter(applications::region_code.ge(from)).filter(applications::region_code.lt(to)))
        .set(applications::version.eq(applications::version + 1)).returning(ApplicationRow::as_returning()).get_result(c).optional())?)
}

/// Locks, counts up and loads a supplier's own application.
pub fn claim_own(tx: &mut Tx<'_>, org: OrgId, id: SupplierApplicationId) -> Outcome<Option<ApplicationRow>> {
    Ok(each!(tx, c => update(applications::table.filter(applications::id.eq(id)).filter(applications::org_id.eq(org)))
        .set(applications::version.eq(applications::version + 1)).returning(ApplicationRow::as_returning()).get_result(c).optional())?)
}

/// Writes a claimed application.
pub fn save_application(tx: &mut Tx<'_>, row: &ApplicationRow) -> Outcome<()> {
    each!(tx, c => update(applications::table.find(row.id)).set(row).execute(c))?;
    Ok(())
}

/// The region codes that an office or the operator decides on; nobody else decides.
fn bounds(scope: &Scope) -> (String, String) {
    match scope {
        Scope::Platform => (String::new(), ":".to_owned()),
        Scope::Region(code) => code.subtree(),
        Scope::Org(_) | Scope::UnitTree(_) => (String::new(), String::new()),
    }
}

/// Moves a claimed application on; whether it was still in the state it was loaded in.
pub fn move_application(
    tx: &mut Tx<'_>,
    id: SupplierApplicationId,
    from: SupplierApplicationStatus,
    to: SupplierApplicationStatus,
) -> Outcome<bool> {
    Ok(each!(tx, c => update(applications::table.find(id).filter(applications::status.eq(from)))
        .set(applications::status.eq(to)).execute(c))?
        == 1)
}

pub fn insert_decision(tx: &mut Tx<'_>, row: &DecisionRow) -> Outcome<()> {
    each!(tx, c => insert_into(decisions::table).values(row).execute(c))?;
    Ok(())
}

/// Decisions about applications, oldest first.
pub fn decisions_of(on: &mut Read, ids: &[SupplierApplicationId]) -> Outcome<Vec<DecisionRow>> {
    Ok(each!(on, c => decisions::table.filter(decisions::application_id.eq_any(ids))
        .order((decisions::application_id, decisions::id)).select(DecisionRow::as_select()).load(c))?)
}

/// Admitted suppliers of a region.
pub fn admitted_in(on: &mut Read, region: &RegionCode, most: i64) -> Outcome<Vec<OrgId>> {
    let (from, to) = region.subtree();
    Ok(each!(on, c => applications::table.filter(applications::status.eq(SupplierApplicationStatus::Admitted))
        .filter(applications::region_code.ge(from)).filter(applications::region_code.lt(to))
        .order(applications::org_id).select(applications::org_id).limit(most).load(c))?)
}

/// Applications in scope, newest first; only the named one when an id is given.
pub fn applications(
    on: &mut Read,
    scope: &Scope,
    only: Option<SupplierApplicationId>,
    status: Option<SupplierApplicationStatus>,
    page: &PageRequest,
) -> Outcome<Vec<ApplicationRow>> {
    let after = page.key::<SupplierApplicationId>()?;
    Ok(each!(on, c => {
        let mut query = applications::table.select(ApplicationRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(applications::region_code.ge(from)).filter(applications::region_code.lt(to));
                // Nobody has handed in a draft yet.
                query = query.filter(applications::status.ne(SupplierApplicationStatus::Draft));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(applications::org_id.eq(*org)),
        }
        if let Some(only) = only {
            query = query.filter(applications::id.eq(only));
        }
        if let Some(status) = status {
            query = query.filter(applications::status.eq(status));
        }
        if let Some(after) = after {
            query = query.filter(applications::id.lt(after));
        }
        query.order(applications::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// An admitted supplier has this id.
#[derive(Debug, Clone, Copy)]
pub struct Admitted;
impl Wording for Admitted {
    const BEFORE: &'static str =
        "EXISTS (SELECT 1 FROM supplier_applications a WHERE a.status = 'admitted' AND a.org_id = ";
    const AFTER: &'static str = ")";
}

/// For another slice's statement: whether the supplier that its column names is admitted.
pub const fn admitted<C>(column: C) -> Condition<Admitted, C> {
    Condition::of(column)
}

/// No mandate of this id was revoked.
#[derive(Debug, Clone, Copy)]
pub struct Standing;
impl Wording for Standing {
    const BEFORE: &'static str = "NOT EXISTS (SELECT 1 FROM mandates m WHERE m.revoked_from <> '' AND m.id = ";
    const AFTER: &'static str = ")";
}

/// For another slice's statement: whether the mandate that its column names, if it names one, was not revoked. It is taken back
/// from the commit on, whatever was listed under it and when that is withdrawn.
pub const fn mandate_stands<C>(column: C) -> Condition<Standing, C> {
    Condition::of(column)
}

pub fn is_admitted(on: &mut Read, org: OrgId) -> Outcome<bool> {
    Ok(each!(on, c => select(exists(applications::table.filter(applications::org_id.eq(org))
        .filter(applications::status.eq(SupplierApplicationStatus::Admitted)))).get_result(c))?)
}

pub fn admitted_by(on: &mut Read, org: OrgId) -> Outcome<Option<SupplierApplicationId>> {
    Ok(each!(on, c => applications::table.filter(applications::org_id.eq(org))
        .filter(applications::status.eq(SupplierApplicationStatus::Admitted)).select(applications::id).first(c).optional())?)
}

/// Those of the suppliers that the platform has admitted, kept so until the transaction ends: who ends an admission waits, and
/// who comes after an end waits for it. SQLite has one writer, so nothing comes between there.
///
/// # Errors
/// When the database fails.
pub fn keep_admitted(tx: &mut Tx<'_>, orgs: &[OrgId]) -> Outcome<Vec<OrgId>> {
    let admitted = applications::table
        .filter(applications::org_id.eq_any(orgs))
        .filter(applications::status.eq(SupplierApplicationStatus::Admitted))
        .order(applications::org_id)
        .select(applications::org_id);
    Ok(match tx.conn() {
        Conn::Pg(c) => admitted.for_share().load(c)?,
        Conn::Sqlite(c) => admitted.load(c)?,
    })
}

/// How many applications in scope the counties recommended, and how many of them the platform admitted, whatever became of
/// the suppliers.
pub fn metrics(on: &mut Read, scope: &Scope) -> Outcome<(i64, i64)> {
    let (from, to) = bounds(scope);
    Ok(each!(on, c => {
        let accepted = || applications::table.inner_join(decisions::table)
            .filter(applications::region_code.ge(&from)).filter(applications::region_code.lt(&to))
            .filter(decisions::decision.eq(AdmissionDecision::Accept));
        let reported = accepted().filter(decisions::step.eq(AdmissionStep::Recommendation)).count().get_result(c)?;
        let admitted = accepted().filter(decisions::step.eq(AdmissionStep::Review)).count().get_result(c)?;
        QueryResult::Ok((reported, admitted))
    })?)
}

pub fn insert_mandate(tx: &mut Tx<'_>, row: &MandateRow, products: &[ProductId]) -> Outcome<()> {
    each!(tx, c => insert_into(mandates::table).values(row).execute(c))?;
    let named: Vec<_> = products
        .iter()
        .map(|product| (mandate_products::mandate_id.eq(row.id), mandate_products::product_id.eq(*product)))
        .collect();
    each!(tx, c => insert_into(mandate_products::table).values(&named).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads a mandate of a producer.
pub fn claim_mandate(tx: &mut Tx<'_>, producer: OrgId, id: MandateId) -> Outcome<Option<MandateRow>> {
    Ok(each!(tx, c => update(mandates::table.filter(mandates::id.eq(id)).filter(mandates::producer_id.eq(producer)))
        .set(mandates::version.eq(mandates::version + 1)).returning(MandateRow::as_returning()).get_result(c).optional())?)
}

/// Ends a claimed mandate from a day on.
pub fn revoke_mandate(tx: &mut Tx<'_>, id: MandateId, from: Day) -> Outcome<()> {
    each!(tx, c => update(mandates::table.find(id)).set(mandates::revoked_from.eq(from.to_string())).execute(c))?;
    Ok(())
}

/// Ends from a day on every mandate of a producer that is not revoked or over; which.
pub fn revoke_mandates_of(tx: &mut Tx<'_>, producer: OrgId, from: Day) -> Outcome<Vec<MandateRow>> {
    let never = "";
    let mut rows: Vec<MandateRow> = each!(tx, c => update(mandates::table.filter(mandates::producer_id.eq(producer))
            .filter(mandates::revoked_from.eq(never)).filter(mandates::valid_until.ge(from)))
        .set((mandates::revoked_from.eq(from.to_string()), mandates::version.eq(mandates::version + 1)))
        .returning(MandateRow::as_returning()).get_results(c))?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// Written as text, as in the index of these decisions: plans do not look at what is bound.
struct Ending;
impl Wording for Ending {
    const AFTER: &'static str = " = 'ending'";
}

/// Suppliers whose admission ended since a moment.
pub fn ended_since(on: &mut Read, since: At) -> Outcome<Vec<OrgId>> {
    Ok(
        each!(on, c => decisions::table.inner_join(applications::table).filter(Condition::<Ending, _>::of(decisions::step))
        .filter(decisions::decided_at.ge(since)).order(applications::org_id).select(applications::org_id).distinct().load(c))?,
    )
}

/// Mandates in scope, given or received, newest first; only the named one when an id is given.
pub fn mandates(on: &mut Read, scope: &Scope, only: Option<MandateId>, page: &PageRequest) -> Outcome<Vec<MandateRow>> {
    let after = page.key::<MandateId>()?;
    Ok(each!(on, c => {
        let mut query = mandates::table.select(MandateRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(mandates::region_code.ge(from)).filter(mandates::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => {
                query = query.filter(mandates::producer_id.eq(*org).or(mandates::agent_id.eq(*org)));
            }
        }
        if let Some(only) = only {
            query = query.filter(mandates::id.eq(only));
        }
        if let Some(after) = after {
            query = query.filter(mandates::id.lt(after));
        }
        query.order(mandates::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// The products that mandates name.
pub fn products_of(on: &mut Read, ids: &[MandateId]) -> Outcome<Vec<(MandateId, ProductId)>> {
    Ok(each!(on, c => mandate_products::table.filter(mandate_products::mandate_id.eq_any(ids))
        .order((mandate_products::mandate_id, mandate_products::product_id))
        .select((mandate_products::mandate_id, mandate_products::product_id)).load(c))?)
}

/// The mandate under which an agent may sell a producer's product on a day; of several the one that lasts longest.
pub fn mandate_for(
    on: &mut Read,
    agent: OrgId,
    producer: OrgId,
    product: ProductId,
    day: Day,
) -> Outcome<Option<(MandateId, Day)>> {
    let never = "";
    Ok(each!(on, c => mandates::table.inner_join(mandate_products::table)
        .filter(mandates::agent_id.eq(agent)).filter(mandates::producer_id.eq(producer))
        .filter(mandate_products::product_id.eq(product))
        .filter(mandates::valid_from.le(day)).filter(mandates::valid_until.ge(day))
        .filter(mandates::revoked_from.eq(never).or(mandates::revoked_from.gt(day)))
        .order((mandates::valid_until.desc(), mandates::id.desc()))
        .select((mandates::id, mandates::valid_until)).first(c).optional())?)
}
