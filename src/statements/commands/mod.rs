//! Use cases of statements of account.

pub mod draw;
pub mod invoice;
pub mod pay;
pub mod reconcile;

use super::records::{self, Standing};
use super::rules::account::Sums;
use super::store::{self, HeldRow, LineRow, RevisionRow, StatementRow};
use crate::audit::{self, Entry};
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrderId, OrgId, StatementId};
use crate::notifications::{self, Both};
use crate::ordering;
use crate::platform::db::Tx;
use serde_json::Value;
use std::collections::BTreeSet;

/// A field that is wrong.
fn wrong(pointer: impl Into<String>, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

/// Locks an own statement of a supplier.
fn claim_own(tx: &mut Tx<'_>, actor: &Actor, id: StatementId) -> Outcome<StatementRow> {
    store::claim(tx, id)?.filter(|row| row.supplier_id == actor.org_id).ok_or_else(|| Code::NotFound.into())
}

/// Locks a statement that the actor's organisation was shown, as the buyer or as who pays.
fn claim_shown(tx: &mut Tx<'_>, actor: &Actor, id: StatementId) -> Outcome<StatementRow> {
    let shown = |row: &StatementRow| row.submitted_revision > 0 && [row.buyer_id, row.payer_id].contains(&actor.org_id);
    store::claim(tx, id)?.filter(shown).ok_or_else(|| Code::NotFound.into())
}

/// The orders that a statement may state, kept as they are until the transaction ends, but for those that are left out.
fn standings(tx: &mut Tx<'_>, row: &StatementRow, left_out: &BTreeSet<OrderId>) -> Outcome<Vec<Standing>> {
    let (parties, period) = ((row.supplier_id, row.buyer_id), (row.first_day, row.last_day));
    let named = ordering::accepted_in(tx, parties, Some(row.payer_id), period)?;
    let ids: Vec<OrderId> = named.into_iter().map(|(id, _)| id).filter(|id| !left_out.contains(id)).collect();
    ordering::keep_orders(tx, &ids)?;
    records::standings(tx, &ids)
}

/// The orders of which a statement holds acceptances, kept as they are until the transaction ends.
fn held(tx: &mut Tx<'_>, row: &StatementRow) -> Outcome<Vec<Standing>> {
    let ids = store::orders_of(tx, row.id)?;
    ordering::keep_orders(tx, &ids)?;
    records::standings(tx, &ids)
}

/// The orders that a revision leaves out.
pub(super) fn left_out(revision: &RevisionRow) -> Outcome<BTreeSet<OrderId>> {
    serde_json::from_str(&revision.left_out).map_err(AppError::internal)
}

/// The last revision of a statement.
fn last(tx: &mut Tx<'_>, row: &StatementRow) -> Outcome<RevisionRow> {
    let found = store::revisions_of(tx, row.id)?.into_iter().find(|revision| revision.revision == row.revision);
    found.ok_or_else(|| AppError::internal("a statement has no last revision"))
}

/// Enters the lines of a claimed statement as its revision, and lets it hold their acceptances.
fn enter(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &StatementRow,
    lines: &[LineRow],
    (left_out, note): (&BTreeSet<OrderId>, Option<&str>),
) -> Outcome<RevisionRow> {
    let sums: Vec<Sums> = lines.iter().map(LineRow::sums).collect();
    let sums = Sums::total(&sums)?;
    let revision = RevisionRow {
        statement_id: row.id,
        revision: row.revision,
        left_out: serde_json::to_string(left_out).map_err(AppError::internal)?,
        note: note.map(|text| text.trim().to_owned()),
        drafted_by: actor.user_id,
        drafted_at: tx.at(),
        submitted_by: None,
        submitted_at: None,
        answered_by: None,
        answered_at: None,
        lines: i64::try_from(lines.len()).map_err(AppError::internal)?,
        amount_fen: sums.amount,
        returned_fen: sums.returned,
        disputed_fen: sums.disputed,
        paid_fen: sums.paid,
        reported_fen: sums.reported,
        invoiced_fen: sums.invoiced,
        payable_fen: sums.payable()?,
    };
    store::insert_revision(tx, &revision, lines)?;
    let mut seen = BTreeSet::new();
    let held = lines.iter().filter(|line| seen.insert(line.acceptance_id)).map(|line| HeldRow {
        acceptance_id: line.acceptance_id,
        statement_id: row.id,
        order_id: line.order_id,
    });
    let held: Vec<HeldRow> = held.collect();
    tx.attempt(|tx| store::hold(tx, row.id, &held)).map_err(|error| match error.code() {
        Code::AlreadyExists => stated_elsewhere(&[]),
        _ => error,
    })?;
    Ok(revision)
}

/// Acceptances that stand in other statements.
fn stated_elsewhere(others: &[StatementId]) -> AppError {
    let named: Vec<String> = others.iter().map(ToString::to_string).collect();
    let error = AppError::new(Code::AlreadyExists).detail(
        format!("这些验收已列入另一份对账单 {}", named.join("、")),
        format!("What was accepted stands in another statement {}", named.join(", ")),
    );
    error.with("statements", named)
}

/// Writes the trail: of the supplier alone before a statement was shown, then of all its parties.
fn record(tx: &mut Tx<'_>, actor: &Actor, row: &StatementRow, action: &'static str, details: Value) -> Outcome<()> {
    let shown = row.submitted_revision > 0 && action != "statement.amended";
    let entry = Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.supplier_id,
        other_org: shown.then_some(row.buyer_id),
        region: row.buyer_region,
        details,
    };
    let payer = [row.payer_id];
    audit::record_for(tx, &[entry], if shown { &payer[..] } else { &[] })
}

/// Writes to everybody of an organisation with one of these roles, each once: who did what with which statement.
fn tell(
    tx: &mut Tx<'_>,
    (org, roles): (OrgId, &[Role]),
    (row, actor): (&StatementRow, &Actor),
    (zh, en): (&str, &str),
) -> Outcome<()> {
    let mut addresses = BTreeSet::new();
    for role in roles {
        addresses.extend(identity::recipients(tx, org, *role)?.into_iter().map(|(_, address)| address));
    }
    let name = identity::organisation(tx, actor.org_id)?.name;
    let (id, first, until) = (row.id, row.first_day, row.last_day);
    let zh = format!("“{name}”{zh}。对账单 {id}，{first} 至 {until}。");
    let en = format!("{name} {en}. Statement {id} of {first} to {until}.");
    for address in addresses {
        let subject = Both { zh: "对账单", en: "Statement of account" };
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(())
}

/// Who sells.
const SELLERS: &[Role] = &[Role::Seller];
/// Who matches statements.
const BUYERS: &[Role] = &[Role::Trader, Role::Acceptor, Role::Payer];
/// Who pays.
const PAYERS: &[Role] = &[Role::Payer];
