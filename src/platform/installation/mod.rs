//! What every process of one installation must agree on: above all the secret, without which tokens of one process
//! would be worthless in another.

mod schema;
mod store;

use super::db::Tx;
use super::secret::{Secret, hex};
use crate::kernel::error::{AppError, Outcome};

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
