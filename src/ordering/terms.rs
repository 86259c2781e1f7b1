//! What an order freezes at placement beyond plain columns: deliveries, rule rows, origins, certificates.

use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{AgreementId, CertificateId, PayeeAccountId, RuleId, SchemeId};
use crate::kernel::money::Ppm;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where and when goods are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// The address.
    #[schema(max_length = 200, min_length = 1, format = "line", example = "银川市金凤区北京中路1号食堂")]
    pub address: String,
    /// The person who receives.
    #[schema(max_length = 50, min_length = 1, format = "line", example = "马师傅")]
    pub contact: String,
    /// How to reach that person.
    #[schema(max_length = 30, min_length = 5, format = "line", example = "0951-5000000")]
    pub phone: String,
    /// The day.
    pub date: Day,
    /// The time window.
    #[schema(max_length = 30, min_length = 1, format = "line", example = "08:00-10:00")]
    pub window: Option<String>,
}

/// A rule row as it stood at placement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrozenRule {
    /// Its name.
    pub name: String,
    /// The row.
    pub rule_id: RuleId,
    /// Its value.
    pub value: String,
}

impl FrozenRule {
    /// Its value as a number.
    ///
    /// # Errors
    /// When it is none: a fault of the table.
    pub(super) fn int(&self) -> Outcome<i64> {
        self.value.parse().map_err(|_| AppError::internal(format!("rule {} has the value {:?}", self.name, self.value)))
    }
}

/// The account to which an order is paid, as it stood at the confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FrozenPayee {
    /// The account.
    pub account_id: PayeeAccountId,
    /// Whose it is, as the bank writes it.
    pub holder: String,
    /// The bank and its branch.
    pub bank: String,
    /// Its number.
    pub account_number: String,
}

/// What the order froze at placement, and when the supplier confirmed it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// Deliveries; lines name theirs by place.
    pub deliveries: Vec<Delivery>,
    /// The rule rows used. `payment_days` comes with the confirmation, by which the contract is made: it is there exactly
    /// when the payment clock binds the payer of that day towards a supplier that was small or medium on that day. In the
    /// payer's place stands the unit when it ordered itself, or when the payer is its union or accounting centre.
    pub rules: Vec<FrozenRule>,
    /// Why this mode.
    pub mode_reason: String,
    /// Whether the confirmation deadline rests on a calendar year that is not loaded.
    pub confirm_by_provisional: bool,
    /// To which account it is paid; comes with the confirmation, where the supplier had one in force on that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<FrozenPayee>,
    /// The framework agreement that it was called off from, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementTerms>,
}

/// The framework agreement that an order was called off from, as it stood then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreementTerms {
    /// The agreement.
    pub id: AgreementId,
    /// Its document's number.
    pub number: String,
    /// The revision whose prices and terms hold.
    pub revision: i64,
    /// How it is delivered.
    pub delivery_terms: Option<String>,
}

impl Terms {
    /// The frozen value of a rule.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&FrozenRule> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}

/// A county's share of a line's goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Origin {
    /// The county of production.
    pub county: RegionCode,
    /// Its share; the shares of a line sum to 1 000 000.
    pub share_ppm: Ppm,
}

/// A certificate in force at placement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Certificate {
    /// The certificate.
    pub id: CertificateId,
    /// Its number.
    pub number: String,
    /// Its scheme.
    pub scheme_id: SchemeId,
}

/// Writes a stored JSON text.
///
/// # Errors
/// Never for these types.
pub(super) fn write<T: Serialize>(value: &T) -> Outcome<String> {
    serde_json::to_string(value).map_err(AppError::internal)
}

/// Reads a stored JSON text.
///
/// # Errors
/// When the text is not what was written.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Outcome<T> {
    serde_json::from_str(text).map_err(AppError::internal)
}
