//! SQL of lists and of what they were checked to.

use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{HouseholdCheckId, HouseholdListId, OrgId, ProductId, RuleId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::linkage::rules::{HouseholdCheckResult, HouseholdListStatus};
use crate::linkage::schema::{household_checks as checks, household_lists as lists, household_years as years};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, max, update};
use diesel::prelude::*;

/// A stored list.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = lists, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ListRow {
    pub id: HouseholdListId,
    pub org_id: OrgId,
    pub supplier_name: String,
    pub county: RegionCode,
    pub product_id: ProductId,
    pub product_name: String,
    pub year: i64,
    pub edition: i64,
    pub rows_total: i64,
    pub households: i64,
    pub amount_fen: Fen,
    pub status: HouseholdListStatus,
    pub checked: Option<HouseholdCheckResult>,
    pub filed_by: UserId,
    pub filed_at: At,
    pub version: i64,
}

/// A stored result of a re-check.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = checks, treat_none_as_default_value = false)]
pub struct CheckRow {
    pub id: HouseholdCheckId,
    pub list_id: HouseholdListId,
    pub result: HouseholdCheckResult,
    pub reason: String,
    pub checked_households: i64,
    pub due_on: Day,
    pub rule_id: RuleId,
    pub office_org: OrgId,
    pub checked_by: UserId,
    pub checked_at: At,
}

/// Which lists are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedLists {
    pub product: Option<ProductId>,
    pub supplier: Option<OrgId>,
    pub year: Option<i64>,
    pub status: Option<HouseholdListStatus>,
    pub county: Option<RegionCode>,
}

/// Takes a year's claims, so that nobody else changes them until the transaction ends.
pub fn claim_year(tx: &mut Tx<'_>, year: i64) -> Outcome<()> {
    each!(tx, c => {
        insert_into(years::table).values((years::year.eq(year), years::version.eq(0))).on_conflict_do_nothing().execute(c)?;
        update(years::table.find(year)).set(years::version.eq(years::version + 1)).execute(c)
    })?;
    Ok(())
}

pub fn insert_list(tx: &mut Tx<'_>, row: &ListRow) -> Outcome<()> {
    each!(tx, c => insert_into(lists::table).values(row).execute(c))?;
    Ok(())
}

/// The latest edition of a product's list of a year.
pub fn last_edition(on: &mut Read, product: ProductId, year: i64) -> Outcome<i64> {
    let last: Option<i64> = each!(on, c => lists::table.filter(lists::product_id.eq(product)).filter(lists::year.eq(year))
        .select(max(lists::edition)).first(c))?;
    Ok(last.unwrap_or(0))
}

/// The list of a product that stands for a year.
pub fn standing_list(on: &mut Read, product: ProductId, year: i64) -> Outcome<Option<ListRow>> {
    Ok(each!(on, c => lists::table.filter(lists::product_id.eq(product)).filter(lists::year.eq(year))
        .filter(lists::status.eq(HouseholdListStatus::Standing)).select(ListRow::as_select()).first(c).optional())?)
}

/// The lists of products that stand for a year.
pub fn standing_lists(on: &mut Read, products: &[ProductId], year: i64) -> Outcome<Vec<ListRow>> {
    Ok(each!(on, c => lists::table.filter(lists::product_id.eq_any(products)).filter(lists::year.eq(year))
        .filter(lists::status.eq(HouseholdListStatus::Standing)).order(lists::id).select(ListRow::as_select()).load(c))?)
}

/// The lists of products that stand for a year or one before: list, product and year, the latest year first.
pub fn lists_until(
    on: &mut Read,
    products: &[ProductId],
    year: i64,
) -> Outcome<Vec<(HouseholdListId, ProductId, i64)>> {
    Ok(each!(on, c => lists::table.filter(lists::product_id.eq_any(products)).filter(lists::year.le(year))
        .filter(lists::status.eq(HouseholdListStatus::Standing)).order((lists::year.desc(), lists::id))
        .select((lists::id, lists::product_id, lists::year)).load(c))?)
}

pub fn list(on: &mut Read, scope: &Scope, id: HouseholdListId) -> Outcome<Option<ListRow>> {
    Ok(each!(on, c => {
        let query = lists::table.find(id).select(ListRow::as_select()).into_boxed();
        let query = match scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(lists::county.ge(from)).filter(lists::county.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => query.filter(lists::org_id.eq(*org)),
        };
        query.first(c).optional()
    })?)
}

pub fn lists_by_id(on: &mut Read, ids: &[HouseholdListId]) -> Outcome<Vec<ListRow>> {
    Ok(
        each!(on, c => lists::table.filter(lists::id.eq_any(ids)).order(lists::id).select(ListRow::as_select()).load(c))?,
    )
}

/// Lists in scope, the latest first.
pub fn lists(on: &mut Read, scope: &Scope, wanted: &WantedLists, page: &PageRequest) -> Outcome<Vec<ListRow>> {
    let after = page.key::<HouseholdListId>()?;
    Ok(each!(on, c => {
        let mut query = lists::table.select(ListRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(lists::county.ge(from)).filter(lists::county.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(lists::org_id.eq(*org)),
        }
        if let Some(product) = wanted.product {
            query = query.filter(lists::product_id.eq(product));
        }
        if let Some(supplier) = wanted.supplier {
            query = query.filter(lists::org_id.eq(supplier));
        }
        if let Some(year) = wanted.year {
            query = query.filter(lists::year.eq(year));
        }
        if let Some(status) = wanted.status {
            query = query.filter(lists::status.eq(status));
        }
        if let Some(county) = wanted.county {
            let (from, to) = county.subtree();
            query = query.filter(lists::county.ge(from)).filter(lists::county.lt(to));
        }
        if let Some(after) = after {
            query = query.filter(lists::id.lt(after));
        }
        query.order(lists::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// Locks, counts up and loads a list in scope.
pub fn claim_list(tx: &mut Tx<'_>, scope: &Scope, id: HouseholdListId) -> Outcome<Option<ListRow>> {
    Ok(each!(tx, c => {
        let claimed = update(lists::table.find(id)).set(lists::version.eq(lists::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(lists::county.ge(from)).filter(lists::county.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => claimed.filter(lists::org_id.eq(*org)),
        };
        claimed.returning(ListRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed list.
pub fn save_list(tx: &mut Tx<'_>, row: &ListRow) -> Outcome<usize> {
    Ok(each!(tx, c => update(lists::table.find(row.id)).filter(lists::version.eq(row.version)).set(row).execute(c))?)
}

pub fn insert_check(tx: &mut Tx<'_>, row: &CheckRow) -> Outcome<()> {
    each!(tx, c => insert_into(checks::table).values(row).execute(c))?;
    Ok(())
}

/// What a list was checked to, oldest first.
pub fn checks_of(on: &mut Read, list: HouseholdListId) -> Outcome<Vec<CheckRow>> {
    Ok(
        each!(on, c => checks::table.filter(checks::list_id.eq(list)).order(checks::id).select(CheckRow::as_select()).load(c))?,
    )
}
