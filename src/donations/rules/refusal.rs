//! Why something is refused.

use super::state::{DeclarationState, OfficeLevel};
use crate::kernel::error::{AppError, Code, FieldError, Message};

/// Why something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The state does not allow it.
    State(DeclarationState),
    /// No office is there to verify it.
    NoOffice,
    /// Another office decides now.
    OtherOffice(OfficeLevel),
    /// Only the office of the county corrects.
    CountyCorrects,
    /// Who decides belongs to the organiser.
    Member,
    /// Who decides has submitted it, or decided an earlier step.
    Before,
    /// A reason is missing.
    Reason,
    /// No proof is named.
    Proof,
    /// The number is declared.
    Number,
    /// The own organisation has declared the number, or has a draft of it.
    OwnNumber,
    /// It was no day that has come, or one before such activities.
    Day,
    /// It was in no county, township or village.
    Place,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let field = |pointer: &str, code, zh: &str, en: &str| {
            AppError::invalid(vec![FieldError::new(pointer, code, Message::new(zh, en))])
        };
        match refusal {
            Refusal::State(state) => AppError::new(Code::WrongState).with("state", state.as_str()),
            Refusal::NoOffice => {
                field("/region_code", "no_office", "当地及上级均无扶贫办可核验", "has no office that could verify it")
            }
            Refusal::OtherOffice(level) => {
                let (zh, en) = match level {
                    OfficeLevel::Village => ("村", "village"),
                    OfficeLevel::Township => ("乡镇", "township"),
                    OfficeLevel::County => ("县（区）", "county"),
                };
                AppError::new(Code::Forbidden)
                    .detail(format!("现由{zh}级扶贫部门核验"), format!("the office of the {en} decides now"))
            }
            Refusal::CountyCorrects => AppError::new(Code::Forbidden)
                .detail("由核验的县（区）扶贫部门更正", "the county's office, which verified it, corrects it"),
            Refusal::Member => AppError::new(Code::SeparationOfDuties)
                .detail("本人是组织单位的成员，应当回避", "you belong to the organisation that organised it"),
            Refusal::Before => AppError::new(Code::SeparationOfDuties).detail(
                "提交人或前一级核验人不得再核验",
                "who submitted it or decided an earlier step decides no more",
            ),
            Refusal::Reason => {
                field("/reason", "required", "退回、不予核验须说明理由", "is needed to return or reject")
            }
            Refusal::Proof => field("/file_ids", "required", "提交时须附凭证文件", "is needed to submit"),
            Refusal::Number | Refusal::OwnNumber => {
                let (zh, en) = if refusal == Refusal::Number {
                    ("该凭证号在本县（区）已申报", "was declared in this county already")
                } else {
                    ("本单位已有该凭证号的申报或草稿", "your organisation has declared it, or has a draft of it")
                };
                AppError::field(Code::AlreadyExists, "/document_number", Message::new(zh, en))
            }
            Refusal::Day => field(
                "/held_on",
                "out_of_range",
                "须为 2012 年以来、不晚于今天的日期",
                "is a day from 2012 until today",
            ),
            Refusal::Place => field(
                "/region_code",
                "wrong_level",
                "须为县（区）、乡镇或村的区划代码",
                "is the code of a county, township or village",
            ),
        }
    }
}
