//! Reads of admission.

use super::rules::{AdmissionDecision, AdmissionRefusalReason, AdmissionStep, SupplierApplicationStatus};
use super::store::{self, ApplicationRow, DecisionRow, MandateRow};
use crate::identity;
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{FileId, MandateId, OrgId, ProductId, SupplierApplicationId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// How far admission has come: 上报 and 入驻.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Metrics {
    /// Applications that the counties recommended to the platform.
    pub reported: i64,
    /// Those of them that the platform admitted, whatever became of them.
    pub admitted: i64,
}

/// The application by which a supplier is admitted.
///
/// # Errors
/// When the database fails.
pub fn admitted_by(on: &mut Read, org: OrgId) -> Outcome<Option<SupplierApplicationId>> {
    store::admitted_by(on, org)
}

/// Whether the platform has admitted a supplier.
///
/// # Errors
/// When the database fails.
pub fn is_admitted(on: &mut Read, org: OrgId) -> Outcome<bool> {
    store::is_admitted(on, org)
}

/// Suppliers registered in a region that are admitted, at most so many, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn admitted_in(on: &mut Read, region: &RegionCode, most: i64) -> Outcome<Vec<OrgId>> {
    store::admitted_in(on, region, most)
}

/// Suppliers whose admission ended since a moment.
///
/// # Errors
/// When the database fails.
pub fn ended_since(on: &mut Read, since: At) -> Outcome<Vec<OrgId>> {
    store::ended_since(on, since)
}

/// Reported and admitted suppliers of a region or of the platform; nothing for other scopes.
///
/// # Errors
/// When the database fails.
pub fn metrics(on: &mut Read, scope: &Scope) -> Outcome<Metrics> {
    let (reported, admitted) = store::metrics(on, scope)?;
    Ok(Metrics { reported, admitted })
}

/// The mandate under which an agent may sell a producer's product on a day, and its last day.
///
/// # Errors
/// When the database fails.
pub fn mandated(
    on: &mut Read,
    agent: OrgId,
    producer: OrgId,
    product: ProductId,
    day: Day,
) -> Outcome<Option<(MandateId, Day)>> {
    store::mandate_for(on, agent, producer, product, day)
}

/// An application for admission.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierApplicationView {
    /// Its id.
    pub id: SupplierApplicationId,
    /// The supplier.
    pub org_id: OrgId,
    /// The supplier's name.
    pub org_name: String,
    /// Where the supplier is registered.
    pub region_code: RegionCode,
    /// Where it stands.
    pub status: SupplierApplicationStatus,
    /// What the supplier says.
    pub statement: String,
    /// What supports it.
    pub files: Vec<FileId>,
    /// When it was submitted.
    pub submitted_at: At,
    /// What was decided, oldest first.
    pub decisions: Vec<SupplierDecisionView>,
    /// Counts what happens to it.
    pub version: i64,
}

/// A decision about an application.
#[derive(Debug, Serialize, ToSchema)]
pub struct SupplierDecisionView {
    /// At which step.
    pub step: AdmissionStep,
    /// What was decided.
    pub decision: AdmissionDecision,
    /// Why, for a refusal.
    pub reason_code: Option<AdmissionRefusalReason>,
    /// In the reviewer's words.
    pub opinion: Option<String>,
    /// The responsible reviewer (谁审核谁负责).
    pub decided_by: UserId,
    /// For which organisation.
    pub decided_for: OrgId,
    /// When.
    pub decided_at: At,
}

impl From<DecisionRow> for SupplierDecisionView {
    fn from(row: DecisionRow) -> SupplierDecisionView {
        SupplierDecisionView {
            step: row.step,
            decision: row.decision,
            reason_code: row.reason_code,
            opinion: row.opinion,
            decided_by: row.decided_by,
            decided_for: row.decided_for,
            decided_at: row.decided_at,
        }
    }
}

/// Applications in scope, newest first.
///
/// # Errors
/// When the database fails.
pub fn applications(
    on: &mut Read,
    scope: &Scope,
    status: Option<SupplierApplicationStatus>,
    page: &PageRequest,
) -> Outcome<Page<SupplierApplicationView>> {
    let rows = store::applications(on, scope, None, status, page)?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: views(on, page.items)?, next: page.next })
}

