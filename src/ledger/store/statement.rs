//! Statements over a varying number of rows that stay in the connection's cache: diesel prepares a batch anew each time,
//! which on PostgreSQL is a round trip of its own.

use crate::kernel::ids::{AccountId, Id, OrderId, OrderLineId, TransferId};
use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, Bool, HasSqlType, Nullable, Text};

/// A value bound into a statement.
#[derive(Debug)]
pub enum Value {
    Id(Vec<u8>),
    MaybeId(Option<Vec<u8>>),
    Number(i64),
    Word(String),
    Flag(bool),
}

impl From<AccountId> for Value {
    fn from(id: AccountId) -> Value {
        Value::Id(id.bytes().to_vec())
    }
}
impl From<TransferId> for Value {
    fn from(id: TransferId) -> Value {
        Value::Id(id.bytes().to_vec())
    }
}
impl From<Option<TransferId>> for Value {
    fn from(id: Option<TransferId>) -> Value {
        Value::MaybeId(id.map(|id| id.bytes().to_vec()))
    }
}
impl From<Option<OrderId>> for Value {
    fn from(id: Option<OrderId>) -> Value {
        Value::MaybeId(id.map(|id| id.bytes().to_vec()))
    }
}
impl From<Option<OrderLineId>> for Value {
    fn from(id: Option<OrderLineId>) -> Value {
        Value::MaybeId(id.map(|id| id.bytes().to_vec()))
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Number(number)
    }
}
impl From<&str> for Value {
    fn from(word: &str) -> Value {
        Value::Word(word.to_owned())
    }
}
impl From<bool> for Value {
    fn from(flag: bool) -> Value {
        Value::Flag(flag)
    }
}

/// SQL around the rows of one VALUES list; answers a list of ids.
#[derive(Debug)]
pub struct Rows<'s> {
    /// What comes before the rows.
    pub before: &'s str,
    /// The rows; every one has the same columns.
    pub rows: Vec<Vec<Value>>,
    /// What comes after them.
    pub after: &'s str,
}

impl QueryId for Rows<'_> {
    // Cached by its text: the same text for the same number of rows.
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
impl Query for Rows<'_> {
    type SqlType = Binary;
}
impl<C> RunQueryDsl<C> for Rows<'_> {}

impl<DB> QueryFragment<DB> for Rows<'_>
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt> + HasSqlType<Text> + HasSqlType<Bool>,
    Vec<u8>: ToSql<Binary, DB>,
    Option<Vec<u8>>: ToSql<Nullable<Binary>, DB>,
    i64: ToSql<BigInt, DB>,
    String: ToSql<Text, DB>,
    bool: ToSql<Bool, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.before);
        for (index, row) in self.rows.iter().enumerate() {
            out.push_sql(if index == 0 { "(" } else { "), (" });
            for (column, value) in row.iter().enumerate() {
                if column > 0 {
                    out.push_sql(", ");
                }
                match value {
                    Value::Id(id) => out.push_bind_param::<Binary, _>(id)?,
                    Value::MaybeId(id) => out.push_bind_param::<Nullable<Binary>, _>(id)?,
                    Value::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
                    Value::Word(word) => out.push_bind_param::<Text, _>(word)?,
                    Value::Flag(flag) => out.push_bind_param::<Bool, _>(flag)?,
                }
            }
        }
        out.push_sql(")");
        out.push_sql(self.after);
        Ok(())
    }
}
