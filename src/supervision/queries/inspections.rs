//! Inspection plans as the public sees them, and inspections as offices and suppliers do.

use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{FileId, FindingId, InspectionId, InspectionPlanId, OrgId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Category;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::platform::secret::sha256;
use crate::supervision::rules::{
    self, DrawCandidate, DrawInspector, DrawRecord, DrawnItem, InspectionKind, InspectionOutcome, InspectionPlanState,
    InspectionState, SubjectKind,
};
use crate::supervision::store::{self, InspectionRow, InspectorRow, PlanRow, WantedInspections};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A plan of random inspections.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InspectionPlanView {
    /// Its id.
    pub id: InspectionPlanId,
    /// The office that inspects.
    pub office_name: String,
    /// Its region.
    pub region_code: RegionCode,
    /// What it is called.
    pub title: String,
    /// What is drawn from.
    pub kind: InspectionKind,
    /// Only listings of this category.
    pub category: Option<Category>,
    /// How many are drawn.
    pub to_draw: i64,
    /// How many inspectors each.
    pub per_item: i64,
    /// How many may be drawn.
    pub population_size: i64,
    /// SHA-256 of what may be drawn.
    pub population_hash: String,
    /// SHA-256 of who may inspect.
    pub pool_hash: String,
    /// SHA-256 of the seed, published before the draw.
    pub commitment: String,
    /// The public value that is mixed in.
    pub public_source: Option<String>,
    /// The first day on which it may be drawn.
    pub draw_on: Day,
    /// Where it stands.
    pub state: InspectionPlanState,
    /// When it was announced.
    pub announced_at: At,
    /// The seed; absent until it is drawn.
    pub seed: Option<String>,
    /// The public value; absent without one.
    pub public_value: Option<String>,
    /// When it was drawn.
    pub drawn_at: Option<At>,
    /// Send it as If-Match with the draw.
    #[schema(example = "\"v1\"")]
    pub etag: String,
    /// Its version; counts every change.
    #[serde(skip)]
    pub version: i64,
}

impl From<PlanRow> for InspectionPlanView {
    fn from(row: PlanRow) -> InspectionPlanView {
        InspectionPlanView {
            etag: etag(row.version),
            id: row.id,
            office_name: row.office_name,
            region_code: row.region_code,
            title: row.title,
            kind: row.kind,
            category: row.category,
            to_draw: row.to_draw,
            per_item: row.per_item,
            population_size: row.population_size,
            population_hash: row.population_hash,
            pool_hash: row.pool_hash,
            commitment: row.commitment,
            public_source: row.public_source,
            draw_on: row.draw_on,
            state: row.state,
            announced_at: row.announced_at,
            seed: row.seed,
            public_value: row.public_value,
            drawn_at: row.drawn_at,
            version: row.version,
        }
    }
}

/// A result, as it is published (一公开).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublishedResult {
    /// What was inspected.
    pub subject_kind: SubjectKind,
    /// Its id, or a certificate's number.
    pub subject: String,
    /// Its name.
    pub subject_name: String,
    /// Who answers for it.
    pub owner_name: String,
    /// What was found; absent until it is inspected.
    pub outcome: Option<InspectionOutcome>,
    /// The certificate that was suspended with it.
    pub suspended: Option<String>,
    /// When it was recorded.
    pub recorded_at: Option<At>,
}

/// A plan with its results.
#[derive(Debug, Serialize, ToSchema)]
pub struct InspectionPlanDetail {
    /// The plan.
    #[serde(flatten)]
    pub plan: InspectionPlanView,
    /// What was drawn, in order, and what was found.
    pub results: Vec<PublishedResult>,
}

/// Plans, the latest first.
pub fn inspection_plans(
    on: &mut Read,
    region: Option<RegionCode>,
    state: Option<InspectionPlanState>,
    page: &PageRequest,
) -> Outcome<Page<InspectionPlanView>> {
    let rows = store::plans(on, region, state, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(InspectionPlanView::from))
}

/// A plan with its results.
pub fn inspection_plan(on: &mut Read, id: InspectionPlanId) -> Outcome<InspectionPlanDetail> {
    let row = store::plan(on, id)?.ok_or(Code::NotFound)?;
    let published = |row: InspectionRow| PublishedResult {
        subject_kind: row.subject_kind,
        subject: row.subject,
        subject_name: row.subject_name,
        owner_name: row.owner_name,
        outcome: row.outcome,
        suspended: row.suspended,
        recorded_at: row.recorded_at,
    };
    let results = store::inspections_of(on, id)?.into_iter().map(published).collect();
    Ok(InspectionPlanDetail { plan: row.into(), results })
}

/// Everything that the draw of a plan follows from, and what came out.
pub fn draw_record_of(on: &mut Read, id: InspectionPlanId) -> Outcome<DrawRecord> {
    let plan = store::plan(on, id)?.ok_or(Code::NotFound)?;
    draw_record(on, &plan)
}

