//! The fill campaign of a year: who has not filled, who was late, whose share lies below the floor, who has not begun.

use super::super::rules::filling::{Filed, FillingMark, FloorsOfYear, Stands, marks};
use super::super::store::filling::{self as store, FiledRow};
use super::super::store::progress::{self, Unit, UnitSum};
use super::{narrowed, wrong};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrgId, PlanId, RuleId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Fund;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell};
use crate::quota::{self, CanteenMode, PlanState};
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

/// What of the fill campaign is asked for.
#[derive(Debug, Clone)]
pub struct FillingWanted {
    /// The plans' year.
    pub year: i64,
    /// Only units on this list.
    pub mark: Option<FillingMark>,
    /// Only units of this region.
    pub region: Option<RegionCode>,
    /// Only this unit and those below it.
    pub unit: Option<OrgId>,
}

/// How far the plans of a year are filled, as it stands now: of all units in scope how many stand on each list, and the units of
/// the list that was asked for. A unit may stand on several.
#[derive(Debug, Serialize, ToSchema)]
pub struct FillingView {
    /// The plans' year.
    pub year: i64,
    /// Units in scope whose year is their own.
    pub units: usize,
    /// Of them 未填报.
    pub not_filled: usize,
    /// 已退回.
    pub returned: usize,
    /// 待审核.
    pub in_review: usize,
    /// 逾期填报.
    pub late: usize,
    /// 低于下限.
    pub below_floor: usize,
    /// 未启动.
    pub not_started: usize,
    /// Units on the list that was asked for, or on any.
    pub rows: Vec<FillingRow>,
}

/// A unit on a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct FillingRow {
    /// The unit.
    pub unit_id: OrgId,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region_code: String,
    /// The unit directly above it.
    pub supervising_unit: Option<String>,
    /// The lists that it stands on.
    pub marks: Vec<FillingMark>,
    /// Its plan, once there is one.
    pub plan_id: Option<PlanId>,
    /// Where the plan stands.
    pub plan_state: Option<PlanState>,
    /// When it was submitted first.
    pub submitted_at: Option<At>,
    /// The last day to submit it in time.
    pub deadline: Day,
    /// The share of the canteen's total, in force or filed.
    pub ratio_ppm: Option<Ppm>,
    /// Reserved by figures in force.
    pub reserved_fen: Fen,
    /// The least share of the canteen's total.
    pub floor_ppm: Ppm,
    /// The rule row that says so.
    pub floor_rule_id: RuleId,
    /// Ordered.
    pub ordered_fen: Fen,
}

/// The fill campaign of a year in scope.
///
/// # Errors
/// `not_found` for a unit outside the scope; `invalid_parameter` for a year that is none.
pub fn filling(read: &mut Read, actor: &Actor, wanted: &FillingWanted, today: Day) -> Outcome<FillingView> {
    if !(2012..=2100).contains(&wanted.year) {
        return Err(wrong("year", "应为 2012 至 2100", "must be 2012 to 2100"));
    }
    let reach = narrowed(read, actor, today, wanted.region, wanted.unit)?;
    let units = progress::units(read, &reach, wanted.year, today)?;
    let filed: HashMap<OrgId, FiledRow> =
        store::filed(read, wanted.year)?.into_iter().map(|row| (row.unit_id, row)).collect();
    let mut ordered: HashMap<OrgId, Fen> = HashMap::new();
    for UnitSum { unit_id, ordered: amount, .. } in progress::unit_sums(read, wanted.year, today.end())? {
        let sum = ordered.entry(unit_id).or_default();
        *sum = sum.plus(amount)?;
    }
    let mut terms = TermsOfYear { year: wanted.year, known: BTreeMap::new() };
    let mut view = FillingView::of(wanted.year);
    for unit in units.into_iter().filter(|unit| unit.merged_into.is_none()) {
        let ordered = ordered.get(&unit.id).copied().unwrap_or_default();
        let plan = filed.get(&unit.id);
        let row = row(read, &mut terms, unit, plan, ordered)?;
        view.take(row, wanted.mark);
    }
    Ok(view)
}

/// What binds the plans of one region.
#[derive(Debug, Clone, Copy)]
struct Terms {
    deadline: Day,
    canteen: (Ppm, RuleId),
    union: Ppm,
    not_below_last_year: bool,
}

/// What binds the plans of a year, region by region.
struct TermsOfYear {
    year: i64,
    known: BTreeMap<RegionCode, Terms>,
}

const RULES: &[RuleName] =
    &[RuleName::MinRatioPpm, RuleName::UnionMinRatioPpm, RuleName::NotBelowLastYear, RuleName::FillDeadline];

impl TermsOfYear {
    fn of(&mut self, read: &mut Read, region: &RegionCode) -> Outcome<Terms> {
        if let Some(known) = self.known.get(region) {
            return Ok(*known);
        }
        let rules = rulebook::load(read, region, Day::first_of_year(self.year), RULES)?;
        let day = rules.day_in(RuleName::FillDeadline, self.year)?;
        let canteen = rules.row_for(RuleName::MinRatioPpm, None, Some(Fund::Canteen.as_str()))?;
        let union = rules.row_for(RuleName::UnionMinRatioPpm, None, Some(Fund::Union.as_str()))?;
        let terms = Terms {
            canteen: (Ppm(canteen.int()?), canteen.id),
            union: Ppm(union.int()?),
            not_below_last_year: rules.flag(RuleName::NotBelowLastYear)?,
            deadline: Day::new(regions::deadline_calendar_days(read, region, day, 0)?.day),
        };
        self.known.insert(*region, terms);
        Ok(terms)
    }
}

