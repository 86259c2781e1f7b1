//! A row is a budget unit: its organisation, its place below the unit above it, and the invitations of who fills its plan
//! (管理账号) and who orders (交易账号).

use super::super::cells::Holds;
use super::super::columns::{Column, Form};
use super::super::rules::ImportKind;
use super::{Created, part, pointed, read};
use crate::identity::{self, InvitationRequest, NewOrganisationRequest};
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::uscc::Uscc;
use crate::platform::db::Tx;
use crate::platform::http::Schemas;
use serde_json::{Value, json};

/// The form of budget units.
pub static FORM: Form = Form {
    kind: ImportKind::Units,
    sheet: "预算单位",
    taken: &[],
    about: &[
        "每行建立一个预算单位；填写主管预算单位代码的，自导入当日起归其主管；填写管理账号、交易账号的，向其发出邀请邮件。",
        "One row enters a budget unit. With the code of a supervising unit it stands below that one from the day of the import; managers and traders that are named are invited by mail.",
        "主管预算单位可以已登记，也可以在本文件中：在本文件中的须排在下级单位之前。",
        "A supervising unit is registered already, or stands in this file above the units below it.",
        "红色标题为必填。请勿合并单元格、使用公式或改动标题；列的顺序可以改变，不需要的非必填列可以删除。以“（示例）”开头的行不导入。最多 10,000 行。",
        "Red titles are required. Merge no cells, use no formulas and keep the titles; the order of columns is free, and optional columns may be left out. Rows that begin with （示例） are not imported. At most 10,000 rows.",
    ],
    columns: &[
        Column {
            key: "name",
            title: "单位名称",
            required: true,
            path: "/organisation/name",
            holds: Holds::Text,
            example: "（示例）盐池县某某中学",
            note: "与法人证书一致。As on the certificate of the legal person.",
        },
        Column {
            key: "uscc",
            title: "统一社会信用代码",
            required: true,
            path: "/organisation/uscc",
            holds: Holds::Code,
            example: "121200004013590816",
            note: "18 位，设为文本；不得与文件内其他行或已登记单位重复。18 characters, as text.",
        },
        Column {
            key: "region",
            title: "所在地区",
            required: true,
            path: "/organisation/region_code",
            holds: Holds::Region,
            example: "640323 盐池县",
            note: "预算所属地区的行政区划代码。The region whose budget it belongs to.",
        },
        Column {
            key: "staff_count",
            title: "在职人数",
            required: true,
            path: "/organisation/staff_count",
            holds: Holds::Whole,
            example: "86",
            note: "整数。People it employs.",
        },
        Column {
            key: "supervisor",
            title: "主管预算单位代码",
            required: false,
            path: "/supervisor/uscc",
            holds: Holds::Code,
            example: "",
            note: "上级单位的统一社会信用代码；没有上级的留空。Credit code of the unit directly above; empty: none.",
        },
        Column {
            key: "manager_name",
            title: "管理账号姓名",
            required: false,
            path: "/manager/name",
            holds: Holds::Text,
            example: "马某",
            note: "填报预留份额并管理成员；姓名和邮箱须同时填写。Fills the plan and manages members; name and address go together.",
        },
        Column {
            key: "manager_email",
            title: "管理账号邮箱",
            required: false,
            path: "/manager/email",
            holds: Holds::Email,
            example: "manager@example.cn",
            note: "邀请邮件发往此邮箱。The invitation goes there.",
        },
        Column {
            key: "trader_name",
            title: "交易账号姓名",
            required: false,
            path: "/trader/name",
            holds: Holds::Text,
            example: "",
            note: "下单的人员；姓名和邮箱须同时填写。Orders for the unit; name and address go together.",
        },
        Column {
            key: "trader_email",
            title: "交易账号邮箱",
            required: false,
            path: "/trader/email",
            holds: Holds::Email,
            example: "",
            note: "邀请邮件发往此邮箱。The invitation goes there.",
        },
    ],
};

/// The people of a row and what they will do.
const PEOPLE: [(&str, &[Role]); 2] = [("manager", &[Role::OrgAdmin, Role::Manager]), ("trader", &[Role::Trader])];

