//! SQL of organisations.

use super::super::schema::{organisations, unit_closure};
use super::Standing;
use crate::each;
use crate::kernel::actor::{OrgKind, Scope};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::search_text::sort_key;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use crate::platform::db::{Condition, Read, Tx, Wording};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// An active organisation has this id.
#[derive(Debug, Clone, Copy)]
pub struct Acts;
impl Wording for Acts {
    const BEFORE: &'static str = "EXISTS (SELECT 1 FROM organisations o WHERE o.status = 'active' AND o.id = ";
    const AFTER: &'static str = ")";
}

/// For another slice's statement: whether the organisation that its column names may act.
pub const fn acts<C>(column: C) -> Condition<Acts, C> {
    Condition::of(column)
}

/// An organisation.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = organisations, treat_none_as_default_value = false)]
pub struct Organisation {
    /// Its id.
    pub id: OrgId,
    /// Its credit code; only the platform's operator may lack one.
    pub uscc: Option<Uscc>,
    /// Its name.
    pub name: String,
    /// The name as it sorts: pinyin.
    pub name_key: String,
    /// What it is.
    pub kind: OrgKind,
    /// Where it is registered; an office's own region.
    pub region_code: RegionCode,
    /// People it employs.
    pub staff_count: i64,
    /// Whether it is a small or medium enterprise.
    pub is_sme: bool,
    /// Whether it may act.
    pub status: Standing,
    /// Counts its changes.
    pub version: i64,
    /// Since when it is known here.
    pub created_at: At,
    /// Of a budget unit that was closed or merged: from this day on it orders and plans nothing.
    pub ended_on: Option<Day>,
    /// Of one that was merged: who has its years from the year of that day on.
    pub successor_id: Option<OrgId>,
}

/// Which organisations a list shows.
#[derive(Debug, Clone, Default)]
pub struct OrganisationFilter {
    /// Of this kind.
    pub kind: Option<OrgKind>,
    /// Registered in this region or below it.
    pub region: Option<RegionCode>,
    /// In this standing.
    pub status: Option<Standing>,
    /// With exactly this code.
    pub uscc: Option<Uscc>,
}

pub fn insert_organisation(tx: &mut Tx<'_>, row: &Organisation) -> Outcome<()> {
    each!(tx, c => insert_into(organisations::table).values(row).execute(c))?;
    Ok(())
}

pub fn organisation(on: &mut Read, id: OrgId) -> Outcome<Option<Organisation>> {
    Ok(each!(on, c => organisations::table.find(id).select(Organisation::as_select()).first(c).optional())?)
}

pub fn organisations(on: &mut Read, ids: &[OrgId]) -> Outcome<Vec<Organisation>> {
    Ok(
        each!(on, c => organisations::table.filter(organisations::id.eq_any(ids)).order(organisations::id).select(Organisation::as_select()).load(c))?,
    )
}

pub fn organisation_by_uscc(on: &mut Read, uscc: &Uscc) -> Outcome<Option<Organisation>> {
    Ok(
        each!(on, c => organisations::table.filter(organisations::uscc.eq(uscc)).select(Organisation::as_select()).first(c).optional())?,
    )
}

/// The first organisations of exactly this name.
pub fn organisations_named(on: &mut Read, name: &str, most: i64) -> Outcome<Vec<Organisation>> {
    Ok(
        each!(on, c => organisations::table.filter(organisations::name_key.eq(sort_key(name))).filter(organisations::name.eq(name))
        .order(organisations::id).limit(most).select(Organisation::as_select()).load(c))?,
    )
}

/// Active organisations of a kind that are registered in exactly these regions.
pub fn offices_of(on: &mut Read, kind: OrgKind, regions: &[RegionCode]) -> Outcome<Vec<Organisation>> {
    Ok(each!(on, c => organisations::table
        .filter(organisations::kind.eq(kind)).filter(organisations::status.eq(Standing::Active)).filter(organisations::region_code.eq_any(regions))
        .order(organisations::id).select(Organisation::as_select()).load(c))?)
}

/// Written as text, as in the index of the one operator: plans do not look at what is bound.
struct TheOperator;
impl Wording for TheOperator {
    const AFTER: &'static str = " = 'operator'";
}

pub fn operator(on: &mut Read) -> Outcome<Option<Organisation>> {
    Ok(
        each!(on, c => organisations::table.filter(Condition::<TheOperator, _>::of(organisations::kind)).select(Organisation::as_select()).first(c).optional())?,
    )
}

/// Locks, loads and counts a change.
pub fn claim_organisation(tx: &mut Tx<'_>, id: OrgId) -> Outcome<Option<Organisation>> {
    Ok(each!(tx, c => update(organisations::table.find(id)).set(organisations::version.eq(organisations::version + 1))
        .returning(Organisation::as_returning()).get_result(c).optional())?)
}

/// Moves the standing of a claimed organisation; whether it stood otherwise before.
pub fn set_organisation_status(tx: &mut Tx<'_>, id: OrgId, from: Standing, to: Standing) -> Outcome<bool> {
    let rows = each!(tx, c => update(organisations::table.find(id).filter(organisations::status.eq(from))).set(organisations::status.eq(to)).execute(c))?;
    Ok(rows == 1)
}

/// Organisations in scope, by name. A unit tree is taken as it stands on the day.
pub fn list_organisations(
    on: &mut Read,
    scope: &Scope,
    filter: &OrganisationFilter,
    day: Day,
    page: &PageRequest,
) -> Outcome<Vec<Organisation>> {
    let after = page.keys::<String, OrgId>()?;
    Ok(each!(on, c => {
        let mut query = organisations::table.select(Organisation::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(organisations::region_code.ge(from)).filter(organisations::region_code.lt(to));
            }
            Scope::Org(org) => query = query.filter(organisations::id.eq(*org)),
            Scope::UnitTree(root) => {
                let below = unit_closure::table
                    .filter(unit_closure::ancestor_id.eq(*root))
                    .filter(unit_closure::valid_from.le(day))
                    .filter(unit_closure::valid_to.gt(day))
                    .select(unit_closure::descendant_id);
                query = query.filter(organisations::id.eq_any(below));
            }
        }
        if let Some(kind) = filter.kind {
            query = query.filter(organisations::kind.eq(kind));
        }
        if let Some(status) = filter.status {
            query = query.filter(organisations::status.eq(status));
        }
        if let Some(uscc) = filter.uscc {
            query = query.filter(organisations::uscc.eq(uscc));
        }
        if let Some(region) = filter.region {
            let (from, to) = region.subtree();
            query = query.filter(organisations::region_code.ge(from)).filter(organisations::region_code.lt(to));
        }
        if let Some((name, id)) = after {
            query = query.filter(organisations::name_key.ge(name.clone()))
                .filter(organisations::name_key.gt(name.clone()).or(organisations::name_key.eq(name).and(organisations::id.gt(id))));
        }
        query.order((organisations::name_key, organisations::id)).limit(page.fetch()).load(c)
    })?)
}
