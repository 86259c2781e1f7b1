//! Pure decisions about the changes of budget units: their form, their day, and who decides them.

use crate::kernel::actor::OrgKind;
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;

crate::text_enum! {
    /// What becomes of a unit.
    ChangeKind {
        /// 更名.
        Renamed "renamed"
        /// 调整隶属.
        Moved "moved"
        /// 撤销, without a successor.
        Closed "closed"
        /// 合并 into another unit.
        Merged "merged"
    }
}

/// What is asked for, as far as its form is decided.
#[derive(Debug, Clone)]
pub struct Form<'a> {
    /// What becomes of the unit.
    pub kind: ChangeKind,
    /// The unit: renamed, moved, closed, or the successor.
    pub unit: OrgId,
    /// The new name.
    pub name: Option<&'a str>,
    /// The unit to stand below.
    pub parent: Option<OrgId>,
    /// The units that are merged into it.
    pub predecessors: &'a [OrgId],
}

/// Who decides, against the units concerned.
#[derive(Debug, Clone, Copy)]
pub struct Decider {
    /// Kind of the organisation decided for.
    pub kind: OrgKind,
    /// Whether every unit concerned stands below it, or in its region.
    pub above_all: bool,
    /// Whether the unit is let stand at the top.
    pub to_the_top: bool,
}

/// Why a change is refused, in descending precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// This kind of change needs a field.
    Missing(&'static str),
    /// This kind of change has no such field.
    Unexpected(&'static str),
    /// A unit is named twice, or merged into itself.
    NamedTwice,
    /// It is the name that the unit has.
    SameName,
    /// The decider does not stand above all of them.
    NotAbove,
    /// Only budget units change so.
    NotABudgetUnit(&'static str),
    /// Renamings and mergers are entered on their day or later in its year, moves and closures on their day or before.
    WrongDay,
    /// Units stand below one that is to end.
    UnitsBelow,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let wrong =
            |pointer: &str, zh: &str, en: &str| AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en));
        match refusal {
            Refusal::Missing(pointer) => wrong(pointer, "此类变更必填", "is required for this kind of change"),
            Refusal::Unexpected(pointer) => wrong(pointer, "此类变更不填", "does not belong to this kind of change"),
            Refusal::NamedTwice => wrong(
                "/predecessor_ids",
                "每个单位只写一次，且不能并入自身",
                "names a unit twice, or the successor itself",
            ),
            Refusal::SameName => wrong("/name", "与现名称相同", "is the name that the unit has"),
            Refusal::NotAbove => AppError::new(Code::Forbidden).detail(
                "须由所涉各单位共同的上级主管预算单位、财政部门或运营方决定",
                "A unit above all units concerned decides this, or the finance bureau, or the operator",
            ),
            Refusal::NotABudgetUnit(pointer) => wrong(pointer, "须为预算单位", "must be a budget unit"),
            Refusal::WrongDay => wrong(
                "/effective_on",
                "更名、合并填今年至今天的日期，调整隶属、撤销填今天或以后一年内的日期",
                "lies between the first day of this year and today for renamings and mergers, from today on within a year for moves and closures",
            ),
            Refusal::UnitsBelow => AppError::new(Code::WrongState)
                .detail("该单位仍有下属单位，请先调整其隶属", "Units stand below it; move them first"),
        }
    }
}

/// Whether a change has the fields of its kind.
///
/// # Errors
/// The first [`Refusal`] in their order.
pub fn form(form: &Form<'_>) -> Result<(), Refusal> {
    use ChangeKind::{Merged, Moved, Renamed};
    let merged = form.kind == Merged;
    if form.kind == Renamed && form.name.is_none() {
        return Err(Refusal::Missing("/name"));
    }
    if merged && form.predecessors.is_empty() {
        return Err(Refusal::Missing("/predecessor_ids"));
    }
    if form.kind != Renamed && form.name.is_some() {
        return Err(Refusal::Unexpected("/name"));
    }
    if form.kind != Moved && form.parent.is_some() {
        return Err(Refusal::Unexpected("/supervising_unit"));
    }
    if !merged && !form.predecessors.is_empty() {
        return Err(Refusal::Unexpected("/predecessor_ids"));
    }
    let twice = |n: usize, id: &OrgId| form.predecessors[..n].contains(id) || *id == form.unit;
    if form.predecessors.iter().enumerate().any(|(n, id)| twice(n, id)) {
        return Err(Refusal::NamedTwice);
    }
    Ok(())
}

