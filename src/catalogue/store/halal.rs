//! SQL of certificates of the attribute 清真; decides nothing.

use crate::catalogue::rules::halal::HalalState;
use crate::catalogue::schema::halal_certificates as halal;
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, HalalCertificateId, OrgId, ProductId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A certificate.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = halal, treat_none_as_default_value = false)]
pub struct HalalRow {
    pub id: HalalCertificateId,
    pub product_id: ProductId,
    pub org_id: OrgId,
    pub region_code: RegionCode,
    pub number: String,
    pub issuer: String,
    pub valid_from: Day,
    pub valid_until: Day,
    pub file_id: FileId,
    pub state: HalalState,
    pub filed_by: UserId,
    pub filed_at: At,
    pub decided_by: Option<UserId>,
    pub decided_org: Option<OrgId>,
    pub decided_at: Option<At>,
    pub reason: Option<String>,
    pub version: i64,
}

/// A column of the certificate that a listing's product shows on a day: of those in force the one that ends last.
macro_rules! shows_halal {
    ($column:ident, $day:expr) => {{
        use $crate::catalogue::rules::halal::HalalState;
        use $crate::catalogue::schema::{halal_certificates as halal, listings};
        halal::table
            .filter(halal::product_id.eq(listings::product_id))
            .filter(halal::state.eq(HalalState::Certified))
            .filter(halal::valid_from.le($day))
            .filter(halal::valid_until.ge($day))
            .order((halal::valid_until.desc(), halal::id.desc()))
            .select(halal::$column)
            .single_value()
    }};
}
pub(super) use shows_halal;

/// Certificates that a scope reaches.
macro_rules! scoped {
    ($scope:expr) => {{
        let query = halal::table.select(HalalRow::as_select()).into_boxed();
        match $scope {
            Scope::Platform => query,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query.filter(halal::region_code.ge(from)).filter(halal::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => query.filter(halal::org_id.eq(*org)),
        }
    }};
}

pub fn insert_halal(tx: &mut Tx<'_>, row: &HalalRow) -> Outcome<()> {
    each!(tx, c => insert_into(halal::table).values(row).execute(c))?;
    Ok(())
}

/// Locks and loads a certificate in scope.
pub fn claim_halal(tx: &mut Tx<'_>, scope: &Scope, id: HalalCertificateId) -> Outcome<Option<HalalRow>> {
    if find_halal(tx, scope, id)?.is_none() {
        return Ok(None);
    }
    Ok(each!(tx, c => update(halal::table.find(id)).set(halal::version.eq(halal::version + 1))
        .returning(HalalRow::as_returning()).get_result(c).optional())?)
}

/// Stores what became of a claimed certificate.
pub fn decide_halal(tx: &mut Tx<'_>, row: &HalalRow) -> Outcome<()> {
    let changes = (
        halal::state.eq(row.state),
        halal::decided_by.eq(row.decided_by),
        halal::decided_org.eq(row.decided_org),
        halal::decided_at.eq(row.decided_at),
        halal::reason.eq(&row.reason),
    );
    each!(tx, c => update(halal::table.find(row.id)).set(changes).execute(c))?;
    Ok(())
}

/// A certificate in scope.
pub fn find_halal(on: &mut Read, scope: &Scope, id: HalalCertificateId) -> Outcome<Option<HalalRow>> {
    Ok(each!(on, c => scoped!(scope).filter(halal::id.eq(id)).first(c).optional())?)
}

/// Certificates in scope, newest first.
pub fn list_halal(
    on: &mut Read,
    scope: &Scope,
    (state, product): (Option<HalalState>, Option<ProductId>),
    page: &PageRequest,
) -> Outcome<Vec<HalalRow>> {
    let after = page.key::<HalalCertificateId>()?;
    Ok(each!(on, c => {
        let mut query = scoped!(scope);
        if let Some(state) = state {
            query = query.filter(halal::state.eq(state));
        }
        if let Some(product) = product {
            query = query.filter(halal::product_id.eq(product));
        }
        if let Some(after) = after {
            query = query.filter(halal::id.lt(after));
        }
        query.order(halal::id.desc()).limit(page.fetch()).load(c)
    })?)
}
