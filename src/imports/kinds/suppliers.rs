//! A row is a supplier: its organisation, the invitation of its first person, and the draft of its application for admission,
//! which that person completes and submits.

use super::super::cells::Holds;
use super::super::columns::{Column, Form};
use super::super::rules::{self, ImportKind};
use super::{Created, part, pointed, read};
use crate::admission::{self, ApplyForAdmissionRequest};
use crate::identity::{self, InvitationRequest, NewOrganisationRequest};
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Outcome};
use crate::platform::db::Tx;
use crate::platform::http::Schemas;
use serde_json::{Value, json};

/// The form of suppliers.
pub static FORM: Form = Form {
    kind: ImportKind::Suppliers,
    sheet: "供应商",
    taken: &[],
    about: &[
        "每行建立一个供应商、向联系人发出邀请邮件，并建立入驻申请草稿；由供应商自己核对、补充材料后提交。",
        "One row enters a supplier, invites its contact by mail, and drafts its application for admission, which the supplier completes and submits itself.",
        "红色标题为必填。请勿合并单元格、使用公式或改动标题；列的顺序可以改变。以“（示例）”开头的行不导入。最多 10,000 行。",
        "Red titles are required. Merge no cells, use no formulas and keep the titles; the order of columns is free. Rows that begin with （示例） are not imported. At most 10,000 rows.",
    ],
    columns: &[
        Column {
            key: "name",
            title: "单位名称",
            required: true,
            path: "/organisation/name",
            holds: Holds::Text,
            example: "（示例）盐池县某养殖专业合作社",
            note: "与营业执照一致。As on the licence.",
        },
        Column {
            key: "uscc",
            title: "统一社会信用代码",
            required: true,
            path: "/organisation/uscc",
            holds: Holds::Code,
            example: "93640323MA75X00008",
            note: "18 位，设为文本；不得与文件内其他行或已登记单位重复。18 characters, as text.",
        },
        Column {
            key: "kind",
            title: "供应商类型",
            required: true,
            path: "/organisation/kind",
            holds: Holds::Word(KINDS),
            example: "农民专业合作社",
            note: "从列表中选择。What it is.",
        },
        Column {
            key: "region",
            title: "所在地区",
            required: true,
            path: "/organisation/region_code",
            holds: Holds::Region,
            example: "640323 盐池县",
            note: "登记地行政区划代码。Where it is registered.",
        },
        Column {
            key: "staff_count",
            title: "从业人数",
            required: true,
            path: "/organisation/staff_count",
            holds: Holds::Whole,
            example: "12",
            note: "整数。People it employs.",
        },
        Column {
            key: "is_sme",
            title: "是否中小企业",
            required: true,
            path: "/organisation/is_sme",
            holds: Holds::YesNo,
            example: "是",
            note: "是或否。Whether it is a small or medium enterprise.",
        },
        Column {
            key: "contact_name",
            title: "联系人",
            required: true,
            path: "/contact/name",
            holds: Holds::Text,
            example: "马某",
            note: "被邀请为管理员和销售员。Becomes its administrator and seller.",
        },
        Column {
            key: "contact_email",
            title: "联系邮箱",
            required: true,
            path: "/contact/email",
            holds: Holds::Email,
            example: "contact@example.cn",
            note: "邀请邮件发往此邮箱。The invitation goes there.",
        },
        Column {
            key: "statement",
            title: "经营与带贫说明",
            required: true,
            path: "/application/statement",
            holds: Holds::Text,
            example: "养殖滩羊，带动脱贫户 38 户",
            note: "入驻申请的说明，供应商提交前可以修改。What it makes and whom it helps.",
        },
    ],
};

const KINDS: &[(&str, &str)] = &[
    ("农民专业合作社", "cooperative"),
    ("企业", "enterprise"),
    ("家庭农场", "family_farm"),
    ("村集体", "village_collective"),
    ("扶贫车间", "workshop"),
    ("代理商", "agent_trader"),
];

/// The first person does everything that a supplier needs.
pub fn complete(parts: &mut Value) {
    parts["contact"]["roles"] = json!([Role::OrgAdmin, Role::Seller]);
    parts["application"]["files"] = json!([]);
}

pub fn misshapen(parts: &Value, schemas: &Schemas) -> Vec<AppError> {
    let none = json!({});
    let request = |name: &str| part(parts, name).unwrap_or(&none);
    let organisation = schemas.read::<NewOrganisationRequest>(request("organisation")).map(drop);
    let contact = schemas.read::<InvitationRequest>(request("contact")).map(drop);
    let application = schemas.read::<ApplyForAdmissionRequest>(request("application")).map(drop);
    let all = [("/organisation", organisation), ("/contact", contact), ("/application", application)];
    all.into_iter().filter_map(|(name, outcome)| Some(outcome.err()?.below(name))).collect()
}

/// A supplier is told from another by its credit code.
pub fn identity(parts: &Value) -> Option<(String, &'static str)> {
    let uscc = parts.pointer("/organisation/uscc").and_then(Value::as_str)?;
    Some((uscc.to_uppercase(), "/organisation/uscc"))
}

pub fn carry_out(tx: &mut Tx<'_>, actor: &Actor, parts: &Value, public_url: &str) -> Outcome<Created> {
    let of_organisation = |e: AppError| pointed(e.below("/organisation"), "/organisation/uscc");
    let new = read::<NewOrganisationRequest>(&parts["organisation"])?.new_organisation();
    rules::sells(new.kind)?;
    let today = tx.at().day();
    identity::region_exists(tx, &new.region, today).map_err(of_organisation)?;
    let org = identity::enter_organisation(tx, actor, &new, None).map_err(of_organisation)?;
    let contact = read::<InvitationRequest>(&parts["contact"])?;
    identity::invite(tx, Some(actor), &contact.invitation(org.id), public_url)
        .map_err(|e| pointed(e.below("/contact"), "/contact/email"))?;
    let application = read::<ApplyForAdmissionRequest>(&parts["application"])?.application();
    let drafted = admission::draft(tx, actor, org.id, &application);
    let id = drafted.map_err(|e| pointed(e.below("/application"), "/application/statement"))?;
    Ok(Created { subject: org.id.to_string(), application: Some(id.to_string()) })
}
