//! Fewer round trips on PostgreSQL: statements that stay prepared, and several writes in one statement.

use super::Conn;
use crate::kernel::error::{AppError, Outcome};
use diesel::backend::Backend;
use diesel::expression::ValidGrouping;
use diesel::pg::{Pg, PgConnection, PgQueryBuilder};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryBuilder, QueryFragment, QueryId};
use diesel::sqlite::SqliteConnection;
use std::marker::PhantomData;

/// A statement that stays in the connection's cache by its text. diesel prepares updates, and on SQLite lists of values,
/// anew each time, which costs a round trip there and more than the statement itself here; the texts of one statement
/// are as many as its rows can be. On PostgreSQL for statements that are loaded: there diesel does not ask this type when
/// it executes for a count.
pub struct Kept<T>(pub T);

impl<T> QueryId for Kept<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<T: Query> Query for Kept<T> {
    type SqlType = T::SqlType;
}
impl<C, T> RunQueryDsl<C> for Kept<T> {}
impl<DB: Backend, T: QueryFragment<DB>> QueryFragment<DB> for Kept<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

/// As [`Kept`] when it is said so; for queries built at run time, of which only the usual shapes are worth their memory.
pub struct KeptWhen<T>(pub T, pub bool);

impl<T> QueryId for KeptWhen<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<T: Query> Query for KeptWhen<T> {
    type SqlType = T::SqlType;
}
impl<C, T> RunQueryDsl<C> for KeptWhen<T> {}
impl<DB: Backend, T: QueryFragment<DB>> QueryFragment<DB> for KeptWhen<T> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(self.1)
    }
}

/// What a [`Condition`] says before and after its column.
pub trait Wording: 'static {
    /// What stands before the column.
    const BEFORE: &'static str = "";
    /// What stands after it.
    const AFTER: &'static str;
}

/// A condition written as text around a column of the statement that it stands in. Unlike `diesel::dsl::sql` it does not
/// keep the statement from staying prepared; its type alone tells its text, so that the text is not built to be found.
#[derive(Debug, Clone, Copy)]
pub struct Condition<W, C> {
    column: C,
    wording: PhantomData<W>,
}

impl<W: Wording, C> Condition<W, C> {
    /// What the wording says of this column.
    pub const fn of(column: C) -> Self {
        Condition { column, wording: PhantomData }
    }
}
impl<W: Wording, C: QueryId> QueryId for Condition<W, C> {
    type QueryId = (PhantomData<W>, C::QueryId);
    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}
impl<W, C> Expression for Condition<W, C> {
    type SqlType = diesel::sql_types::Bool;
}
impl<W, C: AppearsOnTable<T>, T> AppearsOnTable<T> for Condition<W, C> {}
impl<W, C: SelectableExpression<T>, T> SelectableExpression<T> for Condition<W, C> {}
impl<W, C: ValidGrouping<G>, G> ValidGrouping<G> for Condition<W, C> {
    type IsAggregate = C::IsAggregate;
}
impl<DB: Backend, W: Wording, C: QueryFragment<DB>> QueryFragment<DB> for Condition<W, C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(W::BEFORE);
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(W::AFTER);
        Ok(())
    }
}

/// Writes that PostgreSQL carries out as one statement, `WITH a AS (…), b AS (…) …`; foreign keys are checked at its
/// end, so a child may stand beside its parent. None of them sees what another one writes. Made by `together!`.
pub struct Together<'a>(pub Vec<Box<dyn QueryFragment<Pg> + 'a>>);

/// The longest text that stays prepared: an order of a few lines does, one of two hundred is prepared when it comes.
const KEPT_TEXT: usize = 16 * 1024;

impl Together<'_> {
    /// Carries the writes out. It is loaded as a query of one row, because diesel prepares what it executes for a
    /// count anew unless the statement's type alone tells its text.
    pub fn run(self, conn: &mut PgConnection) -> QueryResult<()> {
        RunQueryDsl::load::<i32>(self, conn).map(drop)
    }
}
impl QueryId for Together<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Together<'_> {
    type SqlType = diesel::sql_types::Integer;
}
impl<C> RunQueryDsl<C> for Together<'_> {}
impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        for (index, statement) in self.0.iter().enumerate() {
            out.push_sql(if index == 0 { "WITH w" } else { ", w" });
            out.push_sql(&index.to_string());
            out.push_sql(" AS (");
            statement.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        out.push_sql(" SELECT 1");
        Ok(())
    }
    fn is_safe_to_cache_prepared(&self, backend: &Pg) -> QueryResult<bool> {
        let mut text = PgQueryBuilder::default();
        self.to_sql(&mut text, backend)?;
        Ok(text.finish().len() <= KEPT_TEXT)
    }
}

