//! Statements of account over HTTP.

use super::commands::invoice::{self, NewPaper};
use super::commands::pay::{self, NewTransfer};
use super::commands::{draw, reconcile};
use super::queries::{self, StatementAccountView, StatementSummary, StatementTransferView};
use super::rules::matching::{LineMatch, StatementLineResult};
use super::rules::state::ReconciliationState;
use super::store::StatementsWanted;
use crate::kernel::actor::{Actor, PayOrder, ReadStatements, ReconcileStatements, WriteStatements};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, OrderId, OrgId, PayeeAccountId, StatementId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::kernel::time::Day;
use crate::ordering::InvoiceView;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Format, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(draft_statement)
        .service(list_statements)
        .service(get_statement)
        .service(amend_statement)
        .service(submit_statement)
        .service(withdraw_statement)
        .service(reconcile_statement)
        .service(invoice_statement)
        .service(pay_statement);
}

/// The whole statement after a command, as its actor sees it.
fn shown(tx: &mut Tx<'_>, actor: &Actor, id: StatementId, created: bool) -> Outcome<Reply> {
    let today = tx.at().day();
    let (view, version) = queries::statement(tx, actor, id, today)?;
    let reply = if created { Reply::created(&format!("/api/v1/statements/{id}"), &view)? } else { Reply::ok(&view)? };
    Ok(reply.etag(version))
}

/// What is to be stated.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementRequest {
    /// Who ordered and accepted.
    buyer_id: OrgId,
    /// Who pays: the unit itself, its union, accounting centre or contractor. Absent where the orders of the period have one payer.
    payer_id: Option<OrgId>,
    /// The first day of the period, by the days of the acceptances' notes.
    from: Day,
    /// The last one; at most 92 days in all.
    until: Day,
    /// Orders that are not stated.
    #[schema(max_items = 500)]
    leave_out: Option<Vec<OrderId>>,
    /// In words.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    note: Option<String>,
}

/// Draws up a statement: every acceptance of a buyer in a period that stands in no other statement, line by line, with what was
/// returned, disputed, paid and invoiced of it. It is seen by nobody else until it is submitted.
#[utoipa::path(post, path = "/statements", tag = "money", request_body = StatementRequest,
    responses((status = 201, body = StatementAccountView)), security(("bearer" = ["statements.write"])))]
#[post("/statements")]
pub async fn draft_statement(call: Call<WriteStatements, Json<StatementRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = draw::NewStatement {
            buyer: body.buyer_id,
            payer: body.payer_id,
            first: body.from,
            last: body.until,
            leave_out: body.leave_out.clone().unwrap_or_default(),
            note: body.note.clone(),
        };
        let row = draw::draft(tx, actor, &new)?;
        shown(tx, actor, row.id, true)
    })
    .await
}

/// Which statements.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatementFilter {
    /// Only in this state.
    status: Option<ReconciliationState>,
    /// Only of this supplier.
    supplier_id: Option<OrgId>,
    /// Only of this buyer.
    buyer_id: Option<OrgId>,
}

/// Statements in scope, the newest first, page by page, as JSON or CSV by Accept: the own ones of a supplier; of everybody else
/// those that were submitted, as the buyer, as who pays, or of units in scope.
#[utoipa::path(get, path = "/statements", tag = "money",
    params(StatementFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, content((PageOf<StatementSummary> = "application/json"), (String = "text/csv")))),
    security(("bearer" = ["statements.read"])))]
#[get("/statements")]
pub async fn list_statements(call: Call<ReadStatements>, list: List<StatementFilter>) -> Answer {
    let (today, format) = (call.now().day(), asked(&call)?);
    let show = move |page: &PageOf<StatementSummary>| match format {
        Format::Csv => Ok(Reply::file(format, "statements", queries::list_csv(&page.items)?)),
        _ => Reply::ok(page),
    };
    call.list_as(
        list,
        move |read, actor, filter, page| {
            let wanted =
                StatementsWanted { state: filter.status, supplier: filter.supplier_id, buyer: filter.buyer_id };
            queries::statements(read, actor, &wanted, today, page)
        },
        move |page| Ok(show(page)?.header("vary", "Accept")),
    )
    .await
}

fn asked(call: &Call<ReadStatements>) -> Outcome<Format> {
    Format::asked(&call.header("accept").unwrap_or_default(), &[Format::Json, Format::Csv])
}

/// A statement: its lines, every difference, what each revision changed; once it is confirmed also what is still to be paid and
/// invoiced, order by order. As CSV by Accept its lines.
#[utoipa::path(get, path = "/statements/{id}", tag = "money", params(("id" = StatementId, Path)),
    responses((status = 200, content((StatementAccountView = "application/json"), (String = "text/csv")))),
    security(("bearer" = ["statements.read"])))]
