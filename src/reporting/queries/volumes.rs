//! Volumes by county (product.md §5): every line of a basis by the month it happened in, split by its counties of production.

use super::super::rules::split_running;
use super::super::store::Reach;
use super::super::store::volumes::{self as store, Volume, VolumesOf};
use super::{reach, wrong};
use crate::kernel::actor::{Actor, OrgKind, Scope};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::ordering::Origin;
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell};
use crate::regions;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

crate::text_enum! {
    /// By what volumes are told apart; in this order.
    Dimension {
        /// County of production, frozen on the line.
        County "county"
        /// The month it happened in.
        Month "month"
        /// 资金来源.
        Fund "fund"
        /// 购买目的.
        Purpose "purpose"
        /// 四种模式.
        Mode "mode"
        /// 五进.
        Channel "channel"
        /// Whether a certificate was in force at placement.
        Certified "certified"
        /// Whether it was an eligible product at placement.
        Eligible "eligible"
        /// The region of the purchasing unit.
        PurchaserRegion "purchaser_region"
    }
}

crate::text_enum! {
    /// On which side the caller's region stands.
    VolumeSide {
        /// What was produced there, wherever it was bought: what a poverty office asks for.
        Origin "origin"
        /// What was bought there, wherever it was produced.
        Purchaser "purchaser"
    }
}

/// What volumes are asked for.
#[derive(Debug, Clone)]
pub struct VolumesWanted {
    /// On which facts the amounts rest.
    pub basis: Basis,
    /// First month, `YYYY-MM`.
    pub from: String,
    /// Last month.
    pub to: String,
    /// By what they are told apart.
    pub by: Vec<Dimension>,
    /// The side of the caller's region; by kind of organisation when not stated.
    pub side: Option<VolumeSide>,
}

/// Volumes.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolumesView {
    /// On which facts the amounts rest.
    pub basis: Basis,
    /// First month.
    pub from: String,
    /// Last month.
    pub to: String,
    /// By what they are told apart.
    pub by: Vec<Dimension>,
    /// The side of the caller's region.
    pub side: VolumeSide,
    /// One row for each combination that has an amount.
    pub rows: Vec<VolumeView>,
    /// The sum of the rows.
    pub total_fen: Fen,
}

/// A row; what was not asked for is absent.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct VolumeView {
    /// County of production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county_name: Option<String>,
    /// The month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// 资金来源.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund: Option<String>,
    /// 购买目的.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// 四种模式.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// 五进.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Whether a certificate was in force at placement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified: Option<bool>,
    /// Whether it was an eligible product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eligible: Option<bool>,
    /// The region of the purchasing unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchaser_region: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchaser_name: Option<String>,
    /// The amount.
    pub amount_fen: Fen,
}

/// Values of the nine dimensions; what is not told apart is empty.
type Key = [String; 9];

/// Volumes in scope.
///
/// # Errors
/// `invalid_parameter`; when the database fails.
pub fn volumes(read: &mut Read, actor: &Actor, wanted: &VolumesWanted, today: Day) -> Outcome<VolumesView> {
    check(wanted)?;
    let by_origin = actor.kind == OrgKind::PovertyOffice;
    let side = wanted.side.unwrap_or(if by_origin { VolumeSide::Origin } else { VolumeSide::Purchaser });
    // Only an office's region can be where goods come from.
    let home = match (&actor.scope, side) {
        (Scope::Region(code), VolumeSide::Origin) => Some(*code),
        (_, _) => None,
    };
    let reach = if home.is_some() { Reach::everything() } else { reach(actor, today) };
    let mut apart = [false; 9];
    for (place, dimension) in Dimension::ALL.iter().enumerate() {
        apart[place] = wanted.by.contains(dimension);
    }
    let shown = apart;
    apart[0] |= home.is_some();
    let of = VolumesOf { basis: wanted.basis, from: &wanted.from, to: &wanted.to, reach: &reach, apart };
    let mut sums: BTreeMap<Key, Fen> = BTreeMap::new();
    for volume in store::volumes(read, &of)? {
        let amount = Fen::new(volume.amount);
        for (county, part) in shares(&volume, amount, apart[0])? {
            add(&mut sums, &volume, county, part, home, shown)?;
        }
    }
    if apart[0] {
        split_pieces(&store::pieces(read, &of)?, wanted, home, shown, &mut sums)?;
    }
    let names = regions::names(read)?;
    sums.retain(|_, amount| !amount.is_zero());
    let total_fen = Fen::total(sums.values().copied())?;
    let rows = sums.into_iter().map(|(key, amount)| view(&key, amount, &names)).collect();
    let by = Dimension::ALL.iter().copied().filter(|dimension| wanted.by.contains(dimension)).collect();
    Ok(VolumesView { basis: wanted.basis, from: wanted.from.clone(), to: wanted.to.clone(), by, side, rows, total_fen })
}

fn check(wanted: &VolumesWanted) -> Outcome<()> {
    for (name, month) in [("from", &wanted.from), ("to", &wanted.to)] {
        if format!("{month}-01").parse::<Day>().is_err() {
            return Err(wrong(name, "应为 YYYY-MM", "must be YYYY-MM"));
        }
    }
    if wanted.from > wanted.to {
        return Err(wrong("to", "不得早于 from", "lies before from"));
    }
    Ok(())
}

