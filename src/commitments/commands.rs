//! Use cases of minimum-purchase commitments: declared, decided, revised, withdrawn.

use super::rules::{self, CommitmentEvent, CommitmentRefusal, CommitmentState, CommitmentTerms, CommitmentVerdict};
use super::store::{self, CommitmentRow, RevisionRow};
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrgId, PurchaseCommitmentId};
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use serde_json::json;
use std::collections::BTreeSet;

/// A commitment as it is declared.
#[derive(Debug, Clone)]
pub struct NewCommitment {
    /// The office to which it is declared.
    pub office: OrgId,
    /// Its year.
    pub year: i64,
    /// What is committed.
    pub terms: CommitmentTerms,
}

/// Which commitment is meant, and which version of it was read.
pub type Meant = (PurchaseCommitmentId, i64);

/// Declares a commitment to an office.
///
/// # Errors
/// Everything that is wrong at once.
pub fn declare(tx: &mut Tx<'_>, actor: &Actor, new: &NewCommitment) -> Outcome<CommitmentRow> {
    let office = identity::organisations(tx, &[new.office])?.into_iter().next();
    let office = office.filter(|org| org.kind == OrgKind::PovertyOffice);
    let mut wrong = wrong_terms(tx, new.year, &new.terms)?;
    if office.is_none() {
        wrong.push(field("/office_id", "须为扶贫办", "must be a poverty office"));
    }
    let Some(office) = office.filter(|_| wrong.is_empty()) else { return Err(AppError::several(wrong)) };
    let row = CommitmentRow {
        id: tx.new_id(),
        org_id: actor.org_id,
        org_region: actor.region,
        office_id: office.id,
        office_region: office.region_code,
        year: new.year,
        state: CommitmentState::Declared,
        revision: 1,
        in_force: None,
        since: tx.at(),
        version: 1,
    };
    store::insert(tx, &row)?;
    enter(tx, actor, &row, (&new.terms, None))?;
    note(tx, actor, &row, "purchase_commitment.declared", None)?;
    tell_office(tx, &row, ("报送了最低采购承诺，请受理", "declares a minimum-purchase commitment: please decide"))?;
    Ok(row)
}

/// What is wrong with what is committed, each with its field.
fn wrong_terms(tx: &mut Tx<'_>, year: i64, terms: &CommitmentTerms) -> Outcome<Vec<AppError>> {
    let today = tx.at().day();
    let mut wrong: Vec<AppError> = rules::faults(year, terms, today).into_iter().map(AppError::from).collect();
    if let Some(region) = &terms.region {
        wrong.extend(identity::region_exists(tx, region, today).err());
    }
    if let Some(supplier) = terms.supplier {
        let known = identity::organisations(tx, &[supplier])?.into_iter().next();
        if known.is_none_or(|org| !org.kind.sells()) {
            wrong.push(field("/supplier_id", "须为供应商", "must be a supplier"));
        }
    }
    Ok(wrong)
}

