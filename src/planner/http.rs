//! The planner over HTTP.

use super::queries::{self, PlannerView, PlannerWanted};
use crate::kernel::actor::ReadPlans;
use crate::kernel::ids::OrgId;
use crate::kernel::money::Ppm;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, List, within};
use actix_web::{get, web};
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_planner);
}

/// As of when, and what if.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlannerFilter {
    /// As known at the end of this day; today when absent.
    as_of: Option<Day>,
    /// What if this share of the canteen's food were reserved, in parts per million.
    #[param(value_type = Option<i64>, minimum = 0, maximum = 1_000_000, example = 150_000)]
    ratio_ppm: Option<Ppm>,
    /// What if everything had to be completed by this day of the year.
    until: Option<Day>,
}

/// A unit's year (序时进度): what is left, the months left, the pace it needs and has, what comes of it by the year's end, and the
/// orders that may miss it because they wait for goods, payment or rating. A ratio or a last day asks what would be if.
#[utoipa::path(get, path = "/budget-units/{id}/planner/{year}", tag = "plans",
    params(("id" = OrgId, Path), ("year" = i64, Path, minimum = 2012, maximum = 2100), PlannerFilter),
    responses((status = 200, body = PlannerView)), security(("bearer" = ["quota.read"])))]
#[get("/budget-units/{id}/planner/{year}")]
pub async fn get_planner(call: Call<ReadPlans>, list: List<PlannerFilter>, path: web::Path<(OrgId, i64)>) -> Answer {
    let (unit, year) = path.into_inner();
    within("year", year, 2012..=2100)?;
    let (today, filter) = (call.now().day(), list.filter);
    call.read(move |read, actor| {
        let wanted =
            PlannerWanted { year, as_of: filter.as_of.unwrap_or(today), ratio: filter.ratio_ppm, until: filter.until };
        queries::planner(read, actor, unit, &wanted)
    })
    .await
}
