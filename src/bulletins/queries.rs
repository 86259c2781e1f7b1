//! Reading bulletins, and the units that are to be urged.

pub mod open;

use super::content::{Content, differences, digest};
use super::rules::{self, BulletinState, UnitYear, UrgeCause};
use super::store::{self, BulletinRow, Narrow};
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{BulletinId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::ordering::{self, OtherRules, RecountWanted, RecountedOrder};
use crate::platform::db::Read;
use crate::quota::UnitClass;
use crate::reporting::{self, ProgressBy, ProgressRow, ProgressWanted};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A bulletin as a list shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulletinView {
    /// Its id.
    pub id: BulletinId,
    /// The bureau.
    pub office: String,
    /// Its region.
    pub region_code: RegionCode,
    /// The plans' year.
    pub year: i64,
    /// What was known at the end of this day.
    pub as_of: Day,
    /// What a row is.
    pub by: ProgressBy,
    /// Over the table.
    pub title: String,
    /// Whether the books of the year were closed by then: this is the year's last bulletin, and what comes later corrects it.
    pub closes_year: bool,
    /// SHA-256 of the content, byte for byte.
    pub sha256: String,
    /// Of a correction: the bulletin that it corrects.
    pub corrects: Option<BulletinId>,
    /// Of a published correction: which one it is, counted from 1.
    pub correction_no: Option<i64>,
    /// Where it stands.
    pub state: BulletinState,
    /// The number of its document.
    #[schema(example = "宁财便函〔2021〕420号")]
    pub number: Option<String>,
    /// Who drafted it.
    pub drafted_by: UserId,
    /// When.
    pub drafted_at: At,
    /// Who signed it.
    pub signed_by: Option<UserId>,
    /// When.
    pub signed_at: Option<At>,
    /// Who published it.
    pub published_by: Option<UserId>,
    /// When.
    pub published_at: Option<At>,
    /// Its version, for `If-Match`.
    pub etag: String,
}

impl From<&BulletinRow> for BulletinView {
    fn from(row: &BulletinRow) -> BulletinView {
        BulletinView {
            id: row.id,
            office: row.org_name.clone(),
            region_code: row.region_code,
            year: row.year,
            as_of: row.as_of,
            by: row.rows_by,
            title: row.title.clone(),
            closes_year: row.closes_year,
            sha256: row.sha256.clone(),
            corrects: row.corrects,
            correction_no: row.correction_no,
            state: row.state,
            number: row.number.clone(),
            drafted_by: row.drafted_by,
            drafted_at: row.drafted_at,
            signed_by: row.signed_by,
            signed_at: row.signed_at,
            published_by: row.published_by,
            published_at: row.published_at,
            etag: crate::platform::http::etag(row.version),
        }
    }
}

/// A bulletin with what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulletinDetail {
    /// What a list shows of it.
    #[serde(flatten)]
    pub bulletin: BulletinView,
    /// What it says.
    pub content: Content,
}

/// Bulletins in scope, the newest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn bulletins(read: &mut Read, actor: &Actor, narrow: Narrow, page: &PageRequest) -> Outcome<Page<BulletinView>> {
    let rows = store::list(read, &actor.scope, narrow, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(|row| BulletinView::from(&row)))
}

/// A bulletin in scope, as it is stored.
///
/// # Errors
/// `not_found`.
pub fn bulletin(read: &mut Read, actor: &Actor, id: BulletinId) -> Outcome<BulletinRow> {
    store::bulletin(read, &actor.scope, id)?.ok_or_else(|| Code::NotFound.into())
}

/// The bulletin with what it says.
///
/// # Errors
/// When the stored content is none.
pub fn detail(row: &BulletinRow) -> Outcome<BulletinDetail> {
    Ok(BulletinDetail { bulletin: BulletinView::from(row), content: Content::read(&row.content)? })
}

/// Whether a bulletin's figures come out the same when they are made again.
pub(super) fn is_as_made(read: &mut Read, row: &BulletinRow) -> Outcome<bool> {
    let bureau = Actor { scope: Scope::Region(row.region_code), ..Actor::console(row.region_code) };
    let wanted = ProgressWanted { year: row.year, as_of: row.as_of, by: row.rows_by, region: None, unit: None };
    let again = reporting::progress(read, &bureau, &wanted)?;
    Ok(differences(&Content::read(&row.content)?.table, &again).is_empty())
}

