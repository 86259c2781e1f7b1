//! What venues (专柜、专馆、专区) sold, and what of it is added to the volumes of orders.

use super::{Asked, VolumesWanted, check, stands, wrong};
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::VenueId;
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell, Table};
use crate::regions;
use crate::venues::{self, SoldIn, SoldOf, SoldSum, VenueEntryView, VenueKind};
use crate::volumes::rules::{Dimension, VolumeSide};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

crate::text_enum! {
    /// By what sales of venues are told apart; in this order.
    VenueDimension {
        /// County of production.
        County "county"
        /// The month of the sale.
        Month "month"
        /// The venue.
        Venue "venue"
        /// 专柜, 专馆 or 专区.
        Kind "kind"
        /// The region of the venue.
        VenueRegion "venue_region"
        /// Whether the goods were certified.
        Certified "certified"
    }
}

/// Which sales of venues are asked for.
#[derive(Debug, Clone)]
pub struct VenueSalesWanted {
    /// First month, `YYYY-MM`.
    pub from: String,
    /// Last month.
    pub to: String,
    /// By what they are told apart.
    pub by: Vec<VenueDimension>,
    /// The side of the caller's region; by kind of organisation when not stated.
    pub side: Option<VolumeSide>,
    /// By what was recorded until the end of this day.
    pub as_of: Day,
    /// Of these only.
    pub of: SoldOf,
}

/// What venues sold, in fen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct VenueAmounts {
    /// For how much.
    #[schema(value_type = i64)]
    pub total_fen: Fen,
    /// The certified part of it.
    #[schema(value_type = i64)]
    pub certified_fen: Fen,
    /// What of it goods fetched that were bought here: their volume is counted by their orders.
    #[schema(value_type = i64)]
    pub sourced_fen: Fen,
    /// The remainder, which is added to the volumes of orders.
    #[schema(value_type = i64)]
    pub added_fen: Fen,
    /// The certified part of the remainder.
    #[schema(value_type = i64)]
    pub added_certified_fen: Fen,
}

impl VenueAmounts {
    fn add(&mut self, sum: &SoldSum) -> Outcome<()> {
        let added = sum.total.minus(sum.sourced)?;
        self.total_fen = self.total_fen.plus(sum.total)?;
        self.sourced_fen = self.sourced_fen.plus(sum.sourced)?;
        self.added_fen = self.added_fen.plus(added)?;
        if sum.certified {
            self.certified_fen = self.certified_fen.plus(sum.total)?;
            self.added_certified_fen = self.added_certified_fen.plus(added)?;
        }
        Ok(())
    }
}

/// A row; what was not asked for is absent.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct VenueSalesRow {
    /// County of production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county: Option<RegionCode>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county_name: Option<String>,
    /// The month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// The venue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue_id: Option<VenueId>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue_name: Option<String>,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<VenueKind>,
    /// Its region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue_region: Option<RegionCode>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue_region_name: Option<String>,
    /// Whether the goods were certified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified: Option<bool>,
    /// The amounts.
    #[serde(flatten)]
    pub amounts: VenueAmounts,
    /// Where the entries are that sum to them.
    pub entries: String,
}

/// What venues sold.
#[derive(Debug, Serialize, ToSchema)]
pub struct VenueSalesReport {
    /// First month.
    pub from: String,
    /// Last month.
    pub to: String,
    /// By what was recorded until the end of this day.
    pub as_of: Day,
    /// By what they are told apart.
    pub by: Vec<VenueDimension>,
    /// The side of the caller's region.
    pub side: VolumeSide,
    /// One row for each combination.
    pub rows: Vec<VenueSalesRow>,
    /// The sum of the rows.
    pub total: VenueAmounts,
    /// Where the entries are that sum to it.
    pub entries: String,
}

/// What tells a row from others.
type RowKey =
    (Option<RegionCode>, Option<String>, Option<VenueId>, Option<VenueKind>, Option<RegionCode>, Option<bool>);

