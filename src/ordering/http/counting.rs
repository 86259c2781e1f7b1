//! What an order counts, and its invoices.

use crate::kernel::actor::{ReadOrders, WorkOrders};
use crate::kernel::ids::{FileId, InvoiceId, OrderId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::time::Day;
use crate::ordering::commands::invoice;
use crate::ordering::queries::{self, CountingView, InvoiceView};
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(show_counting).service(register_invoice).service(list_invoices);
}

/// What an order counts (ordered, accepted and paid, completed), in which year, and what is missing.
#[utoipa::path(get, path = "/orders/{id}/counting", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = CountingView)), security(("bearer" = ["orders.read"])))]
#[get("/orders/{id}/counting")]
pub async fn show_counting(call: Call<ReadOrders>, path: web::Path<OrderId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read(move |read, actor| queries::counting(read, actor, id, today)).await
}

/// An invoice as its paper says; all amounts are negative on a red letter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceRequest {
    /// Ten or twelve digits; absent on fully electronic ones.
    #[schema(pattern = "^([0-9]{10}|[0-9]{12})$", example = "064002100111")]
    code: Option<String>,
    /// Eight digits, or the twenty of a fully electronic one.
    #[schema(pattern = "^([0-9]{8}|[0-9]{20})$", example = "00012345")]
    number: String,
    /// Its date.
    issued_on: Day,
    /// Without tax.
    #[schema(value_type = i64, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64)]
    net_fen: Fen,
    /// The rate; absent when exempt.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000, example = 90000)]
    rate_ppm: Option<Ppm>,
    /// The tax; 0 when exempt.
    #[schema(value_type = i64, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64)]
    tax_fen: Fen,
    /// With tax.
    #[schema(value_type = i64, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64)]
    gross_fen: Fen,
    /// The invoice that a red letter takes back.
    reverses: Option<InvoiceId>,
    /// Its picture.
    file_id: Option<FileId>,
    /// What of it is for which line; the sum is the gross amount.
    #[schema(min_items = 1, max_items = 500)]
    lines: Vec<InvoiceLineRequest>,
}

/// What of an invoice is for a line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceLineRequest {
    /// The order.
    order_id: OrderId,
    /// The line; 0 is the freight.
    #[schema(minimum = 0, maximum = 200)]
    line_no: i64,
    /// With tax.
    #[schema(value_type = i64, minimum = -1_000_000_000_000_i64, maximum = 1_000_000_000_000_i64)]
    gross_fen: Fen,
}

impl InvoiceRequest {
    fn invoice(&self) -> invoice::NewInvoice {
        invoice::NewInvoice {
            code: self.code.clone().unwrap_or_default(),
            number: self.number.clone(),
            issued_on: self.issued_on,
            net: self.net_fen,
            rate: self.rate_ppm,
            tax: self.tax_fen,
            gross: self.gross_fen,
            reverses: self.reverses,
            file_id: self.file_id,
            lines: self.lines.iter().map(|line| (line.order_id, line.line_no, line.gross_fen)).collect(),
        }
    }
}

/// Registers an invoice; order, receipt and invoice must agree per line within 1 fen. Either side registers what it issued or
/// received; red letters, at the rate of the invoice that they take back, are registered by the supplier.
#[utoipa::path(post, path = "/invoices", tag = "money", request_body = InvoiceRequest,
    responses((status = 201, body = InvoiceView)), security(("bearer" = ["orders.work"])))]
#[post("/invoices")]
pub async fn register_invoice(call: Call<WorkOrders, Json<InvoiceRequest>>) -> Answer {
    call.write_keyed(|tx, actor, Json(body)| {
        let (row, lines) = invoice::register(tx, actor, &body.invoice())?;
        Reply::json(201, &InvoiceView::new(row, &lines))
    })
    .await
}

/// Which invoices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvoiceFilter {
    /// Only those that name this order.
    order_id: Option<OrderId>,
}

/// Invoices in your scope, the latest first.
#[utoipa::path(get, path = "/invoices", tag = "money",
    params(InvoiceFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<InvoiceView>)), security(("bearer" = ["orders.read"])))]
#[get("/invoices")]
pub async fn list_invoices(call: Call<ReadOrders>, list: List<InvoiceFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| queries::invoices(read, actor, filter.order_id, today, page)).await
}
