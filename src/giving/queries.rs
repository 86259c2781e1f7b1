//! Reads of purchase certificates: for the order's parties, and what anybody sees who has the number.

use super::rules::{PurchaseCertificateStatus, PurchaseContent};
use super::store::{self, CertificateRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::ordering::{self, TakingBack};
use crate::platform::db::Read;
use crate::platform::secret::{hex, sha256};
use serde::Serialize;
use utoipa::ToSchema;

/// Certificates that are verified at once.
const BATCH: i64 = 500;

/// How a certificate stands.
#[derive(Debug, Clone)]
pub struct Stands {
    /// The row.
    pub row: CertificateRow,
    /// What it says.
    pub content: PurchaseContent,
    /// Whether it still says how it is.
    pub status: PurchaseCertificateStatus,
    /// Why and since which day it does not.
    pub ended: Option<(TakingBack, Day)>,
    /// The number of the one in its place.
    pub replaced_by: Option<String>,
}

impl Stands {
    /// How a certificate stands by the facts of this moment.
    pub fn load(read: &mut Read, row: CertificateRow) -> Outcome<Stands> {
        let ended = ordering::taken_back(read, row.order_id, (row.fact_seq, row.receipt_no))?;
        let status =
            if ended.is_some() { PurchaseCertificateStatus::Superseded } else { PurchaseCertificateStatus::Valid };
        let content = serde_json::from_str(&row.content).map_err(AppError::internal)?;
        Ok(Stands { content, status, ended, replaced_by: store::in_place_of(read, row.id)?, row })
    }

    /// The certificate of a number.
    pub fn of_number(read: &mut Read, number: &str) -> Outcome<Stands> {
        let row = store::by_number(read, number)?.ok_or(Code::NotFound)?;
        Stands::load(read, row)
    }
}

/// A purchase certificate (购买凭证，非捐赠票据).
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseCertificateView {
    /// What it says.
    #[serde(flatten)]
    pub content: PurchaseContent,
    /// SHA-256 of what it says.
    pub sha256: String,
    /// Whether it still says how it is.
    pub status: PurchaseCertificateStatus,
    /// Why it does not.
    pub cause: Option<TakingBack>,
    /// Since which day.
    pub superseded_on: Option<Day>,
    /// The number of the one in its place.
    pub replaced_by: Option<String>,
}

impl From<Stands> for PurchaseCertificateView {
    fn from(stands: Stands) -> PurchaseCertificateView {
        PurchaseCertificateView {
            content: stands.content,
            sha256: stands.row.sha256,
            status: stands.status,
            cause: stands.ended.map(|(cause, _)| cause),
            superseded_on: stands.ended.map(|(_, day)| day),
            replaced_by: stands.replaced_by,
        }
    }
}

/// The certificates of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseCertificatesView {
    /// Each, oldest first; at most the last one is valid.
    pub items: Vec<PurchaseCertificateView>,
}

/// The certificates of an order that the actor sees.
///
/// # Errors
/// `not_found` outside the scope.
pub fn of_order(read: &mut Read, actor: &Actor, order: OrderId, today: Day) -> Outcome<PurchaseCertificatesView> {
    ordering::seen(read, actor, order, today)?;
    let mut items = Vec::new();
    for row in store::of_order(read, order)? {
        items.push(Stands::load(read, row)?.into());
    }
    Ok(PurchaseCertificatesView { items })
}

/// What anybody sees of a certificate who has its number.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurchaseCertificateLookup {
    /// What it is: 购买凭证（非捐赠票据）.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Whether it still says how it is.
    pub status: PurchaseCertificateStatus,
    /// Why it does not.
    pub cause: Option<TakingBack>,
    /// Since which day.
    pub superseded_on: Option<Day>,
    /// The number of the one in whose place it was issued.
    pub replaces: Option<String>,
    /// The number of the one in its place.
    pub replaced_by: Option<String>,
    /// Who bought.
    pub buyer_name: String,
    /// Who received.
    pub recipient_name: String,
    /// Everything together.
    pub amount_fen: Fen,
    /// The day of issue.
    pub issued_on: Day,
    /// SHA-256 of what it says.
    pub sha256: String,
}

