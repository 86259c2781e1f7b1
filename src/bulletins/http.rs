//! Bulletins over HTTP.

use super::commands::{self, NewBulletin, NewCorrection};
use super::queries::{self, BulletinDetail, BulletinView, UrgeView, Urged, UrgesWanted};
use super::rules::{BulletinState, ProductRule, UrgeCause};
use super::sheet;
use super::store::{BulletinRow, Narrow};
use crate::kernel::actor::{PublishBulletins, ReadReports};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{BulletinId, OrgId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering::{OtherRules, RecountedOrder};
use crate::platform::http::{Answer, BatchReply, Call, Format, Json, List, PageOf, Reply};
use crate::reporting::ProgressBy;
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_bulletins)
        .service(draft_bulletin)
        .service(get_bulletin)
        .service(sign_bulletin)
        .service(publish_bulletin)
        .service(discard_bulletin)
        .service(list_corrections)
        .service(draft_correction)
        .service(recount_bulletin)
        .service(urge_list)
        .service(urge_units);
}

/// Which bulletins.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BulletinFilter {
    /// Of the plans of this year.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// In this state.
    state: Option<BulletinState>,
}

/// Bulletins (通报), the newest first: every published one, and those of your bureau's region wherever they stand.
#[utoipa::path(get, path = "/bulletins", tag = "reports",
    params(BulletinFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<BulletinView>)), security(("bearer" = ["reports.read"])))]
#[get("/bulletins")]
pub async fn list_bulletins(call: Call<ReadReports>, list: List<BulletinFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| {
        let narrow = Narrow { year: filter.year, state: filter.state, corrects: None };
        queries::bulletins(read, actor, narrow, page)
    })
    .await
}

/// A bulletin to be drafted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulletinRequest {
    /// The plans' year.
    #[schema(minimum = 2012, maximum = 2100, example = 2021)]
    year: i64,
    /// What is known at the end of this day, which is over.
    as_of: Day,
    /// What a row is.
    by: ProgressBy,
    /// Over the table; named after year and day when absent.
    #[schema(max_length = 120, min_length = 2, format = "line")]
    title: Option<String>,
}

/// Drafts a bulletin of your bureau's region. Its content is made now and never changes: who finds it wrong discards it.
#[utoipa::path(post, path = "/bulletins", tag = "reports", request_body = BulletinRequest,
    responses((status = 201, body = BulletinDetail)), security(("bearer" = ["bulletins.publish"])))]
#[post("/bulletins")]
pub async fn draft_bulletin(call: Call<PublishBulletins, Json<BulletinRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = NewBulletin { year: body.year, as_of: body.as_of, by: body.by, title: body.title.clone() };
        created(&commands::draft(tx, actor, &new)?)
    })
    .await
}

fn created(row: &BulletinRow) -> Outcome<Reply> {
    Ok(Reply::created(&format!("/api/v1/bulletins/{}", row.id), &queries::detail(row)?)?.etag(row.version))
}

fn changed(row: &BulletinRow) -> Outcome<Reply> {
    Ok(Reply::ok(&BulletinView::from(row))?.etag(row.version))
}

/// A bulletin with its table: as JSON, as CSV in yuan, or by Accept as a workbook laid out for paper in ten-thousand yuan.
/// `application/jsonl` is the very text whose SHA-256 the bulletin names; `image/svg+xml` draws at most 60 rows of it.
#[utoipa::path(get, path = "/bulletins/{id}", tag = "reports", params(("id" = BulletinId, Path)),
    responses((status = 200, content((BulletinDetail = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/jsonl"), (String = "image/svg+xml")))),
    security(("bearer" = ["reports.read"])))]
#[get("/bulletins/{id}")]
pub async fn get_bulletin(call: Call<ReadReports>, path: web::Path<BulletinId>) -> Answer {
    let id = path.into_inner();
    let accept = call.header("accept").unwrap_or_default();
    let format = Format::asked(&accept, &[Format::Json, Format::Csv, Format::Xlsx, Format::Lines, Format::Svg])?;
    call.read_reply(move |read, actor| {
        let row = queries::bulletin(read, actor, id)?;
        let name = id.to_string();
        let reply = match format {
            Format::Json => Reply::ok(&queries::detail(&row)?)?,
            Format::Csv => Reply::file(format, &name, sheet::csv(&row)?),
            Format::Xlsx => Reply::file(format, &name, sheet::xlsx(&row)?),
            Format::Lines => Reply::file(format, &name, row.content.clone().into_bytes()),
            Format::Svg => Reply::picture(&name, sheet::picture(&row)?),
        };
        Ok(reply.header("vary", "Accept").etag(row.version))
    })
    .await
}

/// Signs a draft (签批): another person than who drafted it. Its figures are made again first and must be the same.
#[utoipa::path(post, path = "/bulletins/{id}/sign-offs", tag = "reports", params(("id" = BulletinId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = BulletinView)), security(("bearer" = ["bulletins.publish"])))]
#[post("/bulletins/{id}/sign-offs")]
pub async fn sign_bulletin(call: Call<PublishBulletins>, path: web::Path<BulletinId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, _| changed(&commands::sign(tx, actor, *path, version)?)).await
}

/// Under which number a bulletin is published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationRequest {
    /// 文号; used once.
    #[schema(max_length = 60, min_length = 2, format = "line", example = "宁财便函〔2021〕420号")]
    number: String,
}

/// Publishes what was signed; a correction is numbered with it.
#[utoipa::path(post, path = "/bulletins/{id}/publication", tag = "reports", params(("id" = BulletinId, Path), ("If-Match" = String, Header)),
    request_body = PublicationRequest, responses((status = 200, body = BulletinView)), security(("bearer" = ["bulletins.publish"])))]