/// Whether somebody may decide a change.
///
/// # Errors
/// [`Refusal::NotAbove`].
pub fn decides(who: Decider) -> Result<(), Refusal> {
    let may = match who.kind {
        OrgKind::Operator => true,
        OrgKind::FinanceBureau => who.above_all,
        OrgKind::BudgetUnit => who.above_all && !who.to_the_top,
        _ => false,
    };
    if may { Ok(()) } else { Err(Refusal::NotAbove) }
}

/// Whether a change may have this day when it is entered today.
///
/// # Errors
/// [`Refusal::WrongDay`].
pub fn day(kind: ChangeKind, effective_on: Day, today: Day) -> Result<(), Refusal> {
    let fits = match kind {
        ChangeKind::Renamed | ChangeKind::Merged => {
            effective_on <= today && effective_on >= Day::first_of_year(today.year())
        }
        ChangeKind::Moved | ChangeKind::Closed => effective_on >= today && effective_on <= today.plus_days(366),
    };
    if fits { Ok(()) } else { Err(Refusal::WrongDay) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_fields() {
        use ChangeKind::{Closed, Merged, Moved, Renamed};
        let unit = |n: u8| OrgId([n; 16]);
        let (none, one, itself, twice) = (vec![], vec![unit(2)], vec![unit(1)], vec![unit(2), unit(2)]);
        type Fields<'a> = (Option<&'a str>, Option<OrgId>, &'a [OrgId]);
        let table: [(ChangeKind, Fields<'_>, Result<(), Refusal>); 12] = [
            (Renamed, (Some("新名"), None, &none), Ok(())),
            (Renamed, (None, None, &none), Err(Refusal::Missing("/name"))),
            (Renamed, (Some("新名"), Some(unit(3)), &none), Err(Refusal::Unexpected("/supervising_unit"))),
            (Moved, (None, Some(unit(3)), &none), Ok(())),
            (Moved, (None, None, &none), Ok(())),
            (Moved, (Some("新名"), None, &none), Err(Refusal::Unexpected("/name"))),
            (Closed, (None, None, &none), Ok(())),
            (Closed, (None, None, &one), Err(Refusal::Unexpected("/predecessor_ids"))),
            (Merged, (None, None, &one), Ok(())),
            (Merged, (None, None, &none), Err(Refusal::Missing("/predecessor_ids"))),
            (Merged, (None, None, &itself), Err(Refusal::NamedTwice)),
            (Merged, (None, None, &twice), Err(Refusal::NamedTwice)),
        ];
        for (kind, (name, parent, predecessors), expected) in table {
            let asked = Form { kind, unit: unit(1), name, parent, predecessors };
            assert_eq!(form(&asked), expected, "{asked:?}");
        }
    }

    #[test]
    fn who_stands_above_all_decides() {
        use OrgKind::{AuditBody, BudgetUnit, FinanceBureau, Operator};
        let table = [
            (Operator, false, true, true),
            (FinanceBureau, true, true, true),
            (FinanceBureau, false, false, false),
            (BudgetUnit, true, false, true),
            (BudgetUnit, true, true, false),
            (BudgetUnit, false, false, false),
            (AuditBody, true, false, false),
        ];
        for (kind, above_all, to_the_top, may) in table {
            assert_eq!(
                decides(Decider { kind, above_all, to_the_top }).is_ok(),
                may,
                "{kind} {above_all} {to_the_top}"
            );
        }
    }

    #[test]
    fn days_lie_where_the_change_can_be_carried_out() {
        use ChangeKind::{Closed, Merged, Moved, Renamed};
        let today = Day::ymd(2021, 3, 1);
        let table = [
            (Day::ymd(2020, 12, 31), false, false),
            (Day::ymd(2021, 1, 1), true, false),
            (Day::ymd(2021, 2, 28), true, false),
            (today, true, true),
            (Day::ymd(2021, 3, 2), false, true),
            (Day::ymd(2022, 3, 2), false, true),
            (Day::ymd(2022, 3, 3), false, false),
        ];
        for (on, behind, ahead) in table {
            for kind in [Renamed, Merged] {
                assert_eq!(day(kind, on, today).is_ok(), behind, "{kind} {on}");
            }
            for kind in [Moved, Closed] {
                assert_eq!(day(kind, on, today).is_ok(), ahead, "{kind} {on}");
            }
        }
    }
}
