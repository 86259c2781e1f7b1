//! Whether the sums that the ledger keeps of each unit's year are those of its entries.

use super::super::store::progress::{self as store, UnitSum};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::terms::Fund;
use crate::platform::db::Read;
use std::collections::BTreeMap;

/// Unit, year and fund whose kept sums are not those of the entries; none when all is well.
///
/// # Errors
/// When the database fails.
pub fn verify_kept_sums(read: &mut Read) -> Outcome<Vec<(OrgId, i64, Fund)>> {
    let mut wrong = Vec::new();
    for year in store::counted_years(read)? {
        let by_key = |sums: Vec<UnitSum>| -> BTreeMap<(OrgId, Fund), UnitSum> {
            sums.into_iter().filter(something).map(|sum| ((sum.unit_id, sum.fund), sum)).collect()
        };
        let (kept, added) = (by_key(store::kept_sums(read, year)?), by_key(store::added_sums(read, year)?));
        let differs = kept.keys().chain(added.keys()).filter(|key| kept.get(key) != added.get(key));
        let mut keys: Vec<(OrgId, Fund)> = differs.copied().collect();
        keys.sort_unstable();
        keys.dedup();
        wrong.extend(keys.into_iter().map(|(unit, fund)| (unit, year, fund)));
    }
    Ok(wrong)
}

fn something(sum: &UnitSum) -> bool {
    let amounts = [
        sum.ordered,
        sum.accepted_paid,
        sum.completed,
        sum.corrected_ordered,
        sum.corrected_accepted_paid,
        sum.corrected_completed,
    ];
    amounts.iter().any(|amount| !amount.is_zero())
}
