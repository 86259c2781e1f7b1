//! What applicants and offices see of applications.

use super::documents::{RequirementView, asked_of};
use super::{NoticeView, OfficeNotes, office_notes};
use crate::certification::rules::{
    self, CertificateStatus, CertificationDecision, CertificationState, Consequence, Element, ObjectionStatus,
    RejectionReason, SchemeStep,
};
use crate::certification::scheme::{self, Scheme};
use crate::certification::store::{self, ApplicationRow, EvidenceRow, ObjectionRow, ReviewRow, WantedApplications};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{
    CertificationApplicationId, EvidenceId, FileId, ObjectionId, OrgId, ProductId, ReviewId, RuleId, SchemeId, UserId,
};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use utoipa::ToSchema;

/// An application.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApplicationView {
    /// Its id.
    pub id: CertificationApplicationId,
    /// The scheme.
    pub scheme_id: SchemeId,
    /// The scheme's edition that it was handed in under.
    pub edition: i64,
    /// The supplier.
    pub org_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// The product.
    pub product_id: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The certifying county.
    pub county: RegionCode,
    /// Where it stands.
    pub state: CertificationState,
    /// The step that is open, or that returned it.
    pub step: Option<String>,
    /// The region whose office has the next word.
    pub office: Option<RegionCode>,
    /// How often it was submitted.
    pub round: i64,
    /// Whether it renews a certificate.
    pub renewal: bool,
    /// The last day of the open step.
    pub due_on: Option<Day>,
    /// The deadline rests on a year whose holidays are not loaded.
    pub due_provisional: bool,
    /// The deadline has passed.
    pub overdue: bool,
    /// The rule row that set the deadline.
    pub due_rule_id: Option<RuleId>,
    /// When it was begun.
    pub created_at: At,
    /// When it was last submitted.
    pub submitted_at: Option<At>,
    /// Send it as If-Match with a review.
    #[schema(example = "\"v3\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

fn view(row: &ApplicationRow, steps: &[SchemeStep], today: Day) -> ApplicationView {
    let reviewing = row.state == CertificationState::InReview;
    ApplicationView {
        id: row.id,
        scheme_id: row.scheme_id,
        edition: row.edition,
        org_id: row.org_id,
        supplier_name: row.supplier_name.clone(),
        product_id: row.product_id,
        product_name: row.product_name.clone(),
        county: row.county,
        state: row.state,
        step: usize::try_from(row.step).ok().and_then(|n| steps.get(n)).map(|step| step.key.clone()),
        office: row.office,
        round: row.round,
        renewal: row.renews.is_some(),
        due_on: row.due_on,
        due_provisional: row.due_provisional,
        overdue: reviewing && row.due_on.is_some_and(|due| due < today),
        due_rule_id: row.due_rule_id,
        created_at: row.created_at,
        submitted_at: row.submitted_at,
        etag: etag(row.version),
        version: row.version,
    }
}

/// The view of an application that a command has just changed.
pub fn seen(on: &mut Read, row: &ApplicationRow, today: Day) -> Outcome<ApplicationView> {
    let scheme = scheme::scheme_of(on, row.scheme_id, row.edition)?;
    Ok(view(row, &rules::steps_for(&scheme.edition.terms.steps, &row.region_code), today))
}

/// Views of rows that may be of several schemes, each scheme read once.
pub(super) fn views(on: &mut Read, rows: Vec<ApplicationRow>, today: Day) -> Outcome<Vec<ApplicationView>> {
    let mut schemes: BTreeMap<(SchemeId, i64), Scheme> = BTreeMap::new();
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let scheme = match schemes.entry((row.scheme_id, row.edition)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(scheme::scheme_of(on, row.scheme_id, row.edition)?),
        };
        let steps = rules::steps_for(&scheme.edition.terms.steps, &row.region_code);
        views.push(view(&row, &steps, today));
    }
    Ok(views)
}

/// Applications in scope, newest first.
pub fn applications(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedApplications,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<ApplicationView>> {
    let rows = store::applications(on, scope, wanted, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: views(on, page.items, today)?, next: page.next })
}

/// Applications that wait for the office of a region, newest first.
///
/// # Errors
/// When the database fails.
pub fn applications_of_office(
    on: &mut Read,
    office: &RegionCode,
    today: Day,
    limit: i64,
) -> Outcome<Vec<ApplicationView>> {
    let wanted = WantedApplications { office: Some(*office), ..WantedApplications::default() };
    let rows = store::applications(on, &Scope::Region(*office), &wanted, None, limit)?;
    views(on, rows, today)
}

/// The filter of [`applications`].
pub fn wanted(
    state: Option<CertificationState>,
    county: Option<RegionCode>,
    product: Option<ProductId>,
    office: Option<RegionCode>,
) -> WantedApplications {
    WantedApplications { state, county, product, office }
}

