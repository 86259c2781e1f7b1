//! Moving amounts: load what stands, decide, append the transfers, change the balances under their guard.

mod counts;
mod merge;
mod raise;
mod reclassify;

pub use counts::{CountEntry, count, count_fresh};
pub use merge::{Merge, merge, move_counts, moved_count};
pub use raise::raise;
pub use reclassify::reclassify;

use super::rules::{self, Adjust, Phase, Refusal, Resolve, Transfer};
use super::store::{self, AccountRow, Delta};
use super::{AccountKind, Owner, account_id, transfer_id};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{AccountId, OrderId, OrderLineId, OrgId, TransferId};
use crate::kernel::terms::Fund;
use crate::platform::db::Tx;

/// Holds an amount on an account.
#[derive(Debug, Clone)]
pub struct Hold {
    /// Derived by the caller; names the hold for ever.
    pub id: TransferId,
    /// The account.
    pub account: AccountId,
    /// Fen or thousandths of the sale unit.
    pub amount: i64,
    /// The order.
    pub order_id: OrderId,
    /// Its line, when the hold is for one.
    pub line_id: Option<OrderLineId>,
    /// Why, as a word.
    pub code: &'static str,
    /// Whether a quota account's ceiling refuses; stock always does.
    pub enforce_limit: bool,
}

/// Why a hold failed. With `?` it becomes the plain error that names no line.
#[derive(Debug)]
pub enum HoldError {
    /// These accounts have not enough left; the transaction must end with an error, other accounts are changed already.
    Refused(Vec<RefusedAccount>),
    /// Anything else.
    Failed(AppError),
}

/// An account that has not enough left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedAccount {
    /// The account.
    pub account: AccountId,
    /// What it keeps.
    pub kind: AccountKind,
    /// What could still be held.
    pub left: i64,
}

impl From<AppError> for HoldError {
    fn from(error: AppError) -> HoldError {
        HoldError::Failed(error)
    }
}
impl From<HoldError> for AppError {
    fn from(error: HoldError) -> AppError {
        match error {
            HoldError::Failed(error) => error,
            HoldError::Refused(accounts) if accounts.iter().any(|a| a.kind == AccountKind::Stock) => {
                Code::OutOfStock.into()
            }
            HoldError::Refused(_) => Code::CeilingExceeded.into(),
        }
    }
}

/// Transfers to append, and on what their decision rests.
#[derive(Debug, Default)]
struct Batch {
    transfers: Vec<Transfer>,
    enforced: Vec<AccountId>,
    moves: Vec<(AccountId, i64)>,
}

/// Makes sure that the owner's account exists. Stock begins with nothing, quota without a ceiling.
///
/// # Errors
/// When the database fails.
pub fn account(tx: &mut Tx<'_>, owner: &Owner) -> Outcome<AccountId> {
    let row = fresh(owner);
    store::open(tx, &row)?;
    Ok(row.id)
}

fn fresh(owner: &Owner) -> AccountRow {
    AccountRow {
        id: account_id(owner),
        kind: owner.kind(),
        owner_id: owner.owner_id().to_vec(),
        year: owner.year(),
        fund: owner.fund().to_owned(),
        pending: 0,
        posted: 0,
        limit_amount: matches!(owner, Owner::Stock { .. }).then_some(0),
        moves: 0,
        version: 1,
        merged_into: None,
    }
}

/// Holds amounts on several accounts at once, all or nothing, in two statements. A hold that is there already with the
/// same fields changes nothing.
///
/// # Errors
/// `Refused` names the accounts that have not enough left; `transfer_exists_with_different_fields`, `amount_too_large`.
/// After any error the transaction must fail.
pub fn hold(tx: &mut Tx<'_>, holds: &[Hold]) -> Result<(), HoldError> {
    let refused = write(tx, &batch_of(holds)?)?;
    refusal(tx, &refused)
}

