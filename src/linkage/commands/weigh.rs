//! Which claims count is weighed anew whenever a list comes, goes, or an office decides.

use super::{record, tell, tell_office};
use crate::kernel::actor::Role;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{DoubleClaimId, HouseholdListId, OrgId};
use crate::kernel::region_code::RegionCode;
use crate::linkage::rules::{self, ClaimState, DoubleClaimStatus, Settled};
use crate::linkage::store::{self, ClaimRow, DoubleClaimRow, HouseholdKind, ListRow};
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What a household, kind and year look like now.
struct Weighed {
    found: Vec<DoubleClaimRow>,
    unsettled: BTreeMap<&'static str, (DoubleClaimStatus, Vec<DoubleClaimId>)>,
    /// Those that only the supplier whose claim stands claims still: what was decided holds when another comes back.
    rest: Vec<DoubleClaimId>,
    /// Those that another supplier claims again that was overruled before.
    resumed: Vec<DoubleClaimId>,
    /// Those that still wait, but for others than before: whoever has read them reads them again.
    touched: Vec<DoubleClaimId>,
    /// Rows by list and by the state that they have from now on.
    changed: BTreeMap<(HouseholdListId, &'static str), (ClaimState, Vec<i64>)>,
    /// Rows that are disputed from now on, by list.
    disputed: BTreeMap<HouseholdListId, Vec<i64>>,
    /// The list that was just filed: its rows are new to what was disputed before.
    filed: Option<HouseholdListId>,
}

/// The office's decision that a double claim was settled by.
pub(super) fn decision(row: &DoubleClaimRow) -> Outcome<Option<Settled>> {
    let (Some(stands), Some(between)) = (row.stands_org, &row.settled_between) else { return Ok(None) };
    let between: BTreeSet<String> = serde_json::from_str(between).map_err(AppError::internal)?;
    let between = between.iter().map(|org| org.parse().map_err(AppError::internal)).collect::<Outcome<_>>()?;
    Ok(Some(Settled { stands, between }))
}

/// Weighs the claims of households and kinds in a year, whose claims the caller holds. Suppliers and offices are told of what
/// is claimed twice from now on; a supplier of its own rows only.
///
/// # Errors
/// When the database fails.
pub(super) fn again(
    tx: &mut Tx<'_>,
    year: i64,
    touched: &BTreeSet<HouseholdKind>,
    filed: Option<HouseholdListId>,
) -> Outcome<()> {
    let households: BTreeSet<Vec<u8>> = touched.iter().map(|(household, _)| household.clone()).collect();
    let households: Vec<Vec<u8>> = households.into_iter().collect();
    let mut claims: BTreeMap<HouseholdKind, Vec<ClaimRow>> = BTreeMap::new();
    for claim in store::standing_claims(tx, &households, Some(year))? {
        claims.entry((claim.household.clone(), claim.kind)).or_default().push(claim);
    }
    let known = store::double_claims_of(tx, &households, year)?;
    let known: BTreeMap<HouseholdKind, DoubleClaimRow> =
        known.into_iter().map(|row| ((row.household.clone(), row.kind), row)).collect();
    let mut weighed = Weighed {
        found: Vec::new(),
        unsettled: BTreeMap::new(),
        rest: Vec::new(),
        resumed: Vec::new(),
        touched: Vec::new(),
        changed: BTreeMap::new(),
        disputed: BTreeMap::new(),
        filed,
    };
    for key in touched {
        let claims = claims.get(key).map(Vec::as_slice).unwrap_or_default();
        weighed.one(tx, (key, year), claims, known.get(key))?;
    }
    weighed.write(tx)
}

impl Weighed {
    fn one(
        &mut self,
        tx: &Tx<'_>,
        ((household, kind), year): (&HouseholdKind, i64),
        claims: &[ClaimRow],
        known: Option<&DoubleClaimRow>,
    ) -> Outcome<()> {
        let sides: BTreeSet<OrgId> = claims.iter().map(|claim| claim.org_id).collect();
        let settled = known.map(decision).transpose()?.flatten();
        let status = rules::double_claim(&sides, settled.as_ref());
        match known {
            None if status == DoubleClaimStatus::Open => self.found.push(DoubleClaimRow {
                id: tx.new_id(),
                household: household.clone(),
                kind: *kind,
                year,
                status,
                stands_org: None,
                settled_between: None,
                found_at: tx.at(),
                version: 1,
            }),
            Some(known) if known.status == status && status == DoubleClaimStatus::Open => self.touched.push(known.id),
            Some(known) if known.status == status => {}
            Some(known) if rules::outlasts(status, &sides, settled.as_ref()) => match status {
                DoubleClaimStatus::Settled => self.resumed.push(known.id),
                _ => self.rest.push(known.id),
            },
            Some(known) => {
                self.unsettled.entry(status.as_str()).or_insert((status, Vec::new())).1.push(known.id);
            }
            None => {}
        }
        let open = status == DoubleClaimStatus::Open;
        let opens = open && known.is_none_or(|known| known.status != status);
        for claim in claims {
            let state = rules::claim_state(status, settled.as_ref(), claim.org_id);
            if state != claim.state {
                let rows = self.changed.entry((claim.list_id, state.as_str())).or_insert((state, Vec::new()));
                rows.1.push(claim.row_no);
            }
            if opens || (open && self.filed == Some(claim.list_id)) {
                self.disputed.entry(claim.list_id).or_default().push(claim.row_no);
            }
        }
        Ok(())
    }

