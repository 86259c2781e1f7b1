//! 签收: what the recipient of a donation received. An organisation of the platform with people who may tell says so itself; for any other
//! one the buyer files the paper that it signed. Nobody else does, the supplier least of all. What was told is put right by further
//! entries.

use super::claimed::Claimed;
use super::papers::{own_file, show};
use crate::audit;
use crate::documents;
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, OrderId, OrderReceiptId, OrgId};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::ordering::book::amounts;
use crate::ordering::rules::order::{OrderState, Refusal, fact_day, not_before};
use crate::ordering::rules::receipt::{ReceiptRefusal, Receivable};
use crate::ordering::store::facts;
use crate::ordering::store::orders::{LineRow, OrderRow, Side};
use crate::ordering::store::recipients::{self as store, ReceiptLineRow, ReceiptRow, RecipientRow};
use crate::platform::db::{Read, Tx};
use crate::platform::jobs;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Those of a recipient, or of a buyer, who tell what was received.
pub const RECEIVERS: [Role; 3] = [Role::Acceptor, Role::Trader, Role::Manager];

/// The outbox topic of orders of which something is taken back that was told before; `app.rs` binds it.
pub const TAKEN_BACK: &str = "ordering.taken_back";

/// Of which order something is taken back: goods, money, standing, or what a recipient said.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct TakenBack {
    /// The order.
    pub order_id: OrderId,
}

/// A receipt as it is told.
#[derive(Debug, Clone)]
pub struct NewReceipt {
    /// The day; today when not stated.
    pub occurred_on: Option<Day>,
    /// Who signed for the recipient.
    pub signed_by: String,
    /// The signed paper (签收单).
    pub proof_file: Option<FileId>,
    /// Line numbers and quantities; of a correction what is right.
    pub lines: Vec<(i64, Quantity)>,
}

/// Who tells.
struct Telling {
    claimed: Claimed,
    recipient: RecipientRow,
    by_recipient: bool,
}

/// Claims an order for whoever tells what its recipient received.
fn claim(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, proof: Option<FileId>) -> Outcome<Telling> {
    let claimed = Claimed::claim(tx, Side::Program, id)?;
    let recipient = store::of_order(tx, id)?;
    let order = &claimed.order;
    let delivered = matches!(order.state, OrderState::Confirmed | OrderState::Closed);
    let by_recipient = delivered && recipient.as_ref().is_some_and(|row| row.org_id == Some(actor.org_id));
    if !by_recipient && order.buyer_id != actor.org_id {
        return Err(Code::NotFound.into());
    }
    if !delivered {
        return Err(Refusal::WrongState(order.state).into());
    }
    let recipient = recipient.ok_or_else(|| {
        AppError::new(Code::NotCompletedYet).detail("订单未写明受益单位", "The order names no recipient yet")
    })?;
    if by_recipient && actor.user_id == order.placed_by {
        return Err(Refusal::SamePerson.into());
    }
    if !by_recipient {
        in_its_place(tx, &recipient, proof)?;
    }
    if let Some(file) = proof {
        own_file(tx, actor, file, false, "/proof_file")?;
    }
    Ok(Telling { claimed, recipient, by_recipient })
}

/// The buyer tells in the place of who cannot, by the signed paper.
fn in_its_place(tx: &mut Tx<'_>, recipient: &RecipientRow, proof: Option<FileId>) -> Outcome<()> {
    if tells_itself(tx, recipient)? {
        return Err(AppError::new(Code::Forbidden).detail(
            "受益单位在平台上有人员，由其自行签收",
            "The recipient has people on the platform and says itself what it received",
        ));
    }
    if proof.is_none() {
        let message = Message::new("请附受益单位签字的签收单", "the paper that the recipient signed is needed");
        return Err(AppError::field(Code::ValidationFailed, "/proof_file", message));
    }
    Ok(())
}

/// Whether a recipient has people on the platform who may tell.
fn tells_itself(on: &mut Read, recipient: &RecipientRow) -> Outcome<bool> {
    match recipient.org_id {
        Some(org) => Ok(identity::members_with(on, org, &RECEIVERS)? > 0),
        None => Ok(false),
    }
}