/// A text in both languages.
#[derive(Debug, Clone, Serialize, serde::Deserialize, ToSchema)]
pub struct Warning {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A piece of evidence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EvidenceView {
    /// Its id.
    pub id: EvidenceId,
    /// The element it shows.
    pub element: Element,
    /// Its files.
    pub file_ids: Vec<FileId>,
    /// What it says: QualityFacts, PriceFacts or LinkageFacts.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// What a reviewer should look at.
    pub warnings: Vec<Warning>,
    /// The piece it replaces.
    pub replaces: Option<EvidenceId>,
    /// Whether another piece replaces it.
    pub replaced: bool,
    /// When it was given.
    pub given_at: At,
}

/// A piece of evidence as it was stored.
pub fn evidence_view(row: EvidenceRow, replaced: bool) -> Outcome<EvidenceView> {
    Ok(EvidenceView {
        id: row.id,
        element: row.element,
        file_ids: serde_json::from_str(&row.file_ids).map_err(AppError::internal)?,
        facts: serde_json::from_str(&row.facts).map_err(AppError::internal)?,
        warnings: serde_json::from_str(&row.warnings).map_err(AppError::internal)?,
        replaces: row.replaces,
        replaced,
        given_at: row.given_at,
    })
}

/// A decision of a review.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewView {
    /// Its id.
    pub id: ReviewId,
    /// The submission it decided.
    pub round: i64,
    /// The step.
    pub step: String,
    /// What was decided.
    pub decision: CertificationDecision,
    /// Why it was rejected.
    pub reason_code: Option<RejectionReason>,
    /// What the applicant reads.
    pub opinion: Option<String>,
    /// The office.
    pub office_org_id: OrgId,
    /// Who answers for it.
    pub reviewer: UserId,
    /// The last day on which it was due.
    pub due_on: Option<Day>,
    /// The rule row that set the deadline.
    pub due_rule_id: Option<RuleId>,
    /// When.
    pub decided_at: At,
}

impl From<ReviewRow> for ReviewView {
    fn from(row: ReviewRow) -> ReviewView {
        ReviewView {
            id: row.id,
            round: row.round,
            step: row.step_key,
            decision: row.decision,
            reason_code: row.reason_code,
            opinion: row.opinion,
            office_org_id: row.office_org,
            reviewer: row.reviewer,
            due_on: row.due_on,
            due_rule_id: row.due_rule_id,
            decided_at: row.decided_at,
        }
    }
}

/// An objection as the applicant sees it: what was decided, not by whom it was filed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectionSummary {
    /// Its id.
    pub id: ObjectionId,
    /// Where it stands.
    pub status: ObjectionStatus,
    /// What followed.
    pub consequence: Option<Consequence>,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// When it was filed.
    pub filed_at: At,
}

/// An application with everything about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationDetail {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationView,
    /// Its steps, in order.
    pub steps: Vec<SchemeStep>,
    /// What documents are asked for today, and which of them the evidence has.
    pub requirements: Vec<RequirementView>,
    /// Its evidence, oldest first.
    pub evidence: Vec<EvidenceView>,
    /// Decisions, oldest first.
    pub reviews: Vec<ReviewView>,
    /// Its public notices, oldest first.
    pub notices: Vec<NoticeView>,
    /// Objections to them.
    pub objections: Vec<ObjectionSummary>,
    /// The certificate it ended in.
    pub certificate_number: Option<String>,
    /// The certificate it renews.
    pub renews_number: Option<String>,
    /// How that one stands; a revoked one is not renewed.
    pub renews_status: Option<CertificateStatus>,
    /// For offices and auditors: who works on it, and what reviewers advised.
    pub office_notes: Option<OfficeNotes>,
}

/// An application in scope.
pub fn application(
    on: &mut Read,
    scope: &Scope,
    id: CertificationApplicationId,
    today: Day,
) -> Outcome<ApplicationDetail> {
    let row = store::application(on, scope, id)?.ok_or(Code::NotFound)?;
    let scheme = scheme::scheme_of(on, row.scheme_id, row.edition)?;
    let steps = rules::steps_for(&scheme.edition.terms.steps, &row.region_code);
    let pieces = store::evidence_of(on, id)?;
    let requirements = asked_of(on, &row, &pieces, today)?;
    let replaced: Vec<EvidenceId> = pieces.iter().filter_map(|piece| piece.replaces).collect();
    let evidence = pieces.into_iter().map(|piece| {
        let is_replaced = replaced.contains(&piece.id);
        evidence_view(piece, is_replaced)
    });
    let summary = |row: ObjectionRow| ObjectionSummary {
        id: row.id,
        status: row.status,
        consequence: row.consequence,
        reason: row.reason,
        filed_at: row.filed_at,
    };
    let renews = match row.renews {
        Some(old) => store::certificate_by_id(on, old)?.map(|old| (old.number, old.status)),
        None => None,
    };
    let office_notes = match scope {
        Scope::Platform | Scope::Region(_) => Some(office_notes(on, id, row.assigned_to)?),
        Scope::Org(_) | Scope::UnitTree(_) => None,
    };
    Ok(ApplicationDetail {
        office_notes,
        requirements,
        renews_status: renews.as_ref().map(|(_, status)| *status),
        renews_number: renews.map(|(number, _)| number),
        application: view(&row, &steps, today),
        evidence: evidence.collect::<Outcome<_>>()?,
        reviews: store::reviews_of(on, id)?.into_iter().map(ReviewView::from).collect(),
        notices: store::notices_of(on, id)?.into_iter().map(NoticeView::from).collect(),
        objections: store::objections_of(on, id)?.into_iter().map(summary).collect(),
        certificate_number: store::number_of(on, id)?,
        steps,
    })
}
