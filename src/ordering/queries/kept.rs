//! An order as a purchase certificate (购买凭证) needs it: what was accepted and kept, paid and received, and what is taken back later.

use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::RecipientKind;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{LineStanding, Purpose};
use crate::kernel::time::Day;
use crate::kernel::uscc::Uscc;
use crate::ordering::book::Book;
use crate::ordering::commands::receive::received;
use crate::ordering::rules::order::OrderState;
use crate::ordering::rules::taking_back::TakingBack;
use crate::ordering::store::{counting, recipients};
use crate::ordering::terms::{self, Origin};
use crate::platform::db::Read;

/// Who gets the goods.
#[derive(Debug, Clone)]
pub struct KeptFor {
    /// The organisation of the platform, where it is one.
    pub org_id: Option<OrgId>,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RecipientKind,
    /// Where it is.
    pub region: RegionCode,
    /// Its credit code.
    pub credit_code: Option<Uscc>,
}

/// A line with what it has come to.
#[derive(Debug, Clone)]
pub struct KeptLine {
    /// Its number.
    pub line_no: i64,
    /// What it sells.
    pub product_id: ProductId,
    /// The goods.
    pub name: String,
    /// What one unit is called.
    pub unit: String,
    /// Accepted, less what went back.
    pub kept: Quantity,
    /// Received by the recipient.
    pub received: Quantity,
    /// What the kept goods cost, less what was allowed.
    pub amount: Fen,
    /// The part of it that is paid.
    pub paid: Fen,
    /// What it still counts as.
    pub standing: LineStanding,
    /// Nothing more will come.
    pub closed: bool,
    /// Counties of production, as they were frozen.
    pub origins: Vec<Origin>,
}

/// An order with what it has come to.
#[derive(Debug, Clone)]
pub struct KeptOrder {
    /// The order.
    pub id: OrderId,
    /// Who ordered.
    pub buyer_id: OrgId,
    /// Whose count it is.
    pub unit_id: OrgId,
    /// Its region.
    pub unit_region: RegionCode,
    /// Who sold.
    pub supplier_id: OrgId,
    /// Why it was bought.
    pub purpose: Purpose,
    /// Where it stands.
    pub state: OrderState,
    /// When it was placed.
    pub placed_on: Day,
    /// Who gets the goods.
    pub recipient: Option<KeptFor>,
    /// Its lines.
    pub lines: Vec<KeptLine>,
    /// The place of the last fact about it.
    pub fact_seq: i64,
    /// The number of the last receipt.
    pub receipt_no: i64,
    /// The last day on which anything was received.
    pub received_on: Option<Day>,
}

/// An order with what its goods and money have come to.
///
/// # Errors
/// `not_found`.
pub fn kept_order(read: &mut Read, id: OrderId) -> Outcome<KeptOrder> {
    let book = Book::load(read, id)?;
    let counted = book.count()?;
    let (receipts, parts) = (recipients::receipts_of(read, id)?, recipients::received_of(read, id)?);
    let mut lines = Vec::with_capacity(book.lines.len());
    for (place, row) in book.lines.iter().enumerate() {
        lines.push(KeptLine {
            line_no: row.line_no,
            product_id: row.product_id,
            name: row.name.clone(),
            unit: row.unit.clone(),
            kept: row.accepted.minus(row.returned)?,
            received: received(&parts, row)?,
            amount: row.accepted_fen.minus(row.returned_fen)?,
            paid: counted.covered.get(place).copied().unwrap_or(Fen::ZERO),
            standing: row.standing,
            closed: row.closed,
            origins: terms::read(&row.origins)?,
        });
    }
    let recipient = recipients::of_order(read, id)?.map(|row| KeptFor {
        org_id: row.org_id,
        name: row.name,
        kind: row.kind,
        region: row.region_code,
        credit_code: row.credit_code,
    });
    let order = &book.order;
    Ok(KeptOrder {
        id,
        buyer_id: order.buyer_id,
        unit_id: order.unit_id,
        unit_region: order.unit_region,
        supplier_id: order.supplier_id,
        purpose: order.purpose,
        state: order.state,
        placed_on: order.placed_day,
        recipient,
        lines,
        fact_seq: book.placed.last().map_or(0, |fact| fact.seq),
        receipt_no: receipts.last().map_or(0, |row| row.receipt_no),
        received_on: receipts.iter().map(|row| row.occurred_on).max(),
    })
}

/// What first took something back of an order after a fact and a receipt of it, and on which day.
///
/// # Errors
/// When the database fails.
pub fn taken_back(
    read: &mut Read,
    id: OrderId,
    (fact_seq, receipt_no): (i64, i64),
) -> Outcome<Option<(TakingBack, Day)>> {
    let facts = counting::facts(read, id)?;
    let of_fact = facts.iter().filter(|fact| fact.seq > fact_seq);
    let of_fact = of_fact.filter_map(|fact| Some((TakingBack::of(fact.kind)?, fact.effective_on))).next();
    let later = recipients::receipts_of(read, id)?.into_iter().find(|row| row.receipt_no > receipt_no);
    let of_receipt = later.map(|row| (TakingBack::ReceiptCorrected, row.recorded_at.day()));
    Ok([of_fact, of_receipt].into_iter().flatten().min_by_key(|(_, day)| *day))
}

/// Whether an actor sees an order.
///
/// # Errors
/// `not_found` outside the scope.
pub fn seen(read: &mut Read, actor: &Actor, id: OrderId, today: Day) -> Outcome<()> {
    super::visible(read, actor, id, today).map(drop)
}
