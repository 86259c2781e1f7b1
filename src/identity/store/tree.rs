//! SQL of the unit tree (a dated closure table) and of contractors' ties.

use super::super::schema::{contractor_ties as ties, unit_closure as closure, unit_tree};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, exists, insert_into, select, update};
use diesel::prelude::*;

/// One dated path in the tree.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = closure, treat_none_as_default_value = false)]
pub struct ClosureRow {
    /// Above.
    pub ancestor_id: OrgId,
    /// Below.
    pub descendant_id: OrgId,
    /// Steps between them.
    pub depth: i64,
    /// The first day.
    pub valid_from: Day,
    /// The day after the last.
    pub valid_to: Day,
}

/// A contractor's days at a unit.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = ties, treat_none_as_default_value = false)]
pub struct TieRow {
    /// The contractor.
    pub contractor_id: OrgId,
    /// The unit.
    pub unit_id: OrgId,
    /// The first day.
    pub valid_from: Day,
    /// The day after the last.
    pub valid_to: Day,
}

/// Locks the tree against other changes.
pub fn claim_tree(tx: &mut Tx<'_>) -> Outcome<()> {
    each!(tx, c => update(unit_tree::table.find(1)).set(unit_tree::version.eq(unit_tree::version + 1)).execute(c))?;
    Ok(())
}

pub fn insert_paths(tx: &mut Tx<'_>, rows: &[ClosureRow]) -> Outcome<()> {
    for chunk in rows.chunks(500) {
        each!(tx, c => insert_into(closure::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// Paths from a unit's ancestors (itself included), on a day.
pub fn paths_above(on: &mut Read, unit: OrgId, day: Day) -> Outcome<Vec<ClosureRow>> {
    Ok(each!(on, c => closure::table
        .filter(closure::descendant_id.eq(unit)).filter(closure::valid_from.le(day)).filter(closure::valid_to.gt(day))
        .order((closure::depth, closure::ancestor_id)).select(ClosureRow::as_select()).load(c))?)
}

/// The unit directly above each of these, on a day.
pub fn parents(on: &mut Read, units: &[OrgId], day: Day) -> Outcome<Vec<(OrgId, OrgId)>> {
    Ok(each!(on, c => closure::table.filter(closure::descendant_id.eq_any(units)).filter(closure::depth.eq(1))
        .filter(closure::valid_from.le(day)).filter(closure::valid_to.gt(day))
        .select((closure::descendant_id, closure::ancestor_id)).load(c))?)
}

/// Paths to a unit's descendants (itself included), on a day.
pub fn paths_below(on: &mut Read, unit: OrgId, day: Day) -> Outcome<Vec<ClosureRow>> {
    Ok(each!(on, c => closure::table
        .filter(closure::ancestor_id.eq(unit)).filter(closure::valid_from.le(day)).filter(closure::valid_to.gt(day))
        .order((closure::depth, closure::descendant_id)).select(ClosureRow::as_select()).load(c))?)
}

/// Whether the place of any of these units, or what stands below `root`, changes after a day.
pub fn changes_after(on: &mut Read, root: OrgId, units: &[OrgId], day: Day, open: Day) -> Outcome<bool> {
    Ok(
        each!(on, c => select(exists(closure::table.filter(closure::descendant_id.eq_any(units).or(closure::ancestor_id.eq(root)))
        .filter(closure::valid_from.gt(day).or(closure::valid_to.gt(day).and(closure::valid_to.lt(open))))))
        .get_result(c))?,
    )
}

/// Ends the paths between these two sets on a day; a path that would end before it began goes.
pub fn end_paths(tx: &mut Tx<'_>, above: &[OrgId], below: &[OrgId], day: Day) -> Outcome<()> {
    each!(tx, c => {
        delete(closure::table.filter(closure::ancestor_id.eq_any(above)).filter(closure::descendant_id.eq_any(below)).filter(closure::valid_from.eq(day))).execute(c)?;
        update(closure::table.filter(closure::ancestor_id.eq_any(above)).filter(closure::descendant_id.eq_any(below))
            .filter(closure::valid_from.lt(day)).filter(closure::valid_to.gt(day)))
            .set(closure::valid_to.eq(day)).execute(c)
    })?;
    Ok(())
}

pub fn tree_contains(on: &mut Read, root: OrgId, unit: OrgId, day: Day) -> Outcome<bool> {
    Ok(each!(on, c => select(exists(closure::table
        .filter(closure::ancestor_id.eq(root)).filter(closure::descendant_id.eq(unit))
        .filter(closure::valid_from.le(day)).filter(closure::valid_to.gt(day))))
        .get_result(c))?)
}

/// Whether a path between them holds on the day or on any later one.
pub fn tree_contained_since(on: &mut Read, root: OrgId, unit: OrgId, day: Day) -> Outcome<bool> {
    Ok(each!(on, c => select(exists(closure::table
        .filter(closure::ancestor_id.eq(root)).filter(closure::descendant_id.eq(unit)).filter(closure::valid_to.gt(day))))
        .get_result(c))?)
}

pub fn insert_tie(tx: &mut Tx<'_>, row: &TieRow) -> Outcome<()> {
    each!(tx, c => insert_into(ties::table).values(row).execute(c))?;
    Ok(())
}

/// Lets a tie end on another day.
pub fn end_tie(tx: &mut Tx<'_>, row: &TieRow, valid_to: Day) -> Outcome<()> {
    each!(tx, c => update(ties::table.find((row.contractor_id, row.unit_id, row.valid_from)))
        .set(ties::valid_to.eq(valid_to)).execute(c))?;
    Ok(())
}

/// Takes a tie back that has not begun.
pub fn delete_tie(tx: &mut Tx<'_>, row: &TieRow) -> Outcome<()> {
    each!(tx, c => delete(ties::table.find((row.contractor_id, row.unit_id, row.valid_from))).execute(c))?;
    Ok(())
}

/// Ties of this pair on a day or later ones, oldest first.
pub fn ties_since(on: &mut Read, contractor: OrgId, unit: OrgId, day: Day) -> Outcome<Vec<TieRow>> {
    Ok(each!(on, c => ties::table.filter(ties::contractor_id.eq(contractor)).filter(ties::unit_id.eq(unit))
        .filter(ties::valid_to.gt(day)).order(ties::valid_from).select(TieRow::as_select()).load(c))?)
}

/// Ties of this pair that share a day with the given ones.
pub fn ties_meeting(on: &mut Read, contractor: OrgId, unit: OrgId, from: Day, to: Day) -> Outcome<bool> {
    Ok(
        each!(on, c => select(exists(ties::table.filter(ties::contractor_id.eq(contractor)).filter(ties::unit_id.eq(unit))
        .filter(ties::valid_from.lt(to)).filter(ties::valid_to.gt(from))))
        .get_result(c))?,
    )
}

/// The contractors of a unit, newest first.
pub fn ties_of(on: &mut Read, unit: OrgId) -> Outcome<Vec<TieRow>> {
    Ok(
        each!(on, c => ties::table.filter(ties::unit_id.eq(unit)).order((ties::valid_from.desc(), ties::contractor_id)).select(TieRow::as_select()).load(c))?,
    )
}

/// The units a contractor serves on a day.
pub fn units_served(on: &mut Read, contractor: OrgId, day: Day) -> Outcome<Vec<OrgId>> {
    Ok(
        each!(on, c => ties::table.filter(ties::contractor_id.eq(contractor)).filter(ties::valid_from.le(day)).filter(ties::valid_to.gt(day))
        .order(ties::unit_id).select(ties::unit_id).load(c))?,
    )
}
