//! Carrying out what was planned: phase by phase, many commands in flight, each only once.

mod branches;
mod certify;
mod filings;
mod orders;
mod papers;
mod resume;
mod scheme;
mod standing;
mod steps;
mod supply;
mod venue;

pub use orders::Refusals;

use super::data::{Supplier, World};
use super::people::{Cast, House};
use super::plan::Year;
use super::progress::Progress;
use crate::documents::Vault;
use crate::kernel::error::Outcome;
use crate::kernel::time::At;
use crate::platform::clock::{Ctx, IdSource};
use crate::platform::db::{Read, Store, Tx};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use std::future::Future;
use std::sync::Arc;

/// Commands under way at once, so that the database commits groups of them.
const IN_FLIGHT: usize = 32;

/// What the demo plays on.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// New ids.
    pub ids: Arc<dyn IdSource>,
    /// Where files are kept.
    pub vault: Vault,
    /// The hash of [`super::people::PASSWORD`].
    pub password_hash: String,
}

impl Parts {
    /// A command that happens at a moment of the play.
    ///
    /// # Errors
    /// Whatever the command returns.
    pub async fn write<T, F>(&self, at: At, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    {
        self.store.write(Ctx { at, request_id: "demo".into(), ids: self.ids.clone() }, work).await
    }
    /// A look at the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read<T, F>(&self, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Read) -> Outcome<T> + Send + 'static,
    {
        self.store.read(work).await
    }
}

/// Does something with every item, 32 at a time; the results are in the order of the items.
///
/// # Errors
/// The first failure.
pub async fn in_flight<I, T, F>(items: Vec<I>, progress: &Progress, work: impl Fn(I) -> F) -> Outcome<Vec<T>>
where
    F: Future<Output = Outcome<T>>,
{
    let running = items.into_iter().map(|item| {
        let done = work(item);
        async {
            let result = done.await;
            progress.done(1);
            result
        }
    });
    stream::iter(running).buffered(IN_FLIGHT).try_collect().await
}

/// Everything that the phases share.
pub struct Play<'a> {
    /// What it is played on.
    pub parts: &'a Parts,
    /// The world.
    pub world: &'a World,
    /// What happens.
    pub year: &'a Year,
    /// Who acts.
    pub cast: &'a Cast,
    /// Who is told how far it is.
    pub progress: &'a Progress,
}

impl Play<'_> {
    /// Whoever sells, with its people: the year's suppliers, then those who play the branches of certification.
    fn sellers(&self) -> impl Iterator<Item = (&Supplier, &House)> {
        let applicants = self.world.applicants.iter().map(|applicant| &applicant.supplier);
        let suppliers = self.world.suppliers.iter().zip(&self.cast.suppliers);
        suppliers.chain(applicants.zip(&self.cast.applicants))
    }
}
