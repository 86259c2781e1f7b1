//! Reads of identity: organisations, the tree on a day, members, recipients of mail.

mod succession;

pub use succession::{check_stands, follower, has_units_below, merged_in, succession};

use super::commands::PayerTie;
use super::rules::open;
use super::store::{
    self, ApiKeyRow, InvitationRow, MembershipRow, Organisation, OrganisationFilter, PayerKind, PayerTieRow, Place,
    Standing, UserRow,
};
use crate::kernel::actor::{Actor, OrgKind, Role, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrgId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::secret::sha256;
use crate::regions;
use std::collections::BTreeMap;

/// An organisation.
///
/// # Errors
/// `not_found`.
pub fn organisation(read: &mut Read, id: OrgId) -> Outcome<Organisation> {
    store::organisation(read, id)?.ok_or_else(|| Code::NotFound.into())
}

/// Those of the organisations that exist, by id.
///
/// # Errors
/// When the database fails.
pub fn organisations(read: &mut Read, ids: &[OrgId]) -> Outcome<Vec<Organisation>> {
    store::organisations(read, ids)
}

/// Whether a unit is the root or stands below it on a day.
///
/// # Errors
/// When the database fails.
pub fn tree_contains(read: &mut Read, root: OrgId, unit: OrgId, day: Day) -> Outcome<bool> {
    store::tree_contains(read, root, unit, day)
}

/// Whether a unit is the root, or stood below it on a day or on any later one.
///
/// # Errors
/// When the database fails.
pub fn tree_contained_since(read: &mut Read, root: OrgId, unit: OrgId, day: Day) -> Outcome<bool> {
    store::tree_contained_since(read, root, unit, day)
}

/// The supervising unit directly above, on a day.
///
/// # Errors
/// When the database fails.
pub fn parent(read: &mut Read, unit: OrgId, day: Day) -> Outcome<Option<OrgId>> {
    Ok(store::paths_above(read, unit, day)?.iter().find(|path| path.depth == 1).map(|path| path.ancestor_id))
}

/// The units above, nearest first, on a day.
///
/// # Errors
/// When the database fails.
pub fn ancestors(read: &mut Read, unit: OrgId, day: Day) -> Outcome<Vec<OrgId>> {
    let above = store::paths_above(read, unit, day)?;
    Ok(above.iter().filter(|path| path.depth > 0).map(|path| path.ancestor_id).collect())
}

/// A unit and all below it, nearest first, on a day.
///
/// # Errors
/// When the database fails.
pub fn subtree(read: &mut Read, root: OrgId, day: Day) -> Outcome<Vec<OrgId>> {
    Ok(store::paths_below(read, root, day)?.iter().map(|path| path.descendant_id).collect())
}

/// Whether a canteen contractor is tied to a unit on a day.
///
/// # Errors
/// When the database fails.
pub fn contractor_serves(read: &mut Read, contractor: OrgId, unit: OrgId, day: Day) -> Outcome<bool> {
    store::ties_meeting(read, contractor, unit, day, day.plus_days(1))
}

/// The units a canteen contractor serves on a day.
///
/// # Errors
/// When the database fails.
pub fn units_served(read: &mut Read, contractor: OrgId, day: Day) -> Outcome<Vec<OrgId>> {
    store::units_served(read, contractor, day)
}

/// The units whose union an organisation is on a day.
///
/// # Errors
/// When the database fails.
pub fn units_of_union(read: &mut Read, union: OrgId, day: Day) -> Outcome<Vec<OrgId>> {
    let ties = store::payer_ties_of(read, union)?.into_iter();
    let of_day = ties.filter(|tie| tie.payer_id == union && tie.kind == PayerKind::Union);
    Ok(of_day.filter(|tie| tie.valid_from <= day && day < tie.valid_to).map(|tie| tie.unit_id).collect())
}

/// In which way an organisation pays for a unit on a day, if it does: as its union or its accounting centre.
///
/// # Errors
/// When the database fails.
pub fn pays_for(read: &mut Read, payer: OrgId, unit: OrgId, day: Day) -> Outcome<Option<PayerKind>> {
    let ties = store::payer_ties_meeting(read, unit, day, day.plus_days(1))?;
    Ok(ties.into_iter().find(|tie| tie.payer_id == payer).map(|tie| tie.kind))
}

/// Who pays for a unit on a day besides itself, and as what.
///
/// # Errors
/// When the database fails.
pub fn payers_of(read: &mut Read, unit: OrgId, day: Day) -> Outcome<Vec<(OrgId, PayerKind)>> {
    let ties = store::payer_ties_meeting(read, unit, day, day.plus_days(1))?;
    Ok(ties.into_iter().map(|tie| (tie.payer_id, tie.kind)).collect())
}

/// Whether a scope reaches an organisation of a region on a day.
///
/// # Errors
/// When the database fails.
pub fn scope_allows(read: &mut Read, scope: &Scope, org: OrgId, region: &RegionCode, day: Day) -> Outcome<bool> {
    match scope {
        Scope::Platform => Ok(true),
        Scope::Region(code) => Ok(code.contains(region)),
        Scope::Org(own) => Ok(*own == org),
        Scope::UnitTree(root) => tree_contains(read, *root, org, day),
    }
}

/// An organisation as far as the scope reaches.
///
/// # Errors
/// `not_found`.
pub fn organisation_in(read: &mut Read, scope: &Scope, id: OrgId, day: Day) -> Outcome<Organisation> {
    let found = organisation(read, id)?;
    if scope_allows(read, scope, id, &found.region_code, day)? { Ok(found) } else { Err(Code::NotFound.into()) }
}

/// The active office of a kind that is nearest to a region: its own, else that of the region above.
///
/// # Errors
/// When the database fails.
pub fn nearest_office(read: &mut Read, kind: OrgKind, region: &RegionCode) -> Outcome<Option<OrgId>> {
    let offices = store::offices_of(read, kind, &region.ancestors())?;
    Ok(offices
        .iter()
        .max_by_key(|office| (office.region_code.level(), std::cmp::Reverse(office.id)))
        .map(|office| office.id))
}

/// Those of some regions that have an active office of a kind of exactly that region.
///
/// # Errors
/// When the database fails.
pub fn regions_with_office(read: &mut Read, kind: OrgKind, regions: &[RegionCode]) -> Outcome<Vec<RegionCode>> {
    let mut found: Vec<RegionCode> =
        store::offices_of(read, kind, regions)?.into_iter().map(|office| office.region_code).collect();
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The organisation of exactly this name, where one alone has it.
///
/// # Errors
/// When the database fails.
pub fn organisation_named(read: &mut Read, name: &str) -> Outcome<Option<Organisation>> {
    let mut found = store::organisations_named(read, name, 2)?;
    Ok(found.pop().filter(|_| found.is_empty()))
}

/// Names and addresses of an organisation's active members with a role.
///
/// # Errors
/// When the database fails.
pub fn recipients(read: &mut Read, org: OrgId, role: Role) -> Outcome<Vec<(String, String)>> {
    let members = store::all_members(read, org)?;
    let holds = members.into_iter().filter(|(m, person)| {
        m.roles.0.contains(&role) && person.status == Standing::Active && person.email_verified_at.is_some()
    });
    Ok(holds.map(|(_, person)| (person.name, person.email)).collect())
}

/// A member of an organisation who may act.
#[derive(Debug, Clone)]
pub struct Colleague {
    /// The person.
    pub user_id: UserId,
    /// Its roles there.
    pub roles: Vec<Role>,
    /// Its address, once that is confirmed.
    pub email: Option<String>,
}

/// The members of an organisation who may act, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn colleagues(read: &mut Read, org: OrgId) -> Outcome<Vec<Colleague>> {
    let active = store::all_members(read, org)?.into_iter().filter(|(_, person)| person.status == Standing::Active);
    let colleague = |(member, person): (store::MembershipRow, store::UserRow)| Colleague {
        user_id: person.id,
        roles: member.roles.0,
        email: person.email_verified_at.map(|_| person.email),
    };
    Ok(active.map(colleague).collect())
}

/// How many people of an organisation may act and hold one of these roles.
///
/// # Errors
/// When the database fails.
pub fn members_with(read: &mut Read, org: OrgId, roles: &[Role]) -> Outcome<usize> {
    let members = colleagues(read, org)?;
    Ok(members.iter().filter(|member| roles.iter().any(|role| member.roles.contains(role))).count())
}

/// Whether a person is a member of an organisation.
///
/// # Errors
/// When the database fails.
pub fn is_member(read: &mut Read, person: UserId, org: OrgId) -> Outcome<bool> {
    Ok(store::membership(read, person, org)?.is_some())
}

/// The organisations whose member a person is.
///
/// # Errors
/// When the database fails.
pub fn organisations_of(read: &mut Read, person: UserId) -> Outcome<Vec<OrgId>> {
    Ok(store::places(read, person)?.into_iter().map(|place| place.org_id).collect())
}

/// The roles of a person in an organisation; none for who is no member.
///
/// # Errors
/// When the database fails.
pub fn roles(read: &mut Read, person: UserId, org: OrgId) -> Outcome<Vec<Role>> {
    Ok(store::membership(read, person, org)?.map(|row| row.roles.0).unwrap_or_default())
}

/// Whether a person who may act holds a role in an organisation.
///
/// # Errors
/// When the database fails.
pub fn holds(read: &mut Read, person: UserId, org: OrgId, role: Role) -> Outcome<bool> {
    let active = store::user(read, person)?.is_some_and(|found| found.status == Standing::Active);
    Ok(active && roles(read, person, org)?.contains(&role))
}

/// A person's name and address.
///
/// # Errors
/// `not_found`.
pub fn person(read: &mut Read, id: UserId) -> Outcome<(String, String)> {
    store::user(read, id)?.map(|user| (user.name, user.email)).ok_or_else(|| Code::NotFound.into())
}

/// The person with an address, if there is one.
///
/// # Errors
/// When the database fails.
pub fn user_by_email(read: &mut Read, email: &str) -> Outcome<Option<UserId>> {
    Ok(store::user_by_email(read, &super::rules::fold_email(email))?.map(|user| user.id))
}

/// The platform's operator, if there is one.
///
/// # Errors
/// When the database fails.
pub fn operator(read: &mut Read) -> Outcome<Option<Organisation>> {
    store::operator(read)
}

/// The organisation with a credit code, if there is one.
///
/// # Errors
/// When the database fails.
pub fn organisation_by_uscc(read: &mut Read, uscc: &crate::kernel::uscc::Uscc) -> Outcome<Option<Organisation>> {
    store::organisation_by_uscc(read, uscc)
}

/// Refuses a region that nobody knows; townships and villages stand under a county that must be known.
///
/// # Errors
/// `validation_failed`.
pub fn region_exists(read: &mut Read, code: &RegionCode, day: Day) -> Outcome<()> {
    let county = code.ancestors().into_iter().find(|above| above.level() <= RegionLevel::County).unwrap_or(*code);
    regions::region(read, &county, day).map(drop).map_err(|error| match error.code() {
        Code::NotFound => AppError::field(
            Code::ValidationFailed,
            "/region_code",
            Message::new("没有这个行政区划", "there is no such region"),
        ),
        _ => error,
    })
}

/// A page of organisations in scope, each with the unit directly above it.
///
/// # Errors
/// When the database fails.
pub fn list(
    read: &mut Read,
    scope: &Scope,
    filter: &OrganisationFilter,
    day: Day,
    page: &PageRequest,
) -> Outcome<Page<(Organisation, Option<OrgId>)>> {
    let rows = store::list_organisations(read, scope, filter, day, page)?;
    let page = Page::cut(rows, page, |org| vec![org.name_key.clone(), org.id.to_string()]);
    let ids: Vec<OrgId> = page.items.iter().map(|org| org.id).collect();
    let parents: BTreeMap<OrgId, OrgId> = store::parents(read, &ids, day)?.into_iter().collect();
    Ok(page.map(|org| {
        let parent = parents.get(&org.id).copied();
        (org, parent)
    }))
}

/// The contractors of a unit, newest first: which, from when, until when.
///
/// # Errors
/// When the database fails.
pub fn contractors(read: &mut Read, unit: OrgId) -> Outcome<Vec<(OrgId, Day, Option<Day>)>> {
    let until = |to: Day| (to != open()).then(|| to.plus_days(-1));
    Ok(store::ties_of(read, unit)?
        .into_iter()
        .map(|tie| (tie.contractor_id, tie.valid_from, until(tie.valid_to)))
        .collect())
}

/// The ties of an organisation to who pays for it and to whom it pays for, newest first. Who may not read it sees its own ties
/// to it.
///
/// # Errors
/// `not_found` when the actor neither may read the organisation nor was ever tied to pay for it.
pub fn payers_in(read: &mut Read, actor: &Actor, id: OrgId, day: Day) -> Outcome<Vec<PayerTie>> {
    let found = organisation(read, id)?;
    let readable = scope_allows(read, &actor.scope, id, &found.region_code, day)?;
    let ties =
        if readable { store::payer_ties_of(read, id)? } else { store::payer_ties_between(read, id, actor.org_id)? };
    if ties.is_empty() && !readable {
        return Err(Code::NotFound.into());
    }
    Ok(ties.into_iter().map(payer_tie).collect())
}

fn payer_tie(row: PayerTieRow) -> PayerTie {
    PayerTie {
        unit: row.unit_id,
        payer: row.payer_id,
        kind: row.kind,
        from: row.valid_from,
        until: (row.valid_to != open()).then(|| row.valid_to.plus_days(-1)),
    }
}

/// A page of an organisation's members.
///
/// # Errors
/// When the database fails.
pub fn members(read: &mut Read, org: OrgId, page: &PageRequest) -> Outcome<Page<(MembershipRow, UserRow)>> {
    let rows = store::members(read, org, page)?;
    Ok(Page::cut(rows, page, |(member, _)| vec![member.user_id.to_string()]))
}

/// A page of an organisation's invitations that wait.
///
/// # Errors
/// When the database fails.
pub fn invitations(read: &mut Read, org: OrgId, now: At, page: &PageRequest) -> Outcome<Page<InvitationRow>> {
    let rows = store::open_invitations(read, org, now, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]))
}