#[get("/statements/{id}")]
pub async fn get_statement(call: Call<ReadStatements>, path: web::Path<StatementId>) -> Answer {
    let (id, today, format) = (path.into_inner(), call.now().day(), asked(&call)?);
    call.read_reply(move |read, actor| {
        let (view, version) = queries::statement(read, actor, id, today)?;
        let reply = match format {
            Format::Csv => Reply::file(format, &id.to_string(), queries::lines_csv(&view)?),
            _ => Reply::ok(&view)?,
        };
        Ok(reply.header("vary", "Accept").etag(version))
    })
    .await
}

/// What is stated anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementAmendmentRequest {
    /// Orders of the period that are not stated; all others are.
    #[schema(max_items = 500)]
    leave_out: Vec<OrderId>,
    /// In words.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    note: Option<String>,
}

/// Draws a draft, or a statement that was sent back, up anew as the records stand, as a numbered revision. The buyer sees it once
/// it is submitted.
#[utoipa::path(post, path = "/statements/{id}/amendments", tag = "money", params(("id" = StatementId, Path)),
    request_body = StatementAmendmentRequest, responses((status = 200, body = StatementAccountView)), security(("bearer" = ["statements.write"])))]
#[post("/statements/{id}/amendments")]
pub async fn amend_statement(
    call: Call<WriteStatements, Json<StatementAmendmentRequest>>,
    path: web::Path<StatementId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = draw::amend(tx, actor, *path, (&body.leave_out, body.note.as_deref()))?;
        shown(tx, actor, row.id, false)
    })
    .await
}

/// What is said with a statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementSubmissionRequest {
    /// In words.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    note: Option<String>,
}

/// Sends a statement to its buyer as the records stand at this moment; what changed since it was drawn up makes a revision of its
/// own. The buyer is told by mail.
#[utoipa::path(post, path = "/statements/{id}/submission", tag = "money", params(("id" = StatementId, Path)),
    request_body = StatementSubmissionRequest, responses((status = 200, body = StatementAccountView)), security(("bearer" = ["statements.write"])))]
#[post("/statements/{id}/submission")]
pub async fn submit_statement(
    call: Call<WriteStatements, Json<StatementSubmissionRequest>>,
    path: web::Path<StatementId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = draw::submit(tx, actor, *path, body.note.as_deref())?;
        shown(tx, actor, row.id, false)
    })
    .await
}

/// Why a statement is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementWithdrawalRequest {
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Takes a statement back that is not confirmed; what it stated may be stated anew.
#[utoipa::path(post, path = "/statements/{id}/withdrawals", tag = "money", params(("id" = StatementId, Path)),
    request_body = StatementWithdrawalRequest, responses((status = 200, body = StatementAccountView)), security(("bearer" = ["statements.write"])))]
#[post("/statements/{id}/withdrawals")]
pub async fn withdraw_statement(
    call: Call<WriteStatements, Json<StatementWithdrawalRequest>>,
    path: web::Path<StatementId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = draw::withdraw(tx, actor, *path, &body.reason)?;
        shown(tx, actor, row.id, false)
    })
    .await
}

/// What a buyer finds of a statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciliationRequest {
    /// The revision that was matched.
    #[schema(minimum = 1, maximum = 10_000)]
    revision: i64,
    /// One result for each of its lines.
    #[schema(min_items = 1, max_items = 1000)]
    lines: Vec<ReconciledLineRequest>,
}

/// What a buyer finds of a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconciledLineRequest {
    /// The line of the statement.
    #[schema(minimum = 1, maximum = 1000)]
    line_no: i64,
    /// What it finds.
    result: StatementLineResult,
    /// Of a line that differs: the quantity that was accepted and kept by your own books.
    quantity: Option<Quantity>,
    /// Of a line that differs: the amount by your own books.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000_000_i64)]
    amount_fen: Option<Fen>,
    /// Of a line that differs: why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

impl ReconciledLineRequest {
    fn result(&self) -> LineMatch {
        LineMatch {
            line_no: self.line_no,
            result: self.result,
            quantity: self.quantity,
            amount: self.amount_fen,
            reason: self.reason.clone(),
        }
    }
}

/// Matches a submitted statement with what was accepted, line by line. The records are asked again at this moment: what was
/// accepted, returned, disputed or paid since is a difference as well. Without any difference the statement is confirmed and its
/// lines are frozen; else it goes back to the supplier with every difference named.
#[utoipa::path(post, path = "/statements/{id}/reconciliations", tag = "money", params(("id" = StatementId, Path)),
    request_body = ReconciliationRequest, responses((status = 200, body = StatementAccountView)), security(("bearer" = ["statements.reconcile"])))]
#[post("/statements/{id}/reconciliations")]
pub async fn reconcile_statement(
    call: Call<ReconcileStatements, Json<ReconciliationRequest>>,
    path: web::Path<StatementId>,
) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let results: Vec<LineMatch> = body.lines.iter().map(ReconciledLineRequest::result).collect();
        let row = reconcile::reconcile(tx, actor, *path, (body.revision, &results))?;
        shown(tx, actor, row.id, false)
    })
    .await
}

/// A set of invoices.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementInvoicesRequest {
    /// All are registered, or none.
    #[schema(min_items = 1, max_items = 50)]
    invoices: Vec<StatementInvoiceRequest>,
}

