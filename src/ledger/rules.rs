//! Pure decisions of the ledger: what a transfer does to an account, what is left of a hold, and the named refusals.

use crate::kernel::error::{AppError, Code};
use crate::kernel::ids::{AccountId, OrderId, OrderLineId, TransferId};

#[cfg(test)]
mod tests;

crate::text_enum! {
    /// What an account keeps.
    AccountKind {
        /// A unit's money of one year and fund, in fen.
        Quota "quota"
        /// A listing's goods, in thousandths of the sale unit.
        Stock "stock"
    }
}

crate::text_enum! {
    /// What a transfer does.
    Phase {
        /// Holds an amount.
        Pending "pending"
        /// Turns (a portion of) a hold into a final amount.
        Posted "posted"
        /// Releases (a portion of) a hold: rejected, cancelled, declined, short-closed.
        Voided "voided"
        /// Releases a hold whose time ran out.
        Expired "expired"
        /// Raises or lowers the limit.
        Supplied "supplied"
        /// Corrects a final amount: goods returned, a price lowered.
        Adjusted "adjusted"
        /// Takes what is left of a hold out of one account …
        CarriedOut "carried_out"
        /// … and puts it into another; also what is added to a hold.
        CarriedIn "carried_in"
    }
}

/// The word of transfers that add to a hold: what is held can cost more.
pub const RAISED: &str = "raised";

/// The word of transfers that a merger of units writes for what was posted.
pub const MERGED: &str = "merged";

/// The most that one transfer may move.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000_000;

/// A transfer: the fields by which a second one with the same id is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Derived by the caller.
    pub id: TransferId,
    /// The account it changes.
    pub account_id: AccountId,
    /// What it does.
    pub phase: Phase,
    /// How much; signed only for `supplied` and `adjusted`.
    pub amount: i64,
    /// The hold it resolves, corrects or carries.
    pub pending_id: Option<TransferId>,
    /// The order that caused it.
    pub order_id: Option<OrderId>,
    /// The line that caused it.
    pub line_id: Option<OrderLineId>,
    /// Why, as a word.
    pub code: String,
}

/// What becomes of a portion of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Accepted: final.
    Post,
    /// Released.
    Void,
    /// Released because its time ran out.
    Expire,
}

impl Resolution {
    /// The phase it writes.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Resolution::Post => Phase::Posted,
            Resolution::Void => Phase::Voided,
            Resolution::Expire => Phase::Expired,
        }
    }
}

/// How much of a hold is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Portion {
    /// This much; refused when less is left.
    Exactly(i64),
    /// Whatever is left; nothing happens when nothing is.
    Rest,
}

/// Resolves a portion of a hold.
#[derive(Debug, Clone)]
pub struct Resolve {
    /// Derived by the caller.
    pub id: TransferId,
    /// The hold.
    pub pending_id: TransferId,
    /// What becomes of it.
    pub resolution: Resolution,
    /// How much.
    pub portion: Portion,
    /// Why, as a word.
    pub code: &'static str,
}

/// Lowers what was posted from a hold.
#[derive(Debug, Clone)]
pub struct Adjust {
    /// Derived by the caller.
    pub id: TransferId,
    /// The hold whose posted amount is corrected.
    pub pending_id: TransferId,
    /// By how much it is lowered.
    pub amount: i64,
    /// Why, as a word.
    pub code: &'static str,
}

/// Adds to a hold.
#[derive(Debug, Clone)]
pub struct Raise {
    /// Derived by the caller.
    pub id: TransferId,
    /// The hold.
    pub pending_id: TransferId,
    /// How much more is held.
    pub amount: i64,
    /// Whether a quota account's ceiling refuses; stock always does.
    pub enforce_limit: bool,
}

/// Why the ledger refuses, in descending precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Negative, or more than one transfer may move.
    AmountOutOfRange,
    /// Another transfer has this id.
    ExistsWithDifferentFields,
    /// There is no such hold.
    PendingNotFound,
    /// The named transfer is not a hold.
    NotPending,
    /// The hold is used up, the last of it posted.
    AlreadyPosted,
    /// The hold was released.
    AlreadyVoided,
    /// The hold's time ran out.
    AlreadyExpired,
    /// Less than this is left of the hold.
    ExceedsPending,
    /// Less than this was posted from the hold.
    ExceedsPosted,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> AppError {
        let resolved = |zh: &str, en: &str| AppError::new(Code::TransferResolved).detail(zh, en);
        match refusal {
            Refusal::AmountOutOfRange => Code::AmountTooLarge.into(),
            Refusal::ExistsWithDifferentFields => Code::TransferExists.into(),
            Refusal::PendingNotFound => AppError::new(Code::NotFound).cause("no such hold"),
            Refusal::NotPending => AppError::new(Code::WrongState).cause("the transfer is not a hold"),
            Refusal::AlreadyPosted => resolved("该占用已全部入账", "The hold is posted already"),
            Refusal::AlreadyVoided => resolved("该占用已释放", "The hold is released already"),
            Refusal::AlreadyExpired => resolved("该占用已过期释放", "The hold has expired"),
            Refusal::ExceedsPending => resolved("超出占用余额", "Less than this is left of the hold"),
            Refusal::ExceedsPosted => resolved("超出已入账数额", "Less than this was posted"),
        }
    }
}

