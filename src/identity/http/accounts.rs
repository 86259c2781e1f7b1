//! Ways in: registration, verification, invitations, new passwords; and who one is.

use super::super::commands::{self, FirstPerson, Joined, LinkWanted, NewOrganisation};
use super::super::queries;
use super::views::{self, JoinedView, MeView};
use super::{Settings, forgetting};
use crate::kernel::actor::{Oneself, OrgKind};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::region_code::RegionCode;
use crate::kernel::uscc::Uscc;
use crate::platform::http::{Anonymous, Answer, Body, Call, Json, Reply};
use actix_web::web::Data;
use actix_web::{get, post};
use serde::Deserialize;
use utoipa::ToSchema;

/// An organisation that registers itself, and its first person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationRequest {
    /// 统一社会信用代码.
    uscc: Uscc,
    /// The organisation's name.
    #[schema(max_length = 100, min_length = 2, format = "line")]
    organisation_name: String,
    /// What it is: a supplier or a buyer other than a budget unit.
    kind: OrgKind,
    /// Where it is registered.
    region_code: RegionCode,
    /// People it employs.
    #[schema(minimum = 0, maximum = 10_000_000)]
    staff_count: i64,
    /// Whether it is a small or medium enterprise.
    is_sme: bool,
    /// The first person's address; the link that confirms the registration goes there.
    #[schema(max_length = 254, min_length = 3, format = "email")]
    email: String,
    /// The first person's name.
    #[schema(max_length = 50, min_length = 1, format = "line")]
    name: String,
}

/// An address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressRequest {
    /// The address.
    #[schema(max_length = 254, min_length = 3, format = "email")]
    email: String,
}

/// A one-time code from a mail, and the password of a person who has none yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The code, or what stands behind `#` in the link.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    token: String,
    /// 10 to 128 characters. Left out by a person who has a password; it stays.
    #[schema(max_length = 128, min_length = 10, format = "line")]
    password: Option<String>,
}

/// A one-time code from a mail, and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordRequest {
    /// The code, or what stands behind `#` in the link.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    token: String,
    /// 10 to 128 characters.
    #[schema(max_length = 128, min_length = 10, format = "line")]
    password: String,
}

/// Registers an organisation with its first person. Nothing of it exists until the address is confirmed by the mailed link;
/// the answer is the same whether the address is known or not.
#[utoipa::path(post, path = "/registrations", tag = "identity", request_body = RegistrationRequest, responses((status = 202)))]
#[post("/registrations")]
pub async fn register_organisation(call: Anonymous<Json<RegistrationRequest>>, settings: Data<Settings>) -> Answer {
    let address = call.client();
    call.write(move |tx, Json(body)| {
        let new = NewOrganisation {
            uscc: Some(body.uscc),
            name: body.organisation_name.clone(),
            kind: body.kind,
            region: body.region_code,
            staff_count: body.staff_count,
            is_sme: body.is_sme,
        };
        let today = tx.at().day();
        queries::region_exists(tx, &body.region_code, today)?;
        let person = FirstPerson { name: &body.name, email: &body.email, address: &address };
        commands::register(tx, &new, &person, &settings.public_url)?;
        Ok(Reply::accepted())
    })
    .await
}

/// Sends the link that confirms a registration again. The answer is the same for every address.
#[utoipa::path(post, path = "/email-verifications", tag = "identity", request_body = AddressRequest, responses((status = 202)))]
#[post("/email-verifications")]
pub async fn request_email_verification(call: Anonymous<Json<AddressRequest>>) -> Answer {
    want(call, false).await
}

/// Sends a link to a new password. The answer and its time are the same for every address.
#[utoipa::path(post, path = "/password-resets", tag = "identity", request_body = AddressRequest, responses((status = 202)))]
#[post("/password-resets")]
pub async fn request_password_reset(call: Anonymous<Json<AddressRequest>>) -> Answer {
    want(call, true).await
}

async fn want(call: Anonymous<Json<AddressRequest>>, new_password: bool) -> Answer {
    let address = call.client();
    call.write(move |tx, Json(body)| {
        commands::want_link(tx, &LinkWanted { email: body.email.clone(), new_password }, &address)?;
        Ok(Reply::accepted())
    })
    .await
}

/// Confirms a registration: the organisation and its first person now exist.
#[utoipa::path(post, path = "/email-verifications/confirmations", tag = "identity", request_body = LinkRequest, responses((status = 201, body = JoinedView)))]
#[post("/email-verifications/confirmations")]
pub async fn confirm_email(call: Anonymous<Json<LinkRequest>>, settings: Data<Settings>) -> Answer {
    let words = words(&call, &call.body().0.token, queries::words_of_registration).await?;
    let hash = optional_hash(&settings, call.body().0.password.as_deref(), &words).await?;
    call.write(move |tx, Json(body)| joined(commands::confirm(tx, &body.token, hash.as_deref())?)).await
}

/// Accepts an invitation.
#[utoipa::path(post, path = "/invitations/acceptances", tag = "identity", request_body = LinkRequest, responses((status = 201, body = JoinedView)))]
#[post("/invitations/acceptances")]
pub async fn accept_invitation(call: Anonymous<Json<LinkRequest>>, settings: Data<Settings>) -> Answer {
    let web = call.web();
    let words = words(&call, &call.body().0.token, queries::words_of_invitation).await?;
    let hash = optional_hash(&settings, call.body().0.password.as_deref(), &words).await?;
    let accepted = call.write(move |tx, Json(body)| joined(commands::accept(tx, &body.token, hash.as_deref())?));
    forgetting(&web, accepted).await
}

/// Sets a new password by a mailed link; all sessions and keys end.
#[utoipa::path(post, path = "/password-resets/confirmations", tag = "identity", request_body = NewPasswordRequest, responses((status = 204)))]
#[post("/password-resets/confirmations")]
pub async fn reset_password(call: Anonymous<Json<NewPasswordRequest>>, settings: Data<Settings>) -> Answer {
    let web = call.web();
    let words = words(&call, &call.body().0.token, queries::words_of_reset).await?;
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let hash = settings.hash(&call.body().0.password, &known).await?;
    let reset = call
        .write(move |tx, Json(body)| commands::reset_password(tx, &body.token, &hash).map(|()| Reply::no_content()));
    forgetting(&web, reset).await
}

fn joined(joined: Joined) -> Outcome<Reply> {
    let view =
        JoinedView { user_id: joined.user_id, organisation_id: joined.org_id, password_set: joined.password_set };
    Reply::created(&format!("/api/v1/organisations/{}", joined.org_id), &view)
}

/// What is known about the owner of a link; a link that names nobody is refused before anything is hashed.
async fn words<B: Body>(call: &Anonymous<B>, token: &str, find: queries::WordsOf) -> Outcome<Vec<String>> {
    let token = token.to_owned();
    let found = call.web().store.read(move |read| find(read, &token)).await?;
    found.ok_or_else(|| AppError::new(Code::LinkInvalid))
}

async fn optional_hash(settings: &Settings, password: Option<&str>, words: &[String]) -> Outcome<Option<String>> {
    let Some(password) = password else { return Ok(None) };
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    settings.hash(password, &known).await.map(Some)
}

/// Who calls, and for which organisations.
#[utoipa::path(get, path = "/me", tag = "identity", responses((status = 200, body = MeView)), security(("bearer" = ["oneself"])))]
#[get("/me")]
pub async fn get_me(call: Call<Oneself>) -> Answer {
    call.read(|read, actor| queries::me(read, actor.user_id).map(views::me)).await
}
