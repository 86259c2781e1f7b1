//! Findings: an office opens, the owner answers, the office or one above decides.

use super::{due, no_party, office_above, own_files, tell, tell_office};
use crate::audit;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{FileId, FindingId};
use crate::platform::db::Tx;
use crate::rulebook::RuleName;
use crate::supervision::rules::{self, FindingCode, FindingEvent, FindingSource, FindingState, FindingVerdict};
use crate::supervision::store::{self, AnswerRow, DecisionRow, FindingRow};
use crate::supervision::subject::Subject;
use serde_json::json;

/// What was found.
#[derive(Debug, Clone)]
pub struct NewFinding {
    /// Where it comes from.
    pub source: FindingSource,
    /// What it comes from.
    pub source_id: Option<String>,
    /// What is wrong.
    pub code: FindingCode,
    /// In words.
    pub text: String,
}

/// What the owner did about it.
#[derive(Debug, Clone)]
pub struct NewAnswer {
    /// In words.
    pub text: String,
    /// Evidence.
    pub files: Vec<FileId>,
}

/// What an office decides.
#[derive(Debug, Clone)]
pub struct FindingRuling {
    /// Close, return, escalate or cancel.
    pub verdict: FindingVerdict,
    /// Why.
    pub reason: String,
}

/// Opens a finding about what belongs to a supplier of the office's region; the deadline begins.
///
/// # Errors
/// `not_found` outside the region, `separation_of_duties`.
pub fn open(tx: &mut Tx<'_>, actor: &Actor, subject: &Subject, new: &NewFinding) -> Outcome<FindingRow> {
    if !actor.region.contains(&subject.region) {
        return Err(Code::NotFound.into());
    }
    no_party(tx, actor, subject.owner)?;
    enter(tx, actor, subject, new)
}

/// Enters a finding for an office; the deadline begins.
pub(super) fn enter(tx: &mut Tx<'_>, actor: &Actor, subject: &Subject, new: &NewFinding) -> Outcome<FindingRow> {
    let today = tx.at().day();
    let last = due(tx, &subject.region, today, RuleName::RectificationDays)?;
    let row = FindingRow {
        id: tx.new_id(),
        source: new.source,
        source_id: new.source_id.clone(),
        subject_kind: subject.kind,
        subject: subject.id.clone(),
        subject_name: subject.name.clone(),
        owner_org: subject.owner,
        owner_name: subject.owner_name.clone(),
        region_code: subject.region,
        code: new.code,
        text: new.text.clone(),
        state: FindingState::Open,
        office: actor.region,
        opened_by: actor.user_id,
        opened_for: actor.org_id,
        opened_at: tx.at(),
        round: 1,
        due_from: today,
        due_on: last.on,
        due_provisional: last.provisional,
        due_rule_id: last.rule,
        ended_at: None,
        updated_at: tx.at(),
        version: 1,
    };
    store::insert_finding(tx, &row)?;
    let details = json!({ "source": row.source, "source_id": row.source_id, "subject": row.subject, "code": row.code, "due_on": row.due_on, "rule_id": row.due_rule_id });
    record(tx, actor, &row, "finding.opened", details)?;
    let (name, text, day) = (&row.subject_name, &row.text, row.due_on);
    let zh = format!("监督发现 {name} 存在问题：{text}\n请于 {day} 前整改并提交整改材料。");
    let en = format!(
        "Supervision found something wrong with {name}: {text}\nPut it right and answer with evidence by {day}."
    );
    tell(tx, row.owner_org, Role::Seller, ("整改通知", "Rectification required"), (&zh, &en))?;
    Ok(row)
}

/// The owner answers with evidence, late or not.
///
/// # Errors
/// `not_found`, `wrong_state`, `validation_failed` for files that are not the owner's.
pub fn answer(tx: &mut Tx<'_>, actor: &Actor, id: FindingId, new: &NewAnswer) -> Outcome<FindingRow> {
    let mut row = store::claim_finding(tx, &Scope::Org(actor.org_id), id)?.ok_or(Code::NotFound)?;
    let late = rules::overdue(row.state, row.due_on, tx.at().day());
    row.state = rules::finding_next(row.state, FindingEvent::Answer).ok_or_else(|| wrong_state(&row))?;
    let answer = AnswerRow {
        id: tx.new_id(),
        finding_id: id,
        round: row.round,
        text: new.text.clone(),
        file_ids: own_files(tx, actor, &new.files)?,
        late,
        given_by: actor.user_id,
        given_at: tx.at(),
    };
    store::insert_answer(tx, &answer)?;
    save(tx, &mut row)?;
    record(tx, actor, &row, "finding.answered", json!({ "answer_id": answer.id, "round": row.round, "late": late }))?;
    let (owner, name) = (&row.owner_name, &row.subject_name);
    let zh = format!("{owner} 已就 {name} 的问题提交整改材料，请验收。");
    let en = format!("{owner} has answered the finding about {name}; decide about it.");
    tell_office(tx, &row.office, ("整改已答复", "A finding was answered"), (&zh, &en))?;
    Ok(row)
}

