//! A row is what a venue sold on one receipt.

use super::super::cells::Holds;
use super::super::columns::{Column, Form};
use super::super::rules::ImportKind;
use super::{Created, part, pointed, read};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::VenueId;
use crate::platform::db::Tx;
use crate::platform::http::Schemas;
use crate::venues::{self, ReportedSale};
use serde_json::{Value, json};

/// Where the venue stands: no field of the request, because the address of the API names it.
const VENUE: &str = "/venue/id";

/// The form of sales of venues.
pub static FORM: Form = Form {
    kind: ImportKind::VenueSales,
    sheet: "销售记录",
    taken: &[],
    about: &[
        "每行是一张单据上的一种货物，由销售点的经营单位导入。同一销售点的单据号不得重复；内容相同的单据再次导入不重复计数。",
        "Each row is one kind of goods on a receipt, imported by who runs the venue. A receipt stands once for a venue; imported again with the same content it is counted once.",
        "为转售而在本平台购入的货物须写明来源订单，其销售额已由订单统计，只有其余部分计入；一种货物来自多个订单的，按订单分行并加后缀区分单据号。",
        "Goods bought here for resale name their order, which counts them; only the remainder is added. Goods of several orders are a row for each, with suffixes to the receipt's number.",
        "红色标题为必填。请勿合并单元格、使用公式或改动标题；列的顺序可以改变，不需要的非必填列可以删除。以“（示例）”开头的行不导入。最多 10,000 行。",
        "Red titles are required. Merge no cells, use no formulas and keep the titles; the order of columns is free, and optional columns may be left out. Rows that begin with （示例） are not imported. At most 10,000 rows.",
    ],
    columns: &[
        Column {
            key: "receipt_no",
            title: "单据号",
            required: true,
            path: "/sale/receipt_no",
            holds: Holds::Text,
            example: "（示例）20210504-0007-1",
            note: "小票或流水号；一张单据有多种货物的，加行号。The receipt, with its line where there are several goods.",
        },
        Column {
            key: "venue",
            title: "销售点编号",
            required: true,
            path: VENUE,
            holds: Holds::Text,
            example: "ven_01h455vb4pex5vsknk084sn02q",
            note: "扶贫办登记的专柜、专馆、专区编号。The venue's id.",
        },
        Column {
            key: "sold_on",
            title: "销售日期",
            required: true,
            path: "/sale/sold_on",
            holds: Holds::Day,
            example: "2021-05-04",
            note: "日期。The day.",
        },
        Column {
            key: "name",
            title: "品名",
            required: true,
            path: "/sale/name",
            holds: Holds::Text,
            example: "盐池滩羊肉",
            note: "单据上的品名。What the receipt calls the goods.",
        },
        Column {
            key: "certificate",
            title: "认定编号",
            required: false,
            path: "/sale/certificate_number",
            holds: Holds::Code,
            example: "NX-2021-00001",
            note: "包装上的扶贫产品认定编号。The certificate that the goods carry.",
        },
        Column {
            key: "county",
            title: "生产县",
            required: false,
            path: "/sale/county",
            holds: Holds::Region,
            example: "",
            note: "既无认定编号又无来源订单时必填。Only without a certificate and a source order.",
        },
        Column {
            key: "quantity",
            title: "数量",
            required: true,
            path: "/sale/quantity",
            holds: Holds::Quantity,
            example: "12",
            note: "最多三位小数。At most three decimals.",
        },
        Column {
            key: "unit",
            title: "单位",
            required: true,
            path: "/sale/unit",
            holds: Holds::Text,
            example: "袋",
            note: "如 袋、斤、箱。What one is called.",
        },
        Column {
            key: "amount",
            title: "销售金额（元）",
            required: true,
            path: "/sale/amount_fen",
            holds: Holds::Yuan,
            example: "960.00",
            note: "金额，最多两位小数。For how much.",
        },
        Column {
            key: "order",
            title: "来源订单编号",
            required: false,
            path: "/sale/sources/0/order_id",
            holds: Holds::Text,
            example: "",
            note: "为转售而购入的订单。The order by which the goods were bought for resale.",
        },
        Column {
            key: "line",
            title: "来源订单行",
            required: false,
            path: "/sale/sources/0/line_no",
            holds: Holds::Whole,
            example: "",
            note: "订单的行号。The line of that order.",
        },
        Column {
            key: "source_quantity",
            title: "来源数量",
            required: false,
            path: "/sale/sources/0/quantity",
            holds: Holds::Quantity,
            example: "",
            note: "按订单行的单位。How much of that line, in its unit.",
        },
        Column {
            key: "source_amount",
            title: "来源部分金额（元）",
            required: false,
            path: "/sale/sources/0/amount_fen",
            holds: Holds::Yuan,
            example: "",
            note: "来源货物的销售额，不超过销售金额。What these goods fetched.",
        },
    ],
};

fn venue(parts: &Value) -> Option<VenueId> {
    parts.pointer(VENUE).and_then(Value::as_str).and_then(|id| id.trim().parse().ok())
}

fn unknown() -> AppError {
    let message = Message::new("没有这个销售点", "is no venue of your organisation");
    AppError::field(Code::ValidationFailed, VENUE, message)
}

pub fn misshapen(parts: &Value, schemas: &Schemas) -> Vec<AppError> {
    let none = json!({});
    let request = schemas.read::<ReportedSale>(part(parts, "sale").unwrap_or(&none));
    let wrong = request.err().map(|error| error.below("/sale"));
    let no_venue = (parts.pointer(VENUE).is_some() && venue(parts).is_none()).then(unknown);
    wrong.into_iter().chain(no_venue).collect()
}

/// A receipt of a venue.
pub fn identity(parts: &Value) -> Option<(String, &'static str)> {
    let receipt = parts.pointer("/sale/receipt_no").and_then(Value::as_str)?;
    Some((format!("{}|{receipt}", venue(parts)?), "/sale/receipt_no"))
}

pub fn carry_out(tx: &mut Tx<'_>, actor: &Actor, parts: &Value) -> Outcome<Created> {
    let request = read::<ReportedSale>(&parts["sale"])?;
    let venue = venue(parts).ok_or_else(unknown)?;
    let reported = venues::report_sale(tx, actor, venue, &request.sale());
    let feed = reported.map_err(|error| match error.code() {
        Code::NotFound => unknown(),
        _ => pointed(error.below("/sale"), "/sale/receipt_no"),
    })?;
    let subject = feed.added.iter().chain(&feed.known).map(|sale| sale.id.to_string()).next().unwrap_or_default();
    Ok(Created { subject, application: None })
}
