//! Reads of stored files.

use super::FileClass;
use super::rules;
use super::store::{self, StoredFile};
use crate::identity;
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{FileId, OrgId};
use crate::kernel::time::At;
use crate::platform::db::Read;

/// A file as far as the scope reaches. Supervising units reach what was uploaded below them, and what was there before them.
///
/// # Errors
/// `not_found`.
pub fn file(read: &mut Read, scope: &Scope, id: FileId) -> Outcome<StoredFile> {
    let found = store::find(read, id)?.ok_or(Code::NotFound)?;
    let reached = match scope {
        Scope::UnitTree(root) => identity::tree_contained_since(read, *root, found.org_id, found.at.day())?,
        scope => identity::scope_allows(read, scope, found.org_id, &found.region_code, found.at.day())?,
    };
    if reached { Ok(found) } else { Err(Code::NotFound.into()) }
}

/// A file that may be shown: in scope, public, or shown to the organisation as the other side of a business.
///
/// # Errors
/// `not_found`.
pub fn visible(read: &mut Read, scope: &Scope, id: FileId) -> Outcome<StoredFile> {
    let Some(found) = store::find(read, id)? else { return of_nobody(read, scope, id) };
    let shown = match (found.class, scope) {
        (FileClass::Public, _) => true,
        (FileClass::Evidence, Scope::Org(org) | Scope::UnitTree(org)) => store::is_shared(read, id, *org)?,
        _ => false,
    };
    if shown { Ok(found) } else { file(read, scope, id) }
}

/// A file that nobody known brought, for the offices and auditors of its region.
fn of_nobody(read: &mut Read, scope: &Scope, id: FileId) -> Outcome<StoredFile> {
    let found = store::find_anonymous(read, id)?.ok_or(Code::NotFound)?;
    let reached = match scope {
        Scope::Platform => true,
        Scope::Region(region) => region.contains(&found.region_code),
        Scope::Org(_) | Scope::UnitTree(_) => false,
    };
    if reached { Ok(found.into()) } else { Err(Code::NotFound.into()) }
}

/// Is there room for a file of `size` bytes in the organisation's share of the day?
///
/// # Errors
/// `too_many_requests`, with the time until the next day.
pub fn has_room(read: &mut Read, org: OrgId, size: i64, at: At) -> Outcome<()> {
    let brought = store::brought_since(read, org, at.day().start())?;
    Ok(rules::check_share(brought, size, at)?)
}
