//! SQL of invitations, registrations, mailed links and integrations' keys.

use super::super::schema::{api_keys, invitations, mail_tokens, memberships, organisations, registrations, users};
use super::{Roles, Standing};
use crate::each;
use crate::kernel::actor::OrgKind;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ApiKeyId, InvitationId, MailTokenId, OrgId, UserId};
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::kernel::uscc::Uscc;
use crate::platform::db::{Read, Tx};
use diesel::dsl::{delete, insert_into, update};
use diesel::prelude::*;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct InvitationRow {
    pub id: InvitationId,
    pub org_id: OrgId,
    pub email: String,
    pub email_folded: String,
    pub name: String,
    pub roles: Roles,
    pub token_hash: Vec<u8>,
    pub invited_by: Option<UserId>,
    pub created_at: At,
    pub expires_at: At,
    pub accepted_at: Option<At>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = registrations, treat_none_as_default_value = false)]
pub struct RegistrationRow {
    pub id: MailTokenId,
    pub uscc: Uscc,
    pub org_name: String,
    pub kind: OrgKind,
    pub region_code: RegionCode,
    pub staff_count: i64,
    pub is_sme: bool,
    pub email: String,
    pub email_folded: String,
    pub name: String,
    pub token_hash: Vec<u8>,
    pub created_at: At,
    pub expires_at: At,
    pub confirmed_at: Option<At>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_tokens, treat_none_as_default_value = false)]
pub struct MailTokenRow {
    pub id: MailTokenId,
    pub user_id: UserId,
    pub token_hash: Vec<u8>,
    pub created_at: At,
    pub expires_at: At,
    pub used_at: Option<At>,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
pub struct ApiKeyRow {
    pub id: ApiKeyId,
    pub org_id: OrgId,
    pub user_id: UserId,
    pub name: String,
    pub hint: String,
    pub token_hash: Vec<u8>,
    pub permissions: String,
    pub created_at: At,
    pub expires_at: At,
    pub last_used_at: Option<At>,
    pub revoked_at: Option<At>,
}

/// A key with what its maker may do in its organisation now.
#[derive(Debug, Clone, Queryable)]
pub struct KeyCallerRow {
    pub key: ApiKeyRow,
    pub user_status: Standing,
    pub roles: Roles,
    pub kind: OrgKind,
    pub region: RegionCode,
    pub org_status: Standing,
    pub org_ended_on: Option<Day>,
}

pub fn insert_invitation(tx: &mut Tx<'_>, row: &InvitationRow) -> Outcome<()> {
    each!(tx, c => insert_into(invitations::table).values(row).execute(c))?;
    Ok(())
}

pub fn invitation_by_token(on: &mut Read, hash: &[u8]) -> Outcome<Option<InvitationRow>> {
    Ok(
        each!(on, c => invitations::table.filter(invitations::token_hash.eq(hash)).select(InvitationRow::as_select()).first(c).optional())?,
    )
}

/// `false` when it was accepted or taken back meanwhile.
pub fn accept_invitation(tx: &mut Tx<'_>, id: InvitationId, at: At) -> Outcome<bool> {
    let rows = each!(tx, c => update(invitations::table.find(id).filter(invitations::accepted_at.is_null())).set(invitations::accepted_at.eq(at)).execute(c))?;
    Ok(rows == 1)
}

/// Takes an open invitation of an organisation back; `false` when there is none.
pub fn delete_invitation(tx: &mut Tx<'_>, org: OrgId, id: InvitationId) -> Outcome<bool> {
    let rows = each!(tx, c => delete(invitations::table.find(id).filter(invitations::org_id.eq(org)).filter(invitations::accepted_at.is_null())).execute(c))?;
    Ok(rows == 1)
}

/// Open invitations of an organisation.
pub fn open_invitations(on: &mut Read, org: OrgId, now: At, page: &PageRequest) -> Outcome<Vec<InvitationRow>> {
    let after = page.key::<InvitationId>()?;
    Ok(each!(on, c => {
        let mut query = invitations::table.filter(invitations::org_id.eq(org)).filter(invitations::accepted_at.is_null())
            .filter(invitations::expires_at.gt(now)).select(InvitationRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(invitations::id.gt(after));
        }
        query.order(invitations::id).limit(page.fetch()).load(c)
    })?)
}

pub fn insert_registration(tx: &mut Tx<'_>, row: &RegistrationRow) -> Outcome<()> {
    each!(tx, c => insert_into(registrations::table).values(row).execute(c))?;
    Ok(())
}

pub fn registration_by_token(on: &mut Read, hash: &[u8]) -> Outcome<Option<RegistrationRow>> {
    Ok(
        each!(on, c => registrations::table.filter(registrations::token_hash.eq(hash)).select(RegistrationRow::as_select()).first(c).optional())?,
    )
}

/// The newest open registration of an address.
pub fn open_registration(on: &mut Read, email_folded: &str) -> Outcome<Option<RegistrationRow>> {
    Ok(
        each!(on, c => registrations::table.filter(registrations::email_folded.eq(email_folded)).filter(registrations::confirmed_at.is_null())
        .order((registrations::created_at.desc(), registrations::id.desc())).select(RegistrationRow::as_select()).first(c).optional())?,
    )
}

/// Gives an open registration another link.
pub fn renew_registration(tx: &mut Tx<'_>, id: MailTokenId, hash: &[u8], expires_at: At) -> Outcome<()> {
    each!(tx, c => update(registrations::table.find(id)).set((registrations::token_hash.eq(hash), registrations::expires_at.eq(expires_at))).execute(c))?;
    Ok(())
}

/// `false` when it was confirmed meanwhile.
pub fn confirm_registration(tx: &mut Tx<'_>, id: MailTokenId, at: At) -> Outcome<bool> {
    let rows = each!(tx, c => update(registrations::table.find(id).filter(registrations::confirmed_at.is_null())).set(registrations::confirmed_at.eq(at)).execute(c))?;
    Ok(rows == 1)
}

pub fn insert_mail_token(tx: &mut Tx<'_>, row: &MailTokenRow) -> Outcome<()> {
    each!(tx, c => insert_into(mail_tokens::table).values(row).execute(c))?;
    Ok(())
}

pub fn mail_token(on: &mut Read, hash: &[u8]) -> Outcome<Option<MailTokenRow>> {
    Ok(
        each!(on, c => mail_tokens::table.filter(mail_tokens::token_hash.eq(hash)).select(MailTokenRow::as_select()).first(c).optional())?,
    )
}

/// When the last link was mailed to a person.
pub fn last_mail_token(on: &mut Read, user: UserId) -> Outcome<Option<At>> {
    Ok(
        each!(on, c => mail_tokens::table.filter(mail_tokens::user_id.eq(user)).order(mail_tokens::created_at.desc()).select(mail_tokens::created_at).first(c).optional())?,
    )
}

/// Marks all links of a person used; how many were open.
pub fn use_mail_tokens(tx: &mut Tx<'_>, user: UserId, at: At) -> Outcome<usize> {
    Ok(
        each!(tx, c => update(mail_tokens::table.filter(mail_tokens::user_id.eq(user)).filter(mail_tokens::used_at.is_null()))
        .set(mail_tokens::used_at.eq(at)).execute(c))?,
    )
}

pub fn insert_api_key(tx: &mut Tx<'_>, row: &ApiKeyRow) -> Outcome<()> {
    each!(tx, c => insert_into(api_keys::table).values(row).execute(c))?;
    Ok(())
}

pub fn api_key_by_token(on: &mut Read, hash: &[u8]) -> Outcome<Option<ApiKeyId>> {
    Ok(each!(on, c => api_keys::table.filter(api_keys::token_hash.eq(hash)).select(api_keys::id).first(c).optional())?)
}

/// Who a key acts for: its maker, as a member of its organisation.
pub fn caller_of_key(on: &mut Read, id: ApiKeyId) -> Outcome<Option<KeyCallerRow>> {
    Ok(each!(on, c => api_keys::table.inner_join(users::table).inner_join(organisations::table)
        .inner_join(memberships::table.on(memberships::user_id.eq(api_keys::user_id).and(memberships::org_id.eq(api_keys::org_id))))
        .filter(api_keys::id.eq(id))
        .select((ApiKeyRow::as_select(), users::status, memberships::roles, organisations::kind, organisations::region_code, organisations::status, organisations::ended_on))
        .first(c).optional())?)
}

/// Notes a use, unless one was noted after `before`.
pub fn touch_api_key(tx: &mut Tx<'_>, id: ApiKeyId, at: At, before: At) -> Outcome<()> {
    each!(tx, c => update(api_keys::table.find(id).filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(before))))
        .set(api_keys::last_used_at.eq(at)).execute(c))?;
    Ok(())
}

