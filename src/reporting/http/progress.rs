//! The bulletin's progress over HTTP.

use super::{csv, wants_csv};
use crate::kernel::actor::ReadReports;
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, List, Reply};
use crate::reporting::queries::progress::{ProgressBy, ProgressView, ProgressWanted, progress};
use actix_web::get;
use serde::Deserialize;

/// Which progress.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProgressFilter {
    /// The plans' year; this year when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// As known at the end of this day; today when absent.
    as_of: Option<Day>,
    /// What a row is; a region when absent.
    by: Option<ProgressBy>,
    /// Only units of this region.
    region: Option<RegionCode>,
    /// Only this unit and those below it.
    unit: Option<OrgId>,
}

/// The bulletin's progress of the plans in your scope: reserved against completed, with all three amounts.
#[utoipa::path(get, path = "/reports/quota-progress", tag = "reports", params(ProgressFilter),
    responses((status = 200, content((ProgressView = "application/json"), (String = "text/csv")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/quota-progress")]
pub async fn quota_progress(call: Call<ReadReports>, list: List<ProgressFilter>) -> Answer {
    let (today, as_csv, filter) = (call.now().day(), wants_csv(&call)?, list.filter);
    call.read_reply(move |read, actor| {
        let wanted = ProgressWanted {
            year: filter.year.unwrap_or_else(|| today.year()),
            as_of: filter.as_of.unwrap_or(today),
            by: filter.by.unwrap_or(ProgressBy::Region),
            region: filter.region,
            unit: filter.unit,
        };
        let view = progress(read, actor, &wanted)?;
        if as_csv { Ok(csv(view.csv()?, "quota-progress")) } else { Reply::ok(&view) }
    })
    .await
}
