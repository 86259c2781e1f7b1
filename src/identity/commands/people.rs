//! People and their memberships.

use super::super::rules;
use super::super::store::{self, MembershipRow, Organisation, Roles, Standing, UserRow};
use super::organisations::{NewOrganisation, create_organisation, known, note};
use crate::kernel::actor::{Actor, OrgKind, Role};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrgId, UserId};
use crate::kernel::region_code::RegionCode;
use crate::platform::db::Tx;
use crate::platform::http::is_email;
use crate::platform::password::strength;
use serde_json::json;

/// Enters a person. With a password the address counts as verified, since whoever enters it vouches; without one the person is
/// only invited. The membership that follows is what the trail records.
///
/// # Errors
/// `already_exists` when the address is known.
pub fn create_user(tx: &mut Tx<'_>, email: &str, name: &str, password_hash: Option<&str>) -> Outcome<UserId> {
    let row = UserRow {
        id: tx.new_id(),
        email: email.trim().to_owned(),
        email_folded: rules::fold_email(email),
        name: name.trim().to_owned(),
        password_hash: password_hash.map(str::to_owned),
        status: Standing::Active,
        email_verified_at: password_hash.map(|_| tx.at()),
        version: 1,
        created_at: tx.at(),
    };
    let taken =
        || AppError::field(Code::AlreadyExists, "/email", Message::new("该邮箱已登记", "the address is registered"));
    let inserted = tx.attempt(|tx| store::insert_user(tx, &row));
    inserted.map_err(|e| if e.code() == Code::AlreadyExists { taken() } else { e })?;
    Ok(row.id)
}

/// Makes a person a member of an organisation.
///
/// # Errors
/// `role_not_for_kind`; `already_exists` when the person is a member.
pub fn add_membership(tx: &mut Tx<'_>, by: Option<&Actor>, user: UserId, org: OrgId, roles: &[Role]) -> Outcome<()> {
    let held = store::claim_organisation(tx, org)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    rules::check_roles(held.kind, roles)?;
    if store::membership(tx, user, org)?.is_some() {
        return Err(Code::AlreadyExists.into());
    }
    let roles = Roles::of(roles);
    let row = MembershipRow { id: tx.new_id(), user_id: user, org_id: org, roles, created_at: tx.at() };
    store::insert_membership(tx, &row)?;
    note(tx, by, "member.added", &held, json!({ "user": user, "roles": row.roles.0 }))
}

/// Changes what a member does.
///
/// # Errors
/// `not_found`, `role_not_for_kind`, `last_administrator`.
pub fn change_roles(tx: &mut Tx<'_>, by: &Actor, org: OrgId, user: UserId, roles: &[Role]) -> Outcome<()> {
    let (held, member, others) = member_of(tx, org, user)?;
    rules::check_roles(held.kind, roles)?;
    rules::keeps_administrator(others, &member.roles.0, Some(roles))?;
    let roles = Roles::of(roles);
    store::set_roles(tx, member.id, &roles)?;
    note(tx, Some(by), "member.changed", &held, json!({ "user": user, "roles": roles.0 }))
}

/// Ends a membership. Keys that the member made for the organisation end with it.
///
/// # Errors
/// `not_found`, `last_administrator`.
pub fn remove_member(tx: &mut Tx<'_>, by: &Actor, org: OrgId, user: UserId) -> Outcome<()> {
    let (held, member, others) = member_of(tx, org, user)?;
    rules::keeps_administrator(others, &member.roles.0, None)?;
    let now = tx.at();
    store::revoke_api_keys_of(tx, user, Some(org), now)?;
    store::delete_membership(tx, member.id)?;
    note(tx, Some(by), "member.removed", &held, json!({ "user": user }))
}

/// The organisation, locked; the member; whether somebody else who may sign in administers it.
fn member_of(tx: &mut Tx<'_>, org: OrgId, user: UserId) -> Outcome<(Organisation, MembershipRow, bool)> {
    let held = store::claim_organisation(tx, org)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    let member = store::membership(tx, user, org)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    let others = store::all_members(tx, org)?.iter().any(|(other, person)| {
        other.user_id != user
            && other.roles.0.contains(&Role::OrgAdmin)
            && person.status == Standing::Active
            && person.password_hash.is_some()
    });
    Ok((held, member, others))
}

/// The region that the operator's own entries name; the operator sees everything whatever it is.
const OPERATOR_REGION: &str = "640000";

/// Whether an operator may be made of this: what sign-in would refuse for ever is refused now.
///
/// # Errors
/// `validation_failed` for an address that is none, `weak_password`.
pub fn check_operator(email: &str, name: &str, password: &str) -> Outcome<()> {
    if email.chars().count() > 254 || !is_email(email) {
        let message = Message::new("不是有效的邮箱地址", "is not an e-mail address");
        return Err(AppError::field(Code::ValidationFailed, "/email", message));
    }
    Ok(rules::check_password(password, strength(password, &[email, name, "yigou", "以购"]))?)
}

/// Makes the platform's first operator, or one more.
///
/// # Errors
/// `already_exists` when the address is known.
pub fn create_operator(tx: &mut Tx<'_>, email: &str, name: &str, password_hash: &str) -> Outcome<UserId> {
    let org = match store::operator(tx)? {
        Some(org) => org,
        None => {
            let region: RegionCode = OPERATOR_REGION.parse().map_err(AppError::internal)?;
            let new = NewOrganisation {
                uscc: None,
                name: "平台运营方".to_owned(),
                kind: OrgKind::Operator,
                region,
                staff_count: 0,
                is_sme: false,
            };
            create_organisation(tx, None, &new)?
        }
    };
    let user = create_user(tx, email, name, Some(password_hash))?;
    add_membership(tx, None, user, org.id, &rules::first_roles(OrgKind::Operator))?;
    Ok(user)
}

/// Refuses what only administrators of the organisation itself, or the operator, may do; to others it does not exist.
pub(in super::super) fn manages(by: &Actor, org: OrgId) -> Outcome<()> {
    if by.org_id == org || by.kind == OrgKind::Operator { Ok(()) } else { Err(Code::NotFound.into()) }
}

/// Stops a person at once and ends all sessions, or lets the person act again.
///
/// # Errors
/// `not_found`; `wrong_state` when the person stands so already, or is the actor.
pub fn set_user_standing(tx: &mut Tx<'_>, by: &Actor, id: UserId, to: Standing, reason: &str) -> Outcome<()> {
    if by.user_id == id {
        return Err(AppError::new(Code::WrongState).detail("不能停用自己", "you cannot suspend yourself"));
    }
    let person = store::claim_user(tx, id)?.ok_or(Code::NotFound)?;
    let (from, action) = match to {
        Standing::Suspended => (Standing::Active, "user.suspended"),
        Standing::Active => (Standing::Suspended, "user.reinstated"),
    };
    if !store::set_user_status(tx, person.id, from, to)? {
        return Err(Code::WrongState.into());
    }
    if to == Standing::Suspended {
        let now = tx.at();
        store::revoke_sessions_of(tx, person.id, now)?;
    }
    for place in store::places(tx, person.id)? {
        let org = known(tx, place.org_id)?;
        note(tx, Some(by), action, &org, json!({ "user": person.id, "reason": reason }))?;
    }
    Ok(())
}
