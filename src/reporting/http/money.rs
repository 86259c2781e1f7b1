//! Receivables, payables and overdue payments over HTTP, as JSON, CSV or a workbook.

use crate::kernel::actor::{Permission, ReadOverdue, ReadPayables, ReadReceivables};
use crate::kernel::error::Outcome;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Format, List, Reply};
use crate::platform::sheet::{self, Cell, Table};
use crate::reporting::queries::money::{
    self, AgeingRow, OverdueBy, OverdueRow, OverdueView, PayablesBy, PayablesView, ReceivablesView,
};
use actix_web::get;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(receivables_report).service(payables_report).service(overdue_report);
}

const AGEING: [&str; 10] = [
    "名称",
    "订单数",
    "未付(元)",
    "争议中(元)",
    "未起算(元)",
    "未到期(元)",
    "逾期1-30天(元)",
    "逾期31-60天(元)",
    "逾期61-90天(元)",
    "逾期90天以上(元)",
];
const TO_INVOICE: [&str; 6] = ["订单", "下单日期", "付款单位", "应开票(元)", "已开票(元)", "待开票(元)"];
const TO_CONFIRM: [&str; 5] = ["付款", "付款单位", "金额(元)", "付款日期", "答复期限"];
const OVERDUE: [&str; 9] = [
    "名称",
    "代码",
    "逾期订单数",
    "逾期金额(元)",
    "逾期利息(元)",
    "最长逾期天数",
    "本年逾期订单数",
    "本年逾期金额(元)",
    "本年逾期利息(元)",
];

/// The bytes of a workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct ReportBytes(Vec<u8>);

crate::text_enum! {
    /// Which table of the receivables a CSV holds.
    ReceivablesPart {
        /// Open amounts by buyer.
        Ageing "ageing"
        /// Orders to invoice.
        ToInvoice "to_invoice"
        /// Payments to confirm.
        ToConfirm "to_confirm"
    }
}

fn ageing(row: &AgeingRow) -> Vec<Cell> {
    let name = if row.org_id.is_some() { Cell::from(row.name.as_str()) } else { Cell::from("合计") };
    let amounts = [
        row.open_fen,
        row.disputed_fen,
        row.no_clock_fen,
        row.not_due_fen,
        row.days_1_30_fen,
        row.days_31_60_fen,
        row.days_61_90_fen,
        row.over_90_fen,
    ];
    [name, Cell::count(row.orders)].into_iter().chain(amounts.map(Cell::yuan)).collect()
}

fn aged(rows: &[AgeingRow], total: &AgeingRow) -> Vec<Vec<Cell>> {
    rows.iter().chain([total]).map(ageing).collect()
}

fn to_invoice(view: &ReceivablesView) -> Vec<Vec<Cell>> {
    let row = |row: &money::ToInvoiceRow| {
        let (order, payer) = (Cell::from(row.order_id.to_string()), Cell::from(row.payer_name.as_str()));
        let amounts = [row.kept_fen, row.invoiced_fen, row.to_invoice_fen].map(Cell::yuan);
        [order, Cell::Day(row.placed_on), payer].into_iter().chain(amounts).collect()
    };
    view.to_invoice.iter().map(row).collect()
}

fn to_confirm(view: &ReceivablesView) -> Vec<Vec<Cell>> {
    let row = |row: &money::ToConfirmRow| {
        vec![
            Cell::from(row.payment_id.to_string()),
            Cell::from(row.payer_name.as_str()),
            Cell::yuan(row.amount_fen),
            Cell::Day(row.occurred_on),
            Cell::Day(row.answer_by),
        ]
    };
    view.to_confirm.iter().map(row).collect()
}

fn late(row: &OverdueRow) -> Vec<Cell> {
    let name = if row.key.is_some() { row.name.as_str() } else { "合计" };
    vec![
        Cell::from(name),
        Cell::from(row.key.as_deref().unwrap_or_default()),
        Cell::count(row.orders),
        Cell::yuan(row.overdue_fen),
        Cell::yuan(row.interest_fen),
        Cell::Figure(row.most_days.to_string()),
        Cell::count(row.year_orders),
        Cell::yuan(row.year_fen),
        Cell::yuan(row.year_interest_fen),
    ]
}

fn asked<P: Permission>(call: &Call<P>) -> Outcome<Format> {
    Format::asked(&call.header("accept").unwrap_or_default(), &[Format::Json, Format::Csv, Format::Xlsx])
}

/// One table in a format that is none of JSON.
fn table(format: Format, name: &str, header: &[&str], rows: &[Vec<Cell>], today: Day) -> Outcome<Reply> {
    let bytes = if format == Format::Csv {
        sheet::csv(header, rows)?
    } else {
        sheet::xlsx(&[Table { name, header, rows }], today)?
    };
    Ok(Reply::file(format, name, bytes).header("vary", "Accept"))
}

