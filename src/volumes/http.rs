//! Volumes over HTTP: JSON, CSV, a workbook or a picture, and the entries behind every figure.

mod pairings;
mod venues;

use super::queries::{EntriesWanted, VolumeEntryView, VolumesView, VolumesWanted, entries, picture, volumes};
use super::rules::VolumeSide;
use crate::kernel::actor::{OrgKind, ReadReports};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::SchemeId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Basis, Channel, Fund, Mode, Purpose};
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Format, List, PageOf, Reply};
use actix_web::get;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(county_volumes).service(volume_entries);
    pairings::routes(config);
    venues::routes(config);
}

/// The bytes of a workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct VolumesBytes(Vec<u8>);

/// Which volumes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VolumesFilter {
    /// On which facts the amounts rest; accepted and paid when absent.
    basis: Option<Basis>,
    /// First month, `YYYY-MM`; January of this year when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    from: Option<String>,
    /// Last month; this month when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    to: Option<String>,
    /// By what they are told apart, with commas between; county when absent: county, month, fund, purpose, mode, mode_term, channel,
    /// channel_term, certified, eligible, purchaser_kind, purchaser_region, schemes.
    #[param(max_length = 200, example = "county,month")]
    by: Option<String>,
    /// On which side your region stands: produced there or bought there. A poverty office sees what was produced.
    side: Option<VolumeSide>,
    /// Whether tags and supervised places are shown beside the total, as JSON or in a workbook; a supervised county counts in the months of which it was
    /// supervised on any day.
    overlays: Option<bool>,
    /// Whether what venues (专柜、专馆、专区) sold beyond goods that were bought here is added in each row; only by county, month and
    /// certified, beside what is accepted and paid.
    venues: Option<bool>,
}

/// The dimensions of a comma list.
fn dimensions<D: FromStr>(text: &str) -> Outcome<Vec<D>> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let dimension = |word: &str| {
        word.parse().map_err(|_| {
            let message = Message::new(format!("没有这一维度：{word}"), format!("no such dimension: {word}"));
            AppError::field(Code::InvalidParameter, "by", message)
        })
    };
    words.map(dimension).collect()
}

/// The schemes of a comma list; `-` is none.
fn schemes(text: &str) -> Outcome<Vec<SchemeId>> {
    let wrong = |_| {
        let message =
            Message::new("应为认定方案编号（以逗号分隔），或 -", "must be ids of schemes with commas between, or -");
        AppError::field(Code::InvalidParameter, "schemes", message)
    };
    if text == "-" { Ok(Vec::new()) } else { text.split(',').map(|id| id.parse().map_err(wrong)).collect() }
}

fn months(from: Option<String>, to: Option<String>, today: Day) -> (String, String) {
    (from.unwrap_or_else(|| Day::first_of_year(today.year()).month()), to.unwrap_or_else(|| today.month()))
}

/// Volumes in your scope: every line of the basis, by the month it happened in, split by its counties of production. Every row says
/// where the entries are that sum to it. As `image/svg+xml` one dimension is drawn as bars, the largest first (of more than 40 the smallest
/// are one bar), and `month`, alone or with one other dimension, as lines (of more than six the smallest are one line); nothing else is.
#[utoipa::path(get, path = "/reports/county-volumes", tag = "reports", params(VolumesFilter),
    responses((status = 200, content((VolumesView = "application/json"), (String = "text/csv"), (String = "image/svg+xml"),
        (VolumesBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["reports.read"])))]
