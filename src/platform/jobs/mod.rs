//! Work after the commit: outbox rows written in the command's transaction, and periodic jobs; both leased, so that
//! several processes share them. Nothing waits on a socket while a write transaction is open.
//!
//! Each periodic job, the topics that stay in the house and those that reach out (mail) have a loop of their own, so that
//! a slow mail server holds up nothing but mail. Whatever runs has less time than its lease.

mod schema;
mod store;

pub use store::Job;

use super::clock::{Clock, Ctx, IdSource};
use super::db::panic_text;
use super::db::{Read, Store, Tx};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::time::At;
use futures_util::FutureExt;
use futures_util::future::join_all;
use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long a claimed job may take before another process may claim it, in milliseconds.
const LEASE_MS: i64 = 60_000;
/// After this many failures a job is laid aside for a person.
const MAX_ATTEMPTS: i64 = 10;
/// Jobs claimed, and run beside one another, at once; all of them end within the lease.
const BATCH: i64 = 8;
/// How long a job may run; well below its lease.
const PATIENCE: Duration = Duration::from_secs(45);
/// How long jobs under way may go on when the process ends; then they are left to their leases.
const GRACE: Duration = Duration::from_secs(5);
/// How often each loop looks for work.
const TICK: Duration = Duration::from_millis(250);

/// What a handler returns.
pub type Running = Pin<Box<dyn Future<Output = Outcome<()>> + Send>>;
type Handler = Arc<dyn Fn(Ctx, Job) -> Running + Send + Sync>;
type PeriodicHandler = Arc<dyn Fn(Ctx) -> Running + Send + Sync>;

/// Adds a follow-up to the command's transaction.
///
/// # Errors
/// When the payload cannot be written.
pub fn enqueue(tx: &mut Tx<'_>, topic: &str, payload: &impl serde::Serialize) -> Outcome<()> {
    let now = tx.at();
    enqueue_at(tx, topic, payload, now)
}

/// Adds a follow-up that is due later.
///
/// # Errors
/// When the payload cannot be written.
pub fn enqueue_at(tx: &mut Tx<'_>, topic: &str, payload: &impl serde::Serialize, due_at: At) -> Outcome<()> {
    let payload = serde_json::to_string(payload).map_err(AppError::internal)?;
    store::enqueue(tx, topic, &payload, due_at).map(drop)
}

/// How many outbox rows wait, and how many were laid aside.
///
/// # Errors
/// When the database fails.
pub fn outbox_counts(on: &mut Read) -> Outcome<(i64, i64)> {
    store::counts(on)
}

struct Periodic {
    name: &'static str,
    every_ms: i64,
    /// How long it may run, where that is longer than usual.
    patience: Option<Duration>,
    run: PeriodicHandler,
}

/// Runs jobs until told to stop.
#[derive(Clone)]
pub struct Runner {
    store: Store,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    handlers: HashMap<&'static str, Handler>,
    /// Topics whose handlers wait for others outside.
    outward: Vec<&'static str>,
    periodic: Arc<Vec<Periodic>>,
    patience: Duration,
}

/// Which rows of the outbox a loop takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    All,
    Inward,
    Outward,
}