/// A page of an organisation's keys.
///
/// # Errors
/// When the database fails.
pub fn api_keys(read: &mut Read, org: OrgId, page: &PageRequest) -> Outcome<Page<ApiKeyRow>> {
    let rows = store::api_keys(read, org, page)?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]))
}

/// A person and where the person belongs.
///
/// # Errors
/// `not_found`.
pub fn me(read: &mut Read, id: UserId) -> Outcome<(UserRow, Vec<Place>)> {
    let user = store::user(read, id)?.ok_or(Code::NotFound)?;
    Ok((user, store::places(read, id)?))
}

/// Finds what is known about the owner of a mailed link: words that make a bad password.
pub type WordsOf = fn(&mut Read, &str) -> Outcome<Option<Vec<String>>>;

/// Of a registration.
///
/// # Errors
/// When the database fails.
pub fn words_of_registration(read: &mut Read, secret: &str) -> Outcome<Option<Vec<String>>> {
    let found = store::registration_by_token(read, &sha256(secret.as_bytes()))?;
    Ok(found.map(|row| vec![row.email, row.name, row.org_name]))
}

/// Of an invitation.
///
/// # Errors
/// When the database fails.
pub fn words_of_invitation(read: &mut Read, secret: &str) -> Outcome<Option<Vec<String>>> {
    let found = store::invitation_by_token(read, &sha256(secret.as_bytes()))?;
    Ok(found.map(|row| vec![row.email, row.name]))
}

/// Of a link to a new password.
///
/// # Errors
/// When the database fails.
pub fn words_of_reset(read: &mut Read, secret: &str) -> Outcome<Option<Vec<String>>> {
    let Some(row) = store::mail_token(read, &sha256(secret.as_bytes()))? else { return Ok(None) };
    Ok(store::user(read, row.user_id)?.map(|user| vec![user.email, user.name]))
}
