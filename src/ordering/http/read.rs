//! Reading orders, groups and what waits.

use crate::kernel::actor::{ReadOrders, SignedIn};
use crate::kernel::ids::{OrderGroupId, OrderId};
use crate::kernel::time::At;
use crate::ordering::OrderState;
use crate::ordering::queries::{self, ListSide, ListedOrder, OrderGroupView, OrderView, Task};
use crate::platform::http::{Answer, Call, List, PageOf, Reply};
use actix_web::{get, web};
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_orders).service(show_order).service(show_group).service(list_tasks);
}

/// Which orders.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrderFilter {
    /// Bought or sold; by your kind of organisation when absent.
    #[param(inline)]
    side: Option<ListSide>,
    /// Only in this state.
    status: Option<OrderState>,
    /// Only changed after this moment.
    updated_after: Option<At>,
    /// Only placed under this reference.
    #[param(min_length = 1, max_length = 100)]
    client_ref: Option<String>,
}

/// Orders in your scope, the latest change first.
#[utoipa::path(get, path = "/orders", tag = "orders",
    params(OrderFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ListedOrder>)), security(("bearer" = ["orders.read"])))]
#[get("/orders")]
pub async fn list_orders(call: Call<ReadOrders>, list: List<OrderFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = queries::Wanted {
            side: filter.side,
            state: filter.status,
            updated_after: filter.updated_after,
            client_ref: filter.client_ref.clone(),
        };
        queries::list(read, actor, &wanted, today, page)
    })
    .await
}

/// An order with its lines and everything that happened to its goods.
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", params(("id" = OrderId, Path)),
    responses((status = 200, body = OrderView)), security(("bearer" = ["orders.read"])))]
#[get("/orders/{id}")]
pub async fn show_order(call: Call<ReadOrders>, path: web::Path<OrderId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read_reply(move |read, actor| {
        let (view, version) = queries::order(read, actor, id, today)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// The orders of one request.
#[utoipa::path(get, path = "/order-groups/{id}", tag = "orders", params(("id" = OrderGroupId, Path)),
    responses((status = 200, body = OrderGroupView)), security(("bearer" = ["orders.read"])))]
#[get("/order-groups/{id}")]
pub async fn show_group(call: Call<ReadOrders>, path: web::Path<OrderGroupId>) -> Answer {
    let (id, today) = (path.into_inner(), call.now().day());
    call.read(move |read, actor| queries::group(read, actor, id, today)).await
}

/// No filter.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TaskFilter {}

/// What waits for you in your organisation, by your roles there, the longest waiting first.
#[utoipa::path(get, path = "/tasks", tag = "work",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<Task>)), security(("bearer" = ["signed_in"])))]
#[get("/tasks")]
pub async fn list_tasks(call: Call<SignedIn>, list: List<TaskFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, _, page| queries::tasks(read, actor, today, page)).await
}
