//! What the demo shows at its end: the bulletin, the county table, the logins and what to try with them.

use super::endings::{self, Ending};
use super::people::{CANTEEN, COOPERATIVE, KEEPER, OFFICE, OPERATOR, PASSWORD, Seat};
use super::plan::YEAR;
use super::play::Parts;
use super::{Played, Refusals, Summary, end};
use crate::certification::{BatchDiffView, CatalogueBatchView, LeftBecause};
use crate::kernel::actor::{Actor, ReadReports};
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::kernel::terms::Basis;
use crate::platform::db::Read;
use crate::reporting::{self, ProgressBy, ProgressRow, ProgressWanted};
use crate::venues::SoldOf;
use crate::volumes::{self, Dimension, VenueDimension, VenueSalesReport, VenueSalesWanted, VolumesWanted};
use comfy_table::{Cell, CellAlignment, LineStyle, Table, TableStyle};
use std::collections::BTreeMap;

/// The three amounts of a county, in the order of [`Basis::ALL`].
type Amounts = [Fen; 3];

/// Puts the figures into words; the address is where the API is served.
///
/// # Errors
/// When the database fails.
pub async fn report(parts: &Parts, played: &Played, address: &str) -> Outcome<String> {
    let actor = played.cast.operator.actor::<ReadReports>(Seat::Clerk)?;
    let wanted = ProgressWanted { year: YEAR, as_of: end().day(), by: ProgressBy::Region, region: None, unit: None };
    let read = parts.read(move |read| {
        let progress = reporting::progress(read, &actor, &wanted)?;
        Ok((progress, by_county(read, &actor)?, by_venue(read, &actor)?))
    });
    let (progress, counties, sold) = read.await?;
    let Summary { suppliers, listings, units, orders, standing: (ordered, left_out), refusals } = &played.summary;
    let head = format!(
        "{YEAR} 年：供应商 {suppliers}，在售商品 {listings}，单位 {units}，订单 {orders}；\n食堂的定期订单下单 {ordered} 次，跳过 {left_out} 次。"
    );
    let tried = refused(refusals);
    let bulletin = bulletin(progress.rows.iter().chain([&progress.total]));
    let title = format!("预留份额采购进度通报（{YEAR} 年度，截至 {}）", progress.as_of);
    let volumes = format!("产地县（区）销售额（{YEAR} 年）");
    let counties = table(&counties);
    let venues = venues(&sold);
    let ways = ways(&endings::endings(parts, played).await?);
    let (first, diff) = endings::batches(parts).await?;
    Ok(format!(
        "{head}\n{tried}\n\n{title}\n{bulletin}\n\n{volumes}\n{counties}\n{venues}\n\n认定申请的各种走向（{YEAR} 年）\n{ways}\n{}\n\n{}",
        catalogue(&first, &diff),
        invitation(address)
    ))
}

/// Every branch of certification: where it ended, and when.
fn ways(endings: &[Ending]) -> String {
    let mut table = plain();
    table.set_header(["走向", "产品", "证书或申请编号", "结果", "日期"]);
    for ending in endings {
        table.add_row([
            ending.branch.words(),
            &ending.product,
            &ending.number,
            &ending.standing,
            &ending.on.to_string(),
        ]);
    }
    table.to_string()
}

/// Two batches of the catalogue, and what the second changed.
fn catalogue(first: &CatalogueBatchView, diff: &BatchDiffView) -> String {
    let second = &diff.batch;
    let ended = diff.left.iter().filter(|left| matches!(left.because, LeftBecause::NoLongerInForce)).count();
    let batch = |batch: &CatalogueBatchView| {
        let CatalogueBatchView { number, document_number, dated_on, certificates, .. } = batch;
        format!("{number}（{document_number}，{dated_on}）{certificates} 件")
    };
    format!(
        "目录批次：{}；{}。\n后者与前者相比：新增 {}，变更 {}，仅在前者 {}（其中已失效 {ended}）。",
        batch(first),
        batch(second),
        diff.added.len(),
        diff.changed.len(),
        diff.left.len()
    )
}

fn refused(refusals: &Refusals) -> String {
    let Refusals { over_ceiling, out_of_stock, same_person } = refusals;
    format!("依规拒绝：超年度总额 {over_ceiling}，库存不足 {out_of_stock}，同一人下单又验收 {same_person}。")
}

/// Every county of production with its three amounts.
fn by_county(read: &mut Read, actor: &Actor) -> Outcome<BTreeMap<String, (String, Amounts)>> {
    let mut counties: BTreeMap<String, (String, Amounts)> = BTreeMap::new();
    for (place, basis) in Basis::ALL.iter().enumerate() {
        let wanted = VolumesWanted {
            basis: *basis,
            from: format!("{YEAR}-01"),
            to: format!("{YEAR}-12"),
            by: vec![Dimension::County],
            side: None,
            overlays: false,
            venues: false,
        };
        let volumes = volumes::volumes(read, actor, &wanted, end().day())?;
        for row in volumes.rows {
            let name = row.county_name.unwrap_or_default();
            let county = counties.entry(row.county.unwrap_or_default()).or_insert_with(|| (name, Amounts::default()));
            county.1[place] = row.amount_fen;
        }
    }
    Ok(counties)
}