/// Every row is a budget unit.
pub fn complete(parts: &mut Value) {
    parts["organisation"]["kind"] = json!(OrgKind::BudgetUnit);
    parts["organisation"]["is_sme"] = json!(false);
    for (person, roles) in PEOPLE {
        if let Some(named) = parts.get_mut(person) {
            named["roles"] = json!(roles);
        }
    }
}

pub fn misshapen(parts: &Value, schemas: &Schemas) -> Vec<AppError> {
    let none = json!({});
    let organisation = schemas.read::<NewOrganisationRequest>(part(parts, "organisation").unwrap_or(&none));
    let mut wrong: Vec<AppError> = organisation.err().map(|error| error.below("/organisation")).into_iter().collect();
    for (person, _) in PEOPLE {
        let Some(named) = part(parts, person) else { continue };
        let invitation = schemas.read::<InvitationRequest>(named);
        wrong.extend(invitation.err().map(|error| error.below(&format!("/{person}"))));
    }
    if supervisor(parts).is_some_and(|code| Uscc::parse(&code).is_err()) {
        let message = Message::new(
            "应为 18 位统一社会信用代码，校验位须正确",
            "must be a credit code of 18 characters with its check character",
        );
        wrong.push(AppError::invalid(vec![FieldError::new("/supervisor/uscc", "invalid", message)]));
    }
    wrong
}

fn supervisor(parts: &Value) -> Option<String> {
    parts.pointer("/supervisor/uscc").and_then(Value::as_str).map(str::to_uppercase)
}

/// A unit is told from another by its credit code.
pub fn identity(parts: &Value) -> Option<(String, &'static str)> {
    let uscc = parts.pointer("/organisation/uscc").and_then(Value::as_str)?;
    Some((uscc.to_uppercase(), "/organisation/uscc"))
}

/// The row that this one needs before it: its supervising unit's.
pub fn needs(parts: &Value) -> Option<(String, &'static str)> {
    Some((supervisor(parts)?, "/supervisor/uscc"))
}

/// A row that is only tried does not find the rows before it, which were undone: what rests on one of them is not asked.
pub fn alone(parts: &mut Value) {
    parts["supervisor"] = Value::Null;
}

pub fn carry_out(tx: &mut Tx<'_>, actor: &Actor, parts: &Value, public_url: &str) -> Outcome<Created> {
    let of_organisation = |e: AppError| pointed(e.below("/organisation"), "/organisation/uscc");
    let new = read::<NewOrganisationRequest>(&parts["organisation"])?.new_organisation();
    let today = tx.at().day();
    identity::region_exists(tx, &new.region, today).map_err(of_organisation)?;
    let org = identity::enter_organisation(tx, actor, &new, None).map_err(of_organisation)?;
    if let Some(code) = supervisor(parts) {
        let above = unit_above(tx, &code)?;
        identity::set_parent(tx, Some(actor), org.id, Some(above), today)
            .map_err(|e| pointed(e, "/supervisor/uscc"))?;
    }
    for (person, _) in PEOPLE {
        let Some(named) = part(parts, person) else { continue };
        let invitation = read::<InvitationRequest>(named)?;
        identity::invite(tx, Some(actor), &invitation.invitation(org.id), public_url)
            .map_err(|e| pointed(e.below(&format!("/{person}")), &format!("/{person}/email")))?;
    }
    Ok(Created { subject: org.id.to_string(), application: None })
}

fn unit_above(tx: &mut Tx<'_>, code: &str) -> Outcome<OrgId> {
    let known = match Uscc::parse(code) {
        Ok(code) => identity::organisation_by_uscc(tx, &code)?,
        Err(_) => None,
    };
    known.filter(|unit| unit.kind == OrgKind::BudgetUnit).map(|unit| unit.id).ok_or_else(|| {
        let message = Message::new(
            "没有登记此代码的预算单位；主管单位若在本文件中，须排在本行之前",
            "is no registered budget unit; a supervising unit of this file stands above this row",
        );
        AppError::field(Code::NotFound, "/supervisor/uscc", message)
    })
}
