//! Use cases of the blacklist: enter, lift, appeal, decide, and the question that admission and certification ask.

use super::rules::{self, AppealDecision, AppealStatus, BlacklistCause, BlacklistStatus, Term};
use super::store::{self, AppealRow, EntryRow};
use crate::audit;
use crate::documents;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{BlacklistAppealId, BlacklistEntryId, CertificateId, FileId, OrgId, RuleId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::notifications::{self, Both};
use crate::platform::db::{Read, Tx};
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde_json::json;

/// How long an office lists a supplier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// As the rule row of the cause says; not at all where it says so.
    ByRule,
    /// To this day.
    Until(Day),
    /// For good.
    Permanent,
}

/// Why and how long a supplier is listed.
#[derive(Debug, Clone)]
pub struct NewEntry {
    /// The supplier.
    pub org_id: OrgId,
    /// The cause.
    pub cause: BlacklistCause,
    /// In words.
    pub reason: Option<String>,
    /// The document that says so.
    pub document_no: Option<String>,
    /// The certificate whose end lists the supplier: id and number.
    pub certificate: Option<(CertificateId, String)>,
    /// How long.
    pub asked: Asked,
}

/// Lists a supplier; `None` where the rule row of the cause lists nobody.
///
/// # Errors
/// `not_found` without the supplier, `separation_of_duties` for its member.
pub fn enter(tx: &mut Tx<'_>, actor: &Actor, new: &NewEntry) -> Outcome<Option<EntryRow>> {
    let supplier = identity::organisation(tx, new.org_id)?;
    if identity::is_member(tx, actor.user_id, new.org_id)? {
        return Err(Code::SeparationOfDuties.into());
    }
    let today = tx.at().day();
    let (term, rule_id) = term(tx, &supplier.region_code, new, today)?;
    let listed_until = match term {
        Term::None => return Ok(None),
        Term::Until(day) => Some(day),
        Term::Permanent => None,
    };
    let (appeal_until, appeal_rule_id, _) = days(tx, &supplier.region_code, RuleName::AppealDays)?;
    let row = EntryRow {
        id: tx.new_id(),
        org_id: new.org_id,
        supplier_name: supplier.name,
        uscc: supplier.uscc,
        region_code: supplier.region_code,
        cause: new.cause,
        reason: new.reason.clone(),
        document_no: new.document_no.clone(),
        certificate_id: new.certificate.as_ref().map(|(id, _)| *id),
        certificate_number: new.certificate.as_ref().map(|(_, number)| number.clone()),
        listed_from: today,
        listed_until,
        rule_id,
        office_org: actor.org_id,
        office_region: actor.region,
        decided_by: actor.user_id,
        decided_at: tx.at(),
        appeal_until,
        appeal_rule_id,
        status: BlacklistStatus::Listed,
        ended_on: None,
        ended_by: None,
        end_reason: None,
        version: 1,
    };
    store::insert_entry(tx, &row)?;
    record(tx, Some(actor), "supplier.blacklisted", &row)?;
    tell_listed(tx, &row)?;
    Ok(Some(row))
}

/// How long an entry lists, and the row that says so.
fn term(on: &mut Read, region: &RegionCode, new: &NewEntry, today: Day) -> Outcome<(Term, Option<RuleId>)> {
    match new.asked {
        Asked::Until(day) => return Ok((Term::Until(day), None)),
        Asked::Permanent => return Ok((Term::Permanent, None)),
        Asked::ByRule => {}
    }
    let rules = rulebook::load(on, region, today, &[RuleName::BlacklistDays])?;
    let rule = rules.row_for(RuleName::BlacklistDays, Some(new.cause.as_str()), None)?;
    let term = rules::term(&rule.value, today).ok_or_else(|| AppError::internal("unreadable blacklist term"))?;
    Ok((term, Some(rule.id)))
}

/// The last of so many working days from today, with the row that says how many, and whether it is provisional.
fn days(on: &mut Tx<'_>, region: &RegionCode, name: RuleName) -> Outcome<(Day, RuleId, bool)> {
    let today = on.at().day();
    let rules = rulebook::load(on, region, today, &[name])?;
    let rule = rules.row(name)?;
    let deadline = regions::deadline_working_days(on, region, today, rule.int()?)?;
    Ok((Day::new(deadline.day), rule.id, deadline.provisional))
}

/// Refuses a supplier that is listed today.
///
/// # Errors
/// `supplier_blacklisted`, with the last day unless it is listed for good.
pub fn refuse_listed(on: &mut Read, org: OrgId, today: Day) -> Outcome<()> {
    let entries = store::current_of(on, org, today)?;
    let Some(first) = entries.first() else { return Ok(()) };
    let until = entries.iter().map(|entry| entry.listed_until).reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b)));
    let error = AppError::new(Code::SupplierBlacklisted).with("entry", first.id.to_string());
    Err(match until.flatten() {
        Some(until) => error
            .detail(format!("列入黑名单至 {until}"), format!("the supplier is listed until {until}"))
            .with("until", until.to_string()),
        None => error.detail("永久列入黑名单", "the supplier is listed for good"),
    })
}

