//! Order, receipt and invoice side by side over HTTP.

use crate::kernel::actor::ReadOrders;
use crate::kernel::ids::OrderId;
use crate::ordering::queries::{self, MatchingView};
use crate::platform::http::{Answer, Call};
use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(show_matching);
}

/// 三单匹配: order, receipt and invoice of an order line by line, and what differs.
#[utoipa::path(get, path = "/orders/{id}/invoice-matching", tag = "money", params(("id" = OrderId, Path)),
    responses((status = 200, body = MatchingView)), security(("bearer" = ["orders.read"])))]
#[get("/orders/{id}/invoice-matching")]
pub async fn show_matching(call: Call<ReadOrders>, path: web::Path<OrderId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read(move |read, actor| queries::matching(read, actor, id, today)).await
}