/// Whether a transfer may move this amount.
///
/// # Errors
/// [`Refusal::AmountOutOfRange`].
pub fn check_amount(amount: i64) -> Result<(), Refusal> {
    if (0..=MAX_AMOUNT).contains(&amount) { Ok(()) } else { Err(Refusal::AmountOutOfRange) }
}

/// What a transfer changes: `(pending, posted, limit)`.
#[must_use]
pub const fn effect(phase: Phase, amount: i64) -> (i64, i64, i64) {
    match phase {
        Phase::Pending | Phase::CarriedIn => (amount, 0, 0),
        Phase::Posted => (-amount, amount, 0),
        Phase::Voided | Phase::Expired | Phase::CarriedOut => (-amount, 0, 0),
        Phase::Supplied => (0, 0, amount),
        Phase::Adjusted => (0, amount, 0),
    }
}

/// What stands of one hold on one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The account.
    pub account: AccountId,
    /// Still held there.
    pub pending: i64,
    /// Posted there, less corrections.
    pub posted: i64,
}

/// A hold and everything that became of it.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    /// The hold itself.
    pub hold: &'a Transfer,
    /// Its accounts: first the one it began on, then those it was carried to.
    pub shares: Vec<Share>,
    /// How often it was carried.
    pub carries: usize,
}

impl Standing<'_> {
    /// Where something is still held, and how much. A carry moves all that is left, so it is one account at most.
    #[must_use]
    pub fn open(&self) -> Option<Share> {
        self.shares.iter().find(|share| share.pending > 0).copied()
    }
    /// How much is still held.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.open().map_or(0, |share| share.pending)
    }
}

/// Gathers what became of a hold from all transfers that name it.
///
/// # Errors
/// [`Refusal::PendingNotFound`], [`Refusal::NotPending`].
pub fn standing(hold: TransferId, entries: &[Transfer]) -> Result<Standing<'_>, Refusal> {
    let root = entries.iter().find(|entry| entry.id == hold).ok_or(Refusal::PendingNotFound)?;
    if root.phase != Phase::Pending {
        return Err(Refusal::NotPending);
    }
    let mut shares = vec![Share { account: root.account_id, pending: root.amount, posted: 0 }];
    let mut carries = 0;
    for entry in entries.iter().filter(|entry| entry.pending_id == Some(hold)) {
        let (pending, posted, _) = effect(entry.phase, entry.amount);
        carries += usize::from(entry.phase == Phase::CarriedOut);
        match shares.iter_mut().find(|share| share.account == entry.account_id) {
            Some(share) => {
                share.pending += pending;
                share.posted += posted;
            }
            None => shares.push(Share { account: entry.account_id, pending, posted }),
        }
    }
    Ok(Standing { hold: root, shares, carries })
}

/// The transfer that resolves a portion of a hold; `None` when it is there already or nothing is left to resolve.
///
/// # Errors
/// The first [`Refusal`] in their order.
pub fn resolve(entries: &[Transfer], item: &Resolve) -> Result<Option<Transfer>, Refusal> {
    if let Portion::Exactly(amount) = item.portion {
        check_amount(amount)?;
    }
    if let Some(there) = entries.iter().find(|entry| entry.id == item.id) {
        let amount = match item.portion {
            Portion::Exactly(amount) => amount,
            Portion::Rest => there.amount,
        };
        let same = (there.phase, there.pending_id, there.amount, there.code.as_str())
            == (item.resolution.phase(), Some(item.pending_id), amount, item.code);
        return if same { Ok(None) } else { Err(Refusal::ExistsWithDifferentFields) };
    }
    let standing = standing(item.pending_id, entries)?;
    let open = standing.open();
    let left = open.map_or(0, |share| share.pending);
    let amount = match item.portion {
        Portion::Exactly(amount) => amount,
        Portion::Rest if left == 0 => return Ok(None),
        Portion::Rest => left,
    };
    if amount > left {
        return Err(if left > 0 { Refusal::ExceedsPending } else { used_up(item.pending_id, entries) });
    }
    let last = standing.shares.last().map_or(standing.hold.account_id, |share| share.account);
    Ok(Some(Transfer {
        id: item.id,
        account_id: open.map_or(last, |share| share.account),
        phase: item.resolution.phase(),
        amount,
        pending_id: Some(item.pending_id),
        order_id: standing.hold.order_id,
        line_id: standing.hold.line_id,
        code: item.code.to_owned(),
    }))
}

/// Of a hold that is used up: by what.
fn used_up(hold: TransferId, entries: &[Transfer]) -> Refusal {
    let became = |phase| entries.iter().any(|e| e.pending_id == Some(hold) && e.phase == phase && e.amount > 0);
    if became(Phase::Posted) {
        Refusal::AlreadyPosted
    } else if became(Phase::Voided) {
        Refusal::AlreadyVoided
    } else if became(Phase::Expired) {
        Refusal::AlreadyExpired
    } else {
        Refusal::ExceedsPending
    }
}

