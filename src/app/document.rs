//! The API document: what every operation shares is added here, so that handlers state only what is their own.

use crate::kernel::actor::PERMISSIONS;
use crate::platform::http::Problem;
use serde_json::Value;
use std::collections::BTreeSet;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder,
    ServerBuilder, Type,
};

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Shared;

/// The document as it is served, and the addresses it knows.
pub struct Served {
    /// Pretty-printed JSON, equal to the committed file.
    pub json: String,
    paths: Vec<(Vec<String>, Vec<String>)>,
}

impl Served {
    /// Takes the finished document.
    #[must_use]
    pub fn new(document: &Value) -> Served {
        let paths = document["paths"].as_object().into_iter().flatten().map(|(path, item)| {
            let segments = path.split('/').map(str::to_owned).collect();
            let methods = item
                .as_object()
                .into_iter()
                .flatten()
                .map(|(m, _)| m.to_uppercase())
                .filter(|m| m != "PARAMETERS")
                .collect();
            (segments, methods)
        });
        Served { json: format!("{document:#}\n"), paths: paths.collect() }
    }
    /// The methods of the operation at an address, if there is one.
    #[must_use]
    pub fn methods(&self, address: &str) -> Option<&[String]> {
        let asked: Vec<&str> = address.split('/').collect();
        let same = |known: &[String]| {
            known.len() == asked.len() && known.iter().zip(&asked).all(|(k, a)| k.starts_with('{') || k == a)
        };
        self.paths.iter().find(|(known, _)| same(known)).map(|(_, methods)| methods.as_slice())
    }
}

/// Adds title, security, the error reply and the shared headers.
#[must_use]
pub fn finish(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Yigou 以购")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("扶贫产品采购平台 / Marketplace for certified poverty-alleviation products. 金额单位为分（*_fen），数量为十进制字符串。Amounts are integers in fen; quantities are decimal strings."))
        .contact(Some(utoipa::openapi::ContactBuilder::new().name(Some("Yigou")).url(Some("https://yigou.example/")).build()))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("AGPL-3.0-or-later").identifier(Some("AGPL-3.0-or-later")).build()))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/").build()]);
    document.merge(Shared::openapi());
    let components = document.components.get_or_insert_with(Components::default);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    let mut tags = BTreeSet::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in
            [("get", &mut item.get), ("post", &mut item.post), ("put", &mut item.put), ("delete", &mut item.delete)]
        {
            if let Some(operation) = operation {
                tags.extend(operation.tags.iter().flatten().cloned());
                complete(operation, method, path);
            }
        }
    }
    let tag = |name: String| {
        let about = ABOUT.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        utoipa::openapi::tag::TagBuilder::new().name(name).description(about).build()
    };
    document.tags = Some(tags.into_iter().map(tag).collect());
    drop_unused(&mut document);
    document
}

/// Takes out schemas that nothing refers to: a list's items stand in the schema of its page.
fn drop_unused(document: &mut OpenApi) {
    let whole = serde_json::to_value(&*document).unwrap_or_default();
    let schemas = &whole["components"]["schemas"];
    let parts = |of: &'static str| whole[of].as_object().into_iter().flatten();
    let mut open: Vec<&Value> = parts("paths")
        .chain(parts("components").filter(|(name, _)| *name != "schemas"))
        .map(|(_, part)| part)
        .collect();
    let mut used = BTreeSet::new();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            Value::String(text) => {
                if let Some(name) = text.strip_prefix("#/components/schemas/").filter(|name| used.insert(*name)) {
                    open.push(&schemas[name]);
                }
            }
            _ => {}
        }
    }
    if let Some(components) = &mut document.components {
        components.schemas.retain(|name, _| used.contains(name.as_str()));
    }
}

/// What a key is and how it is kept.
const KEY: &str = "重试时保持不变；动用资金、库存、份额的操作必填。1 至 200 个可见 ASCII 字符，不含 #；保留 7 天。批量请求的各项共用一个键，同一个键不能再用于另一请求 / the same on a retry; required where money, stock or quota moves. 1 to 200 visible ASCII characters without #, kept for 7 days. The items of a batch share one key, which serves no other request";

