//! Pure decisions about plans: what a filing reserves, the floors, the steps of the review, the class of a unit.

use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code, FieldError, Message};
use crate::kernel::ids::{OrgId, RuleId, UserId};
use crate::kernel::money::{Fen, Overflow, Ppm};
use crate::kernel::time::Day;

mod merging;
#[cfg(test)]
mod tests;
mod transfer;

pub use merging::{Figures, PartFigures, merged};
pub use transfer::{Given, Party, TransferState, transferred};

crate::text_enum! {
    /// How a unit runs its canteen.
    CanteenMode {
        /// 自办.
        Own "own"
        /// 外包.
        Outsourced "outsourced"
        /// 合用，代表单位: files for all who share it.
        SharedRepresentative "shared_representative"
        /// 合用，成员单位: names its representative.
        SharedMember "shared_member"
        /// 无食堂.
        None "none"
    }
}

impl CanteenMode {
    /// Whether the unit itself plans the canteen's food.
    #[must_use]
    pub const fn plans_canteen(self) -> bool {
        matches!(self, CanteenMode::Own | CanteenMode::Outsourced | CanteenMode::SharedRepresentative)
    }
    /// The ceiling of canteen-funded orders: the year's canteen total, nothing for who plans no canteen's food.
    #[must_use]
    pub fn ceiling(self, canteen_total: Option<Fen>) -> Fen {
        canteen_total.filter(|_| self.plans_canteen()).unwrap_or_default()
    }
}

crate::text_enum! {
    /// Where a plan stands.
    PlanState {
        /// 填报中.
        Draft "draft"
        /// 已提交.
        Submitted "submitted"
        /// 主管单位已审.
        UnitApproved "unit_approved"
        /// 已生效.
        Approved "approved"
        /// 已退回.
        Returned "returned"
    }
}

crate::text_enum! {
    /// A step of the review.
    PlanStep {
        /// 主管预算单位.
        SupervisingUnit "supervising_unit"
        /// 财政部门.
        FinanceBureau "finance_bureau"
    }
}

crate::text_enum! {
    /// What a reviewer decides.
    PlanDecision {
        /// 通过.
        Approve "approve"
        /// 退回.
        Return "return"
    }
}

crate::text_enum! {
    /// Every unit of a year is in exactly one class.
    UnitClass {
        /// 已预留.
        Reserved "reserved"
        /// 未预留.
        NotReserved "not_reserved"
        /// 不适用: no part remains.
        NotApplicable "not_applicable"
        /// 合用食堂成员: counted with its representative.
        SharedMember "shared_member"
        /// 已合并: the year is its successor's.
        Merged "merged"
    }
}

/// One part of a plan: the year's total and the share reserved of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The year's total.
    pub total: Fen,
    /// The share reserved.
    pub ratio: Ppm,
}

/// What a unit files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// How it runs its canteen.
    pub mode: CanteenMode,
    /// Whom it shares with, for a member.
    pub representative: Option<OrgId>,
    /// The canteen's food.
    pub canteen: Option<Part>,
    /// Union funds.
    pub union: Option<Part>,
}

/// The least that a part must reserve, and the rule row that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floor {
    /// The least share.
    pub ratio: Ppm,
    /// The row.
    pub rule: RuleId,
}

/// What binds a filing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Floors {
    /// Of the canteen total.
    pub canteen: Floor,
    /// Of union funds, for a unit without a canteen.
    pub union: Floor,
    /// Not below what was reserved last year, where the rule says so.
    pub last_year: Option<(Fen, RuleId)>,
}

/// What a filing reserves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserves {
    /// Of the canteen part.
    pub canteen: Option<Fen>,
    /// Of the union part.
    pub union: Option<Fen>,
}

/// Why a plan is refused, in descending precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The year is closed, or not near enough yet.
    WindowClosed,
    /// A shared member names its representative.
    RepresentativeRequired,
    /// Only a shared member names one, and never itself.
    RepresentativeUnexpected,
    /// The unit named files as something else than the representative of a shared canteen.
    NotARepresentative,
    /// This mode plans the canteen's food.
    CanteenPartRequired,
    /// This mode has no canteen of its own to plan.
    CanteenPartNotApplicable,
    /// The amounts do not fit.
    TooLarge,
    /// Below the floor of a year, region and fund.
    BelowFloor {
        /// Pointer to the ratio.
        part: &'static str,
        /// The floor.
        floor: Floor,
    },
    /// Below what was reserved last year.
    BelowLastYear {
        /// Last year's reserve.
        least: Fen,
        /// The rule row.
        rule: RuleId,
    },
    /// A party plans no canteen, or would reserve more than its total.
    NothingToGive,
    /// The giver would have less than it holds and has posted.
    BelowUsed(Fen),
    /// They are no sisters below the unit that proposes.
    NotSisters,
    /// The plan is not where this may be done.
    WrongState,
    /// The actor is not whose turn it is.
    NotYourStep,
    /// Who filed or submitted never reviews; the two reviewers differ.
    SamePerson,
    /// A return says why.
    ReasonRequired,
}

