//! Changes of budget units over HTTP.

use super::commands::{self, NewChange, What};
use super::queries::{self, UnitChangeView, UnitChangesView};
use super::rules::ChangeKind;
use super::store::ChangeFilter;
use crate::kernel::actor::{ChangeUnits, ReadPlans};
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(change_unit).service(list_changes);
}

/// What becomes of a budget unit.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitChangeRequest {
    /// What becomes of it.
    kind: ChangeKind,
    /// The unit: renamed, moved, closed, or the one that the others are merged into.
    unit_id: OrgId,
    /// For `renamed`: the new name.
    #[schema(max_length = 100, min_length = 2, format = "line")]
    name: Option<String>,
    /// For `moved`: the unit directly above; absent: none.
    supervising_unit: Option<OrgId>,
    /// For `merged`: the units that end.
    #[schema(min_items = 1, max_items = 20)]
    predecessor_ids: Option<Vec<OrgId>>,
    /// The first day. Renamings and mergers: today or earlier this year; moves and closures: today or later within a year.
    effective_on: Day,
    /// Why.
    #[schema(min_length = 2, max_length = 500, format = "text")]
    reason: String,
    /// The number of the document that says so.
    #[schema(min_length = 2, max_length = 100, format = "line", example = "宁编发〔2021〕12号")]
    document_number: String,
}

impl UnitChangeRequest {
    fn new_change(&self) -> NewChange {
        NewChange {
            kind: self.kind,
            unit: self.unit_id,
            what: What {
                name: self.name.clone(),
                supervising_unit: self.supervising_unit,
                predecessors: self.predecessor_ids.clone().unwrap_or_default(),
            },
            effective_on: self.effective_on,
            reason: self.reason.clone(),
            document_number: self.document_number.clone(),
        }
    }
}

/// Renames, moves, closes or merges budget units. A unit above all units concerned decides it, the finance bureau of
/// their region, or the operator. A merger carries reserve, holds and counted amounts of the whole year to the successor.
#[utoipa::path(post, path = "/unit-changes", tag = "plans", request_body = UnitChangeRequest, responses((status = 201, body = UnitChangesView)),
    security(("bearer" = ["units.change"])))]
#[post("/unit-changes")]
pub async fn change_unit(call: Call<ChangeUnits, Json<UnitChangeRequest>>) -> Answer {
    call.write_keyed(|tx, actor, Json(body)| {
        let rows = commands::change(tx, actor, &body.new_change())?;
        let items = rows.into_iter().map(UnitChangeView::from).collect();
        Reply::created(&format!("/api/v1/unit-changes?unit_id={}", body.unit_id), &UnitChangesView { items })
    })
    .await
}

/// Which changes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UnitChangesFilter {
    /// Of this unit, or into it.
    unit_id: Option<OrgId>,
    /// With their first day in this year.
    year: Option<i64>,
    /// Of this kind.
    kind: Option<ChangeKind>,
}

/// What became of budget units in your scope, newest first.
#[utoipa::path(get, path = "/unit-changes", tag = "plans", params(UnitChangesFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<UnitChangeView>)), security(("bearer" = ["quota.read"])))]
#[get("/unit-changes")]
pub async fn list_changes(call: Call<ReadPlans>, list: List<UnitChangesFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, asked, page| {
        let filter = ChangeFilter { unit: asked.unit_id, year: asked.year, kind: asked.kind };
        queries::changes(read, &actor.scope, &filter, today, page)
    })
    .await
}
