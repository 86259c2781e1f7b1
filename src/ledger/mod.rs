//! The ledger: amounts in two phases, kept by appending (product.md §4, "Two-phase amounts").
//!
//! Owns `ledger_accounts` (a balance per stock item and per unit, year and fund), `ledger_transfers` and
//! `ledger_counts` (both append-only: no function changes a row, a trigger refuses), and `ledger_unit_years`, the sums of
//! what counts to each unit's year, to which a trigger adds every counting entry in the transaction that appends it.
//!
//! - A **hold** is a `pending` transfer; it is posted, voided or expired in as many portions as it takes, always under
//!   the hold's own id. What is left of it = its amount − what was resolved.
//! - A balance changes only in the transaction that appends its transfers, by an UPDATE whose guard refuses a negative
//!   balance, stock beyond what there is, and (where asked) quota beyond its ceiling. [`verify`] recomputes them all.
//! - Ids are derived by the caller ([`transfer_id`]): the same transfer twice is one transfer, another one under the
//!   same id is refused.
//! - What is held when the year turns is carried to the next unit-year by a pair of entries: by [`carry_year`], or by
//!   whatever touches the hold first ([`resolve`], [`ensure_year`]). A hold keeps its id wherever it is carried.
//! - A hold whose goods can cost more, or of which more goods are owed, is raised under its own id, within the same limits as a new one
//!   ([`raise`]).
//! - A merger moves what a unit-year holds and posted by pairs of entries, hold by hold, and what it counted by pairs of
//!   counting entries, as another classification of an order moves what it counted; its accounts then name the successor and refuse new holds.
//! - Amounts are fen in quota accounts and thousandths of the sale unit in stock accounts.

mod commands;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    CountEntry, Hold, HoldError, Merge, RefusedAccount, Supply, account, adjust, carry_year, count, count_fresh,
    ensure_year, hold, hold_fresh, keep_balance, merge, move_counts, moved_count, raise, reclassify, resolve,
    set_limit, supply,
};
pub use queries::{
    Balance, Difference, HoldStanding, balance, balances, counts_of_lines, counts_of_order, posted, quota_balances,
    standings, verify,
};
pub use rules::{AccountKind, Adjust, Phase, Portion, Raise, Resolution, Resolve};
pub use store::{Left, anything_left};

use crate::kernel::ids::{AccountId, CountId, ListingId, OrgId, TransferId};
use crate::kernel::terms::Fund;
use crate::platform::secret::sha256_parts;

/// Whose account it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A budget unit's money of one year and fund.
    Quota {
        /// The unit.
        unit: OrgId,
        /// The unit-year.
        year: i64,
        /// The fund.
        fund: Fund,
    },
    /// A listing's goods.
    Stock {
        /// The listing.
        listing: ListingId,
    },
}

impl Owner {
    fn kind(&self) -> AccountKind {
        match self {
            Owner::Quota { .. } => AccountKind::Quota,
            Owner::Stock { .. } => AccountKind::Stock,
        }
    }
    fn owner_id(&self) -> [u8; 16] {
        match self {
            Owner::Quota { unit, .. } => unit.0,
            Owner::Stock { listing } => listing.0,
        }
    }
    fn year(&self) -> i64 {
        match self {
            Owner::Quota { year, .. } => *year,
            Owner::Stock { .. } => 0,
        }
    }
    fn fund(&self) -> &'static str {
        match self {
            Owner::Quota { fund, .. } => fund.as_str(),
            Owner::Stock { .. } => "",
        }
    }
}

/// The id of an owner's account: derived, so that it is known without asking. [`account`] makes sure that it exists.
#[must_use]
pub fn account_id(owner: &Owner) -> AccountId {
    AccountId(derive(&[
        b"account",
        owner.kind().as_str().as_bytes(),
        &owner.owner_id(),
        &owner.year().to_be_bytes(),
        owner.fund().as_bytes(),
    ]))
}

/// The id of a transfer from the words that name it, as `&["order", &order.to_string(), "hold", "1"]`: whoever asks
/// for the same thing again names the same transfer.
#[must_use]
pub fn transfer_id(words: &[&str]) -> TransferId {
    TransferId(derive_words("transfer", words))
}

/// The id of a counting entry from the words that name it.
#[must_use]
pub fn count_id(words: &[&str]) -> CountId {
    CountId(derive_words("count", words))
}

fn derive_words(what: &str, words: &[&str]) -> [u8; 16] {
    let parts: Vec<&[u8]> = std::iter::once(what).chain(words.iter().copied()).map(str::as_bytes).collect();
    derive(&parts)
}

fn derive(parts: &[&[u8]]) -> [u8; 16] {
    let mut id = [0; 16];
    id.copy_from_slice(&sha256_parts(parts)[..16]);
    id
}
