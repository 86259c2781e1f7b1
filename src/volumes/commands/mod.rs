//! Folding entries into the sums by month.

pub mod pairings;

use super::queries::{Folder, Sums};
use super::rules::{Key, WIDTH};
use super::store::folding::{self, SumRow};
use super::store::{self, VolumesOf, Which};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::money::Fen;
use crate::kernel::terms::Basis;
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use crate::reporting::Reach;

/// Entries folded in one transaction.
const BATCH: i64 = 2_000;
/// Transactions of one run of the job: it must end within its lease.
const MOST: usize = 50;

/// Folds what waits into the sums, batch by batch; how many entries.
///
/// # Errors
/// When the database fails.
pub async fn fold(db: &Store, ctx: &Ctx) -> Outcome<usize> {
    let mut folded = 0;
    for _ in 0..MOST {
        let batch = db.write(ctx.clone(), |tx| fold_batch(tx, BATCH)).await?;
        folded += batch;
        if batch == 0 {
            break;
        }
    }
    Ok(folded)
}

/// Folds so many entries in; how many there were. What is folded is neither lost nor folded twice, whatever ends the process: it
/// leaves the tail in the transaction that adds it to the sums.
///
/// # Errors
/// When the database fails.
pub fn fold_batch(tx: &mut Tx<'_>, most: i64) -> Outcome<usize> {
    let at = tx.at();
    folding::lock(tx, at)?;
    let taken = folding::take(tx, most)?;
    if taken == 0 {
        return Ok(0);
    }
    let reach = Reach::everything();
    for basis in Basis::ALL {
        let of = VolumesOf { basis: *basis, from: "", to: "~", reach: &reach, apart: [true; WIDTH] };
        let mut sums = Sums::default();
        let all = |_: &Key| true;
        for volume in store::added(tx, &of, Which::Taken)? {
            sums.add_line(volume, &of.apart, &all)?;
        }
        let pieces = store::pieces(tx, &of, Which::Taken)?;
        let before = Folder { before: &["folded"], after: &["folded", "taken"] };
        before.add(&pieces, &of.apart, &all, &mut sums)?;
        let row = |(key, amount): (Key, Fen)| SumRow::new(basis.as_str(), key, amount.get());
        let rows: Vec<SumRow> = sums.into_rows()?.into_iter().map(row).collect();
        folding::add(tx, &rows)?;
    }
    folding::done(tx, i64::try_from(taken).map_err(AppError::internal)?)?;
    Ok(taken)
}
