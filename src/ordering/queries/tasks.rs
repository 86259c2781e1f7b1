//! What waits for a person in an organisation, the longest waiting first: only what a role of that person may do, and
//! nothing that the separation of duties keeps from that person.

use crate::approvals;
use crate::commitments;
use crate::donations;
use crate::identity;
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{DeclarationId, OrderId, OrgId, PaymentId, PurchaseCommitmentId, UserId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::{At, Day};
use crate::ordering::clock::{self, Answered};
use crate::ordering::commands::duties::exception;
use crate::ordering::commands::receive::{self, RECEIVERS};
use crate::ordering::store::approvals as steps;
use crate::ordering::store::orders::OrderRow;
use crate::ordering::store::payments::PaymentRow;
use crate::ordering::store::tasks::{self as store, Asked, Work};
use crate::ordering::store::{price_changes, recipients};
use crate::ordering::terms::{self, Terms};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

crate::text_enum! {
    /// What is to be done; in the order in which tasks of one moment are shown.
    TaskKind {
        /// A supplier answers an order.
        ConfirmOrder "confirm_order"
        /// A supplier ships.
        ShipOrder "ship_order"
        /// A buyer accepts or rejects delivered goods.
        AcceptGoods "accept_goods"
        /// The second person of an acceptance confirms it.
        ConfirmAcceptance "confirm_acceptance"
        /// A buyer pays what was accepted and reports it.
        ReportPayment "report_payment"
        /// A supplier confirms or denies a reported payment.
        ConfirmPayment "confirm_payment"
        /// A supplier invoices what was accepted.
        IssueInvoice "issue_invoice"
        /// A supplier takes back, by a red letter, what was invoiced beyond what was kept.
        IssueRedLetter "issue_red_letter"
        /// A buyer rates a closed order.
        RateOrder "rate_order"
        /// Somebody of a unit approves an order or rejects it, also in a colleague's place.
        ApproveOrder "approve_order"
        /// An office verifies, returns or rejects a declared activity of purchase in place of donation, or helped sale.
        VerifyDeclaration "verify_declaration"
        /// An organiser amends what an office returned.
        AmendDeclaration "amend_declaration"
        /// A buyer or a supplier answers other prices that the other side proposes.
        AnswerPrices "answer_prices"
        /// Somebody of a unit approves a higher price that both sides agreed to, also in a colleague's place.
        ApprovePrices "approve_prices"
        /// A supplier answers whether rejected goods are sent again.
        AnswerReplacement "answer_replacement"
        /// A recipient of a donation says what it received; where it has nobody on the platform, the buyer files its signed paper.
        ConfirmReceipt "confirm_receipt"
        /// A poverty office accepts or returns a minimum-purchase commitment.
        DecideCommitment "decide_commitment"
        /// An organisation revises a commitment that the office returned, or withdraws it.
        ReviseCommitment "revise_commitment"
    }
}

impl TaskKind {
    /// The role that does it on a side that sells, or buys; of approvals the chain says who.
    const fn role(self, sells: bool) -> Role {
        match self {
            TaskKind::ConfirmOrder
            | TaskKind::ShipOrder
            | TaskKind::ConfirmPayment
            | TaskKind::IssueInvoice
            | TaskKind::IssueRedLetter
            | TaskKind::AnswerReplacement => Role::Seller,
            TaskKind::AcceptGoods | TaskKind::ConfirmAcceptance | TaskKind::ConfirmReceipt => Role::Acceptor,
            TaskKind::ReportPayment => Role::Payer,
            TaskKind::RateOrder => Role::Trader,
            TaskKind::ApproveOrder
            | TaskKind::ApprovePrices
            | TaskKind::AmendDeclaration
            | TaskKind::ReviseCommitment => Role::Manager,
            TaskKind::AnswerPrices if sells => Role::Seller,
            TaskKind::AnswerPrices => Role::Trader,
            TaskKind::VerifyDeclaration | TaskKind::DecideCommitment => Role::Reviewer,
        }
    }
    /// Whether it is an approval.
    const fn approves(self) -> bool {
        matches!(self, TaskKind::ApproveOrder | TaskKind::ApprovePrices)
    }
    /// Whether it is about what was declared.
    const fn of_declarations(self) -> bool {
        matches!(
            self,
            TaskKind::VerifyDeclaration
                | TaskKind::AmendDeclaration
                | TaskKind::DecideCommitment
                | TaskKind::ReviseCommitment
        )
    }
    /// Whether a person with these roles does it.
    fn falls_to(self, sells: bool, roles: &[Role]) -> bool {
        match self {
            TaskKind::ConfirmReceipt => RECEIVERS.iter().any(|role| roles.contains(role)),
            // Of approvals the chain says who.
            kind => kind.approves() || roles.contains(&kind.role(sells)),
        }
    }
    /// What is to be done to an order; nothing where the subject is a payment, or where a chain says who does it.
    const fn work(self) -> Option<Work> {
        match self {
            TaskKind::ConfirmOrder => Some(Work::Confirm),
            TaskKind::ShipOrder => Some(Work::Ship),
            TaskKind::AcceptGoods => Some(Work::Accept),
            TaskKind::ConfirmAcceptance => Some(Work::Second),
            TaskKind::ReportPayment => Some(Work::Pay),
            TaskKind::ConfirmPayment
            | TaskKind::ApproveOrder
            | TaskKind::ApprovePrices
            | TaskKind::VerifyDeclaration
            | TaskKind::AmendDeclaration
            | TaskKind::ConfirmReceipt
            | TaskKind::DecideCommitment
            | TaskKind::ReviseCommitment => None,
            TaskKind::AnswerPrices => Some(Work::Price),
            TaskKind::AnswerReplacement => Some(Work::Replace),
            TaskKind::IssueInvoice => Some(Work::Invoice),
            TaskKind::IssueRedLetter => Some(Work::TakeBack),
            TaskKind::RateOrder => Some(Work::Rate),
        }
    }
}

/// Something that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Task {
    /// What is to be done.
    pub kind: TaskKind,
    /// To what: an order, for `confirm_payment` a payment, for `verify_declaration` and `amend_declaration` a declaration, for
    /// `decide_commitment` and `revise_commitment` a commitment.
    #[schema(example = "ord_01h45ytscbebyvny4gc8cr8ma2")]
    pub subject: String,
    /// When the order was placed, the payment reported, or since when the declaration or commitment waits.
    pub since: At,
    /// By when, where there is a deadline; to pay, where the payment clock runs.
    pub due: Option<At>,
    /// Whether that rests on a year whose holidays are not loaded: it may become later then, or, where it is to pay, earlier.
    pub due_provisional: bool,
    /// The other party.
    pub other_org: OrgId,
    /// How much it is about.
    pub amount_fen: Fen,
}

