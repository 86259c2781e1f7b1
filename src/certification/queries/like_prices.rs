//! What supervision asks about the prices that were declared for certification.

use crate::certification::rules::PriceFacts;
use crate::certification::store;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{EvidenceId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use std::collections::BTreeSet;

/// What a supplier declared that like goods cost.
#[derive(Debug, Clone)]
pub struct LikePrice {
    /// The certified product.
    pub product_id: ProductId,
    /// What so much of the like goods costs.
    pub price: Fen,
    /// How much, in the supplier's words.
    pub unit: String,
    /// When it was declared.
    pub given_at: At,
}

/// What certificates in force on a day rest on as the price of like goods, oldest first; what was replaced is left out.
///
/// # Errors
/// When the database fails.
pub fn like_prices(on: &mut Read, day: Day) -> Outcome<Vec<LikePrice>> {
    let pieces = store::price_pieces(on, day)?;
    let replaced: BTreeSet<EvidenceId> = pieces.iter().filter_map(|(_, replaces, ..)| *replaces).collect();
    let standing = pieces.into_iter().filter(|(id, ..)| !replaced.contains(id));
    standing
        .map(|(_, _, product_id, facts, given_at)| {
            let facts: PriceFacts = serde_json::from_str(&facts).map_err(AppError::internal)?;
            Ok(LikePrice { product_id, price: facts.like_price_fen, unit: facts.like_unit, given_at })
        })
        .collect()
}
