//! The supplier draws a statement up, amends it, submits it and takes it back.

use super::{BUYERS, claim_own, enter, last, left_out, record, standings, stated_elsewhere, tell, wrong};
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrderId, OrgId, StatementId};
use crate::kernel::time::Day;
use crate::ordering;
use crate::platform::db::Tx;
use crate::statements::records;
use crate::statements::rules::difference::Line;
use crate::statements::rules::state::{Event, ReconciliationState, step};
use crate::statements::store::{self, LineRow, StatementRow};
use serde_json::json;
use std::collections::BTreeSet;

/// Days of a period at most: a quarter.
const MOST_DAYS: i64 = 92;
/// Lines of a statement at most.
const MOST_LINES: usize = 1000;

/// What is to be stated.
#[derive(Debug, Clone)]
pub struct NewStatement {
    /// Who ordered and accepted.
    pub buyer: OrgId,
    /// Who pays; where the orders of the period have one payer it need not be named.
    pub payer: Option<OrgId>,
    /// The first day of the period.
    pub first: Day,
    /// The last one.
    pub last: Day,
    /// Orders that are not stated.
    pub leave_out: Vec<OrderId>,
    /// In words.
    pub note: Option<String>,
}

/// Draws up a statement of everything that a buyer accepted in a period and that stands in no other statement.
///
/// # Errors
/// `validation_failed` with every field that is wrong; `not_found` for orders that are to be left out and are none of the
/// period; `already_exists` when all of it stands in other statements.
pub fn draft(tx: &mut Tx<'_>, actor: &Actor, new: &NewStatement) -> Outcome<StatementRow> {
    store::claim_desk(tx, actor.org_id)?;
    let mut faults = Vec::new();
    if new.last < new.first {
        faults.push(wrong("/until", "不能早于起始日", "is before the first day"));
    } else if new.last.epoch_days() - new.first.epoch_days() >= MOST_DAYS {
        faults.push(wrong("/until", "期间最长92天", "is more than 92 days after the first day"));
    }
    let found = ordering::accepted_in(tx, (actor.org_id, new.buyer), new.payer, (new.first, new.last))?;
    let payers: BTreeSet<OrgId> = found.iter().map(|(_, payer)| *payer).collect();
    if payers.len() > 1 {
        faults.push(several_payers(tx, &payers)?);
    }
    match payers.first() {
        // Whoever it is that is no buyer here: nobody learns more.
        None => {
            faults.push(wrong("/buyer_id", "该期间没有此采购单位的验收", "accepted nothing of yours in this period"));
        }
        Some(_) => faults.extend(unknown(&new.leave_out, &found.iter().map(|(id, _)| *id).collect())),
    }
    let Some(payer_id) = payers.first().copied().filter(|_| faults.is_empty()) else {
        return Err(AppError::several(faults));
    };
    let row = StatementRow {
        id: tx.new_id(),
        supplier_id: actor.org_id,
        buyer_id: new.buyer,
        buyer_region: identity::organisation(tx, new.buyer)?.region_code,
        payer_id,
        first_day: new.first,
        last_day: new.last,
        state: ReconciliationState::Draft,
        revision: 1,
        submitted_revision: 0,
        drafted_at: tx.at(),
        confirmed_by: None,
        confirmed_at: None,
        withdrawn_by: None,
        withdrawn_at: None,
        withdrawal_reason: None,
        version: 1,
    };
    let out: BTreeSet<OrderId> = new.leave_out.iter().copied().collect();
    let lines = drawn(tx, &row, &out)?;
    store::insert(tx, &row)?;
    let revision = enter(tx, actor, &row, &lines, (&out, new.note.as_deref()))?;
    let details = json!({ "revision": 1, "payable_fen": revision.payable_fen });
    record(tx, actor, &row, "statement.drafted", details)?;
    Ok(row)
}

fn several_payers(tx: &mut Tx<'_>, payers: &BTreeSet<OrgId>) -> Outcome<AppError> {
    let ids: Vec<OrgId> = payers.iter().copied().collect();
    let named: Vec<String> =
        identity::organisations(tx, &ids)?.iter().map(|org| format!("{}（{}）", org.name, org.id)).collect();
    let (zh, en) = (
        format!("该期间的订单由多个单位付款，请指明其一：{}", named.join("、")),
        format!("the orders of this period have several payers, name one: {}", named.join(", ")),
    );
    Ok(wrong("/payer_id", &zh, &en))
}

/// Orders that are to be left out and are none of the period.
fn unknown(asked: &[OrderId], known: &BTreeSet<OrderId>) -> Vec<AppError> {
    let strange = asked.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let fault = |(place, id): (usize, &OrderId)| {
        let message =
            Message::new(format!("该期间没有订单 {id} 的验收"), format!("nothing of {id} was accepted in this period"));
        AppError::field(Code::NotFound, format!("/leave_out/{place}"), message)
    };
    strange.map(fault).collect()
}

