//! What the public sees: notices and certificates; and objections, which only the offices see.

use crate::certification::rules::{
    self, CertificateStatus, Consequence, EndReason, NoticeStatus, ObjectionStage, ObjectionStatus,
};
use crate::certification::store::{self, CertificateRow, NoticeRow, ObjectionRow};
use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{
    CertificateId, CertificationApplicationId, FileId, NoticeId, ObjectionId, OrgId, ProductId, SchemeId, UserId,
};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::AnnulmentGround;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::regions;
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use utoipa::ToSchema;

/// A public notice (公示).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: NoticeId,
    /// The certifying county.
    pub county: RegionCode,
    /// The product.
    pub product_name: String,
    /// The supplier.
    pub supplier_name: String,
    /// The day it was opened; not counted.
    pub opened_on: Day,
    /// Its last day; objections are taken until 24:00.
    pub ends_on: Day,
    /// The moment after which no objections are taken.
    pub ends_at: At,
    /// Where it stands.
    pub status: NoticeStatus,
}

impl From<NoticeRow> for NoticeView {
    fn from(row: NoticeRow) -> NoticeView {
        NoticeView {
            id: row.id,
            county: row.county,
            product_name: row.product_name,
            supplier_name: row.supplier_name,
            opened_on: row.opened_on,
            ends_on: row.ends_on,
            ends_at: row.ends_at,
            status: row.status,
        }
    }
}

/// Public notices, newest first.
pub fn notices(
    on: &mut Read,
    county: Option<RegionCode>,
    status: Option<NoticeStatus>,
    page: &PageRequest,
) -> Outcome<Page<NoticeView>> {
    let rows = store::notices(on, county, status, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(NoticeView::from))
}

/// What became public last.
#[derive(Debug, Clone, Copy)]
pub struct Recent {
    /// When the last certificate was issued or decided about.
    pub certificates: Option<At>,
    /// When the last notice was opened.
    pub notices: Option<At>,
}

/// What became public last.
///
/// # Errors
/// When the database fails.
pub fn recent(on: &mut Read) -> Outcome<Recent> {
    let notices = store::opened_last(on)?.map(Day::start);
    Ok(Recent { certificates: store::decided_last(on)?, notices })
}

/// An objection as the offices see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectionView {
    /// Its id.
    pub id: ObjectionId,
    /// The notice objected to.
    pub notice_id: NoticeId,
    /// The application behind it.
    pub application_id: CertificationApplicationId,
    /// The certifying county.
    pub county: RegionCode,
    /// How to reach who objects; only the county's office is told.
    pub contact: Option<String>,
    /// What is wrong.
    pub text: String,
    /// When it was filed.
    pub filed_at: At,
    /// Where it stands.
    pub status: ObjectionStatus,
    /// What followed.
    pub consequence: Option<Consequence>,
    /// Why it was decided so.
    pub reason: Option<String>,
    /// When it was decided.
    pub decided_at: Option<At>,
    /// How far it is handled.
    pub stage: ObjectionStage,
    /// The last day of the next step: to receive it, then to decide it.
    pub due_on: Option<Day>,
    /// The deadline rests on a year whose holidays are not loaded.
    pub due_provisional: bool,
    /// The deadline has passed.
    pub overdue: bool,
    /// Who works on it.
    pub assigned_to: Option<UserId>,
    /// When it was received.
    pub received_at: Option<At>,
    /// What was found out.
    pub findings: Option<String>,
    /// When.
    pub verified_at: Option<At>,
    /// What who objected was told.
    pub reply: Option<String>,
    /// Files that who objected brought.
    pub file_ids: Vec<FileId>,
}

/// An objection as who filed it sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectionInquiry {
    /// Its id.
    pub id: ObjectionId,
    /// How far it is handled.
    pub stage: ObjectionStage,
    /// Whether it is open, upheld or dismissed.
    pub status: ObjectionStatus,
    /// When it was filed.
    pub filed_at: At,
    /// When it was received.
    pub received_at: Option<At>,
    /// Until when the office takes the next step.
    pub due_on: Option<Day>,
    /// When it was decided.
    pub decided_at: Option<At>,
    /// What the office answers.
    pub reply: Option<String>,
    /// How many files were brought.
    pub files: usize,
}

