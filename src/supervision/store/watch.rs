//! SQL of the price watch, and of what is done once for each month.

use crate::each;
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FindingId, ListingId, OrgId, PriceAlertId, RuleId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use crate::supervision::rules::{PriceAlertState, PriceReason, SettledBy};
use crate::supervision::schema::watch::{
    price_alerts as alerts, price_watch_months as months, supervision_runs as runs,
};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// Rows inserted by one statement: each has few columns, and a statement has a limit of parameters.
const CHUNK: usize = 500;
/// An alert that still says so.
const RUNNING: [PriceAlertState; 2] = [PriceAlertState::Open, PriceAlertState::Finding];

/// How far something that is done once for a month has come.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = runs, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RunRow {
    pub task: String,
    pub month: String,
    pub reached: Option<OrgId>,
    pub started_at: At,
    pub finished_at: Option<At>,
    pub version: i64,
}

/// A stored median.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = months, treat_none_as_default_value = false)]
pub struct MedianRow {
    pub month: String,
    pub category: Category,
    pub mark: Mark,
    pub region_code: RegionCode,
    pub goods: i64,
    pub suppliers: i64,
    pub median_fen: Fen,
}

/// A stored alert.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = alerts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AlertRow {
    pub id: PriceAlertId,
    pub month: String,
    pub last_month: String,
    pub listing_id: ListingId,
    pub name: String,
    pub org_id: OrgId,
    pub org_name: String,
    pub region_code: RegionCode,
    pub category: Category,
    pub mark: Mark,
    pub reason: PriceReason,
    pub price_fen: Fen,
    pub compared_in: Option<RegionCode>,
    pub median_fen: Option<Fen>,
    pub goods: Option<i64>,
    pub factor_ppm: Option<Ppm>,
    pub factor_rule_id: Option<RuleId>,
    pub goods_rule_id: Option<RuleId>,
    pub evidence_fen: Option<Fen>,
    pub state: PriceAlertState,
    pub settled_by: Option<SettledBy>,
    pub settled_fen: Option<Fen>,
    pub finding_id: Option<FindingId>,
    pub decided_by: Option<UserId>,
    pub decision_reason: Option<String>,
    pub raised_at: At,
    pub ended_at: Option<At>,
    pub version: i64,
}

/// Which alerts are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedAlerts {
    pub month: Option<String>,
    pub state: Option<PriceAlertState>,
    pub reason: Option<PriceReason>,
    pub supplier: Option<OrgId>,
}

/// Begins a run unless it was begun, and locks it.
pub fn claim_run(tx: &mut Tx<'_>, task: &str, month: &str) -> Outcome<RunRow> {
    let row = RunRow {
        task: task.to_owned(),
        month: month.to_owned(),
        reached: None,
        started_at: tx.at(),
        finished_at: None,
        version: 0,
    };
    each!(tx, c => insert_into(runs::table).values(&row).on_conflict_do_nothing().execute(c))?;
    Ok(each!(tx, c => update(runs::table.find((task, month))).set(runs::version.eq(runs::version + 1))
        .returning(RunRow::as_returning()).get_result(c))?)
}

pub fn save_run(tx: &mut Tx<'_>, row: &RunRow) -> Outcome<()> {
    each!(tx, c => update(runs::table.find((&row.task, &row.month))).set(row).execute(c))?;
    Ok(())
}

/// Whether a run is finished.
pub fn is_run(on: &mut Read, task: &str, month: &str) -> Outcome<bool> {
    let finished: Option<Option<At>> =
        each!(on, c => runs::table.find((task, month)).select(runs::finished_at).first(c).optional())?;
    Ok(finished.flatten().is_some())
}

pub fn insert_medians(tx: &mut Tx<'_>, rows: &[MedianRow]) -> Outcome<()> {
    for part in rows.chunks(CHUNK) {
        each!(tx, c => insert_into(months::table).values(part).execute(c))?;
    }
    Ok(())
}

/// The medians of a month in a region and the regions around it, in the order of category, mark and region.
pub fn medians(on: &mut Read, month: &str, category: Option<Category>) -> Outcome<Vec<MedianRow>> {
    Ok(each!(on, c => {
        let mut query = months::table.filter(months::month.eq(month)).select(MedianRow::as_select()).into_boxed();
        if let Some(category) = category {
            query = query.filter(months::category.eq(category));
        }
        query.order((months::category, months::mark, months::region_code)).load(c)
    })?)
}

