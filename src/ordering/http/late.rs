//! The auditor's list of late entries.

use crate::kernel::actor::ReadAudit;
use crate::kernel::ids::OrgId;
use crate::ordering::queries::{self, LateEntryView, LateNarrow};
use crate::platform::http::{Answer, Call, List, PageOf};
use actix_web::get;
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_late_entries);
}

/// Which late entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LateFilter {
    /// Only facts that occurred in this year, by their papers.
    #[param(minimum = 2012, maximum = 2200, example = 2021)]
    year: Option<i64>,
    /// Only of this unit.
    unit_id: Option<OrgId>,
}

/// Facts of the orders of units in your scope that were recorded too late to count on the day they occurred, what took effect
/// last first.
#[utoipa::path(get, path = "/late-entries", tag = "orders",
    params(LateFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<LateEntryView>)), security(("bearer" = ["audit.read"])))]
#[get("/late-entries")]
pub async fn list_late_entries(call: Call<ReadAudit>, list: List<LateFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| {
        queries::late_entries(read, actor, LateNarrow { year: filter.year, unit: filter.unit_id }, page)
    })
    .await
}