/// `together!(tx, statement, …)`: writes in order on SQLite, in one round trip on PostgreSQL.
#[macro_export]
macro_rules! together {
    ($tx:expr, $($statement:expr),+ $(,)?) => {
        match $tx.conn() {
            $crate::platform::db::Conn::Sqlite(c) => (|| {
                $(diesel::RunQueryDsl::execute($statement, c)?;)+
                diesel::QueryResult::Ok(())
            })(),
            $crate::platform::db::Conn::Pg(c) => {
                $crate::platform::db::Together(vec![$(Box::new($statement)),+]).run(c)
            }
        }
    };
}

/// Writes that wait to be sent together.
#[derive(Default)]
pub struct Later {
    statements: Vec<Box<dyn QueryFragment<Pg> + Send>>,
    failed: Option<AppError>,
}

impl Later {
    /// Puts a write off.
    pub fn add(&mut self, statement: impl QueryFragment<Pg> + Send + 'static) {
        self.statements.push(Box::new(statement));
    }
    /// Sends what waits, in one statement.
    pub(super) fn send(&mut self, conn: &mut Conn) {
        if self.statements.is_empty() {
            return;
        }
        let waiting = std::mem::take(&mut self.statements);
        let statements = Together(waiting.into_iter().map(|one| one as Box<dyn QueryFragment<Pg>>).collect());
        if let Conn::Pg(conn) = conn
            && let Err(error) = statements.run(conn)
        {
            self.failed.get_or_insert(AppError::from(error));
        }
    }
    /// Whether everything that was sent was written.
    pub(super) fn outcome(&self) -> Outcome<()> {
        self.failed.clone().map_or(Ok(()), Err)
    }
    /// Drops what waits; answers what had failed.
    pub(super) fn forget(&mut self) -> Option<AppError> {
        self.statements.clear();
        self.failed.take()
    }
}

/// Where a write goes that `later!` is given.
pub enum Waiting<'a> {
    /// Carried out at once: there is no trip to save.
    Sqlite(&'a mut SqliteConnection),
    /// Put off.
    Pg(&'a mut Later),
}

/// `later!(tx, statement, …)`: writes whose outcome the command does not look at. SQLite carries them out at once;
/// PostgreSQL gets all that have gathered as one statement before the next other statement, or before COMMIT. As in
/// `together!`, none sees what another one writes, so at most one of them may touch a row. They own their values.
#[macro_export]
macro_rules! later {
    ($tx:expr, $($statement:expr),+ $(,)?) => {
        match $tx.waiting() {
            $crate::platform::db::Waiting::Sqlite(c) => (|| {
                $(diesel::RunQueryDsl::execute($statement, c)?;)+
                diesel::QueryResult::Ok(())
            })(),
            $crate::platform::db::Waiting::Pg(waiting) => {
                $(waiting.add($statement);)+
                diesel::QueryResult::Ok(())
            }
        }
    };
}

/// `later_rows!(tx, table, rows)`: inserts a list of rows as `later!` does. On SQLite one after another by the one
/// statement that stays prepared, since diesel would prepare a statement of many rows anew each time.
#[macro_export]
macro_rules! later_rows {
    ($tx:expr, $table:expr, $rows:expr) => {{
        let rows = $rows;
        match $tx.waiting() {
            $crate::platform::db::Waiting::Sqlite(c) => rows
                .into_iter()
                .try_for_each(|row| diesel::RunQueryDsl::execute(diesel::insert_into($table).values(row), c).map(drop)),
            $crate::platform::db::Waiting::Pg(waiting) => {
                waiting.add(diesel::insert_into($table).values(rows));
                diesel::QueryResult::Ok(())
            }
        }
    }};
}
