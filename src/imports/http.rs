//! Imports over HTTP: templates, files, progress, errors, results.

use super::commands::{self, NewImport};
use super::queries::{self, ImportErrorView, ImportResultView, ImportView};
use super::rules::{ImportKind, ImportMode};
use super::{job, kinds, template};
use crate::documents::{self, FileClass, NewFile, Vault};
use crate::kernel::actor::{
    ImportDonations, ImportInvoices, ImportProducts, ImportSuppliers, ImportUnits, ImportVenueSales, Permission,
    ReadImports, SignedIn,
};
use crate::kernel::error::{AppError, Code};
use crate::kernel::identity_number;
use crate::kernel::ids::ImportId;
use crate::platform::http::{Answer, Call, Format, List, PageOf, Reply, SheetUpload};
use crate::platform::workbook;
use actix_web::web::{self, Data};
use actix_web::{get, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(get_import_template)
        .service(import_products)
        .service(import_suppliers)
        .service(import_units)
        .service(import_invoices)
        .service(import_donation_activities)
        .service(import_venue_sales);
    config.service(list_imports).service(get_import).service(list_import_errors).service(list_import_results);
}

/// The bytes of a workbook.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "only its schema is used")]
struct WorkbookBytes(Vec<u8>);

/// The template of a kind: a workbook with titles, lists to choose from, an example and an explanation.
#[utoipa::path(get, path = "/import-templates/{kind}", tag = "imports", params(("kind" = ImportKind, Path)),
    responses((status = 200, content((WorkbookBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))),
    security(("bearer" = ["signed_in"])))]
#[get("/import-templates/{kind}")]
pub async fn get_import_template(call: Call<SignedIn>, kind: web::Path<ImportKind>) -> Answer {
    let now = call.now();
    call.read_reply(move |read, _| {
        let bytes = template::workbook(kinds::form(*kind), &job::known(read, now.day())?, now)?;
        let name = format!("attachment; filename=\"yigou-{}.xlsx\"", *kind);
        Ok(Reply::bytes(workbook::XLSX, bytes).header("content-disposition", &name))
    })
    .await
}

/// How to import.
#[derive(Debug, Clone, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// What becomes of the file when a row is wrong.
    mode: ImportMode,
    /// The file's name, without a path.
    #[param(min_length = 1, max_length = 200, pattern = "^[^\\u0000-\\u001F\\u007F-\\u009F/\\\\]+$")]
    name: Option<String>,
}

/// Imports products of the own organisation, and drafts of applications for their certification, from a filled-in template
/// (XLSX, or CSV in UTF-8; 10 MiB and 10,000 rows at most). What is wrong with the file as a whole is answered at once; rows are
/// worked through by a job, whose progress the address in `Location` tells.
#[utoipa::path(post, path = "/imports/products", tag = "imports", params(ImportQuery),
    request_body(content((WorkbookBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 202, body = ImportView)), security(("bearer" = ["imports.products"])))]
#[post("/imports/products")]
pub async fn import_products(
    call: Call<ImportProducts, SheetUpload>,
    query: List<ImportQuery>,
    vault: Data<Vault>,
) -> Answer {
    begin(call, ImportKind::Products, query.filter, &vault).await
}

/// Imports suppliers: their organisations, invitations of their first people by mail, and drafts of their applications for
/// admission, which they complete and submit themselves. Files and progress as with products.
#[utoipa::path(post, path = "/imports/suppliers", tag = "imports", params(ImportQuery),
    request_body(content((WorkbookBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 202, body = ImportView)), security(("bearer" = ["imports.suppliers"])))]
#[post("/imports/suppliers")]
pub async fn import_suppliers(
    call: Call<ImportSuppliers, SheetUpload>,
    query: List<ImportQuery>,
    vault: Data<Vault>,
) -> Answer {
    begin(call, ImportKind::Suppliers, query.filter, &vault).await
}

/// Imports budget units: their organisations, their places below supervising units (registered ones, or rows above), and
/// invitations of their managers and traders by mail. Files and progress as with products.
#[utoipa::path(post, path = "/imports/units", tag = "imports", params(ImportQuery),
    request_body(content((WorkbookBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 202, body = ImportView)), security(("bearer" = ["imports.units"])))]
#[post("/imports/units")]
pub async fn import_units(
    call: Call<ImportUnits, SheetUpload>,
    query: List<ImportQuery>,
    vault: Data<Vault>,
) -> Answer {
    begin(call, ImportKind::Units, query.filter, &vault).await
}

/// Imports a list of invoices over whole orders, each as `POST /invoice-lists` would register it. Files and progress as with
/// products.
#[utoipa::path(post, path = "/imports/invoices", tag = "imports", params(ImportQuery),
    request_body(content((WorkbookBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 202, body = ImportView)), security(("bearer" = ["imports.invoices"])))]
#[post("/imports/invoices")]
pub async fn import_invoices(
    call: Call<ImportInvoices, SheetUpload>,
    query: List<ImportQuery>,
    vault: Data<Vault>,
) -> Answer {
    begin(call, ImportKind::Invoices, query.filter, &vault).await
}