impl Runner {
    /// A runner without jobs.
    #[must_use]
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>) -> Runner {
        let (handlers, outward, periodic) = (HashMap::new(), Vec::new(), Arc::new(Vec::new()));
        Runner { store, clock, ids, handlers, outward, periodic, patience: PATIENCE }
    }
    /// Gives up on a job sooner than usual.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Runner {
        Runner { patience: patience.min(PATIENCE), ..self }
    }
    /// Binds a topic whose handler waits for somebody outside: it runs apart from all other work.
    #[must_use]
    pub fn on_outward<F: Future<Output = Outcome<()>> + Send + 'static>(
        mut self,
        topic: &'static str,
        handler: impl Fn(Ctx, Job) -> F + Send + Sync + 'static,
    ) -> Runner {
        self.outward.push(topic);
        self.on(topic, handler)
    }
    /// Binds an outbox topic to its handler.
    #[must_use]
    pub fn on<F: Future<Output = Outcome<()>> + Send + 'static>(
        mut self,
        topic: &'static str,
        handler: impl Fn(Ctx, Job) -> F + Send + Sync + 'static,
    ) -> Runner {
        self.handlers.insert(topic, Arc::new(move |ctx, job| Box::pin(handler(ctx, job))));
        self
    }
    /// Binds a job that runs once in each period of the clock, in one process.
    #[must_use]
    pub fn every<F: Future<Output = Outcome<()>> + Send + 'static>(
        mut self,
        every: Duration,
        name: &'static str,
        handler: impl Fn(Ctx) -> F + Send + Sync + 'static,
    ) -> Runner {
        self.add(every, None, name, handler);
        self
    }
    /// Binds a job that goes through much in each period and may run so long; where its process dies, another one waits as long.
    #[must_use]
    pub fn every_at_length<F: Future<Output = Outcome<()>> + Send + 'static>(
        mut self,
        (every, patience): (Duration, Duration),
        name: &'static str,
        handler: impl Fn(Ctx) -> F + Send + Sync + 'static,
    ) -> Runner {
        self.add(every, Some(patience), name, handler);
        self
    }

    fn add<F: Future<Output = Outcome<()>> + Send + 'static>(
        &mut self,
        every: Duration,
        patience: Option<Duration>,
        name: &'static str,
        handler: impl Fn(Ctx) -> F + Send + Sync + 'static,
    ) {
        let job =
            Periodic { name, every_ms: ms(every).max(1), patience, run: Arc::new(move |ctx| Box::pin(handler(ctx))) };
        if let Some(list) = Arc::get_mut(&mut self.periodic) {
            list.push(job);
        }
    }

    fn ctx(&self, name: &str) -> Ctx {
        Ctx { at: self.clock.now(), request_id: format!("job:{name}").into(), ids: self.ids.clone() }
    }

    /// Carries out what is due now; how many outbox rows that were.
    ///
    /// # Errors
    /// When the database fails; a failing handler is put back and logged instead.
    pub async fn run_due(&self) -> Outcome<usize> {
        for job in self.periodic.iter() {
            self.run_period(job).await?;
        }
        self.run_rows(Lane::All).await
    }

    async fn run_rows(&self, lane: Lane) -> Outcome<usize> {
        let outward: Vec<String> = self.outward.iter().map(|topic| (*topic).to_owned()).collect();
        let claimed = self.store.write(self.ctx("claim"), move |tx| {
            let until = tx.at().plus_ms(LEASE_MS);
            let topics = match lane {
                Lane::All => store::Topics::All,
                Lane::Inward => store::Topics::Except(&outward),
                Lane::Outward => store::Topics::Only(&outward),
            };
            store::claim(tx, topics, BATCH, until)
        });
        let jobs = claimed.await?;
        let count = jobs.len();
        let ended = join_all(jobs.into_iter().map(|job| self.run_job(job))).await;
        ended.into_iter().collect::<Outcome<()>>()?;
        Ok(count)
    }

    /// Runs a handler to its end, but not for ever; a panic is its own failure and nobody else's.
    async fn watched(&self, patience: Duration, work: impl Future<Output = Outcome<()>>) -> Outcome<()> {
        match tokio::time::timeout(patience, AssertUnwindSafe(work).catch_unwind()).await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(AppError::internal(format!("a handler panicked: {}", panic_text(&*panic)))),
            Err(_) => Err(AppError::new(Code::Unavailable).cause("the handler took too long")),
        }
    }

    async fn run_period(&self, job: &Periodic) -> Outcome<()> {
        let ctx = self.ctx(job.name);
        let (name, period) = (job.name, ctx.at.0.div_euclid(job.every_ms));
        let patience = job.patience.unwrap_or(self.patience);
        let lease = LEASE_MS.max(ms(patience) + LEASE_MS - ms(PATIENCE));
        let claim = self.store.write(ctx.clone(), move |tx| {
            let until = tx.at().plus_ms(lease);
            store::claim_period(tx, name, period, until)
        });
        let Some(fence) = claim.await? else { return Ok(()) };
        let ended = self.watched(patience, async { (job.run)(ctx).await }).await;
        let ctx = self.ctx(job.name);
        match ended {
            Ok(()) => self.store.write(ctx, move |tx| store::finish_period(tx, name, period, fence)).await,
            Err(error) => {
                tracing::error!(job = name, code = %error.code(), cause = ?error.parts().cause, "a periodic job failed");
                self.store
                    .write(ctx, move |tx| store::put_back_period(tx, name, fence, tx.at().plus_ms(LEASE_MS)))
                    .await
            }
        }
    }

    async fn run_job(&self, job: Job) -> Outcome<()> {
        let ctx = self.ctx(&job.id.to_string());
        let result = match self.handlers.get(job.topic.as_str()) {
            Some(handler) => self.watched(self.patience, async { handler(ctx, job.clone()).await }).await,
            None => Err(AppError::internal(format!("no handler for {}", job.topic))),
        };
        let ctx = self.ctx(&job.id.to_string());
        match result {
            Ok(()) => self.store.write(ctx, move |tx| store::finish(tx, &job)).await,
            Err(error) => {
                let why = format!("{}: {}", error.code(), error.parts().cause.clone().unwrap_or_default());
                tracing::warn!(job = %job.id, topic = job.topic, attempts = job.attempts + 1, why, "a job failed");
                let (due, dead) = (ctx.at.plus_ms(backoff_ms(job.attempts)), job.attempts + 1 >= MAX_ATTEMPTS);
                self.store.write(ctx, move |tx| store::put_back(tx, &job, due, dead, &why)).await
            }
        }
    }

    /// Runs until `stop` says so. What is under way then has a moment left.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let (this, stop) = (&self, &stop);
        let periods = join_all(this.periodic.iter().map(|job| {
            let work = move || async move { this.run_period(job).await.map(|()| 0) };
            keep_on(stop.clone(), work)
        }));
        let inward = keep_on(stop.clone(), || this.run_rows(Lane::Inward));
        let outward = keep_on(stop.clone(), || this.run_rows(Lane::Outward));
        let mut ending = stop.clone();
        let late = async {
            // Whoever could say so is gone: that says it too.
            let _ = ending.wait_for(|stop| *stop).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            _ = async { tokio::join!(periods, inward, outward) } => {}
            () = late => tracing::warn!("jobs under way are left to their leases"),
        }
    }
}

/// Works until told to stop, with a pause whenever there is nothing to do.
async fn keep_on<F: Future<Output = Outcome<usize>>>(mut stop: watch::Receiver<bool>, work: impl Fn() -> F) {
    while !*stop.borrow() {
        let worked = work().await.unwrap_or_else(|error| {
            tracing::error!(code = %error.code(), cause = ?error.parts().cause, "jobs cannot reach the database");
            0
        });
        if worked == 0 && matches!(tokio::time::timeout(TICK, stop.changed()).await, Ok(Err(_))) {
            return;
        }
    }
}

fn ms(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// One second, then twice as long each time, an hour at most.
fn backoff_ms(attempts: i64) -> i64 {
    let doubled = 1_000_i64.saturating_mul(1_i64 << attempts.clamp(0, 20));
    doubled.min(3_600_000)
}

#[cfg(test)]
mod tests {
    #[test]
    fn waits_longer_after_each_failure() {
        assert_eq!([0, 1, 5, 40].map(super::backoff_ms), [1_000, 2_000, 32_000, 3_600_000]);
    }
}
