//! The price watch over HTTP.

use crate::kernel::actor::{ReadSupervision, Supervise, WatchSuppliers};
use crate::kernel::ids::{OrgId, PriceAlertId};
use crate::kernel::terms::Category;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use crate::supervision::commands;
use crate::supervision::queries::{self, FindingView, HighPrice, PriceAlertView, PriceMonth};
use crate::supervision::rules::{Month, PriceAlertState, PriceReason};
use crate::supervision::store::WantedAlerts;
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(watch_prices)
        .service(get_price_month)
        .service(list_price_alerts)
        .service(pursue_alert)
        .service(dismiss_price_alert);
}

/// Which prices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PriceWatchFilter {
    /// Only of this category.
    category: Option<Category>,
    /// Only for this reason.
    reason: Option<PriceReason>,
}

/// What is on sale in scope at a price per kilogram that is too high: against the median of like goods (same category, mark
/// and prefecture of origin, or province; other suppliers' prices, sold this month or offered now), or against the
/// supplier's own evidence.
#[utoipa::path(get, path = "/price-watch", tag = "supervision", params(PriceWatchFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<HighPrice>)), security(("bearer" = ["supervision.watch"])))]
#[get("/price-watch")]
pub async fn watch_prices(call: Call<WatchSuppliers>, list: List<PriceWatchFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        queries::price_watch(read, &actor.scope, (filter.category, filter.reason), today, page)
    })
    .await
}

/// Which medians.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PriceMonthFilter {
    /// The month, `YYYY-MM`; the one that ended last where absent.
    #[param(example = "2021-02")]
    month: Option<String>,
    /// Only of this category.
    category: Option<Category>,
}

/// The medians of a month as they were kept when it ended, of all suppliers together.
#[utoipa::path(get, path = "/price-medians", tag = "supervision", params(PriceMonthFilter),
    responses((status = 200, body = PriceMonth)), security(("bearer" = ["supervision.watch"])))]
#[get("/price-medians")]
pub async fn get_price_month(call: Call<WatchSuppliers>, list: List<PriceMonthFilter>) -> Answer {
    let (filter, ended) = (list.filter, Month::ended_before(call.now().day()));
    let month = filter.month.as_deref().map(queries::asked_month).transpose()?.unwrap_or(ended);
    let category = filter.category;
    call.read(move |read, _| queries::price_month(read, &month, category)).await
}

/// Which alerts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PriceAlertFilter {
    /// Of this month, `YYYY-MM`: raised at its end, or holding still then.
    month: Option<String>,
    /// In this state.
    state: Option<PriceAlertState>,
    /// For this reason.
    reason: Option<PriceReason>,
    /// Of this supplier.
    supplier: Option<OrgId>,
}

/// Price alerts in scope, newest first; a supplier sees its own.
#[utoipa::path(get, path = "/price-alerts", tag = "supervision", params(PriceAlertFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<PriceAlertView>)), security(("bearer" = ["supervision.read"])))]
#[get("/price-alerts")]
pub async fn list_price_alerts(call: Call<ReadSupervision>, list: List<PriceAlertFilter>) -> Answer {
    call.list(list, move |read, actor, filter, page| {
        let month = filter.month.as_deref().map(queries::asked_month).transpose()?;
        let wanted = WantedAlerts {
            month: month.map(|month| month.name),
            state: filter.state,
            reason: filter.reason,
            supplier: filter.supplier,
        };
        queries::price_alerts(read, &actor.scope, &wanted, page)
    })
    .await
}

/// What the supplier has to put right about a price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceFindingRequest {
    /// In words.
    #[schema(max_length = 2000, min_length = 5, format = "text")]
    text: String,
}

/// Turns an open price alert into a finding; its rectification has a deadline in working days.
#[utoipa::path(post, path = "/price-alerts/{id}/findings", tag = "supervision", params(("id" = PriceAlertId, Path), ("If-Match" = String, Header)),
    request_body = PriceFindingRequest, responses((status = 201, body = FindingView)), security(("bearer" = ["supervision.handle"])))]
#[post("/price-alerts/{id}/findings")]
pub async fn pursue_alert(call: Call<Supervise, Json<PriceFindingRequest>>, path: web::Path<PriceAlertId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let row = commands::open_from_alert(tx, actor, *path, version, &body.text)?;
        let (location, version, today) = (format!("/api/v1/findings/{}", row.id), row.version, tx.at().day());
        Ok(Reply::created(&location, &queries::finding_view(tx, row, today)?)?.etag(version))
    })
    .await
}

/// Why a price alert comes to nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissAlertRequest {
    /// Why.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
}

/// Dismisses an open price alert; at the end of a later month the listing may be alerted anew.
#[utoipa::path(post, path = "/price-alerts/{id}/dismissals", tag = "supervision", params(("id" = PriceAlertId, Path), ("If-Match" = String, Header)),
    request_body = DismissAlertRequest, responses((status = 200, body = PriceAlertView)), security(("bearer" = ["supervision.handle"])))]
#[post("/price-alerts/{id}/dismissals")]
pub async fn dismiss_price_alert(
    call: Call<Supervise, Json<DismissAlertRequest>>,
    path: web::Path<PriceAlertId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let row = commands::dismiss_alert(tx, actor, *path, version, &body.reason)?;
        let version = row.version;
        Ok(Reply::ok(&PriceAlertView::from(row))?.etag(version))
    })
    .await
}
