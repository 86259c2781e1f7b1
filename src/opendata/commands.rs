//! Publishing months that have ended.

use super::store::{self, CellRow, MonthRow};
use crate::audit;
use crate::identity;
use crate::kernel::error::Outcome;
use crate::kernel::region_code::RegionCode;
use crate::platform::clock::{Clock, Ctx};
use crate::platform::db::{Read, Store, Tx};
use crate::regions;
use crate::volumes::{self, MonthOfCounties};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A month as it was read in one snapshot, with the names of its counties.
type Made = (MonthOfCounties, BTreeMap<RegionCode, String>);

/// Orders that are read together.
const ORDERS_AT_ONCE: i64 = 500;

/// Makes every month that has ended and of which entries were appended since; how many were published anew. Nothing of the month
/// under way is. What was made stays made when this is ended half way.
///
/// # Errors
/// When the database fails.
pub async fn publish_months(db: &Store, clock: &dyn Clock, ctx: &Ctx) -> Outcome<usize> {
    let current = ctx.at.day().month();
    let before = current.clone();
    let changed = db.read(move |read| changed(read, &before)).await?;
    let mut others = BTreeSet::new();
    for month in &changed {
        others.extend(split_with(db, month, &current).await?);
    }
    let mut published = 0;
    // Those whose split hangs on them come first: while they wait themselves these come again, if this ends in between.
    for month in others.difference(&changed).chain(&changed) {
        // Each has its own moment: who asks whether anything changed since the one before is told so.
        let now = Ctx { at: clock.now(), ..ctx.clone() };
        published += usize::from(made(db, now, month).await?);
    }
    Ok(published)
}

/// Reads a month in one snapshot and publishes it; whether its figures are others than before.
async fn made(db: &Store, ctx: Ctx, month: &str) -> Outcome<bool> {
    let waited = Waited::default();
    let (month, given_up) = (month.to_owned(), waited.given_up());
    let made: Arc<Made> = Arc::new(
        db.read(move |read| {
            Ok((volumes::county_month(read, &month, ORDERS_AT_ONCE, &given_up)?, regions::names(read)?))
        })
        .await?,
    );
    db.write(ctx, move |tx| publish(tx, &made)).await
}

/// Somebody waits for a read, until this is dropped: a thread of the database would go on for nobody.
#[derive(Default)]
struct Waited(Arc<AtomicBool>);

impl Waited {
    fn given_up(&self) -> impl Fn() -> bool + Send + 'static {
        let gone = self.0.clone();
        move || gone.load(Ordering::Relaxed)
    }
}

impl Drop for Waited {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Months before the current one that have other entries than when they were made.
fn changed(read: &mut Read, current: &str) -> Outcome<BTreeSet<String>> {
    let made: BTreeMap<String, i64> = store::made(read)?.into_iter().collect();
    let counted = volumes::entries_by_month(read, current)?;
    let other = counted.into_iter().filter(|(month, entries)| made.get(month) != Some(entries));
    Ok(other.map(|(month, _)| month).collect())
}

/// Months before the current one whose splits hang on what was counted in this one.
async fn split_with(db: &Store, month: &str, current: &str) -> Outcome<BTreeSet<String>> {
    let month = month.to_owned();
    let others = db.read(move |read| volumes::months_split_with(read, &month)).await?;
    Ok(others.into_iter().filter(|other| other.as_str() < current).collect())
}

/// Publishes a month's next revision, if its figures are others than before; whether it was published. Who read fewer entries than
/// the month was made of comes too late and changes nothing.
fn publish(tx: &mut Tx<'_>, (made, names): &Made) -> Outcome<bool> {
    let head = store::month(tx, &made.month)?;
    if head.as_ref().is_some_and(|head| head.entries > made.entries) {
        return Ok(false);
    }
    let revision = head.as_ref().map_or(1, |head| head.revision + 1);
    let next = MonthRow { month: made.month.clone(), entries: made.entries, revision, revised_at: tx.at() };
    let cells = cells(made, names, &next);
    if let Some(head) = head {
        if same(&store::cells_of(tx, &made.month, head.revision)?, &cells) {
            let kept = MonthRow { entries: made.entries, ..head.clone() };
            store::move_month(tx, &head, &kept)?;
            return Ok(false);
        }
        if !store::move_month(tx, &head, &next)? {
            return Ok(false);
        }
    } else if !store::add_month(tx, &next)? {
        return Ok(false);
    }
    store::add_cells(tx, &cells)?;
    note(tx, &next, cells.len())?;
    Ok(true)
}

fn cells(made: &MonthOfCounties, names: &BTreeMap<RegionCode, String>, head: &MonthRow) -> Vec<CellRow> {
    let cell = |(county, counted): (&RegionCode, &volumes::CountyMonth)| {
        let [(ordered_fen, ordered_units), (accepted_paid_fen, accepted_paid_units), (completed_fen, completed_units)] =
            counted.sums;
        let [ordered_unpaid_units, paid_uncompleted_units, ordered_uncompleted_units] = counted.apart.map(Some);
        CellRow {
            month: head.month.clone(),
            county: *county,
            revision: head.revision,
            county_name: names.get(county).cloned().unwrap_or_else(|| county.to_string()),
            ordered_fen,
            accepted_paid_fen,
            completed_fen,
            orders: counted.orders,
            purchasers: counted.purchasers,
            ordered_units,
            accepted_paid_units,
            completed_units,
            revised_at: head.revised_at,
            ordered_unpaid_units,
            paid_uncompleted_units,
            ordered_uncompleted_units,
        }
    };
    made.counties.iter().map(cell).collect()
}

/// Whether two revisions have the same figures; a county's new name alone is no revision.
fn same(before: &[CellRow], after: &[CellRow]) -> bool {
    let figures =
        |row: &CellRow| CellRow { revision: 0, county_name: String::new(), revised_at: before_all(), ..row.clone() };
    before.len() == after.len() && before.iter().zip(after).all(|(old, new)| figures(old) == figures(new))
}

const fn before_all() -> crate::kernel::time::At {
    crate::kernel::time::At(0)
}

/// The trail of a job belongs to the platform's operator; an installation without one keeps the revisions alone.
fn note(tx: &mut Tx<'_>, month: &MonthRow, counties: usize) -> Outcome<()> {
    let Some(operator) = identity::operator(tx)? else { return Ok(()) };
    let entry = audit::Entry {
        actor: None,
        action: "open_month.published",
        subject: month.month.clone(),
        owner_org: operator.id,
        other_org: None,
        region: operator.region_code,
        details: json!({ "revision": month.revision, "counties": counties, "entries": month.entries }),
    };
    audit::record(tx, &entry)
}