/// An invoice for whole orders of a statement, or for lines of them where rates of tax differ.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementInvoiceRequest {
    /// Ten or twelve digits; absent on fully electronic ones.
    #[schema(pattern = "^([0-9]{10}|[0-9]{12})$", example = "064002100111")]
    code: Option<String>,
    /// Eight digits, or the twenty of a fully electronic one.
    #[schema(pattern = "^([0-9]{8}|[0-9]{20})$", example = "00012345")]
    number: String,
    /// Its date.
    issued_on: Day,
    /// Without tax.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    net_fen: Fen,
    /// The rate; absent when exempt.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000, example = 90000)]
    rate_ppm: Option<Ppm>,
    /// The tax; 0 when exempt.
    #[schema(value_type = i64, minimum = 0, maximum = 1_000_000_000_000_i64)]
    tax_fen: Fen,
    /// With tax: exactly what the statement leaves to be invoiced of what it names.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    gross_fen: Fen,
    /// Its picture.
    file_id: Option<FileId>,
    /// Whole orders; or else name lines.
    #[schema(max_items = 500)]
    order_ids: Option<Vec<OrderId>>,
    /// Lines; the set must have all that are to be invoiced of their orders.
    #[schema(max_items = 1000)]
    lines: Option<Vec<StatementInvoiceLine>>,
}

/// An order's line on an invoice.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementInvoiceLine {
    /// The order.
    order_id: OrderId,
    /// Its line; 0 is the freight.
    #[schema(minimum = 0, maximum = 200)]
    line_no: i64,
}

impl StatementInvoiceRequest {
    fn paper(&self) -> NewPaper {
        NewPaper {
            code: self.code.clone().unwrap_or_default(),
            number: self.number.clone(),
            issued_on: self.issued_on,
            net: self.net_fen,
            rate: self.rate_ppm,
            tax: self.tax_fen,
            gross: self.gross_fen,
            file_id: self.file_id,
            orders: self.order_ids.clone().unwrap_or_default(),
            lines: self.lines.iter().flatten().map(|line| (line.order_id, line.line_no)).collect(),
        }
    }
}

/// The invoices that were registered.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementInvoicesView {
    /// In the order of the request.
    pub invoices: Vec<InvoiceView>,
}

/// Registers a set of invoices for a confirmed statement, all or none: of every order that it names exactly what the statement
/// leaves to be invoiced; nothing that is disputed.
#[utoipa::path(post, path = "/statements/{id}/invoices", tag = "money", params(("id" = StatementId, Path)),
    request_body = StatementInvoicesRequest, responses((status = 201, body = StatementInvoicesView)), security(("bearer" = ["statements.write"])))]
#[post("/statements/{id}/invoices")]
pub async fn invoice_statement(
    call: Call<WriteStatements, Json<StatementInvoicesRequest>>,
    path: web::Path<StatementId>,
) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let papers: Vec<NewPaper> = body.invoices.iter().map(StatementInvoiceRequest::paper).collect();
        let (_, invoices) = invoice::invoice(tx, actor, *path, &papers)?;
        Reply::json(201, &StatementInvoicesView { invoices })
    })
    .await
}

/// A transfer for a statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementPaymentRequest {
    /// The whole transfer, in fen: what the statement leaves to be paid, or less.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64, example = 125000)]
    amount_fen: Fen,
    /// The bank's value date; today when absent.
    occurred_on: Option<Day>,
    /// The bank's proof. With it the payment counts after five working days although the supplier does not answer.
    proof_file: Option<FileId>,
    /// The bank's number of the movement.
    #[schema(max_length = 64, min_length = 1, pattern = "^[0-9A-Za-z][0-9A-Za-z./_-]*$", example = "20210302003417")]
    bank_reference: Option<String>,
    /// Where the orders are paid to several accounts: the one that it was transferred to.
    payee_account_id: Option<PayeeAccountId>,
}

/// Reports one transfer for a confirmed statement, by the buyer or who pays; never by the person who accepted the goods. It pays
/// of each order what the statement leaves to be paid; a part pays the oldest due first, and the answer says so. The supplier
/// answers it like any other payment.
#[utoipa::path(post, path = "/statements/{id}/payments", tag = "money", params(("id" = StatementId, Path)),
    request_body = StatementPaymentRequest, responses((status = 201, body = StatementTransferView)), security(("bearer" = ["orders.pay"])))]
#[post("/statements/{id}/payments")]
pub async fn pay_statement(
    call: Call<PayOrder, Json<StatementPaymentRequest>>,
    path: web::Path<StatementId>,
) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let new = NewTransfer {
            occurred_on: body.occurred_on,
            amount: body.amount_fen,
            proof_file: body.proof_file,
            bank_reference: body.bank_reference.clone(),
            account: body.payee_account_id,
        };
        let paid = pay::pay(tx, actor, *path, &new)?;
        Reply::json(201, &StatementTransferView::from(paid))
    })
    .await
}
