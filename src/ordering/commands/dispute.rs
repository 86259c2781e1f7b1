//! 争议: opened by either side, talked about, settled by both or withdrawn. Everything happens under the order's claim, so that what
//! is disputed, paid and returned never overlaps.

use super::allow::{self, NewAllowance};
use super::claimed::Claimed;
use super::papers::{own_file, show};
use crate::documents;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{DisputeEntryId, DisputeId, DisputeSettlementId, FileId, OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::ordering::book::Book;
use crate::ordering::rules::dispute::{
    self as rules, Claim, DisputeEntryKind, DisputeKind, DisputeRefusal, DisputeSide, DisputeState, Remedy,
    SettlementDecision, SettlementState,
};
use crate::ordering::rules::order::{OrderState, Refusal};
use crate::ordering::store::disputes::{
    self as store, DisputeLineRow, DisputeRow, EntryRow, PayableRow, SettlementRow,
};
use crate::ordering::store::lists;
use crate::ordering::store::orders::{OrderRow, Side};
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::BTreeSet;

/// A dispute as one side tells it.
#[derive(Debug, Clone)]
pub struct NewDispute {
    /// What is disputed.
    pub kind: DisputeKind,
    /// Line numbers and amounts in fen; line 0 is the freight.
    pub lines: Vec<(i64, Fen)>,
    /// What is wrong.
    pub text: String,
    /// What shows it.
    pub files: Vec<FileId>,
}

/// On which side the actor's organisation stands.
pub(super) fn side_of(actor: &Actor) -> DisputeSide {
    if actor.kind.sells() { DisputeSide::Supplier } else { DisputeSide::Buyer }
}

/// Claims an order of the actor's side.
fn claim(tx: &mut Tx<'_>, actor: &Actor, id: OrderId) -> Outcome<Claimed> {
    let side = match side_of(actor) {
        DisputeSide::Buyer => Side::Payer(actor.org_id),
        DisputeSide::Supplier => Side::Supplier(actor.org_id),
    };
    Claimed::claim(tx, side, id)
}

/// Claims the order of a dispute of the actor's; the dispute as it is under that claim.
fn claim_dispute(tx: &mut Tx<'_>, actor: &Actor, id: DisputeId) -> Outcome<(Claimed, DisputeRow)> {
    let found = store::find(tx, id)?.ok_or(Code::NotFound)?;
    let claimed = claim(tx, actor, found.order_id)?;
    let row = store::find(tx, id)?.ok_or(Code::NotFound)?;
    Ok((claimed, row))
}

/// Opens a dispute over what is accepted, unpaid and undisputed: until it ends, its amount is not due.
///
/// # Errors
/// `not_found`, `wrong_state`, `dispute_exceeded` naming each line, `validation_failed`.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, new: &NewDispute) -> Outcome<DisputeRow> {
    let claimed = claim(tx, actor, id)?;
    let state = claimed.order.state;
    if !matches!(state, OrderState::Confirmed | OrderState::Closed) {
        return Err(Refusal::WrongState(state).into());
    }
    own_files(tx, actor, &new.files)?;
    free_of_others(tx, &claimed, new)?;
    let amount_fen = Fen::total(new.lines.iter().map(|(_, amount)| *amount))?;
    let row = DisputeRow {
        id: tx.new_id(),
        order_id: id,
        kind: new.kind,
        side: side_of(actor),
        opened_by: actor.user_id,
        opened_org: actor.org_id,
        opened_at: tx.at(),
        amount_fen,
        state: DisputeState::Open,
        closed_at: None,
        freed_fen: Fen::ZERO,
        freed_on: None,
    };
    let line = |(line_no, amount): &(i64, Fen)| DisputeLineRow {
        dispute_id: row.id,
        line_no: *line_no,
        amount_fen: *amount,
        withheld_fen: *amount,
    };
    store::insert(tx, &row, &new.lines.iter().map(line).collect::<Vec<_>>())?;
    say(tx, actor, &claimed.order, (row.id, DisputeEntryKind::Opened), (&new.text, &new.files))?;
    let lines: Vec<_> = new.lines.iter().map(|(no, fen)| json!({ "line_no": no, "amount_fen": fen })).collect();
    let details =
        json!({ "dispute": row.id, "kind": row.kind, "side": row.side, "amount_fen": amount_fen, "lines": lines });
    claimed.record(tx, Some(actor), "order.disputed", details)?;
    let (zh, en) = (
        format!("对方提出争议，金额 {amount_fen} 元；无争议部分仍须按期支付。"),
        format!("The other side disputes {amount_fen} yuan; the undisputed part stays due."),
    );
    tell(tx, &claimed.order, Some(row.side), (&zh, &en))?;
    Ok(row)
}

