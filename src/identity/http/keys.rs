//! Keys of integrations.

use super::super::commands;
use super::super::queries;
use super::forgetting;
use super::members::NoFilter;
use super::views::{ApiKeyView, NewApiKeyView};
use crate::kernel::actor::ManageOrganisation;
use crate::kernel::ids::ApiKeyId;
use crate::kernel::time::At;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{delete, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRequest {
    /// What it is for.
    #[schema(max_length = 100, min_length = 1, format = "line")]
    name: String,
    /// Names of permissions, as `/me` shows them, that its maker holds.
    #[schema(min_items = 1, max_items = 40, value_type = Vec<PermissionName>)]
    permissions: Vec<String>,
    /// Until when it is good; at most a year.
    expires_at: At,
}

/// The name of a permission.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(value_type = String, max_length = 100, min_length = 1, format = "line", example = "orders.read")]
#[expect(dead_code, reason = "the published form of a permission's name")]
pub struct PermissionName(String);

/// The own organisation's keys.
#[utoipa::path(get, path = "/api-keys", tag = "identity", params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ApiKeyView>)), security(("bearer" = ["organisation.manage"])))]
#[get("/api-keys")]
pub async fn list_api_keys(call: Call<ManageOrganisation>, list: List<NoFilter>) -> Answer {
    call.list(list, |read, actor, _, page| Ok(queries::api_keys(read, actor.org_id, page)?.map(ApiKeyView::from))).await
}

/// Makes a key that acts for the own organisation as its maker. It is shown once.
#[utoipa::path(post, path = "/api-keys", tag = "identity", request_body = ApiKeyRequest, responses((status = 201, body = NewApiKeyView)), security(("bearer" = ["organisation.manage"])))]
#[post("/api-keys")]
pub async fn create_api_key(call: Call<ManageOrganisation, Json<ApiKeyRequest>>) -> Answer {
    call.write_secret(|tx, actor, Json(body)| {
        let (row, key) = commands::create_key(tx, actor, &body.name, &body.permissions, body.expires_at)?;
        Reply::json(201, &NewApiKeyView { key, api_key: row.into() })
    })
    .await
}

/// Ends a key at once.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "identity", params(("id" = ApiKeyId, Path)), responses((status = 204)), security(("bearer" = ["organisation.manage"])))]
#[delete("/api-keys/{id}")]
pub async fn revoke_api_key(call: Call<ManageOrganisation>, id: web::Path<ApiKeyId>) -> Answer {
    let web = call.web();
    let ended = call.write(move |tx, actor, _| commands::revoke_key(tx, actor, *id).map(|()| Reply::no_content()));
    forgetting(&web, ended).await
}