impl From<Overflow> for Refusal {
    fn from(_: Overflow) -> Refusal {
        Refusal::TooLarge
    }
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let wrong = |pointer: &str, code, zh: &str, en: &str| {
            AppError::invalid(vec![FieldError::new(pointer, code, Message::new(zh, en))])
        };
        let field = AppError::field;
        match refusal {
            Refusal::WindowClosed => Code::FillWindowClosed.into(),
            Refusal::RepresentativeRequired => field(
                Code::RepresentativeRequired,
                "/representative_id",
                Message::new("须为另一预算单位", "must name another budget unit"),
            ),
            Refusal::RepresentativeUnexpected => wrong(
                "/representative_id",
                "not_allowed",
                "仅合用食堂的成员单位填写",
                "only a member of a shared canteen names another unit",
            ),
            Refusal::NotARepresentative => field(
                Code::RepresentativeRequired,
                "/representative_id",
                Message::new("该单位未以合用食堂代表单位填报", "has filed as something else than a representative"),
            ),
            Refusal::CanteenPartRequired => wrong("/canteen", "required", "必填", "is required"),
            Refusal::CanteenPartNotApplicable => {
                wrong("/canteen", "not_allowed", "该食堂方式不填食堂部分", "this canteen mode has no canteen part")
            }
            Refusal::TooLarge => Code::AmountTooLarge.into(),
            Refusal::BelowFloor { part, floor } => {
                let percent = Fen::new(floor.ratio.0 / 100);
                let message = Message::new(format!("不得低于 {percent}%"), format!("must be at least {percent} %"));
                field(Code::BelowFloor, part, message)
                    .with("floor_ppm", floor.ratio.0)
                    .with("rule_id", floor.rule.to_string())
            }
            Refusal::BelowLastYear { least, rule } => {
                let message = Message::new(
                    format!("不得低于上年的 {least} 元"),
                    format!("must reserve at least last year's {least} yuan"),
                );
                field(Code::BelowFloor, "/canteen", message)
                    .with("floor_fen", least.get())
                    .with("rule_id", rule.to_string())
            }
            Refusal::NothingToGive => wrong(
                "/reserved_fen",
                "too_large",
                "双方均须有食堂份额，且调剂后份额不得超过总额",
                "both plan a canteen, and neither reserves more than its total afterwards",
            ),
            Refusal::BelowUsed(used) => AppError::new(Code::CeilingExceeded)
                .detail(format!("调出单位已占用和支出 {used} 元"), format!("the giver holds and has spent {used} yuan"))
                .with("used_fen", used.get()),
            Refusal::NotSisters => wrong(
                "/taker_id",
                "not_allowed",
                "调出、调入单位须为本单位直接下属的两个单位",
                "giver and taker stand directly below your unit",
            ),
            Refusal::WrongState => Code::WrongState.into(),
            Refusal::NotYourStep => AppError::new(Code::Forbidden)
                .detail("尚未轮到或不属于本单位审核", "The review is another office's step"),
            Refusal::SamePerson => Code::SeparationOfDuties.into(),
            Refusal::ReasonRequired => wrong("/reason", "required", "退回须说明理由", "a return says why"),
        }
    }
}

/// Whether a plan of a year may be filed or changed on a day: from so many days before the year until its books are closed.
///
/// # Errors
/// [`Refusal::WindowClosed`].
pub fn window(year: i64, today: Day, opens_days: i64, closing: Day) -> Result<(), Refusal> {
    let opens = Day::first_of_year(year).plus_days(-opens_days);
    if today < opens || today > closing { Err(Refusal::WindowClosed) } else { Ok(()) }
}

/// What a filing reserves, once its form and the floors allow it.
///
/// # Errors
/// The first [`Refusal`] in their order.
pub fn reserve(filing: &Filing, unit: OrgId, floors: &Floors) -> Result<Reserves, Refusal> {
    form(filing, unit)?;
    let share = |part: Option<Part>| part.map(|p| p.total.share_half_up(p.ratio)).transpose();
    let reserves = Reserves { canteen: share(filing.canteen)?, union: share(filing.union)? };
    // The sum is what reports divide by, so it has to fit as well.
    reserves.canteen.unwrap_or_default().plus(reserves.union.unwrap_or_default())?;
    if filing.canteen.is_some_and(|part| part.ratio < floors.canteen.ratio) {
        return Err(Refusal::BelowFloor { part: "/canteen/ratio_ppm", floor: floors.canteen });
    }
    let bound = filing.mode == CanteenMode::None;
    if bound && filing.union.is_some_and(|part| part.ratio < floors.union.ratio) {
        return Err(Refusal::BelowFloor { part: "/union/ratio_ppm", floor: floors.union });
    }
    match (floors.last_year, reserves.canteen) {
        (Some((least, rule)), Some(reserved)) if reserved < least => Err(Refusal::BelowLastYear { least, rule }),
        _ => Ok(reserves),
    }
}