/// Decides about a finding: the office that has the word, or one above.
///
/// # Errors
/// `not_found`, `stale_version`, `forbidden` for another office, `separation_of_duties`, `wrong_state`.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: FindingId,
    version: i64,
    ruling: &FindingRuling,
) -> Outcome<FindingRow> {
    let mut row = store::claim_finding(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if version != row.version - 1 {
        return Err(Code::StaleVersion.into());
    }
    no_party(tx, actor, row.owner_org)?;
    rules::office_or_above(&actor.region, &row.office)?;
    let event = FindingEvent::Decide(ruling.verdict);
    row.state = rules::finding_next(row.state, event).ok_or_else(|| wrong_state(&row))?;
    let mut decision = DecisionRow {
        id: tx.new_id(),
        finding_id: id,
        round: row.round,
        decision: ruling.verdict,
        reason: ruling.reason.clone(),
        office_org: actor.org_id,
        decided_by: actor.user_id,
        decided_at: tx.at(),
        due_on: None,
        due_rule_id: None,
        to_office: None,
    };
    match ruling.verdict {
        FindingVerdict::Return => {
            begin_again(tx, &mut row)?;
            (decision.due_on, decision.due_rule_id) = (Some(row.due_on), Some(row.due_rule_id));
        }
        FindingVerdict::Escalate => {
            row.office = office_above(tx, &row.office)?;
            decision.to_office = Some(row.office);
        }
        FindingVerdict::Close | FindingVerdict::Cancel => row.ended_at = Some(tx.at()),
    }
    store::insert_decision(tx, &decision)?;
    save(tx, &mut row)?;
    let details = json!({ "round": decision.round, "state": row.state, "office": row.office, "due_on": decision.due_on, "rule_id": decision.due_rule_id });
    record(tx, actor, &row, action(ruling.verdict), details)?;
    tell_decided(tx, &row, ruling)?;
    Ok(row)
}

/// A new round with a new deadline from today.
fn begin_again(tx: &mut Tx<'_>, row: &mut FindingRow) -> Outcome<()> {
    row.round += 1;
    row.due_from = tx.at().day();
    let last = due(tx, &row.region_code, row.due_from, RuleName::RectificationDays)?;
    (row.due_on, row.due_provisional, row.due_rule_id) = (last.on, last.provisional, last.rule);
    Ok(())
}

/// Computes provisional deadlines anew; nobody loses days that were promised.
pub(super) fn recompute(tx: &mut Tx<'_>) -> Outcome<usize> {
    let waiting = store::provisional_findings(tx)?;
    for id in &waiting {
        let Some(mut row) = store::claim_finding(tx, &Scope::Platform, *id)? else { continue };
        if row.state.waits_for_owner() {
            let last = due(tx, &row.region_code, row.due_from, RuleName::RectificationDays)?;
            (row.due_on, row.due_provisional) = (last.on.max(row.due_on), last.provisional);
        }
        save(tx, &mut row)?;
    }
    Ok(waiting.len())
}

fn wrong_state(row: &FindingRow) -> AppError {
    AppError::new(Code::WrongState).with("state", row.state.as_str())
}

fn save(tx: &mut Tx<'_>, row: &mut FindingRow) -> Outcome<()> {
    row.updated_at = tx.at();
    if store::save_finding(tx, row)? == 1 { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

const fn action(verdict: FindingVerdict) -> &'static str {
    match verdict {
        FindingVerdict::Close => "finding.closed",
        FindingVerdict::Return => "finding.returned",
        FindingVerdict::Escalate => "finding.escalated",
        FindingVerdict::Cancel => "finding.cancelled",
    }
}

fn record(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &FindingRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.owner_org,
        other_org: Some(row.opened_for),
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}

fn tell_decided(tx: &mut Tx<'_>, row: &FindingRow, ruling: &FindingRuling) -> Outcome<()> {
    let (name, reason, day) = (&row.subject_name, &ruling.reason, row.due_on);
    let (subject, zh, en) = match ruling.verdict {
        FindingVerdict::Close => (
            ("整改验收通过", "Finding closed"),
            format!("{name} 的整改已验收销号。{reason}"),
            format!("The finding about {name} is closed. {reason}"),
        ),
        FindingVerdict::Return => (
            ("整改退回", "Finding returned"),
            format!("{name} 的整改未通过验收：{reason}\n请于 {day} 前继续整改。"),
            format!("What was done about {name} is not enough: {reason}\nAnswer again by {day}."),
        ),
        FindingVerdict::Cancel => (
            ("整改通知撤销", "Finding cancelled"),
            format!("关于 {name} 的整改通知已撤销。{reason}"),
            format!("The finding about {name} was opened in error and is cancelled. {reason}"),
        ),
        FindingVerdict::Escalate => {
            let zh = format!("关于 {name} 的整改事项已提级至本部门。{reason}");
            let en = format!("The finding about {name} was escalated to this office. {reason}");
            return tell_office(tx, &row.office, ("整改提级", "Finding escalated"), (&zh, &en));
        }
    };
    tell(tx, row.owner_org, Role::Seller, subject, (&zh, &en))
}
