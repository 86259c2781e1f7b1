//! What waits for an organisation, the longest waiting first.

use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::At;
use crate::ordering::store::lists::{self, Since};
use crate::ordering::store::orders::OrderRow;
use crate::platform::db::Read;
use serde::Serialize;
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
    }
}

/// Something that waits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Task {
    /// What is to be done.
    pub kind: TaskKind,
    /// To what.
    #[schema(example = "ord_01h45ytscbebyvny4gc8cr8ma2")]
    pub subject: String,
    /// Since when.
    pub since: At,
    /// By when, where there is a deadline.
    pub due: Option<At>,
    /// The other party.
    pub other_org: OrgId,
    /// How much it is about.
    pub amount_fen: Fen,
}

/// A task with the keys by which pages are cut.
struct Waiting {
    at: At,
    kind: TaskKind,
    id: OrderId,
    task: Task,
}

type Finder = fn(&mut Read, OrgId, Since, i64) -> Outcome<Vec<OrderRow>>;

/// Everything that waits for the actor's organisation.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn tasks(read: &mut Read, actor: &Actor, page: &PageRequest) -> Outcome<Page<Task>> {
    let (Scope::Org(org) | Scope::UnitTree(org)) = actor.scope else {
        return Ok(Page { items: Vec::new(), next: None });
    };
    let after = page.keys::<i64, String>()?.map(|(at, rest)| cursor(at, &rest)).transpose()?;
    let finders: &[(TaskKind, Finder)] = if actor.kind.sells() {
        &[(TaskKind::ConfirmOrder, lists::to_confirm), (TaskKind::ShipOrder, lists::to_ship)]
    } else {
        &[(TaskKind::AcceptGoods, lists::to_accept)]
    };
    let mut waiting = Vec::new();
    for (kind, find) in finders {
        let rows = find(read, org, since(after, *kind), page.fetch())?;
        waiting.extend(rows.into_iter().map(|row| wait(*kind, &row)));
    }
    waiting.sort_by_key(|task| (task.at, task.kind, task.id));
    let keys = |task: &Waiting| vec![task.at.0.to_string(), format!("{}:{}", task.kind, task.id)];
    Ok(Page::cut(waiting, page, keys).map(|waiting| waiting.task))
}

fn wait(kind: TaskKind, row: &OrderRow) -> Waiting {
    let sold = kind != TaskKind::AcceptGoods;
    let task = Task {
        kind,
        subject: row.id.to_string(),
        since: row.placed_at,
        due: (kind == TaskKind::ConfirmOrder).then_some(row.confirm_by),
        other_org: if sold { row.buyer_id } else { row.supplier_id },
        amount_fen: row.ordered_fen,
    };
    Waiting { at: row.placed_at, kind, id: row.id, task }
}

fn cursor(at: i64, rest: &str) -> Outcome<(At, TaskKind, OrderId)> {
    let wrong = || AppError::new(Code::InvalidCursor);
    let (kind, id) = rest.split_once(':').ok_or_else(wrong)?;
    Ok((At(at), kind.parse().map_err(|_| wrong())?, id.parse().map_err(|_| wrong())?))
}

/// Where the list of one kind goes on after a task that may be of another kind.
fn since(after: Option<(At, TaskKind, OrderId)>, kind: TaskKind) -> Since {
    match after {
        None => Since { at: At(i64::MIN), id: None, inclusive: true },
        Some((at, last, id)) if last == kind => Since { at, id: Some(id), inclusive: false },
        Some((at, last, _)) => Since { at, id: None, inclusive: kind > last },
    }
}
