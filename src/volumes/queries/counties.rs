//! Whole months by county, with how many bought: what is published of them.

use super::sums::origins;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::money::{Fen, split_running};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::platform::db::Read;
use crate::volumes::store::counties::{self as store, BoughtEntry};
use std::collections::BTreeMap;

/// What units bought of a county's goods in a month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountyMonth {
    /// The amount of each basis and how many units contributed to it, in the order of [`Basis::ALL`].
    pub sums: [(Fen, i64); 3],
    /// Of how many units two of the amounts differ: ordered and paid, paid and completed, ordered and completed.
    pub apart: [i64; 3],
    /// Orders of which any amount is not nothing.
    pub orders: i64,
    /// Units of which any amount is not nothing.
    pub purchasers: i64,
}

/// A month as its entries say in one snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthOfCounties {
    /// `YYYY-MM`.
    pub month: String,
    /// How many entries it has; there are never fewer later.
    pub entries: i64,
    /// By county, where anything is not nothing.
    pub counties: BTreeMap<RegionCode, CountyMonth>,
}

/// Months before one with how many entries each has, in their order.
///
/// # Errors
/// When the database fails.
pub fn entries_by_month(read: &mut Read, before: &str) -> Outcome<Vec<(String, i64)>> {
    store::entries_by_month(read, before)
}

/// Months whose split among counties may depend on what was counted in this one.
///
/// # Errors
/// When the database fails.
pub fn months_split_with(read: &mut Read, month: &str) -> Outcome<Vec<String>> {
    store::split_with(read, month)
}

/// A month by county.
///
/// # Errors
/// When a sum does not fit or the database fails.
pub fn county_month(read: &mut Read, month: &str) -> Outcome<MonthOfCounties> {
    let entries = store::count_entries(read, month)?;
    let mut bought = Bought::default();
    for line in lines(&store::bought(read, month)?).into_values() {
        bought.add(&line, month)?;
    }
    Ok(MonthOfCounties { month: month.to_owned(), entries, counties: bought.counted()? })
}

type LineKey<'a> = (&'a str, &'a [u8], &'a str, i64);

/// Entries that follow each other on one line, as far as they are split together.
fn lines(entries: &[BoughtEntry]) -> BTreeMap<LineKey<'_>, Vec<&BoughtEntry>> {
    let mut lines: BTreeMap<LineKey<'_>, Vec<&BoughtEntry>> = BTreeMap::new();
    for entry in entries {
        let key = (entry.basis.as_str(), entry.line_id.as_slice(), entry.standing.as_str(), entry.class_no);
        lines.entry(key).or_default().push(entry);
    }
    lines
}

/// Amounts by basis, unit and order.
type Amounts = BTreeMap<(usize, Vec<u8>, Vec<u8>), Fen>;

/// Amounts by county.
#[derive(Default)]
struct Bought(BTreeMap<RegionCode, Amounts>);

impl Bought {
    fn add(&mut self, line: &[&BoughtEntry], month: &str) -> Outcome<()> {
        let Some(first) = line.first() else { return Ok(()) };
        let basis = Basis::ALL.iter().position(|basis| basis.as_str() == first.basis);
        let basis = basis.ok_or_else(|| AppError::internal(format!("no basis {}", first.basis)))?;
        let origins = origins(&first.origins)?;
        let shares: Vec<i64> = origins.iter().map(|origin| origin.share_ppm.0).collect();
        let amounts: Vec<Fen> = line.iter().map(|entry| Fen::new(entry.amount)).collect();
        for (entry, parts) in line.iter().zip(split_running(&amounts, &shares)?) {
            if entry.month != month {
                continue;
            }
            for (origin, part) in origins.iter().zip(parts) {
                let key = (basis, entry.unit_id.clone(), entry.order_id.clone());
                let sum = self.0.entry(origin.county).or_default().entry(key).or_default();
                *sum = sum.plus(part)?;
            }
        }
        Ok(())
    }

    fn counted(self) -> Outcome<BTreeMap<RegionCode, CountyMonth>> {
        let mut counties = BTreeMap::new();
        for (county, amounts) in self.0 {
            let counted = counted(amounts)?;
            if counted.orders > 0 {
                counties.insert(county, counted);
            }
        }
        Ok(counties)
    }
}

/// Units and orders are counted where what they come to is not nothing, whatever went back and forth.
fn counted(amounts: Amounts) -> Outcome<CountyMonth> {
    let mut month = CountyMonth::default();
    let mut by_unit: BTreeMap<(usize, Vec<u8>), Fen> = BTreeMap::new();
    let mut orders = std::collections::BTreeSet::new();
    for ((basis, unit, order), amount) in amounts {
        month.sums[basis].0 = month.sums[basis].0.plus(amount)?;
        let sum = by_unit.entry((basis, unit)).or_default();
        *sum = sum.plus(amount)?;
        if !amount.is_zero() {
            orders.insert(order);
        }
    }
    by_unit.retain(|_, amount| !amount.is_zero());
    for (basis, _) in by_unit.keys() {
        month.sums[*basis].1 += 1;
    }
    let units: std::collections::BTreeSet<&[u8]> = by_unit.keys().map(|(_, unit)| unit.as_slice()).collect();
    let of = |basis: usize, unit: &[u8]| by_unit.get(&(basis, unit.to_vec())).copied().unwrap_or_default();
    for (place, (one, other)) in [(0, 1), (1, 2), (0, 2)].into_iter().enumerate() {
        let differ = units.iter().filter(|unit| of(one, unit) != of(other, unit)).count();
        month.apart[place] = i64::try_from(differ).map_err(AppError::internal)?;
    }
    month.purchasers = i64::try_from(units.len()).map_err(AppError::internal)?;
    month.orders = i64::try_from(orders.len()).map_err(AppError::internal)?;
    Ok(month)
}
