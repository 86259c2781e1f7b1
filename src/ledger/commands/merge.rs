//! A unit's year goes to another unit: what is held and posted hold by hold, what was counted line by line, all by pairs.

use super::{Batch, CountEntry, Open, account, count, write};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{AccountId, CountId, OrgId, TransferId, UnitChangeId};
use crate::kernel::money::Fen;
use crate::kernel::terms::Fund;
use crate::ledger::rules;
use crate::ledger::store::{self, AccountRow, merge as moving};
use crate::ledger::{Owner, account_id, count_id, transfer_id};
use crate::platform::db::Tx;

/// Holds or counts moved with one statement.
const BATCH: i64 = 200;

/// One unit into another.
#[derive(Debug, Clone, Copy)]
pub struct Merge {
    /// The change that says so; its entries are named by it.
    pub change: UnitChangeId,
    /// Whose year ends.
    pub from: OrgId,
    /// Who has it from now on.
    pub to: OrgId,
    /// From this year on.
    pub year: i64,
}

/// Closes the accounts of a unit for new holds and moves what is on them: everything still held, of whatever year, and
/// what was posted in the year. The accounts are locked before they are read, so that an order placed at the same moment
/// is either moved or refused.
///
/// # Errors
/// `amount_too_large` when the sums do not fit.
pub fn merge(tx: &mut Tx<'_>, merge: &Merge) -> Outcome<()> {
    let mut known: Vec<AccountId> = moving::of_unit(tx, merge.from)?;
    for year in [merge.year, merge.year + 1] {
        for fund in Fund::ALL {
            known.push(account(tx, &Owner::Quota { unit: merge.from, year, fund: *fund })?);
        }
    }
    known.sort_unstable_by_key(|id| id.0);
    known.dedup();
    let mut rows = Vec::with_capacity(known.len());
    for id in known {
        rows.push(store::claim(tx, id)?);
    }
    for row in rows.iter().filter(|row| row.year <= merge.year) {
        if row.pending > 0 || (row.year == merge.year && row.posted > 0) {
            let fund: Fund = row.fund.parse().map_err(AppError::internal)?;
            let to = account(tx, &Owner::Quota { unit: merge.to, year: merge.year, fund })?;
            drain(tx, merge, row, to)?;
        }
    }
    moving::close(tx, merge.from, merge.year, merge.to)
}

/// Moves every hold of an account; of an earlier year only what is still held, for what was posted then counted then.
fn drain(tx: &mut Tx<'_>, merge: &Merge, from: &AccountRow, to: AccountId) -> Outcome<()> {
    let mut after: Option<TransferId> = None;
    loop {
        let holds = moving::holds_on(tx, from.id, after, BATCH)?;
        let Some(last) = holds.last() else { return Ok(()) };
        after = Some(*last);
        let open = Open::load(tx, &holds)?;
        let mut batch = Batch::default();
        for hold in &holds {
            let standing = rules::standing(*hold, &open.entries)?;
            let name = |part: &str| {
                transfer_id(&["merge", part, &merge.change.to_string(), &hold.to_string(), &from.id.to_string()])
            };
            let pairs = rules::merge(&standing, from.id, to, ["out", "in", "taken", "given"].map(name));
            let held_only = from.year < merge.year;
            batch.transfers.extend(pairs.into_iter().filter(|entry| !held_only || entry.code != rules::MERGED));
        }
        let refused = write(tx, &batch)?;
        if !refused.is_empty() {
            return Err(AppError::internal("an account changed while it was merged").rerun());
        }
    }
}

/// Moves what a unit counted in a year and later ones, line by line, by pairs of entries dated on the day of the command;
/// basis, fund, correction, standing and class stay what they were. Whoever appends counts must be kept out until the end of
/// the transaction.
///
/// # Errors
/// `amount_too_large`; when the database fails.
pub fn move_counts(tx: &mut Tx<'_>, merge: &Merge) -> Outcome<()> {
    let day = tx.at().day();
    for sums in moving::count_sums(tx, merge.from, merge.year)?.chunks(200) {
        let pairs = sums.iter().flat_map(|sum| {
            let half = |unit_id: OrgId, amount_fen: Fen| {
                let entry = CountEntry {
                    id: CountId([0; 16]),
                    basis: sum.basis,
                    order_id: sum.order_id,
                    line_id: sum.line_id,
                    unit_id,
                    year: sum.year,
                    fund: sum.fund,
                    amount_fen,
                    day,
                    correction: sum.correction,
                    standing: sum.standing,
                    moved_by: Some(merge.change),
                    class_no: sum.class_no,
                    reclassed: false,
                };
                CountEntry { id: moved_count(&entry, merge.change), ..entry }
            };
            let amount = Fen::new(sum.amount);
            [half(merge.from, amount.negated()), half(merge.to, amount)]
        });
        count(tx, &pairs.collect::<Vec<_>>())?;
    }
    Ok(())
}

/// The id of one half of a pair that a merger writes.
#[must_use]
pub fn moved_count(entry: &CountEntry, change: UnitChangeId) -> CountId {
    let words = [
        change.to_string(),
        entry.unit_id.to_string(),
        entry.line_id.to_string(),
        entry.year.to_string(),
        entry.class_no.to_string(),
    ];
    let correction = if entry.correction { "correction" } else { "counted" };
    let (basis, standing) = (entry.basis.as_str(), entry.standing.as_str());
    let mut named = vec!["unit.merged", &words[0], &words[1], &words[2], basis, &words[3], correction, standing];
    if entry.class_no != 0 {
        named.push(&words[4]);
    }
    count_id(&named)
}

/// The account that takes a hold carried to this owner: that of the successor, where the owner was merged.
pub(super) fn taker(tx: &mut Tx<'_>, owner: Owner) -> Outcome<AccountId> {
    let mut owner = owner;
    loop {
        let id = account_id(&owner);
        let next = store::account(tx, id)?.and_then(|row| row.merged_into);
        let (Some(unit), Owner::Quota { year, fund, .. }) = (next, owner) else { return account(tx, &owner) };
        owner = Owner::Quota { unit, year, fund };
    }
}
