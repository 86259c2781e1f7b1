//! Deciding what becomes of budget units.

use super::rules::{self, ChangeKind, Decider, Form, Refusal};
use super::store::{self, ChangeRow};
use crate::audit::{self, Entry};
use crate::identity::{self, Organisation};
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, UnitChangeId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ledger::{self, Merge};
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use crate::quota::{self, Merger};
use serde_json::json;

/// A change that somebody decides.
#[derive(Debug, Clone)]
pub struct NewChange {
    /// What becomes of the unit.
    pub kind: ChangeKind,
    /// The unit: renamed, moved, closed, or the successor.
    pub unit: OrgId,
    /// Its fields.
    pub what: What,
    /// From this day on.
    pub effective_on: Day,
    /// Why.
    pub reason: String,
    /// The document that says so.
    pub document_number: String,
}

/// The fields of one kind or the other.
#[derive(Debug, Clone, Default)]
pub struct What {
    /// The new name.
    pub name: Option<String>,
    /// The unit to stand below; none: at the top.
    pub supervising_unit: Option<OrgId>,
    /// The units that are merged.
    pub predecessors: Vec<OrgId>,
}

/// Decides and carries out a change; one row for each unit that is renamed, moved or ends.
///
/// # Errors
/// `not_found` outside scope, `forbidden` to who does not stand above all units, `validation_failed`, `unit_ended`,
/// `wrong_state` while a plan of theirs is being reviewed or units stand below one that ends.
pub fn change(tx: &mut Tx<'_>, actor: &Actor, new: &NewChange) -> Outcome<Vec<ChangeRow>> {
    let name = new.what.name.as_deref().map(str::trim);
    let (parent, predecessors) = (new.what.supervising_unit, &new.what.predecessors);
    rules::form(&Form { kind: new.kind, unit: new.unit, name, parent, predecessors })?;
    identity::claim_units(tx)?;
    let today = tx.at().day();
    let unit = concerned(tx, actor, new.unit, "/unit_id")?;
    let mut units = vec![unit.id];
    let mut ending = Vec::new();
    for id in predecessors {
        ending.push(concerned(tx, actor, *id, "/predecessor_ids")?);
        units.push(*id);
    }
    let target = parent.map(|id| concerned(tx, actor, id, "/supervising_unit")).transpose()?;
    let to_the_top = new.kind == ChangeKind::Moved && target.is_none();
    let above_all = stands_above(tx, actor, &units, target.as_ref())?;
    rules::decides(Decider { kind: actor.kind, above_all, to_the_top })?;
    rules::day(new.kind, new.effective_on, today)?;
    for id in units.iter().chain(&parent) {
        // Who is to end on a later day does not change before it does.
        identity::check_stands(tx, *id, today.plus_days(366))?;
    }
    if new.kind != ChangeKind::Merged {
        return Ok(vec![single(tx, actor, new, &unit)?]);
    }
    let mut rows = Vec::new();
    for predecessor in &ending {
        rows.push(merge(tx, actor, new, predecessor, &unit)?);
    }
    Ok(rows)
}

/// A unit that the actor may know of.
fn concerned(tx: &mut Tx<'_>, actor: &Actor, id: OrgId, pointer: &'static str) -> Outcome<Organisation> {
    let today = tx.at().day();
    let found = identity::organisation_in(tx, &actor.scope, id, today)?;
    if found.kind == OrgKind::BudgetUnit { Ok(found) } else { Err(Refusal::NotABudgetUnit(pointer).into()) }
}

/// Whether the actor's organisation stands above all units: the new place may be directly below it. A bureau's scope was
/// asked with each of them.
fn stands_above(tx: &mut Tx<'_>, actor: &Actor, units: &[OrgId], target: Option<&Organisation>) -> Outcome<bool> {
    let Scope::UnitTree(root) = actor.scope else { return Ok(matches!(actor.scope, Scope::Region(_))) };
    let today = tx.at().day();
    for unit in units {
        if *unit == root || !identity::tree_contains(tx, root, *unit, today)? {
            return Ok(false);
        }
    }
    match target {
        Some(target) => identity::tree_contains(tx, root, target.id, today),
        None => Ok(true),
    }
}

fn row(tx: &mut Tx<'_>, actor: &Actor, new: &NewChange, unit: &Organisation) -> Outcome<ChangeRow> {
    let parent = identity::parent(tx, unit.id, new.effective_on)?;
    Ok(ChangeRow {
        id: tx.new_id(),
        kind: new.kind,
        unit_id: unit.id,
        region_code: unit.region_code,
        successor_id: None,
        name_before: unit.name.clone(),
        name_after: unit.name.clone(),
        parent_before: parent,
        parent_after: parent,
        effective_on: new.effective_on,
        year: new.effective_on.year(),
        reason: new.reason.trim().to_owned(),
        document_number: new.document_number.trim().to_owned(),
        beyond_fen: Fen::ZERO,
        decided_by: actor.user_id,
        decided_org: actor.org_id,
        decided_at: tx.at(),
    })
}