/// Holds amounts whose ids are derived from rows that this transaction creates, so that none can be there already: one
/// statement, and the transfers go out with the other writes. The owner's account is created when it is missing.
///
/// # Errors
/// As [`hold`]; `already_exists` at the end of the transaction when a hold was there.
pub fn hold_fresh(tx: &mut Tx<'_>, owner: &Owner, holds: &[Hold]) -> Result<(), HoldError> {
    let batch = batch_of(holds)?;
    let mut deltas = deltas(&batch, |_| true)?;
    let own = account_id(owner);
    let changed = store::apply_opening(tx, &deltas, &fresh(owner))?;
    let mut refused = without(&deltas, &changed);
    if refused.contains(&own) {
        // It was missing, or somebody else was creating it; what refuses a second time is the ceiling.
        account(tx, owner)?;
        deltas.retain(|delta| delta.account == own);
        refused.retain(|account| *account != own);
        refused.extend(unchanged(tx, &deltas)?);
    }
    refusal(tx, &refused)?;
    Ok(store::append_later(tx, &batch.transfers)?)
}

fn batch_of(holds: &[Hold]) -> Outcome<Batch> {
    let mut batch = Batch::default();
    for hold in holds {
        rules::check_amount(hold.amount)?;
        batch.transfers.push(Transfer {
            id: hold.id,
            account_id: hold.account,
            phase: Phase::Pending,
            amount: hold.amount,
            pending_id: None,
            order_id: Some(hold.order_id),
            line_id: hold.line_id,
            code: hold.code.to_owned(),
        });
    }
    batch.enforced = holds.iter().filter(|hold| hold.enforce_limit).map(|hold| hold.account).collect();
    Ok(batch)
}

/// What the accounts that refused still have left.
fn refusal(tx: &mut Tx<'_>, refused: &[AccountId]) -> Result<(), HoldError> {
    if refused.is_empty() {
        return Ok(());
    }
    let left = |row: &AccountRow| row.limit_amount.map_or(0, |limit| (limit - row.pending - row.posted).max(0));
    let rows = store::accounts(tx, refused)?;
    let refused = rows.iter().map(|row| RefusedAccount { account: row.id, kind: row.kind, left: left(row) });
    Err(HoldError::Refused(refused.collect()))
}

/// Posts, voids or expires portions of holds in three statements. A quota hold of an earlier year is first carried to
/// the year of the transaction.
///
/// # Errors
/// `transfer_resolved` with what became of the hold; `transfer_exists_with_different_fields`; `not_found`.
pub fn resolve(tx: &mut Tx<'_>, items: &[Resolve]) -> Outcome<()> {
    let holds: Vec<TransferId> = items.iter().map(|item| item.pending_id).collect();
    let mut open = Open::load(tx, &holds)?;
    let year = tx.at().year();
    open.carry_to(tx, &holds, year)?;
    for item in items {
        let transfer = rules::resolve(&open.entries, item)?;
        open.add(transfer);
    }
    open.write(tx)
}

/// Carries what is left of quota holds of earlier years to this unit-year.
///
/// # Errors
/// `not_found` for an unknown hold.
pub fn ensure_year(tx: &mut Tx<'_>, holds: &[TransferId], year: i64) -> Outcome<()> {
    let mut open = Open::load(tx, holds)?;
    open.carry_to(tx, holds, year)?;
    open.write(tx)
}

/// Carries a batch of holds of earlier unit-years to the year of the transaction; how many holds that were. The job
/// calls it until nothing is left. It has no order's claim, so it locks each account before it reads what is held there:
/// who posted before it, with a clock that still says the old year, is seen, and who comes later finds that holds moved.
///
/// # Errors
/// When the database fails.
pub fn carry_year(tx: &mut Tx<'_>, batch: i64) -> Outcome<usize> {
    let year = tx.at().year();
    let mut holds = Vec::new();
    for account in store::held_before(tx, year, batch)? {
        let left = batch - i64::try_from(holds.len()).unwrap_or(batch);
        if left <= 0 {
            break;
        }
        store::claim(tx, account.id)?;
        holds.extend(store::open_holds(tx, account.id, left)?);
    }
    ensure_year(tx, &holds, year)?;
    Ok(holds.len())
}

