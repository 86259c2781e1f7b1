//! A row is a product of the importing supplier and, where it names a scheme, the draft of its application with the facts
//! of the three elements.

use super::super::cells::{Holds, narrow};
use super::super::columns::{Column, Form};
use super::super::rules::ImportKind;
use super::{Created, part, pointed, read};
use crate::catalogue::{self, CreateProductRequest};
use crate::certification::{self, NewEvidenceRequest};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::SchemeId;
use crate::platform::db::Tx;
use crate::platform::http::Schemas;
use serde_json::{Value, json};

/// The elements, as their requests are called.
const ELEMENTS: [&str; 3] = ["quality", "price", "linkage"];

/// The form of products.
pub static FORM: Form = Form {
    kind: ImportKind::Products,
    sheet: "产品与认定申请",
    taken: &[("/quality/quality/marks/0/mark", "/product/mark")],
    about: &[
        "每行是本单位的一个产品；填写“认定方案”的，同时建立认定申请草稿，三要素可现在填写，也可以后补充。",
        "One row is a product of your organisation. With a scheme it also becomes the draft of an application; the three elements may be filled in now or later.",
        "红色标题为必填。请勿合并单元格、使用公式或改动标题；列的顺序可以改变，不需要的非必填列可以删除。以“（示例）”开头的行不导入。最多 10,000 行。",
        "Red titles are required. Merge no cells, use no formulas and keep the titles; the order of columns is free, and optional columns may be left out. Rows that begin with （示例） are not imported. At most 10,000 rows.",
        "文件编号：先用 POST /api/v1/files 上传材料，再填写返回的编号，多个编号用分号隔开；带贫材料须以 restricted 类别上传。",
        "File ids: upload evidence first (POST /api/v1/files) and enter the ids it answers, with semicolons between several; linkage evidence is uploaded with the class restricted.",
    ],
    columns: &[
        Column {
            key: "name",
            title: "产品名称",
            required: true,
            path: "/product/name",
            holds: Holds::Text,
            example: "（示例）盐池滩羊带骨后腿",
            note: "产品名称，最多 100 字；同一类别中不得与文件内其他行或本单位已有产品同名。Its name.",
        },
        Column {
            key: "category",
            title: "类别",
            required: true,
            path: "/product/category",
            holds: Holds::Word(CATEGORIES),
            example: "肉类",
            note: "从列表中选择。Its category.",
        },
        Column {
            key: "mark",
            title: "标志",
            required: false,
            path: "/product/mark",
            holds: Holds::Word(MARKS),
            example: "农产品地理标志",
            note: "三品一标；没有的填“无”或留空。The mark it carries.",
        },
        Column {
            key: "origins",
            title: "产地",
            required: true,
            path: "/product/origins",
            holds: Holds::Origins,
            example: "640323 盐池县",
            note: "生产县（区）代码；多个产地写占比，合计 100%，如 640323 60%；640522 40%。County of production; several with shares.",
        },
        Column {
            key: "weighed",
            title: "是否称重",
            required: true,
            path: "/product/weighed",
            holds: Holds::YesNo,
            example: "否",
            note: "按重量销售填“是”。Whether it is sold by weight.",
        },
        Column {
            key: "sc_licence",
            title: "生产许可证号",
            required: false,
            path: "/product/sc_licence",
            holds: Holds::Code,
            example: "",
            note: "加工食品填写：SC 加 14 位数字。Production licence of processed food.",
        },
        Column {
            key: "description",
            title: "产品介绍",
            required: false,
            path: "/product/description",
            holds: Holds::Text,
            example: "",
            note: "给采购方看的说明，最多 2000 字。For buyers.",
        },
        Column {
            key: "scheme",
            title: "认定方案",
            required: false,
            path: "/application/scheme_id",
            holds: Holds::Scheme,
            example: "",
            note: "申请认定的填写方案名称；留空则只建产品。The scheme applied under; empty: only the product.",
        },
        Column {
            key: "quality_proof",
            title: "质量证明类型",
            required: false,
            path: "/quality/quality/proof",
            holds: Holds::Word(QUALITY),
            example: "",
            note: "质量合格要素：从列表中选择。What shows the quality.",
        },
        Column {
            key: "quality_number",
            title: "质量证明编号",
            required: false,
            path: "/quality/quality/number",
            holds: Holds::Code,
            example: "",
            note: "报告、许可证或承诺达标合格证的编号。Number of the report, licence or promise.",
        },
        Column {
            key: "quality_expires_on",
            title: "质量证明有效期至",
            required: false,
            path: "/quality/quality/expires_on",
            holds: Holds::Day,
            example: "",
            note: "日期，如 2025-12-31；食品生产许可证必填。Its last day; required of a licence.",
        },
        Column {
            key: "mark_number",
            title: "标志证书编号",
            required: false,
            path: "/quality/quality/marks/0/number",
            holds: Holds::Code,
            example: "",
            note: "“标志”列所填标志的证书编号；有机产品为 17 位有机码。Number of the mark's certificate; of organic goods the 17-digit code.",
        },
        Column {
            key: "mark_expires_on",
            title: "标志证书有效期至",
            required: false,
            path: "/quality/quality/marks/0/expires_on",
            holds: Holds::Day,
            example: "",
            note: "日期，如 2022-12-31。Its last day.",
        },
        Column {
            key: "quality_files",
            title: "质量材料文件编号",
            required: false,
            path: "/quality/file_ids",
            holds: Holds::Ids,
            example: "",
            note: "填写质量要素的须附文件。Files of the quality evidence.",
        },
        Column {
            key: "price_proof",
            title: "价格证明类型",
            required: false,
            path: "/price/price/proof",
            holds: Holds::Word(PRICES),
            example: "",
            note: "价格不高于同类要素：从列表中选择。What shows the price.",
        },
        Column {
            key: "price_link",
            title: "同类商品链接",
            required: false,
            path: "/price/price/link",
            holds: Holds::Text,
            example: "",
            note: "证明类型为网络链接的必填，以 http:// 或 https:// 开头。Where the like goods are offered.",
        },
        Column {
            key: "like_price",
            title: "同类商品价格（元）",
            required: false,
            path: "/price/price/like_price_fen",
            holds: Holds::Yuan,
            example: "",
            note: "金额，最多两位小数。What the like goods cost.",
        },
        Column {
            key: "like_unit",
            title: "同类商品计价单位",
            required: false,
            path: "/price/price/like_unit",
            holds: Holds::Text,
            example: "",
            note: "如：500克。For how much of them.",
        },
        Column {
            key: "price_files",
            title: "价格材料文件编号",
            required: false,
            path: "/price/file_ids",
            holds: Holds::Ids,
            example: "",
            note: "合同或发票须附文件。Files of the price evidence.",
        },
        Column {
            key: "linkage_kind",
            title: "带贫方式",
            required: false,
            path: "/linkage/linkage/kind",
            holds: Holds::Word(LINKAGES),
            example: "",
            note: "带贫减贫机制要素：从列表中选择。How households are linked.",
        },
        Column {
            key: "linkage_proof",
            title: "带贫材料类型",
            required: false,
            path: "/linkage/linkage/proof",
            holds: Holds::Word(LINKAGE_PROOFS),
            example: "",
            note: "从列表中选择。What shows the linkage.",
        },
        Column {
            key: "class",
            title: "带贫对象",
            required: false,
            path: "/linkage/linkage/class",
            holds: Holds::Word(CLASSES),
            example: "",
            note: "从列表中选择。Whom it reaches.",
        },
        Column {
            key: "households",
            title: "带贫户数",
            required: false,
            path: "/linkage/linkage/households",
            holds: Holds::Whole,
            example: "",
            note: "整数。Households reached.",
        },
        Column {
            key: "persons",
            title: "带贫人数",
            required: false,
            path: "/linkage/linkage/persons",
            holds: Holds::Whole,
            example: "",
            note: "整数，不少于户数。Persons reached.",
        },
        Column {
            key: "yearly",
            title: "年带动增收（元）",
            required: false,
            path: "/linkage/linkage/yearly_fen",
            holds: Holds::Yuan,
            example: "",
            note: "金额，最多两位小数。What they gain in a year.",
        },
        Column {
            key: "linkage_files",
            title: "带贫材料文件编号",
            required: false,
            path: "/linkage/file_ids",
            holds: Holds::Ids,
            example: "",
            note: "带贫协议或花名册，restricted 类别。Contract or list of households.",
        },
    ],
};

