//! What follows from low scores: proposed by the program, answered by the supplier, decided by the operator.

use super::{due, no_party, tell};
use crate::admission::{self, AdmissionRefusalReason};
use crate::audit;
use crate::catalogue;
use crate::identity::{self, Standing};
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::ScoreProposalId;
use crate::platform::db::Tx;
use crate::rulebook::RuleName;
use crate::supervision::rules::{ProposalState, ScoreStep, may_carry_out};
use crate::supervision::store::{self, ProposalRow, ScoreRow};
use serde_json::json;

/// What the operator decides about a proposal.
#[derive(Debug, Clone)]
pub struct ProposalRuling {
    /// Whether it is carried out.
    pub carry_out: bool,
    /// Why.
    pub reason: String,
}

/// As people read a step.
const fn named(step: ScoreStep) -> (&'static str, &'static str) {
    match step {
        ScoreStep::Warn => ("预警", "a warning"),
        ScoreStep::Suspend => ("暂停销售", "suspension"),
        ScoreStep::Remove => ("终止入驻", "the end of the admission"),
    }
}

/// Proposes the step of a score; the supplier's days to answer begin.
pub(super) fn propose(tx: &mut Tx<'_>, score: &ScoreRow, words: &(String, String)) -> Outcome<()> {
    let Some(step) = score.step else { return Ok(()) };
    let today = tx.at().day();
    let last = due(tx, &score.region_code, today, RuleName::ScoreAnswerDays)?;
    store::supersede(tx, score.org_id)?;
    let row = ProposalRow {
        id: tx.new_id(),
        score_id: score.id,
        month: score.month.clone(),
        org_id: score.org_id,
        org_name: score.org_name.clone(),
        region_code: score.region_code,
        points: score.points,
        step,
        state: ProposalState::Open,
        proposed_at: tx.at(),
        answer_from: today,
        answer_by: last.on,
        answer_provisional: last.provisional,
        answer_rule_id: last.rule,
        answer: None,
        answered_by: None,
        answered_at: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        version: 1,
    };
    store::insert_proposal(tx, &row)?;
    let details = json!({ "score_id": score.id, "step": step, "answer_by": last.on, "rule_id": last.rule });
    record(tx, None, &row, "score_proposal.made", details)?;
    let (zh, en) = (named(step).0, named(step).1);
    let (said, day) = (words, last.on);
    let zh = format!("{}，拟{zh}。如有异议，请于 {day} 前申辩，由平台运营方决定。", said.0);
    let en = format!("{}; {en} is proposed. Answer by {day}; the operator decides.", said.1);
    tell(tx, row.org_id, Role::Seller, ("供应商评分处理建议", "Proposal by score"), (&zh, &en))
}

/// The supplier answers a proposal, once, in its days.
///
/// # Errors
/// `not_found`, `wrong_state` once decided or after its days, `already_exists` for a second answer.
pub fn answer_proposal(tx: &mut Tx<'_>, actor: &Actor, id: ScoreProposalId, text: &str) -> Outcome<ProposalRow> {
    let mut row = claim_open(tx, &Scope::Org(actor.org_id), id)?;
    if row.answer.is_some() {
        return Err(AppError::new(Code::AlreadyExists).detail("已申辩", "it was answered already"));
    }
    if row.answer_by < tx.at().day() {
        let detail = ("申辩期限已过", "the days to answer are over");
        return Err(AppError::new(Code::WrongState).detail(detail.0, detail.1));
    }
    row.answer = Some(text.to_owned());
    (row.answered_by, row.answered_at) = (Some(actor.user_id), Some(tx.at()));
    save(tx, &row)?;
    record(tx, Some(actor), &row, "score_proposal.answered", json!({ "step": row.step }))?;
    Ok(row)
}