/// Lowers what was posted from holds: goods returned, a price lowered. Never below nothing.
///
/// # Errors
/// `transfer_resolved` when less was posted; `transfer_exists_with_different_fields`; `not_found`.
pub fn adjust(tx: &mut Tx<'_>, items: &[Adjust]) -> Outcome<()> {
    let holds: Vec<TransferId> = items.iter().map(|item| item.pending_id).collect();
    let mut open = Open::load(tx, &holds)?;
    for item in items {
        // One part per account that the hold may have been posted on.
        let parts = (1..=open.accounts.len()).map(|n| transfer_id(&["adjust", &item.id.to_string(), &n.to_string()]));
        let ids: Vec<TransferId> = std::iter::once(item.id).chain(parts).collect();
        for transfer in rules::adjust(&open.entries, item, &ids)? {
            open.add(Some(transfer));
        }
    }
    open.write(tx)
}

/// Raises or lowers the stock of an account.
#[derive(Debug, Clone)]
pub struct Supply {
    /// Derived by the caller.
    pub id: TransferId,
    /// The account.
    pub account: AccountId,
    /// Thousandths of the sale unit, negative to lower.
    pub delta: i64,
    /// Why, as a word.
    pub code: &'static str,
}

/// Raises or lowers stock, never below what is held or sold.
///
/// # Errors
/// `stock_below_held`; `transfer_exists_with_different_fields`; `amount_too_large`.
pub fn supply(tx: &mut Tx<'_>, supply: &Supply) -> Outcome<()> {
    rules::check_amount(supply.delta.saturating_abs())?;
    let batch =
        Batch { transfers: vec![supplied(supply.id, supply.account, supply.delta, supply.code)], ..Batch::default() };
    let refused = write(tx, &batch)?;
    if refused.is_empty() { Ok(()) } else { Err(Code::StockBelowHeld.into()) }
}

/// Sets a quota account's ceiling. It may lie below what is used: then only new holds are refused. A ceiling of nothing is
/// one, and is never taken away again.
///
/// # Errors
/// `amount_too_large`; `transfer_exists_with_different_fields`.
pub fn set_limit(tx: &mut Tx<'_>, id: TransferId, account: AccountId, limit: i64) -> Outcome<()> {
    rules::check_amount(limit)?;
    let row = store::claim(tx, account)?;
    let delta = limit - row.limit_amount.unwrap_or(0);
    let transfer = supplied(id, account, delta, "ceiling");
    if store::append(tx, std::slice::from_ref(&transfer))?.is_empty() {
        // The same ceiling set twice leaves nothing to change, so only another transfer's id can be in the way.
        let same = row.limit_amount == Some(limit);
        return if same { Ok(()) } else { Err(Refusal::ExistsWithDifferentFields.into()) };
    }
    store::set_limit(tx, account, limit)
}

/// The balance of an account, kept so until the transaction ends.
///
/// # Errors
/// When the account does not exist.
pub fn keep_balance(tx: &mut Tx<'_>, account: AccountId) -> Outcome<super::Balance> {
    Ok((&store::claim(tx, account)?).into())
}

fn supplied(id: TransferId, account_id: AccountId, amount: i64, code: &str) -> Transfer {
    Transfer {
        id,
        account_id,
        phase: Phase::Supplied,
        amount,
        pending_id: None,
        order_id: None,
        line_id: None,
        code: code.to_owned(),
    }
}

/// Holds with all that became of them, and what is decided about them.
struct Open {
    entries: Vec<Transfer>,
    accounts: Vec<AccountRow>,
    batch: Batch,
}

impl Open {
    fn load(tx: &mut Tx<'_>, holds: &[TransferId]) -> Outcome<Open> {
        let mut open = Open { entries: Vec::new(), accounts: Vec::new(), batch: Batch::default() };
        if holds.is_empty() {
            return Ok(open);
        }
        for (transfer, account) in store::of_holds(tx, holds)? {
            open.entries.push(transfer);
            if !open.accounts.iter().any(|known| known.id == account.id) {
                open.batch.moves.push((account.id, account.moves));
                open.accounts.push(account);
            }
        }
        Ok(open)
    }

    fn add(&mut self, transfer: impl IntoIterator<Item = Transfer>) {
        for transfer in transfer {
            self.entries.push(transfer.clone());
            self.batch.transfers.push(transfer);
        }
    }