/// One application in scope.
///
/// # Errors
/// `not_found` outside the scope.
pub fn application(on: &mut Read, scope: &Scope, id: SupplierApplicationId) -> Outcome<SupplierApplicationView> {
    let rows = store::applications(on, scope, Some(id), None, &PageRequest::first(1))?;
    views(on, rows)?.pop().ok_or_else(|| AppError::new(Code::NotFound))
}

fn views(on: &mut Read, rows: Vec<ApplicationRow>) -> Outcome<Vec<SupplierApplicationView>> {
    let ids: Vec<SupplierApplicationId> = rows.iter().map(|row| row.id).collect();
    let mut decided: HashMap<SupplierApplicationId, Vec<SupplierDecisionView>> = HashMap::new();
    for row in store::decisions_of(on, &ids)? {
        decided.entry(row.application_id).or_default().push(row.into());
    }
    let orgs: Vec<OrgId> = rows.iter().map(|row| row.org_id).collect();
    let names: HashMap<OrgId, String> =
        identity::organisations(on, &orgs)?.into_iter().map(|org| (org.id, org.name)).collect();
    rows.into_iter()
        .map(|row| {
            Ok(SupplierApplicationView {
                id: row.id,
                org_id: row.org_id,
                org_name: names.get(&row.org_id).cloned().unwrap_or_default(),
                region_code: row.region_code,
                status: row.status,
                statement: row.statement,
                files: serde_json::from_str(&row.files).map_err(AppError::internal)?,
                submitted_at: row.submitted_at,
                decisions: decided.remove(&row.id).unwrap_or_default(),
                version: row.version,
            })
        })
        .collect()
}

/// A mandate.
#[derive(Debug, Serialize, ToSchema)]
pub struct MandateView {
    /// Its id.
    pub id: MandateId,
    /// Who gave it.
    pub producer_id: OrgId,
    /// Who sells under it.
    pub agent_id: OrgId,
    /// What may be sold.
    pub products: Vec<ProductId>,
    /// First day.
    pub valid_from: Day,
    /// Last day.
    pub valid_until: Day,
    /// The signed mandate.
    pub file_id: Option<FileId>,
    /// Revoked from this day on.
    pub revoked_from: Option<Day>,
    /// Send it as If-Match with the revocation.
    #[schema(example = "\"v3\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

/// Mandates in scope, given or received, newest first.
///
/// # Errors
/// When the database fails.
pub fn mandates(on: &mut Read, scope: &Scope, page: &PageRequest) -> Outcome<Page<MandateView>> {
    let rows = store::mandates(on, scope, None, page)?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: mandate_views(on, page.items)?, next: page.next })
}

/// One mandate in scope.
///
/// # Errors
/// `not_found` outside the scope.
pub fn mandate(on: &mut Read, scope: &Scope, id: MandateId) -> Outcome<MandateView> {
    let rows = store::mandates(on, scope, Some(id), &PageRequest::first(1))?;
    mandate_views(on, rows)?.pop().ok_or_else(|| AppError::new(Code::NotFound))
}

fn mandate_views(on: &mut Read, rows: Vec<MandateRow>) -> Outcome<Vec<MandateView>> {
    let ids: Vec<MandateId> = rows.iter().map(|row| row.id).collect();
    let mut named: HashMap<MandateId, Vec<ProductId>> = HashMap::new();
    for (mandate, product) in store::products_of(on, &ids)? {
        named.entry(mandate).or_default().push(product);
    }
    let view = |row: MandateRow| MandateView {
        id: row.id,
        producer_id: row.producer_id,
        agent_id: row.agent_id,
        products: named.remove(&row.id).unwrap_or_default(),
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        file_id: row.file_id,
        revoked_from: row.revoked_from.parse().ok(),
        etag: etag(row.version),
        version: row.version,
    };
    Ok(rows.into_iter().map(view).collect())
}
