//! Exceptions from the separation of duties.

use crate::kernel::actor::{GrantException, ReadOrders};
use crate::kernel::ids::{DutyExceptionId, OrgId};
use crate::kernel::time::Day;
use crate::ordering::commands::duties;
use crate::ordering::queries::{self, DutyExceptionView};
use crate::platform::http::{Answer, Call, Empty, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(grant_exception).service(list_exceptions).service(end_exception);
}

/// An exception for a small unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyExceptionRequest {
    /// The unit; it stands below yours and has fewer people than the rule `small_unit_staff` says.
    unit_id: OrgId,
    /// The first day.
    valid_from: Day,
    /// The last day.
    valid_until: Day,
    /// Why.
    #[schema(max_length = 500, min_length = 2, format = "text", example = "全单位仅两人")]
    reason: String,
}

/// Lets who accepts report the payment as well, in a small unit below yours and for a time.
#[utoipa::path(post, path = "/duty-exceptions", tag = "money", request_body = DutyExceptionRequest,
    responses((status = 201, body = DutyExceptionView)), security(("bearer" = ["duties.grant"])))]
#[post("/duty-exceptions")]
pub async fn grant_exception(call: Call<GrantException, Json<DutyExceptionRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = duties::NewException {
            unit: body.unit_id,
            from: body.valid_from,
            until: body.valid_until,
            reason: body.reason.clone(),
        };
        Reply::json(201, &DutyExceptionView::from(duties::grant(tx, actor, &new)?))
    })
    .await
}

/// No filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ExceptionFilter {}

/// Exceptions of the units in your scope, the latest first.
#[utoipa::path(get, path = "/duty-exceptions", tag = "money",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<DutyExceptionView>)), security(("bearer" = ["orders.read"])))]
#[get("/duty-exceptions")]
pub async fn list_exceptions(call: Call<ReadOrders>, list: List<ExceptionFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, _, page| queries::exceptions(read, actor, today, page)).await
}

/// Ends an exception from today on.
#[utoipa::path(post, path = "/duty-exceptions/{id}/revocation", tag = "money", params(("id" = DutyExceptionId, Path)),
    responses((status = 200, body = DutyExceptionView)), security(("bearer" = ["duties.grant"])))]
#[post("/duty-exceptions/{id}/revocation")]
pub async fn end_exception(call: Call<GrantException, Empty>, path: web::Path<DutyExceptionId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, _| Reply::json(200, &DutyExceptionView::from(duties::end(tx, actor, id)?))).await
}
