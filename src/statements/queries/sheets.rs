//! Statements of account as tables.

use super::views::{StatementAccountView, StatementLineView, StatementSummary};
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::platform::sheet::{self, Cell};

const LIST: [&str; 16] = [
    "对账单",
    "状态",
    "版次",
    "供应商",
    "采购单位",
    "付款单位",
    "起始日",
    "截止日",
    "行数",
    "验收金额(元)",
    "退货(元)",
    "争议(元)",
    "已付(元)",
    "待确认到账(元)",
    "已开票(元)",
    "应付(元)",
];
const LINES: [&str; 16] = [
    "行号",
    "订单",
    "订单行",
    "验收",
    "验收日期",
    "品名",
    "单位",
    "数量",
    "单价(元)",
    "验收金额(元)",
    "退货(元)",
    "争议(元)",
    "已付(元)",
    "待确认到账(元)",
    "已开票(元)",
    "应付(元)",
];

/// A list of statements.
///
/// # Errors
/// When it cannot be written.
pub fn list_csv(items: &[StatementSummary]) -> Outcome<Vec<u8>> {
    let row = |one: &StatementSummary| {
        let first = [
            Cell::from(one.id.to_string()),
            Cell::from(one.state.as_str()),
            Cell::Figure(one.revision.to_string()),
            Cell::from(one.supplier_name.as_str()),
            Cell::from(one.buyer_name.as_str()),
            Cell::from(one.payer_name.as_str()),
            Cell::Day(one.from),
            Cell::Day(one.until),
            Cell::Figure(one.lines_count.to_string()),
        ];
        first.into_iter().chain(sums(one).map(Cell::yuan)).collect()
    };
    sheet::csv(&LIST, &items.iter().map(row).collect::<Vec<Vec<Cell>>>())
}

fn sums(one: &StatementSummary) -> [Fen; 7] {
    [
        one.amount_fen,
        one.returned_fen,
        one.disputed_fen,
        one.paid_fen,
        one.reported_fen,
        one.invoiced_fen,
        one.payable_fen,
    ]
}

/// The lines of a statement, and their sums.
///
/// # Errors
/// When they cannot be written.
pub fn lines_csv(view: &StatementAccountView) -> Outcome<Vec<u8>> {
    let mut rows: Vec<Vec<Cell>> = view.lines.iter().map(line).collect();
    let total = std::iter::once(Cell::from("合计")).chain((1..9).map(|_| Cell::from("")));
    rows.push(total.chain(sums(&view.statement).map(Cell::yuan)).collect());
    sheet::csv(&LINES, &rows)
}

fn line(one: &StatementLineView) -> Vec<Cell> {
    let figure = |text: Option<String>| Cell::Figure(text.unwrap_or_default());
    let first = [
        Cell::Figure(one.line_no.to_string()),
        Cell::from(one.order_id.to_string()),
        Cell::Figure(one.order_line_no.to_string()),
        Cell::from(one.acceptance_id.to_string()),
        Cell::Day(one.accepted_on),
        Cell::from(one.name.as_str()),
        Cell::from(one.unit.as_str()),
        figure(one.quantity.map(|quantity| quantity.to_string())),
        figure(one.unit_price_fen.map(|fen| fen.to_string())),
    ];
    let amounts = [
        one.amount_fen,
        one.returned_fen,
        one.disputed_fen,
        one.paid_fen,
        one.reported_fen,
        one.invoiced_fen,
        one.payable_fen,
    ];
    first.into_iter().chain(amounts.map(Cell::yuan)).collect()
}
