//! 验收: a person other than the orderer accepts and rejects delivered goods.

use super::claimed::Claimed;
use super::duties::exception;
use super::{photos, receive, replace, second};
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AcceptanceId, DutyExceptionId, FileId, OrderId, UserId};
use crate::kernel::quantity::Quantity;
use crate::kernel::terms::Purpose;
use crate::kernel::time::Day;
use crate::ordering::rules::line::Refusal as LineRefusal;
use crate::ordering::rules::order::{Event, Refusal, fact_day, not_before};
use crate::ordering::rules::replacement::{fits, may_be};
use crate::ordering::store::facts::{self, AcceptanceLineRow, AcceptanceRow};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::ordering::store::payments;
use crate::platform::db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// An acceptance as the buyer tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct NewAcceptance {
    /// The day of the delivery note; today when not stated.
    pub occurred_on: Option<Day>,
    /// A second person, where the house rules ask for two.
    pub second_person: Option<UserId>,
    /// What was accepted and rejected.
    pub lines: Vec<AcceptedLine>,
    /// Photos of the whole delivery.
    pub photos: Vec<FileId>,
}

/// What was accepted and rejected of a line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AcceptedLine {
    /// The line.
    pub line_no: i64,
    /// Good.
    pub accepted: Quantity,
    /// Not good.
    pub rejected: Quantity,
    /// Why.
    pub reason: Option<String>,
    /// Photos of its goods.
    pub photos: Vec<FileId>,
    /// How much of what is not good the supplier is asked to send again.
    #[serde(default)]
    pub replace: Quantity,
}

/// Accepts goods: what is accepted is final quota, what is rejected is released. Where the rule asks for two people, nothing is
/// accepted until the second one named has confirmed it under the id that is answered here.
///
/// # Errors
/// `not_found`, `wrong_state`, `separation_of_duties`, `quantity_exceeded`, `quantity_not_whole`, `validation_failed`;
/// `already_exists` while another acceptance waits for its second person.
pub fn accept(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewAcceptance) -> Outcome<(AcceptanceId, OrderRow)> {
    let claimed = Claimed::claim(tx, Side::Buyer(actor.org_id), id)?;
    if let Some(rule) = second::asked(tx, &claimed)? {
        return second::propose(tx, actor, claimed, new, rule);
    }
    record(tx, actor, Accepting { claimed, first: actor.user_id, id: tx.new_id() }, new)
}

/// An acceptance that is being recorded.
pub(super) struct Accepting {
    /// The order.
    pub claimed: Claimed,
    /// Who looked at the goods first.
    pub first: UserId,
    /// The id that the acceptance gets.
    pub id: AcceptanceId,
}

/// What is checked of an acceptance, before anything is written.
pub(super) struct Checked {
    /// The fact.
    pub fact: AcceptanceRow,
    /// Its lines.
    pub rows: Vec<AcceptanceLineRow>,
    exception: Option<DutyExceptionId>,
}

/// Checks an acceptance and moves the claimed lines by it; writes nothing.
pub(super) fn check(tx: &mut Tx<'_>, actor: &Actor, it: &mut Accepting, new: &NewAcceptance) -> Outcome<Checked> {
    let order = it.claimed.order.id;
    it.claimed.step(Event::Accept)?;
    let exception = two_people(tx, it.first, &it.claimed.order, new.second_person)?;
    let today = tx.at().day();
    let occurred_on = fact_day(new.occurred_on.unwrap_or(today), it.claimed.order.placed_day, today)?;
    let shipments = facts::shipments(tx, order)?;
    let fact = AcceptanceRow {
        id: it.id,
        order_id: order,
        occurred_on,
        recorded_at: tx.at(),
        accepted_by: it.first,
        second_by: new.second_person,
    };
    let rows = it.claimed.each_line(
        &new.lines,
        |line| line.line_no,
        |claimed, index, line| decide(claimed, index, line, fact.id),
    )?;
    for row in &rows {
        let shipped = shipments.iter().filter(|(_, lot)| lot.line_id == row.line_id);
        not_before(occurred_on, shipped.map(|(shipment, _)| shipment.occurred_on).min())?;
    }
    replaceable(&it.claimed, new)?;
    photos::check(tx, actor, &it.claimed.order, new, today)?;
    Ok(Checked { fact, rows, exception })
}