#[get("/reports/county-volumes")]
pub async fn county_volumes(call: Call<ReadReports>, list: List<VolumesFilter>) -> Answer {
    let (now, today, filter) = (call.now(), call.now().day(), list.filter);
    let accept = call.header("accept").unwrap_or_default();
    let format = Format::asked(&accept, &[Format::Json, Format::Csv, Format::Xlsx, Format::Svg])?;
    if filter.overlays == Some(true) && format == Format::Csv {
        let message =
            Message::new("CSV 中不给出专项，请用 JSON 或 XLSX", "overlays are not given as CSV: ask for JSON or XLSX");
        return Err(AppError::field(Code::InvalidParameter, "overlays", message));
    }
    let (from, to) = months(filter.from, filter.to, today);
    let wanted = VolumesWanted {
        basis: filter.basis.unwrap_or(Basis::AcceptedPaid),
        from,
        to,
        by: dimensions(filter.by.as_deref().unwrap_or("county"))?,
        side: filter.side,
        overlays: filter.overlays.unwrap_or(false),
        venues: filter.venues.unwrap_or(false),
    };
    call.read_reply(move |read, actor| {
        if format == Format::Svg {
            return Ok(Reply::picture("county-volumes", picture(read, actor, &wanted, now)?));
        }
        let view = volumes(read, actor, &wanted, today)?;
        match format {
            Format::Csv => Ok(Reply::file(format, "county-volumes", view.csv()?)),
            Format::Xlsx => Ok(Reply::file(format, "county-volumes", view.xlsx(today)?)),
            _ => Reply::ok(&view),
        }
    })
    .await
}

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VolumeEntriesFilter {
    /// On which facts the amounts rest; accepted and paid when absent.
    basis: Option<Basis>,
    /// First month, `YYYY-MM`; January of this year when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    from: Option<String>,
    /// Last month; this month when absent.
    #[param(pattern = "^20[0-9]{2}-(0[1-9]|1[0-2])$", max_length = 7)]
    to: Option<String>,
    /// On which side your region stands: produced there or bought there.
    side: Option<VolumeSide>,
    /// Produced in this region; amounts are its part.
    county: Option<RegionCode>,
    /// From this money.
    fund: Option<Fund>,
    /// For this purpose.
    purpose: Option<Purpose>,
    /// Of this mode.
    mode: Option<Mode>,
    /// With this word of the region for the mode; `-` without one.
    #[param(max_length = 40, min_length = 1)]
    mode_term: Option<String>,
    /// Through this channel.
    channel: Option<Channel>,
    /// With this word of the region for the channel; `-` without one.
    #[param(max_length = 40, min_length = 1)]
    channel_term: Option<String>,
    /// Certified at placement or not.
    certified: Option<bool>,
    /// Eligible at placement or not.
    eligible: Option<bool>,
    /// Bought by units of this kind.
    purchaser_kind: Option<OrgKind>,
    /// Bought by units of exactly this region.
    purchaser_region: Option<RegionCode>,
    /// Certified at placement under exactly these schemes, with commas between; `-` where nothing was certified.
    #[param(max_length = 2000, min_length = 1)]
    schemes: Option<String>,
    /// With this tag.
    #[param(max_length = 40, min_length = 2, pattern = "^[a-z][a-z0-9_]*$")]
    tag: Option<String>,
}

/// The entries behind a figure of the volumes, those counted last first: with the same conditions they sum to it, to the fen.
#[utoipa::path(get, path = "/reports/county-volumes/entries", tag = "reports",
    params(VolumeEntriesFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<VolumeEntryView>)), security(("bearer" = ["reports.read"])))]
#[get("/reports/county-volumes/entries")]
pub async fn volume_entries(call: Call<ReadReports>, list: List<VolumeEntriesFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = filter.wanted(today)?;
        entries(read, actor, &wanted, today, page)
    })
    .await
}

impl VolumeEntriesFilter {
    fn wanted(&self, today: Day) -> Outcome<EntriesWanted> {
        let (from, to) = months(self.from.clone(), self.to.clone(), today);
        let given = [
            ("fund", self.fund.map(|fund| fund.to_string())),
            ("purpose", self.purpose.map(|purpose| purpose.to_string())),
            ("mode", self.mode.map(|mode| mode.to_string())),
            ("mode_term", self.mode_term.clone()),
            ("channel", self.channel.map(|channel| channel.to_string())),
            ("channel_term", self.channel_term.clone()),
            ("certified", self.certified.map(|yes| yes.to_string())),
            ("eligible", self.eligible.map(|yes| yes.to_string())),
            ("purchaser_kind", self.purchaser_kind.map(|kind| kind.to_string())),
            ("purchaser_region", self.purchaser_region.map(|region| region.to_string())),
        ];
        let values: BTreeMap<&'static str, String> =
            given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let basis = self.basis.unwrap_or(Basis::AcceptedPaid);
        let volumes =
            VolumesWanted { basis, from, to, by: Vec::new(), side: self.side, overlays: false, venues: false };
        let schemes = self.schemes.as_deref().map(schemes).transpose()?;
        Ok(EntriesWanted { volumes, county: self.county, values, schemes, tag: self.tag.clone() })
    }
}
