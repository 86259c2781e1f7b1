//! Random inspections: what is drawn from, and what an inspection found.

use super::{FindingCode, SubjectKind};
use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::time::Day;

crate::text_enum! {
    /// What a plan draws from.
    InspectionKind {
        /// 在售商品 of suppliers of the region.
        Listing "listing"
        /// 有效认定证书 of the region's counties.
        Certificate "certificate"
        /// 已入驻供应商 of the region.
        Supplier "supplier"
    }
}

impl InspectionKind {
    /// What one of them is.
    #[must_use]
    pub const fn subject(self) -> SubjectKind {
        match self {
            InspectionKind::Listing => SubjectKind::Listing,
            InspectionKind::Certificate => SubjectKind::Certificate,
            InspectionKind::Supplier => SubjectKind::Supplier,
        }
    }
}

crate::text_enum! {
    /// Where a plan stands.
    InspectionPlanState {
        /// 已公告，待抽取.
        Announced "announced"
        /// 已抽取.
        Drawn "drawn"
    }
}

crate::text_enum! {
    /// Where an inspection stands.
    InspectionState {
        /// 待检查.
        Drawn "drawn"
        /// 已检查.
        Done "done"
    }
}

crate::text_enum! {
    /// What an inspection found.
    InspectionOutcome {
        /// 合格.
        Pass "pass"
        /// 发现问题: opens a finding.
        Defects "defects"
        /// 严重食品安全问题: opens a finding and suspends the certificate.
        Unsafe "unsafe"
    }
}

/// The finding that an outcome opens; a pass opens none.
///
/// # Errors
/// `validation_failed` when a failing inspection has no evidence, or a passing one names what is wrong.
pub fn finding_of(
    outcome: InspectionOutcome,
    code: Option<FindingCode>,
    files: usize,
) -> Result<Option<FindingCode>, AppError> {
    let wrong = |pointer: &str, zh: &str, en: &str| {
        Err(AppError::invalid(vec![FieldError::new(pointer, Code::ValidationFailed.as_str(), Message::new(zh, en))]))
    };
    match (outcome, code) {
        (InspectionOutcome::Pass, Some(_)) => wrong("/code", "合格的检查没有问题类别", "a pass has nothing wrong"),
        (InspectionOutcome::Pass, None) => Ok(None),
        _ if files == 0 => wrong("/file_ids", "发现问题须附证据", "what is wrong needs evidence"),
        (InspectionOutcome::Unsafe, _) => Ok(Some(FindingCode::FoodSafety)),
        (InspectionOutcome::Defects, code) => Ok(Some(code.unwrap_or(FindingCode::Quality))),
    }
}

/// The draw comes on a later day than the announcement, so that everybody can keep the commitment.
///
/// # Errors
/// `validation_failed`.
pub fn draw_day(today: Day, draw_on: Day) -> Result<(), AppError> {
    if today < draw_on && draw_on <= today.plus_days(366) {
        return Ok(());
    }
    let message = Message::new("抽取日须晚于公告日，且在一年之内", "must be later than today, and within a year");
    Err(AppError::invalid(vec![FieldError::new("/draw_on", Code::ValidationFailed.as_str(), message)]))
}

/// A public value is given where its source was named beforehand, and nowhere else.
///
/// # Errors
/// `validation_failed`.
pub fn public_value(source: Option<&str>, value: Option<&str>) -> Result<(), AppError> {
    if source.is_some() == value.is_some() {
        return Ok(());
    }
    let message = match source {
        Some(source) => {
            Message::new(format!("须填写公告的公共随机值：{source}"), format!("give the value of: {source}"))
        }
        None => Message::new("公告未约定公共随机值", "no public value was announced"),
    };
    Err(AppError::invalid(vec![FieldError::new("/public_value", Code::ValidationFailed.as_str(), message)]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use InspectionOutcome::{Defects, Pass, Unsafe};

    #[test]
    fn what_follows_from_an_outcome() {
        let label = Some(FindingCode::Label);
        let table = [
            (Pass, None, 0, Ok(None)),
            (Pass, label, 1, Err("/code")),
            (Defects, None, 0, Err("/file_ids")),
            (Defects, None, 1, Ok(Some(FindingCode::Quality))),
            (Defects, label, 1, Ok(label)),
            (Unsafe, label, 1, Ok(Some(FindingCode::FoodSafety))),
            (Unsafe, None, 0, Err("/file_ids")),
        ];
        for (outcome, code, files, expected) in table {
            let found = finding_of(outcome, code, files);
            let found = found.map_err(|error| error.parts().fields[0].pointer.clone());
            assert_eq!(found, expected.map_err(str::to_owned), "{outcome} {files}");
        }
    }

    #[test]
    fn the_draw_is_announced_before() {
        let today = Day::ymd(2021, 3, 1);
        for (days, good) in [(-1, false), (0, false), (1, true), (366, true), (367, false)] {
            assert_eq!(draw_day(today, today.plus_days(days)).is_ok(), good, "{days}");
        }
        for (source, value, good) in
            [(None, None, true), (Some("a"), Some("b"), true), (None, Some("b"), false), (Some("a"), None, false)]
        {
            assert_eq!(public_value(source, value).is_ok(), good);
        }
    }
}