/// A task with the keys by which pages are cut.
struct Waiting {
    at: At,
    kind: TaskKind,
    id: [u8; 16],
    task: Task,
}

/// Everything that waits for the actor in the organisation acted for.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn tasks(read: &mut Read, actor: &Actor, today: Day, page: &PageRequest) -> Outcome<Page<Task>> {
    let after = page.keys::<i64, String>()?.map(|(at, rest)| cursor(at, &rest)).transpose()?;
    let sells = actor.kind.sells();
    let mut waiting = Vec::new();
    if sells || actor.kind.buys() {
        let roles = identity::roles(read, actor.user_id, actor.org_id)?;
        let may = |kind: &&TaskKind| {
            let of_side = (kind.role(sells) == Role::Seller) == sells;
            !kind.of_declarations() && of_side && kind.falls_to(sells, &roles)
        };
        for kind in TaskKind::ALL.iter().filter(may) {
            let pays = *kind == TaskKind::ReportPayment;
            let excepted = pays && exception(read, actor.org_id, today)?.is_some();
            let asked = Asked { excepted, ..asked(actor, after, *kind) };
            waiting.extend(match kind {
                TaskKind::ConfirmReceipt => to_receive(read, &asked, page.fetch())?,
                kind if kind.approves() => approvals(read, *kind, &asked, today, page.fetch())?,
                kind => find(read, *kind, &asked, page.fetch())?,
            });
        }
    }
    waiting.extend(declared(read, actor, after, page.fetch())?);
    waiting.extend(committed(read, actor, after, page.fetch())?);
    waiting.sort_by_key(|task| (task.at, task.kind, task.id));
    let keys = |task: &Waiting| vec![task.at.0.to_string(), format!("{}:{}", task.kind, task.task.subject)];
    Ok(Page::cut(waiting, page, keys).map(|waiting| waiting.task))
}

