//! The buyer matches a statement with what it accepted; the records are asked again at that moment.

use super::{PAYERS, SELLERS, claim_shown, last, left_out, record, standings, tell};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::StatementId;
use crate::platform::db::Tx;
use crate::statements::records;
use crate::statements::rules::difference::{
    Difference, Line, StatementDifferenceKind, StatementDifferenceSource, differences,
};
use crate::statements::rules::matching::{LineMatch, StatementLineResult, faults};
use crate::statements::rules::state::{Event, step};
use crate::statements::store::{self, DifferenceRow, LineRow, StatementRow};
use serde_json::json;

/// Confirms a statement when the buyer agrees with every line and the records say the same; else sends it back with every
/// difference.
///
/// # Errors
/// `not_found`; `forbidden` for who only pays; `wrong_state`; `stale_version` when another revision was submitted;
/// `validation_failed` with every result that is wrong or missing.
pub fn reconcile(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: StatementId,
    (revision, results): (i64, &[LineMatch]),
) -> Outcome<StatementRow> {
    let mut row = claim_shown(tx, actor, id)?;
    if row.buyer_id != actor.org_id {
        let error = AppError::new(Code::Forbidden);
        return Err(error.detail("对账由采购单位办理", "The unit that bought matches its statements"));
    }
    step(row.state, Event::Agree)?;
    if row.revision != revision {
        return Err(AppError::new(Code::StaleVersion).with("revision", row.revision));
    }
    let stated = store::lines_of(tx, id, revision)?;
    let wrong = faults(results, stated.len());
    if !wrong.is_empty() {
        return Err(AppError::several(wrong));
    }
    let mut last = last(tx, &row)?;
    let now = standings(tx, &row, &left_out(&last)?)?;
    let now: Vec<Line> = records::lines(&row, &now).iter().map(LineRow::line).collect();
    let lines: Vec<Line> = stated.iter().map(LineRow::line).collect();
    let found = rows(&row, &stated, results, &differences(&lines, &now)?)?;
    let (action, event) =
        if found.is_empty() { ("statement.confirmed", Event::Agree) } else { ("statement.differed", Event::Differ) };
    row.state = step(row.state, event)?;
    if found.is_empty() {
        row.confirmed_by = Some(actor.user_id);
        row.confirmed_at = Some(tx.at());
    }
    last.answered_by = Some(actor.user_id);
    last.answered_at = Some(tx.at());
    store::save_revision(tx, &last)?;
    store::insert_differences(tx, &found)?;
    store::save(tx, &row)?;
    let details = json!({ "revision": revision, "payable_fen": last.payable_fen, "differences": found.len() });
    record(tx, actor, &row, action, details)?;
    if found.is_empty() {
        let fen = last.payable_fen;
        let (zh, en) = (format!("已确认对账单，应付 {fen} 元"), format!("confirms the statement over {fen} yuan"));
        tell(tx, (row.supplier_id, SELLERS), (&row, actor), (&zh, &en))?;
        tell(tx, (row.payer_id, PAYERS), (&row, actor), (&zh, &en))?;
    } else {
        let count = found.len();
        let (zh, en) =
            (format!("退回了对账单，有 {count} 处差异"), format!("sends the statement back with {count} differences"));
        tell(tx, (row.supplier_id, SELLERS), (&row, actor), (&zh, &en))?;
    }
    Ok(row)
}

/// What the buyer says and what the records show, one after another.
fn rows(
    row: &StatementRow,
    stated: &[LineRow],
    results: &[LineMatch],
    found: &[Difference],
) -> Outcome<Vec<DifferenceRow>> {
    let blank = |line: Option<&LineRow>, own: &Difference| DifferenceRow {
        statement_id: row.id,
        revision: row.revision,
        position: 0,
        line_no: line.map(|line| line.line_no),
        order_id: own.order,
        order_line_no: own.line_no,
        source: StatementDifferenceSource::Records,
        kind: own.kind,
        stated_fen: own.stated,
        found_fen: Some(own.found),
        found_quantity: None,
        reason: None,
    };
    let mut rows = Vec::new();
    for one in results.iter().filter(|one| one.result == StatementLineResult::Differing) {
        let Some(line) = stated.iter().find(|line| line.line_no == one.line_no) else { continue };
        rows.push(DifferenceRow {
            statement_id: row.id,
            revision: row.revision,
            position: 0,
            line_no: Some(line.line_no),
            order_id: line.order_id,
            order_line_no: line.order_line_no,
            source: StatementDifferenceSource::Buyer,
            kind: StatementDifferenceKind::Claimed,
            stated_fen: line.sums().kept()?,
            found_fen: one.amount,
            found_quantity: one.quantity,
            reason: Some(one.reason.as_deref().unwrap_or_default().trim().to_owned()),
        });
    }
    rows.extend(found.iter().map(|own| blank(own.place.and_then(|place| stated.get(place)), own)));
    Ok((1..).zip(rows).map(|(position, row)| DifferenceRow { position, ..row }).collect())
}