/// Every line at most what is accepted, kept and undisputed of it, all of them at most what is unpaid and undisputed of the order;
/// reported payments count as paid.
fn free_of_others(tx: &mut Tx<'_>, claimed: &Claimed, new: &NewDispute) -> Outcome<()> {
    let id = claimed.order.id;
    let known = store::lines_of_order(tx, id)?;
    let book = Book::load(tx, id)?;
    let withheld = |line_no: Option<i64>| {
        let own = known.iter().filter(|line| line_no.is_none_or(|no| line.line_no == no));
        Fen::total(own.map(|line| line.withheld_fen))
    };
    let (mut claims, mut faults, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (n, (line_no, amount)) in new.lines.iter().enumerate() {
        let kept = match *line_no {
            0 if book.due()?.is_zero() => Ok(Fen::ZERO),
            0 => Ok(claimed.order.freight_fen),
            no => claimed.find(no, "/line_no").and_then(|index| {
                let line = &claimed.lines[index];
                Ok(line.accepted_fen.minus(line.returned_fen)?)
            }),
        };
        if !seen.insert(*line_no) {
            let message = Message::new("同一行只写一次", "name each line once");
            faults.push(AppError::field(Code::ValidationFailed, format!("/lines/{n}/line_no"), message));
        }
        match kept {
            Ok(kept) => claims.push(Claim { amount: *amount, free: kept.minus(withheld(Some(*line_no))?)? }),
            Err(fault) => faults.push(fault.below(&format!("/lines/{n}"))),
        }
    }
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let paid = book.paid()?.plus(book.reported()?)?.minus(book.refunded()?)?;
    let free = rules::parts(book.due()?, paid, withheld(None)?)?.undisputed;
    let (lines, total) = rules::beyond(&claims, free)?;
    let most =
        |free: Fen| Message::new(format!("最多可争议 {free} 元"), format!("at most {free} yuan may be disputed"));
    let mut faults: Vec<AppError> = lines
        .into_iter()
        .map(|(n, free)| AppError::field(Code::DisputeExceeded, format!("/lines/{n}/amount_fen"), most(free)))
        .collect();
    faults.extend(total.map(|free| AppError::field(Code::DisputeExceeded, "/lines", most(free))));
    if faults.is_empty() { Ok(()) } else { Err(AppError::several(faults)) }
}

/// Every file is the own organisation's and named once; all that are not are told.
fn own_files(tx: &mut Tx<'_>, actor: &Actor, files: &[FileId]) -> Outcome<()> {
    let mut faults = Vec::new();
    for (n, file) in files.iter().enumerate() {
        let pointer = format!("/files/{n}");
        if files.iter().take(n).any(|other| other == file) {
            let message = Message::new("同一文件只写一次", "name each file once");
            faults.push(AppError::field(Code::ValidationFailed, &pointer, message));
        }
        faults.extend(own_file(tx, actor, *file, false, &pointer).err());
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::several(faults)) }
}

