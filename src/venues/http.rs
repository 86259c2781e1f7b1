//! Venues and their sales over HTTP.

use super::commands::{self, NewVenue};
use super::queries::{self, FeedView, VenueSaleView, VenueView};
use super::rules::{NewSale, NewSource, VenueKind};
use super::store::{SalesWanted, VenueRow, VenuesWanted};
use crate::donations::number_key;
use crate::kernel::actor::{AnnulVenueSales, ManageVenues, ReadVenues, ReportVenueSales};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{OrderId, OrgId, VenueId, VenueSaleId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(enter_venue).service(list_venues).service(get_venue).service(close_venue);
    config.service(report_venue_sales).service(list_venue_sales).service(annul_venue_sale);
}

/// A new venue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueRequest {
    /// Who runs it, and reports what it sells.
    operator_id: OrgId,
    /// What it is: 专柜, 专馆 or 专区.
    kind: VenueKind,
    /// Its name; once for an operator in a region.
    #[schema(max_length = 100, min_length = 2, format = "line", example = "新华百货扶贫产品专柜")]
    name: String,
    /// Where it is: your region, or one below.
    region_code: RegionCode,
    /// Its address.
    #[schema(max_length = 200, min_length = 2, format = "line")]
    place: String,
    /// The first day of sales.
    opened_on: Day,
}

fn shown(tx: &mut Tx<'_>, row: VenueRow, created: bool) -> Outcome<Reply> {
    let (id, version) = (row.id, row.version);
    let view =
        queries::venue_views(tx, vec![row])?.pop().ok_or_else(|| AppError::internal("a venue without a view"))?;
    let reply = if created { Reply::created(&format!("/api/v1/venues/{id}"), &view)? } else { Reply::ok(&view)? };
    Ok(reply.etag(version))
}

/// Enters a venue (专柜、专馆、专区) of your region and who runs it; the operator reports what it sells.
#[utoipa::path(post, path = "/venues", tag = "donations", request_body = VenueRequest, responses((status = 201, body = VenueView)),
    security(("bearer" = ["venues.manage"])))]
#[post("/venues")]
pub async fn enter_venue(call: Call<ManageVenues, Json<VenueRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = NewVenue {
            operator: body.operator_id,
            kind: body.kind,
            name: body.name.clone(),
            region: body.region_code,
            place: body.place.clone(),
            opened_on: body.opened_on,
        };
        let row = commands::enter(tx, actor, &new)?;
        shown(tx, row, true)
    })
    .await
}

/// Which venues.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VenueFilter {
    /// Of this kind.
    kind: Option<VenueKind>,
    /// In this region.
    region: Option<RegionCode>,
    /// Run by this organisation.
    operator_id: Option<OrgId>,
    /// Open on this day.
    open_on: Option<Day>,
}

/// Venues in scope, the newest first: your own, or those of your region.
#[utoipa::path(get, path = "/venues", tag = "donations", params(VenueFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<VenueView>)), security(("bearer" = ["venues.read"])))]
#[get("/venues")]
pub async fn list_venues(call: Call<ReadVenues>, list: List<VenueFilter>) -> Answer {
    call.list(list, move |read, actor, filter, page| {
        let (kind, region) = (filter.kind, filter.region);
        let wanted = VenuesWanted { kind, region, operator: filter.operator_id, open_on: filter.open_on };
        queries::venues(read, actor, &wanted, page)
    })
    .await
}

/// A venue.
#[utoipa::path(get, path = "/venues/{id}", tag = "donations", params(("id" = VenueId, Path)),
    responses((status = 200, body = VenueView)), security(("bearer" = ["venues.read"])))]
#[get("/venues/{id}")]
pub async fn get_venue(call: Call<ReadVenues>, path: web::Path<VenueId>) -> Answer {
    call.read_reply(move |read, actor| {
        let (view, version) = queries::venue(read, actor, *path)?;
        Ok(Reply::ok(&view)?.etag(version))
    })
    .await
}

/// The end of a venue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueClosingRequest {
    /// The last day of sales; what was sold until then may still be reported.
    closed_on: Day,
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Closes a venue of your region for good.
#[utoipa::path(post, path = "/venues/{id}/closings", tag = "donations", params(("id" = VenueId, Path), ("If-Match" = String, Header)),
    request_body = VenueClosingRequest, responses((status = 200, body = VenueView)), security(("bearer" = ["venues.manage"])))]
#[post("/venues/{id}/closings")]
pub async fn close_venue(call: Call<ManageVenues, Json<VenueClosingRequest>>, path: web::Path<VenueId>) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let end = (body.closed_on, stated(&body.reason)?);
        let row = commands::close(tx, actor, (*path, version), end)?;
        shown(tx, row, false)
    })
    .await
}

/// A reason that is no blank.
fn stated(reason: &str) -> Outcome<&str> {
    let reason = reason.trim();
    let message = || Message::new("请填写理由", "is blank");
    if reason.is_empty() { Err(AppError::field(Code::ValidationFailed, "/reason", message())) } else { Ok(reason) }
}

/// Goods that were bought here for resale.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedSource {
    /// Your order.
    order_id: OrderId,
    /// Its line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// How much of it was sold, in the line's unit: no more than was accepted and kept, over all your venues.
    quantity: Quantity,
    /// What that fetched.
    #[schema(value_type = i64, minimum = 1, maximum = 10_000_000_000_i64)]
    amount_fen: Fen,
}

