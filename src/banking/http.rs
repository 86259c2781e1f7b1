//! Bank statements over HTTP.

use super::commands::{self, NewBooking, NewStatement};
use super::queries::{self, BankBookingView, BankStatementDetail, BankStatementView};
use super::reading::{self, MOST_COLUMNS, MOST_ROWS, Sheet};
use super::rules;
use crate::documents::{self, FileClass, Vault};
use crate::kernel::actor::{BookBankStatements, ReadBankStatements, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{BankLineId, BankStatementId, FileId, PaymentId};
use crate::platform::db::Store;
use crate::platform::http::{Answer, BatchReply, Call, Json, List, PageOf, Reply};
use crate::platform::workbook::{self, Limits, Unreadable};
use actix_web::web::{self, Data};
use actix_web::{get, post};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(upload_bank_statement).service(list_bank_statements).service(get_bank_statement).service(book_lines);
}

/// A bank statement that was uploaded as a file.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankStatementRequest {
    /// The file, as the bank gives it: XLSX, or CSV in UTF-8; of class `evidence`, 2,000 rows at most. Its titles may
    /// stand in any of the first rows: a day (交易日期, 记账日期 …) and an amount (收入金额, 贷方发生额 …, or 交易金额 with
    /// 借贷标志), beside them 对方户名, 摘要, 附言, 用途 and 流水号 where the bank has them.
    file_id: FileId,
    /// The own account whose movements they are: 6 to 32 digits; spaces and dashes between them are left out.
    #[schema(min_length = 6, max_length = 40, format = "line", example = "6228480402564890018")]
    account_number: String,
    /// Whether a job books the lines that are one payment without doubt: of the payments that a line may be only one is
    /// likely, amount and name or amount and number agree, and no other line may be that payment. What is not booked stays a
    /// proposal. Absent: nothing is booked by itself.
    book_unambiguous: Option<bool>,
}

/// Reads a bank statement into movements and proposes which reported payment each of them is. A movement that an earlier file
/// showed is not kept twice: it is told by its bank's number, or by day, amount, name, text and ordinal.
#[utoipa::path(post, path = "/bank-statements", tag = "money", request_body = BankStatementRequest,
    responses((status = 201, body = BankStatementView)), security(("bearer" = ["banking.book"])))]
#[post("/bank-statements")]
pub async fn upload_bank_statement(
    call: Call<BookBankStatements, Json<BankStatementRequest>>,
    vault: Data<Vault>,
) -> Answer {
    let Json(body) = call.body().clone();
    let scope = Scope::Org(call.actor().org_id);
    let account = rules::account(&body.account_number);
    let (account, sheet) = match (account, sheet(&call.web().store, &vault, scope, body.file_id).await) {
        (Ok(account), Ok(sheet)) => (account, sheet),
        // What was uploaded under the same key is answered again.
        (account, sheet) => {
            let wrong: Vec<AppError> = account.err().map(AppError::from).into_iter().chain(sheet.err()).collect();
            let error = AppError::several(wrong);
            return call.write_keyed(move |_, _, _| Err(error.clone())).await;
        }
    };
    let book = body.book_unambiguous.unwrap_or(false);
    let new = NewStatement { file: body.file_id, account, book, sheet };
    call.write_keyed(move |tx, actor, _| {
        let row = commands::enter(tx, actor, &new)?;
        let location = format!("/api/v1/bank-statements/{}", row.id);
        Reply::created(&location, &BankStatementView::from(row))
    })
    .await
}

/// Reads the file outside of any transaction.
async fn sheet(store: &Store, vault: &Vault, scope: Scope, id: FileId) -> Outcome<Sheet> {
    let wrong = |zh: &str, en: &str| AppError::field(Code::ValidationFailed, "/file_id", Message::new(zh, en));
    let file = store.read(move |read| documents::file(read, &scope, id)).await;
    let file = file.map_err(|error| match error.code() {
        Code::NotFound => wrong("没有此文件", "there is no such file"),
        _ => error,
    })?;
    let content_type = match file.content_type.as_str() {
        workbook::XLSX => workbook::XLSX,
        workbook::CSV | "text/plain" => workbook::CSV,
        _ => return Err(wrong("须为 XLSX 或 CSV 表格", "must be a table: XLSX or CSV")),
    };
    if file.class != FileClass::Evidence {
        return Err(wrong("银行流水须以 evidence 类上传", "must be a file of class evidence"));
    }
    let bytes = vault.get(&file).await?;
    let limits = Limits { rows: MOST_ROWS, columns: MOST_COLUMNS };
    let read = move || workbook::read_foreign(&bytes, content_type, "", limits).map(|table| reading::movements(&table));
    let damaged = |e: tokio::task::JoinError| Unreadable::Damaged(e.to_string());
    tokio::task::spawn_blocking(read).await.map_err(damaged)??
}

/// No filters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BankStatementFilter {}

/// The own bank statements, newest first.
#[utoipa::path(get, path = "/bank-statements", tag = "money", params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<BankStatementView>)), security(("bearer" = ["banking.read"])))]
#[get("/bank-statements")]
pub async fn list_bank_statements(call: Call<ReadBankStatements>, list: List<BankStatementFilter>) -> Answer {
    call.list(list, |read, actor, _, page| queries::statements(read, actor, page)).await
}

/// A bank statement: its movements, what each was booked to or may be, with what agrees and what differs, and what is wrong
/// with other rows.
#[utoipa::path(get, path = "/bank-statements/{id}", tag = "money", params(("id" = BankStatementId, Path)),
    responses((status = 200, body = BankStatementDetail)), security(("bearer" = ["banking.read"])))]
#[get("/bank-statements/{id}")]
pub async fn get_bank_statement(call: Call<ReadBankStatements>, path: web::Path<BankStatementId>) -> Answer {
    let today = call.now().day();
    call.read(move |read, actor| queries::statement(read, actor, *path, today)).await
}

/// Lines to book.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingsRequest {
    /// Each is booked for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<BookingRequest>,
}

/// A line, and the payment that it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingRequest {
    /// The movement.
    line_id: BankLineId,
    /// The payment, of the movement's amount.
    payment_id: PaymentId,
}

/// Books movements to payments, each in its own transaction. It confirms the payment for all orders that it pays, as the answer
/// to a reported payment does; of a payment that was confirmed already it only keeps the movement.
#[utoipa::path(post, path = "/bank-statements/{id}/bookings", tag = "money", params(("id" = BankStatementId, Path)), request_body = BookingsRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["banking.book"])))]
#[post("/bank-statements/{id}/bookings")]
pub async fn book_lines(
    call: Call<BookBankStatements, Json<BookingsRequest>>,
    path: web::Path<BankStatementId>,
) -> Answer {
    let (id, org) = (path.into_inner(), call.actor().org_id);
    // A statement of others is none as a whole, not item by item.
    if let Err(unknown) = call.web().store.read(move |read| queries::exists(read, org, id)).await {
        return call.write_keyed(move |_, _, _| Err(unknown.clone())).await;
    }
    let items = |Json(body): &Json<BookingsRequest>| {
        let booking =
            |item: &BookingRequest| NewBooking { statement: id, line: item.line_id, payment: item.payment_id };
        body.items.iter().map(booking).collect()
    };
    call.batch(items, |tx, actor, new: &NewBooking| {
        let row = commands::book(tx, actor, *new)?;
        let view: BankBookingView = queries::booking(tx, actor, &row)?;
        Reply::json(201, &view)
    })
    .await
}
