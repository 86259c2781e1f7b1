//! Disputes as their parties see them, and what of an order is due although part is disputed.

use super::money::reach;
use super::visible;
use crate::kernel::actor::Actor;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{DisputeEntryId, DisputeId, DisputeSettlementId, FileId, OrderId, OrgId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::ordering::clock;
use crate::ordering::rules::dispute::{
    self as rules, DisputeEntryKind, DisputeKind, DisputeSide, DisputeState, Remedy, SettlementState,
};
use crate::ordering::store::disputes::{self as store, DisputeLineRow, DisputeRow};
use crate::ordering::store::orders::OrderRow;
use crate::platform::db::Read;
use serde::Serialize;
use utoipa::ToSchema;

pub use crate::ordering::store::disputes::Narrow as DisputesWanted;

/// A dispute about a part of what an order owes.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeView {
    /// Its id.
    pub id: DisputeId,
    /// The order.
    pub order_id: OrderId,
    /// What is disputed.
    pub kind: DisputeKind,
    /// Where it stands.
    pub state: DisputeState,
    /// Which side opened it.
    pub side: DisputeSide,
    /// For which organisation.
    pub opened_org: OrgId,
    /// By whom.
    pub opened_by: UserId,
    /// When.
    pub opened_at: At,
    /// What was disputed, in fen.
    pub amount_fen: Fen,
    /// What of it is kept from being due, in fen: all while it is open, of a settled one what does not stay payable.
    pub withheld_fen: Fen,
    /// What became due again when it ended, in fen.
    pub freed_fen: Fen,
    /// When it ended.
    pub closed_at: Option<At>,
    /// The disputed lines.
    pub lines: Vec<DisputedLineView>,
}

/// A disputed line.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputedLineView {
    /// The order's line; 0 is the freight.
    pub line_no: i64,
    /// What was disputed, in fen.
    pub amount_fen: Fen,
    /// What of it is kept from being due, in fen.
    pub withheld_fen: Fen,
}

impl DisputeView {
    /// A dispute with those of the lines that are its own.
    ///
    /// # Errors
    /// When the amounts do not fit.
    pub fn new(row: DisputeRow, lines: &[DisputeLineRow]) -> Outcome<DisputeView> {
        let own = lines.iter().filter(|line| line.dispute_id == row.id);
        let line = |line: &DisputeLineRow| DisputedLineView {
            line_no: line.line_no,
            amount_fen: line.amount_fen,
            withheld_fen: line.withheld_fen,
        };
        Ok(DisputeView {
            id: row.id,
            order_id: row.order_id,
            kind: row.kind,
            state: row.state,
            side: row.side,
            opened_org: row.opened_org,
            opened_by: row.opened_by,
            opened_at: row.opened_at,
            amount_fen: row.amount_fen,
            withheld_fen: Fen::total(own.clone().map(|line| line.withheld_fen))?,
            freed_fen: row.freed_fen,
            closed_at: row.closed_at,
            lines: own.map(line).collect(),
        })
    }
}

/// A dispute with everything that was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeDetail {
    /// What a list shows of it.
    #[serde(flatten)]
    pub dispute: DisputeView,
    /// What was said, oldest first.
    pub entries: Vec<DisputeEntryView>,
    /// Settlements that were proposed, oldest first.
    pub settlements: Vec<SettlementView>,
}

/// Something that was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisputeEntryView {
    /// Its id.
    pub id: DisputeEntryId,
    /// What it is.
    pub kind: DisputeEntryKind,
    /// For which organisation.
    pub org_id: OrgId,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: At,
    /// The words.
    pub text: String,
    /// What shows it.
    pub files: Vec<FileId>,
}

/// A proposed settlement.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementView {
    /// Its id.
    pub id: DisputeSettlementId,
    /// Which side proposed it; the other answers.
    pub side: DisputeSide,
    /// When.
    pub proposed_at: At,
    /// What somebody has to record besides.
    pub remedy: Remedy,
    /// In words.
    pub text: String,
    /// Where it stands.
    pub state: SettlementState,
    /// When it was answered.
    pub answered_at: Option<At>,
    /// What stays payable of each disputed line.
    pub lines: Vec<PayableLineView>,
}

/// What stays payable of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayableLineView {
    /// The order's line; 0 is the freight.
    pub line_no: i64,
    /// In fen.
    pub payable_fen: Fen,
}

/// What an order owes, in its parts.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwedView {
    /// Accepted and kept with its freight, less what is paid, in fen.
    pub unpaid_fen: Fen,
    /// Of that, what disputes keep from being due.
    pub disputed_fen: Fen,
    /// The rest, which is to be paid although part is disputed.
    pub undisputed_fen: Fen,
    /// Its last day to pay, where the payment clock runs.
    pub due_on: Option<Day>,
    /// Of the undisputed part what a dispute that ended made due again, with a last day of its own.
    pub freed: Vec<FreedView>,
}