    fn write(self, tx: &mut Tx<'_>) -> Outcome<()> {
        store::insert_double_claims(tx, self.found)?;
        for (status, ids) in self.unsettled.values() {
            store::unsettle(tx, ids, *status)?;
        }
        store::move_double_claims(tx, &self.rest, DoubleClaimStatus::Ended)?;
        store::move_double_claims(tx, &self.resumed, DoubleClaimStatus::Settled)?;
        store::move_double_claims(tx, &self.touched, DoubleClaimStatus::Open)?;
        let named: BTreeSet<HouseholdListId> =
            self.disputed.keys().copied().chain(self.changed.keys().map(|(list, _)| *list)).collect();
        let named: Vec<HouseholdListId> = named.into_iter().collect();
        let lists: BTreeMap<HouseholdListId, ListRow> =
            store::lists_by_id(tx, &named)?.into_iter().map(|list| (list.id, list)).collect();
        for ((list, word), (state, rows)) in &self.changed {
            store::set_state(tx, *list, rows, *state)?;
            if let Some(list) = lists.get(list) {
                let details = json!({ "year": list.year, "rows": rows, "state": word });
                record(tx, None, list, "household_list.rows_changed", details)?;
            }
        }
        let mut counties: BTreeMap<RegionCode, usize> = BTreeMap::new();
        for (list, rows) in self.disputed.iter().filter_map(|(id, rows)| lists.get(id).map(|list| (list, rows))) {
            record(tx, None, list, "household_list.disputed", json!({ "year": list.year, "rows": rows }))?;
            tell_disputed(tx, list, rows)?;
            *counties.entry(list.county).or_default() += rows.len();
        }
        for (county, rows) in counties {
            let zh = format!("带贫花名册中有 {rows} 行与其他主体重复申报同一户，请核实裁定。");
            let en = format!("{rows} rows of household lists are claimed by several suppliers; settle them.");
            tell_office(tx, &county, ("带贫户重复申报", "Households claimed twice"), (&zh, &en))?;
        }
        Ok(())
    }
}

/// The most rows that a mail names.
const NAMED: usize = 20;

fn tell_disputed(tx: &mut Tx<'_>, list: &ListRow, rows: &[i64]) -> Outcome<()> {
    let (product, year, count) = (&list.product_name, list.year, rows.len());
    let first: Vec<String> = rows.iter().take(NAMED).map(i64::to_string).collect();
    let first = first.join("、");
    let zh = format!(
        "{product} {year} 年带贫花名册有 {count} 行与其他主体重复申报（第 {first} 行等），待扶贫部门裁定。裁定前照常计数。"
    );
    let en = format!(
        "{count} rows of the {year} household list of {product} are claimed by another supplier as well (rows {first}); \
        the office will settle it. Until then they count."
    );
    tell(tx, list.org_id, Role::Seller, ("带贫户重复申报", "Households claimed twice"), (&zh, &en))
}
