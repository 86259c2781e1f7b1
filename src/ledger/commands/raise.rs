//! Adding to holds: their goods can cost more than was held, or more of them are owed.

use super::{HoldError, Open, ensure_year, merge, quota_owner, refusal, write};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{AccountId, TransferId};
use crate::ledger::AccountKind;
use crate::ledger::rules::{self, Raise};
use crate::platform::db::Tx;

/// Adds to holds, all or nothing. A quota hold of an earlier year is first carried to the year of the transaction.
///
/// # Errors
/// As [`hold`]; `not_found` for an unknown hold. After any error the transaction must fail.
pub fn raise(tx: &mut Tx<'_>, items: &[Raise]) -> Result<(), HoldError> {
    let holds: Vec<TransferId> = items.iter().map(|item| item.pending_id).collect();
    let year = tx.at().year();
    ensure_year(tx, &holds, year)?;
    let mut open = Open::load(tx, &holds)?;
    for item in items {
        let account = open.account_of(tx, item.pending_id, year)?;
        let transfer = rules::raise(&open.entries, item, account).map_err(AppError::from)?;
        if item.enforce_limit {
            open.batch.enforced.extend(transfer.iter().map(|transfer| transfer.account_id));
        }
        open.add(transfer);
    }
    let refused = write(tx, &open.batch)?;
    refusal(tx, &refused)
}

impl Open {
    /// Where more would be held: where it is held, or of a hold that is used up the account on which it was last, in this year.
    fn account_of(&self, tx: &mut Tx<'_>, hold: TransferId, year: i64) -> Outcome<AccountId> {
        let standing = rules::standing(hold, &self.entries)?;
        if let Some(share) = standing.open() {
            return Ok(share.account);
        }
        let last = standing.shares.last().map_or(standing.hold.account_id, |share| share.account);
        let row = self.accounts.iter().find(|row| row.id == last);
        match row.filter(|row| row.kind == AccountKind::Quota && (row.year < year || row.merged_into.is_some())) {
            Some(row) => merge::taker(tx, quota_owner(row, row.year.max(year))?),
            None => Ok(last),
        }
    }
}
