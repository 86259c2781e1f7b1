//! The bulletin's progress table (product.md §4): reserved against completed, by unit, region or supervising unit.

use super::super::rules::{ByFund, Progress, ThreeAmounts, ranks};
use super::super::store::progress::{self as store, PlanRow, Unit, UnitSum};
use super::{narrowed, wrong};
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::money::Fen;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::terms::Fund;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::platform::sheet::{self, Cell};
use crate::quota::{CanteenMode, Reserves, UnitClass, unit_class};
use crate::regions;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use utoipa::ToSchema;

crate::text_enum! {
    /// What a row of the bulletin is.
    ProgressBy {
        /// One unit.
        Unit "unit"
        /// The units of a region.
        Region "region"
        /// The units directly below one.
        SupervisingUnit "supervising_unit"
        /// 主管部门: the units below one that is below nobody.
        Department "department"
        /// The units of a prefecture and its counties; those of the province itself stand apart.
        City "city"
        /// 省级、市级、县级: by the level of the unit's region.
        Level "level"
    }
}

/// What progress is asked for.
#[derive(Debug, Clone)]
pub struct ProgressWanted {
    /// The plans' year.
    pub year: i64,
    /// As known at the end of this day.
    pub as_of: Day,
    /// What a row is.
    pub by: ProgressBy,
    /// Only units of this region.
    pub region: Option<RegionCode>,
    /// Only this unit and those below it.
    pub unit: Option<OrgId>,
}

/// The bulletin's table. Ordered, accepted and paid, and completed take the qualifying lines of canteen, union and bound
/// personal purchases on this platform, of units whose plan was approved by the day; the rate rests on completed. What units
/// without an approved plan bought stands apart: it counts once the plan is approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressView {
    /// The plans' year.
    pub year: i64,
    /// As known at the end of this day.
    pub as_of: Day,
    /// What a row is.
    pub by: ProgressBy,
    /// The rows.
    pub rows: Vec<ProgressRow>,
    /// The sum of the rows, in fen.
    pub total: ProgressRow,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProgressRow {
    /// The unit's id or the region's code; absent on the total row.
    pub key: Option<String>,
    /// Its name.
    pub name: String,
    /// For a unit: its class. `shared_member` units are counted through `via`.
    pub class: Option<UnitClass>,
    /// For a shared member: through whom.
    pub via: Option<String>,
    /// For a unit: whether figures of its plan were approved by the day.
    pub plan_approved: Option<bool>,
    /// For a unit that was merged: into which.
    pub merged_into: Option<String>,
    /// Accounts; every one is in exactly one of the five classes.
    pub accounts: usize,
    /// 已预留.
    pub reserved_units: usize,
    /// Reserved units that have begun to order.
    pub started_units: usize,
    /// 未启动: reserved units that have not.
    pub not_started_units: usize,
    /// 未预留.
    pub not_reserved_units: usize,
    /// 不适用.
    pub not_applicable_units: usize,
    /// 合用食堂成员.
    pub shared_member_units: usize,
    /// 已合并: their year is their successor's.
    pub merged_units: usize,
    /// Canteen and union reserve: the denominator.
    pub reserved_fen: Fen,
    /// Of it canteen.
    pub reserved_canteen_fen: Fen,
    /// Of it union.
    pub reserved_union_fen: Fen,
    /// Ordered.
    pub ordered_fen: Fen,
    /// Accepted and paid.
    pub accepted_paid_fen: Fen,
    /// Completed: the numerator.
    pub completed_fen: Fen,
    /// Of it canteen money.
    pub completed_canteen_fen: Fen,
    /// Of it union money.
    pub completed_union_fen: Fen,
    /// Of it bound personal purchases.
    pub completed_personal_fen: Fen,
    /// Completed ÷ reserved in per cent, two decimals; `N/A` when nothing is reserved.
    #[schema(example = "23.43")]
    pub rate: String,
    /// Its place among the rows by the exact rate, the highest first; rows of one rate share a place. Absent without a reserve.
    pub rank: Option<usize>,
    /// What came after the year had closed; in no other column and not in the rate.
    pub corrections_fen: Fen,
    /// Ordered by units without an approved plan; in no other column and not in the rate.
    pub before_plan_ordered_fen: Fen,
    /// Of them accepted and paid; likewise.
    pub before_plan_accepted_paid_fen: Fen,
    /// Of them completed, with what came after the year had closed; likewise.
    pub before_plan_completed_fen: Fen,
}

