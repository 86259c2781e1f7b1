//! Who gets the goods of a donation and what it received: for the order's parties, and for the recipient itself.

use super::visible;
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{FileId, OrderId, OrderReceiptId, OrgId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::RecipientKind;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use crate::ordering::OrderState;
use crate::ordering::commands::receive::received;
use crate::ordering::store::orders::{LineRow, OrderRow};
use crate::ordering::store::recipients::{self as store, ReceiptLineRow, ReceiptRow, RecipientRow};
use crate::ordering::store::{lists, orders};
use crate::platform::db::Read;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// 受益单位: who gets the goods.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecipientView {
    /// The organisation of the platform, where it is one; it says itself what it received as long as it has people here.
    pub organisation_id: Option<OrgId>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RecipientKind,
    /// Where it is.
    pub region_code: RegionCode,
    /// Its credit code, where it has one.
    pub credit_code: Option<Uscc>,
    /// The person there who takes the goods in.
    pub contact: String,
    /// How to reach that person.
    pub phone: String,
    /// When it was put right, if it was.
    pub corrected_at: Option<At>,
}

impl From<RecipientRow> for RecipientView {
    fn from(row: RecipientRow) -> RecipientView {
        RecipientView {
            organisation_id: row.org_id,
            name: row.name,
            kind: row.kind,
            region_code: row.region_code,
            credit_code: row.credit_code,
            contact: row.contact,
            phone: row.phone,
            corrected_at: row.corrected_at,
        }
    }
}

/// A line of goods that are given away.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenLineView {
    /// Its number in the order.
    pub line_no: i64,
    /// What it is.
    pub name: String,
    /// What one unit is called.
    pub unit: String,
    /// Ordered.
    pub quantity: Quantity,
    /// Accepted by the buyer, less what went back.
    pub kept: Quantity,
    /// What the recipient received, by all entries together.
    pub received: Quantity,
    /// Kept and not received yet.
    pub open: Quantity,
}

/// What an entry says of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivedLineView {
    /// The line.
    pub line_no: i64,
    /// How much; of a correction the difference, which may be less than nothing.
    #[schema(value_type = String, example = "-2")]
    pub quantity: String,
}

/// An entry of what a recipient received.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiptView {
    /// Its id.
    pub id: OrderReceiptId,
    /// Its number in the order.
    pub receipt_no: i64,
    /// The entry that it puts right.
    pub corrects: Option<OrderReceiptId>,
    /// The day of the receipt.
    pub occurred_on: Day,
    /// When it was recorded.
    pub recorded_at: At,
    /// For which organisation it was recorded.
    pub recorded_org: OrgId,
    /// Whether the recipient told it itself; else the buyer filed the paper that it signed.
    pub by_recipient: bool,
    /// Who signed for the recipient.
    pub signed_by: String,
    /// The signed paper.
    pub proof_file: Option<FileId>,
    /// Why it was put right.
    pub reason: Option<String>,
    /// What it says.
    pub lines: Vec<ReceivedLineView>,
}

/// Goods that are given away, without prices.
#[derive(Debug, Serialize, ToSchema)]
pub struct GivenOrderView {
    /// The order.
    pub order_id: OrderId,
    /// Where it stands.
    pub state: OrderState,
    /// Who bought the goods.
    pub buyer_id: OrgId,
    /// Its name.
    pub buyer_name: String,
    /// Who sold them.
    pub supplier_id: OrgId,
    /// Its name.
    pub supplier_name: String,
    /// When they were ordered.
    pub placed_at: At,
    /// Who gets them; nobody is named yet when absent.
    pub recipient: Option<RecipientView>,
    /// What.
    pub lines: Vec<GivenLineView>,
    /// Whether exactly what was kept was received, and something was.
    pub complete: bool,
    /// Every entry, oldest first.
    pub receipts: Vec<ReceiptView>,
}

