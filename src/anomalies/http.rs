//! Anomalies over HTTP: what auditors see and decide, and checks before an order or a price.

use super::queries::{self, AnomaliesWanted, AnomalyView};
use super::rules::{AnomalyKind, AnomalyRuling, AnomalyState};
use super::{check, commands};
use crate::kernel::actor::{DecideAnomalies, ManageCatalogue, PlaceOrder, ReadAnomalies};
use crate::kernel::ids::{AnomalyId, ListingId, OrgId};
use crate::kernel::money::Fen;
use crate::ordering::PlaceOrderRequest;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use check::{OrderCheck, PriceCheck};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_anomalies)
        .service(get_anomaly)
        .service(decide_anomaly)
        .service(check_order)
        .service(check_price);
}

/// Which anomalies.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AnomalyFilter {
    /// Only of this kind.
    kind: Option<AnomalyKind>,
    /// Only in this state.
    state: Option<AnomalyState>,
    /// Only about purchases of this unit.
    unit_id: Option<OrgId>,
    /// Only about this supplier.
    supplier_id: Option<OrgId>,
    /// Only about days of this year.
    #[param(minimum = 2012, maximum = 2200, example = 2021)]
    year: Option<i64>,
}

/// What is unusual about purchases in scope, what was found last first: quantities and prices ten times the last, unusual
/// prices, orders that went all their way on one day, duties that were not kept apart, large shares of one supplier, split
/// orders, more sold than declared to be made. A supervising unit sees those of its subtree.
#[utoipa::path(get, path = "/anomalies", tag = "supervision",
    params(AnomalyFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<AnomalyView>)), security(("bearer" = ["anomalies.read"])))]
#[get("/anomalies")]
pub async fn list_anomalies(call: Call<ReadAnomalies>, list: List<AnomalyFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let wanted = AnomaliesWanted {
            kind: filter.kind,
            state: filter.state,
            unit: filter.unit_id,
            supplier: filter.supplier_id,
            year: filter.year,
        };
        queries::anomalies(read, actor, &wanted, today, page)
    })
    .await
}

/// One of them, with the numbers and the rule row of the day on which it was found.
#[utoipa::path(get, path = "/anomalies/{id}", tag = "supervision", params(("id" = AnomalyId, Path)),
    responses((status = 200, body = AnomalyView)), security(("bearer" = ["anomalies.read"])))]
#[get("/anomalies/{id}")]
pub async fn get_anomaly(call: Call<ReadAnomalies>, path: web::Path<AnomalyId>) -> Answer {
    let today = call.now().day();
    call.read_reply(move |read, actor| {
        let (view, version) = queries::anomaly(read, actor, *path, today)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// What the auditor makes of an anomaly.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnomalyDecisionRequest {
    /// What.
    decision: AnomalyRuling,
    /// Why.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
}

/// Explains or dismisses an open anomaly, with a reason; nobody who belongs to the unit, the buyer or the supplier.
#[utoipa::path(post, path = "/anomalies/{id}/decisions", tag = "supervision", params(("id" = AnomalyId, Path), ("If-Match" = String, Header)),
    request_body = AnomalyDecisionRequest, responses((status = 200, body = AnomalyView)), security(("bearer" = ["anomalies.decide"])))]
#[post("/anomalies/{id}/decisions")]
pub async fn decide_anomaly(
    call: Call<DecideAnomalies, Json<AnomalyDecisionRequest>>,
    path: web::Path<AnomalyId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let row = commands::decide(tx, actor, *path, version, (body.decision, &body.reason))?;
        let version = row.version;
        Ok(Reply::ok(&queries::shown(tx, row)?)?.etag(version))
    })
    .await
}

/// What an order would be warned of. It takes the body of `POST /orders`, refuses what that refuses and changes nothing, so
/// that it takes no Idempotency-Key. Warnings refuse nothing: the same body may be placed.
#[utoipa::path(post, path = "/order-checks", tag = "orders", request_body = PlaceOrderRequest,
    responses((status = 200, body = OrderCheck)), security(("bearer" = ["orders.place"])))]
#[post("/order-checks")]
pub async fn check_order(call: Call<PlaceOrder, Json<PlaceOrderRequest>>) -> Answer {
    let language = call.language();
    call.write_secret(move |tx, actor, Json(body)| Reply::ok(&check::order(tx, actor, &body.order(), language)?)).await
}

/// A price that is meant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceCheckRequest {
    /// The price of a unit.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    price_fen: Fen,
}

/// What a new price of an own listing would be warned of: ten times the one before, or a tenth of it. It changes nothing, so
/// that it takes no Idempotency-Key.
#[utoipa::path(post, path = "/listings/{id}/price-checks", tag = "catalogue", params(("id" = ListingId, Path)),
    request_body = PriceCheckRequest, responses((status = 200, body = PriceCheck)), security(("bearer" = ["catalogue.manage"])))]
#[post("/listings/{id}/price-checks")]
pub async fn check_price(call: Call<ManageCatalogue, Json<PriceCheckRequest>>, path: web::Path<ListingId>) -> Answer {
    let (Json(PriceCheckRequest { price_fen }), at) = (call.body(), (call.now().day(), call.language()));
    let price_fen = *price_fen;
    call.read(move |read, actor| check::price(read, actor, *path, price_fen, at)).await
}