/// The progress of a year's plans in scope.
///
/// # Errors
/// `not_found` for a unit outside the scope; when the database fails.
pub fn progress(read: &mut Read, actor: &Actor, wanted: &ProgressWanted) -> Outcome<ProgressView> {
    if !(2012..=2100).contains(&wanted.year) {
        return Err(wrong("year", "应为 2012 至 2100", "must be 2012 to 2100"));
    }
    let reach = narrowed(read, actor, wanted.as_of, wanted.region, wanted.unit)?;
    let units = store::units(read, &reach, wanted.year, wanted.as_of)?;
    let plans: HashMap<OrgId, PlanRow> =
        store::plans(read, wanted.year, wanted.as_of.end())?.into_iter().map(|plan| (plan.unit_id, plan)).collect();
    let mut sums: HashMap<OrgId, Vec<UnitSum>> = HashMap::new();
    for sum in store::unit_sums(read, wanted.year, wanted.as_of.end())? {
        sums.entry(sum.unit_id).or_default().push(sum);
    }
    let names = regions::names(read)?;
    let mut rows: BTreeMap<(usize, String), (ProgressHead, Progress)> = BTreeMap::new();
    let mut total = Progress::default();
    for (place, unit) in units.iter().enumerate() {
        let (class, own) = match &unit.merged_into {
            Some(_) => (UnitClass::Merged, Progress { accounts: 1, merged: 1, ..Progress::default() }),
            None => of_unit(plans.get(&unit.id), sums.get(&unit.id).map_or(&[], Vec::as_slice))?,
        };
        total = total.plus(&own)?;
        let (order, head) = head(wanted.by, place, unit, class, plans.get(&unit.id), &names);
        let row = rows.entry(order).or_insert_with(|| (head, Progress::default()));
        row.1 = row.1.plus(&own)?;
    }
    let (heads, sums): (Vec<ProgressHead>, Vec<Progress>) = rows.into_values().unzip();
    let places = ranks(&sums)?;
    let ranked = heads.into_iter().zip(&sums).zip(places);
    let rows = ranked.map(|((head, sum), rank)| Ok(ProgressRow { rank, ..row(head, sum)? })).collect::<Outcome<_>>()?;
    let whole = ProgressHead { name: "合计".to_owned(), ..ProgressHead::default() };
    Ok(ProgressView { year: wanted.year, as_of: wanted.as_of, by: wanted.by, rows, total: row(whole, &total)? })
}

/// A unit's class and its row.
fn of_unit(plan: Option<&PlanRow>, sums: &[UnitSum]) -> Outcome<(UnitClass, Progress)> {
    let figures = plan.map(PlanRow::figures).transpose()?;
    let class = unit_class(figures);
    let (_, reserves) = figures.unwrap_or((CanteenMode::None, Reserves { canteen: None, union: None }));
    let mut row = Progress {
        accounts: 1,
        reserved: usize::from(class == UnitClass::Reserved),
        not_reserved: usize::from(class == UnitClass::NotReserved),
        not_applicable: usize::from(class == UnitClass::NotApplicable),
        shared_member: usize::from(class == UnitClass::SharedMember),
        reserved_canteen: reserves.canteen.unwrap_or_default(),
        reserved_union: reserves.union.unwrap_or_default(),
        ..Progress::default()
    };
    if figures.is_none() {
        row.before_plan = without_plan(sums)?;
        return Ok((class, row));
    }
    for sum in sums {
        let of_fund = |funds: &mut ByFund, amount: Fen| -> Outcome<()> {
            let part = match sum.fund {
                Fund::Canteen => &mut funds.canteen,
                Fund::Union => &mut funds.union,
                _ => &mut funds.personal,
            };
            *part = part.plus(amount)?;
            Ok(())
        };
        of_fund(&mut row.ordered, sum.ordered)?;
        of_fund(&mut row.accepted_paid, sum.accepted_paid)?;
        of_fund(&mut row.completed, sum.completed)?;
        row.corrections = row.corrections.plus(sum.corrected_completed)?;
    }
    row.started = usize::from(class == UnitClass::Reserved && row.ordered.total()?.get() > 0);
    Ok((class, row))
}