/// Which receivables.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReceivablesFilter {
    /// The table of a CSV; open amounts by buyer when absent. JSON and workbooks have all three.
    #[param(inline)]
    part: Option<ReceivablesPart>,
}

/// What the own organisation is to receive: per buyer by how long it is past due, what is to be invoiced (accepted less returned
/// less invoiced), and reported payments that wait for an answer. Past due is what the payment clock says; where it does not run,
/// nothing is.
#[utoipa::path(get, path = "/reports/receivables", tag = "reports", params(ReceivablesFilter),
    responses((status = 200, content((ReceivablesView = "application/json"), (String = "text/csv"),
    (ReportBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["reports.receivables"])))]
#[get("/reports/receivables")]
pub async fn receivables_report(call: Call<ReadReceivables>, list: List<ReceivablesFilter>) -> Answer {
    let (today, format) = (call.now().day(), asked(&call)?);
    let part = list.filter.part.unwrap_or(ReceivablesPart::Ageing);
    call.read_reply(move |read, actor| {
        let view = money::receivables(read, actor, today)?;
        let open = aged(&view.rows, &view.total);
        match (format, part) {
            (Format::Xlsx, _) => {
                let (invoice, confirm) = (to_invoice(&view), to_confirm(&view));
                let tables = [
                    Table { name: "应收账龄", header: &AGEING, rows: &open },
                    Table { name: "待开票", header: &TO_INVOICE, rows: &invoice },
                    Table { name: "待确认到账", header: &TO_CONFIRM, rows: &confirm },
                ];
                let reply = Reply::file(format, "receivables", sheet::xlsx(&tables, today)?);
                Ok(reply.header("vary", "Accept"))
            }
            (Format::Csv, ReceivablesPart::Ageing) => table(format, "receivables", &AGEING, &open, today),
            (Format::Csv, ReceivablesPart::ToInvoice) => {
                table(format, "to-invoice", &TO_INVOICE, &to_invoice(&view), today)
            }
            (Format::Csv, ReceivablesPart::ToConfirm) => {
                table(format, "to-confirm", &TO_CONFIRM, &to_confirm(&view), today)
            }
            _ => Ok(Reply::ok(&view)?.header("vary", "Accept")),
        }
    })
    .await
}

/// Which payables.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PayablesFilter {
    /// What a row is; a supplier when absent.
    #[param(inline)]
    by: Option<PayablesBy>,
}

/// What is to be paid in your scope: your organisation's, that of the units below it, or of your region, by how long it is past
/// due.
#[utoipa::path(get, path = "/reports/payables", tag = "reports", params(PayablesFilter),
    responses((status = 200, content((PayablesView = "application/json"), (String = "text/csv"),
    (ReportBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["reports.payables"])))]
#[get("/reports/payables")]
pub async fn payables_report(call: Call<ReadPayables>, list: List<PayablesFilter>) -> Answer {
    let (today, format) = (call.now().day(), asked(&call)?);
    let by = list.filter.by.unwrap_or(PayablesBy::Supplier);
    call.read_reply(move |read, actor| {
        let view = money::payables(read, actor, by, today)?;
        if format == Format::Json {
            return Ok(Reply::ok(&view)?.header("vary", "Accept"));
        }
        table(format, "payables", &AGEING, &aged(&view.rows, &view.total), today)
    })
    .await
}

/// Which overdue payments.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OverdueFilter {
    /// What a row is; a unit when absent.
    #[param(inline)]
    by: Option<OverdueBy>,
    /// The year in whose count orders stand: that of their last day to pay; this year when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
}

/// Payments past due in your scope, with interest by rule so far (of the day after the last one to pay, rounded once per order,
/// half-up), and how many orders became overdue in a year, also those that were paid late meanwhile.
#[utoipa::path(get, path = "/reports/overdue-payments", tag = "reports", params(OverdueFilter),
    responses((status = 200, content((OverdueView = "application/json"), (String = "text/csv"),
    (ReportBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["reports.overdue"])))]
#[get("/reports/overdue-payments")]
pub async fn overdue_report(call: Call<ReadOverdue>, list: List<OverdueFilter>) -> Answer {
    let (today, format) = (call.now().day(), asked(&call)?);
    let by = list.filter.by.unwrap_or(OverdueBy::Unit);
    let year = list.filter.year.unwrap_or_else(|| today.year());
    call.read_reply(move |read, actor| {
        let view = money::overdue(read, actor, by, year, today)?;
        if format == Format::Json {
            return Ok(Reply::ok(&view)?.header("vary", "Accept"));
        }
        let rows: Vec<Vec<Cell>> = view.rows.iter().chain([&view.total]).map(late).collect();
        table(format, "overdue-payments", &OVERDUE, &rows, today)
    })
    .await
}