/// Keeps what was said and shows its files to the other side.
fn say(
    tx: &mut Tx<'_>,
    actor: &Actor,
    order: &OrderRow,
    (dispute_id, kind): (DisputeId, DisputeEntryKind),
    (text, files): (&str, &[FileId]),
) -> Outcome<DisputeEntryId> {
    own_files(tx, actor, files)?;
    let row = EntryRow {
        id: tx.new_id(),
        dispute_id,
        kind,
        org_id: actor.org_id,
        user_id: actor.user_id,
        at: tx.at(),
        text: text.to_owned(),
    };
    store::insert_entry(tx, &row, files)?;
    show(tx, order, actor.org_id, files.iter().copied().collect())?;
    let mediators = mediators(tx, order, dispute_id)?;
    for org in mediators.into_iter().filter(|org| *org != actor.org_id) {
        for file in files {
            documents::share(tx, *file, org)?;
        }
    }
    Ok(row.id)
}

/// Who looks at what both sides bring: the finance bureau of the unit's region, the nearest one, and whoever has mediated.
fn mediators(tx: &mut Tx<'_>, order: &OrderRow, id: DisputeId) -> Outcome<BTreeSet<OrgId>> {
    let notes = store::entries_of(tx, id)?.into_iter().filter(|entry| entry.kind == DisputeEntryKind::Mediation);
    let mut found: BTreeSet<OrgId> = notes.map(|entry| entry.org_id).collect();
    found.extend(identity::nearest_office(tx, OrgKind::FinanceBureau, &order.unit_region)?);
    Ok(found)
}

/// A statement of one of the sides.
///
/// # Errors
/// `not_found`, `wrong_state` once it has ended, `validation_failed`.
pub fn state(tx: &mut Tx<'_>, actor: &Actor, id: DisputeId, text: &str, files: &[FileId]) -> Outcome<DisputeRow> {
    let (claimed, row) = claim_dispute(tx, actor, id)?;
    rules::still_open(row.state)?;
    let entry = say(tx, actor, &claimed.order, (id, DisputeEntryKind::Statement), (text, files))?;
    let details = json!({ "dispute": id, "entry": entry, "side": side_of(actor) });
    claimed.record(tx, Some(actor), "order.dispute_stated", details)?;
    tell(tx, &claimed.order, Some(side_of(actor)), ("对方就争议作了说明。", "The other side made a statement."))?;
    Ok(row)
}

/// A note of who mediates: the platform's operator, or the finance bureau of the unit's region. It decides nothing.
///
/// # Errors
/// `not_found` outside the region, `wrong_state` once it has ended, `validation_failed`.
pub fn mediate(tx: &mut Tx<'_>, actor: &Actor, id: DisputeId, text: &str, files: &[FileId]) -> Outcome<DisputeRow> {
    let found = store::find(tx, id)?.ok_or(Code::NotFound)?;
    let order = lists::order(tx, found.order_id)?.ok_or(Code::NotFound)?;
    let reached = match &actor.scope {
        Scope::Platform => true,
        Scope::Region(region) => region.contains(&order.unit_region),
        Scope::UnitTree(_) | Scope::Org(_) => false,
    };
    if !reached {
        return Err(Code::NotFound.into());
    }
    let claimed = Claimed::claim(tx, Side::Program, found.order_id)?;
    let row = store::find(tx, id)?.ok_or(Code::NotFound)?;
    rules::still_open(row.state)?;
    let entry = say(tx, actor, &claimed.order, (id, DisputeEntryKind::Mediation), (text, files))?;
    // Who mediates opens what was brought before; a bureau above the nearest one was not shown it yet.
    for (_, file) in store::files_of(tx, id)? {
        documents::share(tx, file, actor.org_id)?;
    }
    let details = json!({ "dispute": id, "entry": entry });
    claimed.record(tx, Some(actor), "order.dispute_mediated", details)?;
    tell(tx, &claimed.order, None, ("争议有了调解意见。", "There is a note of mediation."))?;
    Ok(row)
}

/// A settlement as one side proposes it.
#[derive(Debug, Clone)]
pub struct NewSettlement {
    /// What stays payable of each disputed line, in fen; of lines not named nothing.
    pub lines: Vec<(i64, Fen)>,
    /// What somebody has to record besides.
    pub remedy: Remedy,
    /// In words.
    pub text: String,
}

