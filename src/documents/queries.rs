//! Reads of stored files, and of who opened those that are restricted.

use super::FileClass;
use super::rules;
use super::store::{self, StoredFile};
use crate::audit::{self, Opened, WantedOpenings, Whose};
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{AuditId, FileId, OrgId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::time::At;
use crate::platform::db::Read;
use std::collections::{BTreeMap, BTreeSet};

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

/// A file that may be shown: in scope, public, or shown to the organisation as the other side of a business, or to the region.
///
/// # Errors
/// `not_found`.
pub fn visible(read: &mut Read, (org, scope): (OrgId, &Scope), id: FileId) -> Outcome<StoredFile> {
    let Some(found) = store::find(read, id)? else { return of_nobody(read, scope, id) };
    let shown = match (found.class, scope) {
        (FileClass::Public, _) => true,
        (FileClass::Evidence, Scope::Org(_) | Scope::UnitTree(_)) => store::is_shared(read, id, org)?,
        (FileClass::Evidence, Scope::Region(region)) => {
            store::is_shown_in(read, id, region)? || store::is_shared(read, id, org)?
        }
        (_, Scope::Region(region)) => store::is_shown_in(read, id, region)?,
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

/// That a restricted file was opened.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct FileOpening {
    /// The entry of the audit trail.
    pub id: AuditId,
    /// The file.
    pub file_id: FileId,
    /// Whose file it is.
    pub owner_id: OrgId,
    /// When it was opened.
    pub opened_at: At,
    /// For which organisation.
    pub organisation_id: Option<OrgId>,
    /// Its name.
    pub organisation_name: Option<String>,
    /// By whom; the file's owner is told the office, not the person.
    pub opened_by: Option<UserId>,
    /// The person's name.
    pub person_name: Option<String>,
}

/// Who opened a file that the caller reaches, the latest opening first.
///
/// # Errors
/// `not_found`.
pub fn openings_of(read: &mut Read, actor: &Actor, id: FileId, page: &PageRequest) -> Outcome<Page<FileOpening>> {
    let found = file(read, &actor.scope, id)?;
    let wanted = WantedOpenings { subject: Some(found.id.to_string()), ..WantedOpenings::default() };
    opened(read, actor, &wanted, page)
}

/// Openings of restricted files in scope, the latest first.
///
/// # Errors
/// When the database fails.
pub fn opened(
    read: &mut Read,
    actor: &Actor,
    wanted: &WantedOpenings,
    page: &PageRequest,
) -> Outcome<Page<FileOpening>> {
    let (whose, named) = match &actor.scope {
        Scope::Platform => (Whose::Everybody, true),
        Scope::Region(region) => (Whose::Region(*region), true),
        Scope::Org(org) | Scope::UnitTree(org) => (Whose::Organisations(vec![*org]), false),
    };
    let page = audit::openings(read, &whose, wanted, page)?;
    let orgs: BTreeSet<OrgId> = page.items.iter().filter_map(|opened| opened.org_id).collect();
    let orgs: Vec<OrgId> = orgs.into_iter().collect();
    let orgs: BTreeMap<OrgId, String> =
        identity::organisations(read, &orgs)?.into_iter().map(|org| (org.id, org.name)).collect();
    let mut people: BTreeMap<UserId, String> = BTreeMap::new();
    if named {
        let users: BTreeSet<UserId> = page.items.iter().filter_map(|opened| opened.user_id).collect();
        for user in users {
            people.insert(user, identity::person(read, user)?.0);
        }
    }
    page.try_map(|opened: Opened| {
        let user = opened.user_id.filter(|_| named);
        Ok(FileOpening {
            id: opened.id,
            file_id: opened.subject.parse().map_err(AppError::internal)?,
            owner_id: opened.owner_org,
            opened_at: opened.at,
            organisation_id: opened.org_id,
            organisation_name: opened.org_id.and_then(|org| orgs.get(&org).cloned()),
            opened_by: user,
            person_name: user.and_then(|user| people.get(&user).cloned()),
        })
    })
}
