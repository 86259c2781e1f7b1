//! A bulletin on paper and as CSV: the columns of 宁财便函〔2020〕420号, on paper in ten-thousand yuan; and its rates as a picture.

use super::content::Content;
use super::store::BulletinRow;
use crate::kernel::error::Outcome;
use crate::kernel::money::{Fen, ten_thousand_yuan};
use crate::platform::chart::Caption;
use crate::platform::sheet::{self, Cell, Printed};
use crate::reporting::{self, ProgressBy, ProgressRow};

/// What a row is called.
const fn subject(by: ProgressBy) -> &'static str {
    match by {
        ProgressBy::Unit => "单位",
        ProgressBy::Region | ProgressBy::City => "地区",
        ProgressBy::SupervisingUnit | ProgressBy::Department => "主管单位",
        ProgressBy::Level => "级次",
    }
}

/// The heads of the columns; amounts in the unit named.
fn header(by: ProgressBy, unit: &str) -> Vec<String> {
    let amount = |name: &str| format!("{name}（{unit}）");
    let mut header = vec![subject(by).to_owned(), "账号数（个）".to_owned(), "已预留单位（个）".to_owned()];
    header.extend([amount("预留份额"), "已启动单位（个）".to_owned(), amount("采购完成额"), "完成率（%）".to_owned()]);
    header.extend(["名次".to_owned(), "未预留单位（个）".to_owned(), "未启动单位（个）".to_owned()]);
    header.extend([
        "不适用（个）".to_owned(),
        "合用食堂成员（个）".to_owned(),
        "并入其他单位（个）".to_owned(),
        amount("关账后更正"),
    ]);
    header
}

fn cells(row: &ProgressRow, amount: impl Fn(Fen) -> Outcome<Cell>) -> Outcome<Vec<Cell>> {
    Ok(vec![
        Cell::from(row.name.clone()),
        Cell::count(row.accounts),
        Cell::count(row.reserved_units),
        amount(row.reserved_fen)?,
        Cell::count(row.started_units),
        amount(row.completed_fen)?,
        Cell::Figure(row.rate.clone()),
        row.rank.map_or_else(|| Cell::from(""), Cell::count),
        Cell::count(row.not_reserved_units),
        Cell::count(row.not_started_units),
        Cell::count(row.not_applicable_units),
        Cell::count(row.shared_member_units),
        Cell::count(row.merged_units),
        amount(row.corrections_fen)?,
    ])
}

/// The bulletin as CSV; amounts in yuan, to the fen.
pub fn csv(row: &BulletinRow) -> Outcome<Vec<u8>> {
    let table = Content::read(&row.content)?.table;
    let rows = table.rows.iter().chain([&table.total]);
    let rows = rows.map(|row| cells(row, |fen| Ok(Cell::yuan(fen)))).collect::<Outcome<Vec<_>>>()?;
    let header = header(table.by, "元");
    sheet::csv(&header.iter().map(String::as_str).collect::<Vec<_>>(), &rows)
}

/// The bulletin for paper; amounts in ten-thousand yuan.
pub fn xlsx(row: &BulletinRow) -> Outcome<Vec<u8>> {
    let content = Content::read(&row.content)?;
    let table = &content.table;
    let amount = |fen: Fen| Ok(Cell::yuan(ten_thousand_yuan(fen)?));
    let rows = table.rows.iter().chain([&table.total]);
    let rows = rows.map(|row| cells(row, amount)).collect::<Outcome<Vec<_>>>()?;
    let header = header(table.by, "万元");
    let number = number(row);
    let printed = Printed {
        name: "进度通报",
        title: &row.title,
        subtitle: &format!("{}　{number}　单位：万元、个", row.org_name),
        header: &header.iter().map(String::as_str).collect::<Vec<_>>(),
        rows: &rows,
        notes: &notes(row, &content)?,
    };
    sheet::printed(&printed, row.as_of)
}

/// The bulletin's rates as a picture.
pub fn picture(row: &BulletinRow) -> Outcome<Vec<u8>> {
    let content = Content::read(&row.content)?;
    let facts = vec![row.org_name.clone(), number(row)];
    reporting::attainment(&content.table, Caption { title: row.title.clone(), facts, notes: origin(row, &content) })
}

fn number(row: &BulletinRow) -> String {
    row.number.clone().unwrap_or_else(|| "（未印发）".to_owned())
}

fn notes(row: &BulletinRow, content: &Content) -> Outcome<Vec<String>> {
    let mut notes = Vec::new();
    if !adds_up(content)? {
        notes.push("注：分项与合计可能存在尾差。".to_owned());
    }
    notes.extend(origin(row, content));
    Ok(notes)
}

/// What it corrects, and what is known in it.
fn origin(row: &BulletinRow, content: &Content) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(corrected) = &content.corrected {
        notes.push(format!(
            "更正对象：{}（截至 {}）。更正原因：{}",
            corrected.number, corrected.as_of, corrected.reason
        ));
    }
    notes.push(format!("数据截至 {} 24 时；校验码（SHA-256）：{}", row.as_of, row.sha256));
    notes
}

/// Whether the rounded amounts of the rows sum to those of the total.
fn adds_up(content: &Content) -> Outcome<bool> {
    let table = &content.table;
    let columns: [fn(&ProgressRow) -> Fen; 3] =
        [|row| row.reserved_fen, |row| row.completed_fen, |row| row.corrections_fen];
    for column in columns {
        let rows = table.rows.iter().map(|row| ten_thousand_yuan(column(row))).collect::<Result<Vec<_>, _>>()?;
        if Fen::total(rows)? != ten_thousand_yuan(column(&table.total))? {
            return Ok(false);
        }
    }
    Ok(true)
}
