//! What auditors, and supervising units of their own subtree, see of anomalies.

use super::rules::{AnomalyKind, AnomalyMeasure, AnomalyState};
use super::store::{self, AnomalyRow, Narrow, Reach};
use crate::identity::{self, Organisation};
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{AnomalyId, DutyExceptionId, OrderId, OrderLineId, OrgId, ProductId, RuleId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

pub use super::store::Narrow as AnomaliesWanted;

/// Something unusual about a purchase, with the numbers of the day on which it was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnomalyView {
    /// Its id.
    pub id: AnomalyId,
    /// What.
    pub kind: AnomalyKind,
    /// Where it stands.
    pub state: AnomalyState,
    /// Why it is unusual, Chinese.
    pub reason_zh: String,
    /// Why it is unusual, English.
    pub reason_en: String,
    /// The order; the first of several.
    pub order_id: Option<OrderId>,
    /// Its line.
    pub line_id: Option<OrderLineId>,
    /// The product.
    pub product_id: Option<ProductId>,
    /// Whose purchases; absent where it is about a supplier alone.
    pub unit_id: Option<OrgId>,
    /// The unit's name.
    pub unit_name: Option<String>,
    /// Who sold.
    pub supplier_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// The unit's region, or the supplier's where it is about that alone.
    pub region_code: RegionCode,
    /// The year of the day that it is about.
    pub year: i64,
    /// The day that it is about.
    pub day: Day,
    /// When it was found.
    pub found_at: At,
    /// What the numbers are.
    pub measure: AnomalyMeasure,
    /// The number at issue.
    pub value: Option<i64>,
    /// What it is compared with: the last one, the median, the whole, the declared one; of split orders the days.
    pub compared: Option<i64>,
    /// The threshold: a factor, parts per million, or an amount, by the rule row.
    pub threshold: Option<i64>,
    /// How many: orders, or prices of like goods.
    pub counted: Option<i64>,
    /// The rule row that was used.
    pub rule_id: Option<RuleId>,
    /// The exception from the separation of duties under which it happened.
    pub exception_id: Option<DutyExceptionId>,
    /// The orders that it is made of, where they are several.
    pub orders: Vec<OrderId>,
    /// Who decided; stored for ever.
    pub decided_by: Option<UserId>,
    /// For which organisation.
    pub decided_for: Option<OrgId>,
    /// When.
    pub decided_at: Option<At>,
    /// Why.
    pub decision_reason: Option<String>,
    /// For If-Match.
    pub etag: String,
}

impl AnomalyView {
    fn new(row: AnomalyRow, known: &[Organisation]) -> Outcome<AnomalyView> {
        let name = |id: OrgId| known.iter().find(|org| org.id == id).map(|org| org.name.clone());
        Ok(AnomalyView {
            id: row.id,
            kind: row.kind,
            state: row.state,
            reason_zh: row.reason_zh,
            reason_en: row.reason_en,
            order_id: row.order_id,
            line_id: row.line_id,
            product_id: row.product_id,
            unit_id: row.unit_id,
            unit_name: row.unit_id.and_then(name),
            supplier_id: row.supplier_id,
            supplier_name: name(row.supplier_id).unwrap_or_default(),
            region_code: row.region_code,
            year: row.year,
            day: row.day,
            found_at: row.found_at,
            measure: row.measure,
            value: row.value,
            compared: row.compared,
            threshold: row.threshold,
            counted: row.counted,
            rule_id: row.rule_id,
            exception_id: row.exception_id,
            orders: serde_json::from_str(&row.orders).map_err(AppError::internal)?,
            decided_by: row.decided_by,
            decided_for: row.decided_for,
            decided_at: row.decided_at,
            decision_reason: row.decision_reason,
            etag: etag(row.version),
        })
    }
}

/// Whose anomalies an actor reaches: auditors their region's, supervising units those of their subtree.
pub fn reach(on: &mut Read, actor: &Actor, today: Day) -> Outcome<Reach> {
    Ok(match &actor.scope {
        Scope::Platform => Reach::Everything,
        Scope::Region(code) => Reach::RegionIn(code.subtree()),
        Scope::UnitTree(root) => Reach::Units(identity::subtree(on, *root, today)?),
        // Nobody with such a scope audits.
        Scope::Org(_) => return Err(Code::Forbidden.into()),
    })
}

fn organisations(on: &mut Read, rows: &[AnomalyRow]) -> Outcome<Vec<Organisation>> {
    let ids: BTreeSet<OrgId> = rows.iter().flat_map(|row| row.unit_id.into_iter().chain([row.supplier_id])).collect();
    identity::organisations(on, &ids.into_iter().collect::<Vec<_>>())
}

/// Anomalies in scope, the latest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn anomalies(
    on: &mut Read,
    actor: &Actor,
    wanted: &Narrow,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<AnomalyView>> {
    let reach = reach(on, actor, today)?;
    let rows = store::list(on, &reach, wanted, page.key()?, page.fetch())?;
    let known = organisations(on, &rows)?;
    Page::cut(rows, page, |row| vec![row.id.to_string()]).try_map(|row| AnomalyView::new(row, &known))
}

/// An anomaly in scope, and its version.
///
/// # Errors
/// `not_found` outside the scope.
pub fn anomaly(on: &mut Read, actor: &Actor, id: AnomalyId, today: Day) -> Outcome<(AnomalyView, i64)> {
    let reach = reach(on, actor, today)?;
    let row = store::find(on, &reach, id)?.ok_or(Code::NotFound)?;
    let version = row.version;
    Ok((shown(on, row)?, version))
}

/// A row as it is shown.
pub fn shown(on: &mut Read, row: AnomalyRow) -> Outcome<AnomalyView> {
    let known = organisations(on, std::slice::from_ref(&row))?;
    AnomalyView::new(row, &known)
}