/// The orders of a bulletin's year that would have counted something else under other rules. Only its own bureau's region is
/// counted again, and only for who sees all of it.
///
/// # Errors
/// `not_found`, `invalid_parameter` without another rule, `forbidden` for a bulletin of a region beyond the caller's.
pub fn recount(
    read: &mut Read,
    actor: &Actor,
    id: BulletinId,
    rules: OtherRules,
    page: &PageRequest,
) -> Outcome<Page<RecountedOrder>> {
    let row = bulletin(read, actor, id)?;
    if !matches!(&actor.scope, Scope::Region(code) if code.contains(&row.region_code)) {
        return Err(AppError::new(Code::Forbidden).detail("不在本财政部门的地区", "is not of the bureau's region"));
    }
    if rules.product_rule.is_none() && rules.rating_required.is_none() {
        let message = Message::new("请给出 product_rule 或 rating_required", "give product_rule or rating_required");
        return Err(AppError::field(Code::InvalidParameter, "product_rule", message));
    }
    let wanted = RecountWanted { year: row.year, as_of: row.as_of, region: row.region_code, rules };
    ordering::recounts(read, &wanted, page)
}

/// Bulletins looked at between two pages.
const BATCH: i64 = 100;

/// Published bulletins whose content is not what their hash says; their ids.
///
/// # Errors
/// When the database fails.
pub fn verify(read: &mut Read) -> Outcome<Vec<BulletinId>> {
    let (mut found, mut last) = (Vec::new(), None);
    loop {
        let rows = store::after(read, last, BATCH)?;
        let Some(end) = rows.last() else { return Ok(found) };
        last = Some(end.id);
        let wrong =
            rows.iter().filter(|row| digest(&row.content) != row.sha256 || Content::read(&row.content).is_err());
        found.extend(wrong.map(|row| row.id));
    }
}

/// What a published bulletin says of the plans of its units.
#[derive(Debug, Clone)]
pub struct Published {
    /// The day of its publication.
    pub published_on: Day,
    /// Of each unit whose plan was approved what is reserved: canteen and union.
    pub reserved: HashMap<OrgId, (Fen, Fen)>,
}

/// Published bulletins of a year whose rows are units, in the order of their publication.
///
/// # Errors
/// When the database fails.
pub fn published_by_unit(read: &mut Read, year: i64) -> Outcome<Vec<BulletinId>> {
    store::published_by_unit(read, year)
}

/// What a published bulletin says of the plans of its units.
///
/// # Errors
/// `not_found` for one that is not published.
pub fn published(read: &mut Read, id: BulletinId) -> Outcome<Published> {
    let row = store::bulletin(read, &Scope::Platform, id)?.ok_or(Code::NotFound)?;
    let published_on = row.published_at.ok_or(Code::NotFound)?.day();
    let rows = Content::read(&row.content)?.table.rows.into_iter().filter(|row| row.plan_approved == Some(true));
    let reserved = rows.filter_map(|row| {
        Some((row.key.as_deref()?.parse().ok()?, (row.reserved_canteen_fen, row.reserved_union_fen)))
    });
    Ok(Published { published_on, reserved: reserved.collect() })
}

/// Whom to urge.
#[derive(Debug, Clone, Copy)]
pub struct UrgesWanted {
    /// The plans' year.
    pub year: i64,
    /// As known at the end of this day.
    pub as_of: Day,
    /// Only for this cause.
    pub cause: Option<UrgeCause>,
    /// Only units of this region.
    pub region: Option<RegionCode>,
}

/// A unit that is to be urged.
#[derive(Debug, Serialize, ToSchema)]
pub struct UrgeView {
    /// The unit.
    pub unit_id: OrgId,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region_code: RegionCode,
    /// Why.
    pub cause: UrgeCause,
    /// Reserved.
    pub reserved_fen: Fen,
    /// Ordered.
    pub ordered_fen: Fen,
    /// Completed.
    pub completed_fen: Fen,
    /// 序时: what would be completed by the day at an even pace.
    pub expected_fen: Fen,
    /// Its managers whose addresses are verified.
    pub contacts: Vec<Contact>,
    /// When it was urged last.
    pub urged_at: Option<At>,
    /// How often it was urged in this year's matter.
    pub urged_times: i64,
}

/// Whom to write to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contact {
    /// The person.
    pub name: String,
    /// The address.
    pub email: String,
}

/// That a unit was urged.
#[derive(Debug, Serialize, ToSchema)]
pub struct Urged {
    /// The unit.
    pub unit_id: OrgId,
    /// Why.
    pub cause: UrgeCause,
    /// How many of its managers were written to.
    pub recipients: i64,
}