/// The counties of a sum: lines of one county only, or no county at all when it is not told apart.
fn shares(volume: &Volume, amount: Fen, apart: bool) -> Outcome<Vec<(Option<RegionCode>, Fen)>> {
    if !apart {
        return Ok(vec![(None, amount)]);
    }
    let origins = origins(volume)?;
    let weights: Vec<i64> = origins.iter().map(|origin| origin.share_ppm.0).collect();
    let parts = amount.split_by(&weights);
    Ok(origins.iter().map(|origin| Some(origin.county)).zip(parts).collect())
}

fn origins(volume: &Volume) -> Outcome<Vec<Origin>> {
    serde_json::from_str(&volume.origins).map_err(AppError::internal)
}

/// Splits lines of several counties entry by entry, and takes the entries of the asked months.
fn split_pieces(
    pieces: &[Volume],
    wanted: &VolumesWanted,
    home: Option<RegionCode>,
    shown: [bool; 9],
    sums: &mut BTreeMap<Key, Fen>,
) -> Outcome<()> {
    let mut lines: BTreeMap<_, Vec<&Volume>> = BTreeMap::new();
    for piece in pieces {
        // What an annulment takes back is split as it was when it was counted, whatever is counted again.
        lines.entry((piece.line(), piece.standing.as_str())).or_default().push(piece);
    }
    for entries in lines.values() {
        let Some(first) = entries.first() else { continue };
        let origins = origins(first)?;
        let weights: Vec<i64> = origins.iter().map(|origin| origin.share_ppm.0).collect();
        let amounts: Vec<Fen> = entries.iter().map(|entry| Fen::new(entry.amount)).collect();
        for (entry, parts) in entries.iter().zip(split_running(&amounts, &weights)?) {
            if entry.month < wanted.from || entry.month > wanted.to {
                continue;
            }
            for (origin, part) in origins.iter().zip(parts) {
                add(sums, entry, Some(origin.county), part, home, shown)?;
            }
        }
    }
    Ok(())
}

fn add(
    sums: &mut BTreeMap<Key, Fen>,
    volume: &Volume,
    county: Option<RegionCode>,
    amount: Fen,
    home: Option<RegionCode>,
    shown: [bool; 9],
) -> Result<(), Overflow> {
    if home.is_some_and(|home| county.is_some_and(|county| !home.contains(&county))) {
        return Ok(());
    }
    let mut key = [
        county.map(|code| code.to_string()).unwrap_or_default(),
        volume.month.clone(),
        volume.fund.clone(),
        volume.purpose.clone(),
        volume.mode.clone(),
        volume.channel.clone(),
        volume.certified.clone(),
        volume.eligible.clone(),
        volume.purchaser_region.clone(),
    ];
    for (value, shown) in key.iter_mut().zip(shown) {
        if !shown {
            value.clear();
        }
    }
    let sum = sums.entry(key).or_default();
    *sum = sum.plus(amount)?;
    Ok(())
}

fn view(key: &Key, amount_fen: Fen, names: &BTreeMap<RegionCode, String>) -> VolumeView {
    let name = |code: &str| code.parse().ok().and_then(|code: RegionCode| names.get(&code).cloned());
    let given = |value: &String| if value.is_empty() { None } else { Some(value.clone()) };
    let flag = |value: &String| given(value).map(|text| text == "true");
    let [county, month, fund, purpose, mode, channel, certified, eligible, purchaser] = key;
    VolumeView {
        county: given(county),
        county_name: name(county),
        month: given(month),
        fund: given(fund),
        purpose: given(purpose),
        mode: given(mode),
        channel: given(channel),
        certified: flag(certified),
        eligible: flag(eligible),
        purchaser_region: given(purchaser),
        purchaser_name: name(purchaser),
        amount_fen,
    }
}

/// What a basis is called.
pub fn basis_name(basis: Basis) -> &'static str {
    match basis {
        Basis::Ordered => "下单",
        Basis::AcceptedPaid => "验收且付款",
        Basis::Completed => "完成",
    }
}

impl VolumesView {
    /// The report as CSV; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        let header = [
            "口径",
            "生产县代码",
            "生产县",
            "月份",
            "资金来源",
            "购买目的",
            "模式",
            "渠道",
            "已认定",
            "832口径",
            "采购地区代码",
            "采购地区",
            "金额（元）",
        ];
        let text = |value: &Option<String>| Cell::from(value.clone().unwrap_or_default());
        let flag = |value: Option<bool>| Cell::from(value.map_or("", |yes| if yes { "是" } else { "否" }));
        let row = |row: &VolumeView| {
            vec![
                Cell::from(basis_name(self.basis)),
                text(&row.county),
                text(&row.county_name),
                text(&row.month),
                text(&row.fund),
                text(&row.purpose),
                text(&row.mode),
                text(&row.channel),
                flag(row.certified),
                flag(row.eligible),
                text(&row.purchaser_region),
                text(&row.purchaser_name),
                Cell::yuan(row.amount_fen),
            ]
        };
        let mut rows: Vec<Vec<Cell>> = self.rows.iter().map(row).collect();
        let mut total = vec![Cell::from(""); header.len()];
        total[0] = Cell::from(basis_name(self.basis));
        total[2] = Cell::from("合计");
        total[header.len() - 1] = Cell::yuan(self.total_fen);
        rows.push(total);
        sheet::csv(&header, &rows)
    }
}
