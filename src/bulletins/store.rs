//! SQL of bulletins and urges; decides nothing.

use super::rules::{BulletinState, UrgeCause};
use super::schema::{bulletin_urges as urges, bulletins};
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{BulletinId, OrgId, UrgeId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use crate::reporting::ProgressBy;
use diesel::dsl::{count_star, insert_into, max, update};
use diesel::prelude::*;

/// A stored bulletin.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = bulletins, treat_none_as_default_value = false)]
pub struct BulletinRow {
    pub id: BulletinId,
    pub org_id: OrgId,
    pub org_name: String,
    pub region_code: RegionCode,
    pub year: i64,
    pub as_of: Day,
    pub rows_by: ProgressBy,
    pub title: String,
    pub closes_year: bool,
    pub content: String,
    pub sha256: String,
    pub corrects: Option<BulletinId>,
    pub correction_no: Option<i64>,
    pub state: BulletinState,
    pub drafted_by: UserId,
    pub drafted_at: At,
    pub signed_by: Option<UserId>,
    pub signed_at: Option<At>,
    pub number: Option<String>,
    pub published_by: Option<UserId>,
    pub published_at: Option<At>,
    pub version: i64,
}

/// An urging.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = urges, treat_none_as_default_value = false)]
pub struct UrgeRow {
    pub id: UrgeId,
    pub org_id: OrgId,
    pub unit_id: OrgId,
    pub year: i64,
    pub as_of: Day,
    pub cause: UrgeCause,
    pub recipients: i64,
    pub urged_by: UserId,
    pub urged_at: At,
}

pub fn insert(tx: &mut Tx<'_>, row: &BulletinRow) -> Outcome<()> {
    each!(tx, c => insert_into(bulletins::table).values(row).execute(c))?;
    Ok(())
}

/// What a list of bulletins is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Narrow {
    pub year: Option<i64>,
    pub state: Option<BulletinState>,
    pub corrects: Option<BulletinId>,
}

/// Published bulletins, and those of the scope's region wherever they stand; the newest first.
pub fn list(
    on: &mut Read,
    scope: &Scope,
    narrow: Narrow,
    after: Option<BulletinId>,
    most: i64,
) -> Outcome<Vec<BulletinRow>> {
    Ok(each!(on, c => {
        let mut query = bulletins::table.select(BulletinRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, below) = code.subtree();
                let own = bulletins::region_code.ge(from).and(bulletins::region_code.lt(below));
                query = query.filter(bulletins::state.eq(BulletinState::Published).or(own));
            }
            Scope::UnitTree(_) | Scope::Org(_) => query = query.filter(bulletins::state.eq(BulletinState::Published)),
        }
        if let Some(year) = narrow.year {
            query = query.filter(bulletins::year.eq(year));
        }
        if let Some(state) = narrow.state {
            query = query.filter(bulletins::state.eq(state));
        }
        if let Some(corrects) = narrow.corrects {
            query = query.filter(bulletins::corrects.eq(corrects));
        }
        if let Some(after) = after {
            query = query.filter(bulletins::id.lt(after));
        }
        query.order(bulletins::id.desc()).limit(most).load(c)
    })?)
}

/// A bulletin that the scope may see.
pub fn bulletin(on: &mut Read, scope: &Scope, id: BulletinId) -> Outcome<Option<BulletinRow>> {
    let row: Option<BulletinRow> =
        each!(on, c => bulletins::table.find(id).select(BulletinRow::as_select()).first(c).optional())?;
    let sees = |row: &BulletinRow| match scope {
        Scope::Platform => true,
        Scope::Region(code) => row.state == BulletinState::Published || code.contains(&row.region_code),
        Scope::UnitTree(_) | Scope::Org(_) => row.state == BulletinState::Published,
    };
    Ok(row.filter(sees))
}

