//! Findings and their rectification (整改): open, answered, returned, closed.

use crate::kernel::error::{AppError, Code};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;

crate::text_enum! {
    /// Where a finding comes from.
    FindingSource {
        /// 双随机检查.
        Inspection "inspection"
        /// 投诉.
        Complaint "complaint"
        /// 价格监测.
        PriceWatch "price_watch"
        /// 供应商评分.
        Score "score"
        /// 审计, entered by the office.
        Audit "audit"
        /// 本部门发现.
        Own "own"
    }
}

crate::text_enum! {
    /// What a finding, a complaint or an inspection is about.
    SubjectKind {
        /// 供应商.
        Supplier "supplier"
        /// 产品.
        Product "product"
        /// 认定证书.
        Certificate "certificate"
        /// 在售商品.
        Listing "listing"
        /// 订单.
        Order "order"
    }
}

crate::text_enum! {
    /// What is wrong.
    FindingCode {
        /// 食品安全.
        FoodSafety "food_safety"
        /// 质量不合格.
        Quality "quality"
        /// 价格明显高于同类.
        Price "price"
        /// 标签标识不符.
        Label "label"
        /// 证书使用不当.
        Certificate "certificate"
        /// 带贫机制落空.
        Linkage "linkage"
        /// 履约问题: late, short, refused.
        Delivery "delivery"
        /// 台账、票据不全.
        Records "records"
        /// 其他.
        Other "other"
    }
}

crate::text_enum! {
    /// Where a finding stands.
    FindingState {
        /// 待整改.
        Open "open"
        /// 已答复，待验收.
        Answered "answered"
        /// 退回，继续整改.
        Returned "returned"
        /// 已销号.
        Closed "closed"
        /// 已撤销: opened in error.
        Cancelled "cancelled"
    }
}

impl FindingState {
    /// Whether the owner has to do something.
    #[must_use]
    pub const fn waits_for_owner(self) -> bool {
        matches!(self, FindingState::Open | FindingState::Returned)
    }
    /// Whether nothing happens to it any more.
    #[must_use]
    pub const fn ended(self) -> bool {
        matches!(self, FindingState::Closed | FindingState::Cancelled)
    }
}

crate::text_enum! {
    /// What an office decides about a finding.
    FindingVerdict {
        /// 验收销号: put right.
        Close "close"
        /// 退回: not put right; a new deadline begins.
        Return "return"
        /// 提级: the next office above takes it over.
        Escalate "escalate"
        /// 撤销: it was opened in error.
        Cancel "cancel"
    }
}

/// What happens to a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingEvent {
    /// The owner answers.
    Answer,
    /// An office decides.
    Decide(FindingVerdict),
}

/// Where a finding stands after an event; `None` when its state does not allow it.
#[must_use]
pub const fn finding_next(state: FindingState, event: FindingEvent) -> Option<FindingState> {
    use FindingEvent::{Answer, Decide};
    use FindingState as S;
    use FindingVerdict as V;
    match (state, event) {
        (S::Open | S::Returned, Answer) => Some(S::Answered),
        (S::Answered, Decide(V::Close)) => Some(S::Closed),
        (S::Answered, Decide(V::Return)) => Some(S::Returned),
        (S::Open | S::Answered | S::Returned, Decide(V::Cancel)) => Some(S::Cancelled),
        (S::Open | S::Answered | S::Returned, Decide(V::Escalate)) => Some(state),
        _ => None,
    }
}

/// Whether a finding is late on a day: the owner has not answered by its last day.
#[must_use]
pub fn overdue(state: FindingState, due_on: Day, today: Day) -> bool {
    state.waits_for_owner() && due_on < today
}

/// Why supervision refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Another office has the word.
    OtherOffice,
    /// The person belongs to a party.
    Party,
    /// There is no office above.
    NoOfficeAbove,
    /// Who records an inspection was drawn for it.
    NotDrawn,
    /// The draw was announced for this day.
    DrawnFrom(Day),
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        match refusal {
            Refusal::OtherOffice => AppError::new(Code::Forbidden)
                .detail("须由承办部门或其上级部门办理", "only the office that handles it, or one above, may do this"),
            Refusal::Party => AppError::new(Code::SeparationOfDuties)
                .detail("办理人为当事单位成员，须回避", "who belongs to a party does not handle it"),
            Refusal::NotDrawn => {
                AppError::new(Code::Forbidden).detail("须由抽中的检查人员填报", "only who was drawn for it records it")
            }
            Refusal::DrawnFrom(day) => AppError::new(Code::WrongState)
                .detail(format!("公告的抽取日为 {day}，此前不得抽取"), format!("the draw was announced for {day}"))
                .with("draw_on", day.to_string()),
            Refusal::NoOfficeAbove => {
                AppError::new(Code::WrongState).detail("没有上级部门可移交", "there is no office above")
            }
        }
    }
}

/// The office that has the word, or one above it.
///
/// # Errors
/// [`Refusal::OtherOffice`].
pub fn office_or_above(own: &RegionCode, office: &RegionCode) -> Result<(), Refusal> {
    if own.contains(office) { Ok(()) } else { Err(Refusal::OtherOffice) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FindingEvent::{Answer, Decide};
    use FindingState::{Answered, Cancelled, Closed, Open, Returned};
    use FindingVerdict::{Cancel, Close, Escalate, Return};

    #[test]
    fn the_whole_table() {
        let events = [Answer, Decide(Close), Decide(Return), Decide(Escalate), Decide(Cancel)];
        let table = [
            (Open, [Some(Answered), None, None, Some(Open), Some(Cancelled)]),
            (Answered, [None, Some(Closed), Some(Returned), Some(Answered), Some(Cancelled)]),
            (Returned, [Some(Answered), None, None, Some(Returned), Some(Cancelled)]),
            (Closed, [None; 5]),
            (Cancelled, [None; 5]),
        ];
        assert_eq!(table.len(), FindingState::ALL.len());
        for (state, row) in table {
            assert_eq!(events.map(|event| finding_next(state, event)), row, "{state}");
            assert_eq!(state.ended(), row == [None; 5], "{state}");
        }
    }

    #[test]
    fn late_is_who_has_not_answered_after_the_last_day() {
        let (last, after) = (Day::ymd(2021, 3, 22), Day::ymd(2021, 3, 23));
        let table = [(Open, last, false), (Open, after, true), (Returned, after, true), (Answered, after, false)];
        for (state, today, expected) in table {
            assert_eq!(overdue(state, last, today), expected, "{state} {today}");
        }
    }

    #[test]
    fn the_office_or_one_above_decides() {
        let code = |text: &str| text.parse().unwrap();
        let table = [
            ("640303", "640303", true),
            ("640300", "640303", true),
            ("640303", "640300", false),
            ("640323", "640303", false),
        ];
        for (own, office, expected) in table {
            assert_eq!(office_or_above(&code(own), &code(office)).is_ok(), expected, "{own} {office}");
        }
    }
}
