//! Migrations: applied at start under a lock; a database newer than the binary is refused.

use super::{AppError, Code, Outcome};
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::collections::BTreeSet;
use std::fs::File;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
/// The advisory lock's number: the word "yigou" in ASCII.
const LOCK: i64 = 0x79_69_67_6f_75;

/// How a database's schema stands to this binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MigrationState {
    /// Equal.
    Current,
    /// The binary brings migrations that are not applied.
    Behind,
    /// The database has versions that the binary does not know.
    Newer(Vec<String>),
}

/// Compares the versions a database has with the versions the binary knows.
#[must_use]
pub fn applied(database: &[String], binary: &[String]) -> MigrationState {
    let known: BTreeSet<_> = binary.iter().collect();
    let newer: Vec<String> = database.iter().filter(|v| !known.contains(v)).cloned().collect();
    if !newer.is_empty() {
        return MigrationState::Newer(newer);
    }
    if database.len() < binary.len() { MigrationState::Behind } else { MigrationState::Current }
}

/// A second process waits here until the first has finished.
pub(super) fn sqlite(path: &str) -> Outcome<Vec<String>> {
    let lock = File::create(format!("{path}.migrate-lock")).map_err(unavailable)?;
    lock.lock().map_err(unavailable)?;
    let mut conn = SqliteConnection::establish(path).map_err(unavailable)?;
    diesel::connection::SimpleConnection::batch_execute(
        &mut conn,
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON",
    )?;
    let known = MigrationSource::<Sqlite>::migrations(&SQLITE).map_err(AppError::internal)?;
    refuse_newer(&MigrationHarness::<Sqlite>::applied_migrations(&mut conn).map_err(AppError::internal)?, &known)?;
    names(&conn.run_pending_migrations(SQLITE).map_err(AppError::internal)?)
}

pub(super) fn postgres(url: &str) -> Outcome<Vec<String>> {
    let mut conn = PgConnection::establish(url).map_err(unavailable)?;
    diesel::sql_query(format!("SELECT pg_advisory_lock({LOCK})")).execute(&mut conn)?;
    let known = MigrationSource::<Pg>::migrations(&POSTGRES).map_err(AppError::internal)?;
    refuse_newer(&MigrationHarness::<Pg>::applied_migrations(&mut conn).map_err(AppError::internal)?, &known)?;
    // The lock ends with the connection.
    names(&conn.run_pending_migrations(POSTGRES).map_err(AppError::internal)?)
}

fn unavailable(cause: impl std::fmt::Display) -> AppError {
    AppError::new(Code::Unavailable).cause(cause)
}

fn names(versions: &[MigrationVersion<'_>]) -> Outcome<Vec<String>> {
    Ok(versions.iter().map(ToString::to_string).collect())
}

fn refuse_newer<DB: diesel::backend::Backend>(
    database: &[MigrationVersion<'_>],
    binary: &[Box<dyn Migration<DB>>],
) -> Outcome<()> {
    let database = names(database)?;
    let binary: Vec<String> = binary.iter().map(|m| m.name().version().to_string()).collect();
    match applied(&database, &binary) {
        MigrationState::Newer(versions) => Err(AppError::new(Code::Unavailable).cause(format!(
            "the database is newer than this program (it has {}); start the newer yigou, or restore a backup",
            versions.join(", ")
        ))),
        MigrationState::Current | MigrationState::Behind => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_with_an_unknown_version_is_newer() {
        let v = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(applied(&v(&["1"]), &v(&["1", "2"])), MigrationState::Behind);
        assert_eq!(applied(&v(&["1", "2"]), &v(&["1", "2"])), MigrationState::Current);
        assert_eq!(applied(&v(&["1", "3"]), &v(&["1", "2"])), MigrationState::Newer(v(&["3"])));
    }
}