/// What the operations of a tag are about, for who reads the document from its beginning.
const ABOUT: [(&str, &str); 20] = [
    (
        "agreements",
        "框架协议 / Prices, quantities and a term agreed with one supplier, for the holder or for units below it, who order by call-offs. Either side proposes, the other answers; what was called off keeps its terms.",
    ),
    (
        "admission",
        "供应商入驻与委托销售 / A supplier applies, its county recommends, the platform decides. Agent traders sell under a producer's mandate.",
    ),
    (
        "blacklist",
        "供应商黑名单 / Who may neither be admitted anew nor apply for certification, why and until when. A revocation lists by rule, an office by its own decision; the supplier appeals once and the office one level above decides.",
    ),
    (
        "catalogue",
        "商品 / Products and listings. What is listed has a certificate in force or is a product of the 832 counties. Prices are raised with evidence only.",
    ),
    (
        "certification",
        "扶贫产品认定 / Draft with the three elements, submission, county review, public notice (objections block), prefecture and province, certificate. Reviews carry If-Match with the application's version.",
    ),
    (
        "donations",
        "以购代捐与帮助销售 / Activities outside the platform, declared by who organised them and verified by the offices of village, township and county, and helped sales, which are never added to them. A document number is declared once in a county. What was verified is corrected by entries. Neither counts to a plan. On the platform a purchase in place of a donation is certified (购买凭证，非捐赠票据), and minimum purchases of a year are committed (最低采购承诺).",
    ),
    ("files", "文件 / Raw bytes in, raw bytes out; orders and applications name files by their id."),
    (
        "identity",
        "单位与人员 / Organisations, people, sessions, invitations, API keys. A key is sent like a token, `Authorization: Bearer …`; it acts for the organisation that it was made for, with at most its maker's permissions there, and never with those that only people hold (passwords, members, keys).",
    ),
    (
        "imports",
        "批量导入 / A workbook or CSV by the template of its kind. Every row passes the rules of the single record; errors name row and column. All rows or none, or the good ones only; how far it has come is asked for.",
    ),
    (
        "linkage",
        "带贫减贫机制 / Which households a product's supplier reaches in a year, by lists. A household's number is hashed under a key of the installation and kept nowhere; one that several suppliers claim for the same kind and year is settled by the office. Each certificate in force needs a list a year, which the office checks.",
    ),
    (
        "money",
        "付款、发票与对账 / The payer reports its transfer, the supplier finds it in its account and confirms or denies; without an answer a report with a proof counts after the days of the rule. What is paid beyond the orders is the buyer's credit until it is refunded. A statement (对账单) is drawn up by the supplier from what one buyer accepted in a period, matched by the buyer, and then invoiced and paid as a whole.",
    ),
    (
        "open-data",
        "开放数据 / Read by anybody: county totals of months that have ended, published bulletins, and where certificates, notices and the catalogue are read; nothing personal, figures of too few units are suppressed, totals are of what is shown, and answers carry ETag and Last-Modified. Orders as Open Contracting (OCDS 1.1) releases and records: a release is never changed; `yigou export ocds` writes all of them.",
    ),
    (
        "orders",
        "订单 / placed → confirmed (or declined, expired, cancelled) → closed, when of every line everything is accepted, rejected or written off. Shipping, accepting, paying and rating are facts of the order, not states; what the sides agree on later is too: other prices, allowances, rejected goods sent again; it counts in the year of the last fact it needs: closed, goods paid in full, rated. `…/counting` says what is missing. What is held for goods by weight includes their tolerance.",
    ),
    (
        "plans",
        "预留份额 / A unit's yearly plan: draft, submission, review by the supervising unit and the finance bureau. An amendment is a new draft beside the plan in force; while it is a draft it is changed by PUT.",
    ),
    ("regions", "区划、日历、结对 / Region codes, working days and pairings, all with dates."),
    (
        "reports",
        "报表与通报 / The progress of reserved shares and the volumes by county of origin, as JSON or CSV. Bulletins are drafted, signed by another person and published with number and hash; what comes later corrects them, order by order.",
    ),
    ("rules", "规则 / Numbers that an office may set, by region and date; every decision keeps the row it used."),
    (
        "standing-orders",
        "定期订单 / Orders that are placed again and again on the days of a calendar, from listings or as call-offs of an agreement, in the name of who answers for them and by the rules of any order. A day is placed, missed with its reason, or skipped; coming days are computed, past ones kept. Amendments hold from a day on.",
    ),
    (
        "supervision",
        "监督 / What an office finds is answered with evidence until it closes; complaints of the public and of buyers; random inspections that anybody can draw again; prices against the median of like goods, and suppliers' monthly scores with what follows from them; what is unusual about purchases. Decisions carry If-Match with the version that was read.",
    ),
    (
        "work",
        "待办与动态 / Tasks are what orders, payments and declarations of activities wait for; what waits in certification or plans is in their own lists. Events are in order: ask again with the last `position` as `after`; positions need not follow one another, none comes later with a lower one.",
    ),
];

fn complete(operation: &mut Operation, method: &str, path: &str) {
    let secured = operation.security.is_some();
    if operation.security.is_none() {
        operation.security = Some(Vec::new());
    }
    for (status, reply) in &mut operation.responses.responses {
        if let RefOr::T(reply) = reply
            && reply.description.is_empty()
        {
            reply.description = described(status).to_owned();
        }
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let reply = ResponseBuilder::new()
        .description("问题说明 / a problem document (RFC 9457)")
        .content("application/problem+json", problem)
        .build();
    operation.responses.responses.insert("4XX".to_owned(), RefOr::T(reply.clone()));
    operation.responses.responses.insert("5XX".to_owned(), RefOr::T(reply));
    if secured {
        let parameters = operation.parameters.get_or_insert_with(Vec::new);
        if method == "post" {
            parameters.extend(key_header(path));
        }
        parameters.push(header(
            "Yigou-Organisation",
            "代表哪个单位操作 / the organisation acted for, when the caller belongs to several",
            "^org_[0-7][0-9a-hjkmnp-tv-z]{25}$",
        ));
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.name == "If-Match"
        {
            let about = "读取时的 ETag，含引号 / the ETag that was read, with its quotes, such as \"v3\"";
            parameter.description = Some(about.to_owned());
            let tag = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^\"v[0-9]+\"$")).build();
            parameter.schema = Some(tag.into());
        }
    }
    if let Some(needed) = needed(operation) {
        let own = operation.description.take().filter(|text| !text.is_empty());
        operation.description = Some(own.into_iter().chain([needed]).collect::<Vec<_>>().join("\n\n"));
    }
    if operation.operation_id.is_none() {
        operation.operation_id = Some(format!("{method}{}", path.replace(['/', '{', '}', '-'], "_")));
    }
}

