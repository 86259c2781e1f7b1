//! How far admission and certification have come, over HTTP.

use super::{csv, wants_csv};
use crate::kernel::actor::ReadReports;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, List, Reply};
use crate::reporting::queries::certification::{
    CertificationBy, CertificationReport, CertificationWanted, certification,
};
use actix_web::get;
use serde::Deserialize;

/// Which report.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertificationReportFilter {
    /// The year in which they applied; this year when neither it nor days are given.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// The first day on which they applied, instead of the year's.
    from: Option<Day>,
    /// The last day, instead of the year's.
    to: Option<Day>,
    /// What a row is; a county when absent.
    by: Option<CertificationBy>,
    /// Only this region.
    region: Option<RegionCode>,
}

/// Suppliers reported and admitted, and products applied for and certified, in your region: those that applied in the period,
/// as they stand today. Renewals are not counted.
#[utoipa::path(get, path = "/reports/certification", tag = "reports", params(CertificationReportFilter),
    responses((status = 200, content((CertificationReport = "application/json"), (String = "text/csv")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/certification")]
pub async fn certification_report(call: Call<ReadReports>, list: List<CertificationReportFilter>) -> Answer {
    let (as_csv, filter) = (wants_csv(&call)?, list.filter);
    let year = filter.year.unwrap_or_else(|| filter.from.or(filter.to).unwrap_or(call.now().day()).year());
    let wanted = CertificationWanted {
        from: filter.from.unwrap_or_else(|| Day::first_of_year(year)),
        to: filter.to.unwrap_or_else(|| Day::last_of_year(year)),
        by: filter.by.unwrap_or(CertificationBy::County),
        region: filter.region,
    };
    call.read_reply(move |read, actor| {
        let view = certification(read, actor, &wanted)?;
        if as_csv { Ok(csv(view.csv()?, "certification")) } else { Reply::ok(&view) }
    })
    .await
}
