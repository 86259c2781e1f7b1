//! An office decides whose claim of a household stands.

use super::{no_party, record, tell, weigh};
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{DoubleClaimId, HouseholdListId, OrgId};
use crate::linkage::rules::{DoubleClaimStatus, Refusal};
use crate::linkage::store::{self, ClaimRow, DoubleClaimRow, ListRow, SettlementRow};
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What an office decides about a double claim.
#[derive(Debug, Clone)]
pub struct NewSettlement {
    /// A list of the supplier whose claim stands.
    pub stands: HouseholdListId,
    /// Why.
    pub reason: String,
}

/// Settles a double claim, or settles it anew: the others' rows no longer count, and each supplier is told of its own.
///
/// # Errors
/// `not_found` when no side lies in the region, `forbidden` when another one lies outside, `separation_of_duties`,
/// `stale_version`, `wrong_state`, `validation_failed` for a list of no side.
pub fn settle(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, version): (DoubleClaimId, i64),
    new: &NewSettlement,
) -> Outcome<DoubleClaimRow> {
    let seen = store::double_claim(tx, id)?.ok_or(Code::NotFound)?;
    store::claim_year(tx, seen.year)?;
    let mut row = store::double_claim(tx, id)?.ok_or(Code::NotFound)?;
    let sides = sides(tx, &row)?;
    if !sides.iter().any(|side| actor.region.contains(&side.county)) {
        return Err(Code::NotFound.into());
    }
    if row.version != version {
        return Err(Code::StaleVersion.into());
    }
    if row.status == DoubleClaimStatus::Ended {
        return Err(Refusal::State(row.status.as_str()).into());
    }
    let between: BTreeSet<OrgId> = sides.iter().map(|side| side.org_id).collect();
    for org in &between {
        no_party(tx, actor, *org)?;
    }
    if !sides.iter().all(|side| actor.region.contains(&side.county)) {
        return Err(Refusal::Beyond.into());
    }
    let stands = sides.iter().find(|side| side.list_id == new.stands).ok_or_else(no_side)?.org_id;
    row.status = DoubleClaimStatus::Settled;
    row.stands_org = Some(stands);
    let named: Vec<String> = between.iter().map(OrgId::to_string).collect();
    row.settled_between = Some(serde_json::to_string(&named).map_err(AppError::internal)?);
    row.version += 1;
    if store::save_double_claim(tx, &row)? != 1 {
        return Err(Code::StaleVersion.into());
    }
    let decided = SettlementRow {
        id: tx.new_id(),
        double_claim_id: id,
        stands_list: new.stands,
        stands_org: stands,
        reason: new.reason.clone(),
        office_org: actor.org_id,
        decided_by: actor.user_id,
        decided_at: tx.at(),
    };
    store::insert_settlement(tx, &decided)?;
    weigh::again(tx, row.year, &BTreeSet::from([(row.household.clone(), row.kind)]), None)?;
    tell_sides(tx, actor, &sides, &decided)?;
    Ok(row)
}

/// The claims of a double claim.
fn sides(tx: &mut Tx<'_>, row: &DoubleClaimRow) -> Outcome<Vec<ClaimRow>> {
    let claims = store::standing_claims(tx, std::slice::from_ref(&row.household), Some(row.year))?;
    Ok(claims.into_iter().filter(|claim| claim.kind == row.kind).collect())
}

fn no_side() -> AppError {
    let message = Message::new("不是其中一方的名单", "is no list of a side");
    AppError::invalid(vec![FieldError::new("/stands_list_id", "not_found", message)])
}

/// Each supplier is told what became of its own row, and nothing of the other's.
fn tell_sides(tx: &mut Tx<'_>, actor: &Actor, sides: &[ClaimRow], decided: &SettlementRow) -> Outcome<()> {
    let ids: Vec<HouseholdListId> = sides.iter().map(|side| side.list_id).collect();
    let lists: BTreeMap<HouseholdListId, ListRow> =
        store::lists_by_id(tx, &ids)?.into_iter().map(|list| (list.id, list)).collect();
    for side in sides {
        let Some(list) = lists.get(&side.list_id) else { continue };
        let counts = side.org_id == decided.stands_org;
        let details = json!({ "double_claim_id": decided.double_claim_id, "year": side.year, "row_no": side.row_no,
            "kind": side.kind, "counts": counts });
        record(tx, Some(actor), list, "household_list.row_settled", details)?;
        let (product, year, row) = (&list.product_name, list.year, side.row_no);
        let (zh, en) = if counts { ("计入", "counts") } else { ("不再计入", "no longer counts") };
        let zh = format!("{product} {year} 年带贫花名册第 {row} 行的重复申报已裁定：{zh}。{}", decided.reason);
        let en = format!("Row {row} of the {year} household list of {product} {en}. {}", decided.reason);
        tell(tx, side.org_id, Role::Seller, ("带贫户重复申报裁定", "Double claim settled"), (&zh, &en))?;
    }
    Ok(())
}
