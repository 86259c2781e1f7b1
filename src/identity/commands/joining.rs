//! Ways in: registration of an organisation, invitations, new passwords. Each ends with a one-time link that proves an address.

use super::super::mails::{self, Link};
use super::super::rules::{self, MailKind};
use super::super::store::{self, InvitationRow, MailTokenRow, RegistrationRow, Roles, Standing};
use super::organisations::{NewOrganisation, create_organisation, known, note, uscc_taken};
use super::people::{add_membership, create_user};
use super::sessions::{count_mail, note_of};
use crate::kernel::actor::{Actor, OrgKind, Role, Via};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{InvitationId, OrgId, UserId};
use crate::kernel::time::At;
use crate::platform::db::Tx;
use crate::platform::jobs;
use crate::platform::secret::{sha256, token};
use serde_json::json;

/// The outbox topic of mails to an address that may or may not be known; `app.rs` binds it to [`send_link`].
pub const LINK_TOPIC: &str = "identity.link";

/// Asks for a link by mail. The same is done for every address, so that neither answer nor time tells which are known.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LinkWanted {
    /// To which address.
    pub email: String,
    /// For a new password, else to confirm a registration again.
    pub new_password: bool,
}

/// Who came in by a link, and where.
#[derive(Debug, Clone, Copy)]
pub struct Joined {
    /// The person.
    pub user_id: UserId,
    /// The organisation.
    pub org_id: OrgId,
    /// Whether the password sent along is now the person's; otherwise the one there was stays.
    pub password_set: bool,
}

/// Who registers an organisation.
#[derive(Debug, Clone, Copy)]
pub struct FirstPerson<'a> {
    /// The name.
    pub name: &'a str,
    /// The mail address.
    pub email: &'a str,
    /// Where the request comes from.
    pub address: &'a str,
}

/// Notes that an organisation wants to register and mails the link that confirms it. Nothing of it exists before.
///
/// # Errors
/// `already_exists` when the credit code is known, `role_not_for_kind` when the kind is entered by the operator,
/// `too_many_requests` when a mail went to the address a moment ago, or many to others for the same asker.
pub fn register(tx: &mut Tx<'_>, new: &NewOrganisation, person: &FirstPerson<'_>, public_url: &str) -> Outcome<()> {
    let FirstPerson { name, email, address } = *person;
    let uscc = new.uscc.ok_or(Code::ValidationFailed)?;
    if !rules::registers_itself(new.kind) {
        return Err(AppError::field(
            Code::ValidationFailed,
            "/kind",
            Message::new("此类单位由平台运营方建立", "organisations of this kind are entered by the operator"),
        ));
    }
    if store::organisation_by_uscc(tx, &uscc)?.is_some() {
        return Err(uscc_taken());
    }
    let now = tx.at();
    let folded = rules::fold_email(email);
    if store::open_registration(tx, &folded)?.is_some_and(|row| just_mailed(row.expires_at, now)) {
        return Err(AppError::new(Code::TooManyRequests).retry_after(60));
    }
    count_mail(tx, MailKind::Registration, &rules::source(address))?;
    let secret = token("yv_");
    let row = RegistrationRow {
        id: tx.new_id(),
        uscc,
        org_name: new.name.trim().to_owned(),
        kind: new.kind,
        region_code: new.region,
        staff_count: new.staff_count,
        is_sme: new.is_sme,
        email: email.trim().to_owned(),
        email_folded: folded,
        name: name.trim().to_owned(),
        token_hash: sha256(secret.as_bytes()).to_vec(),
        created_at: now,
        expires_at: now.plus_ms(rules::INVITATION_MS),
        confirmed_at: None,
    };
    store::insert_registration(tx, &row)?;
    mails::send(tx, &row.email, &Link::Verification { organisation: &row.org_name }, &secret, public_url)
}

fn just_mailed(expires_at: At, now: At) -> bool {
    now.0 - (expires_at.0 - rules::INVITATION_MS) < rules::MAIL_PAUSE_MS
}

/// Asks for a link to an address, known or not; `address` is where the request comes from.
///
/// # Errors
/// `too_many_requests` when the same asker wanted many.
pub fn want_link(tx: &mut Tx<'_>, wanted: &LinkWanted, address: &str) -> Outcome<()> {
    count_mail(tx, MailKind::Link, &rules::source(address))?;
    jobs::enqueue(tx, LINK_TOPIC, wanted)
}

