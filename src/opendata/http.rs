//! Open data over HTTP: read by anybody, with entity tags and the moment of the last change.

use super::package;
use super::queries::{self, OpenBulletin, OpenBulletinTable, OpenCountyVolumes};
use super::tables::{DataSet, LICENCE, bulletin_rows};
use crate::kernel::error::Outcome;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::http::{Answer, Format, List, PageOf, Public, Reply, within};
use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_open_data).service(open_county_volumes).service(list_open_bulletins).service(get_open_bulletin);
}

/// What there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenDataIndex {
    /// The sets.
    items: Vec<OpenDataSet>,
}

/// A set of open data.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenDataSet {
    /// Its name, also in the bulk files.
    name: DataSet,
    /// 名称.
    title_zh: &'static str,
    /// What it is called in English.
    title_en: &'static str,
    /// Under which licence it may be used (SPDX).
    #[schema(example = "CC-BY-4.0")]
    licence: &'static str,
    /// Where the licence stands.
    licence_url: &'static str,
    /// Where it is read.
    links: Vec<OpenDataLink>,
    /// When something in it changed last; of notices, the day on which the last one was opened.
    last_change: Option<At>,
}

/// Where a set is read.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenDataLink {
    /// As what: to be named in Accept.
    media_type: &'static str,
    /// The address.
    href: &'static str,
}

/// The sets of open data: what they are called, under which licence they may be used, where they are read, when they changed last.
#[utoipa::path(get, path = "/open-data", tag = "open-data",
    responses((status = 200, body = OpenDataIndex), (status = 304)))]
#[get("/open-data")]
pub async fn list_open_data(public: Public) -> Answer {
    public
        .keep(|read| {
            let mut items = Vec::new();
            for name in DataSet::ALL.iter().copied() {
                let (title_zh, title_en) = name.titles();
                let links = name.links().iter().map(|(media_type, href)| OpenDataLink { media_type, href }).collect();
                let last_change = name.last_change(read)?;
                let (licence, licence_url) = LICENCE;
                items.push(OpenDataSet { name, title_zh, title_en, licence, licence_url, links, last_change });
            }
            let last = items.iter().filter_map(|set| set.last_change).max();
            Ok(since(Reply::ok(&OpenDataIndex { items })?, last))
        })
        .await
}

/// Says when it changed last, if ever it did.
fn since(reply: Reply, last: Option<At>) -> Reply {
    match last {
        Some(at) => reply.last_modified(at),
        None => reply,
    }
}

/// Which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpenVolumesFilter {
    /// The year; this one when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
}

/// What units bought of each county's goods, by the months of a year that have ended. A figure behind which fewer units stand than
/// the rule `open_data_min_purchasers` asks for is absent and its row says `suppressed`; the total is the sum of what is shown. A
/// month to which something was counted later is published anew, as its next revision.
#[utoipa::path(get, path = "/open-data/county-volumes", tag = "open-data", params(OpenVolumesFilter),
    responses((status = 200, content((OpenCountyVolumes = "application/json"), (String = "text/csv"))), (status = 304)))]
#[get("/open-data/county-volumes")]
pub async fn open_county_volumes(public: Public, list: List<OpenVolumesFilter>) -> Answer {
    let today = public.now().day();
    let year = list.filter.year.unwrap_or_else(|| today.year());
    within("year", year, 2012..=2100)?;
    let format = asked(&public)?;
    public
        .keep(move |read| {
            let (view, last) = queries::county_volumes(read, year, today)?;
            let reply = match format {
                Format::Csv => {
                    let set = DataSet::CountyVolumes;
                    let rows = view.rows.iter().map(|row| set.row(row)).collect::<Outcome<Vec<_>>>()?;
                    file(set, &format!("county-volumes-{year}"), &rows)?
                }
                _ => Reply::ok(&view)?,
            };
            Ok(since(reply, last).header("vary", "Accept"))
        })
        .await
}

fn asked(public: &Public) -> Outcome<Format> {
    Format::asked(&public.header("accept").unwrap_or_default(), &[Format::Json, Format::Csv])
}

/// Rows of a set as a CSV file.
fn file(set: DataSet, name: &str, rows: &[super::tables::Row]) -> Outcome<Reply> {
    let mut body = package::header(set)?;
    body.extend(package::csv(set, rows)?);
    Ok(Reply::file(Format::Csv, name, body))
}

/// Nothing to choose but the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenBulletinsFilter {}

/// Published bulletins (通报) and corrections, those drafted last first.
#[utoipa::path(get, path = "/open-data/bulletins", tag = "open-data",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<OpenBulletin>), (status = 304)))]
#[get("/open-data/bulletins")]
pub async fn list_open_bulletins(public: Public, list: List<OpenBulletinsFilter>) -> Answer {
    public
        .page_of(
            list,
            |read, _, page| Ok((crate::bulletins::published_last(read)?, queries::open_bulletins(read, page)?)),
            |last, page: PageOf<OpenBulletin>| Ok(since(Reply::ok(&page)?, last)),
        )
        .await
}

/// Of which bureau.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpenBulletinFilter {
    /// Of the bureau of this region; needed only where two bureaus used one number, of which the first is answered otherwise.
    region: Option<RegionCode>,
}

/// A published bulletin or correction by its number (文号), with the table as it was published.
#[utoipa::path(get, path = "/open-data/bulletins/{number}", tag = "open-data",
    params(("number" = String, Path, max_length = 60), OpenBulletinFilter),
    responses((status = 200, content((OpenBulletinTable = "application/json"), (String = "text/csv"))), (status = 304)))]
#[get("/open-data/bulletins/{number}")]
pub async fn get_open_bulletin(public: Public, list: List<OpenBulletinFilter>, path: web::Path<String>) -> Answer {
    let number = path.into_inner();
    let format = asked(&public)?;
    public
        .keep(move |read| {
            let found = queries::open_bulletin(read, &number, list.filter.region)?;
            let at = found.published_at;
            let reply = match format {
                Format::Csv => file(DataSet::Bulletins, &found.id.to_string(), &bulletin_rows(&found)?)?,
                _ => {
                    let bulletin = OpenBulletin::from(&found);
                    Reply::ok(&OpenBulletinTable { bulletin, table: found.table })?
                }
            };
            Ok(reply.last_modified(at).header("vary", "Accept"))
        })
        .await
}
