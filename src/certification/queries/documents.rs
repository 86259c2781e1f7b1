//! What certificates and applications rest on, and the documents brought since.

use super::Warning;
use crate::catalogue;
use crate::certification::requirements;
use crate::certification::rules::{DocumentState, Element, Met, QualityFacts, Requirement};
use crate::certification::store::{self, ApplicationRow, CertificateRow, DocumentRow, EvidenceRow};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{CertificateDocumentId, EvidenceId, FileId, RuleId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::terms::Mark;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

/// What documents are asked for, and whether they are there.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequirementView {
    /// The element that it belongs to.
    pub element: Element,
    /// Documents, any one of which is enough; empty for any document of the element.
    pub any_of: Vec<String>,
    /// The mark whose certificate is asked for, because the product carries it.
    pub mark: Option<Mark>,
    /// Whether a document that has not ended meets it.
    pub met: bool,
    /// The last day on which it is met; none when nothing that meets it ends.
    pub ends_on: Option<Day>,
    /// The rule row that asks for it.
    pub rule_id: Option<RuleId>,
}

fn view(requirement: Requirement, there: bool, ends_on: Option<Day>, today: Day) -> RequirementView {
    RequirementView {
        element: requirement.element,
        any_of: requirement.any_of,
        mark: requirement.mark,
        met: there && ends_on.is_none_or(|day| day >= today),
        ends_on,
        rule_id: requirement.rule_id,
    }
}

/// What is asked of an application today, and which of it its evidence meets.
pub(super) fn asked_of(
    on: &mut Read,
    row: &ApplicationRow,
    pieces: &[EvidenceRow],
    today: Day,
) -> Outcome<Vec<RequirementView>> {
    let product = catalogue::product(on, &Scope::Platform, row.product_id)?;
    let documents = requirements::brought(pieces)?;
    let asked = requirements::asked(on, &row.county, &product, today)?;
    let views = asked.into_iter().map(|requirement| {
        let met = requirement.met(&documents);
        view(requirement, met != Met::No, met.last_day(), today)
    });
    Ok(views.collect())
}

/// A document that a certificate rests on, or shall rest on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateDocumentView {
    /// Its id.
    pub id: CertificateDocumentId,
    /// The certificate's number.
    pub certificate_number: String,
    /// The product's name.
    pub product_name: String,
    /// The supplier's name.
    pub supplier_name: String,
    /// What it says.
    pub quality: QualityFacts,
    /// Its files.
    pub file_ids: Vec<FileId>,
    /// What a reviewer should look at.
    pub warnings: Vec<Warning>,
    /// The piece of evidence that it was in the application.
    pub evidence_id: Option<EvidenceId>,
    /// Where it stands.
    pub state: DocumentState,
    /// When it was brought.
    pub brought_at: At,
    /// The last day to decide it.
    pub due_on: Option<Day>,
    /// The deadline rests on a year whose holidays are not loaded.
    pub due_provisional: bool,
    /// The deadline has passed.
    pub overdue: bool,
    /// The rule row that set the deadline.
    pub due_rule_id: Option<RuleId>,
    /// Who answers for the decision.
    pub reviewed_by: Option<UserId>,
    /// When it was decided.
    pub reviewed_at: Option<At>,
    /// Why.
    pub reason: Option<String>,
}

fn document_view(row: DocumentRow, certificate: &CertificateRow, today: Day) -> Outcome<CertificateDocumentView> {
    Ok(CertificateDocumentView {
        id: row.id,
        certificate_number: certificate.number.clone(),
        product_name: certificate.product_name.clone(),
        supplier_name: certificate.supplier_name.clone(),
        quality: serde_json::from_str(&row.facts).map_err(AppError::internal)?,
        file_ids: serde_json::from_str(&row.file_ids).map_err(AppError::internal)?,
        warnings: serde_json::from_str(&row.warnings).map_err(AppError::internal)?,
        evidence_id: row.evidence_id,
        state: row.state,
        brought_at: row.brought_at,
        due_on: row.due_on,
        due_provisional: row.due_provisional,
        overdue: row.state == DocumentState::Proposed && row.due_on.is_some_and(|due| due < today),
        due_rule_id: row.due_rule_id,
        reviewed_by: row.reviewed_by,
        reviewed_at: row.reviewed_at,
        reason: row.reason,
    })
}

/// The view of a document that a command has just changed.
pub fn document_seen(on: &mut Read, row: DocumentRow, today: Day) -> Outcome<CertificateDocumentView> {
    let certificate = store::certificate_by_id(on, row.certificate_id)?.ok_or(Code::NotFound)?;
    document_view(row, &certificate, today)
}

/// What a certificate rests on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateDocuments {
    /// What was asked for when it was handed in, and until when it is met.
    pub requirements: Vec<RequirementView>,
    /// Its documents of quality, oldest first: of the application, and those brought since.
    pub documents: Vec<CertificateDocumentView>,
}

/// What a certificate in scope rests on.
///
/// # Errors
/// `not_found`.
pub fn documents_of(on: &mut Read, scope: &Scope, number: &str, today: Day) -> Outcome<CertificateDocuments> {
    let certificate = store::certificate(on, number)?.ok_or(Code::NotFound)?;
    let reached = match scope {
        Scope::Platform => true,
        Scope::Region(region) => region.contains(&certificate.county),
        Scope::Org(org) | Scope::UnitTree(org) => certificate.org_id == *org,
    };
    if !reached {
        return Err(Code::NotFound.into());
    }
    let mut requirements = Vec::new();
    for row in store::requirements_of(on, certificate.id)? {
        let requirement = serde_json::from_str(&row.requirement).map_err(AppError::internal)?;
        requirements.push(view(requirement, true, row.ends_on, today));
    }
    let rows = store::documents_of(on, certificate.id)?;
    let documents = rows.into_iter().map(|row| document_view(row, &certificate, today)).collect::<Outcome<_>>()?;
    Ok(CertificateDocuments { requirements, documents })
}

/// Documents in scope, oldest first: those that wait are in the order of their deadlines.
pub fn documents(
    on: &mut Read,
    scope: &Scope,
    state: Option<DocumentState>,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<CertificateDocumentView>> {
    let rows = store::documents_in(on, scope, state, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let ids: Vec<_> = page.items.iter().map(|row| row.certificate_id).collect();
    let certificates = store::certificates_by_id(on, &ids)?;
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let certificate = certificates.iter().find(|found| found.id == row.certificate_id);
        items.push(document_view(row, certificate.ok_or(Code::NotFound)?, today)?);
    }
    Ok(Page { items, next: page.next })
}
