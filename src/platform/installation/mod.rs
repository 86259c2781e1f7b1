//! What every process of one installation must agree on: above all the secret, without which tokens of one process
//! would be worthless in another.

mod schema;
mod store;

use super::db::Tx;
use super::secret::{Secret, hex};
use crate::kernel::error::{AppError, Outcome};

/// Lets the demo play only on a database that was empty when the demo was first asked for: its logins and their password are
/// published, and its orders stay in the ledger for ever.
///
/// # Errors
/// When the database serves another purpose.
pub fn keep_for_demo(tx: &mut Tx<'_>, empty: bool) -> Outcome<()> {
    if store::first_or_kept(tx, "purpose", if empty { "demo" } else { "service" })? == "demo" {
        return Ok(());
    }
    let message = "此数据库已在使用，演示只能装入空库或演示库 / this database is in use: the demo plays on an empty one or its own";
    Err(AppError::internal(message))
}

/// Refuses a process whose secret is not the one this database was first started with.
///
/// # Errors
/// Names the setting that is wrong.
pub fn agree_on_secret(tx: &mut Tx<'_>, secret: &Secret) -> Outcome<()> {
    let print = hex(&secret.derive("fingerprint"));
    if store::first_or_kept(tx, "secret_fingerprint", &print)? == print {
        return Ok(());
    }
    Err(AppError::internal(
        "YIGOU_SECRET is not the secret of this database: start with the same YIGOU_SECRET, or the same secret file, everywhere",
    ))
}
