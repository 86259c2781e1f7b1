//! Whole months by county, with how many bought: what is published of them.

use super::sums::origins;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::money::{Fen, split_running};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::platform::db::Read;
use crate::volumes::store::counties::{self as store, BoughtEntry};
use std::collections::{BTreeMap, BTreeSet};

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

/// A month by county, so many orders at a time, so that it needs no more memory for more of them.
///
/// # Errors
/// `unavailable` once nobody waits for it; when a sum does not fit or the database fails.
pub fn county_month(
    read: &mut Read,
    month: &str,
    at_once: i64,
    given_up: &dyn Fn() -> bool,
) -> Outcome<MonthOfCounties> {
    let entries = store::count_entries(read, month)?;
    let (mut bought, mut after) = (Bought::default(), Vec::new());
    while let Some(last) = store::last_of_some(read, month, &after, at_once)? {
        if given_up() {
            return Err(AppError::new(Code::Unavailable).cause("nobody waits for the month any more"));
        }
        let mut some = Amounts::new();
        for line in lines(&store::bought(read, month, (&after, &last))?).into_values() {
            add(&mut some, &line, month)?;
        }
        bought.take(some)?;
        after = last;
    }
    Ok(MonthOfCounties { month: month.to_owned(), entries, counties: bought.counted()? })
}

type LineKey<'a> = (&'a str, &'a [u8], &'a str, i64, &'a str);

/// Entries that follow each other on one line, as far as they are split together.
fn lines(entries: &[BoughtEntry]) -> BTreeMap<LineKey<'_>, Vec<&BoughtEntry>> {
    let mut lines: BTreeMap<LineKey<'_>, Vec<&BoughtEntry>> = BTreeMap::new();
    for entry in entries {
        let key = (
            entry.basis.as_str(),
            entry.line_id.as_slice(),
            entry.standing.as_str(),
            entry.class_no,
            entry.origins.as_str(),
        );
        lines.entry(key).or_default().push(entry);
    }
    lines
}

/// Amounts by county, order, unit and basis.
type Amounts = BTreeMap<(RegionCode, Vec<u8>, Vec<u8>, usize), Fen>;

fn add(amounts: &mut Amounts, line: &[&BoughtEntry], month: &str) -> Outcome<()> {
    let Some(first) = line.first() else { return Ok(()) };
    let basis = Basis::ALL.iter().position(|basis| basis.as_str() == first.basis);
    let basis = basis.ok_or_else(|| AppError::internal(format!("no basis {}", first.basis)))?;
    let origins = origins(&first.origins)?;
    let shares: Vec<i64> = origins.iter().map(|origin| origin.share_ppm.0).collect();
    let fens: Vec<Fen> = line.iter().map(|entry| Fen::new(entry.amount)).collect();
    for (entry, parts) in line.iter().zip(split_running(&fens, &shares)?) {
        if entry.month != month {
            continue;
        }
        for (origin, part) in origins.iter().zip(parts) {
            let sum = amounts.entry((origin.county, entry.order_id.clone(), entry.unit_id.clone(), basis)).or_default();
            *sum = sum.plus(part)?;
        }
    }
    Ok(())
}

/// Amounts by unit and basis.
type OfUnits = BTreeMap<(Vec<u8>, usize), Fen>;

/// What units bought by county, and how many orders came to something.
#[derive(Default)]
struct Bought(BTreeMap<RegionCode, (OfUnits, i64)>);

impl Bought {
    /// Takes what whole orders come to. An order is counted where any of it is not nothing, whatever went back and forth.
    fn take(&mut self, amounts: Amounts) -> Outcome<()> {
        let mut counted = None;
        for ((county, order, unit, basis), amount) in amounts {
            let (units, orders) = self.0.entry(county).or_default();
            let sum = units.entry((unit, basis)).or_default();
            *sum = sum.plus(amount)?;
            let of = Some((county, order));
            if !amount.is_zero() && counted != of {
                *orders += 1;
                counted = of;
            }
        }
        Ok(())
    }

    fn counted(self) -> Outcome<BTreeMap<RegionCode, CountyMonth>> {
        let mut counties = BTreeMap::new();
        for (county, (units, orders)) in self.0 {
            if orders > 0 {
                counties.insert(county, counted(units, orders)?);
            }
        }
        Ok(counties)
    }
}

/// Units are counted where what they come to is not nothing.
fn counted(mut by_unit: OfUnits, orders: i64) -> Outcome<CountyMonth> {
    let mut month = CountyMonth { orders, ..CountyMonth::default() };
    by_unit.retain(|_, amount| !amount.is_zero());
    for ((_, basis), amount) in &by_unit {
        let (sum, units) = &mut month.sums[*basis];
        (*sum, *units) = (sum.plus(*amount)?, *units + 1);
    }
    let units: BTreeSet<&[u8]> = by_unit.keys().map(|(unit, _)| unit.as_slice()).collect();
    let of = |basis: usize, unit: &[u8]| by_unit.get(&(unit.to_vec(), basis)).copied().unwrap_or_default();
    for (place, (one, other)) in [(0, 1), (1, 2), (0, 2)].into_iter().enumerate() {
        let differ = units.iter().filter(|unit| of(one, unit) != of(other, unit)).count();
        month.apart[place] = i64::try_from(differ).map_err(AppError::internal)?;
    }
    month.purchasers = i64::try_from(units.len()).map_err(AppError::internal)?;
    Ok(month)
}
