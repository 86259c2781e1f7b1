//! Invoices over whole orders, many at once.

use crate::kernel::actor::WorkOrders;
use crate::kernel::ids::{FileId, OrderId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::time::Day;
use crate::ordering::commands::invoice::NewInvoice;
use crate::ordering::commands::invoice_whole::register_whole;
use crate::ordering::queries::InvoiceView;
use crate::platform::http::{Answer, BatchReply, Call, Json, Reply};
use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(register_invoices);
}

/// Invoices over whole orders.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceListRequest {
    /// Each is registered for itself.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<WholeInvoiceRequest>,
}

/// An invoice over whole orders of one supplier and one payer: its gross amount is what of them was accepted, kept and not
/// invoiced yet (with the freight due), within 1 fen.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WholeInvoiceRequest {
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
    /// With tax.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    gross_fen: Fen,
    /// Its picture.
    file_id: Option<FileId>,
    /// The orders.
    #[schema(min_items = 1, max_items = 100)]
    order_ids: Vec<OrderId>,
}

impl WholeInvoiceRequest {
    /// What it asks for: the paper, whose lines follow from the orders.
    #[must_use]
    pub fn invoice(&self) -> (NewInvoice, Vec<OrderId>) {
        let paper = NewInvoice {
            code: self.code.clone().unwrap_or_default(),
            number: self.number.clone(),
            issued_on: self.issued_on,
            net: self.net_fen,
            rate: self.rate_ppm,
            tax: self.tax_fen,
            gross: self.gross_fen,
            reverses: None,
            file_id: self.file_id,
            lines: Vec::new(),
        };
        (paper, self.order_ids.clone())
    }
}

/// Registers many invoices over whole orders, each in its own transaction.
#[utoipa::path(post, path = "/invoice-lists", tag = "money", request_body = InvoiceListRequest,
    responses((status = 200, body = BatchReply)), security(("bearer" = ["orders.work"])))]
#[post("/invoice-lists")]
pub async fn register_invoices(call: Call<WorkOrders, Json<InvoiceListRequest>>) -> Answer {
    call.batch(
        |Json(body)| body.items.iter().map(WholeInvoiceRequest::invoice).collect(),
        |tx, actor, (paper, orders): &(NewInvoice, Vec<OrderId>)| {
            let (row, lines) = register_whole(tx, actor, paper, orders)?;
            Reply::json(201, &InvoiceView::new(row, &lines))
        },
    )
    .await
}