/// The transfers that lower what was posted from a hold: from the account it was carried to last, then from those
/// before. `ids` are the ids they get, the caller's own first; empty when they are there already.
///
/// # Errors
/// The first [`Refusal`] in their order.
pub fn adjust(entries: &[Transfer], item: &Adjust, ids: &[TransferId]) -> Result<Vec<Transfer>, Refusal> {
    check_amount(item.amount)?;
    if let Some(there) = entries.iter().find(|entry| entry.id == item.id) {
        let parts = entries.iter().filter(|entry| entry.phase == Phase::Adjusted && ids.contains(&entry.id));
        let lowered: i64 = parts.map(|entry| -entry.amount).sum();
        let same = (there.phase, there.pending_id, lowered, there.code.as_str())
            == (Phase::Adjusted, Some(item.pending_id), item.amount, item.code);
        return if same { Ok(Vec::new()) } else { Err(Refusal::ExistsWithDifferentFields) };
    }
    let standing = standing(item.pending_id, entries)?;
    let mut left = item.amount;
    let mut transfers = Vec::new();
    let posted = standing.shares.iter().rev().filter(|share| share.posted > 0);
    for (share, id) in posted.zip(ids) {
        let part = left.min(share.posted);
        if part > 0 {
            transfers.push(Transfer {
                id: *id,
                account_id: share.account,
                phase: Phase::Adjusted,
                amount: -part,
                pending_id: Some(item.pending_id),
                order_id: standing.hold.order_id,
                line_id: standing.hold.line_id,
                code: item.code.to_owned(),
            });
        }
        left -= part;
    }
    if left > 0 { Err(Refusal::ExceedsPosted) } else { Ok(transfers) }
}

/// The transfer that adds to a hold on an account: where it is held, or, once nothing of it is, where it would be.
///
/// # Errors
/// The first [`Refusal`] in their order.
pub fn raise(entries: &[Transfer], item: &Raise, account: AccountId) -> Result<Option<Transfer>, Refusal> {
    check_amount(item.amount)?;
    if let Some(there) = entries.iter().find(|entry| entry.id == item.id) {
        let same = (there.phase, there.pending_id, there.amount, there.code.as_str())
            == (Phase::CarriedIn, Some(item.pending_id), item.amount, RAISED);
        return if same { Ok(None) } else { Err(Refusal::ExistsWithDifferentFields) };
    }
    let standing = standing(item.pending_id, entries)?;
    Ok(Some(Transfer {
        id: item.id,
        account_id: standing.open().map_or(account, |share| share.account),
        phase: Phase::CarriedIn,
        amount: item.amount,
        pending_id: Some(item.pending_id),
        order_id: standing.hold.order_id,
        line_id: standing.hold.line_id,
        code: RAISED.to_owned(),
    }))
}

/// The pair of entries that moves what is left of a hold to another account; `None` when nothing is left or it is there.
#[must_use]
pub fn carry(standing: &Standing<'_>, to: AccountId, out: TransferId, into: TransferId) -> Option<[Transfer; 2]> {
    let open = standing.open().filter(|share| share.account != to)?;
    let side = |id, account_id, phase| Transfer {
        id,
        account_id,
        phase,
        amount: open.pending,
        pending_id: Some(standing.hold.id),
        order_id: standing.hold.order_id,
        line_id: standing.hold.line_id,
        code: "carried".to_owned(),
    };
    Some([side(out, open.account, Phase::CarriedOut), side(into, to, Phase::CarriedIn)])
}

/// The pairs of entries that move what a hold has on one account to another, when the unit of the first is merged: what is
/// still held, and what was posted. `ids` name them: out, in, taken, given.
#[must_use]
pub fn merge(standing: &Standing<'_>, from: AccountId, to: AccountId, ids: [TransferId; 4]) -> Vec<Transfer> {
    let Some(share) = standing.shares.iter().find(|share| share.account == from) else { return Vec::new() };
    let entry = |id, account_id, phase, amount, code: &str| Transfer {
        id,
        account_id,
        phase,
        amount,
        pending_id: Some(standing.hold.id),
        order_id: standing.hold.order_id,
        line_id: standing.hold.line_id,
        code: code.to_owned(),
    };
    let [out, into, taken, given] = ids;
    let mut pairs = Vec::with_capacity(4);
    if share.pending > 0 {
        pairs.push(entry(out, from, Phase::CarriedOut, share.pending, "carried"));
        pairs.push(entry(into, to, Phase::CarriedIn, share.pending, "carried"));
    }
    if share.posted > 0 {
        pairs.push(entry(taken, from, Phase::Adjusted, -share.posted, MERGED));
        pairs.push(entry(given, to, Phase::Adjusted, share.posted, MERGED));
    }
    pairs
}
