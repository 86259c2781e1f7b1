//! Members and invitations; suspension of people.

use super::super::commands::{self, NewInvitation};
use super::super::queries;
use super::super::store::Standing;
use super::organisations::ReasonRequest;
use super::views::{InvitationView, MemberView};
use super::{Settings, forgetting};
use crate::kernel::actor::{ManageOrganisation, OperatePlatform, Role};
use crate::kernel::ids::{InvitationId, OrgId, UserId};
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::web::Data;
use actix_web::{delete, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// No filter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// What a member does from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RolesRequest {
    /// The member.
    user_id: UserId,
    /// All roles, those that stay too.
    #[schema(min_items = 1, max_items = 8)]
    roles: Vec<Role>,
}

/// Somebody to be invited.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// Into which organisation; one's own when absent. Only the operator names another.
    organisation_id: Option<OrgId>,
    /// The address that the link goes to.
    #[schema(max_length = 254, min_length = 3, format = "email")]
    email: String,
    /// The person's name.
    #[schema(max_length = 50, min_length = 1, format = "line")]
    name: String,
    /// What the person will do.
    #[schema(min_items = 1, max_items = 8)]
    roles: Vec<Role>,
}

impl InvitationRequest {
    /// What it asks for, into an organisation.
    #[must_use]
    pub fn invitation(&self, org: OrgId) -> NewInvitation<'_> {
        NewInvitation { org, email: &self.email, name: &self.name, roles: &self.roles }
    }
}

/// The members of an organisation.
#[utoipa::path(get, path = "/organisations/{id}/members", tag = "identity", params(("id" = OrgId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<MemberView>)), security(("bearer" = ["organisation.manage"])))]
#[get("/organisations/{id}/members")]
pub async fn list_members(call: Call<ManageOrganisation>, id: web::Path<OrgId>, list: List<NoFilter>) -> Answer {
    call.list(list, move |read, actor, _, page| {
        commands::manages(actor, *id)?;
        Ok(queries::members(read, *id, page)?.map(MemberView::of))
    })
    .await
}

/// Changes what a member does. New members come by invitation.
#[utoipa::path(post, path = "/organisations/{id}/members", tag = "identity", params(("id" = OrgId, Path)), request_body = RolesRequest, responses((status = 204)), security(("bearer" = ["organisation.manage"])))]
#[post("/organisations/{id}/members")]
pub async fn change_member(call: Call<ManageOrganisation, Json<RolesRequest>>, id: web::Path<OrgId>) -> Answer {
    let web = call.web();
    let change = call.write(move |tx, actor, Json(body)| {
        commands::manages(actor, *id)?;
        commands::change_roles(tx, actor, *id, body.user_id, &body.roles)?;
        Ok(Reply::no_content())
    });
    forgetting(&web, change).await
}

/// Ends a membership; the person's keys for the organisation end with it. The last administrator stays.
#[utoipa::path(delete, path = "/organisations/{id}/members/{user_id}", tag = "identity", params(("id" = OrgId, Path), ("user_id" = UserId, Path)), responses((status = 204)), security(("bearer" = ["organisation.manage"])))]
#[delete("/organisations/{id}/members/{user_id}")]
pub async fn remove_member(call: Call<ManageOrganisation>, path: web::Path<(OrgId, UserId)>) -> Answer {
    let (web, (org, user)) = (call.web(), *path);
    let change = call.write(move |tx, actor, _| {
        commands::manages(actor, org)?;
        commands::remove_member(tx, actor, org, user)?;
        Ok(Reply::no_content())
    });
    forgetting(&web, change).await
}

/// Invites a person by mail.
#[utoipa::path(post, path = "/invitations", tag = "identity", request_body = InvitationRequest, responses((status = 201, body = InvitationView)), security(("bearer" = ["organisation.manage"])))]
#[post("/invitations")]
pub async fn invite_member(
    call: Call<ManageOrganisation, Json<InvitationRequest>>,
    settings: Data<Settings>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let org = body.organisation_id.unwrap_or(actor.org_id);
        commands::manages(actor, org)?;
        let row = commands::invite(tx, Some(actor), &body.invitation(org), &settings.public_url)?;
        Reply::json(201, &InvitationView::from(row))
    })
    .await
}

/// The own organisation's invitations that wait.
#[utoipa::path(get, path = "/invitations", tag = "identity", params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<InvitationView>)), security(("bearer" = ["organisation.manage"])))]
#[get("/invitations")]
pub async fn list_invitations(call: Call<ManageOrganisation>, list: List<NoFilter>) -> Answer {
    let now = call.now();
    call.list(list, move |read, actor, _, page| {
        Ok(queries::invitations(read, actor.org_id, now, page)?.map(InvitationView::from))
    })
    .await
}

/// Takes an invitation back.
#[utoipa::path(delete, path = "/invitations/{id}", tag = "identity", params(("id" = InvitationId, Path)), responses((status = 204)), security(("bearer" = ["organisation.manage"])))]
#[delete("/invitations/{id}")]
pub async fn withdraw_invitation(call: Call<ManageOrganisation>, id: web::Path<InvitationId>) -> Answer {
    call.write(move |tx, actor, _| commands::withdraw_invitation(tx, actor, *id).map(|()| Reply::no_content())).await
}

/// Suspends a person: all sessions end and none can be opened.
#[utoipa::path(post, path = "/users/{id}/suspensions", tag = "identity", params(("id" = UserId, Path)), request_body = ReasonRequest, responses((status = 204)), security(("bearer" = ["platform.operate"])))]
#[post("/users/{id}/suspensions")]
pub async fn suspend_user(call: Call<OperatePlatform, Json<ReasonRequest>>, id: web::Path<UserId>) -> Answer {
    stand(call, *id, Standing::Suspended).await
}

/// Lets a suspended person sign in again.
#[utoipa::path(post, path = "/users/{id}/reinstatements", tag = "identity", params(("id" = UserId, Path)), request_body = ReasonRequest, responses((status = 204)), security(("bearer" = ["platform.operate"])))]
#[post("/users/{id}/reinstatements")]
pub async fn reinstate_user(call: Call<OperatePlatform, Json<ReasonRequest>>, id: web::Path<UserId>) -> Answer {
    stand(call, *id, Standing::Active).await
}

async fn stand(call: Call<OperatePlatform, Json<ReasonRequest>>, id: UserId, to: Standing) -> Answer {
    let web = call.web();
    let change = call.write(move |tx, actor, Json(body)| {
        commands::set_user_standing(tx, actor, id, to, &body.reason).map(|()| Reply::no_content())
    });
    forgetting(&web, change).await
}
