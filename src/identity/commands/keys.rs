//! Keys of integrations.

use super::super::gate::KEY_PREFIX;
use super::super::rules::{self, Refusal};
use super::super::store::{self, ApiKeyRow};
use super::organisations::{known, note};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::ApiKeyId;
use crate::kernel::time::At;
use crate::platform::db::Tx;
use crate::platform::secret::{sha256, token};
use serde_json::json;

/// Makes a key that acts for the actor's organisation as the actor, limited to these permissions. The key is shown once.
///
/// # Errors
/// `validation_failed` for a permission that does not exist, that the actor does not hold, or that no key may hold, and for a
/// date that is past or too far.
pub fn create_key(
    tx: &mut Tx<'_>,
    by: &Actor,
    name: &str,
    permissions: &[String],
    expires_at: At,
) -> Outcome<(ApiKeyRow, String)> {
    let member = store::membership(tx, by.user_id, by.org_id)?.ok_or(Code::Forbidden)?;
    if let Some(wrong) = permissions.iter().find(|p| !rules::key_may_hold(by.kind, &member.roles.0, p)) {
        return Err(Refusal::NotForKeys(wrong.clone()).into());
    }
    let now = tx.at();
    if expires_at <= now || expires_at > now.plus_ms(rules::KEY_MS) {
        return Err(AppError::field(
            Code::ValidationFailed,
            "/expires_at",
            Message::new("须在一年之内", "must be within a year"),
        ));
    }
    let secret = token(KEY_PREFIX);
    let mut granted = permissions.to_vec();
    granted.sort();
    granted.dedup();
    let row = ApiKeyRow {
        id: tx.new_id(),
        org_id: by.org_id,
        user_id: by.user_id,
        name: name.trim().to_owned(),
        hint: secret.chars().take(8).collect(),
        token_hash: sha256(secret.as_bytes()).to_vec(),
        permissions: granted.join(","),
        created_at: now,
        expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    store::insert_api_key(tx, &row)?;
    let org = known(tx, by.org_id)?;
    note(tx, Some(by), "key.created", &org, json!({ "key": row.id, "permissions": granted }))?;
    Ok((row, secret))
}

/// Ends a key of the actor's organisation.
///
/// # Errors
/// `not_found`.
pub fn revoke_key(tx: &mut Tx<'_>, by: &Actor, id: ApiKeyId) -> Outcome<()> {
    let now = tx.at();
    if !store::revoke_api_key(tx, by.org_id, id, now)? {
        return Err(Code::NotFound.into());
    }
    let org = known(tx, by.org_id)?;
    note(tx, Some(by), "key.revoked", &org, json!({ "key": id }))
}
