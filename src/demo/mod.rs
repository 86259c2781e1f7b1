//! A believable year of Ningxia, played through the same commands that the API uses.
//!
//! Owns no table. Invariants: what is played is decided beforehand and the same in every run ([`plan`]); each command is
//! carried out once, so that a run that was interrupted is continued by the next. Beside the year stand applications that go
//! every way of certification ([`Branch`]); nobody orders their products, so that no figure of the year hangs on them.

mod chance;
pub mod data;
mod endings;
pub mod people;
pub mod plan;
pub mod play;
mod progress;
mod report;
mod trail;

pub use data::Scale;
pub use endings::{Ending, endings};
pub use plan::Branch;
pub use play::{Parts, Refusals};
pub use progress::Progress;
pub use report::report;

use crate::agreements::OccurrenceState;
use crate::audit;
use crate::kernel::error::Outcome;
use crate::kernel::time::{At, Day};
use data::World;
use people::Cast;
use plan::{Year, moment};
use play::Play;

/// What was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Suppliers.
    pub suppliers: usize,
    /// Products on sale.
    pub listings: usize,
    /// Organisations that buy, supervise, certify or audit.
    pub units: usize,
    /// Orders.
    pub orders: usize,
    /// Days that the standing order ordered, and days that its canteen left out.
    pub standing: (usize, usize),
    /// What was refused, as it must be; only what this run tried.
    pub refusals: Refusals,
}

/// A year that was played.
#[derive(Debug)]
pub struct Played {
    /// What it was.
    pub summary: Summary,
    cast: Cast,
}

/// When the play ends: two evenings before the books of the year are closed.
#[must_use]
pub fn end() -> At {
    let (year, month, day) = plan::END;
    moment(Day::ymd(year, month, day), 18 * 60)
}

/// Plays the year, or what is left of it.
///
/// # Errors
/// When a command refuses that must not, or the database fails.
pub async fn run(parts: &Parts, scale: Scale, progress: &Progress) -> Outcome<Played> {
    let world = World::load(scale)?;
    let year = Year::of(&world, scale);
    let cast = people::settle_in(parts, &world, &year, progress).await?;
    let play = Play { parts, world: &world, year: &year, cast: &cast, progress };
    play.open_counties().await?;
    play.admit().await?;
    let products = play.enter_products().await?;
    play.certify(&products).await?;
    play.branches().await?;
    let listings = play.list(&products).await?;
    let refusals = play.orders(&listings).await?;
    play.venue(&products).await?;
    let days = play.standing_days().await?;
    let settled = |state| days.iter().filter(|day| day.state == state).count();
    let standing = (settled(OccurrenceState::Placed), settled(OccurrenceState::Skipped));
    progress.phase("事件", "events", 1);
    while parts.write(end(), audit::sequence).await? > 0 {}
    progress.finish();
    let summary = Summary {
        suppliers: world.suppliers.len(),
        listings: listings.iter().flatten().count(),
        units: world.units.len(),
        orders: year.requests.iter().map(|request| request.orders.len()).sum(),
        standing,
        refusals,
    };
    Ok(Played { summary, cast })
}
