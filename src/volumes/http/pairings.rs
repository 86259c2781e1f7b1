//! Volumes by pair over HTTP, and which organisations are a designated unit.

use crate::kernel::actor::{ManageRules, ReadReports};
use crate::kernel::ids::{OrgId, PairingId};
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Format, Json, List, PageOf, Reply, within};
use crate::volumes::commands::pairings::{add_unit, end_unit, remove_unit};
use crate::volumes::queries::{
    PairingActivityView, PairingReport, VolumeEntryView, pairing_activities, pairing_entries, pairing_volumes,
};
use actix_web::{delete, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(pairings_report)
        .service(entries_of_pairing)
        .service(activities_of_pairing)
        .service(add_pairing_unit)
        .service(end_pairing_unit)
        .service(remove_pairing_unit);
}

/// The bytes of a workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct PairingReportBytes(Vec<u8>);

/// Which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PairingReportFilter {
    /// The year; this one when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
}

/// What the partners of counties bought of their goods in a year, by pair: regions (闽宁协作) and designated units (定点帮扶). A purchase
/// belongs to the pairing in force on the day when it was placed; of a region and one within it to the smaller. Regions and
/// designated units may overlap, so there is no sum over both.
#[utoipa::path(get, path = "/reports/pairings", tag = "reports", params(PairingReportFilter),
    responses((status = 200, content((PairingReport = "application/json"), (String = "text/csv"),
        (PairingReportBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/pairings")]
pub async fn pairings_report(call: Call<ReadReports>, list: List<PairingReportFilter>) -> Answer {
    let today = call.now().day();
    let year = list.filter.year.unwrap_or(today.year());
    within("year", year, 2012..=2100)?;
    let accept = call.header("accept").unwrap_or_default();
    let format = Format::asked(&accept, &[Format::Json, Format::Csv, Format::Xlsx])?;
    call.read_reply(move |read, actor| {
        let report = pairing_volumes(read, actor, year, today)?;
        match format {
            Format::Csv => Ok(Reply::file(format, "pairings", report.csv()?)),
            Format::Xlsx => Ok(Reply::file(format, "pairings", report.xlsx(today)?)),
            _ => Reply::ok(&report),
        }
    })
    .await
}

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PairingEntriesFilter {
    /// The year; this one when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// On which facts the amounts rest; accepted and paid when absent.
    basis: Option<Basis>,
}

/// The entries behind a figure of a pairing, those counted last first; amounts are the county's part.
#[utoipa::path(get, path = "/reports/pairings/{id}/entries", tag = "reports",
    params(("id" = PairingId, Path), PairingEntriesFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<VolumeEntryView>)), security(("bearer" = ["reports.read"])))]
#[get("/reports/pairings/{id}/entries")]
pub async fn entries_of_pairing(
    call: Call<ReadReports>,
    path: web::Path<PairingId>,
    list: List<PairingEntriesFilter>,
) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    within("year", list.filter.year.unwrap_or(today.year()), 2012..=2100)?;
    call.list(list, move |read, actor, filter, page| {
        let (year, basis) = (filter.year.unwrap_or(today.year()), filter.basis.unwrap_or(Basis::AcceptedPaid));
        pairing_entries(read, actor, (id, year, basis), today, page)
    })
    .await
}

/// Of which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PairingActivitiesFilter {
    /// The year; this one when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
}

/// The activities outside the platform behind a figure of a pairing, those declared last first; for offices of the county's side, who read its declarations.
#[utoipa::path(get, path = "/reports/pairings/{id}/activities", tag = "reports",
    params(("id" = PairingId, Path), PairingActivitiesFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<PairingActivityView>)), security(("bearer" = ["reports.read"])))]
#[get("/reports/pairings/{id}/activities")]
pub async fn activities_of_pairing(
    call: Call<ReadReports>,
    path: web::Path<PairingId>,
    list: List<PairingActivitiesFilter>,
) -> Answer {
    let (id, this_year) = (path.into_inner(), call.now().day().year());
    within("year", list.filter.year.unwrap_or(this_year), 2012..=2100)?;
    call.list(list, move |read, actor, filter, page| {
        pairing_activities(read, actor, (id, filter.year.unwrap_or(this_year)), page)
    })
    .await
}

/// An organisation that buys as a designated unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingUnitRequest {
    /// The designated unit itself, or one of its subsidiaries.
    organisation_id: OrgId,
    /// The first day from which it buys for it; when absent that of the pairing as it is now, whatever is corrected there later.
    valid_from: Option<Day>,
    /// The first day on which it no longer does; none while it does.
    valid_to: Option<Day>,
}

/// Lets an organisation's purchases count as those of a designated unit of a county in your region, from when until when it buys for it.
#[utoipa::path(post, path = "/pairings/{id}/units", tag = "regions", params(("id" = PairingId, Path)), request_body = PairingUnitRequest,
    responses((status = 204)), security(("bearer" = ["rules.manage"])))]
#[post("/pairings/{id}/units")]
pub async fn add_pairing_unit(call: Call<ManageRules, Json<PairingUnitRequest>>, path: web::Path<PairingId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        add_unit(tx, actor, id, (body.organisation_id, body.valid_from, body.valid_to))?;
        Ok(Reply::no_content())
    })
    .await
}

/// When an organisation stops buying as a designated unit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingUnitEnding {
    /// The first day on which it no longer does.
    valid_to: Day,
}

/// Ends what an organisation buys as a designated unit; what it bought before that day stays there.
#[utoipa::path(post, path = "/pairings/{id}/units/{organisation_id}/endings", tag = "regions",
    params(("id" = PairingId, Path), ("organisation_id" = OrgId, Path)), request_body = PairingUnitEnding,
    responses((status = 204)), security(("bearer" = ["rules.manage"])))]
#[post("/pairings/{id}/units/{organisation_id}/endings")]
pub async fn end_pairing_unit(
    call: Call<ManageRules, Json<PairingUnitEnding>>,
    path: web::Path<(PairingId, OrgId)>,
) -> Answer {
    let (id, org) = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        end_unit(tx, actor, id, (org, body.valid_to))?;
        Ok(Reply::no_content())
    })
    .await
}

/// Takes an organisation out that was entered by mistake, with all its days: nothing that it bought counts there any more.
#[utoipa::path(delete, path = "/pairings/{id}/units/{organisation_id}", tag = "regions",
    params(("id" = PairingId, Path), ("organisation_id" = OrgId, Path)), responses((status = 204)),
    security(("bearer" = ["rules.manage"])))]
#[delete("/pairings/{id}/units/{organisation_id}")]
pub async fn remove_pairing_unit(call: Call<ManageRules>, path: web::Path<(PairingId, OrgId)>) -> Answer {
    let (id, org) = path.into_inner();
    call.write(move |tx, actor, _| {
        remove_unit(tx, actor, id, org)?;
        Ok(Reply::no_content())
    })
    .await
}