/// What all receipts of an order say of each line, in thousandths.
pub(in crate::ordering) fn received(parts: &[ReceiptLineRow], line: &LineRow) -> Outcome<Quantity> {
    let own = parts.iter().filter(|part| part.line_id == line.id).map(|part| part.quantity);
    let sum = own.into_iter().try_fold(0_i64, i64::checked_add).ok_or(Code::AmountTooLarge)?;
    Ok(Quantity::from_milli(sum))
}

fn receivable(parts: &[ReceiptLineRow], line: &LineRow) -> Outcome<Receivable> {
    Ok(Receivable { kept: line.accepted.minus(line.returned)?, received: received(parts, line)? })
}

/// Records what a recipient received: at most what was accepted, kept and not received before.
///
/// # Errors
/// `not_found`, `wrong_state`, `not_completed_yet` without a recipient, `forbidden` where the recipient tells itself,
/// `separation_of_duties`, `quantity_exceeded`, `quantity_not_whole`, `validation_failed`.
pub fn receive(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewReceipt) -> Outcome<(ReceiptRow, OrderRow)> {
    let mut telling = claim(tx, actor, id, new.proof_file)?;
    let known = store::received_of(tx, id)?;
    let row = telling.row(tx, actor, (None, None), new)?;
    let parts = telling.claimed.each_line(
        &new.lines,
        |(line_no, _)| *line_no,
        |claimed, index, (_, quantity)| {
            let line = &claimed.lines[index];
            amounts(line).counted(*quantity).map_err(|refusal| refusal.at("/quantity"))?;
            let quantity = receivable(&known, line)?.receive(*quantity)?;
            Ok(ReceiptLineRow { receipt_id: row.id, line_id: line.id, quantity })
        },
    )?;
    telling.keep(tx, actor, (&row, &parts), "order.received")?;
    Ok((row, telling.claimed.order))
}

/// Puts right what a receipt says, by whom it was told: the lines that are named say the quantities that are right.
///
/// # Errors
/// As for [`receive`]; `not_found` for a receipt of others; `validation_failed` when it changes nothing.
pub fn correct(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (id, receipt): (OrderId, OrderReceiptId),
    (new, reason): (&NewReceipt, &str),
) -> Outcome<(ReceiptRow, OrderRow)> {
    let mut telling = claim(tx, actor, id, new.proof_file)?;
    let receipts = store::receipts_of(tx, id)?;
    let told = receipts.iter().find(|row| row.id == receipt && row.corrects.is_none());
    told.filter(|row| row.recorded_org == actor.org_id).ok_or(Code::NotFound)?;
    let of_it: Vec<OrderReceiptId> =
        receipts.iter().filter(|row| row.id == receipt || row.corrects == Some(receipt)).map(|row| row.id).collect();
    let known = store::received_of(tx, id)?;
    let said: Vec<ReceiptLineRow> = known.iter().copied().filter(|part| of_it.contains(&part.receipt_id)).collect();
    let row = telling.row(tx, actor, (Some(receipt), Some(reason)), new)?;
    let mut parts = telling.claimed.each_line(
        &new.lines,
        |(line_no, _)| *line_no,
        |claimed, index, (_, right)| {
            let line = &claimed.lines[index];
            if !right.is_zero() {
                amounts(line).counted(*right).map_err(|refusal| refusal.at("/quantity"))?;
            }
            let quantity = receivable(&known, line)?.correct(received(&said, line)?, *right)?;
            Ok(ReceiptLineRow { receipt_id: row.id, line_id: line.id, quantity })
        },
    )?;
    parts.retain(|part| part.quantity != 0);
    if parts.is_empty() {
        return Err(ReceiptRefusal::Unchanged.into());
    }
    telling.keep(tx, actor, (&row, &parts), "order.receipt_corrected")?;
    jobs::enqueue(tx, TAKEN_BACK, &TakenBack { order_id: id })?;
    Ok((row, telling.claimed.order))
}

impl Telling {
    /// The entry, without its lines; it is not dated before anything was shipped.
    fn row(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (corrects, reason): (Option<OrderReceiptId>, Option<&str>),
        new: &NewReceipt,
    ) -> Outcome<ReceiptRow> {
        let order = &self.claimed.order;
        let today = tx.at().day();
        let occurred_on = fact_day(new.occurred_on.unwrap_or(today), order.placed_day, today)?;
        let first = facts::shipments(tx, order.id)?.iter().map(|(shipment, _)| shipment.occurred_on).min();
        not_before(occurred_on, first)?;
        let told = store::receipts_of(tx, order.id)?.last().map_or(0, |row| row.receipt_no);
        Ok(ReceiptRow {
            id: tx.new_id(),
            order_id: order.id,
            receipt_no: told + 1,
            corrects,
            occurred_on,
            recorded_at: tx.at(),
            recorded_by: actor.user_id,
            recorded_org: actor.org_id,
            by_recipient: self.by_recipient,
            signed_by: new.signed_by.trim().to_owned(),
            proof_file: new.proof_file,
            reason: reason.map(|text| text.trim().to_owned()),
        })
    }

