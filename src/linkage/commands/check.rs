//! The yearly re-check of a list by the office.

use super::file::fall;
use super::{no_party, record, tell, weigh};
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::HouseholdListId;
use crate::linkage::queries::due_of;
use crate::linkage::rules::{self, HouseholdCheckResult, HouseholdListStatus};
use crate::linkage::store::{self, CheckRow, ListRow};
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::BTreeSet;

/// What an office found.
#[derive(Debug, Clone)]
pub struct NewCheck {
    /// Confirmed or rejected.
    pub result: HouseholdCheckResult,
    /// Why.
    pub reason: String,
    /// How many households were visited or otherwise checked.
    pub checked_households: i64,
}

/// Records the result of a re-check. A list may be checked again while it stands; a rejected one no longer counts.
///
/// # Errors
/// `not_found`, `stale_version`, `separation_of_duties`, `wrong_state`, `validation_failed`.
pub fn check(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (HouseholdListId, i64),
    new: &NewCheck,
) -> Outcome<ListRow> {
    let seen = store::list(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    store::claim_year(tx, seen.year)?;
    let mut list = store::claim_list(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if version != list.version - 1 {
        return Err(Code::StaleVersion.into());
    }
    no_party(tx, actor, list.org_id)?;
    rules::may_check(list.status, list.households, new.checked_households)?;
    let due = due_of(tx, &list.county, list.year)?;
    let row = CheckRow {
        id: tx.new_id(),
        list_id: id,
        result: new.result,
        reason: new.reason.clone(),
        checked_households: new.checked_households,
        due_on: due.on,
        rule_id: due.rule,
        office_org: actor.org_id,
        checked_by: actor.user_id,
        checked_at: tx.at(),
    };
    store::insert_check(tx, &row)?;
    list.checked = Some(new.result);
    if store::save_list(tx, &list)? != 1 {
        return Err(Code::StaleVersion.into());
    }
    let mut touched = BTreeSet::new();
    if new.result == HouseholdCheckResult::Rejected {
        (list, touched) = fall(tx, id, HouseholdListStatus::Rejected)?;
    }
    let details = json!({ "year": list.year, "result": row.result, "checked_households": row.checked_households,
        "due_on": row.due_on, "rule_id": row.rule_id });
    record(tx, Some(actor), &list, "household_list.checked", details)?;
    tell_checked(tx, &list, &row)?;
    weigh::again(tx, list.year, &touched, None)?;
    Ok(list)
}

fn tell_checked(tx: &mut Tx<'_>, list: &ListRow, row: &CheckRow) -> Outcome<()> {
    let (product, year, reason) = (&list.product_name, list.year, &row.reason);
    let (zh, en) = match row.result {
        HouseholdCheckResult::Confirmed => ("复核属实", "is confirmed"),
        HouseholdCheckResult::Rejected => {
            ("复核不属实，不再计入，请核实后重新报送", "is rejected and no longer counts; file it anew")
        }
    };
    let zh = format!("{product} {year} 年带贫花名册{zh}。{reason}");
    let en = format!("The {year} household list of {product} {en}. {reason}");
    tell(tx, list.org_id, Role::Seller, ("带贫花名册复核", "Household list checked"), (&zh, &en))
}
