//! The door to both databases: `Store::read` is one snapshot, `Store::read_one` one statement, `Store::write` one transaction;
//! `each!` compiles one statement for both.
//!
//! Finders take `&mut Read`, writes take `&mut Tx`, so a write outside a transaction does not compile.
//! On SQLite one thread writes and commits groups (`sqlite.rs`); on PostgreSQL a few threads own a connection each (`postgres.rs`).
//! Both take jobs from bounded queues: a full queue answers `server_busy` at once.

mod faults;
mod lane;
mod migrate;
mod postgres;
mod readiness;
mod sqlite;
mod trips;

pub use faults::total;
pub use migrate::{MigrationState, applied};
pub use readiness::Readiness;
pub use trips::{Condition, Kept, KeptWhen, Together, Waiting, Wording};

use super::clock::Ctx;
use crate::each;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::Id;
use crate::kernel::time::At;
use diesel::connection::{AnsiTransactionManager as Ansi, TransactionManager};
use diesel::{PgConnection, SqliteConnection};
use lane::Lane;
use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A connection to either database.
pub enum Conn {
    /// The embedded database.
    Sqlite(SqliteConnection),
    /// A PostgreSQL server.
    Pg(PgConnection),
}

/// Something that can be read: a snapshot, or the transaction that `Tx` derefs to.
pub struct Read {
    conn: Conn,
    /// Writes that PostgreSQL has not been sent yet; see `later!`.
    later: trips::Later,
    /// Statements asked so far where no snapshot was taken.
    alone: Option<u32>,
    /// The last id that the running transaction was given.
    newest: Cell<[u8; 16]>,
}

/// An open write transaction.
pub struct Tx<'a> {
    read: &'a mut Read,
    ctx: &'a Ctx,
}

impl Deref for Tx<'_> {
    type Target = Read;
    fn deref(&self) -> &Read {
        self.read
    }
}
impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Read {
        self.read
    }
}

impl Read {
    fn new(conn: Conn) -> Read {
        Read { conn, later: trips::Later::default(), alone: None, newest: Cell::new([0; 16]) }
    }
    /// For `each!` only. What was put off is sent before anything else, so that every statement finds what was written
    /// before it. When that fails the transaction is lost, and its end answers why.
    #[doc(hidden)]
    pub fn conn(&mut self) -> &mut Conn {
        if let Some(asked) = &mut self.alone {
            *asked += 1;
            debug_assert!(*asked == 1, "a second statement needs a snapshot");
        }
        self.later.send(&mut self.conn);
        &mut self.conn
    }
    /// Whether the database is PostgreSQL, for the few statements that have an arm of their own.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.conn, Conn::Pg(_))
    }
    fn depth(&mut self) -> u32 {
        let status = match &mut self.conn {
            Conn::Sqlite(c) => Ansi::transaction_manager_status_mut(c),
            Conn::Pg(c) => Ansi::transaction_manager_status_mut(c),
        };
        status.transaction_depth().ok().flatten().map_or(0, u32::from)
    }
    /// Sends what was put off; its error, or the one with which the transaction was lost before.
    fn settle(&mut self) -> Outcome<()> {
        self.later.send(&mut self.conn);
        self.later.outcome()
    }
    /// Rolls back to a transaction depth by hand: what a panic leaves open.
    fn unwind_to(&mut self, level: u32) {
        self.later.forget();
        while self.depth() > level {
            let before = self.depth();
            let rolled = each!(self, c => Ansi::rollback_transaction(c));
            if rolled.is_err() || self.depth() >= before {
                break;
            }
        }
    }
}

/// `each!(tx, c => statement)` compiles one diesel statement against both databases; works on `Read` and `Tx`.
#[macro_export]
macro_rules! each {
    ($on:expr, $c:ident => $body:expr) => {
        match $on.conn() {
            $crate::platform::db::Conn::Sqlite($c) => $body,
            $crate::platform::db::Conn::Pg($c) => $body,
        }
    };
}

/// The next id in order.
fn following(id: [u8; 16]) -> [u8; 16] {
    u128::from_be_bytes(id).wrapping_add(1).to_be_bytes()
}

impl Tx<'_> {
    /// When the command happens.
    #[must_use]
    pub fn at(&self) -> At {
        self.ctx.at
    }
    /// The request that caused it.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.ctx.request_id
    }
    /// A fresh id, greater than every other one of this transaction: what is sorted by id stands in the order in which it came
    /// about.
    #[must_use]
    pub fn new_id<I: Id>(&self) -> I {
        let fresh = self.ctx.ids.next(self.ctx.at).max(following(self.read.newest.get()));
        self.read.newest.set(fresh);
        I::from_bytes(fresh)
    }
    /// Work in its own savepoint: after an error the outer transaction goes on as if it had not begun.
    ///
    /// # Errors
    /// Whatever the work returns.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> Outcome<T>) -> Outcome<T> {
        self.settle()?;
        each!(self, c => Ansi::begin_transaction(c))?;
        let worked = work(&mut Tx { read: &mut *self.read, ctx: self.ctx });
        match worked.and_then(|value| self.settle().map(|()| value)) {
            Ok(value) => {
                each!(self, c => Ansi::commit_transaction(c))?;
                Ok(value)
            }
            Err(error) => {
                let error = self.later.forget().unwrap_or(error);
                each!(self, c => Ansi::rollback_transaction(c))?;
                Err(error)
            }
        }
    }
    /// For `later!` only.
    #[doc(hidden)]
    pub fn waiting(&mut self) -> Waiting<'_> {
        match &mut self.read.conn {
            Conn::Sqlite(conn) => Waiting::Sqlite(conn),
            Conn::Pg(_) => Waiting::Pg(&mut self.read.later),
        }
    }
}