    /// Keeps an entry, shows its paper to everybody concerned and tells who was not there.
    fn keep(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (row, parts): (&ReceiptRow, &[ReceiptLineRow]),
        action: &'static str,
    ) -> Outcome<()> {
        let order = &self.claimed.order;
        store::insert_receipt(tx, row, parts)?;
        if let Some(file) = row.proof_file {
            show(tx, order, actor.org_id, BTreeSet::from([file]))?;
            if let Some(org) = self.recipient.org_id.filter(|org| *org != actor.org_id) {
                documents::share(tx, file, org)?;
            }
        }
        let numbers: BTreeMap<_, _> = self.claimed.lines.iter().map(|line| (line.id, line.line_no)).collect();
        let lines: Vec<_> = parts
            .iter()
            .map(|part| json!({ "line_no": numbers.get(&part.line_id), "quantity": Quantity::from_milli(part.quantity).to_string() }))
            .collect();
        let entry = audit::Entry {
            actor: Some(actor),
            action,
            subject: order.id.to_string(),
            owner_org: order.buyer_id,
            other_org: order.told(),
            region: order.unit_region,
            details: json!({ "receipt": row.id, "occurred_on": row.occurred_on, "by_recipient": row.by_recipient, "lines": lines,
                "reason": row.reason }),
        };
        let concerned: Vec<OrgId> = order.concerned().into_iter().chain(self.recipient.org_id).collect();
        audit::record_for(tx, &[entry], &concerned)?;
        if self.by_recipient { self.tell_buyer(tx, row) } else { Ok(()) }
    }

    fn tell_buyer(&self, tx: &mut Tx<'_>, row: &ReceiptRow) -> Outcome<()> {
        let (order, name, day) = (&self.claimed.order, &self.recipient.name, row.occurred_on);
        let (zh, en) = match row.corrects {
            None => (
                format!("受益单位“{name}”已签收订单 {} 的货物（{day}）。", order.id),
                format!("{name} received goods of the order {} ({day}).", order.id),
            ),
            Some(_) => (
                format!("受益单位“{name}”更正了订单 {} 的签收记录。", order.id),
                format!("{name} corrected what it received of the order {}.", order.id),
            ),
        };
        identity::tell(tx, order.buyer_id, Role::Trader, ("受益单位签收", "A recipient's receipt"), (&zh, &en))
    }
}

/// Tells the recipient's people that goods for it were accepted and wait for its word.
pub(super) fn tell_recipient(tx: &mut Tx<'_>, order: &OrderRow) -> Outcome<()> {
    let Some(recipient) = store::of_order(tx, order.id)? else { return Ok(()) };
    let Some(org) = recipient.org_id else { return Ok(()) };
    let buyer = identity::organisation(tx, order.buyer_id)?.name;
    let zh = format!("“{buyer}”以购代捐的货物已验收（订单 {}），请核对并签收。", order.id);
    let en = format!(
        "Goods that {buyer} gives to you were accepted (order {}): please confirm what you received.",
        order.id
    );
    let mut told = BTreeSet::new();
    for role in RECEIVERS {
        told.extend(identity::recipients(tx, org, role)?.into_iter().map(|(_, address)| address));
    }
    for address in told {
        let subject = crate::notifications::Both { zh: "请签收捐赠货物", en: "Goods for you to confirm" };
        crate::notifications::mail(tx, &address, subject, crate::notifications::Both { zh: &zh, en: &en })?;
    }
    Ok(())
}

/// Recipients of a buyer's orders that are organisations of the platform without anybody who may tell.
pub(in crate::ordering) fn unmanned(on: &mut Read, buyer: OrgId) -> Outcome<Vec<OrgId>> {
    let mut found = Vec::new();
    for org in store::expected_by(on, buyer)? {
        if identity::members_with(on, org, &RECEIVERS)? == 0 {
            found.push(org);
        }
    }
    Ok(found)
}