fn field(pointer: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

/// Enters what is declared as the commitment's revision.
fn enter(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &CommitmentRow,
    (terms, reason): (&CommitmentTerms, Option<&str>),
) -> Outcome<()> {
    let revision = RevisionRow {
        commitment_id: row.id,
        revision: row.revision,
        from_month: rules::month(row.year, terms.from_month),
        to_month: rules::month(row.year, terms.to_month),
        amount_fen: terms.amount,
        region_code: terms.region,
        supplier_id: terms.supplier,
        reason: reason.map(str::to_owned),
        declared_by: actor.user_id,
        declared_at: tx.at(),
        verdict: None,
        answer: None,
        decided_by: None,
        decided_at: None,
    };
    store::insert_revision(tx, &revision)
}

/// Locks a commitment that was read, of whoever may act on it.
fn claim(tx: &mut Tx<'_>, (id, version): Meant, whose: impl Fn(&CommitmentRow) -> bool) -> Outcome<CommitmentRow> {
    let row = store::claim(tx, id)?.filter(whose).ok_or(Code::NotFound)?;
    if version == row.version - 1 { Ok(row) } else { Err(Code::StaleVersion.into()) }
}

/// Declares other terms for the same year; what was accepted last stands until the office accepts them.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `expired` once the year is over; everything that is wrong with the terms.
pub fn revise(
    tx: &mut Tx<'_>,
    actor: &Actor,
    meant: Meant,
    (terms, reason): (&CommitmentTerms, &str),
) -> Outcome<CommitmentRow> {
    let mut row = claim(tx, meant, |row| row.org_id == actor.org_id)?;
    row.state = rules::next(row.state, CommitmentEvent::Revise, row.in_force.is_some())?;
    if tx.at().day().year() > row.year {
        return Err(CommitmentRefusal::YearOver(row.year).into());
    }
    let wrong = wrong_terms(tx, row.year, terms)?;
    if !wrong.is_empty() {
        return Err(AppError::several(wrong));
    }
    let last = latest(tx, &row)?;
    if said(&last) == *terms {
        return Err(CommitmentRefusal::Unchanged.into());
    }
    row.revision += 1;
    row.since = tx.at();
    enter(tx, actor, &row, (terms, Some(reason)))?;
    store::save(tx, &row)?;
    note(tx, actor, &row, "purchase_commitment.revised", Some(reason))?;
    tell_office(tx, &row, ("变更了最低采购承诺，请受理", "revises a minimum-purchase commitment: please decide"))?;
    Ok(row)
}

/// What a revision says.
fn said(row: &RevisionRow) -> CommitmentTerms {
    CommitmentTerms {
        from_month: rules::month_number(&row.from_month),
        to_month: rules::month_number(&row.to_month),
        amount: row.amount_fen,
        region: row.region_code,
        supplier: row.supplier_id,
    }
}

fn latest(tx: &mut Tx<'_>, row: &CommitmentRow) -> Outcome<RevisionRow> {
    let found = store::revisions_of(tx, &[row.id])?.into_iter().find(|revision| revision.revision == row.revision);
    found.ok_or_else(|| AppError::internal("a commitment without its revision"))
}

/// The office accepts what was declared last, or returns it.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `separation_of_duties`, `validation_failed` without a reason to return it.
pub fn decide(
    tx: &mut Tx<'_>,
    actor: &Actor,
    meant: Meant,
    (verdict, reason): (CommitmentVerdict, Option<&str>),
) -> Outcome<CommitmentRow> {
    let mut row = claim(tx, meant, |row| row.office_id == actor.org_id)?;
    if identity::is_member(tx, actor.user_id, row.org_id)? {
        return Err(CommitmentRefusal::Member.into());
    }
    row.state = rules::next(row.state, CommitmentEvent::Decide(verdict), row.in_force.is_some())?;
    if verdict == CommitmentVerdict::Return && reason.is_none() {
        return Err(CommitmentRefusal::Reason.into());
    }
    let mut decided = latest(tx, &row)?;
    decided.verdict = Some(verdict);
    decided.answer = reason.map(str::to_owned);
    (decided.decided_by, decided.decided_at) = (Some(actor.user_id), Some(tx.at()));
    store::decide(tx, &decided)?;
    if verdict == CommitmentVerdict::Accept {
        row.in_force = Some(row.revision);
    }
    row.since = tx.at();
    store::save(tx, &row)?;
    let (action, zh, en) = match verdict {
        CommitmentVerdict::Accept => ("purchase_commitment.accepted", "已受理", "is accepted"),
        CommitmentVerdict::Return => {
            ("purchase_commitment.returned", "被退回，请修改后重新报送", "was returned: revise it")
        }
    };
    note(tx, actor, &row, action, reason)?;
    let why = reason.map(|reason| (format!("理由：{reason}"), format!(" Reason: {reason}"))).unwrap_or_default();
    let (zh, en) = (
        format!("{}年最低采购承诺（{} 元）{zh}。{}", row.year, decided.amount_fen, why.0),
        format!("The minimum-purchase commitment for {} over {} yuan {en}.{}", row.year, decided.amount_fen, why.1),
    );
    tell(tx, (row.org_id, &[Role::Trader, Role::Manager]), (&zh, &en))?;
    Ok(row)
}

/// Takes back what was never accepted.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`.
pub fn withdraw(tx: &mut Tx<'_>, actor: &Actor, meant: Meant, reason: &str) -> Outcome<CommitmentRow> {
    let mut row = claim(tx, meant, |row| row.org_id == actor.org_id)?;
    let waited = row.state == CommitmentState::Declared;
    row.state = rules::next(row.state, CommitmentEvent::Withdraw, row.in_force.is_some())?;
    row.since = tx.at();
    store::save(tx, &row)?;
    note(tx, actor, &row, "purchase_commitment.withdrawn", Some(reason))?;
    if waited {
        tell_office(tx, &row, ("撤回了最低采购承诺", "withdraws its minimum-purchase commitment"))?;
    }
    Ok(row)
}

/// Writes the trail of the organisation and the office.
fn note(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &CommitmentRow,
    action: &'static str,
    reason: Option<&str>,
) -> Outcome<()> {
    let last = latest(tx, row)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: Some(row.office_id),
        region: row.office_region,
        details: json!({ "year": row.year, "revision": row.revision, "in_force": row.in_force, "amount_fen": last.amount_fen,
            "from_month": last.from_month, "to_month": last.to_month, "region": last.region_code, "supplier": last.supplier_id,
            "reason": reason }),
    };
    audit::record(tx, &entry)
}

fn tell_office(tx: &mut Tx<'_>, row: &CommitmentRow, (zh, en): (&str, &str)) -> Outcome<()> {
    let name = identity::organisation(tx, row.org_id)?.name;
    let (zh, en) = (format!("“{name}”{zh}（{}年）。", row.year), format!("{name} {en} ({}).", row.year));
    tell(tx, (row.office_id, &[Role::Reviewer]), (&zh, &en))
}

/// Writes to everybody of an organisation with one of these roles, each once.
fn tell(tx: &mut Tx<'_>, (org, roles): (OrgId, &[Role]), (zh, en): (&str, &str)) -> Outcome<()> {
    let mut addresses = BTreeSet::new();
    for role in roles {
        addresses.extend(identity::recipients(tx, org, *role)?.into_iter().map(|(_, address)| address));
    }
    for address in addresses {
        let subject = Both { zh: "最低采购承诺", en: "Minimum-purchase commitment" };
        notifications::mail(tx, &address, subject, Both { zh, en })?;
    }
    Ok(())
}
