//! SQL of the changes of budget units.

use super::rules::ChangeKind;
use super::schema::unit_changes as changes;
use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, UnitChangeId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::insert_into;
use diesel::prelude::*;

/// A change.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = changes, treat_none_as_default_value = false)]
pub struct ChangeRow {
    pub id: UnitChangeId,
    pub kind: ChangeKind,
    pub unit_id: OrgId,
    pub region_code: RegionCode,
    pub successor_id: Option<OrgId>,
    pub name_before: String,
    pub name_after: String,
    pub parent_before: Option<OrgId>,
    pub parent_after: Option<OrgId>,
    pub effective_on: Day,
    pub year: i64,
    pub reason: String,
    pub document_number: String,
    pub beyond_fen: Fen,
    pub decided_by: UserId,
    pub decided_org: OrgId,
    pub decided_at: At,
}

/// Enters a change.
pub fn insert(tx: &mut Tx<'_>, row: &ChangeRow) -> Outcome<()> {
    each!(tx, c => insert_into(changes::table).values(row).execute(c))?;
    Ok(())
}

/// Which changes a list shows.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChangeFilter {
    pub unit: Option<OrgId>,
    pub year: Option<i64>,
    pub kind: Option<ChangeKind>,
}

/// Changes in scope, newest first. `own` holds the unit, or the units of a tree as it stands today; a unit sees what came
/// to it as well.
pub fn list(
    on: &mut Read,
    scope: &Scope,
    own: &[OrgId],
    filter: &ChangeFilter,
    page: &PageRequest,
) -> Outcome<Vec<ChangeRow>> {
    let after = page.key::<UnitChangeId>()?;
    Ok(each!(on, c => {
        let mut query = changes::table.select(ChangeRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(changes::region_code.ge(from)).filter(changes::region_code.lt(to));
            }
            Scope::Org(_) | Scope::UnitTree(_) => {
                let successors = own.iter().copied().map(Some).collect::<Vec<_>>();
                query = query.filter(changes::unit_id.eq_any(own).or(changes::successor_id.eq_any(successors)));
            }
        }
        if let Some(unit) = filter.unit {
            query = query.filter(changes::unit_id.eq(unit).or(changes::successor_id.eq(Some(unit))));
        }
        if let Some(year) = filter.year {
            query = query.filter(changes::year.eq(year));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(changes::kind.eq(kind));
        }
        if let Some(id) = after {
            query = query.filter(changes::id.lt(id));
        }
        query.order(changes::id.desc()).limit(page.fetch()).load(c)
    })?)
}
