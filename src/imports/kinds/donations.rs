//! Rows of one document number are an activity of purchase in place of donation: its lines, each with its selling household.

use super::super::cells::Holds;
use super::super::columns::{Column, Form};
use super::super::rules::ImportKind;
use super::{Created, part, pointed, read};
use crate::donations::{self, DeclarationKind, DonationDeclarationRequest, Keys, new_declaration};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::platform::db::Tx;
use crate::platform::http::Schemas;
use serde_json::{Value, json};

/// Classes of households, as people write them.
const CLASSES: &[(&str, &str)] = &[
    ("建档立卡户", "registered_poor"),
    ("脱贫不稳定户", "unstable_exited"),
    ("边缘户", "borderline"),
    ("一般户", "general"),
];

/// Places of a credit code.
const CODE: usize = 18;

/// The form of activities.
pub static FORM: Form = Form {
    kind: ImportKind::DonationActivities,
    sheet: "以购代捐活动",
    taken: &[],
    about: &[
        "每行是一户售出的一种产品；凭证号相同的各行是同一次活动。活动的日期、地点、名称、参与单位等只须填在该活动的第一行，其余各行留空或填写相同内容。",
        "Each row is what one household sold; rows of one document number are one activity. What is said of the activity as a whole stands in its first row; the others leave it empty or repeat it.",
        "一次活动的各行要么全部导入，要么全部不导入。户编号、身份证号只用于去重，导入后不保存。",
        "All rows of an activity are imported, or none of them. Numbers of households and persons tell them apart and are not kept.",
        "红色标题为必填。请勿合并单元格、使用公式或改动标题；列的顺序可以改变，不需要的非必填列可以删除。以“（示例）”开头的行不导入。最多 10,000 行，每次活动最多 500 行。",
        "Red titles are required. Merge no cells, use no formulas and keep the titles; the order of columns is free, and optional columns may be left out. Rows that begin with （示例） are not imported. At most 10,000 rows, 500 of one activity.",
    ],
    columns: &[
        Column {
            key: "document_number",
            title: "凭证号",
            required: true,
            path: "/activity/document_number",
            holds: Holds::Text,
            example: "（示例）盐扶〔2021〕12号",
            note: "活动凭证的编号；同一县（区）内不得重复申报。The number of the paper about it; declared once in a county.",
        },
        Column {
            key: "class",
            title: "农户类别",
            required: true,
            path: "/activity/items/0/class",
            holds: Holds::Word(CLASSES),
            example: "建档立卡户",
            note: "售出农户的类别。What the selling household is registered as.",
        },
        Column {
            key: "household",
            title: "户编号或身份证号",
            required: true,
            path: "/activity/items/0/household",
            holds: Holds::Code,
            example: "NX000123",
            note: "设为文本；只用于去重，不保存。As text; tells households apart and is not kept.",
        },
        Column {
            key: "product",
            title: "产品",
            required: true,
            path: "/activity/items/0/product",
            holds: Holds::Text,
            example: "玉米",
            note: "产品名称。What was sold.",
        },
        Column {
            key: "quantity",
            title: "数量",
            required: true,
            path: "/activity/items/0/quantity",
            holds: Holds::Quantity,
            example: "20",
            note: "最多三位小数。At most three decimals.",
        },
        Column {
            key: "measure",
            title: "计量单位",
            required: true,
            path: "/activity/items/0/measure",
            holds: Holds::Text,
            example: "箱(20穗)",
            note: "只、份、斤、公斤、箱、盒、袋、瓶、桶、个；括号内可写明每件内容。The measure, with what a package holds in brackets.",
        },
        Column {
            key: "amount",
            title: "金额（元）",
            required: true,
            path: "/activity/items/0/amount_fen",
            holds: Holds::Yuan,
            example: "600.00",
            note: "金额，最多两位小数。For how much.",
        },
        Column {
            key: "held_on",
            title: "活动日期",
            required: true,
            path: "/activity/held_on",
            holds: Holds::Day,
            example: "2021-03-01",
            note: "日期。When it was.",
        },
        Column {
            key: "region",
            title: "活动地点代码",
            required: true,
            path: "/activity/region_code",
            holds: Holds::Region,
            example: "640323 盐池县",
            note: "村（12 位）或乡镇（9 位）区划代码，没有的填县（区）。The code of the village or township, or of the county.",
        },
        Column {
            key: "title",
            title: "活动名称",
            required: true,
            path: "/activity/title",
            holds: Holds::Text,
            example: "消费扶贫集市",
            note: "活动的名称。What it was called.",
        },
        Column {
            key: "units",
            title: "参与单位",
            required: true,
            path: "/activity/units",
            holds: Holds::Listed,
            example: "盐池县教育体育局；121200004013590816",
            note: "单位名称或统一社会信用代码，用分号隔开。Names or credit codes, with semicolons between.",
        },
        Column {
            key: "cadres",
            title: "帮扶干部",
            required: false,
            path: "/activity/cadres",
            holds: Holds::Listed,
            example: "马某/盐池县教育体育局/A001",
            note: "姓名/单位/工号或身份证号（可不填号码），用分号隔开。Name/unit/number (which may be left out), with semicolons between.",
        },
        Column {
            key: "place",
            title: "活动地点",
            required: false,
            path: "/activity/place",
            holds: Holds::Text,
            example: "村委会广场",
            note: "地点说明。The place in words.",
        },
        Column {
            key: "files",
            title: "凭证文件编号",
            required: false,
            path: "/activity/file_ids",
            holds: Holds::Ids,
            example: "",
            note: "已上传文件的编号，用分号隔开。Ids of uploaded files, with semicolons between.",
        },
        Column {
            key: "submit",
            title: "是否提交",
            required: false,
            path: "/activity/submit",
            holds: Holds::YesNo,
            example: "否",
            note: "填“是”的导入后直接提交核验，须有凭证文件。是: submitted at once, which needs files.",
        },
    ],
};