/// The last month before another whose medians are kept.
pub fn last_median_month(on: &mut Read, before: &str) -> Outcome<Option<String>> {
    Ok(each!(on, c => months::table.filter(months::month.lt(before)).order(months::month.desc())
        .select(months::month).first(c).optional())?)
}

pub fn insert_alert(tx: &mut Tx<'_>, row: &AlertRow) -> Outcome<()> {
    each!(tx, c => insert_into(alerts::table).values(row).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads an alert in scope.
pub fn claim_alert(tx: &mut Tx<'_>, scope: &Scope, id: PriceAlertId) -> Outcome<Option<AlertRow>> {
    Ok(each!(tx, c => {
        let claimed = update(alerts::table.find(id)).set(alerts::version.eq(alerts::version + 1)).into_boxed();
        let claimed = match scope {
            Scope::Platform => claimed,
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                claimed.filter(alerts::region_code.ge(from)).filter(alerts::region_code.lt(to))
            }
            Scope::Org(org) | Scope::UnitTree(org) => claimed.filter(alerts::org_id.eq(*org)),
        };
        claimed.returning(AlertRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes a claimed alert.
pub fn save_alert(tx: &mut Tx<'_>, row: &AlertRow) -> Outcome<usize> {
    Ok(each!(tx, c => update(alerts::table.find(row.id)).filter(alerts::version.eq(row.version)).set(row).execute(c))?)
}

/// Every alert that runs.
pub fn running_alerts(on: &mut Read) -> Outcome<Vec<AlertRow>> {
    Ok(each!(on, c => alerts::table.filter(alerts::state.eq_any(RUNNING)).order(alerts::id)
        .select(AlertRow::as_select()).load(c))?)
}

/// The like prices by which alerts about listings were settled, oldest first.
pub fn covered_listings(on: &mut Read) -> Outcome<Vec<(ListingId, Option<Fen>)>> {
    Ok(each!(on, c => alerts::table.filter(alerts::settled_by.eq(SettledBy::Evidence)).order(alerts::id)
        .select((alerts::listing_id, alerts::settled_fen)).load(c))?)
}

/// How many listings of a supplier had an alert that ran in a month and was not dismissed.
pub fn alerted_listings(on: &mut Read, org: OrgId, month: &str) -> Outcome<i64> {
    let listings: Vec<ListingId> = each!(on, c => alerts::table.filter(alerts::org_id.eq(org))
        .filter(alerts::month.le(month)).filter(alerts::last_month.ge(month))
        .filter(alerts::state.ne(PriceAlertState::Dismissed))
        .order(alerts::listing_id).select(alerts::listing_id).distinct().load(c))?;
    Ok(i64::try_from(listings.len()).unwrap_or(i64::MAX))
}

/// Alerts in scope, the latest first.
pub fn alerts(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedAlerts,
    after: Option<PriceAlertId>,
    limit: i64,
) -> Outcome<Vec<AlertRow>> {
    Ok(each!(on, c => {
        let mut query = alerts::table.select(AlertRow::as_select()).into_boxed();
        match scope {
            Scope::Platform => {}
            Scope::Region(code) => {
                let (from, to) = code.subtree();
                query = query.filter(alerts::region_code.ge(from)).filter(alerts::region_code.lt(to));
            }
            Scope::Org(org) | Scope::UnitTree(org) => query = query.filter(alerts::org_id.eq(*org)),
        }
        if let Some(month) = &wanted.month {
            query = query.filter(alerts::month.le(month)).filter(alerts::last_month.ge(month));
        }
        if let Some(state) = wanted.state {
            query = query.filter(alerts::state.eq(state));
        }
        if let Some(reason) = wanted.reason {
            query = query.filter(alerts::reason.eq(reason));
        }
        if let Some(supplier) = wanted.supplier {
            query = query.filter(alerts::org_id.eq(supplier));
        }
        if let Some(after) = after {
            query = query.filter(alerts::id.lt(after));
        }
        query.order(alerts::id.desc()).limit(limit).load(c)
    })?)
}