/// Mails the link that was asked for, when there is somebody to mail it to.
///
/// # Errors
/// When the database fails.
pub fn send_link(tx: &mut Tx<'_>, wanted: &LinkWanted, public_url: &str) -> Outcome<()> {
    if wanted.new_password {
        mail_reset(tx, &wanted.email, public_url)
    } else {
        mail_again(tx, &wanted.email, public_url)
    }
}

fn mail_reset(tx: &mut Tx<'_>, email: &str, public_url: &str) -> Outcome<()> {
    let now = tx.at();
    let Some(user) = store::user_by_email(tx, &rules::fold_email(email))? else { return Ok(()) };
    let paused = store::last_mail_token(tx, user.id)?.is_some_and(|at| now.0 - at.0 < rules::MAIL_PAUSE_MS);
    if paused || user.status == Standing::Suspended {
        return Ok(());
    }
    let secret = token("yp_");
    let row = MailTokenRow {
        id: tx.new_id(),
        user_id: user.id,
        token_hash: sha256(secret.as_bytes()).to_vec(),
        created_at: now,
        expires_at: now.plus_ms(rules::RESET_MS),
        used_at: None,
    };
    store::insert_mail_token(tx, &row)?;
    mails::send(tx, &user.email, &Link::NewPassword, &secret, public_url)
}

fn mail_again(tx: &mut Tx<'_>, email: &str, public_url: &str) -> Outcome<()> {
    let now = tx.at();
    let Some(row) = store::open_registration(tx, &rules::fold_email(email))? else { return Ok(()) };
    if just_mailed(row.expires_at, now) {
        return Ok(());
    }
    let secret = token("yv_");
    store::renew_registration(tx, row.id, &sha256(secret.as_bytes()), now.plus_ms(rules::INVITATION_MS))?;
    mails::send(tx, &row.email, &Link::Verification { organisation: &row.org_name }, &secret, public_url)
}

/// Confirms a registration: the organisation and its first person now exist.
///
/// # Errors
/// `link_invalid`; `already_exists` when the credit code was registered meanwhile.
pub fn confirm(tx: &mut Tx<'_>, secret: &str, password_hash: Option<&str>) -> Outcome<Joined> {
    let now = tx.at();
    let row = store::registration_by_token(tx, &sha256(secret.as_bytes()))?.ok_or(Code::LinkInvalid)?;
    if now >= row.expires_at || !store::confirm_registration(tx, row.id, now)? {
        return Err(Code::LinkInvalid.into());
    }
    let new = NewOrganisation {
        uscc: Some(row.uscc),
        name: row.org_name,
        kind: row.kind,
        region: row.region_code,
        staff_count: row.staff_count,
        is_sme: row.is_sme,
    };
    let org = create_organisation(tx, None, &new)?;
    let (user_id, password_set) = person_of(tx, &row.email, &row.name, password_hash)?;
    add_membership(tx, None, user_id, org.id, &rules::first_roles(org.kind))?;
    Ok(Joined { user_id, org_id: org.id, password_set })
}

/// The person with a proven address. Who has a password keeps it: a link into an organisation is no way to another one.
fn person_of(tx: &mut Tx<'_>, email: &str, name: &str, hash: Option<&str>) -> Outcome<(UserId, bool)> {
    let required = || AppError::field(Code::ValidationFailed, "/password", Message::new("必填", "is required"));
    match store::user_by_email(tx, &rules::fold_email(email))? {
        Some(user) if user.status == Standing::Suspended => Err(Code::Forbidden.into()),
        Some(user) if user.password_hash.is_some() => Ok((user.id, false)),
        Some(user) => {
            let now = tx.at();
            store::set_password(tx, user.id, hash.ok_or_else(required)?, now)?;
            Ok((user.id, true))
        }
        None => Ok((create_user(tx, email, name, Some(hash.ok_or_else(required)?))?, true)),
    }
}

/// Somebody to be invited.
#[derive(Debug, Clone, Copy)]
pub struct NewInvitation<'a> {
    /// Into which organisation.
    pub org: OrgId,
    /// The address.
    pub email: &'a str,
    /// The name.
    pub name: &'a str,
    /// What the person will do.
    pub roles: &'a [Role],
}

