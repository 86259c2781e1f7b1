//! The embedded database: one writer thread that commits groups, and a few readers.

use super::lane::Lane;
use super::{AppError, Code, Conn, Ctx, Options, Outcome, Read, Tx, busy, run_guarded};
use crate::each;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use diesel::connection::{AnsiTransactionManager as Ansi, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use tokio::sync::oneshot;

/// Jobs that one COMMIT may answer.
const GROUP: usize = 32;

/// Tells the caller how its job ended, once it is known whether the group was committed.
type Answer = Box<dyn FnOnce(bool) + Send>;
type Job = Box<dyn FnOnce(&mut Read) -> Answer + Send>;

/// The queue of the one writer thread.
pub(super) struct Writer {
    jobs: Sender<Job>,
}

fn open(path: &str) -> Outcome<Read> {
    let mut conn = SqliteConnection::establish(path)
        .map_err(|e| AppError::new(Code::Unavailable).cause(format!("cannot open {path}: {e}")))?;
    conn.batch_execute("PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864")?;
    Ok(Read::new(Conn::Sqlite(conn)))
}

/// The readers' lane.
pub(super) fn readers(path: &str, options: &Options) -> Outcome<Lane> {
    let path = path.to_owned();
    Lane::start("sqlite-read", options.connections.min(4), options.queue, move || {
        let mut read = open(&path)?;
        // Readers lean on the system's cache of the file; four large caches of their own would be most of the memory.
        each!(read, c => c.batch_execute("PRAGMA query_only=ON; PRAGMA cache_size=-4000"))?;
        Ok(read)
    })
}

/// One snapshot: a deferred transaction around the reads.
pub(super) fn snapshot<T>(read: &mut Read, work: impl FnOnce(&mut Read) -> Outcome<T>) -> Outcome<T> {
    each!(read, c => Ansi::begin_transaction(c))?;
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(read)));
    read.unwind_to(0);
    result.unwrap_or_else(|panic| Err(AppError::internal(format!("a read panicked: {}", super::panic_text(&*panic)))))
}

impl Writer {
    pub(super) fn open(path: &str, queue: usize) -> Outcome<Writer> {
        let (jobs, waiting) = bounded::<Job>(queue);
        let (path, first) = (path.to_owned(), open(path)?);
        std::thread::Builder::new()
            .name("sqlite-write".to_owned())
            .spawn(move || write_groups(&path, first, &waiting))
            .map_err(AppError::internal)?;
        Ok(Writer { jobs })
    }

    pub(super) async fn submit<T, F>(&self, ctx: Ctx, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    {
        let (done, answer) = oneshot::channel();
        let job: Job = Box::new(move |read| {
            let result = run_guarded(read, &ctx, 1, &work);
            Box::new(move |committed| {
                // An error undid its own savepoint, so it stands whether or not the group was committed.
                let result = if committed || result.is_err() { result } else { Err(not_committed()) };
                let _ = done.send(result);
            })
        });
        match self.jobs.try_send(job) {
            Ok(()) => answer.await.unwrap_or_else(|_| Err(not_committed())),
            Err(TrySendError::Full(_)) => Err(busy()),
            Err(TrySendError::Disconnected(_)) => Err(Code::Unavailable.into()),
        }
    }
}

fn not_committed() -> AppError {
    AppError::new(Code::Unavailable)
        .retry_after(1)
        .cause("the group of this job was not committed; nothing was written")
}

/// Each job is a savepoint and one COMMIT answers many; nobody is answered before it.
fn write_groups(path: &str, mut read: Read, waiting: &Receiver<Job>) {
    while let Ok(first) = waiting.recv() {
        match begin(&mut read) {
            Ok(()) => {
                if !run_group(&mut read, first, waiting) {
                    reset(path, &mut read);
                }
            }
            // Without BEGIN a savepoint would be a real commit, so no job runs; it is dropped and its caller told.
            Err(error) => {
                tracing::error!(cause = ?error.parts().cause, "BEGIN failed");
                drop(first);
                reset(path, &mut read);
            }
        }
    }
}

fn begin(read: &mut Read) -> Outcome<()> {
    let Conn::Sqlite(conn) = read.conn() else { return Err(Code::Unavailable.into()) };
    Ok(Ansi::begin_transaction_sql(conn, "BEGIN IMMEDIATE")?)
}

/// Whether the group was committed. A depth other than one means that a statement ended the whole transaction
/// (disk full, I/O error): the group is lost and nothing more may run in it.
fn run_group(read: &mut Read, first: Job, waiting: &Receiver<Job>) -> bool {
    let mut answers = vec![first(read)];
    while read.depth() == 1 && answers.len() < GROUP {
        match waiting.try_recv() {
            Ok(job) => answers.push(job(read)),
            Err(_) => break,
        }
    }
    let committed = read.depth() == 1 && commit(read);
    for answer in answers {
        answer(committed);
    }
    committed
}

fn commit(read: &mut Read) -> bool {
    each!(read, c => Ansi::commit_transaction(c)).inspect_err(|error| tracing::error!(%error, "COMMIT failed")).is_ok()
}

/// After a lost group the connection's state is not to be trusted: open a new one, keep the old one if that fails.
fn reset(path: &str, read: &mut Read) {
    read.unwind_to(0);
    match open(path) {
        Ok(fresh) => *read = fresh,
        Err(error) => tracing::error!(cause = ?error.parts().cause, "the writer could not open the database again"),
    }
}