/// The lines of a statement by the records of this moment.
fn drawn(tx: &mut Tx<'_>, row: &StatementRow, out: &BTreeSet<OrderId>) -> Outcome<Vec<LineRow>> {
    let standings = standings(tx, row, out)?;
    let lines = records::lines(row, &standings);
    if lines.len() > MOST_LINES {
        let (zh, en) = ("超过1000行，请缩短期间", "is too far: the statement would have more than 1000 lines");
        return Err(wrong("/until", zh, en));
    }
    if lines.is_empty() {
        let period = row.first_day..=row.last_day;
        let others = standings.iter().flat_map(|s| &s.entries).filter(|e| period.contains(&e.accepted_on));
        let others: BTreeSet<StatementId> = others.filter_map(|entry| entry.statement).collect();
        return Err(if others.is_empty() {
            wrong("/leave_out", "不能全部不列", "leaves nothing to state")
        } else {
            stated_elsewhere(&others.into_iter().collect::<Vec<_>>())
        });
    }
    Ok(lines)
}

/// Whether two drawings say the same.
fn same(a: &[LineRow], b: &[LineRow]) -> bool {
    a.iter().map(LineRow::line).collect::<Vec<Line>>() == b.iter().map(LineRow::line).collect::<Vec<Line>>()
}

/// Draws a draft, or a statement that was sent back, up anew with other orders left out.
///
/// # Errors
/// `not_found`; `wrong_state`; `not_found` for orders that are none of the period; `validation_failed` when nothing is left, or
/// nothing changes.
pub fn amend(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: StatementId,
    (leave_out, note): (&[OrderId], Option<&str>),
) -> Outcome<StatementRow> {
    store::claim_desk(tx, actor.org_id)?;
    let mut row = claim_own(tx, actor, id)?;
    row.state = step(row.state, Event::Amend)?;
    let (parties, period) = ((row.supplier_id, row.buyer_id), (row.first_day, row.last_day));
    let found = ordering::accepted_in(tx, parties, Some(row.payer_id), period)?;
    let faults = unknown(leave_out, &found.into_iter().map(|(id, _)| id).collect());
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let (before, stated) = (last(tx, &row)?, store::lines_of(tx, id, row.revision)?);
    row.revision += 1;
    let out: BTreeSet<OrderId> = leave_out.iter().copied().collect();
    let lines = drawn(tx, &row, &out)?;
    if same(&stated, &lines) && left_out(&before)? == out {
        return Err(wrong("/leave_out", "没有任何变更", "changes nothing"));
    }
    let revision = enter(tx, actor, &row, &lines, (&out, note))?;
    store::save(tx, &row)?;
    let details = json!({ "revision": row.revision, "payable_fen": revision.payable_fen });
    record(tx, actor, &row, "statement.amended", details)?;
    Ok(row)
}

/// Sends a statement to its buyer, as the records stand at this moment: what changed since it was drawn up makes a revision of
/// its own, and so does sending what was sent back.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn submit(tx: &mut Tx<'_>, actor: &Actor, id: StatementId, note: Option<&str>) -> Outcome<StatementRow> {
    store::claim_desk(tx, actor.org_id)?;
    let mut row = claim_own(tx, actor, id)?;
    row.state = step(row.state, Event::Submit)?;
    let (mut revision, stated) = (last(tx, &row)?, store::lines_of(tx, id, row.revision)?);
    let out = left_out(&revision)?;
    let lines = drawn(tx, &row, &out)?;
    if row.revision == row.submitted_revision || !same(&stated, &lines) {
        row.revision += 1;
        let lines: Vec<LineRow> = lines.into_iter().map(|line| LineRow { revision: row.revision, ..line }).collect();
        revision = enter(tx, actor, &row, &lines, (&out, note))?;
    }
    row.submitted_revision = row.revision;
    revision.note = note.map(|text| text.trim().to_owned()).or(revision.note);
    revision.submitted_by = Some(actor.user_id);
    revision.submitted_at = Some(tx.at());
    store::save_revision(tx, &revision)?;
    store::save(tx, &row)?;
    let details = json!({ "revision": row.revision, "payable_fen": revision.payable_fen });
    record(tx, actor, &row, "statement.submitted", details)?;
    let fen = revision.payable_fen;
    let (zh, en) = (
        format!("提交了对账单，应付 {fen} 元，请核对"),
        format!("submits a statement over {fen} yuan; please match it"),
    );
    tell(tx, (row.buyer_id, BUYERS), (&row, actor), (&zh, &en))?;
    Ok(row)
}

/// Takes a statement back that is not confirmed; what it stated may be stated anew.
///
/// # Errors
/// `not_found`, `wrong_state`.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: StatementId, reason: &str) -> Outcome<StatementRow> {
    store::claim_desk(tx, actor.org_id)?;
    let mut row = claim_own(tx, actor, id)?;
    row.state = step(row.state, Event::Withdraw)?;
    row.withdrawn_by = Some(actor.user_id);
    row.withdrawn_at = Some(tx.at());
    row.withdrawal_reason = Some(reason.trim().to_owned());
    store::release(tx, id)?;
    store::save(tx, &row)?;
    record(tx, actor, &row, "statement.withdrawn", json!({ "reason": reason }))?;
    if row.submitted_revision > 0 {
        tell(tx, (row.buyer_id, BUYERS), (&row, actor), ("撤回了对账单", "takes its statement back"))?;
    }
    Ok(row)
}
