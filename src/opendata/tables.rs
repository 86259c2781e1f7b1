//! The data sets as tables: what their columns are called and mean, and their rows page by page. What is answered as CSV, exported
//! and described in the package comes from here.

use super::fields::{Field, code, count, day, fen, flag, key, list, moment, month, number, text, word};
use super::queries::{self, OpenBulletin};
use crate::bulletins::{self, PublishedBulletin};
use crate::catalogue::{self, ListingFilter};
use crate::certification;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::Serialize;
use serde_json::{Value, json};

crate::text_enum! {
    /// A set of open data.
    DataSet {
        /// County totals by month.
        CountyVolumes "county-volumes"
        /// Certificates.
        Certificates "certificates"
        /// Public notices.
        Notices "notices"
        /// Published bulletins and corrections, row by row.
        Bulletins "bulletins"
        /// Products on sale.
        Catalogue "catalogue"
    }
}

/// Under which licence the data may be used: this platform's own decision, because no law of the land names one.
pub const LICENCE: (&str, &str) = ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/");

/// A row: its values in the order of the fields.
pub type Row = Vec<Value>;

const COUNTY_VOLUMES: &[Field] = &[
    key(month("month", "/month", "月份 / month")),
    key(code("county", "/county", "生产县代码 / county of production")),
    text("county_name", "/county_name", "生产县 / its name").required(),
    flag("suppressed", "/suppressed", "有数因采购单位过少不公布 / a figure is suppressed: too few units bought"),
    fen("ordered_fen", "/ordered_fen", "下单额（分） / ordered, in fen"),
    fen("accepted_paid_fen", "/accepted_paid_fen", "验收且付款额（分） / accepted and paid, in fen"),
    fen("completed_fen", "/completed_fen", "完成额（分） / completed, in fen"),
    count("orders", "/orders", "订单数 / orders"),
    count("purchasers", "/purchasers", "采购单位数 / purchasing units"),
    count("revision", "/revision", "当月数据第几次公布 / how often the month was published").required(),
    moment("revised_at", "/revised_at", "公布时间 / published so at").required(),
];
const CERTIFICATES: &[Field] = &[
    key(text("number", "/number", "证书编号 / number")),
    word("status", "/status", "当日状态 / where it stands on the day"),
    text("product_name", "/product_name", "商品 / product").required(),
    text("supplier_name", "/supplier_name", "供应商 / supplier").required(),
    code("county", "/county/code", "认定县代码 / certifying county").required(),
    text("county_name", "/county/name", "认定县 / its name").required(),
    list("origins", "/origins", "code", "生产县代码 / counties of production"),
    text("scheme_name", "/scheme_name", "认定办法 / scheme").required(),
    text("batch", "/batch", "批次 / batch").required(),
    day("valid_from", "/valid_from", "有效期首日 / first day").required(),
    day("valid_until", "/valid_until", "有效期末日 / last day").required(),
    day("in_force_until", "/in_force_until", "实际有效至 / in force until").required(),
    moment("issued_at", "/issued_at", "发证时间 / issued at").required(),
];
const NOTICES: &[Field] = &[
    key(text("id", "/id", "公示编号 / id")),
    code("county", "/county", "认定县代码 / certifying county").required(),
    text("product_name", "/product_name", "商品 / product").required(),
    text("supplier_name", "/supplier_name", "供应商 / supplier").required(),
    day("opened_on", "/opened_on", "公示日 / day it was opened").required(),
    day("ends_on", "/ends_on", "公示末日 / last day").required(),
    moment("ends_at", "/ends_at", "异议截止 / no objections after").required(),
    word("status", "/status", "状态 / where it stands"),
];
const BULLETINS: &[Field] = &[
    key(code("region_code", "/bulletin/region_code", "财政部门地区 / the bureau's region")),
    key(text("office", "/bulletin/office", "财政部门 / the bureau")),
    key(text("number", "/bulletin/number", "文号 / number")),
    key(count("row_no", "/row_no", "行次 / row")),
    text("corrects", "/bulletin/corrects", "更正的通报文号 / number of the bulletin that it corrects"),
    count("correction_no", "/bulletin/correction_no", "第几次更正 / which correction"),
    count("year", "/bulletin/year", "年度 / the plans' year").required(),
    day("as_of", "/bulletin/as_of", "截至 / as of the end of").required(),
    word("by", "/bulletin/by", "行的类别 / what a row is"),
    text("title", "/bulletin/title", "标题 / title").required(),
    text("sha256", "/bulletin/sha256", "全文校验码 / SHA-256 of the content").required(),
    moment("published_at", "/bulletin/published_at", "印发时间 / published at").required(),
    text("key", "/row/key", "行的代码，合计行为空 / key of the row, none of the total"),
    text("name", "/row/name", "名称 / name").required(),
    count("accounts", "/row/accounts", "账号数 / accounts"),
    count("reserved_units", "/row/reserved_units", "已预留单位 / units that reserved"),
    count("started_units", "/row/started_units", "已启动单位 / units that ordered"),
    count("not_reserved_units", "/row/not_reserved_units", "未预留单位 / units that did not reserve"),
    count("not_started_units", "/row/not_started_units", "未启动单位 / units that did not order"),
    fen("reserved_fen", "/row/reserved_fen", "预留份额（分） / reserved, in fen"),
    fen("ordered_fen", "/row/ordered_fen", "下单额（分） / ordered, in fen"),
    fen("accepted_paid_fen", "/row/accepted_paid_fen", "验收且付款额（分） / accepted and paid, in fen"),
    fen("completed_fen", "/row/completed_fen", "采购完成额（分） / completed, in fen"),
    fen("corrections_fen", "/row/corrections_fen", "关账后更正（分） / corrections after closing, in fen"),
    number("rate", "/row/rate", "完成率（%） / rate, per cent"),
    count("rank", "/row/rank", "名次 / rank"),
];
const CATALOGUE: &[Field] = &[
    key(text("id", "/id", "上架编号 / id")),
    text("product_id", "/product_id", "商品编号 / product").required(),
    text("name", "/name", "商品 / name").required(),
    word("category", "/category", "品类 / category"),
    text("supplier_name", "/supplier_name", "供应商 / supplier").required(),
    code("supplier_region", "/supplier_region", "供应商地区 / where it is registered").required(),
    code("county", "/county", "份额最大的生产县 / county of the largest share").required(),
    flag("eligible", "/eligible", "832口径 / product of the 832 counties"),
    flag("certified", "/certified", "当日已认定 / certified on the day"),
    text("certificate_number", "/certificate_number", "证书编号 / certificate"),
    day("certified_until", "/certified_until", "认定至 / certified until"),
    day("halal_until", "/halal_until", "清真至 / halal until"),
    text("unit", "/unit", "单位 / unit").required(),
    count("net_weight_grams", "/net_weight_grams", "净重（克） / net weight, in grams").required(),
    flag("weighed", "/weighed", "称重 / sold by weight"),
    count("tolerance_ppm", "/tolerance_ppm", "称重允差（百万分比） / tolerance, parts per million").required(),
    fen("price_fen", "/price_fen", "单价（分） / price of a unit, in fen").required(),
    fen("price_per_kg_fen", "/price_per_kg_fen", "每千克价（分） / price of a kilogram, in fen").required(),
    list("months", "/months", "", "供应月份 / months in which it is offered"),
    flag("in_stock", "/in_stock", "有货 / in stock"),
    moment("listed_at", "/listed_at", "上架时间 / listed at").required(),
];