/// The operator carries out a proposal, once the supplier has answered or had its days, or dismisses it.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `separation_of_duties`, and those of the suspension or the end of the admission.
pub fn decide_proposal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: ScoreProposalId,
    version: i64,
    ruling: &ProposalRuling,
) -> Outcome<ProposalRow> {
    let mut row = claim_open(tx, &actor.scope, id)?;
    if version != row.version - 1 {
        return Err(Code::StaleVersion.into());
    }
    no_party(tx, actor, row.org_id)?;
    if ruling.carry_out {
        carry_out(tx, actor, &row, &ruling.reason)?;
    }
    row.state = if ruling.carry_out { ProposalState::CarriedOut } else { ProposalState::Dismissed };
    row.reason = Some(ruling.reason.clone());
    (row.decided_by, row.decided_at) = (Some(actor.user_id), Some(tx.at()));
    save(tx, &row)?;
    let action = if ruling.carry_out { "score_proposal.carried_out" } else { "score_proposal.dismissed" };
    record(tx, Some(actor), &row, action, json!({ "step": row.step, "reason": ruling.reason }))?;
    let (zh, en) = named(row.step);
    let (done_zh, done_en) =
        if ruling.carry_out { ("已执行", "carried out") } else { ("不予采取", "dismissed") };
    let zh = format!("{} 评分的处理建议（{zh}）{done_zh}：{}", row.month, ruling.reason);
    let en = format!("What the score of {} proposed ({en}) was {done_en}: {}", row.month, ruling.reason);
    tell(tx, row.org_id, Role::Seller, ("供应商评分处理结果", "Decision by score"), (&zh, &en))?;
    Ok(row)
}

fn carry_out(tx: &mut Tx<'_>, actor: &Actor, row: &ProposalRow, reason: &str) -> Outcome<()> {
    if !may_carry_out(row.answer.is_some(), row.answer_by, tx.at().day()) {
        let zh = format!("供应商可在 {} 前申辩，期满或申辩后方可执行", row.answer_by);
        let en = format!(
            "the supplier may answer until {}; it is carried out after that, or after its answer",
            row.answer_by
        );
        return Err(AppError::new(Code::WrongState).detail(zh, en).with("answer_by", row.answer_by.to_string()));
    }
    match row.step {
        ScoreStep::Warn => Ok(()),
        ScoreStep::Suspend => {
            identity::set_organisation_standing(tx, actor, row.org_id, Standing::Suspended, reason).map(drop)
        }
        ScoreStep::Remove => {
            let gone = || AppError::new(Code::WrongState).detail("该供应商未入驻", "the supplier is not admitted");
            let admitted = admission::admitted_by(tx, row.org_id)?.ok_or_else(gone)?;
            let why = AdmissionRefusalReason::BadRecord;
            catalogue::end_admission(tx, actor, admitted, why, Some(reason.to_owned()))
        }
    }
}

/// Computes provisional days to answer anew; nobody loses days that were promised.
pub(super) fn recompute(tx: &mut Tx<'_>) -> Outcome<usize> {
    let waiting = store::provisional_proposals(tx)?;
    for id in &waiting {
        let Some(mut row) = store::claim_proposal(tx, &Scope::Platform, *id)? else { continue };
        if row.state == ProposalState::Open {
            let last = due(tx, &row.region_code, row.answer_from, RuleName::ScoreAnswerDays)?;
            (row.answer_by, row.answer_provisional) = (last.on.max(row.answer_by), last.provisional);
        }
        save(tx, &row)?;
    }
    Ok(waiting.len())
}

fn claim_open(tx: &mut Tx<'_>, scope: &Scope, id: ScoreProposalId) -> Outcome<ProposalRow> {
    let row = store::claim_proposal(tx, scope, id)?.ok_or(Code::NotFound)?;
    match row.state {
        ProposalState::Open => Ok(row),
        state => Err(AppError::new(Code::WrongState).with("state", state.as_str())),
    }
}

fn save(tx: &mut Tx<'_>, row: &ProposalRow) -> Outcome<()> {
    if store::save_proposal(tx, row)? == 1 { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    row: &ProposalRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}