/// Ends a key of an organisation; `false` when there is no such key in force.
pub fn revoke_api_key(tx: &mut Tx<'_>, org: OrgId, id: ApiKeyId, at: At) -> Outcome<bool> {
    let rows = each!(tx, c => update(api_keys::table.find(id).filter(api_keys::org_id.eq(org)).filter(api_keys::revoked_at.is_null()))
        .set(api_keys::revoked_at.eq(at)).execute(c))?;
    Ok(rows == 1)
}

/// Ends the keys that a person made, all of them or those for one organisation.
pub fn revoke_api_keys_of(tx: &mut Tx<'_>, user: UserId, org: Option<OrgId>, at: At) -> Outcome<()> {
    each!(tx, c => {
        let mut keys = update(api_keys::table).filter(api_keys::user_id.eq(user)).filter(api_keys::revoked_at.is_null())
            .set(api_keys::revoked_at.eq(at)).into_boxed();
        if let Some(org) = org {
            keys = keys.filter(api_keys::org_id.eq(org));
        }
        keys.execute(c)
    })?;
    Ok(())
}

/// Keys of an organisation, ended ones too.
pub fn api_keys(on: &mut Read, org: OrgId, page: &PageRequest) -> Outcome<Vec<ApiKeyRow>> {
    let after = page.key::<ApiKeyId>()?;
    Ok(each!(on, c => {
        let mut query = api_keys::table.filter(api_keys::org_id.eq(org)).select(ApiKeyRow::as_select()).into_boxed();
        if let Some(after) = after {
            query = query.filter(api_keys::id.gt(after));
        }
        query.order(api_keys::id).limit(page.fetch()).load(c)
    })?)
}

/// Forgets links, registrations and invitations that expired before a moment.
pub fn purge_links(tx: &mut Tx<'_>, before: At) -> Outcome<usize> {
    Ok(each!(tx, c => {
        let links = delete(mail_tokens::table.filter(mail_tokens::expires_at.lt(before))).execute(c)?;
        let waiting = delete(registrations::table.filter(registrations::expires_at.lt(before))).execute(c)?;
        let invited = delete(invitations::table.filter(invitations::expires_at.lt(before))).execute(c)?;
        QueryResult::Ok(links + waiting + invited)
    })?)
}