/// Lifts an entry before its last day.
///
/// # Errors
/// `not_found` outside the region, `forbidden` below the office that decided, `separation_of_duties`, `wrong_state`, `expired`.
pub fn lift(tx: &mut Tx<'_>, actor: &Actor, id: BlacklistEntryId, reason: &str) -> Outcome<EntryRow> {
    let mut row = store::claim_entry(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if identity::is_member(tx, actor.user_id, row.org_id)? {
        return Err(Code::SeparationOfDuties.into());
    }
    rules::may_lift(&actor.region, &row.office_region)?;
    rules::counts(rules::standing(row.status, row.listed_until, tx.at().day()))?;
    end(tx, actor, &mut row, BlacklistStatus::Lifted, reason)?;
    record(tx, Some(actor), "supplier.blacklisting_lifted", &row)?;
    let text = (
        format!("贵单位已移出黑名单，可重新申请入驻、认定。{reason}"),
        format!("You are no longer blacklisted and may apply again. {reason}"),
    );
    tell(tx, row.org_id, ("移出供应商黑名单", "Blacklisting lifted"), &text)?;
    Ok(row)
}

fn end(tx: &mut Tx<'_>, actor: &Actor, row: &mut EntryRow, to: BlacklistStatus, reason: &str) -> Outcome<()> {
    row.status = to;
    row.ended_on = Some(tx.at().day());
    row.ended_by = Some(actor.user_id);
    row.end_reason = Some(reason.to_owned());
    store::save_entry(tx, row)
}

/// What a supplier says against an entry.
#[derive(Debug, Clone)]
pub struct NewAppeal {
    /// In words.
    pub statement: String,
    /// What supports it; the supplier's own files.
    pub files: Vec<FileId>,
}

/// Appeals against an entry, once and in time.
///
/// # Errors
/// `not_found`, `wrong_state`, `expired` after its days, `already_exists`, `validation_failed` for unknown files.
pub fn appeal(tx: &mut Tx<'_>, actor: &Actor, id: BlacklistEntryId, new: &NewAppeal) -> Outcome<AppealRow> {
    let entry = store::claim_entry(tx, &Scope::Org(actor.org_id), id)?.ok_or(Code::NotFound)?;
    let today = tx.at().day();
    rules::counts(rules::standing(entry.status, entry.listed_until, today))?;
    rules::in_time(entry.appeal_until, today)?;
    for (at, file) in new.files.iter().enumerate() {
        documents::file(tx, &Scope::Org(actor.org_id), *file).map_err(|error| match error.code() {
            Code::NotFound => {
                let message = Message::new("没有这个文件", "there is no such file");
                AppError::field(Code::ValidationFailed, format!("/file_ids/{at}"), message)
            }
            _ => error,
        })?;
    }
    let office_region = rules::appeal_region(&entry.office_region);
    let (due_on, due_rule_id, due_provisional) = days(tx, &office_region, RuleName::AppealReviewDays)?;
    let row = AppealRow {
        id: tx.new_id(),
        entry_id: id,
        org_id: actor.org_id,
        region_code: entry.region_code,
        statement: new.statement.clone(),
        files: serde_json::to_string(&new.files).map_err(AppError::internal)?,
        filed_by: actor.user_id,
        filed_at: tx.at(),
        office_region,
        due_on,
        due_provisional,
        due_rule_id,
        status: AppealStatus::Open,
        reason: None,
        decided_by: None,
        decided_for: None,
        decided_at: None,
    };
    tx.attempt(|tx| store::insert_appeal(tx, &row)).map_err(|error| match error.code() {
        Code::AlreadyExists => error.detail("已申诉过", "an appeal was filed already"),
        _ => error,
    })?;
    record_appeal(tx, actor, "blacklist_appeal.filed", &row)?;
    tell_office(tx, &entry, &row)?;
    Ok(row)
}

/// A decision about an appeal.
#[derive(Debug, Clone)]
pub struct AppealRuling {
    /// Uphold or dismiss.
    pub decision: AppealDecision,
    /// Why.
    pub reason: String,
}

/// Decides an appeal; upheld, the entry is annulled and shown so.
///
/// # Errors
/// `not_found` outside the region, `forbidden` for another office than the one above, `separation_of_duties`, `wrong_state`
/// when it is decided.
pub fn decide_appeal(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: BlacklistAppealId,
    ruling: &AppealRuling,
) -> Outcome<AppealRow> {
    let found = store::appeal(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    let mut entry = store::claim_entry(tx, &Scope::Platform, found.entry_id)?.ok_or(Code::NotFound)?;
    let member = identity::is_member(tx, actor.user_id, found.org_id)?;
    rules::may_decide((actor.region, found.office_region), actor.user_id, entry.decided_by, member)?;
    let decided = AppealRow {
        status: match ruling.decision {
            AppealDecision::Uphold => AppealStatus::Upheld,
            AppealDecision::Dismiss => AppealStatus::Dismissed,
        },
        reason: Some(ruling.reason.clone()),
        decided_by: Some(actor.user_id),
        decided_for: Some(actor.org_id),
        decided_at: Some(tx.at()),
        ..found
    };
    if store::decide_appeal(tx, &decided)? == 0 {
        return Err(AppError::new(Code::WrongState).detail("该申诉已决定", "the appeal has been decided"));
    }
    // Also when it was lifted or its days are over meanwhile: it never should have been.
    if ruling.decision == AppealDecision::Uphold {
        end(tx, actor, &mut entry, BlacklistStatus::Annulled, &ruling.reason)?;
    }
    record_appeal(tx, actor, "blacklist_appeal.decided", &decided)?;
    let reason = &ruling.reason;
    let (subject, text) = match ruling.decision {
        AppealDecision::Uphold => (
            ("黑名单申诉成立", "Appeal upheld"),
            (
                format!("申诉成立，列入决定已撤销。{reason}"),
                format!("Your appeal is upheld; the entry is annulled. {reason}"),
            ),
        ),
        AppealDecision::Dismiss => (
            ("黑名单申诉不成立", "Appeal dismissed"),
            (
                format!("申诉不成立，列入决定不变。{reason}"),
                format!("Your appeal is dismissed; the entry stands. {reason}"),
            ),
        ),
    };
    tell(tx, decided.org_id, subject, &text)?;
    Ok(decided)
}

/// Computes provisional deadlines of open appeals anew after a calendar was loaded, never shortening one; how many.
///
/// # Errors
/// When the database fails.
pub fn recompute_deadlines(tx: &mut Tx<'_>) -> Outcome<usize> {
    let rows = store::provisional(tx)?;
    for row in &rows {
        let filed_on = row.filed_at.day();
        let rules = rulebook::load(tx, &row.office_region, filed_on, &[RuleName::AppealReviewDays])?;
        let days = rules.int(RuleName::AppealReviewDays)?;
        let deadline = regions::deadline_working_days(tx, &row.office_region, filed_on, days)?;
        store::move_due(tx, row.id, Day::new(deadline.day).max(row.due_on), deadline.provisional)?;
    }
    Ok(rows.len())
}

fn record(tx: &mut Tx<'_>, actor: Option<&Actor>, action: &'static str, row: &EntryRow) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details: json!({
            "cause": row.cause, "certificate": row.certificate_number, "from": row.listed_from, "until": row.listed_until,
            "rule_id": row.rule_id, "document_no": row.document_no, "status": row.status, "reason": row.end_reason,
        }),
    };
    audit::record(tx, &entry)
}