/// Imports activities of purchase in place of donation, each made of the rows of one document number and declared as
/// `POST /donation-activities` would: all its rows or none. Files and progress as with products; the file is kept encrypted, and
/// the numbers in it nowhere else.
#[utoipa::path(post, path = "/imports/donation-activities", tag = "imports", params(ImportQuery),
    request_body(content((WorkbookBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 202, body = ImportView)), security(("bearer" = ["imports.donations"])))]
#[post("/imports/donation-activities")]
pub async fn import_donation_activities(
    call: Call<ImportDonations, SheetUpload>,
    query: List<ImportQuery>,
    vault: Data<Vault>,
) -> Answer {
    begin(call, ImportKind::DonationActivities, query.filter, &vault).await
}

/// Imports what your venues (专柜、专馆、专区) sold, a receipt in each row, as `POST /venues/{id}/feeds` would: what was reported before in the
/// same words is counted once. Files and progress as with products.
#[utoipa::path(post, path = "/imports/venue-sales", tag = "imports", params(ImportQuery),
    request_body(content((WorkbookBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 202, body = ImportView)), security(("bearer" = ["imports.venue_sales"])))]
#[post("/imports/venue-sales")]
pub async fn import_venue_sales(
    call: Call<ImportVenueSales, SheetUpload>,
    query: List<ImportQuery>,
    vault: Data<Vault>,
) -> Answer {
    begin(call, ImportKind::VenueSales, query.filter, &vault).await
}

async fn begin<P: Permission>(
    call: Call<P, SheetUpload>,
    kind: ImportKind,
    ImportQuery { mode, name }: ImportQuery,
    vault: &Vault,
) -> Answer {
    let SheetUpload { bytes, content_type } = call.body().clone();
    let size_bytes = i64::try_from(bytes.len()).map_err(AppError::internal)?;
    let (_, titles) = job::look(kind, content_type, bytes.clone()).await?;
    let (org, at) = (call.actor().org_id, call.now());
    // Asked before the bytes are kept, and again with the entry. What was begun under the same key is answered again.
    if let Err(full) = call.web().store.read(move |read| documents::has_room(read, org, size_bytes, at)).await {
        return call.write_keyed(move |_, _, _| Err(full.clone())).await;
    }
    let class = if kinds::personal(kind) { FileClass::Restricted } else { FileClass::Evidence };
    let sha256 = vault.put(class, bytes).await?;
    let ending = if content_type == workbook::XLSX { "xlsx" } else { "csv" };
    let name = name.unwrap_or_else(|| format!("{kind}.{ending}"));
    if kinds::personal(kind) {
        identity_number::refuse_in(&name, "name", Code::InvalidParameter)?;
    }
    let new = NewImport { kind, mode, titles, file: NewFile { name, content_type, size_bytes, sha256, class } };
    call.write_keyed(move |tx, actor, _| {
        let row = commands::begin(tx, actor, &new)?;
        let location = format!("/api/v1/imports/{}", row.id);
        Ok(Reply::json(202, &queries::view(row)?)?.header("location", &location))
    })
    .await
}

/// No filters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportFilter {}

/// Imports in scope, newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ImportView>)), security(("bearer" = ["imports.read"])))]
#[get("/imports")]
pub async fn list_imports(call: Call<ReadImports>, list: List<ImportFilter>) -> Answer {
    call.list(list, |read, actor, _, page| queries::imports(read, &actor.scope, page)).await
}

/// An import and how far it is.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportView)), security(("bearer" = ["imports.read"])))]
#[get("/imports/{id}")]
pub async fn get_import(call: Call<ReadImports>, path: web::Path<ImportId>) -> Answer {
    call.read(move |read, actor| queries::import(read, &actor.scope, *path)).await
}

/// What is wrong with an import's rows, by row and column: page by page, or as one CSV where that is accepted.
#[utoipa::path(get, path = "/imports/{id}/errors", tag = "imports", params(("id" = ImportId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, content((PageOf<ImportErrorView> = "application/json"), (String = "text/csv")))), security(("bearer" = ["imports.read"])))]
#[get("/imports/{id}/errors")]
pub async fn list_import_errors(
    call: Call<ReadImports>,
    path: web::Path<ImportId>,
    list: List<ImportFilter>,
) -> Answer {
    let id = *path;
    let accept = call.header("accept").unwrap_or_default();
    if Format::asked(&accept, &[Format::Json, Format::Csv])? == Format::Json {
        return call.list(list, move |read, actor, _, page| queries::errors(read, &actor.scope, id, page)).await;
    }
    call.read_reply(move |read, actor| {
        let reply = Reply::bytes("text/csv; charset=utf-8", queries::errors_csv(read, &actor.scope, id)?);
        Ok(reply.header("content-disposition", "attachment; filename=\"import-errors.csv\""))
    })
    .await
}

/// What an import's rows brought into being, by row.
#[utoipa::path(get, path = "/imports/{id}/results", tag = "imports", params(("id" = ImportId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ImportResultView>)), security(("bearer" = ["imports.read"])))]
#[get("/imports/{id}/results")]
pub async fn list_import_results(
    call: Call<ReadImports>,
    path: web::Path<ImportId>,
    list: List<ImportFilter>,
) -> Answer {
    call.list(list, move |read, actor, _, page| queries::results(read, &actor.scope, *path, page)).await
}