/// What a unit bought that counts nowhere yet. Corrections are of what was counted, so that here they are plain amounts.
fn without_plan(sums: &[UnitSum]) -> Outcome<ThreeAmounts> {
    let mut amounts = ThreeAmounts::default();
    for sum in sums {
        amounts.ordered = amounts.ordered.plus(sum.ordered)?.plus(sum.corrected_ordered)?;
        amounts.accepted_paid = amounts.accepted_paid.plus(sum.accepted_paid)?.plus(sum.corrected_accepted_paid)?;
        amounts.completed = amounts.completed.plus(sum.completed)?.plus(sum.corrected_completed)?;
    }
    Ok(amounts)
}

/// What a row is about.
#[derive(Debug, Default)]
struct ProgressHead {
    key: Option<String>,
    name: String,
    class: Option<UnitClass>,
    via: Option<String>,
    plan_approved: Option<bool>,
    merged_into: Option<String>,
}

/// The row that a unit belongs to: its place in the table, and what it is about.
fn head(
    by: ProgressBy,
    place: usize,
    unit: &Unit,
    class: UnitClass,
    plan: Option<&PlanRow>,
    names: &BTreeMap<RegionCode, String>,
) -> ((usize, String), ProgressHead) {
    match by {
        ProgressBy::Unit => {
            let via = plan.filter(|_| class == UnitClass::SharedMember).and_then(|plan| plan.representative.clone());
            let (key, name) = (Some(unit.id.to_string()), unit.name.clone());
            let merged_into = unit.merged_into.clone();
            (
                (place, String::new()),
                ProgressHead { key, name, class: Some(class), via, merged_into, plan_approved: Some(plan.is_some()) },
            )
        }
        ProgressBy::Region => {
            let code = unit.region_code.clone();
            let known = code.parse().ok().and_then(|code: RegionCode| names.get(&code).cloned());
            let name = known.unwrap_or_else(|| code.clone());
            ((0, code.clone()), ProgressHead { key: Some(code), name, ..ProgressHead::default() })
        }
        ProgressBy::Department => {
            let id = unit.top_id.unwrap_or(unit.id).to_string();
            let name = unit.top_name.clone().unwrap_or_else(|| unit.name.clone());
            ((0, id.clone()), ProgressHead { key: Some(id), name, ..ProgressHead::default() })
        }
        ProgressBy::City | ProgressBy::Level => of_region(by, &unit.region_code, names),
        ProgressBy::SupervisingUnit => {
            // Who stands below nobody supervises itself.
            let id = unit.parent_id.unwrap_or(unit.id).to_string();
            let name = unit.parent_name.clone().unwrap_or_else(|| unit.name.clone());
            ((0, id.clone()), ProgressHead { key: Some(id), name, ..ProgressHead::default() })
        }
    }
}

/// The row of a unit's prefecture, or of the level of its region.
fn of_region(
    by: ProgressBy,
    region_code: &str,
    names: &BTreeMap<RegionCode, String>,
) -> ((usize, String), ProgressHead) {
    let Ok(region) = region_code.parse::<RegionCode>() else {
        let code = region_code.to_owned();
        return ((3, code.clone()), ProgressHead { key: Some(code.clone()), name: code, ..ProgressHead::default() });
    };
    if by == ProgressBy::Level {
        let (place, key, name) = match region.level() {
            RegionLevel::Province => (0, "province", "省级"),
            RegionLevel::Prefecture => (1, "prefecture", "市级"),
            RegionLevel::County | RegionLevel::Township | RegionLevel::Village => (2, "county", "县级"),
        };
        let head = ProgressHead { key: Some(key.to_owned()), name: name.to_owned(), ..ProgressHead::default() };
        return ((place, key.to_owned()), head);
    }
    let above = std::iter::once(region).chain(region.ancestors());
    let city = above.into_iter().find(|code| code.level() == RegionLevel::Prefecture).unwrap_or(region);
    let named = names.get(&city).cloned().unwrap_or_else(|| city.to_string());
    let own = region.level() == RegionLevel::Province;
    let name = if own { format!("{named}本级") } else { named };
    (
        (usize::from(!own), city.to_string()),
        ProgressHead { key: Some(city.to_string()), name, ..ProgressHead::default() },
    )
}

