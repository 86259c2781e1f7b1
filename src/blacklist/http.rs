//! The blacklist over HTTP: read by anybody, lifted by the offices, appealed against by the supplier.

use super::commands::{self, AppealRuling, NewAppeal};
use super::queries::{self, AppealView, EntryView};
use super::rules::{AppealDecision, AppealStatus};
use crate::kernel::actor::{AppealBlacklisting, ManageBlacklist, ReadAppeals};
use crate::kernel::ids::{BlacklistAppealId, BlacklistEntryId, FileId};
use crate::kernel::region_code::RegionCode;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_blacklist)
        .service(show_blacklist_entry)
        .service(lift_blacklisting)
        .service(appeal_blacklisting)
        .service(list_blacklist_appeals)
        .service(decide_blacklist_appeal);
}

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BlacklistFilter {
    /// Suppliers of this region and those below.
    region: Option<RegionCode>,
}

/// Suppliers that are blacklisted today, newest first.
#[utoipa::path(get, path = "/blacklist", tag = "blacklist",
    params(BlacklistFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<EntryView>)))]
#[get("/blacklist")]
pub async fn list_blacklist(public: Public, list: List<BlacklistFilter>) -> Answer {
    let today = public.now().day();
    public.list(list, move |read, filter, page| queries::current(read, filter.region, today, page)).await
}

/// An entry, whether it still counts or not; one that an appeal annulled says so.
#[utoipa::path(get, path = "/blacklist/{id}", tag = "blacklist", params(("id" = BlacklistEntryId, Path)),
    responses((status = 200, body = EntryView)))]
#[get("/blacklist/{id}")]
pub async fn show_blacklist_entry(public: Public, path: web::Path<BlacklistEntryId>) -> Answer {
    let today = public.now().day();
    public.read(move |read| queries::entry(read, *path, today)).await
}

/// Why an entry is lifted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlacklistLiftRequest {
    /// In words.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
}

/// Lifts an entry before its last day: the office that decided, or one above.
#[utoipa::path(post, path = "/blacklist/{id}/lifts", tag = "blacklist", params(("id" = BlacklistEntryId, Path)),
    request_body = BlacklistLiftRequest, responses((status = 200, body = EntryView)), security(("bearer" = ["blacklist.manage"])))]
#[post("/blacklist/{id}/lifts")]
pub async fn lift_blacklisting(
    call: Call<ManageBlacklist, Json<BlacklistLiftRequest>>,
    path: web::Path<BlacklistEntryId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::lift(tx, actor, *path, &body.reason)?;
        let today = tx.at().day();
        Reply::ok(&queries::entry_view(tx, row, today)?)
    })
    .await
}

/// What a supplier says against an entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealRequest {
    /// In words.
    #[schema(max_length = 5000, min_length = 2, format = "text")]
    statement: String,
    /// What supports it.
    #[serde(default)]
    #[schema(max_items = 20)]
    file_ids: Vec<FileId>,
}

/// Appeals against an entry: once, within its days; the office one level above decides.
#[utoipa::path(post, path = "/blacklist/{id}/appeals", tag = "blacklist", params(("id" = BlacklistEntryId, Path)),
    request_body = AppealRequest, responses((status = 201, body = AppealView)), security(("bearer" = ["blacklist.appeal"])))]
#[post("/blacklist/{id}/appeals")]
pub async fn appeal_blacklisting(
    call: Call<AppealBlacklisting, Json<AppealRequest>>,
    path: web::Path<BlacklistEntryId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let new = NewAppeal { statement: body.statement.clone(), files: body.file_ids.clone() };
        let row = commands::appeal(tx, actor, *path, &new)?;
        let today = tx.at().day();
        let view = queries::appeal_view(row, today)?;
        Reply::created(&format!("/api/v1/blacklist-appeals/{}", view.id), &view)
    })
    .await
}

/// Which appeals.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AppealFilter {
    /// Only those that stand so.
    status: Option<AppealStatus>,
}

/// Appeals in scope, newest first.
#[utoipa::path(get, path = "/blacklist-appeals", tag = "blacklist",
    params(AppealFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<AppealView>)), security(("bearer" = ["blacklist.read_appeals"])))]
#[get("/blacklist-appeals")]
pub async fn list_blacklist_appeals(call: Call<ReadAppeals>, list: List<AppealFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| queries::appeals(read, &actor.scope, filter.status, today, page))
        .await
}

/// A decision about an appeal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealDecisionRequest {
    /// Uphold or dismiss.
    decision: AppealDecision,
    /// Why.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
}

/// Decides an appeal; upheld, the entry is annulled. Only the office one level above, and nobody who decided the entry.
#[utoipa::path(post, path = "/blacklist-appeals/{id}/decisions", tag = "blacklist", params(("id" = BlacklistAppealId, Path)),
    request_body = AppealDecisionRequest, responses((status = 200, body = AppealView)), security(("bearer" = ["blacklist.manage"])))]
#[post("/blacklist-appeals/{id}/decisions")]
pub async fn decide_blacklist_appeal(
    call: Call<ManageBlacklist, Json<AppealDecisionRequest>>,
    path: web::Path<BlacklistAppealId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let ruling = AppealRuling { decision: body.decision, reason: body.reason.clone() };
        let row = commands::decide_appeal(tx, actor, *path, &ruling)?;
        let today = tx.at().day();
        Reply::ok(&queries::appeal_view(row, today)?)
    })
    .await
}
