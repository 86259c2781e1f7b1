//! What venues sold over HTTP, and the entries behind every figure.

use super::{dimensions, months};
use crate::kernel::actor::ReadVenues;
use crate::kernel::ids::VenueId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Format, List, PageOf, Reply};
use crate::venues::{SoldOf, VenueEntryView, VenueKind};
use crate::volumes::queries::{VenueSalesReport, VenueSalesWanted, venue_entries, venue_sales};
use crate::volumes::rules::VolumeSide;
use actix_web::get;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(venue_sales_report).service(entries_of_venues);
}

/// The bytes of a workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct VenueSalesBytes(Vec<u8>);

/// Which sales of venues.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VenueSalesFilter {
    /// First month, `YYYY-MM`; January of this year when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    from: Option<String>,
    /// Last month; this month when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    to: Option<String>,
    /// By what they are told apart, with commas between; venue when absent: county, month, venue, kind, venue_region, certified.
    #[param(max_length = 100, example = "venue,month")]
    by: Option<String>,
    /// On which side your region stands: produced there or sold there. A poverty office sees what was produced.
    side: Option<VolumeSide>,
    /// By what was recorded until the end of this day: what a report of that day said; today when absent.
    as_of: Option<Day>,
}

/// What venues (专柜、专馆、专区) in scope sold, in total and certified, by the month of the sale. Goods that were bought here are counted by
/// their orders; `added_fen` is the remainder, which `GET /reports/county-volumes?venues=true` adds to the volumes of orders. An annulled sale
/// counts no more from the day of its annulment. Every row says where the entries are that sum to it.
#[utoipa::path(get, path = "/reports/venue-sales", tag = "reports", params(VenueSalesFilter),
    responses((status = 200, content((VenueSalesReport = "application/json"), (String = "text/csv"),
        (VenueSalesBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["venues.read"])))]
#[get("/reports/venue-sales")]
pub async fn venue_sales_report(call: Call<ReadVenues>, list: List<VenueSalesFilter>) -> Answer {
    let (today, filter) = (call.now().day(), list.filter);
    let accept = call.header("accept").unwrap_or_default();
    let format = Format::asked(&accept, &[Format::Json, Format::Csv, Format::Xlsx])?;
    let (from, to) = months(filter.from, filter.to, today);
    let by = dimensions(filter.by.as_deref().unwrap_or("venue"))?;
    let (side, as_of) = (filter.side, filter.as_of.unwrap_or(today));
    let wanted = VenueSalesWanted { from, to, by, side, as_of, of: SoldOf::default() };
    call.read_reply(move |read, actor| {
        let report = venue_sales(read, actor, &wanted, today)?;
        match format {
            Format::Csv => Ok(Reply::file(format, "venue-sales", report.csv()?)),
            Format::Xlsx => Ok(Reply::file(format, "venue-sales", report.xlsx(today)?)),
            _ => Reply::ok(&report),
        }
    })
    .await
}

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VenueEntriesFilter {
    /// First month, `YYYY-MM`; January of this year when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    from: Option<String>,
    /// Last month; this month when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    to: Option<String>,
    /// On which side your region stands: produced there or sold there.
    side: Option<VolumeSide>,
    /// By what was recorded until the end of this day; today when absent.
    as_of: Option<Day>,
    /// Produced in exactly this county.
    county: Option<RegionCode>,
    /// Of this venue.
    venue_id: Option<VenueId>,
    /// Of venues of this kind.
    kind: Option<VenueKind>,
    /// Of venues of exactly this region.
    venue_region: Option<RegionCode>,
    /// Certified or not.
    certified: Option<bool>,
}

/// The entries behind a figure of the sales of venues, those recorded last first: with the same conditions they sum to it, to the fen.
#[utoipa::path(get, path = "/reports/venue-sales/entries", tag = "reports",
    params(VenueEntriesFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<VenueEntryView>)), security(("bearer" = ["venues.read"])))]
#[get("/reports/venue-sales/entries")]
pub async fn entries_of_venues(call: Call<ReadVenues>, list: List<VenueEntriesFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let (from, to) = months(filter.from.clone(), filter.to.clone(), today);
        let of = SoldOf {
            venue: filter.venue_id,
            kind: filter.kind,
            venue_region: filter.venue_region,
            county: filter.county,
            certified: filter.certified,
        };
        let (side, as_of) = (filter.side, filter.as_of.unwrap_or(today));
        let wanted = VenueSalesWanted { from, to, by: Vec::new(), side, as_of, of };
        venue_entries(read, actor, &wanted, today, page)
    })
    .await
}