/// What a dispute that ended made due again, and is not paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct FreedView {
    /// The dispute.
    pub dispute_id: DisputeId,
    /// In fen.
    pub amount_fen: Fen,
    /// The last day to pay, where the payment clock runs.
    pub due_on: Option<Day>,
}

/// What of an order disputes keep from being due, in fen; not yet compared with what is unpaid.
///
/// # Errors
/// When the database fails.
pub fn withheld(read: &mut Read, order: OrderId) -> Outcome<Fen> {
    Ok(Fen::total(store::lines_of_order(read, order)?.iter().map(|line| line.withheld_fen))?)
}

/// An order's disputes and what it owes.
///
/// # Errors
/// When the database fails.
pub(super) fn of_order(read: &mut Read, order: &OrderRow) -> Outcome<(Vec<DisputeView>, OwedView)> {
    let rows = store::of_order(read, order.id)?;
    let lines = if rows.is_empty() { Vec::new() } else { store::lines_of_order(read, order.id)? };
    let due = order.due()?;
    let paid = order.paid_fen.minus(order.refunded_fen)?;
    let parts = rules::parts(due, paid, Fen::total(lines.iter().map(|line| line.withheld_fen))?)?;
    let due_on = clock::dues(read, &[order])?.remove(&order.id).map(|due| Day::new(due.day));
    let ended: Vec<(DisputeId, Day, Fen)> = rows
        .iter()
        .filter(|row| rules::has_days_anew(row.state, row.side))
        .filter_map(|row| row.freed_on.map(|day| (row.id, day, row.freed_fen)))
        .collect();
    let amounts = rules::freed(&ended.iter().map(|(_, day, fen)| (*day, *fen)).collect::<Vec<_>>(), parts.undisputed)?;
    let mut freed = Vec::new();
    for ((dispute_id, day, _), amount_fen) in ended.into_iter().zip(amounts).filter(|(_, fen)| !fen.is_zero()) {
        let due_on = clock::due_after(read, order, day)?.map(|due| Day::new(due.day));
        freed.push(FreedView { dispute_id, amount_fen, due_on });
    }
    let owed = OwedView {
        unpaid_fen: parts.unpaid,
        disputed_fen: parts.disputed,
        undisputed_fen: parts.undisputed,
        due_on,
        freed,
    };
    Ok((rows.into_iter().map(|row| DisputeView::new(row, &lines)).collect::<Outcome<_>>()?, owed))
}

/// Disputes in scope, the latest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn disputes(
    read: &mut Read,
    actor: &Actor,
    wanted: DisputesWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<DisputeView>> {
    let reach = reach(read, actor, today)?;
    let rows = store::list(read, &reach, &wanted, page.key()?, page.fetch())?;
    let page = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    let lines = store::lines_of(read, &page.items.iter().map(|row| row.id).collect::<Vec<_>>())?;
    page.try_map(|row| DisputeView::new(row, &lines))
}

/// A dispute of an order in scope, with everything that was said.
///
/// # Errors
/// `not_found` outside the scope.
pub fn dispute(read: &mut Read, actor: &Actor, id: DisputeId, today: Day) -> Outcome<DisputeDetail> {
    let row = store::find(read, id)?.ok_or(Code::NotFound)?;
    visible(read, actor, row.order_id, today)?;
    let lines = store::lines_of(read, &[id])?;
    let (files, payables) = (store::files_of(read, id)?, store::payables_of(read, id)?);
    let entries = store::entries_of(read, id)?.into_iter().map(|entry| DisputeEntryView {
        files: files.iter().filter(|(of, _)| *of == entry.id).map(|(_, file)| *file).collect(),
        id: entry.id,
        kind: entry.kind,
        org_id: entry.org_id,
        by: entry.user_id,
        at: entry.at,
        text: entry.text,
    });
    let entries = entries.collect();
    let settlements = store::settlements_of(read, id)?.into_iter().map(|one| {
        let own = payables.iter().filter(|payable| payable.settlement_id == one.id);
        SettlementView {
            lines: own.map(|p| PayableLineView { line_no: p.line_no, payable_fen: p.payable_fen }).collect(),
            id: one.id,
            side: one.side,
            proposed_at: one.proposed_at,
            remedy: one.remedy,
            text: one.text,
            state: one.state,
            answered_at: one.answered_at,
        }
    });
    let settlements = settlements.collect();
    Ok(DisputeDetail { dispute: DisputeView::new(row, &lines)?, entries, settlements })
}