#[post("/bulletins/{id}/publication")]
pub async fn publish_bulletin(
    call: Call<PublishBulletins, Json<PublicationRequest>>,
    path: web::Path<BulletinId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| changed(&commands::publish(tx, actor, *path, version, body.number.trim())?))
        .await
}

/// Discards what is not published.
#[utoipa::path(post, path = "/bulletins/{id}/discarding", tag = "reports", params(("id" = BulletinId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = BulletinView)), security(("bearer" = ["bulletins.publish"])))]
#[post("/bulletins/{id}/discarding")]
pub async fn discard_bulletin(call: Call<PublishBulletins>, path: web::Path<BulletinId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, _| changed(&commands::discard(tx, actor, *path, version)?)).await
}

/// Nothing to choose but the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectionFilter {}

/// The corrections of a bulletin, the newest first.
#[utoipa::path(get, path = "/bulletins/{id}/corrections", tag = "reports",
    params(("id" = BulletinId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<BulletinView>)), security(("bearer" = ["reports.read"])))]
#[get("/bulletins/{id}/corrections")]
pub async fn list_corrections(
    call: Call<ReadReports>,
    list: List<CorrectionFilter>,
    path: web::Path<BulletinId>,
) -> Answer {
    let id = path.into_inner();
    call.list(list, move |read, actor, _, page| {
        queries::bulletin(read, actor, id)?;
        queries::bulletins(read, actor, Narrow { corrects: Some(id), ..Narrow::default() }, page)
    })
    .await
}

/// A correction to be drafted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionRequest {
    /// What is known at the end of this day, which is over.
    as_of: Day,
    /// Why, in words.
    #[schema(max_length = 1000, min_length = 2, format = "text")]
    reason: String,
}

/// Drafts a correction of a published bulletin: every figure that differs from it, or from its last correction, and every order
/// that makes a difference. It is signed and published like a bulletin.
#[utoipa::path(post, path = "/bulletins/{id}/corrections", tag = "reports", params(("id" = BulletinId, Path)),
    request_body = CorrectionRequest, responses((status = 201, body = BulletinDetail)), security(("bearer" = ["bulletins.publish"])))]
#[post("/bulletins/{id}/corrections")]
pub async fn draft_correction(
    call: Call<PublishBulletins, Json<CorrectionRequest>>,
    path: web::Path<BulletinId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let new = NewCorrection { as_of: body.as_of, reason: body.reason.clone() };
        created(&commands::correct(tx, actor, *path, &new)?)
    })
    .await
}

/// Under which other rules; at least one.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecountFilter {
    /// Another `quota_product_rule`.
    #[param(inline)]
    product_rule: Option<ProductRule>,
    /// Another `rating_required`.
    rating_required: Option<bool>,
}

/// Counts the year of a bulletin again under other rules: every order that would have counted something else, and why. A page looks
/// at as many orders as it may hold and holds those that differ, so that it may be empty while `next_cursor` goes on.
#[utoipa::path(get, path = "/bulletins/{id}/recount", tag = "reports",
    params(("id" = BulletinId, Path), RecountFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<RecountedOrder>)), security(("bearer" = ["bulletins.publish"])))]
#[get("/bulletins/{id}/recount")]
pub async fn recount_bulletin(
    call: Call<PublishBulletins>,
    list: List<RecountFilter>,
    path: web::Path<BulletinId>,
) -> Answer {
    let id = path.into_inner();
    call.list(list, move |read, actor, filter, page| {
        let rules = OtherRules {
            product_rule: filter.product_rule.map(|rule| rule.as_str().to_owned()),
            rating_required: filter.rating_required,
        };
        queries::recount(read, actor, id, rules, page)
    })
    .await
}

/// Whom to urge.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UrgeFilter {
    /// The plans' year; this year when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// As known at the end of this day; today when absent.
    as_of: Option<Day>,
    /// Only for this cause.
    cause: Option<UrgeCause>,
    /// Only units of this region.
    region: Option<RegionCode>,
}

/// 催办清单: units of your region without a plan, without a reserve, without an order, or behind the pace of the year, with whom to
/// write to and when they were urged last.
#[utoipa::path(get, path = "/reports/urge-list", tag = "reports",
    params(UrgeFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<UrgeView>)), security(("bearer" = ["bulletins.publish"])))]
#[get("/reports/urge-list")]
pub async fn urge_list(call: Call<PublishBulletins>, list: List<UrgeFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = UrgesWanted {
            year: filter.year.unwrap_or_else(|| today.year()),
            as_of: filter.as_of.unwrap_or(today),
            cause: filter.cause,
            region: filter.region,
        };
        queries::urge_list(read, actor, &wanted, page)
    })
    .await
}

/// Units to be urged.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgesRequest {
    /// The units, each its own transaction.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<UrgeItem>,
}

/// A unit to be urged.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgeItem {
    /// The unit.
    unit_id: OrgId,
    /// The plans' year.
    #[schema(minimum = 2012, maximum = 2100, example = 2021)]
    year: i64,
    /// In the bureau's own words, after what the unit's year lacks.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    words: Option<String>,
}

/// Urges units (催办) for what their year lacks today: a mail to their managers; each answers for itself (`body` is what was done).
#[utoipa::path(post, path = "/urges", tag = "reports", request_body = UrgesRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["bulletins.publish"])))]
#[post("/urges")]
pub async fn urge_units(call: Call<PublishBulletins, Json<UrgesRequest>>) -> Answer {
    let items = |Json(body): &Json<UrgesRequest>| body.items.clone();
    call.batch(items, |tx, actor, item| {
        let today = tx.at().day();
        let urged: Urged = commands::urge(tx, actor, (item.unit_id, item.year, today), item.words.as_deref())?;
        Reply::ok(&urged)
    })
    .await
}
