//! Whether the database answers, asked once for all who want to know in the same moment.

use super::{AppError, Code, Ctx, Outcome, Store};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The last answer and when it came. A flood of questions waits for one, and takes one place in the queue.
pub struct Readiness {
    store: Store,
    keep: Duration,
    last: Mutex<Option<(Instant, Outcome<()>)>>,
}

impl Readiness {
    /// Asks a database; its answer is good for a while.
    #[must_use]
    pub fn new(store: Store, keep: Duration) -> Readiness {
        Readiness { store, keep, last: Mutex::new(None) }
    }
    /// Whether the database reads and writes.
    ///
    /// # Errors
    /// `unavailable` or `server_busy`.
    pub async fn ask(&self, ctx: Ctx) -> Outcome<()> {
        let mut last = self.last.lock().await;
        if let Some((at, answer)) = &*last
            && at.elapsed() < self.keep
        {
            return answer.clone();
        }
        let late = || AppError::new(Code::Unavailable).cause("the database did not answer in time");
        let answer = tokio::time::timeout(PATIENCE, self.store.ping(ctx)).await.unwrap_or_else(|_| Err(late()));
        *last = Some((Instant::now(), answer.clone()));
        answer
    }
}