/// Whether a unit may be named as representative: it files for all who share its canteen, or has not filed yet. So two
/// members cannot name each other and plan nothing.
///
/// # Errors
/// [`Refusal::NotARepresentative`].
pub fn represents(filed: Option<CanteenMode>) -> Result<(), Refusal> {
    match filed {
        None | Some(CanteenMode::SharedRepresentative) => Ok(()),
        Some(_) => Err(Refusal::NotARepresentative),
    }
}

fn form(filing: &Filing, unit: OrgId) -> Result<(), Refusal> {
    let member = filing.mode == CanteenMode::SharedMember;
    match filing.representative {
        None if member => return Err(Refusal::RepresentativeRequired),
        Some(other) if member && other == unit => return Err(Refusal::RepresentativeRequired),
        Some(_) if !member => return Err(Refusal::RepresentativeUnexpected),
        _ => {}
    }
    match (filing.mode.plans_canteen(), filing.canteen.is_some()) {
        (true, false) => Err(Refusal::CanteenPartRequired),
        (false, true) => Err(Refusal::CanteenPartNotApplicable),
        _ => Ok(()),
    }
}

/// Whether the figures may be changed: while they are a draft, or returned.
///
/// # Errors
/// [`Refusal::WrongState`].
pub fn changeable(state: PlanState) -> Result<(), Refusal> {
    if matches!(state, PlanState::Draft | PlanState::Returned) { Ok(()) } else { Err(Refusal::WrongState) }
}

/// Whether an amendment may be begun: when the figures before it are in force.
///
/// # Errors
/// [`Refusal::WrongState`].
pub fn amendable(state: PlanState) -> Result<(), Refusal> {
    if state == PlanState::Approved { Ok(()) } else { Err(Refusal::WrongState) }
}

/// Whether a merger of units may change the figures in force beside it: not while somebody reviews it.
#[must_use]
pub const fn mergeable(state: PlanState) -> bool {
    !matches!(state, PlanState::Submitted | PlanState::UnitApproved)
}

/// The step that a plan waits for; `None` when it waits for none.
#[must_use]
pub const fn step_of(state: PlanState, supervised: bool) -> Option<PlanStep> {
    match state {
        PlanState::Submitted if supervised => Some(PlanStep::SupervisingUnit),
        PlanState::Submitted | PlanState::UnitApproved => Some(PlanStep::FinanceBureau),
        _ => None,
    }
}

/// What a review is decided on.
#[derive(Debug, Clone)]
pub struct Review<'a> {
    /// Where the plan stands.
    pub state: PlanState,
    /// The supervising units above, nearest first.
    pub above: &'a [OrgId],
    /// The finance bureau nearest to the unit's region.
    pub bureau: Option<OrgId>,
    /// Who may not review: who filed or submitted these figures, and who reviewed them before.
    pub involved: &'a [UserId],
    /// The reviewer.
    pub user: UserId,
    /// The organisation reviewed for.
    pub org: OrgId,
    /// Its kind.
    pub kind: OrgKind,
    /// What is decided.
    pub decision: PlanDecision,
    /// Whether a reason is given.
    pub reasoned: bool,
}

/// The step that is taken and where the plan stands after it.
///
/// # Errors
/// The first [`Refusal`] in their order.
pub fn review(asked: &Review<'_>) -> Result<(PlanStep, PlanState), Refusal> {
    let step = step_of(asked.state, !asked.above.is_empty()).ok_or(Refusal::WrongState)?;
    let turn = match step {
        PlanStep::SupervisingUnit => asked.kind == OrgKind::BudgetUnit && asked.above.contains(&asked.org),
        PlanStep::FinanceBureau => asked.kind == OrgKind::FinanceBureau && asked.bureau == Some(asked.org),
    };
    if !turn {
        return Err(Refusal::NotYourStep);
    }
    if asked.involved.contains(&asked.user) {
        return Err(Refusal::SamePerson);
    }
    let next = match (asked.decision, step) {
        (PlanDecision::Return, _) if !asked.reasoned => return Err(Refusal::ReasonRequired),
        (PlanDecision::Return, _) => PlanState::Returned,
        (PlanDecision::Approve, PlanStep::SupervisingUnit) => PlanState::UnitApproved,
        (PlanDecision::Approve, PlanStep::FinanceBureau) => PlanState::Approved,
    };
    Ok((step, next))
}

/// The class of a unit-year from the figures in force; `None` when no plan is in force.
#[must_use]
pub fn unit_class(in_force: Option<(CanteenMode, Reserves)>) -> UnitClass {
    let Some((mode, reserves)) = in_force else { return UnitClass::NotReserved };
    let parts = [reserves.canteen, reserves.union];
    if parts.iter().flatten().any(|reserved| reserved.get() > 0) {
        UnitClass::Reserved
    } else if mode == CanteenMode::SharedMember {
        UnitClass::SharedMember
    } else if parts.iter().all(Option::is_none) {
        UnitClass::NotApplicable
    } else {
        UnitClass::NotReserved
    }
}