/// What venues sold, in scope.
///
/// # Errors
/// `invalid_parameter`; when the database fails.
pub fn venue_sales(read: &mut Read, actor: &Actor, wanted: &VenueSalesWanted, today: Day) -> Outcome<VenueSalesReport> {
    let (side, asked) = asked(actor, wanted, today)?;
    let sums = venues::sold(read, actor, &asked)?;
    let names = regions::names(read)?;
    let told = |dimension| wanted.by.contains(&dimension);
    let mut total = VenueAmounts::default();
    let mut rows: BTreeMap<RowKey, (VenueAmounts, String)> = BTreeMap::new();
    for sum in &sums {
        let key = (
            told(VenueDimension::County).then_some(sum.county),
            told(VenueDimension::Month).then(|| sum.month.clone()),
            told(VenueDimension::Venue).then_some(sum.venue_id),
            told(VenueDimension::Kind).then_some(sum.kind),
            told(VenueDimension::VenueRegion).then_some(sum.venue_region),
            told(VenueDimension::Certified).then_some(sum.certified),
        );
        let (amounts, _) = rows.entry(key).or_insert_with(|| (VenueAmounts::default(), sum.venue_name.clone()));
        amounts.add(sum)?;
        total.add(sum)?;
    }
    rows.retain(|_, (amounts, _)| *amounts != VenueAmounts::default());
    let row = |(key, (amounts, venue)): (RowKey, (VenueAmounts, String))| {
        let entries = link(wanted, side, &key);
        let (county, month, venue_id, kind, venue_region, certified) = key;
        VenueSalesRow {
            county,
            county_name: county.and_then(|code| names.get(&code).cloned()),
            month,
            venue_id,
            venue_name: venue_id.map(|_| venue),
            kind,
            venue_region,
            venue_region_name: venue_region.and_then(|code| names.get(&code).cloned()),
            certified,
            amounts,
            entries,
        }
    };
    Ok(VenueSalesReport {
        from: wanted.from.clone(),
        to: wanted.to.clone(),
        as_of: wanted.as_of,
        by: VenueDimension::ALL.iter().copied().filter(|dimension| told(*dimension)).collect(),
        side,
        rows: rows.into_iter().map(row).collect(),
        total,
        entries: link(wanted, side, &RowKey::default()),
    })
}

fn asked(actor: &Actor, wanted: &VenueSalesWanted, today: Day) -> Outcome<(VolumeSide, SoldIn)> {
    check(&wanted.from, &wanted.to)?;
    if wanted.as_of > today {
        return Err(wrong("as_of", "不得晚于今天", "lies in the future"));
    }
    let (side, home) = stands(actor, wanted.side);
    let months = (wanted.from.clone(), wanted.to.clone());
    Ok((side, SoldIn { months, as_of: wanted.as_of, from: home, of: wanted.of.clone() }))
}

/// The address of the entries of venues beside a row of volumes: those of its county, month and whether they were certified, as far as
/// these are told apart.
pub(super) fn link_beside(
    wanted: &VolumesWanted,
    side: VolumeSide,
    [county, month, certified]: [Option<&str>; 3],
) -> String {
    let (from, to) = month.map_or((wanted.from.as_str(), wanted.to.as_str()), |month| (month, month));
    let mut link = format!("/api/v1/reports/venue-sales/entries?from={from}&to={to}&side={side}");
    for (name, value) in [("county", county), ("certified", certified)] {
        if let Some(value) = value {
            link.push_str(&format!("&{name}={value}"));
        }
    }
    link
}

/// The address of the entries of a row.
fn link(wanted: &VenueSalesWanted, side: VolumeSide, key: &RowKey) -> String {
    let (county, month, venue, kind, region, certified) = key;
    let (from, to) = month.as_ref().map_or((&wanted.from, &wanted.to), |month| (month, month));
    let mut link =
        format!("/api/v1/reports/venue-sales/entries?from={from}&to={to}&side={side}&as_of={}", wanted.as_of);
    let mut also = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            link.push_str(&format!("&{name}={value}"));
        }
    };
    also("county", county.map(|code| code.to_string()));
    also("venue_id", venue.map(|id| id.to_string()));
    also("kind", kind.map(|kind| kind.to_string()));
    also("venue_region", region.map(|code| code.to_string()));
    also("certified", certified.map(|yes| yes.to_string()));
    link
}