/// Goods that an order gives away: for whoever sees the order, and for the recipient.
///
/// # Errors
/// `not_found` outside the scope.
pub fn receipts(read: &mut Read, actor: &Actor, id: OrderId, today: Day) -> Outcome<GivenOrderView> {
    let recipient = store::of_order(read, id)?;
    let order = match &recipient {
        Some(row) if row.org_id == Some(actor.org_id) => lists::order(read, id)?
            .filter(|order| matches!(order.state, OrderState::Confirmed | OrderState::Closed))
            .ok_or(Code::NotFound)?,
        _ => visible(read, actor, id, today)?,
    };
    given(read, &order)
}

/// Orders whose goods are given to the actor's organisation, the newest first.
///
/// # Errors
/// `invalid_cursor`; when the database fails.
pub fn given_orders(read: &mut Read, actor: &Actor, page: &PageRequest) -> Outcome<Page<GivenOrderView>> {
    let rows = store::given_to(read, actor.org_id, page.key()?, page.fetch())?;
    Page::cut(rows, page, |row: &OrderRow| vec![row.id.to_string()]).try_map(|row| given(read, &row))
}

/// The order after an entry, as whoever told it sees it.
///
/// # Errors
/// When the database fails.
pub fn given(read: &mut Read, order: &OrderRow) -> Outcome<GivenOrderView> {
    let (lines, parts) = (orders::lines(read, order.id)?, store::received_of(read, order.id)?);
    let views: Vec<GivenLineView> = lines.iter().map(|line| line_view(line, &parts)).collect::<Outcome<_>>()?;
    let receipts = store::receipts_of(read, order.id)?;
    let known = identity::organisations(
        read,
        &BTreeSet::from([order.buyer_id, order.supplier_id]).into_iter().collect::<Vec<_>>(),
    )?;
    let name = |org: OrgId| known.iter().find(|one| one.id == org).map(|one| one.name.clone()).unwrap_or_default();
    Ok(GivenOrderView {
        order_id: order.id,
        state: order.state,
        buyer_id: order.buyer_id,
        buyer_name: name(order.buyer_id),
        supplier_id: order.supplier_id,
        supplier_name: name(order.supplier_id),
        placed_at: order.placed_at,
        recipient: store::of_order(read, order.id)?.map(RecipientView::from),
        complete: views.iter().all(|line| line.kept == line.received) && views.iter().any(|line| !line.kept.is_zero()),
        lines: views,
        receipts: receipts.into_iter().map(|row| view(row, &parts, &lines)).collect(),
    })
}

fn line_view(line: &LineRow, parts: &[ReceiptLineRow]) -> Outcome<GivenLineView> {
    let (kept, received) = (line.accepted.minus(line.returned)?, received(parts, line)?);
    Ok(GivenLineView {
        line_no: line.line_no,
        name: line.name.clone(),
        unit: line.unit.clone(),
        quantity: line.quantity,
        kept,
        received,
        open: kept.minus(received).unwrap_or(Quantity::ZERO),
    })
}

fn view(row: ReceiptRow, parts: &[ReceiptLineRow], lines: &[LineRow]) -> ReceiptView {
    let number =
        |part: &ReceiptLineRow| lines.iter().find(|line| line.id == part.line_id).map_or(0, |line| line.line_no);
    let own = parts.iter().filter(|part| part.receipt_id == row.id);
    let mut said: Vec<ReceivedLineView> = own
        .map(|part| ReceivedLineView {
            line_no: number(part),
            quantity: Quantity::from_milli(part.quantity).to_string(),
        })
        .collect();
    said.sort_by_key(|line| line.line_no);
    ReceiptView {
        id: row.id,
        receipt_no: row.receipt_no,
        corrects: row.corrects,
        occurred_on: row.occurred_on,
        recorded_at: row.recorded_at,
        recorded_org: row.recorded_org,
        by_recipient: row.by_recipient,
        signed_by: row.signed_by,
        proof_file: row.proof_file,
        reason: row.reason,
        lines: said,
    }
}
