//! SQL of products.

use crate::catalogue::schema::products;
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, ProductId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::At;
use crate::platform::db::{Conn, Read, Tx};
use diesel::dsl::{exists, insert_into, select, update};
use diesel::prelude::*;

/// A stored product.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = products, treat_none_as_default_value = false)]
pub struct ProductRow {
    pub id: ProductId,
    pub org_id: OrgId,
    pub supplier_region: RegionCode,
    pub name: String,
    pub category: Category,
    pub mark: Mark,
    pub origins: String,
    pub description: String,
    pub sc_licence: Option<String>,
    pub weighed: bool,
    pub yearly_output_kg: Option<i64>,
    pub created_by: UserId,
    pub created_at: At,
    pub version: i64,
}

pub fn insert_product(tx: &mut Tx<'_>, row: &ProductRow) -> Outcome<()> {
    each!(tx, c => insert_into(products::table).values(row).execute(c))?;
    Ok(())
}

/// Whether an organisation has a product of this name and category.
pub fn has_product(on: &mut Read, org: OrgId, name: &str, category: Category) -> Outcome<bool> {
    let named = products::table.filter(products::org_id.eq(org)).filter(products::name.eq(name));
    Ok(each!(on, c => select(exists(named.filter(products::category.eq(category)))).get_result(c))?)
}

/// Locks, counts up and loads a product, whoever's it is: for what certificates and mandates say about it.
pub fn claim_product(tx: &mut Tx<'_>, id: ProductId) -> Outcome<Option<ProductRow>> {
    Ok(
        each!(tx, c => update(products::table.filter(products::id.eq(id))).set(products::version.eq(products::version + 1))
            .returning(ProductRow::as_returning()).get_result(c).optional())?,
    )
}

/// The products that a supplier makes, in the order of their ids.
pub fn products_made(on: &mut Read, org: OrgId) -> Outcome<Vec<ProductId>> {
    Ok(
        each!(on, c => products::table.filter(products::org_id.eq(org)).order(products::id).select(products::id).load(c))?,
    )
}

/// Locks the products that a supplier makes or lists: who keeps them waits. SQLite has one writer, which needs no lock.
pub fn lock_products_sold(tx: &mut Tx<'_>, org: OrgId) -> Outcome<()> {
    use crate::catalogue::schema::listings;
    if let Conn::Pg(c) = tx.conn() {
        let listed = listings::table.filter(listings::org_id.eq(org)).select(listings::product_id);
        let sold = products::table.filter(products::org_id.eq(org).or(products::id.eq_any(listed)));
        sold.order(products::id).select(products::id).for_no_key_update().load::<ProductId>(c)?;
    }
    Ok(())
}

/// A product in scope.
pub fn product(on: &mut Read, scope: &Scope, id: ProductId) -> Outcome<Option<ProductRow>> {
    Ok(each!(on, c => {
        let mut query = products::table.select(ProductRow::as_select()).filter(products::id.eq(id)).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(products::supplier_region.ge(from)).filter(products::supplier_region.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(products::org_id.eq(*org)),
        }
        query.first(c).optional()
    })?)
}

/// A supplier's products, newest first.
pub fn products_of(on: &mut Read, org: OrgId, page: &PageRequest) -> Outcome<Vec<ProductRow>> {
    let after = page.key::<ProductId>()?;
    Ok(each!(on, c => {
        let mut query = products::table.select(ProductRow::as_select()).filter(products::org_id.eq(org)).into_boxed();
        if let Some(after) = after {
            query = query.filter(products::id.lt(after));
        }
        query.order(products::id.desc()).limit(page.fetch()).load(c)
    })?)
}
