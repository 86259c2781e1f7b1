//! As what orders are reported, over HTTP.

use crate::kernel::actor::ClassifyOrders;
use crate::kernel::ids::OrderId;
use crate::kernel::terms::{Channel, Mode};
use crate::ordering::commands::classify;
use crate::ordering::queries::ClassificationReply;
use crate::ordering::rules::classification::AskedClass;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(classify_order);
}

/// As what an order is reported from now on, all of it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClassificationRequest {
    /// Another mode.
    mode: Option<Mode>,
    /// Another channel.
    channel: Option<Channel>,
    /// The region's own word for the mode; without one it carries none any more.
    #[schema(max_length = 40, min_length = 2, format = "line", example = "canteen_direct")]
    mode_term: Option<String>,
    /// The region's own word for the channel; without one it carries none any more.
    #[schema(max_length = 40, min_length = 2, format = "line", example = "campus_market")]
    channel_term: Option<String>,
    /// All its overlays.
    #[serde(default)]
    #[schema(max_items = 20)]
    tags: Vec<Tag>,
    /// Why.
    #[schema(min_length = 2, max_length = 500, format = "text", example = "经核实为校园集市销售")]
    reason: String,
}

/// A word of the dictionary.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(max_length = 40, min_length = 2, format = "line", example = "consumption_month")]
pub struct Tag(String);

/// Decides as what an order of a unit of your region is reported. What it counted already is moved by pairs of entries dated today; the
/// months before stay as they were. Words must hold in the unit's region on the day when the order was placed.
#[utoipa::path(post, path = "/orders/{id}/classifications", tag = "orders", params(("id" = OrderId, Path)),
    request_body = ClassificationRequest, responses((status = 201, body = ClassificationReply)),
    security(("bearer" = ["classification.decide"])))]
#[post("/orders/{id}/classifications")]
pub async fn classify_order(
    call: Call<ClassifyOrders, Json<ClassificationRequest>>,
    path: web::Path<OrderId>,
) -> Answer {
    let id = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let asked = AskedClass {
            mode: body.mode,
            channel: body.channel,
            mode_term: body.mode_term.clone(),
            channel_term: body.channel_term.clone(),
            tags: body.tags.iter().map(|Tag(code)| code.clone()).collect(),
        };
        let (row, order) = classify::classify(tx, actor, id, (&asked, &body.reason))?;
        let reply = ClassificationReply { classification: row.into(), order: (&order).into() };
        Ok(Reply::created(&format!("/api/v1/orders/{id}"), &reply)?.etag(order.version))
    })
    .await
}