const CATEGORIES: &[(&str, &str)] = &[
    ("粮油", "grain_oil"),
    ("肉类", "meat"),
    ("蔬菜", "vegetable"),
    ("水果", "fruit"),
    ("干货", "dried_goods"),
    ("药茶", "herb_tea"),
    ("蜂蜜", "honey"),
    ("蛋奶", "dairy_egg"),
    ("酒类", "wine"),
    ("加工食品", "processed_food"),
    ("水产", "aquatic"),
];
const MARKS: &[(&str, &str)] =
    &[("无", "none"), ("绿色食品", "green"), ("有机产品", "organic"), ("农产品地理标志", "geographical_indication")];
const QUALITY: &[(&str, &str)] = &[
    ("检验报告", "inspection_report"),
    ("食品生产许可证", "food_licence"),
    ("承诺达标合格证", "conformity_promise"),
    ("三品一标证书", "mark_certificate"),
];
const PRICES: &[(&str, &str)] = &[("网络链接", "link"), ("合同", "contract"), ("发票", "invoice")];
const LINKAGE_PROOFS: &[(&str, &str)] =
    &[("带贫协议", "agreement"), ("花名册", "household_list"), ("发放凭证", "payout_record")];
const LINKAGES: &[(&str, &str)] = &[("工资性", "wage"), ("资产性", "asset"), ("经营性", "business")];
const CLASSES: &[(&str, &str)] = &[
    ("建档立卡户", "registered_poor"),
    ("脱贫不稳定户", "unstable_exited"),
    ("边缘户", "borderline"),
    ("一般户", "general"),
];