/// Invites a person into an organisation.
///
/// # Errors
/// `role_not_for_kind`; `already_exists` when the person is a member; `too_many_requests` after many in a day.
pub fn invite(
    tx: &mut Tx<'_>,
    by: Option<&Actor>,
    new: &NewInvitation<'_>,
    public_url: &str,
) -> Outcome<InvitationRow> {
    let org = known(tx, new.org)?;
    rules::check_roles(org.kind, new.roles)?;
    let folded = rules::fold_email(new.email);
    if let Some(user) = store::user_by_email(tx, &folded)?
        && store::membership(tx, user.id, org.id)?.is_some()
    {
        return Err(AppError::field(Code::AlreadyExists, "/email", Message::new("已是成员", "is a member")));
    }
    if let Some(actor) = by.filter(|actor| actor.kind != OrgKind::Operator) {
        count_mail(tx, MailKind::Invitation, &actor.org_id.to_string())?;
    }
    let now = tx.at();
    let secret = token("yi_");
    let row = InvitationRow {
        id: tx.new_id(),
        org_id: org.id,
        email: new.email.trim().to_owned(),
        email_folded: folded,
        name: new.name.trim().to_owned(),
        roles: Roles::of(new.roles),
        token_hash: sha256(secret.as_bytes()).to_vec(),
        invited_by: by.map(|actor| actor.user_id),
        created_at: now,
        expires_at: now.plus_ms(rules::INVITATION_MS),
        accepted_at: None,
    };
    store::insert_invitation(tx, &row)?;
    mails::send(tx, &row.email, &Link::Invitation { organisation: &org.name }, &secret, public_url)?;
    note(tx, by, "member.invited", &org, json!({ "invitation": row.id, "roles": row.roles.0 }))?;
    Ok(row)
}

/// Takes an open invitation back.
///
/// # Errors
/// `not_found`.
pub fn withdraw_invitation(tx: &mut Tx<'_>, by: &Actor, id: InvitationId) -> Outcome<()> {
    if !store::delete_invitation(tx, by.org_id, id)? {
        return Err(Code::NotFound.into());
    }
    let org = known(tx, by.org_id)?;
    note(tx, Some(by), "member.invitation_withdrawn", &org, json!({ "invitation": id }))
}

/// Accepts an invitation.
///
/// # Errors
/// `link_invalid`.
pub fn accept(tx: &mut Tx<'_>, secret: &str, password_hash: Option<&str>) -> Outcome<Joined> {
    let now = tx.at();
    let row = store::invitation_by_token(tx, &sha256(secret.as_bytes()))?.ok_or(Code::LinkInvalid)?;
    if now >= row.expires_at || !store::accept_invitation(tx, row.id, now)? {
        return Err(Code::LinkInvalid.into());
    }
    let (user_id, password_set) = person_of(tx, &row.email, &row.name, password_hash)?;
    add_membership(tx, None, user_id, row.org_id, &row.roles.0)?;
    Ok(Joined { user_id, org_id: row.org_id, password_set })
}

/// Sets a new password by a mailed link, and ends all sessions, keys and other links of the person: whoever knew the old
/// password may have made some.
///
/// # Errors
/// `link_invalid`.
pub fn reset_password(tx: &mut Tx<'_>, secret: &str, password_hash: &str) -> Outcome<()> {
    let now = tx.at();
    let row = store::mail_token(tx, &sha256(secret.as_bytes()))?.ok_or(Code::LinkInvalid)?;
    let user = store::claim_user(tx, row.user_id)?.ok_or(Code::LinkInvalid)?;
    let open = row.used_at.is_none() && now < row.expires_at && user.status == Standing::Active;
    if !open || store::use_mail_tokens(tx, user.id, now)? == 0 {
        return Err(Code::LinkInvalid.into());
    }
    store::set_password(tx, user.id, password_hash, now)?;
    store::revoke_sessions_of(tx, user.id, now)?;
    store::revoke_api_keys_of(tx, user.id, None, now)?;
    note_of(tx, user.id, Via::Program, "password.changed", user.id.to_string())
}