/// Declarations that wait for the person: for an office's decision, or to be amended.
fn declared(read: &mut Read, actor: &Actor, after: Option<Last>, most: i64) -> Outcome<Vec<Waiting>> {
    let kind = match actor.kind {
        OrgKind::PovertyOffice => TaskKind::VerifyDeclaration,
        _ => TaskKind::AmendDeclaration,
    };
    let Asked { since, after, inclusive, .. } = asked(actor, after, kind);
    let found = donations::waiting(read, actor, (since, after, inclusive), most)?;
    let task = |waits: donations::Waits| {
        let task = Task {
            kind,
            subject: waits.id.to_string(),
            since: waits.since,
            due: None,
            due_provisional: false,
            other_org: waits.organiser,
            amount_fen: waits.amount,
        };
        Waiting { at: waits.since, kind, id: waits.id.0, task }
    };
    Ok(found.into_iter().map(task).collect())
}

/// Commitments that wait for the person: for an office's decision, or to be revised.
fn committed(read: &mut Read, actor: &Actor, after: Option<Last>, most: i64) -> Outcome<Vec<Waiting>> {
    let kind = match actor.kind {
        OrgKind::PovertyOffice => TaskKind::DecideCommitment,
        _ => TaskKind::ReviseCommitment,
    };
    let Asked { since, after, inclusive, .. } = asked(actor, after, kind);
    let found = commitments::waiting(read, actor, (since, after, inclusive), most)?;
    let task = |waits: commitments::CommitmentWaits| {
        let task = Task {
            kind,
            subject: waits.id.to_string(),
            since: waits.since,
            due: None,
            due_provisional: false,
            other_org: waits.other_org,
            amount_fen: waits.amount,
        };
        Waiting { at: waits.since, kind, id: waits.id.0, task }
    };
    Ok(found.into_iter().map(task).collect())
}

/// Goods that wait to be received: by the organisation itself, or for recipients that cannot tell it.
fn to_receive(read: &mut Read, asked: &Asked, most: i64) -> Outcome<Vec<Waiting>> {
    let unmanned = receive::unmanned(read, asked.org)?;
    let rows = recipients::waiting_for(read, asked, &unmanned, most)?;
    let task = |row: &OrderRow| {
        let kept = row.accepted_fen.minus(row.returned_fen)?;
        Ok(of_order(TaskKind::ConfirmReceipt, row.buyer_id != asked.org, row, kept, None))
    };
    rows.iter().map(task).collect()
}

