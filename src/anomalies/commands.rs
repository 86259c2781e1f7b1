//! Finding anomalies, and what auditors make of them.

use super::detect::{self, Finding};
use super::queries;
use super::rules::{self, AnomalyRuling, AnomalyState};
use super::store::{self, AnomalyRow};
use crate::audit;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{AnomalyId, OrderId};
use crate::kernel::time::At;
use crate::ordering;
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use serde_json::json;

/// Orders looked at together.
const BATCH: i64 = 500;
/// A change is looked at again for so long: what began earlier may be committed later, with its earlier time.
const OVERLAP_MS: i64 = 3_600_000;

/// Looks at every order that changed since the last run, batch by batch; how many anomalies are new.
///
/// # Errors
/// When the database fails.
pub async fn detect(db: &Store, ctx: Ctx) -> Outcome<usize> {
    let (today, reached) = (ctx.at.day(), db.read(store::reached).await?);
    let from = reached.map_or(At(0), |at| at.plus_ms(-OVERLAP_MS));
    let (mut after, mut added): (Option<(At, OrderId)>, usize) = (None, 0);
    loop {
        let looked = move |read: &mut crate::platform::db::Read| {
            let orders = ordering::changed_purchases(read, from, after, BATCH)?;
            let last = orders.last().map(|order| (order.updated_at, order.id));
            Ok((detect::look(read, &orders, today)?, last))
        };
        let (found, last) = db.read(looked).await?;
        let Some(last) = last else { return Ok(added) };
        if !found.is_empty() || reached.is_none_or(|at| last.0 > at) {
            added += db.write(ctx.clone(), move |tx| keep(tx, &found, last.0)).await?;
        }
        after = Some(last);
    }
}

/// Keeps what is new, and how far orders were looked at.
fn keep(tx: &mut Tx<'_>, found: &[Finding], reached: At) -> Outcome<usize> {
    let rows = found.iter().map(|finding| row(tx, finding)).collect::<Outcome<Vec<_>>>()?;
    let added = store::add(tx, &rows)?;
    store::reach(tx, reached)?;
    Ok(added)
}

fn row(tx: &Tx<'_>, finding: &Finding) -> Outcome<AnomalyRow> {
    let (about, figures) = (&finding.about, &finding.figures);
    Ok(AnomalyRow {
        id: tx.new_id(),
        kind: finding.kind,
        subject: finding.subject.clone(),
        order_id: about.order,
        line_id: about.line,
        product_id: about.product,
        unit_id: about.unit,
        buyer_id: about.buyer,
        supplier_id: about.supplier,
        region_code: about.region,
        year: finding.day.year(),
        day: finding.day,
        found_at: tx.at(),
        measure: figures.measure,
        value: figures.value,
        compared: figures.compared,
        threshold: figures.threshold,
        counted: figures.counted,
        rule_id: finding.rule,
        exception_id: finding.exception,
        orders: serde_json::to_string(&finding.orders).map_err(AppError::internal)?,
        reason_zh: finding.reason.zh.clone(),
        reason_en: finding.reason.en.clone(),
        state: AnomalyState::Open,
        decided_by: None,
        decided_for: None,
        decided_at: None,
        decision_reason: None,
        version: 1,
    })
}

/// Explains or dismisses an open anomaly, with a reason.
///
/// # Errors
/// `not_found`, `stale_version`, `separation_of_duties`, `wrong_state`.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AnomalyId,
    version: i64,
    (ruling, reason): (AnomalyRuling, &str),
) -> Outcome<AnomalyRow> {
    let today = tx.at().day();
    let reach = queries::reach(tx, actor, today)?;
    let mut row = store::claim(tx, &reach, id)?.ok_or(Code::NotFound)?;
    if version != row.version - 1 {
        return Err(Code::StaleVersion.into());
    }
    let mut party = false;
    for org in row.unit_id.into_iter().chain(row.buyer_id).chain([row.supplier_id]) {
        party |= identity::is_member(tx, actor.user_id, org)?;
    }
    row.state = rules::decided(row.state, ruling, party)?;
    (row.decided_by, row.decided_for) = (Some(actor.user_id), Some(actor.org_id));
    (row.decided_at, row.decision_reason) = (Some(tx.at()), Some(reason.trim().to_owned()));
    store::decide(tx, &row)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "anomaly.decided",
        subject: row.id.to_string(),
        // Whom it is about is not told.
        owner_org: actor.org_id,
        other_org: None,
        region: row.region_code,
        details: json!({ "kind": row.kind, "decision": ruling, "reason": row.decision_reason }),
    };
    audit::record(tx, &entry)?;
    Ok(row)
}