/// Evidence says of which element it is, and a mark's certificate of which mark.
pub fn complete(parts: &mut Value) {
    for element in ELEMENTS {
        if let Some(evidence) = parts.get_mut(element) {
            evidence["element"] = json!(element);
        }
    }
    let mark = parts.pointer("/product/mark").cloned().unwrap_or_else(|| json!("none"));
    if let Some(carried) = parts.pointer_mut("/quality/quality/marks/0") {
        carried["mark"] = mark;
    }
}

pub fn misshapen(parts: &Value, schemas: &Schemas) -> Vec<AppError> {
    let none = json!({});
    let mut wrong = Vec::new();
    let product = schemas.read::<CreateProductRequest>(part(parts, "product").unwrap_or(&none));
    wrong.extend(product.err().map(|error| error.below("/product")));
    for element in ELEMENTS {
        let Some(evidence) = part(parts, element) else { continue };
        let request = schemas.read::<NewEvidenceRequest>(evidence).and_then(|request| request.command());
        wrong.extend(request.err().map(|error| error.below(&format!("/{element}"))));
        if part(parts, "application").is_none() {
            let message = Message::new("填写三要素的须选择认定方案", "is required with any of the three elements");
            wrong.push(AppError::invalid(vec![FieldError::new("/application/scheme_id", "required", message)]));
        }
    }
    wrong
}

/// A product is told from another by its name and category.
pub fn identity(parts: &Value) -> Option<(String, &'static str)> {
    let text = |pointer: &str| parts.pointer(pointer).and_then(Value::as_str);
    let name = narrow(text("/product/name")?).to_lowercase();
    let name: String = name.chars().filter(|c| !c.is_whitespace()).collect();
    Some((format!("{}|{name}", text("/product/category")?), "/product/name"))
}

pub fn carry_out(
    tx: &mut Tx<'_>,
    actor: &Actor,
    parts: &Value,
    mut faults: Option<&mut Vec<AppError>>,
) -> Outcome<Created> {
    let new = read::<CreateProductRequest>(&parts["product"])?.new_product()?;
    if catalogue::has_product(tx, actor.org_id, &new.name, new.category)? {
        let message =
            Message::new("本单位已有同名同类产品", "the organisation has a product of this name and category");
        return Err(AppError::field(Code::AlreadyExists, "/product/name", message));
    }
    let product = catalogue::add_product(tx, actor, &new).map_err(|e| pointed(e.below("/product"), "/product/name"))?;
    let Some(scheme) = parts.pointer("/application/scheme_id") else {
        return Ok(Created { subject: product.to_string(), application: None });
    };
    let scheme: SchemeId = read(scheme)?;
    let drafted = certification::draft(tx, actor, scheme, product);
    let application = drafted.map_err(|e| pointed(e.below("/application"), "/application/scheme_id"))?;
    for element in ELEMENTS {
        let Some(evidence) = part(parts, element) else { continue };
        let evidence = read::<NewEvidenceRequest>(evidence)?.command()?;
        let add = |tx: &mut Tx<'_>| {
            let added = certification::add_evidence(tx, actor, application.id, &evidence).map(drop);
            added.map_err(|e| pointed(e.below(&format!("/{element}")), &format!("/{element}")))
        };
        match &mut faults {
            None => add(tx)?,
            Some(faults) => faults.extend(tx.attempt(add).err()),
        }
    }
    Ok(Created { subject: product.to_string(), application: Some(application.id.to_string()) })
}
