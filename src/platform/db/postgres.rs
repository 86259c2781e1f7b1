//! PostgreSQL: a few threads that own a connection each; READ COMMITTED writes that run again when the server asks.

use super::lane::Lane;
use super::{AppError, Code, Conn, Ctx, Options, Outcome, Read, Tx, panic_text};
use diesel::connection::{AnsiTransactionManager as Ansi, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How often a transaction runs at most.
const TRIES: u32 = 3;

pub(super) fn lane(url: &str, options: &Options) -> Outcome<Lane> {
    let url = url.to_owned();
    Lane::start("postgres", options.connections, options.queue, move || open(&url))
}

fn open(url: &str) -> Outcome<Read> {
    let mut conn = PgConnection::establish(url).map_err(|e| {
        AppError::new(Code::Unavailable).retry_after(1).cause(format!("DATABASE_URL: cannot reach PostgreSQL: {e}"))
    })?;
    conn.batch_execute("SET lock_timeout = '5s'; SET statement_timeout = '60s'; SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = 'warning'; SET TIME ZONE 'UTC'")?;
    Ok(Read::new(Conn::Pg(conn)))
}

fn pg(read: &mut Read) -> Outcome<&mut PgConnection> {
    match read.conn() {
        Conn::Pg(conn) => Ok(conn),
        Conn::Sqlite(_) => Err(Code::Unavailable.into()),
    }
}

/// One transaction, run again on 40001 and 40P01.
pub(super) fn write<T>(read: &mut Read, ctx: &Ctx, work: &impl Fn(&mut Tx<'_>) -> Outcome<T>) -> Outcome<T> {
    let mut tries = 1;
    loop {
        match once(read, ctx, work) {
            Err(error) if error.parts().rerun && tries < TRIES => tries += 1,
            Err(error) if error.parts().rerun => {
                return Err(AppError::new(Code::ServerBusy)
                    .retry_after(1)
                    .cause(error.parts().cause.clone().unwrap_or_default()));
            }
            result => return result,
        }
    }
}

fn once<T>(read: &mut Read, ctx: &Ctx, work: &impl Fn(&mut Tx<'_>) -> Outcome<T>) -> Outcome<T> {
    read.newest.set([0; 16]);
    Ansi::begin_transaction(pg(read)?)?;
    let result = catch_unwind(AssertUnwindSafe(|| work(&mut Tx { read: &mut *read, ctx })))
        .unwrap_or_else(|panic| Err(AppError::internal(format!("a job panicked: {}", panic_text(&*panic)))));
    match result.and_then(|value| read.settle().map(|()| value)) {
        Ok(value) => commit(read).map(|()| value),
        Err(error) => {
            let error = read.later.forget().unwrap_or(error);
            read.unwind_to(0);
            // A connection that cannot roll back is not used again.
            if read.depth() > 0 {
                Err(AppError::new(Code::Unavailable).cause(error.parts().cause.clone().unwrap_or_default()))
            } else {
                Err(error)
            }
        }
    }
}

/// A COMMIT that the server refused wrote nothing; one whose answer was lost may have been carried out.
fn commit(read: &mut Read) -> Outcome<()> {
    let Err(error) = Ansi::commit_transaction(pg(read)?) else { return Ok(()) };
    read.unwind_to(0);
    let error = AppError::from(error);
    if error.code() == Code::Unavailable {
        return Err(AppError::new(Code::OutcomeUnknown)
            .retry_after(1)
            .cause(error.parts().cause.clone().unwrap_or_default()));
    }
    Err(error)
}

/// One snapshot: REPEATABLE READ, READ ONLY.
pub(super) fn snapshot<T>(read: &mut Read, work: impl FnOnce(&mut Read) -> Outcome<T>) -> Outcome<T> {
    Ansi::begin_transaction_sql(pg(read)?, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let result = catch_unwind(AssertUnwindSafe(|| work(read)));
    read.unwind_to(0);
    if read.depth() > 0 {
        return Err(Code::Unavailable.into());
    }
    result.unwrap_or_else(|panic| Err(AppError::internal(format!("a read panicked: {}", panic_text(&*panic)))))
}