impl DataSet {
    /// Its columns.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            DataSet::CountyVolumes => COUNTY_VOLUMES,
            DataSet::Certificates => CERTIFICATES,
            DataSet::Notices => NOTICES,
            DataSet::Bulletins => BULLETINS,
            DataSet::Catalogue => CATALOGUE,
        }
    }
    /// What it is called, in Chinese and in English.
    #[must_use]
    pub const fn titles(self) -> (&'static str, &'static str) {
        match self {
            DataSet::CountyVolumes => ("分县分月产销额", "Volumes by county and month"),
            DataSet::Certificates => ("扶贫产品认定证书", "Certificates"),
            DataSet::Notices => ("认定公示", "Public notices of certification"),
            DataSet::Bulletins => ("已印发的采购进度通报", "Published bulletins of progress"),
            DataSet::Catalogue => ("在售商品目录", "Products on sale"),
        }
    }
    /// Where it is read, and as what.
    #[must_use]
    pub const fn links(self) -> &'static [(&'static str, &'static str)] {
        const BOTH: [&str; 2] = ["application/json", "text/csv"];
        match self {
            DataSet::CountyVolumes => {
                &[(BOTH[0], "/api/v1/open-data/county-volumes"), (BOTH[1], "/api/v1/open-data/county-volumes")]
            }
            DataSet::Certificates => &[(BOTH[0], "/api/v1/certificates")],
            DataSet::Notices => &[(BOTH[0], "/api/v1/public-notices")],
            DataSet::Bulletins => &[(BOTH[0], "/api/v1/open-data/bulletins")],
            DataSet::Catalogue => &[(BOTH[0], "/api/v1/listings")],
        }
    }
    /// When something in it changed last, as far as that is known: of notices, the day on which the last one was opened.
    ///
    /// # Errors
    /// When the database fails.
    pub fn last_change(self, read: &mut Read) -> Outcome<Option<At>> {
        match self {
            DataSet::CountyVolumes => queries::revised_last(read),
            DataSet::Certificates => Ok(certification::recent(read)?.certificates),
            DataSet::Notices => Ok(certification::recent(read)?.notices),
            DataSet::Bulletins => bulletins::published_last(read),
            DataSet::Catalogue => catalogue::changed_last(read),
        }
    }
    /// One page of its rows, as they are on a day.
    ///
    /// # Errors
    /// `invalid_cursor`; when the database fails.
    pub fn page(self, read: &mut Read, day: Day, page: &PageRequest) -> Outcome<Page<Row>> {
        match self {
            DataSet::CountyVolumes => queries::county_months(read, day, page)?.try_map(|view| self.row(&view)),
            DataSet::Certificates => {
                certification::certificates(read, None, None, day, page)?.try_map(|view| self.row(&view))
            }
            DataSet::Notices => certification::notices(read, None, None, page)?.try_map(|view| self.row(&view)),
            DataSet::Catalogue => {
                catalogue::listings(read, &ListingFilter::default(), day, page)?.try_map(|view| self.row(&view))
            }
            DataSet::Bulletins => {
                let some = bulletins::published_page(read, page)?;
                let rows = some.items.iter().map(bulletin_rows).collect::<Outcome<Vec<_>>>()?;
                Ok(Page { items: rows.into_iter().flatten().collect(), next: some.next })
            }
        }
    }
    /// The row of a view that the API answers.
    ///
    /// # Errors
    /// When the view cannot be written.
    pub fn row(self, view: &impl Serialize) -> Outcome<Row> {
        let whole = serde_json::to_value(view).map_err(AppError::internal)?;
        Ok(self.fields().iter().map(|field| field.of(&whole)).collect())
    }
}

/// The rows of a bulletin's table, the total last.
///
/// # Errors
/// When a row cannot be written.
pub fn bulletin_rows(of: &PublishedBulletin) -> Outcome<Vec<Row>> {
    let head = serde_json::to_value(OpenBulletin::from(of)).map_err(AppError::internal)?;
    let rows = of.table.rows.iter().chain([&of.table.total]);
    let numbered = rows
        .enumerate()
        .map(|(place, row)| DataSet::Bulletins.row(&json!({ "bulletin": head, "row_no": place + 1, "row": row })));
    numbered.collect()
}