/// Orders whose open step, or whose higher price, is the person's to approve, as itself or in another's place.
fn approvals(read: &mut Read, kind: TaskKind, asked: &Asked, today: Day, most: i64) -> Outcome<Vec<Waiting>> {
    let mut found: BTreeMap<(At, OrderId), OrderRow> = BTreeMap::new();
    for hat in approvals::hats(read, asked.person, asked.org, today)? {
        let whose = (hat.user_id, hat.manager);
        let rows = match kind {
            TaskKind::ApprovePrices => price_changes::waiting_for(read, whose, asked, most)?,
            _ => steps::waiting_for(read, whose, asked, most)?,
        };
        found.extend(rows.into_iter().map(|row| ((row.placed_at, row.id), row)));
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let task = |row: OrderRow| {
        if kind == TaskKind::ApprovePrices {
            return Ok(of_order(kind, false, &row, row.ordered_fen, None));
        }
        let provisional = terms::read::<Terms>(&row.terms)?.confirm_by_provisional;
        Ok(of_order(kind, false, &row, row.ordered_fen, Some((row.confirm_by, provisional))))
    };
    found.into_values().take(most).map(task).collect()
}

fn find(read: &mut Read, kind: TaskKind, asked: &Asked, most: i64) -> Outcome<Vec<Waiting>> {
    Ok(match kind.work() {
        Some(work) => {
            let staff = if work == Work::Accept { acceptors(read, asked.org)? } else { Vec::new() };
            let rows = store::orders_for(read, work, asked, &staff, most)?;
            let unpaid: Vec<&OrderRow> = rows.iter().map(|(row, _)| row).filter(|_| work == Work::Pay).collect();
            let dues = clock::next_dues(read, &unpaid, Answered::OrNot)?;
            let mut waiting = Vec::with_capacity(rows.len());
            for (row, amount) in &rows {
                let due = match work {
                    Work::Confirm => Some((row.confirm_by, terms::read::<Terms>(&row.terms)?.confirm_by_provisional)),
                    _ => dues.get(&row.id).map(|due| (Day::new(due.day).end(), due.provisional)),
                };
                waiting.push(of_order(kind, row.supplier_id == asked.org, row, *amount, due));
            }
            waiting
        }
        None => store::payments_for(read, asked, most)?.iter().map(of_payment).collect(),
    })
}

/// Who accepts goods for an organisation.
fn acceptors(read: &mut Read, org: OrgId) -> Outcome<Vec<UserId>> {
    let colleagues = identity::colleagues(read, org)?.into_iter();
    Ok(colleagues.filter(|one| one.roles.contains(&Role::Acceptor)).map(|one| one.user_id).collect())
}

fn of_order(kind: TaskKind, sells: bool, row: &OrderRow, amount_fen: Fen, due: Option<(At, bool)>) -> Waiting {
    let task = Task {
        kind,
        subject: row.id.to_string(),
        since: row.placed_at,
        due: due.map(|(until, _)| until),
        due_provisional: due.is_some_and(|(_, provisional)| provisional),
        other_org: if sells { row.buyer_id } else { row.supplier_id },
        amount_fen,
    };
    Waiting { at: row.placed_at, kind, id: row.id.0, task }
}

fn of_payment(row: &PaymentRow) -> Waiting {
    let kind = TaskKind::ConfirmPayment;
    let task = Task {
        kind,
        subject: row.id.to_string(),
        since: row.reported_at,
        due: Some(row.answer_by.end()),
        due_provisional: row.answer_by_provisional,
        other_org: row.reporter_org,
        amount_fen: row.amount_fen,
    };
    Waiting { at: row.reported_at, kind, id: row.id.0, task }
}

/// The last task of the page before.
type Last = (At, TaskKind, [u8; 16]);

fn cursor(at: i64, rest: &str) -> Outcome<Last> {
    let wrong = || AppError::new(Code::InvalidCursor);
    let (kind, id) = rest.split_once(':').ok_or_else(wrong)?;
    let kind: TaskKind = kind.parse().map_err(|_| wrong())?;
    let id = match kind {
        TaskKind::ConfirmPayment => id.parse::<PaymentId>().map_err(|_| wrong())?.0,
        TaskKind::VerifyDeclaration | TaskKind::AmendDeclaration => id.parse::<DeclarationId>().map_err(|_| wrong())?.0,
        TaskKind::DecideCommitment | TaskKind::ReviseCommitment => {
            id.parse::<PurchaseCommitmentId>().map_err(|_| wrong())?.0
        }
        _ => id.parse::<OrderId>().map_err(|_| wrong())?.0,
    };
    Ok((At(at), kind, id))
}

/// Where the list of one kind goes on after a task that may be of another kind.
fn asked(actor: &Actor, after: Option<Last>, kind: TaskKind) -> Asked {
    let (since, after, inclusive) = match after {
        None => (At(i64::MIN), None, true),
        Some((at, last, id)) if last == kind => (at, Some(id), false),
        Some((at, last, _)) => (at, None, kind > last),
    };
    Asked { org: actor.org_id, person: actor.user_id, excepted: false, since, after, inclusive }
}