/// What a unit's year lacks.
#[derive(Debug, Clone, Copy)]
pub struct Lacks {
    pub cause: UrgeCause,
    pub reserved_fen: Fen,
    pub completed_fen: Fen,
    pub expected_fen: Fen,
}

/// Why a unit is urged, if it is.
pub(super) fn lacks(read: &mut Read, actor: &Actor, unit: OrgId, year: i64, as_of: Day) -> Outcome<Option<Lacks>> {
    let wanted = ProgressWanted { year, as_of, by: ProgressBy::Unit, region: None, unit: Some(unit) };
    let view = reporting::progress(read, actor, &wanted)?;
    let own = view.rows.iter().find(|row| row.key.as_deref() == Some(unit.to_string().as_str()));
    own.map_or(Ok(None), |row| lacking(row, year, as_of))
}

fn lacking(row: &ProgressRow, year: i64, as_of: Day) -> Outcome<Option<Lacks>> {
    // A merged unit's year is its successor's.
    if row.class == Some(UnitClass::Merged) {
        return Ok(None);
    }
    let unit = UnitYear {
        planned: row.plan_approved == Some(true),
        not_reserved: row.class == Some(UnitClass::NotReserved),
        reserved: row.reserved_fen,
        ordered: row.ordered_fen,
        completed: row.completed_fen,
    };
    let expected_fen = rules::expected(row.reserved_fen, year, as_of)?;
    let cause = rules::cause(&unit, year, as_of)?;
    Ok(cause.map(|cause| Lacks {
        cause,
        reserved_fen: row.reserved_fen,
        completed_fen: row.completed_fen,
        expected_fen,
    }))
}

/// 催办清单: units in scope that are to be urged, in the order of region and name, page by page.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn urge_list(read: &mut Read, actor: &Actor, wanted: &UrgesWanted, page: &PageRequest) -> Outcome<Page<UrgeView>> {
    let of = ProgressWanted {
        year: wanted.year,
        as_of: wanted.as_of,
        by: ProgressBy::Unit,
        region: wanted.region,
        unit: None,
    };
    let mut units = reporting::progress(read, actor, &of)?.rows;
    // The page goes on behind the unit that ended the last one, whether or not that one is still to be urged.
    if let Some(after) = page.key::<OrgId>()?.map(|unit| unit.to_string()) {
        let behind = units.iter().position(|row| row.key.as_deref() == Some(after.as_str()));
        units.drain(..behind.map_or(0, |place| place + 1));
    }
    let mut rows: Vec<(ProgressRow, Lacks)> = Vec::new();
    for row in units {
        let lacks = lacking(&row, wanted.year, wanted.as_of)?;
        let asked = lacks.filter(|lacks| wanted.cause.is_none_or(|cause| cause == lacks.cause));
        rows.extend(asked.map(|lacks| (row, lacks)));
    }
    rows.truncate(usize::try_from(page.fetch()).unwrap_or(usize::MAX));
    let page = Page::cut(rows, page, |(row, _)| vec![row.key.clone().unwrap_or_default()]);
    let units: Vec<OrgId> = page.items.iter().filter_map(|(row, _)| row.key.as_deref()?.parse().ok()).collect();
    let regions: HashMap<OrgId, RegionCode> =
        identity::organisations(read, &units)?.into_iter().map(|unit| (unit.id, unit.region_code)).collect();
    let urged: HashMap<OrgId, (Option<At>, i64)> =
        store::urged(read, &units, wanted.year)?.into_iter().map(|(unit, at, times)| (unit, (at, times))).collect();
    page.try_map(|(row, lacks)| {
        let unit_id: OrgId = row.key.as_deref().unwrap_or_default().parse().map_err(|_| Code::NotFound)?;
        let contacts = identity::recipients(read, unit_id, Role::Manager)?;
        let (urged_at, urged_times) = urged.get(&unit_id).copied().unwrap_or_default();
        Ok(UrgeView {
            unit_id,
            region_code: regions.get(&unit_id).copied().ok_or(Code::NotFound)?,
            cause: lacks.cause,
            reserved_fen: row.reserved_fen,
            ordered_fen: row.ordered_fen,
            completed_fen: row.completed_fen,
            expected_fen: lacks.expected_fen,
            contacts: contacts.into_iter().map(|(name, email)| Contact { name, email }).collect(),
            urged_at,
            urged_times,
            name: row.name,
        })
    })
}