/// The same of a plan that is known.
pub fn draw_record(on: &mut Read, plan: &PlanRow) -> Outcome<DrawRecord> {
    let candidate =
        |row: store::PopulationRow| DrawCandidate { subject: row.subject, owner: row.owner_org.to_string() };
    let population = store::population_of(on, plan.id)?.into_iter().map(candidate).collect();
    let inspector = |row: store::PoolRow| {
        let conflicts = serde_json::from_str(&row.conflicts).map_err(AppError::internal)?;
        Ok(DrawInspector { inspector: row.user_id.to_string(), conflicts })
    };
    let pool = store::pool_of(on, plan.id)?.into_iter().map(inspector).collect::<Outcome<_>>()?;
    Ok(DrawRecord {
        algorithm: rules::ALGORITHM.to_owned(),
        plan_id: plan.id.to_string(),
        commitment: plan.commitment.clone(),
        public_source: plan.public_source.clone(),
        to_draw: place(plan.to_draw)?,
        per_item: place(plan.per_item)?,
        population,
        population_hash: plan.population_hash.clone(),
        pool,
        pool_hash: plan.pool_hash.clone(),
        seed: plan.seed.clone(),
        public_value: plan.public_value.clone(),
        drawn: drawn(on, plan.id)?,
    })
}

fn drawn(on: &mut Read, id: InspectionPlanId) -> Outcome<Vec<DrawnItem>> {
    let rows = store::inspections_of(on, id)?;
    let mut people = inspectors(on, &rows)?;
    let item = |row: InspectionRow| {
        let own = people.remove(&row.id).unwrap_or_default();
        Ok(DrawnItem {
            population_place: place(row.population_place)?,
            pool_places: own.iter().map(|one| place(one.pool_place)).collect::<Outcome<_>>()?,
        })
    };
    rows.into_iter().map(item).collect()
}

fn place(number: i64) -> Outcome<usize> {
    usize::try_from(number).map_err(AppError::internal)
}

/// Who was drawn for some inspections.
fn inspectors(on: &mut Read, rows: &[InspectionRow]) -> Outcome<HashMap<InspectionId, Vec<InspectorRow>>> {
    let ids: Vec<InspectionId> = rows.iter().map(|row| row.id).collect();
    let mut people: HashMap<InspectionId, Vec<InspectorRow>> = HashMap::new();
    for one in store::inspectors_of(on, &ids)? {
        people.entry(one.inspection_id).or_default().push(one);
    }
    Ok(people)
}

/// Draws again from a record as it was published; what does not agree, in Chinese and English.
///
/// # Errors
/// `malformed_json` when it is no record.
pub fn verify_draw_file(text: &str) -> Outcome<Vec<(&'static str, &'static str)>> {
    let record: DrawRecord = serde_json::from_str(text).map_err(|e| AppError::new(Code::MalformedJson).cause(e))?;
    Ok(rules::verify_draw(sha256, &record).into_iter().map(rules::DrawMismatch::words).collect())
}

/// An inspection.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InspectionView {
    /// Its id.
    pub id: InspectionId,
    /// The plan it was drawn for.
    pub plan_id: InspectionPlanId,
    /// What is inspected.
    pub subject_kind: SubjectKind,
    /// Its id, or a certificate's number.
    pub subject: String,
    /// Its name.
    pub subject_name: String,
    /// Who answers for it.
    pub owner_id: OrgId,
    /// The owner's name.
    pub owner_name: String,
    /// Where the owner is registered.
    pub region_code: RegionCode,
    /// Who was drawn to inspect; one of them records what was found.
    pub inspectors: Vec<UserId>,
    /// Where it stands.
    pub state: InspectionState,
    /// What was found.
    pub outcome: Option<InspectionOutcome>,
    /// In words.
    pub text: Option<String>,
    /// Evidence.
    pub file_ids: Vec<FileId>,
    /// Who answers for the result.
    pub recorded_by: Option<UserId>,
    /// When it was recorded.
    pub recorded_at: Option<At>,
    /// The finding it opened.
    pub finding_id: Option<FindingId>,
    /// The certificate it suspended.
    pub suspended: Option<String>,
}

fn view(row: InspectionRow, people: Vec<InspectorRow>) -> Outcome<InspectionView> {
    Ok(InspectionView {
        id: row.id,
        plan_id: row.plan_id,
        subject_kind: row.subject_kind,
        subject: row.subject,
        subject_name: row.subject_name,
        owner_id: row.owner_org,
        owner_name: row.owner_name,
        region_code: row.region_code,
        inspectors: people.into_iter().map(|one| one.user_id).collect(),
        state: row.state,
        outcome: row.outcome,
        text: row.text,
        file_ids: serde_json::from_str(&row.file_ids).map_err(AppError::internal)?,
        recorded_by: row.recorded_by,
        recorded_at: row.recorded_at,
        finding_id: row.finding_id,
        suspended: row.suspended,
    })
}

/// The view of an inspection that a command has just changed.
pub fn inspection_view(on: &mut Read, row: InspectionRow) -> Outcome<InspectionView> {
    let people = store::inspectors_of(on, &[row.id])?;
    view(row, people)
}

/// An inspection in scope.
pub fn inspection(on: &mut Read, scope: &Scope, id: InspectionId) -> Outcome<InspectionView> {
    let row = store::inspection(on, scope, id)?.ok_or(Code::NotFound)?;
    inspection_view(on, row)
}

/// Inspections in scope, the latest first.
pub fn inspections(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedInspections,
    page: &PageRequest,
) -> Outcome<Page<InspectionView>> {
    let rows = store::inspections(on, scope, wanted, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let mut people = inspectors(on, &page.items)?;
    page.try_map(|row| {
        let own = people.remove(&row.id).unwrap_or_default();
        view(row, own)
    })
}
