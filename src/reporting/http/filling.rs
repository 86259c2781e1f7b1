//! The fill campaign over HTTP.

use super::{csv, wants_csv};
use crate::kernel::actor::ReadReports;
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::platform::http::{Answer, Call, List, Reply};
use crate::reporting::queries::filling::{FillingView, FillingWanted, filling};
use crate::reporting::rules::filling::FillingMark;
use actix_web::get;
use serde::Deserialize;

/// Which lists.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FillingFilter {
    /// The plans' year; this year when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// Only units on this list; on any when absent.
    mark: Option<FillingMark>,
    /// Only units of this region.
    region: Option<RegionCode>,
    /// Only this unit and those below it.
    unit: Option<OrgId>,
}

/// How far the plans of a year are filled in your scope: who has not filled, was returned, waits for review, was late, lies below
/// the floor, has not begun to order.
#[utoipa::path(get, path = "/reports/plan-filling", tag = "reports", params(FillingFilter),
    responses((status = 200, content((FillingView = "application/json"), (String = "text/csv")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/plan-filling")]
pub async fn plan_filling(call: Call<ReadReports>, list: List<FillingFilter>) -> Answer {
    let (today, as_csv, filter) = (call.now().day(), wants_csv(&call)?, list.filter);
    call.read_reply(move |read, actor| {
        let wanted = FillingWanted {
            year: filter.year.unwrap_or_else(|| today.year()),
            mark: filter.mark,
            region: filter.region,
            unit: filter.unit,
        };
        let view = filling(read, actor, &wanted, today)?;
        if as_csv { Ok(csv(view.csv()?, "plan-filling")) } else { Reply::ok(&view) }
    })
    .await
}
