//! Proposals are answered and taken back; agreements are ended with notice.

use super::amend::keeps_what_was_called;
use super::{claim, current, in_force, record, tell, terms_of};
use crate::agreements::rules::framework::{
    AgreementState, RevisionState, ending, sides, standing, term_faults, wrong_state,
};
use crate::agreements::store::{self, AgreementRow, RevisionRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::AgreementId;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use serde_json::json;

crate::text_enum! {
    /// An answer to a proposal.
    AgreementDecision {
        /// It holds from now on.
        Accept "accept"
        /// It does not.
        Decline "decline"
    }
}

/// The proposal of a claimed agreement that waits, if it is the one that is meant.
fn waiting(tx: &mut Tx<'_>, row: &AgreementRow, revision: i64) -> Outcome<RevisionRow> {
    let state = standing(row.state, row.term_until, row.ends_on, tx.at().day());
    if !matches!(state, AgreementState::Proposed | AgreementState::InForce) {
        return Err(wrong_state(state));
    }
    let open = store::revisions_of(tx, row.id)?;
    let open = open.into_iter().find(|r| r.revision == revision && r.state == RevisionState::Proposed);
    open.ok_or_else(|| wrong_state(AgreementState::InForce))
}

/// Accepts or declines a proposal of the other side.
///
/// # Errors
/// `not_found`; `wrong_state` when it does not wait; `separation_of_duties` for the side that proposed it; `validation_failed` when
/// its term has passed, `quantity_exceeded` when more was called off since than it promises.
pub fn answer(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: AgreementId,
    (revision, decision): (i64, AgreementDecision),
    reason: Option<&str>,
) -> Outcome<AgreementRow> {
    let mut row = claim(tx, actor, id)?;
    let mut open = waiting(tx, &row, revision)?;
    sides(open.proposed_org, actor.org_id, true)?;
    open.answered_by = Some(actor.user_id);
    open.answered_org = Some(actor.org_id);
    open.answered_at = Some(tx.at());
    open.answer_reason = reason.map(|text| text.trim().to_owned());
    let (action, zh, en) = match decision {
        AgreementDecision::Accept => {
            let terms = terms_of(&open)?;
            let late = term_faults(&terms, tx.at().day());
            if !late.is_empty() {
                return Err(AppError::several(late));
            }
            keeps_what_was_called(tx, id, &terms.lines)?;
            store::supersede(tx, id)?;
            open.state = RevisionState::InForce;
            row.state = AgreementState::InForce;
            row.revision = revision;
            row.term_from = terms.from;
            row.term_until = terms.until;
            ("agreement.accepted", "接受了协议提议", "accepts what was proposed")
        }
        AgreementDecision::Decline => {
            open.state = RevisionState::Declined;
            if row.revision == 0 {
                row.state = AgreementState::Declined;
            }
            ("agreement.declined", "拒绝了协议提议", "declines what was proposed")
        }
    };
    store::answer(tx, &open)?;
    store::save(tx, &row)?;
    record(tx, actor, &row, action, json!({ "revision": revision, "reason": reason }))?;
    tell(tx, &row, actor, (zh, en))?;
    Ok(row)
}

/// Takes back an own proposal that was not answered.
///
/// # Errors
/// `not_found`, `wrong_state`; `separation_of_duties` for the side that did not propose it.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, id: AgreementId, revision: i64, reason: &str) -> Outcome<AgreementRow> {
    let mut row = claim(tx, actor, id)?;
    let mut open = waiting(tx, &row, revision)?;
    sides(open.proposed_org, actor.org_id, false)?;
    open.state = RevisionState::Withdrawn;
    open.answered_by = Some(actor.user_id);
    open.answered_org = Some(actor.org_id);
    open.answered_at = Some(tx.at());
    open.answer_reason = Some(reason.trim().to_owned());
    if row.revision == 0 {
        row.state = AgreementState::Withdrawn;
    }
    store::answer(tx, &open)?;
    store::save(tx, &row)?;
    record(tx, actor, &row, "agreement.withdrawn", json!({ "revision": revision, "reason": reason }))?;
    tell(tx, &row, actor, ("撤回了协议提议", "takes back what it proposed"))?;
    Ok(row)
}

/// Ends an agreement with notice: its last day. Orders that were called off go on.
///
/// # Errors
/// `not_found`; `wrong_state` when it is not in force or notice was given; `validation_failed` for a day that is too near or beyond its term.
pub fn end(tx: &mut Tx<'_>, actor: &Actor, id: AgreementId, ends_on: Day, reason: &str) -> Outcome<AgreementRow> {
    let mut row = claim(tx, actor, id)?;
    in_force(tx, &row)?;
    let terms = current(tx, &row)?;
    ending(&terms, row.ends_on, ends_on, tx.at().day())?;
    row.ends_on = Some(ends_on);
    row.end_reason = Some(reason.trim().to_owned());
    row.ended_by = Some(actor.user_id);
    row.ended_org = Some(actor.org_id);
    store::save(tx, &row)?;
    record(tx, actor, &row, "agreement.ended", json!({ "ends_on": ends_on, "reason": reason }))?;
    let (zh, en) = (format!("通知协议于 {ends_on} 终止"), format!("ends the agreement with {ends_on}"));
    tell(tx, &row, actor, (&zh, &en))?;
    Ok(row)
}