/// Proposes a settlement; an earlier proposal is superseded.
///
/// # Errors
/// `not_found`, `wrong_state`, `dispute_exceeded`, `validation_failed`.
pub fn propose(tx: &mut Tx<'_>, actor: &Actor, id: DisputeId, new: &NewSettlement) -> Outcome<DisputeSettlementId> {
    let (claimed, row) = claim_dispute(tx, actor, id)?;
    rules::still_open(row.state)?;
    let disputed = store::lines_of(tx, &[id])?;
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for (n, (line_no, payable)) in new.lines.iter().enumerate() {
        let line = disputed.iter().find(|line| line.line_no == *line_no);
        let mut wrong = |code, field: &str, zh: String, en: String| {
            faults.push(AppError::field(code, format!("/lines/{n}/{field}"), Message::new(zh, en)));
        };
        match line {
            None => wrong(Code::ValidationFailed, "line_no", "争议不涉及这一行".into(), "is not disputed".into()),
            Some(_) if !seen.insert(*line_no) => {
                wrong(Code::ValidationFailed, "line_no", "同一行只写一次".into(), "name each line once".into());
            }
            Some(line) if *payable > line.withheld_fen => {
                let most = line.withheld_fen;
                let (zh, en) = (format!("该行争议金额为 {most} 元"), format!("{most} yuan of the line are disputed"));
                wrong(Code::DisputeExceeded, "payable_fen", zh, en);
            }
            Some(_) => {}
        }
    }
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    keeps_freight(&claimed, &disputed, new)?;
    let settlement = SettlementRow {
        id: tx.new_id(),
        dispute_id: id,
        side: side_of(actor),
        proposed_by: actor.user_id,
        proposed_org: actor.org_id,
        proposed_at: tx.at(),
        remedy: new.remedy,
        text: new.text.clone(),
        state: SettlementState::Open,
        answered_by: None,
        answered_at: None,
    };
    let of = |line: &DisputeLineRow| PayableRow {
        settlement_id: settlement.id,
        line_no: line.line_no,
        payable_fen: new.lines.iter().find(|(no, _)| *no == line.line_no).map_or(Fen::ZERO, |(_, fen)| *fen),
    };
    let payables: Vec<PayableRow> = disputed.iter().map(of).collect();
    store::insert_settlement(tx, &settlement, &payables)?;
    let payable = Fen::total(payables.iter().map(|row| row.payable_fen))?;
    let details = json!({ "dispute": id, "settlement": settlement.id, "payable_fen": payable, "remedy": new.remedy });
    claimed.record(tx, Some(actor), "order.settlement_proposed", details)?;
    let (zh, en) = (
        format!("对方提出和解方案：争议金额中支付 {payable} 元，请答复。"),
        format!("The other side proposes that {payable} yuan of the dispute are paid. Please answer."),
    );
    tell(tx, &claimed.order, Some(settlement.side), (&zh, &en))?;
    Ok(settlement.id)
}

/// Freight is owed with goods: who agrees that nothing is paid for these says so of the freight too.
fn keeps_freight(claimed: &Claimed, disputed: &[DisputeLineRow], new: &NewSettlement) -> Outcome<()> {
    let order = &claimed.order;
    let (mut goods, mut freight) = (order.accepted_fen.minus(order.returned_fen)?, order.freight_fen);
    for line in disputed {
        let payable = new.lines.iter().find(|(no, _)| *no == line.line_no).map_or(Fen::ZERO, |(_, fen)| *fen);
        let left = if line.line_no == 0 { &mut freight } else { &mut goods };
        *left = left.minus(line.withheld_fen.minus(payable)?)?;
    }
    if !rules::loses_freight(new.remedy, goods, freight) {
        return Ok(());
    }
    let message = Message::new(
        format!("货款全部不付时运费 {freight} 元也不再应付；请为货物保留金额，或把运费一并列为不付"),
        format!(
            "{freight} yuan of freight are owed with goods only: leave an amount for these, or settle the freight as well"
        ),
    );
    Err(AppError::field(Code::ValidationFailed, "/lines", message))
}

