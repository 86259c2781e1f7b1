//! A row is an invoice over whole orders: what of them was accepted and not invoiced yet.

use super::super::cells::Holds;
use super::super::columns::{Column, Form};
use super::super::rules::ImportKind;
use super::{Created, part, pointed, read};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::ordering::{self, WholeInvoiceRequest};
use crate::platform::db::Tx;
use crate::platform::http::Schemas;
use serde_json::{Value, json};

/// The form of invoices.
pub static FORM: Form = Form {
    kind: ImportKind::Invoices,
    sheet: "发票",
    taken: &[],
    about: &[
        "每行登记一张蓝字发票，由供应商或付款单位导入；一张发票可对应同一供应商、同一付款单位的多个订单。",
        "One row registers one invoice, by the supplier or the payer; it may name several orders of one supplier and one payer.",
        "价税合计须等于所列订单已验收、未退货、未开票的金额（含应付运费），允许相差一分。红字发票请单独登记。",
        "The gross amount is what of the orders was accepted, kept and not invoiced (with the freight due), within 1 fen. Red letters are registered singly.",
        "红色标题为必填。请勿合并单元格、使用公式或改动标题；列的顺序可以改变。以“（示例）”开头的行不导入。最多 10,000 行。",
        "Red titles are required. Merge no cells, use no formulas and keep the titles; the order of columns is free. Rows that begin with （示例） are not imported. At most 10,000 rows.",
    ],
    columns: &[
        Column {
            key: "number",
            title: "发票号码",
            required: true,
            path: "/invoice/number",
            holds: Holds::Code,
            example: "（示例）00012345",
            note: "8 位；全电发票 20 位，设为文本。Eight digits, or twenty of a fully electronic one, as text.",
        },
        Column {
            key: "code",
            title: "发票代码",
            required: false,
            path: "/invoice/code",
            holds: Holds::Code,
            example: "064002100111",
            note: "10 或 12 位；全电发票留空。Ten or twelve digits; empty for fully electronic ones.",
        },
        Column {
            key: "issued_on",
            title: "开票日期",
            required: true,
            path: "/invoice/issued_on",
            holds: Holds::Day,
            example: "2021-04-06",
            note: "日期。Its date.",
        },
        Column {
            key: "net",
            title: "不含税金额（元）",
            required: true,
            path: "/invoice/net_fen",
            holds: Holds::Yuan,
            example: "1000.00",
            note: "金额，最多两位小数。Without tax.",
        },
        Column {
            key: "rate",
            title: "税率",
            required: true,
            path: "/invoice/rate_ppm",
            holds: Holds::Rate,
            example: "9%",
            note: "如 9%；免税填“免税”。The rate; 免税 when exempt.",
        },
        Column {
            key: "tax",
            title: "税额（元）",
            required: true,
            path: "/invoice/tax_fen",
            holds: Holds::Yuan,
            example: "90.00",
            note: "免税填 0。The tax; 0 when exempt.",
        },
        Column {
            key: "gross",
            title: "价税合计（元）",
            required: true,
            path: "/invoice/gross_fen",
            holds: Holds::Yuan,
            example: "1090.00",
            note: "金额，最多两位小数。With tax.",
        },
        Column {
            key: "orders",
            title: "订单编号",
            required: true,
            path: "/invoice/order_ids",
            holds: Holds::Ids,
            example: "ord_01h455vb4pex5vsknk084sn02q",
            note: "多个订单用分号隔开。Semicolons between several.",
        },
    ],
};

pub fn misshapen(parts: &Value, schemas: &Schemas) -> Vec<AppError> {
    let none = json!({});
    let request = schemas.read::<WholeInvoiceRequest>(part(parts, "invoice").unwrap_or(&none));
    request.err().map(|error| error.below("/invoice")).into_iter().collect()
}

/// An invoice is told from another by its code and number.
pub fn identity(parts: &Value) -> Option<(String, &'static str)> {
    let text = |pointer: &str| parts.pointer(pointer).and_then(Value::as_str);
    Some((format!("{}|{}", text("/invoice/code").unwrap_or_default(), text("/invoice/number")?), "/invoice/number"))
}

pub fn carry_out(tx: &mut Tx<'_>, actor: &Actor, parts: &Value) -> Outcome<Created> {
    let request = read::<WholeInvoiceRequest>(&parts["invoice"])?;
    let (invoice, orders) = request.invoice();
    let registered = ordering::register_whole_invoice(tx, actor, &invoice, &orders);
    let (row, _) = registered.map_err(|e| pointed(e.below("/invoice"), "/invoice/number"))?;
    Ok(Created { subject: row.id.to_string(), application: None })
}