/// What anybody sees who has the number.
///
/// # Errors
/// `not_found`.
pub fn lookup(read: &mut Read, number: &str) -> Outcome<PurchaseCertificateLookup> {
    let stands = Stands::of_number(read, number)?;
    Ok(PurchaseCertificateLookup {
        title: stands.content.title,
        number: stands.content.number,
        status: stands.status,
        cause: stands.ended.map(|(cause, _)| cause),
        superseded_on: stands.ended.map(|(_, day)| day),
        replaces: stands.content.replaces,
        replaced_by: stands.replaced_by,
        buyer_name: stands.content.buyer.name,
        recipient_name: stands.content.recipient.name,
        amount_fen: stands.row.amount_fen,
        issued_on: stands.row.issued_on,
        sha256: stands.row.sha256,
    })
}

/// Numbers of certificates that are not what they should be: their content is not that of its hash, goods or counties do not sum to the
/// amount, or one that stands names other than what is kept, paid and received.
///
/// # Errors
/// When the database fails.
pub fn verify(read: &mut Read) -> Outcome<Vec<String>> {
    let (mut wrong, mut last) = (Vec::new(), None);
    loop {
        let rows = store::after(read, last, BATCH)?;
        let Some(row) = rows.last() else { return Ok(wrong) };
        last = Some(row.id);
        for row in rows {
            let hashed = hex(&sha256(row.content.as_bytes())) == row.sha256;
            let stands = Stands::load(read, row)?;
            if !hashed || !adds_up(&stands)? || !is_kept(read, &stands)? {
                wrong.push(stands.row.number);
            }
        }
    }
}

fn adds_up(stands: &Stands) -> Outcome<bool> {
    let content = &stands.content;
    let goods = Fen::total(content.goods.iter().map(|line| line.amount_fen))?;
    let origins = Fen::total(content.origins.iter().map(|origin| origin.amount_fen))?;
    Ok([goods, origins, content.amount_fen] == [stands.row.amount_fen; 3])
}

/// Whether a certificate that stands names what is kept, paid and received now.
fn is_kept(read: &mut Read, stands: &Stands) -> Outcome<bool> {
    if stands.status == PurchaseCertificateStatus::Superseded {
        return Ok(true);
    }
    let order = ordering::kept_order(read, stands.row.order_id)?;
    Ok(stands.content.goods.iter().all(|named| {
        let line = order.lines.iter().find(|line| line.line_no == named.line_no);
        line.is_some_and(|line| {
            (line.kept, line.received, line.amount, line.paid)
                == (named.quantity, named.quantity, named.amount_fen, named.amount_fen)
        })
    }))
}

/// A certificate as a year statement names it.
#[derive(Debug, Clone)]
pub struct IssuedCertificate {
    /// Its number.
    pub number: String,
    /// The order.
    pub order_id: OrderId,
    /// The day of issue.
    pub issued_on: Day,
    /// Everything together, in fen.
    pub amount: Fen,
    /// How it stands now.
    pub status: PurchaseCertificateStatus,
}

/// Certificates that were issued in a period for what counts for an organisation, in the order of their numbers.
///
/// # Errors
/// When the database fails.
pub fn issued_for(read: &mut Read, unit: OrgId, period: (Day, Day)) -> Outcome<Vec<IssuedCertificate>> {
    let mut issued = Vec::new();
    for row in store::of_unit(read, unit, period)? {
        let ended = ordering::taken_back(read, row.order_id, (row.fact_seq, row.receipt_no))?;
        let status =
            if ended.is_some() { PurchaseCertificateStatus::Superseded } else { PurchaseCertificateStatus::Valid };
        let (order_id, issued_on, amount) = (row.order_id, row.issued_on, row.amount_fen);
        issued.push(IssuedCertificate { number: row.number, order_id, issued_on, amount, status });
    }
    Ok(issued)
}