fn row(
    read: &mut Read,
    terms: &mut TermsOfYear,
    unit: Unit,
    plan: Option<&FiledRow>,
    ordered: Fen,
) -> Outcome<FillingRow> {
    let region: RegionCode = unit.region_code.parse().map_err(AppError::internal)?;
    let (year, of) = (terms.year, terms.of(read, &region)?);
    // Last year's reserve is asked for only where it can bind: of a plan with a canteen part.
    let bound = of.not_below_last_year && plan.is_some_and(|plan| plan.reserved_fen.is_some());
    let last_year = if bound { quota::reserved_before(read, unit.id, year)? } else { None };
    let floors = FloorsOfYear { canteen: of.canteen.0, union: of.union, last_year };
    let filed = plan.map(|plan| filed(plan, ordered));
    Ok(FillingRow {
        marks: marks(filed.as_ref(), &floors),
        unit_id: unit.id,
        name: unit.name,
        region_code: unit.region_code,
        supervising_unit: unit.parent_name,
        plan_id: plan.map(|plan| plan.plan_id),
        plan_state: plan.map(|plan| plan.state),
        submitted_at: plan.and_then(|plan| plan.submitted_at),
        deadline: of.deadline,
        ratio_ppm: plan.and_then(|plan| plan.ratio_ppm),
        reserved_fen: filed.map_or(Fen::ZERO, |filed| filed.reserved),
        floor_ppm: of.canteen.0,
        floor_rule_id: of.canteen.1,
        ordered_fen: ordered,
    })
}

fn filed(plan: &FiledRow, ordered: Fen) -> Filed {
    let submitted = plan.submitted_at.is_some();
    let reserved = [plan.reserved_fen, plan.union_reserved_fen].into_iter().flatten().sum();
    Filed {
        stands: match plan.state {
            PlanState::Draft => Stands::Open { returned: false, submitted },
            PlanState::Returned => Stands::Open { returned: true, submitted },
            PlanState::Submitted | PlanState::UnitApproved => Stands::InReview,
            PlanState::Approved => Stands::Approved,
        },
        late: plan.late,
        canteen: plan.ratio_ppm.zip(plan.reserved_fen),
        union: plan.union_ratio_ppm.filter(|_| plan.canteen_mode == CanteenMode::None),
        reserved: if plan.is_in_force { reserved } else { Fen::ZERO },
        ordered,
    }
}

impl FillingView {
    fn of(year: i64) -> FillingView {
        FillingView {
            year,
            units: 0,
            not_filled: 0,
            returned: 0,
            in_review: 0,
            late: 0,
            below_floor: 0,
            not_started: 0,
            rows: Vec::new(),
        }
    }

    fn take(&mut self, row: FillingRow, wanted: Option<FillingMark>) {
        self.units += 1;
        for mark in &row.marks {
            *match mark {
                FillingMark::NotFilled => &mut self.not_filled,
                FillingMark::Returned => &mut self.returned,
                FillingMark::InReview => &mut self.in_review,
                FillingMark::Late => &mut self.late,
                FillingMark::BelowFloor => &mut self.below_floor,
                FillingMark::NotStarted => &mut self.not_started,
            } += 1;
        }
        if wanted.map_or(!row.marks.is_empty(), |mark| row.marks.contains(&mark)) {
            self.rows.push(row);
        }
    }

    /// The units as CSV; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        let header = [
            "单位",
            "单位编号",
            "地区代码",
            "主管单位",
            "情形",
            "计划状态",
            "首次提交时间",
            "填报截止日",
            "预留比例（%）",
            "比例下限（%）",
            "预留份额（元）",
            "已下单（元）",
        ];
        let row = |row: &FillingRow| {
            let words: Vec<&str> = row.marks.iter().map(|mark| mark.words()).collect();
            vec![
                Cell::from(row.name.clone()),
                Cell::from(row.unit_id.to_string()),
                Cell::from(row.region_code.clone()),
                Cell::from(row.supervising_unit.clone().unwrap_or_default()),
                Cell::from(words.join("、")),
                Cell::from(row.plan_state.map_or("", state_words)),
                Cell::from(row.submitted_at.map(|at| at.to_string()).unwrap_or_default()),
                Cell::from(row.deadline),
                Cell::Figure(row.ratio_ppm.map(percent).unwrap_or_default()),
                Cell::Figure(percent(row.floor_ppm)),
                Cell::yuan(row.reserved_fen),
                Cell::yuan(row.ordered_fen),
            ]
        };
        sheet::csv(&header, &self.rows.iter().map(row).collect::<Vec<_>>())
    }
}

/// Parts per million in per cent, with as many decimals as it has.
fn percent(ppm: Ppm) -> String {
    let text = format!("{}.{:04}", ppm.0 / 10_000, ppm.0 % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const fn state_words(state: PlanState) -> &'static str {
    match state {
        PlanState::Draft => "填报中",
        PlanState::Submitted => "已提交",
        PlanState::UnitApproved => "主管单位已审",
        PlanState::Approved => "已生效",
        PlanState::Returned => "已退回",
    }
}
