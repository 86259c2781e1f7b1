//! SQL of anomalies and of how far orders were looked at; decides nothing.

use super::rules::{AnomalyKind, AnomalyMeasure, AnomalyState};
use super::schema::{anomalies, anomaly_runs};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AnomalyId, DutyExceptionId, OrderId, OrderLineId, OrgId, ProductId, RuleId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// The task in the table of runs.
const TASK: &str = "orders";
/// Rows inserted by one statement: a statement has a limit of parameters.
const CHUNK: usize = 200;

/// A stored anomaly.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = anomalies, treat_none_as_default_value = false)]
pub struct AnomalyRow {
    pub id: AnomalyId,
    pub kind: AnomalyKind,
    pub subject: String,
    pub order_id: Option<OrderId>,
    pub line_id: Option<OrderLineId>,
    pub product_id: Option<ProductId>,
    pub unit_id: Option<OrgId>,
    pub buyer_id: Option<OrgId>,
    pub supplier_id: OrgId,
    pub region_code: RegionCode,
    pub year: i64,
    pub day: Day,
    pub found_at: At,
    pub measure: AnomalyMeasure,
    pub value: Option<i64>,
    pub compared: Option<i64>,
    pub threshold: Option<i64>,
    pub counted: Option<i64>,
    pub rule_id: Option<RuleId>,
    pub exception_id: Option<DutyExceptionId>,
    pub orders: String,
    pub reason_zh: String,
    pub reason_en: String,
    pub state: AnomalyState,
    pub decided_by: Option<UserId>,
    pub decided_for: Option<OrgId>,
    pub decided_at: Option<At>,
    pub decision_reason: Option<String>,
    pub version: i64,
}

/// Whose anomalies: all, those of a region, or those of units.
#[derive(Debug, Clone)]
pub enum Reach {
    /// All.
    Everything,
    /// Of a region: codes from the first, below the second.
    RegionIn((String, String)),
    /// About purchases of these units.
    Units(Vec<OrgId>),
}

/// Which anomalies are asked for.
#[derive(Debug, Clone, Default)]
pub struct Narrow {
    pub kind: Option<AnomalyKind>,
    pub state: Option<AnomalyState>,
    pub unit: Option<OrgId>,
    pub supplier: Option<OrgId>,
    pub year: Option<i64>,
}

/// Adds anomalies; one of a kind and subject that is known stays as it is. How many are new.
pub fn add(tx: &mut Tx<'_>, rows: &[AnomalyRow]) -> Outcome<usize> {
    let mut added = 0;
    for part in rows.chunks(CHUNK) {
        added += each!(tx, c => insert_into(anomalies::table).values(part).on_conflict_do_nothing().execute(c))?;
    }
    Ok(added)
}

/// The last change of an order that was looked at.
pub fn reached(on: &mut Read) -> Outcome<Option<At>> {
    Ok(each!(on, c => anomaly_runs::table.find(TASK).select(anomaly_runs::reached_at).first(c).optional())?)
}

/// Says how far orders were looked at.
pub fn reach(tx: &mut Tx<'_>, at: At) -> Outcome<()> {
    let row = (anomaly_runs::task.eq(TASK), anomaly_runs::reached_at.eq(at));
    each!(tx, c => insert_into(anomaly_runs::table).values(row).on_conflict(anomaly_runs::task).do_update()
        .set(anomaly_runs::reached_at.eq(at)).execute(c))?;
    Ok(())
}

/// Locks, counts up and loads an anomaly within reach.
pub fn claim(tx: &mut Tx<'_>, reach: &Reach, id: AnomalyId) -> Outcome<Option<AnomalyRow>> {
    Ok(each!(tx, c => {
        let claimed = update(anomalies::table.find(id)).set(anomalies::version.eq(anomalies::version + 1)).into_boxed();
        let claimed = match reach {
            Reach::Everything => claimed,
            Reach::RegionIn((from, to)) => {
                claimed.filter(anomalies::region_code.ge(from)).filter(anomalies::region_code.lt(to))
            }
            Reach::Units(units) => claimed.filter(anomalies::unit_id.eq_any(units)),
        };
        claimed.returning(AnomalyRow::as_returning()).get_result(c).optional()
    })?)
}

/// Writes what was decided about a claimed anomaly.
pub fn decide(tx: &mut Tx<'_>, row: &AnomalyRow) -> Outcome<()> {
    let decision = (
        anomalies::state.eq(row.state),
        anomalies::decided_by.eq(row.decided_by),
        anomalies::decided_for.eq(row.decided_for),
        anomalies::decided_at.eq(row.decided_at),
        anomalies::decision_reason.eq(row.decision_reason.clone()),
    );
    each!(tx, c => update(anomalies::table.find(row.id)).set(decision).execute(c))?;
    Ok(())
}

/// An anomaly within reach.
pub fn find(on: &mut Read, reach: &Reach, id: AnomalyId) -> Outcome<Option<AnomalyRow>> {
    Ok(each!(on, c => {
        let query = anomalies::table.find(id).select(AnomalyRow::as_select()).into_boxed();
        let query = match reach {
            Reach::Everything => query,
            Reach::RegionIn((from, to)) => {
                query.filter(anomalies::region_code.ge(from)).filter(anomalies::region_code.lt(to))
            }
            Reach::Units(units) => query.filter(anomalies::unit_id.eq_any(units)),
        };
        query.first(c).optional()
    })?)
}

/// Anomalies within reach, the latest first.
pub fn list(
    on: &mut Read,
    reach: &Reach,
    narrow: &Narrow,
    after: Option<AnomalyId>,
    most: i64,
) -> Outcome<Vec<AnomalyRow>> {
    Ok(each!(on, c => {
        let mut query = anomalies::table.select(AnomalyRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::RegionIn((from, to)) => {
                query = query.filter(anomalies::region_code.ge(from)).filter(anomalies::region_code.lt(to));
            }
            Reach::Units(units) => query = query.filter(anomalies::unit_id.eq_any(units)),
        }
        if let Some(kind) = narrow.kind {
            query = query.filter(anomalies::kind.eq(kind));
        }
        if let Some(state) = narrow.state {
            query = query.filter(anomalies::state.eq(state));
        }
        if let Some(unit) = narrow.unit {
            query = query.filter(anomalies::unit_id.eq(unit));
        }
        if let Some(supplier) = narrow.supplier {
            query = query.filter(anomalies::supplier_id.eq(supplier));
        }
        if let Some(year) = narrow.year {
            query = query.filter(anomalies::year.eq(year));
        }
        if let Some(after) = after {
            query = query.filter(anomalies::id.lt(after));
        }
        query.order(anomalies::id.desc()).limit(most).load(c)
    })?)
}