/// What a venue sold on one receipt: goods of one product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedSale {
    /// The receipt's number, once for a venue; with several goods on one receipt it says which line.
    #[schema(max_length = 60, min_length = 1, format = "line", example = "20210504-0007-1")]
    receipt_no: String,
    /// The day.
    sold_on: Day,
    /// What the receipt calls the goods.
    #[schema(max_length = 100, min_length = 1, format = "line", example = "盐池滩羊肉")]
    name: String,
    /// The certificate that the goods carry (认定编号); it says where they are from.
    #[schema(max_length = 60, min_length = 4, format = "line", example = "NX-2021-00001")]
    certificate_number: Option<String>,
    /// County of production, of goods without a certificate that were not bought here.
    county: Option<RegionCode>,
    /// How much was sold.
    quantity: Quantity,
    /// What one unit is called.
    #[schema(max_length = 20, min_length = 1, format = "line", example = "袋")]
    unit: String,
    /// For how much.
    #[schema(value_type = i64, minimum = 1, maximum = 10_000_000_000_i64)]
    amount_fen: Fen,
    /// What of it was bought here; its volume is the order's, and only the remainder is added.
    #[schema(max_items = 20)]
    #[serde(default)]
    sources: Vec<ReportedSource>,
}

impl ReportedSale {
    /// The sale.
    #[must_use]
    pub fn sale(&self) -> NewSale {
        let source = |source: &ReportedSource| NewSource {
            order_id: source.order_id,
            line_no: source.line_no,
            quantity: source.quantity,
            amount: source.amount_fen,
        };
        NewSale {
            receipt_no: self.receipt_no.clone(),
            sold_on: self.sold_on,
            name: self.name.clone(),
            certificate_number: self.certificate_number.clone(),
            county: self.county,
            quantity: self.quantity,
            unit: self.unit.clone(),
            amount: self.amount_fen,
            sources: self.sources.iter().map(source).collect(),
        }
    }
}

/// What a venue sold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueFeedRequest {
    /// Receipts.
    #[schema(min_items = 1, max_items = 500)]
    sales: Vec<ReportedSale>,
}

/// Reports what one of your venues sold, receipt by receipt: all of it or, where anything is wrong, nothing. A receipt that was reported
/// before in the same words is told as `known` and not counted again. Goods that you bought here for resale name their order lines: they
/// are counted by these orders, and only the remainder is added to volumes.
#[utoipa::path(post, path = "/venues/{id}/feeds", tag = "donations", params(("id" = VenueId, Path)), request_body = VenueFeedRequest,
    responses((status = 200, body = FeedView)), security(("bearer" = ["venues.report"])))]
#[post("/venues/{id}/feeds")]
pub async fn report_venue_sales(
    call: Call<ReportVenueSales, Json<VenueFeedRequest>>,
    path: web::Path<VenueId>,
) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let sales: Vec<NewSale> = body.sales.iter().map(ReportedSale::sale).collect();
        Reply::ok(&commands::report_sales(tx, actor, *path, &sales)?)
    })
    .await
}

/// Which sales.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct VenueSaleFilter {
    /// Sold on this day or later.
    from: Option<Day>,
    /// Sold on this day or earlier.
    to: Option<Day>,
    /// Only those that stand, or only annulled ones.
    standing: Option<bool>,
    /// Only of this receipt, however its number is spelt.
    #[param(max_length = 60, min_length = 1)]
    receipt_no: Option<String>,
}

/// What a venue in scope sold, reported last first; annulled sales too, with the reason.
#[utoipa::path(get, path = "/venues/{id}/sales", tag = "donations", params(("id" = VenueId, Path), VenueSaleFilter,
    ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<VenueSaleView>)), security(("bearer" = ["venues.read"])))]
#[get("/venues/{id}/sales")]
pub async fn list_venue_sales(call: Call<ReadVenues>, path: web::Path<VenueId>, list: List<VenueSaleFilter>) -> Answer {
    call.list(list, move |read, actor, filter, page| {
        let receipt_key = filter.receipt_no.as_deref().map(number_key);
        let wanted = SalesWanted { from: filter.from, to: filter.to, standing: filter.standing, receipt_key };
        queries::sales(read, actor, *path, &wanted, page)
    })
    .await
}

/// Why a sale is annulled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueSaleAnnulmentRequest {
    /// Why.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: String,
}

/// Takes back what a reported sale counted: by who runs the venue, or by the poverty office of its region. The receipt may be reported
/// anew, as it should have been.
#[utoipa::path(post, path = "/venue-sales/{id}/annulments", tag = "donations", params(("id" = VenueSaleId, Path)),
    request_body = VenueSaleAnnulmentRequest, responses((status = 200, body = VenueSaleView)), security(("bearer" = ["venues.annul"])))]
#[post("/venue-sales/{id}/annulments")]
pub async fn annul_venue_sale(
    call: Call<AnnulVenueSales, Json<VenueSaleAnnulmentRequest>>,
    path: web::Path<VenueSaleId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::annul(tx, actor, *path, stated(&body.reason)?)?;
        let view =
            queries::sale_views(tx, vec![row])?.pop().ok_or_else(|| AppError::internal("a sale without a view"))?;
        Reply::ok(&view)
    })
    .await
}
