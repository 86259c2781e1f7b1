//! Fewer round trips on PostgreSQL: statements that stay prepared, and several writes in one statement.

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement that stays in the connection's cache by its text. diesel prepares batches and updates anew each time,
/// a round trip of its own; the texts of one statement are as many as its rows can be.
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

/// Writes that PostgreSQL carries out as one statement, `WITH a AS (…), b AS (…) …`; foreign keys are checked at its
/// end, so a child may stand beside its parent. None of them sees what another one writes. Made by `together!`.
pub struct Together<'a>(pub Vec<Box<dyn QueryFragment<Pg> + 'a>>);

impl QueryId for Together<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl<C> RunQueryDsl<C> for Together<'_> {}
impl QueryFragment<Pg> for Together<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let last = self.0.len().saturating_sub(1);
        for (index, statement) in self.0.iter().enumerate() {
            if index < last {
                out.push_sql(if index == 0 { "WITH w" } else { ", w" });
                out.push_sql(&index.to_string());
                out.push_sql(" AS (");
            }
            statement.walk_ast(out.reborrow())?;
            out.push_sql(if index < last { ")" } else { "" });
            out.push_sql(if index + 1 == last { " " } else { "" });
        }
        Ok(())
    }
    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
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
                diesel::RunQueryDsl::execute($crate::platform::db::Together(vec![$(Box::new($statement)),+]), c).map(drop)
            }
        }
    };
}
