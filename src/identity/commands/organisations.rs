//! Organisations and the unit tree.

use super::super::rules::{Refusal, open};
use super::super::store::{self, ClosureRow, Organisation, Standing};
use crate::audit::{self, Entry};
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::search_text::sort_key;
use crate::kernel::time::Day;
use crate::kernel::uscc::Uscc;
use crate::platform::db::Tx;
use serde_json::json;

/// The day before all others in dated rows.
pub(in super::super) fn ever() -> Day {
    Day::ymd(1, 1, 1)
}

/// An organisation to be entered.
#[derive(Debug, Clone)]
pub struct NewOrganisation {
    /// Its credit code; only the platform's operator may lack one.
    pub uscc: Option<Uscc>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: OrgKind,
    /// Where it is registered; an office's own region.
    pub region: RegionCode,
    /// People it employs.
    pub staff_count: i64,
    /// Whether it is a small or medium enterprise.
    pub is_sme: bool,
}

/// Enters an organisation. `by` is `None` for a registration and for the program's own commands.
///
/// # Errors
/// `already_exists` when the credit code is known, `validation_failed` when it lacks one.
pub fn create_organisation(tx: &mut Tx<'_>, by: Option<&Actor>, new: &NewOrganisation) -> Outcome<Organisation> {
    match &new.uscc {
        Some(uscc) if store::organisation_by_uscc(tx, uscc)?.is_some() => return Err(uscc_taken()),
        None if new.kind != OrgKind::Operator => {
            return Err(AppError::field(Code::ValidationFailed, "/uscc", Message::new("必填", "is required")));
        }
        _ => {}
    }
    let row = Organisation {
        id: tx.new_id(),
        uscc: new.uscc,
        name: new.name.trim().to_owned(),
        name_key: sort_key(new.name.trim()),
        kind: new.kind,
        region_code: new.region,
        staff_count: new.staff_count,
        is_sme: new.is_sme,
        status: Standing::Active,
        version: 1,
        created_at: tx.at(),
        ended_on: None,
        successor_id: None,
    };
    let inserted = tx.attempt(|tx| store::insert_organisation(tx, &row));
    inserted.map_err(|e| if e.code() == Code::AlreadyExists { uscc_taken() } else { e })?;
    let itself =
        ClosureRow { ancestor_id: row.id, descendant_id: row.id, depth: 0, valid_from: ever(), valid_to: open() };
    store::insert_paths(tx, &[itself])?;
    note(tx, by, "organisation.created", &row, json!({ "name": row.name, "kind": row.kind, "uscc": row.uscc }))?;
    Ok(row)
}

/// Enters an organisation and, for a budget unit, its place below another from today on.
///
/// # Errors
/// Those of [`create_organisation`] and [`set_parent`].
pub fn enter_organisation(
    tx: &mut Tx<'_>,
    by: &Actor,
    new: &NewOrganisation,
    supervising_unit: Option<OrgId>,
) -> Outcome<Organisation> {
    if new.kind == OrgKind::Operator {
        return Err(AppError::field(
            Code::ValidationFailed,
            "/kind",
            Message::new("运营方已存在", "there is one operator"),
        ));
    }
    let org = create_organisation(tx, Some(by), new)?;
    if supervising_unit.is_some() {
        let today = tx.at().day();
        set_parent(tx, Some(by), org.id, supervising_unit, today)?;
    }
    Ok(org)
}

pub(super) fn uscc_taken() -> AppError {
    AppError::field(
        Code::AlreadyExists,
        "/uscc",
        Message::new("该统一社会信用代码已登记", "an organisation with this code is registered"),
    )
}

/// Appends an entry about an organisation to the trail.
pub(super) fn note(
    tx: &mut Tx<'_>,
    by: Option<&Actor>,
    action: &'static str,
    org: &Organisation,
    details: serde_json::Value,
) -> Outcome<()> {
    audit::record(tx, &entry(by, action, org, details))
}