/// Measures, units and cadres as people write them become what the request says.
pub fn complete(parts: &mut Value) {
    let activity = &mut parts["activity"];
    for item in activity["items"].as_array_mut().into_iter().flatten() {
        let written = item["measure"].as_str().and_then(donations::read_measure);
        if let Some((measure, content)) = written {
            item["measure"] = json!(measure);
            if let Some(content) = content {
                item["content"] = json!(content);
            }
        }
    }
    if let Some(units) = activity["units"].as_array_mut() {
        for unit in units {
            let text = unit.as_str().unwrap_or_default().to_owned();
            // Eighteen letters and digits are a code, also a wrong one, and no name.
            let code = text.len() == CODE && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            *unit = if code { json!({ "uscc": text.to_uppercase() }) } else { json!({ "name": text }) };
        }
    }
    if let Some(cadres) = activity["cadres"].as_array_mut() {
        for cadre in cadres {
            *cadre = as_cadre(cadre.as_str().unwrap_or_default());
        }
    }
    // What no cell gave is not there.
    if let Some(activity) = activity.as_object_mut() {
        activity.retain(|_, value| !value.is_null());
    }
}

/// `name/unit/number`, by place: a number must never be taken for a unit, which is shown. What is not so many parts is nobody.
fn as_cadre(text: &str) -> Value {
    let said: Vec<&str> = text.split(['/', '／', '|']).map(str::trim).collect();
    let mut cadre = json!({});
    if said.len() > 3 {
        return cadre;
    }
    for (field, part) in ["name", "unit", "number"].iter().zip(said) {
        cadre[*field] = json!(part);
    }
    cadre
}

pub fn misshapen(parts: &Value, schemas: &Schemas) -> Vec<AppError> {
    let none = json!({});
    let request = schemas.read::<DonationDeclarationRequest>(part(parts, "activity").unwrap_or(&none));
    request.err().map(|error| error.below("/activity")).into_iter().collect()
}

/// Rows of one number are one activity.
pub fn group(parts: &Value) -> Option<String> {
    let number = parts.pointer("/activity/document_number").and_then(Value::as_str)?;
    Some(donations::number_key(number))
}

pub fn carry_out(tx: &mut Tx<'_>, actor: &Actor, parts: &Value, keys: &Keys) -> Outcome<Created> {
    let request = read::<DonationDeclarationRequest>(&parts["activity"])?;
    let new = (&new_declaration(&request), request.submits());
    let declared = donations::declare(tx, actor, keys, DeclarationKind::Activity, new);
    let row = declared.map_err(|e| pointed(e.below("/activity"), "/activity/document_number"))?;
    Ok(Created { subject: row.id.to_string(), application: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_becomes_what_is_asked_for() {
        let mut parts = json!({ "activity": {
            "units": ["盐池县教育体育局", "91110000600037341L"],
            "cadres": ["马某/教育局/A001", "王某／教育局", "李某"],
            "items": [{ "measure": "箱(20穗)" }, { "measure": "只" }, { "measure": "车" }],
        } });
        complete(&mut parts);
        let expected = json!({ "activity": {
            "units": [{ "name": "盐池县教育体育局" }, { "uscc": "91110000600037341L" }],
            "cadres": [
                { "name": "马某", "unit": "教育局", "number": "A001" },
                { "name": "王某", "unit": "教育局" },
                { "name": "李某" },
            ],
            "items": [{ "measure": "box", "content": "20穗" }, { "measure": "head" }, { "measure": "车" }],
        } });
        assert_eq!(parts, expected);
    }

    #[test]
    fn every_measure_that_can_be_read_is_explained() {
        let note = FORM.columns.iter().find(|column| column.key == "measure").unwrap().note;
        let named = ["只", "份", "斤", "公斤", "箱", "盒", "袋", "瓶", "桶", "个"];
        assert!(named.iter().all(|word| note.contains(word) && donations::measure_words().contains(word)));
    }
}
