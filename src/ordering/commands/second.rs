//! 验收双人制: an acceptance waits for the second person, who confirms or declines it; until then nothing is accepted or counted.

use super::accept::{self, Accepting, NewAcceptance};
use super::claimed::Claimed;
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AcceptanceId, OrderId, RuleId};
use crate::kernel::money::Fen;
use crate::notifications::{self, Both};
use crate::ordering::rules::second::{SecondDecision, SecondState, answered, needed};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::ordering::store::second::{self as store, ProposalRow};
use crate::ordering::terms;
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// The rule row by which this order needs a second person today; none where one is enough. What was ordered counts, whatever was
/// written off since.
pub(super) fn asked(tx: &mut Tx<'_>, claimed: &Claimed) -> Outcome<Option<RuleId>> {
    let (order, today) = (&claimed.order, tx.at().day());
    let ordered = Fen::total(claimed.lines.iter().map(|line| line.line_fen))?;
    let rules = rulebook::load(tx, &order.unit_region, today, &[RuleName::TwoPersonAcceptanceFen])?;
    let row = rules.row_for(RuleName::TwoPersonAcceptanceFen, None, Some(order.fund.as_str()))?;
    Ok(needed(ordered, row.int()?).then_some(row.id))
}

/// Keeps an acceptance until its second person answers. Everything is checked as if it were recorded now; nothing moves.
///
/// # Errors
/// As for an acceptance; `validation_failed` without a second person, `already_exists` while another one waits.
pub(super) fn propose(
    tx: &mut Tx<'_>,
    actor: &Actor,
    claimed: Claimed,
    new: &NewAcceptance,
    rule_id: RuleId,
) -> Outcome<(AcceptanceId, OrderRow)> {
    let Some(second_by) = new.second_person else {
        let message =
            Message::new("按规定须由两人验收，请指明第二验收人", "two people have to accept: name the second");
        return Err(
            AppError::field(Code::ValidationFailed, "/second_person", message).with("rule_id", rule_id.to_string())
        );
    };
    // What the check moves is thrown away with the claimed lines; the order is answered as it stands.
    let (before, id) = (claimed.order.clone(), tx.new_id());
    let mut it = Accepting { claimed, first: actor.user_id, id };
    let checked = accept::check(tx, actor, &mut it, new)?;
    if let Some(waiting) = store::open_of(tx, before.id)? {
        return Err(AppError::new(Code::AlreadyExists)
            .detail("另一份验收正等待第二验收人确认", "Another acceptance of this order waits for its second person")
            .with("acceptance", waiting.id.to_string()));
    }
    let content = NewAcceptance { occurred_on: Some(checked.fact.occurred_on), ..new.clone() };
    let row = ProposalRow {
        id,
        order_id: before.id,
        content: terms::write(&content)?,
        proposed_by: actor.user_id,
        second_by,
        proposed_at: tx.at(),
        rule_id,
        state: SecondState::Open,
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    store::insert(tx, &row)?;
    let details = json!({ "acceptance": id, "second_person": second_by, "rule": rule_id });
    it.claimed.record(tx, Some(actor), "order.acceptance_proposed", details)?;
    tell_second(tx, &row, &before)?;
    Ok((id, before))
}

/// The second person's answer, or the first taking it back, or another who accepts there once both have left.
#[derive(Debug, Clone)]
pub struct SecondAnswer {
    /// What was proposed.
    pub acceptance: AcceptanceId,
    /// Whether it is so.
    pub decision: SecondDecision,
    /// Why not.
    pub reason: Option<String>,
}

/// Answers an acceptance that waits for its second person. A confirmation records it now, by all that holds now.
///
/// # Errors
/// `not_found`, `wrong_state` when it was answered before, `separation_of_duties`, and as for an acceptance.
pub fn answer(tx: &mut Tx<'_>, actor: &Actor, id: OrderId, told: &SecondAnswer) -> Outcome<(AcceptanceId, OrderRow)> {
    let claimed = Claimed::claim(tx, Side::Buyer(actor.org_id), id)?;
    let mut row = store::find(tx, id, told.acceptance)?.ok_or(Code::NotFound)?;
    let mut left = true;
    for person in [row.proposed_by, row.second_by] {
        left &= !identity::holds(tx, person, actor.org_id, Role::Acceptor)?;
    }
    let pair = (row.proposed_by, row.second_by, left);
    row.state = answered(row.state, pair, actor.user_id, told.decision, told.reason.is_some())?;
    row.decided_by = Some(actor.user_id);
    row.decided_at = Some(tx.at());
    row.reason.clone_from(&told.reason);
    if !store::decide(tx, &row)? {
        return Err(Code::WrongState.into());
    }
    if row.state == SecondState::Confirmed {
        let new: NewAcceptance = terms::read(&row.content)?;
        return accept::record(tx, actor, Accepting { claimed, first: row.proposed_by, id: row.id }, &new);
    }
    let details = json!({ "acceptance": row.id, "reason": row.reason });
    claimed.record(tx, Some(actor), "order.acceptance_declined", details)?;
    Ok((row.id, claimed.order))
}

/// The second person hears that something waits, where the address is confirmed.
fn tell_second(tx: &mut Tx<'_>, row: &ProposalRow, order: &OrderRow) -> Outcome<()> {
    let (_, address) = identity::person(tx, row.second_by)?;
    let reached = identity::recipients(tx, order.buyer_id, Role::Acceptor)?.into_iter().any(|(_, to)| to == address);
    if !reached {
        return Ok(());
    }
    let zh = format!("订单 {} 的验收由您作第二验收人，请核对实物后确认；确认前不计入验收。", order.id);
    let en = format!(
        "You are named as the second person of an acceptance of {}. Nothing is accepted until you confirm it.",
        order.id
    );
    let subject = Both { zh: "验收待您确认", en: "An acceptance waits for you" };
    notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })
}
