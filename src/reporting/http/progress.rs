//! The bulletin's progress over HTTP.

use crate::kernel::actor::ReadReports;
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Format, List, Reply};
use crate::reporting::queries::attained::picture;
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

/// The bulletin's progress of the plans in your scope: reserved against completed, with all three amounts. As
/// `image/svg+xml` it is a picture of at most 60 rows: how much of each one's reserve is completed.
#[utoipa::path(get, path = "/reports/quota-progress", tag = "reports", params(ProgressFilter),
    responses((status = 200, content((ProgressView = "application/json"), (String = "text/csv"), (String = "image/svg+xml")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/quota-progress")]
pub async fn quota_progress(call: Call<ReadReports>, list: List<ProgressFilter>) -> Answer {
    let (now, filter) = (call.now(), list.filter);
    let (today, accept) = (now.day(), call.header("accept").unwrap_or_default());
    let format = Format::asked(&accept, &[Format::Json, Format::Csv, Format::Svg])?;
    call.read_reply(move |read, actor| {
        let wanted = ProgressWanted {
            year: filter.year.unwrap_or_else(|| today.year()),
            as_of: filter.as_of.unwrap_or(today),
            by: filter.by.unwrap_or(ProgressBy::Region),
            region: filter.region,
            unit: filter.unit,
        };
        match format {
            Format::Svg => Ok(Reply::picture("quota-progress", picture(read, actor, &wanted, now)?)),
            Format::Csv => Ok(Reply::file(format, "quota-progress", progress(read, actor, &wanted)?.csv()?)),
            _ => Reply::ok(&progress(read, actor, &wanted)?),
        }
    })
    .await
}
