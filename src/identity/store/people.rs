//! SQL of people and their memberships.

use super::super::schema::{memberships, organisations, users};
use super::{Roles, Standing};
use crate::each;
use crate::kernel::actor::OrgKind;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{MembershipId, OrgId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

/// A person.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
pub struct UserRow {
    pub id: UserId,
    pub email: String,
    pub email_folded: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub status: Standing,
    pub email_verified_at: Option<At>,
    pub version: i64,
    pub created_at: At,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = memberships, treat_none_as_default_value = false)]
pub struct MembershipRow {
    pub id: MembershipId,
    pub user_id: UserId,
    pub org_id: OrgId,
    pub roles: Roles,
    pub created_at: At,
}

/// Where a person belongs.
#[derive(Debug, Clone, Queryable)]
pub struct Place {
    pub org_id: OrgId,
    pub name: String,
    pub kind: OrgKind,
    pub region_code: RegionCode,
    pub status: Standing,
    pub roles: Roles,
}

pub fn insert_user(tx: &mut Tx<'_>, row: &UserRow) -> Outcome<()> {
    each!(tx, c => insert_into(users::table).values(row).execute(c))?;
    Ok(())
}

pub fn user(on: &mut Read, id: UserId) -> Outcome<Option<UserRow>> {
    Ok(each!(on, c => users::table.find(id).select(UserRow::as_select()).first(c).optional())?)
}

pub fn user_by_email(on: &mut Read, folded: &str) -> Outcome<Option<UserRow>> {
    Ok(
        each!(on, c => users::table.filter(users::email_folded.eq(folded)).select(UserRow::as_select()).first(c).optional())?,
    )
}

/// Locks, loads and counts a change.
pub fn claim_user(tx: &mut Tx<'_>, id: UserId) -> Outcome<Option<UserRow>> {
    Ok(
        each!(tx, c => update(users::table.find(id)).set(users::version.eq(users::version + 1)).returning(UserRow::as_returning()).get_result(c).optional())?,
    )
}

/// Sets the password of a claimed person whose address is thereby proven.
pub fn set_password(tx: &mut Tx<'_>, id: UserId, hash: &str, verified_at: At) -> Outcome<()> {
    each!(tx, c => update(users::table.find(id)).set((users::password_hash.eq(hash), users::email_verified_at.eq(verified_at))).execute(c))?;
    Ok(())
}

/// Whether the person stood otherwise before.
pub fn set_user_status(tx: &mut Tx<'_>, id: UserId, from: Standing, to: Standing) -> Outcome<bool> {
    let rows = each!(tx, c => update(users::table.find(id).filter(users::status.eq(from))).set(users::status.eq(to)).execute(c))?;
    Ok(rows == 1)
}

pub fn insert_membership(tx: &mut Tx<'_>, row: &MembershipRow) -> Outcome<()> {
    each!(tx, c => insert_into(memberships::table).values(row).execute(c))?;
    Ok(())
}

pub fn membership(on: &mut Read, user: UserId, org: OrgId) -> Outcome<Option<MembershipRow>> {
    Ok(each!(on, c => memberships::table.filter(memberships::user_id.eq(user)).filter(memberships::org_id.eq(org))
        .select(MembershipRow::as_select()).first(c).optional())?)
}

pub fn set_roles(tx: &mut Tx<'_>, id: MembershipId, roles: &Roles) -> Outcome<()> {
    each!(tx, c => update(memberships::table.find(id)).set(memberships::roles.eq(roles)).execute(c))?;
    Ok(())
}

pub fn delete_membership(tx: &mut Tx<'_>, id: MembershipId) -> Outcome<()> {
    each!(tx, c => delete(memberships::table.find(id)).execute(c))?;
    Ok(())
}

/// All members of an organisation with their people.
pub fn all_members(on: &mut Read, org: OrgId) -> Outcome<Vec<(MembershipRow, UserRow)>> {
    Ok(
        each!(on, c => memberships::table.inner_join(users::table).filter(memberships::org_id.eq(org)).order(memberships::user_id)
        .select((MembershipRow::as_select(), UserRow::as_select())).load(c))?,
    )
}

/// One page of an organisation's members.
pub fn members(on: &mut Read, org: OrgId, page: &PageRequest) -> Outcome<Vec<(MembershipRow, UserRow)>> {
    let after = page.key::<UserId>()?;
    Ok(each!(on, c => {
        let mut query = memberships::table.inner_join(users::table).filter(memberships::org_id.eq(org))
            .select((MembershipRow::as_select(), UserRow::as_select())).into_boxed();
        if let Some(after) = after {
            query = query.filter(memberships::user_id.gt(after));
        }
        query.order(memberships::user_id).limit(page.fetch()).load(c)
    })?)
}

/// Where a person belongs, oldest membership first.
pub fn places(on: &mut Read, user: UserId) -> Outcome<Vec<Place>> {
    Ok(
        each!(on, c => memberships::table.inner_join(organisations::table).filter(memberships::user_id.eq(user)).order((memberships::created_at, memberships::id))
        .select((organisations::id, organisations::name, organisations::kind, organisations::region_code, organisations::status, memberships::roles)).load(c))?,
    )
}