impl ObjectionInquiry {
    pub fn of(row: ObjectionRow) -> Outcome<ObjectionInquiry> {
        let files: Vec<FileId> = serde_json::from_str(&row.file_ids).map_err(AppError::internal)?;
        Ok(ObjectionInquiry {
            id: row.id,
            stage: row.stage,
            status: row.status,
            filed_at: row.filed_at,
            received_at: row.received_at,
            due_on: row.due_on,
            decided_at: row.decided_at,
            reply: row.reply,
            files: files.len(),
        })
    }
}

/// The view of an objection; the contact is for the county's own office.
pub fn objection_view(row: ObjectionRow, office: &RegionCode, today: Day) -> Outcome<ObjectionView> {
    Ok(ObjectionView {
        contact: Some(row.contact).filter(|_| *office == row.county),
        id: row.id,
        notice_id: row.notice_id,
        application_id: row.application_id,
        county: row.county,
        text: row.text,
        filed_at: row.filed_at,
        status: row.status,
        consequence: row.consequence,
        reason: row.reason,
        decided_at: row.decided_at,
        stage: row.stage,
        due_on: row.due_on,
        due_provisional: row.due_provisional,
        overdue: row.due_on.is_some_and(|due| due < today),
        assigned_to: row.assigned_to,
        received_at: row.received_at,
        findings: row.findings,
        verified_at: row.verified_at,
        reply: row.reply,
        file_ids: serde_json::from_str(&row.file_ids).map_err(AppError::internal)?,
    })
}

/// Objections in an office's region, newest first; only those that are late, if asked for.
pub fn objections(
    on: &mut Read,
    (scope, office): (&Scope, &RegionCode),
    (status, late): (Option<ObjectionStatus>, bool),
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<ObjectionView>> {
    let rows = store::objections(on, scope, status, late.then_some(today), page.key()?, page.fetch())?;
    Page::cut(rows, page, |row| vec![row.id.to_string()]).try_map(|row| objection_view(row, office, today))
}

/// A county by code and name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NamedPlace {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
}

/// A certificate as anybody may verify it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CertificateView {
    /// Its number.
    #[schema(example = "NX-2021-00001")]
    pub number: String,
    /// Where it stands today.
    pub status: CertificateStatus,
    /// Why it was suspended or revoked.
    pub reason_code: Option<EndReason>,
    /// Revoked or suspended for food safety.
    pub safety: bool,
    /// The product.
    pub product_id: ProductId,
    /// The product's name.
    pub product_name: String,
    /// The supplier's name.
    pub supplier_name: String,
    /// The certifying county.
    pub county: NamedPlace,
    /// Counties of production.
    pub origins: Vec<NamedPlace>,
    /// The scheme.
    pub scheme_id: SchemeId,
    /// The scheme's name.
    pub scheme_name: String,
    /// The catalogue batch.
    pub batch: String,
    /// First day.
    pub valid_from: Day,
    /// Last day.
    pub valid_until: Day,
    /// Last day of a suspension that ends by itself.
    pub suspended_until: Option<Day>,
    /// Later than the last day while a renewal filed in time is decided.
    pub in_force_until: Day,
    /// When it was issued.
    pub issued_at: At,
    /// That it was never valid, when an office decided so.
    pub annulment: Option<AnnulmentView>,
}

/// 自始无效: a certificate was never valid.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AnnulmentView {
    /// What was false.
    pub ground: AnnulmentGround,
    /// Why, in words.
    pub reason: String,
    /// The document that says so.
    pub document_no: Option<String>,
    /// The day of the decision.
    pub decided_on: Day,
}

/// A certificate by its number, as it stands on a day.
///
/// # Errors
/// `not_found`.
pub fn certificate(on: &mut Read, number: &str, today: Day) -> Outcome<CertificateView> {
    let row = store::certificate(on, number)?.ok_or(Code::NotFound)?;
    only(certificate_views(on, vec![row], today)?)
}

fn only(views: Vec<CertificateView>) -> Outcome<CertificateView> {
    views.into_iter().next().ok_or_else(|| Code::NotFound.into())
}

/// Certificates of a region's counties that are in force on a day, at most so many: number, supplier, product.
///
/// # Errors
/// When the database fails.
pub fn certificates_in_force(
    on: &mut Read,
    region: &RegionCode,
    day: Day,
    most: i64,
) -> Outcome<Vec<(String, OrgId, String)>> {
    store::certificates_in_force(on, region, day, most)
}

