//! Reading balances and holds, and recomputing every balance from its transfers.

use super::commands::CountEntry;
use super::rules::{self, AccountKind, Phase};
use super::store::{self, AccountRow};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{AccountId, OrderId, OrderLineId, OrgId, TransferId};
use crate::kernel::money::Fen;
use crate::kernel::terms::{Basis, Fund};
use crate::platform::db::Read;

/// An account's balance, in fen (quota) or thousandths of the sale unit (stock).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Held.
    pub pending: i64,
    /// Final.
    pub posted: i64,
    /// The most that pending and posted may reach together; `None` without a ceiling.
    pub limit: Option<i64>,
}

impl Balance {
    /// Held and final together.
    #[must_use]
    pub const fn used(&self) -> i64 {
        self.pending + self.posted
    }
    /// What may still be held; `None` without a ceiling, nothing when more is used than the ceiling.
    #[must_use]
    pub fn left(&self) -> Option<i64> {
        self.limit.map(|limit| (limit - self.used()).max(0))
    }
}

impl From<&AccountRow> for Balance {
    fn from(row: &AccountRow) -> Balance {
        Balance { pending: row.pending, posted: row.posted, limit: row.limit_amount }
    }
}

/// The balance of one account; nothing where there is no account.
///
/// # Errors
/// When the database fails.
pub fn balance(read: &mut Read, account: AccountId) -> Outcome<Balance> {
    Ok(store::account(read, account)?.as_ref().map(Balance::from).unwrap_or_default())
}

/// The balances of those of the accounts that exist, in one statement.
///
/// # Errors
/// When the database fails.
pub fn balances(read: &mut Read, accounts: &[AccountId]) -> Outcome<Vec<(AccountId, Balance)>> {
    Ok(store::accounts(read, accounts)?.iter().map(|row| (row.id, row.into())).collect())
}

/// The balances of a unit's year by fund.
///
/// # Errors
/// When the database fails.
pub fn quota_balances(read: &mut Read, unit: OrgId, year: i64) -> Outcome<Vec<(Fund, Balance)>> {
    let rows = store::of_owner(read, AccountKind::Quota, &unit.0, year)?;
    rows.iter().map(|row| Ok((row.fund.parse().map_err(AppError::internal)?, row.into()))).collect()
}

/// What became of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldStanding {
    /// Still held.
    pub left: i64,
    /// Posted from it, less corrections.
    pub posted: i64,
}

/// What became of holds, in the order asked.
///
/// # Errors
/// `not_found` for an unknown hold.
pub fn standings(read: &mut Read, holds: &[TransferId]) -> Outcome<Vec<HoldStanding>> {
    let entries: Vec<_> = store::of_holds(read, holds)?.into_iter().map(|(transfer, _)| transfer).collect();
    let of = |hold: &TransferId| {
        let standing = rules::standing(*hold, &entries)?;
        let posted = standing.shares.iter().map(|share| share.posted).sum();
        Ok(HoldStanding { left: standing.remaining(), posted })
    };
    holds.iter().map(of).collect()
}

/// What was posted from a hold less corrections, by account.
///
/// # Errors
/// `not_found` for an unknown hold.
pub fn posted(read: &mut Read, hold: TransferId) -> Outcome<Vec<(AccountId, i64)>> {
    let entries: Vec<_> = store::of_holds(read, &[hold])?.into_iter().map(|(transfer, _)| transfer).collect();
    let standing = rules::standing(hold, &entries)?;
    Ok(standing.shares.iter().filter(|share| share.posted != 0).map(|share| (share.account, share.posted)).collect())
}

/// What an order counted, oldest first.
///
/// # Errors
/// When the database fails.
pub fn counts_of_order(read: &mut Read, order: OrderId) -> Outcome<Vec<CountEntry>> {
    let rows = store::counts_of_order(read, order)?;
    let entry = |row: store::CountRow| CountEntry {
        id: row.id,
        basis: row.basis,
        order_id: row.order_id,
        line_id: row.line_id,
        unit_id: row.unit_id,
        year: row.year,
        fund: row.fund,
        amount_fen: row.amount_fen,
        day: row.day,
        correction: row.correction,
        standing: row.standing,
        moved_by: row.moved_by,
        class_no: row.class_no,
        reclassed: row.reclassed,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// What each line of some orders comes to by basis, in fen, whatever it counts as.
///
/// # Errors
/// When the database fails.
pub fn counts_of_lines(read: &mut Read, orders: &[OrderId]) -> Outcome<Vec<(OrderLineId, Basis, Fen)>> {
    store::counts_of_lines(read, orders)
}

/// A balance that its transfers do not explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The account.
    pub account: AccountId,
    /// Which figure: pending, posted, limit, or a hold of which more was resolved than it held.
    pub figure: &'static str,
    /// As stored; `None` is no ceiling, which is something else than a ceiling of nothing.
    pub stored: Option<i64>,
    /// As recomputed; likewise.
    pub computed: Option<i64>,
}

/// Accounts compared at once, so that memory stays constant.
const BATCH: i64 = 500;
/// After so many differences the answer is clear.
const ENOUGH: usize = 100;

/// Recomputes every balance from its transfers; what differs.
///
/// # Errors
/// When the database fails.
pub fn verify(read: &mut Read) -> Outcome<Vec<Difference>> {
    let mut differences = Vec::new();
    let mut last = None;
    loop {
        let rows = store::after(read, last, BATCH)?;
        let Some(end) = rows.last() else { return Ok(differences) };
        last = Some(end.id);
        let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
        let sums = store::sums(read, &ids)?;
        differences.extend(rows.iter().flat_map(|row| compare(row, &sums)));
        let overdrawn = store::overdrawn(read, &ids)?;
        differences.extend(overdrawn.into_iter().map(|(account, stored)| Difference {
            account,
            figure: "hold",
            stored: Some(stored),
            computed: Some(0),
        }));
        if differences.len() >= ENOUGH {
            return Ok(differences);
        }
    }
}

/// Stock is limited from its opening on, money from the transfer on that set its first ceiling, whatever that came to.
fn compare(row: &AccountRow, sums: &[(AccountId, Phase, i64)]) -> Vec<Difference> {
    let (mut pending, mut posted, mut limit) = (0, 0, 0);
    let mut limited = row.kind == AccountKind::Stock;
    for (_, phase, amount) in sums.iter().filter(|(account, ..)| *account == row.id) {
        let (p, q, l) = rules::effect(*phase, *amount);
        pending += p;
        posted += q;
        limit += l;
        limited |= *phase == Phase::Supplied;
    }
    // Of a unit that was merged nothing is left, whatever its transfers say.
    let left = row.merged_into.map_or(0, |_| row.pending + row.posted);
    let figures = [
        ("left after the merger", Some(left), Some(0)),
        ("pending", Some(row.pending), Some(pending)),
        ("posted", Some(row.posted), Some(posted)),
        ("limit", row.limit_amount, limited.then_some(limit)),
    ];
    let differs = figures.into_iter().filter(|(_, stored, computed)| stored != computed);
    differs.map(|(figure, stored, computed)| Difference { account: row.id, figure, stored, computed }).collect()
}
