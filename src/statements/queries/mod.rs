//! Reading statements of account: its supplier sees what it works on, everybody else what was submitted.

mod sheets;
mod views;

pub use sheets::{lines_csv, list_csv};
pub use views::{StatementAccountView, StatementSummary, StatementTransferView};

use super::commands::left_out;
use super::records::{self, Standing};
use super::rules::difference::{Line, changes};
use super::rules::state::ReconciliationState;
use super::store::{self, LineRow, Reach, RevisionRow, StatementRow, StatementsWanted};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrgId, StatementId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::Day;
use crate::platform::db::Read;
use std::collections::{BTreeMap, BTreeSet};
use views::{StatementOrderView, StatementPayeeView, StatementRevisionView};

/// Confirmed statements of a supplier that are looked through for money that may be theirs.
const LATEST: i64 = 100;

/// Statements in scope, the newest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn statements(
    read: &mut Read,
    actor: &Actor,
    wanted: &StatementsWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<StatementSummary>> {
    let reach = match &actor.scope {
        Scope::Platform => Reach::Everything,
        Scope::Region(code) => Reach::BuyersIn(code.subtree()),
        Scope::UnitTree(root) => Reach::Tree(*root, identity::subtree(read, *root, today)?),
        Scope::Org(org) => Reach::Party(*org),
    };
    let rows = store::list(read, &reach, wanted, page)?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let revisions = store::revisions_of_all(read, &page.items.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let names = names(read, &page.items)?;
    page.try_map(|row| {
        let no = shown_revision(actor, &row);
        let shown = revisions.iter().find(|one| one.statement_id == row.id && one.revision == no);
        Ok(StatementSummary::new(&row, shown.ok_or_else(no_revision)?, &names))
    })
}

fn no_revision() -> AppError {
    AppError::internal("a statement has no revision to show")
}

/// The supplier sees what it works on, everybody else what was submitted.
fn shown_revision(actor: &Actor, row: &StatementRow) -> i64 {
    if row.supplier_id == actor.org_id { row.revision } else { row.submitted_revision }
}

fn names(read: &mut Read, rows: &[StatementRow]) -> Outcome<BTreeMap<OrgId, String>> {
    let ids: BTreeSet<OrgId> = rows.iter().flat_map(|row| [row.supplier_id, row.buyer_id, row.payer_id]).collect();
    let orgs = identity::organisations(read, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(orgs.into_iter().map(|org| (org.id, org.name)).collect())
}

/// Whether a statement lies in the actor's scope.
fn sees(read: &mut Read, actor: &Actor, row: &StatementRow, today: Day) -> Outcome<bool> {
    let submitted = row.submitted_revision > 0;
    Ok(match &actor.scope {
        Scope::Platform => submitted,
        Scope::Region(code) => submitted && code.contains(&row.buyer_region),
        Scope::UnitTree(root) => {
            submitted && (row.payer_id == *root || identity::tree_contains(read, *root, row.buyer_id, today)?)
        }
        Scope::Org(org) => row.supplier_id == *org || (submitted && [row.buyer_id, row.payer_id].contains(org)),
    })
}

/// A statement with its lines, what became of it, and what it leaves to be paid and invoiced; with its version.
///
/// # Errors
/// `not_found` outside the scope.
pub fn statement(read: &mut Read, actor: &Actor, id: StatementId, today: Day) -> Outcome<(StatementAccountView, i64)> {
    let row = store::find(read, id)?.ok_or(Code::NotFound)?;
    if !sees(read, actor, &row, today)? {
        return Err(Code::NotFound.into());
    }
    let most = shown_revision(actor, &row);
    let mut known = store::revisions_of(read, id)?;
    // Revisions that were never submitted are the supplier's own.
    known.retain(|one| row.supplier_id == actor.org_id || one.submitted_at.is_some());
    let shown = known.iter().find(|one| one.revision == most).ok_or_else(no_revision)?.clone();
    let lines = store::lines_of(read, id, most)?;
    let standings = match row.state {
        ReconciliationState::Confirmed => {
            let orders = store::orders_of(read, id)?;
            records::standings(read, &orders)?
        }
        _ => Vec::new(),
    };
    let party = [row.supplier_id, row.buyer_id, row.payer_id].contains(&actor.org_id);
    let payees = if party { payees(&standings, id)? } else { Vec::new() };
    let (payment_ids, invoice_ids) = store::linked(read, id)?;
    let names = names(read, std::slice::from_ref(&row))?;
    let view = StatementAccountView {
        left_out: left_out(&shown)?.into_iter().collect(),
        statement: StatementSummary::new(&row, &shown, &names),
        withdrawal_reason: row.withdrawal_reason.clone(),
        confirmed_by: row.confirmed_by,
        orders: orders(&standings, id, &lines)?,
        lines: lines.into_iter().map(TryInto::try_into).collect::<Outcome<_>>()?,
        differences: store::differences_of(read, id)?.into_iter().map(Into::into).collect(),
        revisions: history(read, id, &known)?,
        payees,
        payment_ids,
        invoice_ids,
    };
    Ok((view, row.version))
}

/// What each revision changed of the one before it, as far as it is shown.
fn history(read: &mut Read, id: StatementId, known: &[RevisionRow]) -> Outcome<Vec<StatementRevisionView>> {
    let mut before: Vec<Line> = Vec::new();
    let mut views = Vec::with_capacity(known.len());
    for (place, one) in known.iter().enumerate() {
        let after: Vec<Line> = store::lines_of(read, id, one.revision)?.iter().map(LineRow::line).collect();
        let changed = if place == 0 { Vec::new() } else { changes(&before, &after)? };
        views.push(StatementRevisionView::new(one, changed));
        before = after;
    }
    Ok(views)
}

/// What stands of a confirmed statement, order by order.
fn orders(standings: &[Standing], id: StatementId, lines: &[LineRow]) -> Outcome<Vec<StatementOrderView>> {
    let view = |standing: &Standing| {
        let own = lines.iter().filter(|line| line.order_id == standing.order.id);
        let returned = Fen::total(own.map(|line| line.returned_fen))?;
        StatementOrderView::new(&standing.order, &standing.sums(id)?, returned)
    };
    standings.iter().map(view).collect()
}

/// The accounts to which the orders are paid, each with what is to be paid.
fn payees(standings: &[Standing], id: StatementId) -> Outcome<Vec<StatementPayeeView>> {
    let mut views: Vec<StatementPayeeView> = Vec::new();
    for standing in standings {
        let Some(account) = &standing.order.payee else { continue };
        let open = standing.sums(id)?.payable()?;
        match views.iter_mut().find(|view| view.account.account_id == account.account_id) {
            Some(view) => view.open_fen = view.open_fen.plus(open)?,
            None => views.push(StatementPayeeView { account: account.clone(), open_fen: open }),
        }
    }
    Ok(views)
}

/// A confirmed statement for which money may come.
#[derive(Debug, Clone)]
pub struct Awaited {
    /// The statement.
    pub id: StatementId,
    /// Who bought.
    pub buyer_id: OrgId,
    /// Who pays.
    pub payer_id: OrgId,
    /// What is to be paid, neither disputed nor reported as paid, in fen.
    pub open: Fen,
}

/// Those of a supplier's latest confirmed statements that are not fully paid.
///
/// # Errors
/// When the database fails.
pub fn awaited(read: &mut Read, supplier: OrgId) -> Outcome<Vec<Awaited>> {
    let mut found = Vec::new();
    for row in store::confirmed(read, supplier, LATEST)? {
        let orders = store::orders_of(read, row.id)?;
        let sums = records::standings(read, &orders)?;
        let open: Vec<Fen> = sums.iter().map(|one| Ok(one.sums(row.id)?.payable()?)).collect::<Outcome<_>>()?;
        let open = Fen::total(open)?;
        if open > Fen::ZERO {
            found.push(Awaited { id: row.id, buyer_id: row.buyer_id, payer_id: row.payer_id, open });
        }
    }
    Ok(found)
}
