//! Prices and the evidence for them.

use super::super::rules::{self, PriceChange};
use super::super::store::{self, EvidenceRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FileId, ListingId, PriceEvidenceId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::price_per_kg;
use crate::platform::db::Tx;
use serde_json::json;

/// Why a price is not above that of the like goods: at least one of these. The public never sees it.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// A contract or invoice.
    pub file_id: Option<FileId>,
    /// Where the like goods are offered.
    pub link: Option<String>,
    /// What a kilogram of the like goods costs, in fen.
    pub like_price_per_kg_fen: Option<Fen>,
}

impl Evidence {
    /// As it is stored; its file must be the supplier's own. A refusal names fields of the evidence itself.
    pub(super) fn row(&self, tx: &mut Tx<'_>, actor: &Actor, listing: ListingId) -> Outcome<EvidenceRow> {
        if self.file_id.is_none() && self.link.is_none() && self.like_price_per_kg_fen.is_none() {
            let (zh, en) = (
                "须至少提供一项：合同或发票文件（file_id）、同类商品的网页链接（link）、同类商品每公斤价格（like_price_per_kg_fen）",
                "Give at least one of: a contract or invoice as a file (file_id), a link to like goods on offer (link), the price per kilogram of like goods (like_price_per_kg_fen)",
            );
            return Err(AppError::field(Code::PriceEvidenceRequired, "", Message::new(zh, en)).detail(zh, en));
        }
        if let Some(file) = self.file_id {
            super::check_file(tx, actor, "/file_id", file)?;
        }
        Ok(EvidenceRow {
            id: tx.new_id(),
            listing_id: listing,
            file_id: self.file_id,
            link: self.link.clone(),
            like_price_per_kg_fen: self.like_price_per_kg_fen,
            given_by: actor.user_id,
            given_at: tx.at(),
        })
    }
}

/// Gives evidence for the next raise of a listing's price.
///
/// # Errors
/// `not_found`; `price_evidence_required` when it is empty.
pub fn give_evidence(tx: &mut Tx<'_>, actor: &Actor, id: ListingId, evidence: &Evidence) -> Outcome<PriceEvidenceId> {
    let at = tx.at();
    let listing = store::claim_listing(tx, actor.org_id, id, at)?.ok_or(Code::NotFound)?;
    let row = evidence.row(tx, actor, id)?;
    store::insert_evidence(tx, &row)?;
    store::set_evidence(tx, id, row.id)?;
    super::record(tx, Some(actor), "listing.price_evidence_given", &listing, json!({ "evidence": row.id }))?;
    Ok(row.id)
}

/// Changes a listing's price: lowering is free, raising uses up evidence given since the last raise. Orders keep the
/// price they were placed at.
///
/// # Errors
/// `not_found`, `stale_version`, `price_evidence_required`.
pub fn change_price(tx: &mut Tx<'_>, actor: &Actor, id: ListingId, seen: i64, price: Fen) -> Outcome<()> {
    let listing = super::claim(tx, actor, id, seen)?;
    let change = rules::price_change(listing.price_fen, price, listing.fresh_evidence_id.is_some())?;
    let per_kg = price_per_kg(price, listing.net_weight_grams)?;
    let raised = change == PriceChange::Raised;
    if let Some(evidence) = listing.fresh_evidence_id.filter(|_| raised) {
        let like = store::evidence(tx, evidence)?.and_then(|row| row.like_price_per_kg_fen);
        rules::within_evidence(per_kg, like)?;
    }
    store::set_price(tx, id, price, per_kg, raised)?;
    let evidence = listing.fresh_evidence_id.filter(|_| raised);
    let details = json!({ "old_fen": listing.price_fen, "new_fen": price, "evidence": evidence });
    super::record(tx, Some(actor), "listing.price_changed", &listing, details)
}
