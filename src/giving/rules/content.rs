//! What a purchase certificate says, and how it is called.

use crate::kernel::ids::OrderId;
use crate::kernel::money::{Fen, Overflow};
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::RecipientKind;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use std::collections::BTreeMap;

/// What a statement about one is signed as; never taken for one about a certificate of a product.
pub const PURCHASE_KIND: &str = "yigou-purchase-certificate+jws";
/// What the paper is, and what it is not.
pub const TITLE: &str = "购买凭证（非捐赠票据）";

crate::text_enum! {
    /// Whether a purchase certificate still says how it is.
    PurchaseCertificateStatus {
        /// 有效.
        Valid "valid"
        /// 已被取代: something of the order was taken back since.
        Superseded "superseded"
    }
}

impl PurchaseCertificateStatus {
    /// The status for people, in Chinese and English.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            PurchaseCertificateStatus::Valid => ("有效", "Valid"),
            PurchaseCertificateStatus::Superseded => ("已失效", "Superseded"),
        }
    }
}

/// A place by code and name.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CertifiedRegion {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
}

/// Who bought or sold.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CertifiedParty {
    /// Its name.
    pub name: String,
    /// Its credit code.
    pub credit_code: Option<Uscc>,
    /// Where it is registered.
    pub region: CertifiedRegion,
}

/// Who received the goods.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CertifiedRecipient {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: RecipientKind,
    /// Its credit code, where it has one.
    pub credit_code: Option<Uscc>,
    /// Where it is.
    pub region: CertifiedRegion,
}

/// A line of goods.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CertifiedGoods {
    /// Its number in the order.
    pub line_no: i64,
    /// What it is.
    pub name: String,
    /// Accepted, kept and received.
    pub quantity: Quantity,
    /// What one unit is called.
    pub unit: String,
    /// What was paid for it, without freight.
    pub amount_fen: Fen,
}

/// What came from a county of production.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct CertifiedOrigin {
    /// The county.
    #[serde(flatten)]
    pub county: CertifiedRegion,
    /// How much of the amount; the counties sum to it.
    pub amount_fen: Fen,
}

/// What a certificate says; frozen when it is issued.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct PurchaseContent {
    /// What it is: 购买凭证（非捐赠票据）, no receipt for a donation.
    pub title: String,
    /// Its number.
    pub number: String,
    /// The number of the one in whose place it was issued.
    pub replaces: Option<String>,
    /// Who bought.
    pub buyer: CertifiedParty,
    /// Who received.
    pub recipient: CertifiedRecipient,
    /// Who sold, and, where an agent did, the producers of the goods.
    pub suppliers: Vec<CertifiedParty>,
    /// The order.
    pub order_id: OrderId,
    /// When it was placed.
    pub placed_on: Day,
    /// The last day on which goods were received.
    pub received_on: Day,
    /// What.
    pub goods: Vec<CertifiedGoods>,
    /// Where it came from, in the order of the codes.
    pub origins: Vec<CertifiedOrigin>,
    /// Households that the goods' linkage reaches, each once.
    pub households: i64,
    /// Products of the goods that have a list of households; those without reach none that is known.
    pub products_with_list: i64,
    /// Everything together, without freight.
    pub amount_fen: Fen,
    /// The same in capital numerals (大写).
    pub amount_capitals: String,
    /// When it was issued.
    pub issued_at: At,
}

/// The claims of a signed statement: what a certificate says, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct StatedPurchase {
    /// Who states it: the installation's public address.
    pub iss: String,
    /// What it says.
    #[serde(flatten)]
    pub certificate: PurchaseContent,
    /// SHA-256 of what it says, as it was kept when it was issued.
    pub sha256: String,
    /// Whether it still says how it is.
    pub status: PurchaseCertificateStatus,
    /// Since which day it does not.
    pub superseded_on: Option<Day>,
    /// The number of the one that was issued in its place.
    pub replaced_by: Option<String>,
    /// When this was signed.
    pub stated_at: At,
    /// Where anybody sees how it stands now.
    pub verify_url: String,
}

/// The number of a certificate: its place within the year, and letters that nobody guesses.
#[must_use]
pub fn number(year: i64, place: i64, id: &str) -> String {
    let tail = id.get(id.len().saturating_sub(8)..).unwrap_or(id).to_ascii_uppercase();
    format!("GZ{year}-{place:06}-{tail}")
}

/// Amounts by county of production: each line is split by the shares of its counties by largest remainder, so that the counties sum to
/// the lines.
///
/// # Errors
/// [`Overflow`].
pub fn by_county(lines: &[(Fen, Vec<(RegionCode, i64)>)]) -> Result<BTreeMap<RegionCode, Fen>, Overflow> {
    let mut sums: BTreeMap<RegionCode, Fen> = BTreeMap::new();
    for (amount, shares) in lines {
        let weights: Vec<i64> = shares.iter().map(|(_, share)| *share).collect();
        for ((county, _), part) in shares.iter().zip(amount.split_by(&weights)) {
            let sum = sums.entry(*county).or_default();
            *sum = sum.plus(part)?;
        }
    }
    sums.retain(|_, amount| !amount.is_zero());
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counties_sum_to_the_lines() {
        let county = |code: &str| -> RegionCode { code.parse().unwrap() };
        let blend = vec![(county("640422"), 333_333), (county("640323"), 333_333), (county("640402"), 333_334)];
        let lines = [(Fen::new(100), blend), (Fen::new(1), vec![(county("640323"), 1_000_000)])];
        let sums = by_county(&lines).unwrap();
        assert_eq!(Fen::total(sums.values().copied()).unwrap(), Fen::new(101));
        assert_eq!(sums[&county("640402")], Fen::new(34));
        assert_eq!(sums[&county("640323")], Fen::new(34));
        assert_eq!(by_county(&[(Fen::ZERO, vec![(county("640323"), 1_000_000)])]).unwrap(), BTreeMap::new());
    }

    #[test]
    fn a_number_is_told_and_not_guessed() {
        assert_eq!(number(2021, 7, "pce_01h45ytscbebyvny4gc8cr8ma2"), "GZ2021-000007-C8CR8MA2");
    }
}