fn record_appeal(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, row: &AppealRow) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details: json!({ "entry": row.entry_id, "status": row.status, "due_on": row.due_on, "rule_id": row.due_rule_id }),
    };
    audit::record(tx, &entry)
}

fn tell_listed(tx: &mut Tx<'_>, row: &EntryRow) -> Outcome<()> {
    let reason = row.reason.as_deref().unwrap_or_default();
    let (until_zh, until_en) = match row.listed_until {
        Some(until) => (format!("至 {until}"), format!("until {until}")),
        None => ("，永久有效".to_owned(), "for good".to_owned()),
    };
    let appeal = row.appeal_until;
    let zh = format!(
        "贵单位自 {} 起列入供应商黑名单{until_zh}，期间不得重新入驻、申请认定或换证。{reason} 可在 {appeal} 前申诉一次（{}）。",
        row.listed_from, row.id
    );
    let en = format!(
        "You are blacklisted from {} {until_en} and may not be admitted anew nor apply for certification or renewal. {reason} You may appeal once, until {appeal} ({}).",
        row.listed_from, row.id
    );
    tell(tx, row.org_id, ("列入供应商黑名单", "Blacklisted"), &(zh, en))
}

fn tell_office(tx: &mut Tx<'_>, entry: &EntryRow, row: &AppealRow) -> Outcome<()> {
    let Some(office) = identity::nearest_office(tx, OrgKind::PovertyOffice, &row.office_region)? else {
        return Ok(());
    };
    let (name, due) = (&entry.supplier_name, row.due_on);
    let zh = format!("{name} 对列入黑名单提出申诉（{}），请于 {due} 前决定。", row.id);
    let en = format!("{name} appeals against its blacklisting ({}); to be decided by {due}.", row.id);
    for (_, address) in identity::recipients(tx, office, Role::Reviewer)? {
        let subject = Both { zh: "黑名单申诉待决定", en: "An appeal waits" };
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(())
}

fn tell(tx: &mut Tx<'_>, org: OrgId, subject: (&str, &str), text: &(String, String)) -> Outcome<()> {
    identity::tell(tx, org, Role::Seller, subject, (&text.0, &text.1))
}