fn row(head: ProgressHead, sum: &Progress) -> Outcome<ProgressRow> {
    Ok(ProgressRow {
        key: head.key,
        name: head.name,
        class: head.class,
        via: head.via,
        plan_approved: head.plan_approved,
        merged_into: head.merged_into,
        accounts: sum.accounts,
        reserved_units: sum.reserved,
        started_units: sum.started,
        not_started_units: sum.reserved.saturating_sub(sum.started),
        not_reserved_units: sum.not_reserved,
        not_applicable_units: sum.not_applicable,
        shared_member_units: sum.shared_member,
        merged_units: sum.merged,
        reserved_fen: sum.reserved_fen()?,
        reserved_canteen_fen: sum.reserved_canteen,
        reserved_union_fen: sum.reserved_union,
        ordered_fen: sum.ordered.total()?,
        accepted_paid_fen: sum.accepted_paid.total()?,
        completed_fen: sum.completed.total()?,
        completed_canteen_fen: sum.completed.canteen,
        completed_union_fen: sum.completed.union,
        completed_personal_fen: sum.completed.personal,
        rate: sum.rate()?,
        rank: None,
        corrections_fen: sum.corrections,
        before_plan_ordered_fen: sum.before_plan.ordered,
        before_plan_accepted_paid_fen: sum.before_plan.accepted_paid,
        before_plan_completed_fen: sum.before_plan.completed,
    })
}

impl ProgressView {
    /// The report as CSV; amounts in yuan.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn csv(&self) -> Outcome<Vec<u8>> {
        let header = [
            "单位或地区",
            "单位编号或地区代码",
            "合用代表",
            "并入单位",
            "账号数",
            "已预留",
            "已启动",
            "未启动",
            "未预留",
            "不适用",
            "合用成员",
            "已合并",
            "预留份额（元）",
            "下单（元）",
            "验收且付款（元）",
            "完成（元）",
            "其中食堂（元）",
            "其中工会（元）",
            "其中个人（元）",
            "完成率（%）",
            "名次",
            "更正（元）",
            "计划未核准：下单（元）",
            "计划未核准：验收且付款（元）",
            "计划未核准：完成（元）",
        ];
        let row = |row: &ProgressRow| {
            let words = [Some(&row.name), row.key.as_ref(), row.via.as_ref(), row.merged_into.as_ref()];
            let mut cells: Vec<Cell> = words.map(|word| Cell::from(word.cloned().unwrap_or_default())).into();
            let counts = [
                row.accounts,
                row.reserved_units,
                row.started_units,
                row.not_started_units,
                row.not_reserved_units,
                row.not_applicable_units,
                row.shared_member_units,
                row.merged_units,
            ];
            cells.extend(counts.map(Cell::count));
            let amounts = [
                row.reserved_fen,
                row.ordered_fen,
                row.accepted_paid_fen,
                row.completed_fen,
                row.completed_canteen_fen,
                row.completed_union_fen,
                row.completed_personal_fen,
            ];
            cells.extend(amounts.map(Cell::yuan));
            cells.push(Cell::Figure(row.rate.clone()));
            cells.push(row.rank.map_or_else(|| Cell::from(""), Cell::count));
            let apart = [
                row.corrections_fen,
                row.before_plan_ordered_fen,
                row.before_plan_accepted_paid_fen,
                row.before_plan_completed_fen,
            ];
            cells.extend(apart.map(Cell::yuan));
            cells
        };
        let rows: Vec<Vec<Cell>> = self.rows.iter().chain([&self.total]).map(row).collect();
        sheet::csv(&header, &rows)
    }
}