/// Records what another organisation may see too.
pub(super) fn note_between(
    tx: &mut Tx<'_>,
    by: Option<&Actor>,
    action: &'static str,
    org: &Organisation,
    other: OrgId,
    details: serde_json::Value,
) -> Outcome<()> {
    audit::record(tx, &Entry { other_org: Some(other), ..entry(by, action, org, details) })
}

fn entry<'a>(by: Option<&'a Actor>, action: &'static str, org: &Organisation, details: serde_json::Value) -> Entry<'a> {
    Entry {
        actor: by,
        action,
        subject: org.id.to_string(),
        owner_org: org.id,
        other_org: None,
        region: org.region_code,
        details,
    }
}

/// An organisation that must exist.
pub(super) fn known(tx: &mut Tx<'_>, id: OrgId) -> Outcome<Organisation> {
    store::organisation(tx, id)?.ok_or_else(|| Code::NotFound.into())
}

/// Places a unit below another from a day on, or at the top.
///
/// # Errors
/// `unit_ended`; `wrong_state` when it would stand below itself, when one of them is no budget unit, or when a later change is entered.
pub fn set_parent(tx: &mut Tx<'_>, by: Option<&Actor>, unit: OrgId, parent: Option<OrgId>, from: Day) -> Outcome<()> {
    store::claim_tree(tx)?;
    let child = known(tx, unit)?;
    let below = store::paths_below(tx, unit, from)?;
    stands(&child)?;
    let inside: Vec<OrgId> = below.iter().map(|path| path.descendant_id).collect();
    let above = match parent {
        Some(parent) => {
            let parent = known(tx, parent)?;
            if child.kind != OrgKind::BudgetUnit || parent.kind != OrgKind::BudgetUnit {
                return Err(Refusal::NotABudgetUnit.into());
            }
            stands(&parent)?;
            if inside.contains(&parent.id) {
                return Err(Refusal::Circle.into());
            }
            store::paths_above(tx, parent.id, from)?
        }
        None => Vec::new(),
    };
    let touched: Vec<OrgId> = inside.iter().copied().chain(parent).collect();
    if store::changes_after(tx, unit, &touched, from, open())? {
        return Err(Refusal::LaterChange.into());
    }
    let former: Vec<OrgId> =
        store::paths_above(tx, unit, from)?.iter().map(|p| p.ancestor_id).filter(|id| *id != unit).collect();
    store::end_paths(tx, &former, &inside, from)?;
    let joined = |a: &ClosureRow, b: &ClosureRow| ClosureRow {
        ancestor_id: a.ancestor_id,
        descendant_id: b.descendant_id,
        depth: a.depth + 1 + b.depth,
        valid_from: from,
        valid_to: open(),
    };
    let paths: Vec<ClosureRow> = above.iter().flat_map(|a| below.iter().map(|b| joined(a, b))).collect();
    store::insert_paths(tx, &paths)?;
    note(tx, by, "organisation.placed", &child, json!({ "supervising_unit": parent, "from": from }))
}

/// A unit that ended keeps its place, and takes none below it.
fn stands(unit: &Organisation) -> Outcome<()> {
    if unit.ended_on.is_some() { Err(Code::UnitEnded.into()) } else { Ok(()) }
}

/// Stops an organisation at once, or lets it act again.
///
/// # Errors
/// `not_found`, `wrong_state` when it stands so already.
pub fn set_organisation_standing(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: OrgId,
    to: Standing,
    reason: &str,
) -> Outcome<Organisation> {
    let held = store::claim_organisation(tx, id)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    if held.kind == OrgKind::Operator {
        return Err(AppError::new(Code::WrongState).detail("不能停用运营方", "the operator cannot be suspended"));
    }
    let (from, action) = match to {
        Standing::Suspended => (Standing::Active, "organisation.suspended"),
        Standing::Active => (Standing::Suspended, "organisation.reinstated"),
    };
    if !store::set_organisation_status(tx, id, from, to)? {
        return Err(Code::WrongState.into());
    }
    note(tx, Some(by), action, &held, json!({ "reason": reason }))?;
    Ok(Organisation { status: to, ..held })
}
