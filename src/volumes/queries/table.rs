//! Volumes as tables: CSV and workbooks, with the names that the offices use.

use super::rows::joined_ids;
use super::words::basis_name;
use super::{VolumeView, VolumesView};
use crate::kernel::error::Outcome;
use crate::kernel::time::Day;
use crate::platform::sheet::{self, Cell, Table};

const HEADER: [&str; 18] = [
    "口径",
    "生产县代码",
    "生产县",
    "月份",
    "资金来源",
    "购买目的",
    "模式",
    "地区模式",
    "渠道",
    "地区渠道",
    "已认定",
    "832口径",
    "采购单位类型",
    "采购地区代码",
    "采购地区",
    "认定方案编号",
    "认定方案",
    "金额（元）",
];
const WITH_VENUES: [&str; 2] = ["销售点计入（元）", "合计（元）"];
const OVERLAYS: [&str; 4] = ["类别", "代码", "名称", "金额（元）"];

fn named(schemes: &[String]) -> String {
    if schemes.is_empty() { "未认定".to_owned() } else { schemes.join("、") }
}

impl VolumesView {
    fn header(&self) -> Vec<&'static str> {
        let more = WITH_VENUES.iter().filter(|_| self.venues.is_some());
        HEADER.iter().chain(more).copied().collect()
    }

    fn cells(&self) -> Vec<Vec<Cell>> {
        let text = |value: &Option<String>| Cell::from(value.clone().unwrap_or_default());
        let flag = |value: Option<bool>| Cell::from(value.map_or("", |yes| if yes { "是" } else { "否" }));
        let row = |row: &VolumeView| {
            let mut cells = vec![
                Cell::from(basis_name(self.basis)),
                text(&row.county),
                text(&row.county_name),
                text(&row.month),
                text(&row.fund),
                text(&row.purpose),
                text(&row.mode),
                text(&row.mode_term),
                text(&row.channel),
                text(&row.channel_term),
                flag(row.certified),
                flag(row.eligible),
                text(&row.purchaser_kind),
                text(&row.purchaser_region),
                text(&row.purchaser_name),
                Cell::from(row.schemes.as_deref().map(joined_ids).unwrap_or_default()),
                Cell::from(row.scheme_names.as_deref().map(named).unwrap_or_default()),
                Cell::yuan(row.amount_fen),
            ];
            cells.extend(row.venues_added_fen.into_iter().chain(row.together_fen).map(Cell::yuan));
            cells
        };
        let mut rows: Vec<Vec<Cell>> = self.rows.iter().map(row).collect();
        let mut total = vec![Cell::from(""); HEADER.len()];
        total[0] = Cell::from(basis_name(self.basis));
        total[2] = Cell::from("合计");
        total[HEADER.len() - 1] = Cell::yuan(self.total_fen);
        let added = self.venues.map(|venues| venues.added_fen);
        total.extend(added.into_iter().chain(self.together_fen).map(Cell::yuan));
        rows.push(total);
        rows
    }

    /// The report as CSV; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        sheet::csv(&self.header(), &self.cells())
    }

    /// The report as a workbook, amounts in yuan; overlays on a sheet of their own, because they are no part of the sum.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn xlsx(&self, made_on: Day) -> Outcome<Vec<u8>> {
        let (header, rows) = (self.header(), self.cells());
        let kind = |kind: super::overlays::OverlayKind| match kind {
            super::overlays::OverlayKind::Tag => "标签",
            super::overlays::OverlayKind::SupervisedPlace => "挂牌督战",
        };
        let overlays = self.overlays.iter().flatten().map(|overlay| {
            let name = overlay.name.clone().unwrap_or_default();
            vec![
                Cell::from(kind(overlay.kind)),
                Cell::from(overlay.code.clone()),
                Cell::from(name),
                Cell::yuan(overlay.amount_fen),
            ]
        });
        let overlays: Vec<Vec<Cell>> = overlays.collect();
        let mut tables = vec![Table { name: "产销额", header: &header, rows: &rows }];
        if self.overlays.is_some() {
            tables.push(Table { name: "专项（不计入合计）", header: &OVERLAYS, rows: &overlays });
        }
        sheet::xlsx(&tables, made_on)
    }
}
