//! Published batches over HTTP: published by an office, read by everybody as JSON, CSV or a workbook.

use crate::certification::commands::{self, NewBatch};
use crate::certification::queries::{self, BatchDiffView, CatalogueBatchPage, CatalogueBatchView};
use crate::kernel::actor::PublishCatalogue;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CatalogueBatchId, SchemeId};
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Format, Json, List, PageOf, Public, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_catalogue_batches)
        .service(publish_catalogue_batch)
        .service(get_catalogue_batch)
        .service(compare_catalogue_batches);
}

/// In which format an anonymous read is wanted.
fn format(public: &Public, offered: &[Format]) -> Outcome<Format> {
    Format::asked(&public.header("accept").unwrap_or_default(), offered)
}

fn by_accept(reply: Reply) -> Reply {
    reply.header("vary", "Accept")
}

/// Which batches.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BatchFilter {
    /// Of this scheme.
    scheme_id: Option<SchemeId>,
    /// Numbered in this year.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
}

/// Published batches of the catalogue (认定目录批次), the newest first: as JSON, CSV or a workbook by Accept, page by page.
#[utoipa::path(get, path = "/catalogue-batches", tag = "certification", params(BatchFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, content((PageOf<CatalogueBatchView> = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/catalogue-batches")]
pub async fn list_catalogue_batches(public: Public, list: List<BatchFilter>) -> Answer {
    let format = format(&public, &[Format::Json, Format::Csv, Format::Xlsx])?;
    let show = move |page: &PageOf<CatalogueBatchView>| {
        let reply = match format {
            Format::Csv => Reply::file(format, "catalogue-batches", queries::batches_csv(&page.items)?),
            Format::Xlsx => Reply::file(format, "catalogue-batches", queries::batches_xlsx(&page.items)?),
            Format::Json | Format::Lines | Format::Svg => Reply::ok(page)?,
        };
        Ok(by_accept(reply))
    };
    public.list_as(list, |read, filter, page| queries::batches(read, filter.scheme_id, filter.year, page), show).await
}

/// A batch to be published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogueBatchRequest {
    /// Of which scheme.
    scheme_id: SchemeId,
    /// The number of the document that announces it (文号).
    #[schema(max_length = 60, min_length = 2, format = "text", example = "宁开发〔2021〕9号")]
    document_number: String,
    /// The document's date, not before the last batch's; today when absent. The batch is numbered in its year.
    dated_on: Option<Day>,
    /// Takes certificates that were issued on this day at the latest; the document's date when absent.
    issued_until: Option<Day>,
}

/// Publishes a batch: every certificate of the scheme that was issued up to a day, is in force and in no batch yet. What is
/// published never changes; the next batch takes what comes later.
#[utoipa::path(post, path = "/catalogue-batches", tag = "certification", request_body = CatalogueBatchRequest,
    responses((status = 201, body = CatalogueBatchView)), security(("bearer" = ["catalogue.publish"])))]
#[post("/catalogue-batches")]
pub async fn publish_catalogue_batch(call: Call<PublishCatalogue, Json<CatalogueBatchRequest>>) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let wanted = NewBatch {
            scheme_id: body.scheme_id,
            document_number: body.document_number.trim().to_owned(),
            dated_on: body.dated_on,
            issued_until: body.issued_until,
        };
        let row = commands::publish_batch(tx, actor, &wanted)?;
        Reply::created(&format!("/api/v1/catalogue-batches/{}", row.id), &CatalogueBatchView::from(row))
    })
    .await
}

/// Nothing to choose but the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WholeFilter {}

/// A published batch. As JSON its rows come page by page, each with how its certificate stands now; CSV and workbook hold the
/// whole batch as it was published, and `application/jsonl` is the very text whose SHA-256 the batch names.
#[utoipa::path(get, path = "/catalogue-batches/{id}", tag = "certification", params(("id" = CatalogueBatchId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, content((CatalogueBatchPage = "application/json"), (String = "text/csv"), (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/jsonl")))))]
#[get("/catalogue-batches/{id}")]
pub async fn get_catalogue_batch(public: Public, list: List<WholeFilter>, path: web::Path<CatalogueBatchId>) -> Answer {
    let (id, today) = (path.into_inner(), public.now().day());
    let format = format(&public, &[Format::Json, Format::Csv, Format::Xlsx, Format::Lines])?;
    if format == Format::Json {
        let work = move |read: &mut _, _: &_, page: &_| queries::batch_page(read, id, today, page);
        return public.page_of(list, work, |batch, page| CatalogueBatchPage::reply(batch, page).map(by_accept)).await;
    }
    let file = move |read: &mut _| {
        let whole = queries::whole_batch(read, id)?;
        let body = match format {
            Format::Xlsx => whole.xlsx()?,
            Format::Lines => whole.canonical()?,
            Format::Csv | Format::Json | Format::Svg => whole.csv()?,
        };
        Ok(by_accept(Reply::file(format, &id.to_string(), body)))
    };
    public.keep(file).await
}

impl CatalogueBatchPage {
    fn reply(batch: CatalogueBatchView, page: PageOf<queries::BatchRowView>) -> Outcome<Reply> {
        Reply::ok(&CatalogueBatchPage { batch, items: page.items, next_cursor: page.next_cursor })
    }
}

/// With which batch it is compared.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgainstFilter {
    /// The other batch, as a rule an earlier one.
    against: CatalogueBatchId,
}

/// How a batch differs from another: products that were added, that left (their certificate has ended, or this batch does not
/// name them again), and that changed, with what each batch says of them.
#[utoipa::path(get, path = "/catalogue-batches/{id}/diff", tag = "certification", params(("id" = CatalogueBatchId, Path), AgainstFilter),
    responses((status = 200, body = BatchDiffView)))]
#[get("/catalogue-batches/{id}/diff")]
pub async fn compare_catalogue_batches(
    public: Public,
    list: List<AgainstFilter>,
    path: web::Path<CatalogueBatchId>,
) -> Answer {
    let (id, today) = (path.into_inner(), public.now().day());
    public.read(move |read| queries::batch_diff(read, id, list.filter.against, today)).await
}
