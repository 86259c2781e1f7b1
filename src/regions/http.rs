//! Regions, calendars and pairings over HTTP.

use super::commands::{self, NewPairing};
use super::queries::{self, CalendarView, PairingView, RegionDetail, RegionView};
use super::rules::PairingKind;
use crate::kernel::actor::ManageRules;
use crate::kernel::ids::PairingId;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply, within};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_regions)
        .service(get_region)
        .service(get_calendar)
        .service(list_pairings)
        .service(add_pairing)
        .service(set_pairing_days);
}

/// A level, as it is asked for.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LevelWord {
    /// 省级.
    Province,
    /// 地级.
    Prefecture,
    /// 县级.
    County,
    /// 乡级.
    Township,
    /// 村级.
    Village,
}

impl From<LevelWord> for RegionLevel {
    fn from(word: LevelWord) -> RegionLevel {
        match word {
            LevelWord::Province => RegionLevel::Province,
            LevelWord::Prefecture => RegionLevel::Prefecture,
            LevelWord::County => RegionLevel::County,
            LevelWord::Township => RegionLevel::Township,
            LevelWord::Village => RegionLevel::Village,
        }
    }
}

/// Which regions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RegionFilter {
    /// Of this level.
    #[param(inline)]
    level: Option<LevelWord>,
    /// Directly below this region.
    parent: Option<RegionCode>,
    /// Among the 832 counties or not.
    eligible_832: Option<bool>,
    /// 有脱贫任务县 or not.
    poverty_task: Option<bool>,
    /// As they were on this day; today when absent.
    day: Option<Day>,
}

/// Regions in the order of their codes.
#[utoipa::path(get, path = "/regions", tag = "regions", params(RegionFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<RegionView>)))]
#[get("/regions")]
pub async fn list_regions(public: Public, list: List<RegionFilter>) -> Answer {
    let today = public.now().day();
    public
        .list(list, move |read, filter, page| {
            let day = filter.day.unwrap_or(today);
            let wanted = queries::wanted(
                day,
                filter.level.map(Into::into),
                filter.parent,
                filter.eligible_832,
                filter.poverty_task,
            );
            queries::list(read, &wanted, page)
        })
        .await
}

/// A region by its code, with all its rows.
#[utoipa::path(get, path = "/regions/{code}", tag = "regions", params(("code" = RegionCode, Path)), responses((status = 200, body = RegionDetail)))]
#[get("/regions/{code}")]
pub async fn get_region(public: Public, path: web::Path<RegionCode>) -> Answer {
    let today = public.now().day();
    public.read(move |read| queries::detail(read, &path, today)).await
}

/// Whose calendar.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CalendarFilter {
    /// The region, with the days of the regions above it; the nation when absent.
    region: Option<Territory>,
}

/// Days off and make-up working days of a year.
#[utoipa::path(get, path = "/calendars/{year}", tag = "regions", params(("year" = i64, Path, minimum = 2000, maximum = 2200), CalendarFilter),
    responses((status = 200, body = CalendarView)))]
#[get("/calendars/{year}")]
pub async fn get_calendar(public: Public, path: web::Path<i64>, list: List<CalendarFilter>) -> Answer {
    let year = path.into_inner();
    within("year", year, 2000..=2200)?;
    let place = list.filter.region.unwrap_or(Territory::Nation);
    public.read(move |read| queries::year(read, place, year)).await
}

/// Which pairings.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PairingFilter {
    /// Of this county.
    county: Option<RegionCode>,
    /// In force on this day.
    day: Option<Day>,
}

/// Partners of counties.
#[utoipa::path(get, path = "/pairings", tag = "regions", params(PairingFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<PairingView>)))]
#[get("/pairings")]
pub async fn list_pairings(public: Public, list: List<PairingFilter>) -> Answer {
    public.list(list, |read, filter, page| queries::pairing_page(read, filter.county, filter.day, page)).await
}

/// A new partner of a county.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPairingRequest {
    /// Partner region or designated unit.
    kind: PairingKind,
    /// The county helped; in the region of your office.
    a_code: RegionCode,
    /// The partner region; required for a pairing.
    b_code: Option<RegionCode>,
    /// The partner's name.
    #[schema(max_length = 60, min_length = 2, format = "line")]
    b_name: String,
    /// The first day.
    valid_from: Day,
    /// The first day on which it no longer holds.
    valid_to: Option<Day>,
    /// Where it is laid down.
    #[schema(max_length = 300, min_length = 2, format = "line")]
    source: String,
}

/// Enters a partner of a county.
#[utoipa::path(post, path = "/pairings", tag = "regions", request_body = NewPairingRequest, responses((status = 201, body = PairingView)),
    security(("bearer" = ["rules.manage"])))]
#[post("/pairings")]
pub async fn add_pairing(call: Call<ManageRules, Json<NewPairingRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| Reply::json(201, &commands::add_pairing(tx, actor, &body.command())?)).await
}

/// From when until when a pairing holds.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PairingDaysRequest {
    /// The first day.
    valid_from: Day,
    /// The first day on which it no longer holds; absent while it is open.
    valid_to: Option<Day>,
    /// Where it is laid down, or why it is corrected.
    #[schema(max_length = 300, min_length = 2, format = "line")]
    reason: String,
}

/// Ends a pairing of a county in your region or corrects its days; purchases belong to it by these from now on, those of past years too.
#[utoipa::path(post, path = "/pairings/{id}/days", tag = "regions", params(("id" = PairingId, Path)), request_body = PairingDaysRequest,
    responses((status = 200, body = PairingView)), security(("bearer" = ["rules.manage"])))]
#[post("/pairings/{id}/days")]
pub async fn set_pairing_days(call: Call<ManageRules, Json<PairingDaysRequest>>, path: web::Path<PairingId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        let days = (body.valid_from, body.valid_to);
        Reply::json(200, &commands::set_pairing_days(tx, actor, id, (days, &body.reason))?)
    })
    .await
}

impl NewPairingRequest {
    fn command(&self) -> NewPairing {
        NewPairing {
            kind: self.kind,
            a_code: self.a_code,
            b_code: self.b_code,
            b_name: self.b_name.clone(),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            source: self.source.clone(),
        }
    }
}