/// Which permission an operation needs, and in which roles people hold it.
fn needed(operation: &Operation) -> Option<String> {
    let security = serde_json::to_value(operation.security.as_ref()?).ok()?;
    let name = security[0]["bearer"][0].as_str()?.to_owned();
    let (_, grants) = PERMISSIONS.iter().find(|(known, _)| *known == name)?;
    let roles: BTreeSet<&str> = grants.iter().map(|grant| grant.role.as_str()).collect();
    let roles = roles.into_iter().collect::<Vec<_>>().join(", ");
    Some(format!("权限 / permission: `{name}`。岗位 / roles: {roles}."))
}

/// What a reply means when its operation does not say more.
fn described(status: &str) -> &'static str {
    match status {
        "201" => "已创建 / created",
        "202" => "已受理 / accepted, it happens later",
        "204" => "已完成 / done",
        "304" => "未改变 / not modified",
        _ => "成功 / the answer",
    }
}

/// Operations that move money, stock or quota refuse to run without a key; a test tries every operation.
const KEYED: [&str; 67] = [
    "/acceptances",
    "/agreements/{id}/call-offs",
    "/approvals",
    "/bank-statements",
    "/bank-statements/{id}/bookings",
    "/certification-reviews",
    "/confirmations",
    "/disputes/{id}/settlement-answers",
    "/disputes/{id}/withdrawals",
    "/donation-activities",
    "/donation-activities/{id}/adjustments",
    "/donation-activities/{id}/annulments",
    "/helped-sales",
    "/helped-sales/{id}/adjustments",
    "/helped-sales/{id}/annulments",
    "/imports/donation-activities",
    "/imports/invoices",
    "/imports/products",
    "/imports/suppliers",
    "/imports/units",
    "/imports/venue-sales",
    "/invoice-lists",
    "/invoices",
    "/listings",
    "/listings/{id}/stock-changes",
    "/objection-decisions",
    "/orders",
    "/orders/{id}/acceptances",
    "/orders/{id}/acceptances/{acceptance_id}/confirmations",
    "/orders/{id}/approvals",
    "/orders/{id}/cancellations",
    "/orders/{id}/classifications",
    "/orders/{id}/confirmations",
    "/orders/{id}/declines",
    "/orders/{id}/disputes",
    "/orders/{id}/payment-confirmations",
    "/orders/{id}/payments",
    "/orders/{id}/price-changes",
    "/orders/{id}/price-changes/{change_id}/answers",
    "/orders/{id}/price-changes/{change_id}/approvals",
    "/orders/{id}/price-changes/{change_id}/withdrawals",
    "/orders/{id}/ratings",
    "/orders/{id}/refunds",
    "/orders/{id}/replacements",
    "/orders/{id}/replacements/{replacement_id}/answers",
    "/orders/{id}/replacements/{replacement_id}/withdrawals",
    "/orders/{id}/returns",
    "/orders/{id}/shipments",
    "/orders/{id}/short-closures",
    "/payment-confirmations",
    "/payments",
    "/quota-plan-reviews",
    "/quota-plans",
    "/quota-plans/{id}/amendments",
    "/quota-plans/{id}/reviews",
    "/quota-plans/{id}/submission",
    "/quota-transfers",
    "/quota-transfers/{id}/reviews",
    "/ratings",
    "/shipments",
    "/standing-orders",
    "/statements/{id}/invoices",
    "/statements/{id}/payments",
    "/statements/{id}/reconciliations",
    "/unit-changes",
    "/urges",
    "/venues/{id}/feeds",
];
/// Operations that issue a secret, are asked with what nobody may keep, or change nothing, remember nothing.
const SECRET: [&str; 4] = ["/api-keys", "/household-matches", "/listings/{id}/price-checks", "/order-checks"];

/// The header of the key, where an operation takes one.
fn key_header(path: &str) -> Option<RefOr<utoipa::openapi::path::Parameter>> {
    let path = path.trim_start_matches("/api/v1");
    if SECRET.contains(&path) {
        return None;
    }
    let RefOr::T(mut key) = header("Idempotency-Key", KEY, "^[!-\"$-~]{1,200}$") else { return None };
    if KEYED.contains(&path) {
        key.required = Required::True;
    }
    Some(key.into())
}

fn header(name: &str, about: &str, pattern: &str) -> RefOr<utoipa::openapi::path::Parameter> {
    let schema = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern)).build();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
        .build()
        .into()
}