/// Moves a bulletin from the version that was seen; how many rows that was.
pub fn save(tx: &mut Tx<'_>, row: &BulletinRow, seen: i64) -> Outcome<usize> {
    let changes = (
        bulletins::state.eq(row.state),
        bulletins::signed_by.eq(row.signed_by),
        bulletins::signed_at.eq(row.signed_at),
        bulletins::number.eq(&row.number),
        bulletins::correction_no.eq(row.correction_no),
        bulletins::published_by.eq(row.published_by),
        bulletins::published_at.eq(row.published_at),
        bulletins::version.eq(row.version),
    );
    Ok(
        each!(tx, c => update(bulletins::table.find(row.id)).filter(bulletins::version.eq(seen)).set(changes).execute(c))?,
    )
}

/// Whether a bureau has used a number.
pub fn number_used(on: &mut Read, org: OrgId, number: &str) -> Outcome<bool> {
    let found: i64 = each!(on, c => bulletins::table.filter(bulletins::org_id.eq(org)).filter(bulletins::number.eq(number))
        .select(count_star()).first(c))?;
    Ok(found > 0)
}

/// The last published correction of a bulletin.
pub fn last_correction(on: &mut Read, id: BulletinId) -> Outcome<Option<BulletinRow>> {
    Ok(
        each!(on, c => bulletins::table.filter(bulletins::corrects.eq(id)).filter(bulletins::state.eq(BulletinState::Published))
        .order(bulletins::correction_no.desc()).select(BulletinRow::as_select()).first(c).optional())?,
    )
}

/// Published bulletins of a year whose rows are units, in the order of their publication.
pub fn published_by_unit(on: &mut Read, year: i64) -> Outcome<Vec<BulletinId>> {
    Ok(
        each!(on, c => bulletins::table.filter(bulletins::year.eq(year)).filter(bulletins::state.eq(BulletinState::Published))
        .filter(bulletins::rows_by.eq(ProgressBy::Unit)).order((bulletins::published_at, bulletins::id))
        .select(bulletins::id).load(c))?,
    )
}

fn is_published() -> diesel::dsl::Eq<bulletins::state, BulletinState> {
    bulletins::state.eq(BulletinState::Published)
}

/// Published ones before one, the newest first.
pub fn published(on: &mut Read, before: Option<BulletinId>, most: i64) -> Outcome<Vec<BulletinRow>> {
    Ok(each!(on, c => {
        let mut query = bulletins::table.filter(is_published()).select(BulletinRow::as_select()).into_boxed();
        if let Some(before) = before {
            query = query.filter(bulletins::id.lt(before));
        }
        query.order(bulletins::id.desc()).limit(most).load(c)
    })?)
}

/// Published ones of a number, published first first.
pub fn published_as(on: &mut Read, number: &str) -> Outcome<Vec<BulletinRow>> {
    Ok(each!(on, c => bulletins::table.filter(is_published()).filter(bulletins::number.eq(number.to_owned()))
        .order((bulletins::published_at, bulletins::id)).select(BulletinRow::as_select()).load(c))?)
}

/// The number of a bulletin.
pub fn number_of(on: &mut Read, id: BulletinId) -> Outcome<Option<String>> {
    Ok(each!(on, c => bulletins::table.find(id).select(bulletins::number).first(c))?)
}

/// When a bulletin was published last.
pub fn published_last(on: &mut Read) -> Outcome<Option<At>> {
    Ok(each!(on, c => bulletins::table.select(max(bulletins::published_at)).first(c))?)
}

/// Every bulletin after one, for verification in batches.
pub fn after(on: &mut Read, after: Option<BulletinId>, most: i64) -> Outcome<Vec<BulletinRow>> {
    Ok(each!(on, c => {
        let mut query = bulletins::table.select(BulletinRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(bulletins::id.gt(after));
        }
        query.order(bulletins::id).limit(most).load(c)
    })?)
}

pub fn insert_urge(tx: &mut Tx<'_>, row: &UrgeRow) -> Outcome<()> {
    each!(tx, c => insert_into(urges::table).values(row).execute(c))?;
    Ok(())
}

/// When units were urged last in a year, and how often.
pub fn urged(on: &mut Read, units: &[OrgId], year: i64) -> Outcome<Vec<(OrgId, Option<At>, i64)>> {
    Ok(each!(on, c => urges::table.filter(urges::unit_id.eq_any(units)).filter(urges::year.eq(year))
        .group_by(urges::unit_id).select((urges::unit_id, max(urges::urged_at), count_star())).load(c))?)
}