/// The entries behind a figure of the sales of venues.
///
/// # Errors
/// `invalid_parameter`; when the database fails.
pub fn venue_entries(
    read: &mut Read,
    actor: &Actor,
    wanted: &VenueSalesWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<VenueEntryView>> {
    let (_, asked) = asked(actor, wanted, today)?;
    venues::sold_entries(read, actor, &asked, page)
}

/// What is added to each row of volumes that are told apart by nothing but county, month and certified.
pub(super) fn beside(
    read: &mut Read,
    actor: &Actor,
    asked: &Asked<'_>,
    today: Day,
) -> Outcome<(VenueAmounts, BTreeMap<[String; 3], Fen>)> {
    let wanted = asked.wanted;
    let known = [Dimension::County, Dimension::Month, Dimension::Certified];
    if wanted.by.iter().any(|dimension| !known.contains(dimension)) || wanted.basis != Basis::AcceptedPaid {
        return Err(wrong(
            "venues",
            "销售点销售额只能按生产县、月份、是否认定区分，口径为验收且付款",
            "sales of venues are told apart by county, month and certified only, beside what is accepted and paid",
        ));
    }
    let months = (wanted.from.clone(), wanted.to.clone());
    let sums = venues::sold(read, actor, &SoldIn { months, as_of: today, from: asked.home, of: SoldOf::default() })?;
    let told = |dimension, value: String| if wanted.by.contains(&dimension) { value } else { String::new() };
    let mut total = VenueAmounts::default();
    let mut added: BTreeMap<[String; 3], Fen> = BTreeMap::new();
    for sum in &sums {
        total.add(sum)?;
        let key = [
            told(Dimension::County, sum.county.to_string()),
            told(Dimension::Month, sum.month.clone()),
            told(Dimension::Certified, sum.certified.to_string()),
        ];
        let of = added.entry(key).or_default();
        *of = of.plus(sum.total.minus(sum.sourced)?)?;
    }
    Ok((total, added))
}

const HEADER: [&str; 14] = [
    "生产县代码",
    "生产县",
    "月份",
    "销售点编号",
    "销售点",
    "类型",
    "销售点地区代码",
    "销售点地区",
    "已认定",
    "销售总额（元）",
    "其中已认定（元）",
    "来源于本平台订单（元）",
    "计入销售额（元）",
    "计入中已认定（元）",
];

impl VenueSalesReport {
    fn cells(&self) -> Vec<Vec<Cell>> {
        let amounts = |of: &VenueAmounts| {
            [of.total_fen, of.certified_fen, of.sourced_fen, of.added_fen, of.added_certified_fen].map(Cell::yuan)
        };
        let text = |value: Option<String>| Cell::from(value.unwrap_or_default());
        let line = |row: &VenueSalesRow| {
            let mut cells = vec![
                text(row.county.map(|code| code.to_string())),
                text(row.county_name.clone()),
                text(row.month.clone()),
                text(row.venue_id.map(|id| id.to_string())),
                text(row.venue_name.clone()),
                text(row.kind.map(|kind| kind.zh().to_owned())),
                text(row.venue_region.map(|code| code.to_string())),
                text(row.venue_region_name.clone()),
                Cell::from(row.certified.map_or("", |yes| if yes { "是" } else { "否" })),
            ];
            cells.extend(amounts(&row.amounts));
            cells
        };
        let mut rows: Vec<Vec<Cell>> = self.rows.iter().map(line).collect();
        let mut total = vec![Cell::from(""); HEADER.len() - 5];
        total[1] = Cell::from("合计");
        total.extend(amounts(&self.total));
        rows.push(total);
        rows
    }

    /// The report as CSV; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        sheet::csv(&HEADER, &self.cells())
    }

    /// The report as a workbook, amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn xlsx(&self, made_on: Day) -> Outcome<Vec<u8>> {
        sheet::xlsx(&[Table { name: "销售点销售额", header: &HEADER, rows: &self.cells() }], made_on)
    }
}
