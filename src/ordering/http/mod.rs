//! Orders over HTTP.

mod annulments;
mod approvals;
mod classify;
mod counting;
mod disputes;
mod duties;
mod fulfil;
mod invoice_lists;
mod late;
mod matching;
mod money;
mod papers;
mod place;
mod price_changes;
mod read;
mod recipients;
mod replacements;

pub use invoice_lists::WholeInvoiceRequest;
pub use place::PlaceOrderRequest;

use super::queries::FactReply;
use super::store::orders::OrderRow;
use crate::kernel::error::Outcome;
use crate::platform::http::Reply;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    place::routes(config);
    approvals::routes(config);
    fulfil::routes(config);
    money::routes(config);
    papers::routes(config);
    disputes::routes(config);
    price_changes::routes(config);
    replacements::routes(config);
    recipients::routes(config);
    duties::routes(config);
    counting::routes(config);
    classify::routes(config);
    invoice_lists::routes(config);
    late::routes(config);
    matching::routes(config);
    annulments::routes(config);
    read::routes(config);
}

/// 201 with a recorded fact and the order after it.
fn fact_reply(fact: &impl std::fmt::Display, order: &OrderRow) -> Outcome<Reply> {
    let view = FactReply { id: fact.to_string(), order: order.into() };
    Ok(Reply::created(&format!("/api/v1/orders/{}", order.id), &view)?.etag(order.version))
}
