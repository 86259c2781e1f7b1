//! The progress as a picture: for each row how much of its reserve is completed.

use super::progress::{ProgressBy, ProgressRow, ProgressView, ProgressWanted, progress};
use super::whose;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::time::At;
use crate::platform::chart::{self, Attained, Called, Caption};
use crate::platform::db::Read;
use crate::regions;

/// The most rows that are drawn: the rates of units cannot be summed up as amounts can.
const MOST_ROWS: usize = 60;

const CALLED: Called = Called { part: "完成", whole: "预留", none: "未预留（N/A）" };

/// The picture of the progress in scope.
///
/// # Errors
/// `invalid_parameter` for more rows than are legible; as the progress itself.
pub fn picture(read: &mut Read, actor: &Actor, wanted: &ProgressWanted, now: At) -> Outcome<Vec<u8>> {
    let view = progress(read, actor, wanted)?;
    let mut range = whose(read, actor)?;
    if let Some(code) = wanted.region {
        let name = regions::names(read)?.get(&code).cloned().unwrap_or_else(|| code.to_string());
        range.push_str(&format!("，其中{name}"));
    }
    if let Some(id) = wanted.unit {
        range.push_str(&format!("，其中{}及所属单位", identity::organisation(read, id)?.name));
    }
    let as_of = if wanted.as_of < now.day() { format!("{} 24:00", wanted.as_of) } else { chart::moment(now) };
    let facts = vec![format!("范围：{range}"), format!("截至：{as_of}")];
    let title = format!("{} 年预留份额采购进度，按{}", view.year, row_name(view.by));
    attainment(&view, Caption { title, facts, notes: Vec::new() })
}

/// A table of the progress as a picture, with the basis, the total and what stands apart from the rate told beside it.
///
/// # Errors
/// `invalid_parameter` for more rows than are legible.
pub fn attainment(view: &ProgressView, mut caption: Caption) -> Outcome<Vec<u8>> {
    if view.rows.len() > MOST_ROWS {
        return Err(too_many(view.rows.len()));
    }
    let total = &view.total;
    let percent = if total.reserved_fen.is_zero() { "" } else { "%" };
    let sums = format!("完成 {} 元，预留 {} 元，比例 {}{percent}", total.completed_fen, total.reserved_fen, total.rate);
    caption.facts.push("口径：完成额（食堂、工会、绑定的个人采购）÷ 预留份额（食堂、工会）".to_owned());
    caption.facts.push(format!("合计：{sums}"));
    let apart = [
        ("关账后更正", total.corrections_fen),
        ("计划未核准的单位下单", total.before_plan_ordered_fen),
        ("计划未核准的单位完成", total.before_plan_completed_fen),
    ];
    let apart = apart.into_iter().filter(|(_, amount)| !amount.is_zero());
    caption.notes.extend(apart.map(|(what, amount)| format!("{what} {amount} 元，不计入完成额和比例。")));
    let row = |row: &ProgressRow| Attained { name: name(row), part: row.completed_fen, whole: row.reserved_fen };
    let rows: Vec<Attained> = view.rows.iter().map(row).collect();
    chart::attainment(&caption, CALLED, &rows, &row(total))
}

fn name(row: &ProgressRow) -> String {
    match (&row.merged_into, &row.via) {
        (Some(successor), _) => format!("{}（已并入{successor}）", row.name),
        (None, Some(representative)) => format!("{}（合用，经{representative}）", row.name),
        (None, None) => row.name.clone(),
    }
}

fn too_many(rows: usize) -> AppError {
    let message = Message::new(
        format!(
            "共 {rows} 行，图上最多 {MOST_ROWS} 行；请按 region、city、level 或 department 分组，或用 region、unit 缩小范围"
        ),
        format!(
            "makes {rows} rows of which {MOST_ROWS} at most are drawn: group by region, city, level or department, or narrow it by region \
            or unit"
        ),
    );
    AppError::field(Code::InvalidParameter, "by", message)
}

const fn row_name(by: ProgressBy) -> &'static str {
    match by {
        ProgressBy::Unit => "单位",
        ProgressBy::Region => "地区",
        ProgressBy::SupervisingUnit => "主管预算单位",
        ProgressBy::Department => "主管部门",
        ProgressBy::City => "地市",
        ProgressBy::Level => "级次",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::chart::lacking;

    #[test]
    fn every_word_can_be_written() {
        for by in ProgressBy::ALL {
            assert_eq!(lacking(row_name(*by)), "", "{by}");
        }
        let source = include_str!("attained.rs");
        assert_eq!(lacking(source), "", "whatever stands in a message or a caption");
    }
}