/// Those of the certificates whose end lets buyers out of what they ordered: revoked for food safety, or never valid.
///
/// # Errors
/// When the database fails.
pub fn let_buyers_out(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<CertificateId>> {
    let mut found = store::revoked_for_safety(on, ids)?;
    found.extend(store::annulled_of(on, ids)?);
    Ok(found)
}

/// Where a certificate stands by what was decided about it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The certificate.
    pub id: CertificateId,
    /// Its number.
    pub number: String,
    /// Where it stands.
    pub status: CertificateStatus,
    /// Why it was suspended or revoked.
    pub reason_code: Option<EndReason>,
    /// Whether for food safety.
    pub safety: bool,
    /// The last day of a suspension that ends by itself.
    pub suspended_until: Option<Day>,
    /// Whether it was never valid.
    pub annulled: bool,
}

/// Where certificates stand, each once.
///
/// # Errors
/// When the database fails.
pub fn standings(on: &mut Read, ids: &[CertificateId]) -> Outcome<Vec<Standing>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let annulled = store::annulled_of(on, ids)?;
    let standing = |row: CertificateRow| Standing {
        annulled: annulled.contains(&row.id),
        id: row.id,
        number: row.number,
        status: row.status,
        reason_code: row.reason_code,
        safety: row.safety,
        suspended_until: row.suspended_until,
    };
    Ok(store::certificates_by_id(on, ids)?.into_iter().map(standing).collect())
}

/// Products whose certificates stopped to count since a moment.
///
/// # Errors
/// When the database fails.
pub fn ended_since(on: &mut Read, since: At) -> Outcome<Vec<ProductId>> {
    store::ended_since(on, since)
}

/// The view of a certificate.
pub fn certificate_view(on: &mut Read, row: CertificateRow, today: Day) -> Outcome<CertificateView> {
    only(certificate_views(on, vec![row], today)?)
}

/// The views of certificates; the regions of all of them are asked for at once, and each scheme once.
fn certificate_views(on: &mut Read, rows: Vec<CertificateRow>, today: Day) -> Outcome<Vec<CertificateView>> {
    let ids: Vec<CertificateId> = rows.iter().map(|row| row.id).collect();
    let annulled = store::annulments_of(on, &ids)?;
    let annulment = |id: CertificateId| {
        annulled.iter().find(|row| row.certificate_id == id).map(|row| AnnulmentView {
            ground: row.ground,
            reason: row.reason.clone(),
            document_no: row.document_no.clone(),
            decided_on: row.decided_on,
        })
    };
    let origins =
        |row: &CertificateRow| serde_json::from_str::<Vec<RegionCode>>(&row.origins).map_err(AppError::internal);
    let mut codes: Vec<RegionCode> = rows.iter().map(|row| row.county).collect();
    let mut schemes = BTreeMap::new();
    for row in &rows {
        codes.extend(origins(row)?);
        if let Entry::Vacant(unknown) = schemes.entry(row.scheme_id) {
            unknown.insert(store::scheme(on, row.scheme_id)?.ok_or(Code::NotFound)?.name);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    let known = regions::regions_on(on, &codes, today)?;
    // A region that no list knows is shown by its code.
    let place = |code: RegionCode| NamedPlace {
        code,
        name: known.get(&code).map_or_else(|| code.to_string(), |region| region.name.clone()),
    };
    let view = |row: CertificateRow| {
        Ok(CertificateView {
            status: rules::standing(row.status, row.in_force_until, today),
            annulment: annulment(row.id),
            county: place(row.county),
            origins: origins(&row)?.into_iter().map(place).collect(),
            scheme_name: schemes.get(&row.scheme_id).cloned().unwrap_or_default(),
            number: row.number,
            reason_code: row.reason_code,
            safety: row.safety,
            product_id: row.product_id,
            product_name: row.product_name,
            supplier_name: row.supplier_name,
            scheme_id: row.scheme_id,
            batch: row.batch,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            suspended_until: row.suspended_until,
            in_force_until: row.in_force_until,
            issued_at: row.issued_at,
        })
    };
    rows.into_iter().map(view).collect()
}

/// Certificates in the order of their numbers: a catalogue batch, or a county's.
pub fn certificates(
    on: &mut Read,
    batch: Option<&str>,
    county: Option<RegionCode>,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<CertificateView>> {
    let rows = store::certificates(on, batch, county, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.number.clone()]);
    Ok(Page { items: certificate_views(on, page.items, today)?, next: page.next })
}
