//! The event feed over HTTP.

use super::Event;
use crate::kernel::actor::SignedIn;
use crate::platform::http::{Answer, Call, List, PageOf};
use actix_web::get;
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(events);
}

/// Where in the feed to start.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FeedFilter {
    /// Events after this position; 0 is the beginning.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Every state change in the caller's scope, in order and without gaps.
#[utoipa::path(get, path = "/events", tag = "work", params(FeedFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<Event>)), security(("bearer" = ["signed_in"])))]
#[get("/events")]
pub async fn events(call: Call<SignedIn>, list: List<FeedFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| super::events(read, &actor.scope, filter.after.unwrap_or(0), page))
        .await
}
