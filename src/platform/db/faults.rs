//! Database errors as application errors, in one place; and the exact sum.

use super::AppError;
use crate::kernel::error::Code;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::result::{DatabaseErrorKind as Kind, Error};
use diesel::sql_types::BigInt;

impl From<Error> for AppError {
    /// A unique row that exists is a conflict; what the server asks to run again is marked; a lost connection is
    /// `unavailable`; everything else is ours.
    fn from(error: Error) -> AppError {
        let text = error.to_string();
        match error {
            Error::NotFound => AppError::new(Code::NotFound),
            Error::DatabaseError(Kind::UniqueViolation, _) => AppError::new(Code::AlreadyExists).cause(text),
            Error::DatabaseError(Kind::SerializationFailure, _) => AppError::internal(text).rerun(),
            Error::DatabaseError(Kind::ClosedConnection, _) => {
                AppError::new(Code::Unavailable).retry_after(1).cause(text)
            }
            Error::DatabaseError(_, _) => by_text(text),
            Error::BrokenTransactionManager => AppError::new(Code::Unavailable).retry_after(1).cause(text),
            _ => AppError::internal(text),
        }
    }
}

/// diesel gives no SQLSTATE for these, only the server's words.
fn by_text(text: String) -> AppError {
    let is = |words: &str| text.contains(words);
    if is("deadlock detected") || is("could not serialize") {
        return AppError::internal(text).rerun();
    }
    if is("lock timeout") || is("database is locked") || is("statement timeout") {
        return AppError::new(Code::ServerBusy).retry_after(1).cause(text);
    }
    // A NUL in a text: SQLite would take it, PostgreSQL cannot; nothing that exists has one in its name.
    if is("invalid byte sequence for encoding") {
        return AppError::new(Code::MalformedRequest).cause(text);
    }
    if is("server closed the connection")
        || is("terminating connection")
        || is("no connection to the server")
        || is("connection not open")
        || is("SSL connection has been closed")
        || is("could not receive data")
    {
        return AppError::new(Code::Unavailable).retry_after(1).cause(text);
    }
    AppError::internal(text)
}

/// The exact sum of a BIGINT column or expression, zero when there are no rows. `sum()` of diesel goes through a
/// decimal on PostgreSQL and through a float on SQLite, where it is silently wrong above 2^53.
pub fn total(expression: &str) -> SqlLiteral<BigInt> {
    sql(&format!("CAST(COALESCE(SUM({expression}), 0) AS BIGINT)"))
}