/// Runs a job in its own savepoint or transaction; a panic undoes it and leaves the depth at `level`.
fn run_guarded<T>(read: &mut Read, ctx: &Ctx, level: u32, work: &impl Fn(&mut Tx<'_>) -> Outcome<T>) -> Outcome<T> {
    read.newest.set([0; 16]);
    catch_unwind(AssertUnwindSafe(|| Tx { read: &mut *read, ctx }.attempt(|tx| work(tx)))).unwrap_or_else(|panic| {
        read.unwind_to(level);
        Err(AppError::internal(format!("a job panicked: {}", panic_text(&*panic))))
    })
}

/// One statement without a transaction around it: it sees one state of the data by itself.
fn alone<T>(read: &mut Read, work: impl FnOnce(&mut Read) -> Outcome<T>) -> Outcome<T> {
    read.alone = Some(0);
    let result = catch_unwind(AssertUnwindSafe(|| work(read)));
    read.alone = None;
    result.unwrap_or_else(|panic| Err(AppError::internal(format!("a read panicked: {}", panic_text(&*panic)))))
}

/// What a panic said.
pub(super) fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default()
}

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads that read (SQLite) or that own a connection (PostgreSQL).
    pub connections: usize,
    /// Jobs that may wait before the next is answered `server_busy`.
    pub queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { connections: 8, queue: 1024 }
    }
}

/// The door to the database; cheap to clone.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

enum Inner {
    Sqlite { writer: sqlite::Writer, readers: Lane, path: String },
    Pg { lane: Lane, url: String },
}

impl Store {
    /// Opens the embedded database at a path, or the PostgreSQL server of a `postgres://` URL.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub fn open(url: &str, options: &Options) -> Outcome<Store> {
        let inner = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Inner::Pg { lane: postgres::lane(url, options)?, url: url.to_owned() }
        } else {
            let writer = sqlite::Writer::open(url, options.queue)?;
            Inner::Sqlite { writer, readers: sqlite::readers(url, options)?, path: url.to_owned() }
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Whether the database is PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(*self.inner, Inner::Pg { .. })
    }

    /// Brings the schema up to this binary's version, under a lock that other processes respect.
    ///
    /// # Errors
    /// When a migration fails or the database is newer than the binary.
    pub fn migrate(&self) -> Outcome<Vec<String>> {
        match &*self.inner {
            Inner::Sqlite { path, .. } => migrate::sqlite(path),
            Inner::Pg { url, .. } => migrate::postgres(url),
        }
    }

    /// One write transaction. The work is `Fn`: PostgreSQL may ask to run it again (40001, 40P01), at most three times.
    ///
    /// # Errors
    /// Whatever the work returns; `server_busy` when the queue is full; `outcome_unknown` when the answer to COMMIT was lost.
    pub async fn write<T, F>(&self, ctx: Ctx, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>) -> Outcome<T> + Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite { writer, .. } => writer.submit(ctx, work).await,
            Inner::Pg { lane, .. } => lane.submit(move |read| postgres::write(read, &ctx, &work)).await,
        }
    }

    /// One snapshot to read from.
    ///
    /// # Errors
    /// Whatever the work returns; `server_busy` when the queue is full.
    pub async fn read<T, F>(&self, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Read) -> Outcome<T> + Send + 'static,
    {
        match &*self.inner {
            Inner::Sqlite { readers, .. } => readers.submit(move |read| sqlite::snapshot(read, work)).await,
            Inner::Pg { lane, .. } => lane.submit(move |read| postgres::snapshot(read, work)).await,
        }
    }

    /// One statement to read by; a second one is a mistake that tests find. It saves PostgreSQL two of three round trips.
    ///
    /// # Errors
    /// Whatever the work returns; `server_busy` when the queue is full.
    pub async fn read_one<T, F>(&self, work: F) -> Outcome<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Read) -> Outcome<T> + Send + 'static,
    {
        let (Inner::Sqlite { readers: lane, .. } | Inner::Pg { lane, .. }) = &*self.inner;
        lane.submit(move |read| alone(read, work)).await
    }

    /// Whether the database answers a reader and a writer; nothing is written.
    ///
    /// # Errors
    /// `unavailable` or `server_busy`.
    pub async fn ping(&self, ctx: Ctx) -> Outcome<()> {
        if !self.is_postgres() {
            self.read(select_one).await?;
        }
        self.write(ctx, |tx| select_one(tx)).await
    }
}

fn select_one(on: &mut Read) -> Outcome<()> {
    Ok(each!(on, c => diesel::connection::SimpleConnection::batch_execute(c, "SELECT 1"))?)
}

/// What a full queue answers.
fn busy() -> AppError {
    AppError::new(Code::ServerBusy).retry_after(1)
}