/// Records an acceptance.
pub(super) fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    mut it: Accepting,
    new: &NewAcceptance,
) -> Outcome<(AcceptanceId, OrderRow)> {
    let Checked { fact, rows, exception } = check(tx, actor, &mut it, new)?;
    let mut claimed = it.claimed;
    facts::insert_acceptance(tx, &fact, &rows)?;
    photos::keep(tx, &claimed.order, fact.id, new)?;
    let wanted = new.lines.iter().filter(|line| !line.replace.is_zero());
    let wanted: Vec<_> =
        wanted.map(|line| (line.line_no, line.replace, line.reason.clone().unwrap_or_default())).collect();
    claimed.finish(tx)?;
    claimed.write(tx, &fact.id.to_string(), fact.occurred_on, false)?;
    claimed.settle(tx)?;
    let amount = crate::kernel::money::Fen::total(rows.iter().map(|row| row.amount_fen))?;
    let details =
        json!({ "acceptance": fact.id, "occurred_on": fact.occurred_on, "amount_fen": amount, "exception": exception });
    claimed.record(tx, Some(actor), "order.accepted", details)?;
    replace::with_acceptance(tx, actor, &claimed, fact.id, &wanted)?;
    if claimed.order.purpose == Purpose::PurchaseForDonation && rows.iter().any(|row| !row.accepted.is_zero()) {
        receive::tell_recipient(tx, &claimed.order)?;
    }
    Ok((fact.id, claimed.order))
}

/// At most what is rejected is asked for once more, and not of what was called off; every wrong line is named.
fn replaceable(claimed: &Claimed, new: &NewAcceptance) -> Outcome<()> {
    let mut faults = Vec::new();
    for (n, line) in new.lines.iter().enumerate().filter(|(_, line)| !line.replace.is_zero()) {
        may_be(false, replace::called_off(&claimed.order)?)?;
        let pointer = format!("/lines/{n}/replace");
        let weighed = claimed.lines.iter().any(|row| row.line_no == line.line_no && row.weighed);
        if !weighed && !line.replace.is_whole() {
            let (zh, en) = Code::QuantityNotWhole.titles();
            faults.push(AppError::field(Code::QuantityNotWhole, &pointer, Message::new(zh, en)));
        }
        if fits(line.rejected, Quantity::ZERO, line.replace).is_err() {
            let message = Message::new("换货数量不得超过拒收数量", "at most what is rejected is sent again");
            faults.push(AppError::field(Code::QuantityExceeded, &pointer, message));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::several(faults)) }
}

/// What is accepted and rejected of one line.
fn decide(claimed: &mut Claimed, index: usize, line: &AcceptedLine, fact: AcceptanceId) -> Outcome<AcceptanceLineRow> {
    let AcceptedLine { accepted, rejected, .. } = *line;
    // Of two quantities the one to blame.
    let at = |refusal: LineRefusal| match refusal {
        LineRefusal::NotWhole if accepted.is_whole() => refusal.at("/rejected"),
        LineRefusal::Exceeds { open } if accepted <= open => refusal.at("/rejected"),
        _ => refusal.at("/accepted"),
    };
    let moves = claimed
        .change(index, |l| l.accept(accepted, rejected, line.reason.is_some()).map_err(at))
        .map_err(|error| error.with("line_no", line.line_no))?;
    Ok(AcceptanceLineRow {
        acceptance_id: fact,
        line_id: claimed.lines[index].id,
        accepted,
        rejected,
        reason: line.reason.clone(),
        amount_fen: moves.quota_posted,
    })
}

/// Who orders never accepts, and the second person is a third one who accepts for the same organisation. The exception under which who
/// reported the payment accepts, where it is needed.
fn two_people(
    tx: &mut Tx<'_>,
    first: UserId,
    order: &OrderRow,
    second: Option<UserId>,
) -> Outcome<Option<DutyExceptionId>> {
    if first == order.placed_by {
        return Err(Refusal::SamePerson.into());
    }
    // Who reports a payment has not accepted, in whatever order the two come.
    let reporters = payments::of_order(tx, order.id)?;
    let reported = |person| reporters.iter().any(|(payment, _)| payment.reported_by == person);
    let today = tx.at().day();
    let used = if reported(first) || second.is_some_and(reported) {
        Some(exception(tx, order.buyer_id, today)?.ok_or(Refusal::SamePerson)?)
    } else {
        None
    };
    let Some(second) = second else { return Ok(used) };
    if second == first || second == order.placed_by {
        return Err(Refusal::SamePerson.into());
    }
    if identity::holds(tx, second, order.buyer_id, Role::Acceptor)? {
        return Ok(used);
    }
    let message = Message::new("不是本单位在岗的验收人员", "is nobody who accepts goods for this organisation");
    Err(AppError::field(Code::ValidationFailed, "/second_person", message))
}
