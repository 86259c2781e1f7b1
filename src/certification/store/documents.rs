//! SQL of the documents that certificates rest on.

use crate::certification::rules::{CertificateStatus, DocumentState};
use crate::certification::schema::certificates;
use crate::certification::schema::documents::{
    certificate_documents as documents, certificate_requirements as requirements,
};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateDocumentId, CertificateId, EvidenceId, OrgId, RuleId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// What a certificate rests on; the requirement itself is JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = requirements, primary_key(certificate_id, key), treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RequirementRow {
    pub certificate_id: CertificateId,
    pub key: String,
    pub requirement: String,
    pub ends_on: Option<Day>,
    pub act_on: Option<Day>,
}

/// A document; facts, files and warnings are JSON.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, treat_none_as_default_value = false)]
pub struct DocumentRow {
    pub id: CertificateDocumentId,
    pub certificate_id: CertificateId,
    pub org_id: OrgId,
    pub county: RegionCode,
    pub facts: String,
    pub file_ids: String,
    pub warnings: String,
    pub evidence_id: Option<EvidenceId>,
    pub state: DocumentState,
    pub brought_by: UserId,
    pub brought_at: At,
    pub due_on: Option<Day>,
    pub due_provisional: bool,
    pub due_rule_id: Option<RuleId>,
    pub office_org: Option<OrgId>,
    pub reviewed_by: Option<UserId>,
    pub reviewed_at: Option<At>,
    pub reason: Option<String>,
}

pub fn insert_requirements(tx: &mut Tx<'_>, rows: &[RequirementRow]) -> Outcome<()> {
    each!(tx, c => insert_into(requirements::table).values(rows).execute(c))?;
    Ok(())
}

/// Writes until when a requirement of a claimed certificate is met, and what is due next about it.
pub fn save_requirement(tx: &mut Tx<'_>, row: &RequirementRow) -> Outcome<()> {
    each!(tx, c => update(requirements::table.find((row.certificate_id, &row.key))).set(row).execute(c))?;
    Ok(())
}

/// What a certificate rests on, in the order of the keys.
pub fn requirements_of(on: &mut Read, id: CertificateId) -> Outcome<Vec<RequirementRow>> {
    Ok(each!(on, c => requirements::table.filter(requirements::certificate_id.eq(id)).order(requirements::key)
        .select(RequirementRow::as_select()).load(c))?)
}

/// Certificates about whose documents something is due on a day.
pub fn documents_due(on: &mut Read, today: Day, limit: i64) -> Outcome<Vec<CertificateId>> {
    Ok(each!(on, c => requirements::table.filter(requirements::act_on.le(Some(today)))
        .order((requirements::act_on, requirements::certificate_id)).select(requirements::certificate_id).limit(limit).load(c))?)
}

pub fn insert_documents(tx: &mut Tx<'_>, rows: &[DocumentRow]) -> Outcome<()> {
    each!(tx, c => insert_into(documents::table).values(rows).execute(c))?;
    Ok(())
}

/// Every document of a certificate, oldest first.
pub fn documents_of(on: &mut Read, id: CertificateId) -> Outcome<Vec<DocumentRow>> {
    Ok(each!(on, c => documents::table.filter(documents::certificate_id.eq(id)).order(documents::id)
        .select(DocumentRow::as_select()).load(c))?)
}

/// A document as far as the scope reaches.
pub fn document(on: &mut Read, scope: &Scope, id: CertificateDocumentId) -> Outcome<Option<DocumentRow>> {
    Ok(each!(on, c => {
        let query = documents::table.filter(documents::id.eq(id)).select(DocumentRow::as_select()).into_boxed();
        let query = match scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(documents::county.ge(from)).filter(documents::county.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => query.filter(documents::org_id.eq(*org)),
        };
        query.first(c).optional()
    })?)
}

/// Documents in scope and in a state, oldest first.
pub fn documents_in(
    on: &mut Read,
    scope: &Scope,
    state: Option<DocumentState>,
    after: Option<CertificateDocumentId>,
    limit: i64,
) -> Outcome<Vec<DocumentRow>> {
    Ok(each!(on, c => {
        let mut query = documents::table.select(DocumentRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(documents::county.ge(from)).filter(documents::county.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(documents::org_id.eq(*org)),
        }
        if let Some(state) = state {
            query = query.filter(documents::state.eq(state));
        }
        if state == Some(DocumentState::Proposed) {
            // Nothing waits for an office any more once the certificate has ended for good.
            let alive = [CertificateStatus::Valid, CertificateStatus::Suspended];
            let alive = certificates::table.filter(certificates::status.eq_any(alive)).select(certificates::id);
            query = query.filter(documents::certificate_id.eq_any(alive));
        }
        if let Some(after) = after {
            query = query.filter(documents::id.gt(after));
        }
        query.order(documents::id).limit(limit).load(c)
    })?)
}

/// Decides a document that nobody has decided; how many that were.
pub fn decide_document(tx: &mut Tx<'_>, row: &DocumentRow) -> Outcome<usize> {
    Ok(each!(tx, c => update(documents::table.find(row.id)).filter(documents::state.eq(DocumentState::Proposed)).set((
        documents::state.eq(row.state), documents::office_org.eq(row.office_org), documents::reviewed_by.eq(row.reviewed_by),
        documents::reviewed_at.eq(row.reviewed_at), documents::reason.eq(&row.reason),
    )).execute(c))?)
}

/// Documents that wait with a deadline that rests on a calendar that was not loaded.
pub fn provisional_documents(on: &mut Read) -> Outcome<Vec<DocumentRow>> {
    Ok(
        each!(on, c => documents::table.filter(documents::state.eq(DocumentState::Proposed)).filter(documents::due_provisional.eq(true))
        .order(documents::id).select(DocumentRow::as_select()).load(c))?,
    )
}

/// Gives a waiting document another deadline.
pub fn move_document(tx: &mut Tx<'_>, id: CertificateDocumentId, due_on: Day, provisional: bool) -> Outcome<()> {
    each!(tx, c => update(documents::table.find(id)).set((documents::due_on.eq(Some(due_on)), documents::due_provisional.eq(provisional))).execute(c))?;
    Ok(())
}
