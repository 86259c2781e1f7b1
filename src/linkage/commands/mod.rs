//! Use cases of household linkage.

mod check;
mod file;
mod remind;
mod settle;
mod weigh;

pub use check::{NewCheck, check};
pub use file::{NewList, NewRow, file};
pub use remind::remind;
pub use settle::{NewSettlement, settle};

use super::rules::Refusal;
use super::store::ListRow;
use crate::audit;
use crate::identity::{self, tell, tell_office};
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::platform::db::Tx;

/// Nobody decides what concerns an organisation whose member he is.
fn no_party(tx: &mut Tx<'_>, actor: &Actor, org: OrgId) -> Outcome<()> {
    if actor.org_id == org || identity::is_member(tx, actor.user_id, org)? {
        return Err(Refusal::Party.into());
    }
    Ok(())
}

/// What happened to a list. Only its supplier and the offices above see it: the other side of a double claim does not.
fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    list: &ListRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: list.id.to_string(),
        owner_org: list.org_id,
        other_org: None,
        region: list.county,
        details,
    };
    audit::record(tx, &entry)
}

/// Notes that households were looked up: by whom, why and how many, never which.
///
/// # Errors
/// When the database fails.
pub fn note_match(tx: &mut Tx<'_>, actor: &Actor, reason: &str, (asked, matched): (usize, usize)) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action: "households.matched",
        subject: actor.org_id.to_string(),
        owner_org: actor.org_id,
        other_org: None,
        region: actor.region,
        details: serde_json::json!({ "reason": reason, "asked": asked, "matched": matched }),
    };
    audit::record(tx, &entry)
}