/// The other side's answer to a settlement.
#[derive(Debug, Clone)]
pub struct SettlementAnswer {
    /// Which.
    pub settlement: DisputeSettlementId,
    /// Agreed or not.
    pub decision: SettlementDecision,
    /// Why not.
    pub reason: Option<String>,
}

/// Answers a settlement. Once both agree, what stays payable is due again with the days of the rule, and the rest is allowed in the same
/// transaction, or lowered by the goods that are to go back; what else the remedy asks for is recorded by whoever has to.
///
/// # Errors
/// `not_found`, `wrong_state`, `separation_of_duties` for the proposing side, `validation_failed`.
pub fn answer(tx: &mut Tx<'_>, actor: &Actor, id: DisputeId, told: &SettlementAnswer) -> Outcome<DisputeRow> {
    let (mut claimed, mut row) = claim_dispute(tx, actor, id)?;
    let found = store::settlements_of(tx, id)?.into_iter().find(|one| one.id == told.settlement);
    let mut settlement = found.ok_or_else(|| {
        let message = Message::new("没有此和解方案", "there is no such settlement");
        AppError::field(Code::ValidationFailed, "/settlement_id", message)
    })?;
    rules::still_open(row.state)?;
    let by = (settlement.state, settlement.side);
    settlement.state = rules::answered(by, side_of(actor), told.decision, told.reason.is_some())?;
    settlement.answered_by = Some(actor.user_id);
    settlement.answered_at = Some(tx.at());
    if !store::answer(tx, &settlement)? {
        return Err(Code::WrongState.into());
    }
    let agreed = settlement.state == SettlementState::Agreed;
    let kind = if agreed { DisputeEntryKind::Agreed } else { DisputeEntryKind::Refused };
    say(tx, actor, &claimed.order, (id, kind), (told.reason.as_deref().unwrap_or_default(), &[]))?;
    if agreed {
        settle(tx, actor, (&mut claimed, &mut row), &settlement)?;
    }
    let details =
        json!({ "dispute": id, "settlement": settlement.id, "freed_fen": row.freed_fen, "remedy": settlement.remedy });
    let action = if agreed { "order.dispute_settled" } else { "order.settlement_refused" };
    claimed.record(tx, Some(actor), action, details)?;
    let (zh, en) = if agreed {
        ("对方同意和解，争议结束。", "The other side agrees; the dispute is settled.")
    } else {
        ("对方不同意和解方案。", "The other side refuses the settlement.")
    };
    tell(tx, &claimed.order, Some(side_of(actor)), (zh, en))?;
    Ok(row)
}

/// Ends a dispute as both agreed: what stays payable is due again, the rest is allowed at once, unless goods are to go back for it.
fn settle(
    tx: &mut Tx<'_>,
    actor: &Actor,
    (claimed, row): (&mut Claimed, &mut DisputeRow),
    settlement: &SettlementRow,
) -> Outcome<()> {
    let payables = store::payables_of(tx, row.id)?;
    let of = |line_no: i64| {
        let own = payables.iter().find(|one| one.settlement_id == settlement.id && one.line_no == line_no);
        own.map_or(Fen::ZERO, |one| one.payable_fen)
    };
    let mut lines = Vec::new();
    end(tx, row, DisputeState::Settled, |line| {
        let (left, freed) = rules::settled(line.withheld_fen, of(line.line_no))?;
        if !rules::is_allowed(settlement.remedy) {
            return Ok((left, freed));
        }
        lines.push((line.line_no, left));
        Ok((Fen::ZERO, freed))
    })?;
    let new = NewAllowance { dispute: Some(row.id), price_change: None, reason: &settlement.text, lines };
    allow::post(tx, actor, claimed, &new)?;
    Ok(())
}

/// Ends a dispute: of each line, what it keeps from being due afterwards and what that frees.
fn end(
    tx: &mut Tx<'_>,
    row: &mut DisputeRow,
    state: DisputeState,
    mut of: impl FnMut(&DisputeLineRow) -> Outcome<(Fen, Fen)>,
) -> Outcome<()> {
    for line in store::lines_of(tx, &[row.id])? {
        let (withheld_fen, freed) = of(&line)?;
        row.freed_fen = row.freed_fen.plus(freed)?;
        store::withhold(tx, &DisputeLineRow { withheld_fen, ..line })?;
    }
    row.state = state;
    row.closed_at = Some(tx.at());
    row.freed_on = Some(tx.at().day());
    store::supersede(tx, row.id)?;
    if store::close(tx, row)? { Ok(()) } else { Err(Code::WrongState.into()) }
}