/// What venues sold.
fn by_venue(read: &mut Read, actor: &Actor) -> Outcome<VenueSalesReport> {
    let (from, to, as_of) = (format!("{YEAR}-01"), format!("{YEAR}-12"), end().day());
    let by = vec![VenueDimension::Venue];
    let wanted = VenueSalesWanted { from, to, by, side: None, as_of, of: SoldOf::default() };
    volumes::venue_sales(read, actor, &wanted, as_of)
}

/// Venues stand beside the county table: their sales are in none of its columns.
fn venues(sold: &VenueSalesReport) -> String {
    let names: Vec<&str> = sold.rows.iter().filter_map(|row| row.venue_name.as_deref()).collect();
    let (total, certified) = (sold.total.total_fen, sold.total.certified_fen);
    format!("另有销售点销售（{}）：{total} 元，其中已认定产品 {certified} 元，不在上表内。", names.join("、"))
}

/// A table with rules around its head and below its last row.
fn plain() -> Table {
    let rule = LineStyle::none().fill('─').junction('─');
    let mut table = Table::new();
    table.load_style(TableStyle::new().top_border(rule).header_separator(rule).bottom_border(rule));
    table
}

fn right(text: impl ToString) -> Cell {
    Cell::new(text.to_string()).set_alignment(CellAlignment::Right)
}

fn bulletin<'a>(rows: impl Iterator<Item = &'a ProgressRow>) -> String {
    let mut table = plain();
    table.set_header([
        "地区",
        "单位",
        "已预留",
        "未启动",
        "预留（元）",
        "已下单",
        "已验收并付款",
        "已完成",
        "完成率%",
        "计划未核准",
    ]);
    for row in rows {
        table.add_row([
            Cell::new(place(row)),
            right(row.accounts),
            right(row.reserved_units),
            right(row.reserved_units.saturating_sub(row.started_units)),
            right(row.reserved_fen),
            right(row.ordered_fen),
            right(row.accepted_paid_fen),
            right(row.completed_fen),
            right(&row.rate),
            right(row.before_plan_completed_fen),
        ]);
    }
    table.to_string()
}

/// A row holds the units of exactly one region: those of a city or of the whole region stand beside those of its counties.
fn place(row: &ProgressRow) -> String {
    let above_counties = row.key.as_ref().is_some_and(|code| code.ends_with("00"));
    if above_counties { format!("{}本级", row.name) } else { row.name.clone() }
}

fn table(counties: &BTreeMap<String, (String, Amounts)>) -> String {
    let mut table = plain();
    table.set_header(["产地县（区）", "已下单（元）", "已验收并付款（元）", "已完成（元）"]);
    let mut total = Amounts::default();
    for (name, amounts) in counties.values() {
        let cells = [Cell::new(name)].into_iter().chain(amounts.iter().copied().map(right));
        table.add_row(cells.collect::<Vec<_>>());
        for (sum, part) in total.iter_mut().zip(amounts) {
            *sum = [*sum, *part].into_iter().sum();
        }
    }
    let cells = [Cell::new("合计")].into_iter().chain(total.into_iter().map(right));
    table.add_row(cells.collect::<Vec<_>>());
    table.to_string()
}

/// The ready-made logins and what to try with them.
fn invitation(address: &str) -> String {
    let mut table = plain();
    table.set_header(["登录邮箱", "身份"]);
    table.add_row([CANTEEN, "食堂：填报、下单、付款"]);
    table.add_row([KEEPER, "食堂：验收"]);
    table.add_row([COOPERATIVE, "合作社：上架、确认、发货"]);
    table.add_row([OFFICE, "县扶贫办：审核、统计"]);
    table.add_row([OPERATOR, "平台运营"]);
    format!(
        "{table}\n密码 password: {PASSWORD}\n\n\
         curl -s {address}/api/v1/listings?limit=3\n\
         curl -s {address}/api/v1/sessions -H 'content-type: application/json' \\\n     \
         -d '{{\"email\":\"{CANTEEN}\",\"password\":\"{PASSWORD}\"}}'\n\
         README.md 照此走完一笔订单 / goes on from here to an order that counts\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn columns_are_aligned_for_chinese_width() {
        let counties = BTreeMap::from([
            ("640323".to_owned(), ("盐池县".to_owned(), [Fen::new(123_456), Fen::new(99), Fen::ZERO])),
            ("640303".to_owned(), ("红寺堡区".to_owned(), [Fen::new(1), Fen::new(2), Fen::new(3)])),
        ]);
        let shown = table(&counties);
        let widths: Vec<usize> = shown.lines().map(UnicodeWidthStr::width).collect();
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{shown}");
        assert!(shown.contains("1234.57"), "{shown}");
    }
}