/// Renames, moves or closes a unit.
fn single(tx: &mut Tx<'_>, actor: &Actor, new: &NewChange, unit: &Organisation) -> Outcome<ChangeRow> {
    let mut row = row(tx, actor, new, unit)?;
    match new.kind {
        ChangeKind::Renamed => {
            row.name_after = new.what.name.as_deref().unwrap_or_default().trim().to_owned();
            if row.name_after == row.name_before {
                return Err(Refusal::SameName.into());
            }
            identity::rename_unit(tx, unit.id, &row.name_after)?;
        }
        ChangeKind::Moved => {
            row.parent_after = new.what.supervising_unit;
            identity::set_parent(tx, Some(actor), unit.id, row.parent_after, new.effective_on)?;
        }
        ChangeKind::Closed | ChangeKind::Merged => {
            nobody_below(tx, unit.id, new.effective_on)?;
            identity::end_unit(tx, unit.id, new.effective_on, None)?;
        }
    }
    store::insert(tx, &row)?;
    tell(tx, actor, &row, unit)?;
    Ok(row)
}

fn nobody_below(tx: &mut Tx<'_>, unit: OrgId, on: Day) -> Outcome<()> {
    let day = on.min(tx.at().day());
    if identity::has_units_below(tx, unit, day)? { Err(Refusal::UnitsBelow.into()) } else { Ok(()) }
}

/// Merges a unit into another: plans, then what is held and posted, then the unit itself, then what was counted. Each step
/// locks what the next one reads.
fn merge(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewChange,
    from: &Organisation,
    into: &Organisation,
) -> Outcome<ChangeRow> {
    nobody_below(tx, from.id, new.effective_on)?;
    let mut row = ChangeRow { successor_id: Some(into.id), ..row(tx, actor, new, from)? };
    let (change, year): (UnitChangeId, i64) = (row.id, row.year);
    let merger = Merger { change, from: from.id, to: into.id, year, reason: &row.reason };
    quota::merge(tx, actor, &merger)?;
    let moved = Merge { change, from: from.id, to: into.id, year };
    ledger::merge(tx, &moved)?;
    identity::end_unit(tx, from.id, new.effective_on, Some(into.id))?;
    ledger::move_counts(tx, &moved)?;
    row.beyond_fen = quota::beyond(tx, into.id, year)?.map_or(Fen::ZERO, |beyond| beyond.excess);
    store::insert(tx, &row)?;
    tell(tx, actor, &row, into)?;
    Ok(row)
}

/// Writes the trail, which the successor may read too, and mails the managers of the units concerned.
fn tell(tx: &mut Tx<'_>, actor: &Actor, row: &ChangeRow, other: &Organisation) -> Outcome<()> {
    let details = json!({
        "change": row.id, "kind": row.kind, "effective_on": row.effective_on, "document_number": row.document_number,
        "name": row.name_after, "supervising_unit": row.parent_after, "successor": row.successor_id,
        "beyond_fen": row.beyond_fen,
    });
    let action = match row.kind {
        ChangeKind::Renamed => "unit.renamed",
        ChangeKind::Moved => "unit.moved",
        ChangeKind::Closed => "unit.closed",
        ChangeKind::Merged => "unit.merged",
    };
    let entry = Entry {
        actor: Some(actor),
        action,
        subject: row.unit_id.to_string(),
        owner_org: row.unit_id,
        other_org: row.successor_id,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)?;
    let (zh, en) = words(row, &other.name);
    let subject = Both {
        zh: &format!("预算单位变更：{}", row.name_before),
        en: &format!("Change of a budget unit: {}", row.name_before),
    };
    for org in [Some(row.unit_id), row.successor_id].into_iter().flatten() {
        for (_, email) in identity::recipients(tx, org, Role::Manager)? {
            notifications::mail(tx, &email, subject, Both { zh: &zh, en: &en })?;
        }
    }
    Ok(())
}

fn words(row: &ChangeRow, other: &str) -> (String, String) {
    let (day, number) = (row.effective_on, &row.document_number);
    let (zh, en) = match row.kind {
        ChangeKind::Renamed => (format!("更名为“{}”", row.name_after), format!("it is called {}", row.name_after)),
        ChangeKind::Moved => ("隶属关系调整".to_owned(), "it stands below another unit".to_owned()),
        ChangeKind::Closed => (
            "撤销，不再填报和订购，未完订单照常办理".to_owned(),
            "it is closed: it plans and orders nothing, open orders go on".to_owned(),
        ),
        ChangeKind::Merged if row.beyond_fen > Fen::ZERO => (
            format!(
                "并入“{other}”，全年份额、占用和完成额一并结转；合并后超出年度采购总额 {} 元，须修订计划后方可继续订购",
                row.beyond_fen
            ),
            format!(
                "it is merged into {other} with all of its year; the sum is {} yuan beyond the yearly ceiling, so an amendment is needed before further orders",
                row.beyond_fen
            ),
        ),
        ChangeKind::Merged => (
            format!("并入“{other}”，全年份额、占用和完成额一并结转"),
            format!("it is merged into {other} with all of its year"),
        ),
    };
    (format!("自 {day} 起{zh}（{number}）。"), format!("From {day} on {en} ({number})."))
}