/// Withdraws a dispute: all of it is due again. Where the supplier opened it the days of the rule run anew; the buyer's side gains no
/// time by what it takes back.
///
/// # Errors
/// `not_found`, `wrong_state`, also for the side that did not open it.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: DisputeId, reason: &str) -> Outcome<DisputeRow> {
    let (claimed, mut row) = claim_dispute(tx, actor, id)?;
    rules::still_open(row.state)?;
    if row.side != side_of(actor) {
        return Err(DisputeRefusal::NotOpener.into());
    }
    say(tx, actor, &claimed.order, (id, DisputeEntryKind::Withdrawn), (reason, &[]))?;
    end(tx, &mut row, DisputeState::Withdrawn, |line| Ok((Fen::ZERO, line.withheld_fen)))?;
    let details = json!({ "dispute": id, "freed_fen": row.freed_fen, "reason": reason });
    claimed.record(tx, Some(actor), "order.dispute_withdrawn", details)?;
    tell(tx, &claimed.order, Some(row.side), ("对方撤回了争议。", "The other side withdrew the dispute."))?;
    Ok(row)
}

/// Goods of disputed lines went back: what they cost is neither due nor disputed any more. The order is claimed.
pub(super) fn returned(tx: &mut Tx<'_>, order: OrderId, went: &[(i64, Fen)]) -> Outcome<()> {
    let disputed = store::lines_of_order(tx, order)?;
    lower(tx, &disputed, went)
}

/// What is allowed of disputed lines by a change of prices is disputed no more, as far as the dispute is settled and waits for goods to go
/// back. The order is claimed.
pub(super) fn lowered(tx: &mut Tx<'_>, order: OrderId, allowed: &[(i64, Fen)]) -> Outcome<()> {
    let settled: BTreeSet<DisputeId> = store::of_order(tx, order)?
        .into_iter()
        .filter(|row| row.state == DisputeState::Settled)
        .map(|row| row.id)
        .collect();
    let mut disputed = store::lines_of_order(tx, order)?;
    disputed.retain(|line| settled.contains(&line.dispute_id));
    lower(tx, &disputed, allowed)
}

fn lower(tx: &mut Tx<'_>, disputed: &[DisputeLineRow], by: &[(i64, Fen)]) -> Outcome<()> {
    for (line_no, worth) in by {
        let own: Vec<&DisputeLineRow> = disputed.iter().filter(|line| line.line_no == *line_no).collect();
        let after = rules::returned(&own.iter().map(|line| line.withheld_fen).collect::<Vec<_>>(), *worth)?;
        for (line, withheld_fen) in own.into_iter().zip(after).filter(|(line, left)| line.withheld_fen != *left) {
            store::withhold(tx, &DisputeLineRow { withheld_fen, ..line.clone() })?;
        }
    }
    Ok(())
}

/// Writes to the side that did not act, or to both.
fn tell(tx: &mut Tx<'_>, order: &OrderRow, by: Option<DisputeSide>, (zh, en): (&str, &str)) -> Outcome<()> {
    let subject = ("订单争议", "A dispute about an order");
    let (zh, en) = (format!("订单 {}：{zh}", order.id), format!("Order {}: {en}", order.id));
    if by != Some(DisputeSide::Supplier) {
        identity::tell(tx, order.supplier_id, Role::Seller, subject, (&zh, &en))?;
    }
    if by != Some(DisputeSide::Buyer) {
        identity::tell(tx, order.buyer_id, Role::Trader, subject, (&zh, &en))?;
        identity::tell(tx, order.payer_id, Role::Payer, subject, (&zh, &en))?;
    }
    Ok(())
}