    fn carry_to(&mut self, tx: &mut Tx<'_>, holds: &[TransferId], year: i64) -> Outcome<()> {
        for hold in holds {
            let standing = rules::standing(*hold, &self.entries)?;
            let from = standing.open().and_then(|open| self.accounts.iter().find(|a| a.id == open.account));
            let Some(from) = from.filter(|a| a.kind == AccountKind::Quota && a.year < year) else { continue };
            let to = merge::taker(tx, quota_owner(from, year)?)?;
            let step = |side: &str| transfer_id(&["carry", side, &hold.to_string(), &standing.carries.to_string()]);
            let pair = rules::carry(&standing, to, step("out"), step("in"));
            self.add(pair.into_iter().flatten());
        }
        Ok(())
    }

    /// The decision rests on what was loaded, so only a carry that came between can refuse it: decide again.
    fn write(self, tx: &mut Tx<'_>) -> Outcome<()> {
        let refused = write(tx, &self.batch)?;
        if refused.is_empty() {
            return Ok(());
        }
        Err(AppError::internal("holds were carried while they were resolved").rerun())
    }
}

fn quota_owner(row: &AccountRow, year: i64) -> Outcome<Owner> {
    let unit = row.owner_id.as_slice().try_into().map(OrgId).map_err(AppError::internal)?;
    Ok(Owner::Quota { unit, year, fund: row.fund.parse::<Fund>().map_err(AppError::internal)? })
}

/// Appends the transfers and changes the balances; answers the accounts whose guard refused.
fn write(tx: &mut Tx<'_>, batch: &Batch) -> Outcome<Vec<AccountId>> {
    let appended = store::append(tx, &batch.transfers)?;
    if appended.len() < batch.transfers.len() {
        compare(tx, batch, &appended)?;
    }
    unchanged(tx, &deltas(batch, |transfer| appended.contains(&transfer.id))?)
}

/// What some of the transfers change on each account, one delta each: where a hold is carried into the account in the
/// same batch the order of the rows does not matter.
fn deltas(batch: &Batch, counts: impl Fn(&Transfer) -> bool) -> Outcome<Vec<Delta>> {
    let mut deltas: Vec<Delta> = Vec::new();
    for transfer in batch.transfers.iter().filter(|transfer| counts(transfer)) {
        let (pending, posted, limit) = rules::effect(transfer.phase, transfer.amount);
        let moved = transfer.phase == Phase::CarriedOut || transfer.code == rules::MERGED;
        match deltas.iter_mut().find(|delta| delta.account == transfer.account_id) {
            Some(delta) => {
                delta.pending = sum(delta.pending, pending)?;
                delta.posted = sum(delta.posted, posted)?;
                delta.limit = sum(delta.limit, limit)?;
                delta.moved |= moved;
            }
            None => deltas.push(Delta {
                account: transfer.account_id,
                pending,
                posted,
                limit,
                enforce: batch.enforced.contains(&transfer.account_id),
                moved,
                moves: batch.moves.iter().find(|(id, _)| *id == transfer.account_id).map(|(_, moves)| *moves),
            }),
        }
    }
    Ok(deltas)
}

/// Changes the balances; answers the accounts whose guard refused, or that do not exist.
fn unchanged(tx: &mut Tx<'_>, deltas: &[Delta]) -> Outcome<Vec<AccountId>> {
    let changed = store::apply(tx, deltas)?;
    Ok(without(deltas, &changed))
}

fn without(deltas: &[Delta], changed: &[AccountId]) -> Vec<AccountId> {
    deltas.iter().map(|delta| delta.account).filter(|account| !changed.contains(account)).collect()
}

fn sum(a: i64, b: i64) -> Outcome<i64> {
    a.checked_add(b).ok_or_else(|| Code::AmountTooLarge.into())
}

/// Transfers that were there already must be the same in every field.
fn compare(tx: &mut Tx<'_>, batch: &Batch, appended: &[TransferId]) -> Outcome<()> {
    let there: Vec<TransferId> = batch.transfers.iter().map(|t| t.id).filter(|id| !appended.contains(id)).collect();
    let stored = store::transfers(tx, &there)?;
    for wanted in batch.transfers.iter().filter(|t| there.contains(&t.id)) {
        if !stored.iter().any(|row| row == wanted) {
            return Err(Refusal::ExistsWithDifferentFields.into());
        }
    }
    Ok(())
}
