//! Listings: the public list, and what their suppliers do with them.

use crate::catalogue::queries::{self, ListingDetail, ListingFilter, ListingView, StockView};
use crate::catalogue::{self as catalogue, Evidence, Months, NewListing, StockChange, StockDirection};
use crate::kernel::actor::{Actor, ManageCatalogue};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{FileId, ListingId, PriceEvidenceId, ProductId, StockChangeId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::quantity::Quantity;
use crate::platform::db::Tx;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Public, Reply};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(search_listings).service(get_listing).service(create_listing).service(change_listing_price);
    config.service(give_price_evidence).service(change_listing_stock);
    config.service(withdraw_listing).service(relist_listing);
}

/// Why the price is not above that of the like goods: at least one of these. The public never sees it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceEvidenceRequest {
    /// A contract or invoice of the own organisation.
    file_id: Option<FileId>,
    /// Where the like goods are offered.
    #[schema(min_length = 8, max_length = 500, format = "line", pattern = "^https?://[^ ]+$")]
    link: Option<String>,
    /// What a kilogram of the like goods costs, in fen.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000_000_000_i64)]
    like_price_per_kg_fen: Option<Fen>,
}

impl PriceEvidenceRequest {
    fn evidence(&self) -> Evidence {
        Evidence { file_id: self.file_id, link: self.link.clone(), like_price_per_kg_fen: self.like_price_per_kg_fen }
    }
}

/// A product to put on sale.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateListingRequest {
    /// The product; an agent trader names the producer's, under its mandate.
    product_id: ProductId,
    /// What one unit is called.
    #[schema(min_length = 1, max_length = 20, format = "line", example = "箱")]
    unit: String,
    /// Net weight of one unit in grams.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    net_weight_grams: i64,
    /// How far the actual weight of weighed goods may differ, in parts per million; never wider than the rule.
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000)]
    tolerance_ppm: Option<Ppm>,
    /// Price of one unit in fen.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    price_fen: Fen,
    /// Months in which it is offered, 1 to 12; the whole year when not given.
    #[schema(min_items = 1, max_items = 12)]
    months: Option<Vec<MonthNumber>>,
    /// What is in stock, in units.
    stock: Quantity,
    /// Why the price is not above that of the like goods.
    price_evidence: PriceEvidenceRequest,
}

/// A month, 1 to 12.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(try_from = "i64")]
#[schema(value_type = i64, minimum = 1, maximum = 12)]
pub struct MonthNumber(i64);

impl TryFrom<i64> for MonthNumber {
    type Error = &'static str;
    fn try_from(number: i64) -> Result<MonthNumber, &'static str> {
        if (1..=12).contains(&number) { Ok(MonthNumber(number)) } else { Err("a month is 1 to 12") }
    }
}

impl CreateListingRequest {
    fn new_listing(&self) -> NewListing {
        let named = |months: &Vec<MonthNumber>| Months::of(&months.iter().map(|m| m.0).collect::<Vec<_>>());
        NewListing {
            product_id: self.product_id,
            unit: self.unit.clone(),
            net_weight_grams: self.net_weight_grams,
            tolerance_ppm: self.tolerance_ppm,
            price_fen: self.price_fen,
            months: self.months.as_ref().map_or(Months::ALL, named),
            stock: self.stock,
            evidence: self.price_evidence.evidence(),
        }
    }
}

/// What is on sale, to everybody.
#[utoipa::path(get, path = "/listings", tag = "catalogue",
    params(ListingFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ListingView>)))]
#[get("/listings")]
pub async fn search_listings(public: Public, list: List<ListingFilter>) -> Answer {
    let day = public.now().day();
    public.one_statement().list(list, move |read, filter, page| queries::listings(read, filter, day, page)).await
}

/// One listing, on sale or not.
#[utoipa::path(get, path = "/listings/{id}", tag = "catalogue", params(("id" = ListingId, Path)),
    responses((status = 200, body = ListingDetail)))]
#[get("/listings/{id}")]
pub async fn get_listing(public: Public, path: web::Path<ListingId>) -> Answer {
    let day = public.now().day();
    public.one_statement().read_reply(move |read| tagged(&queries::listing(read, *path, day)?)).await
}

fn tagged(view: &ListingDetail) -> Outcome<Reply> {
    Ok(Reply::ok(view)?.etag(view.version))
}

/// The listing as it now stands.
fn after(tx: &mut Tx<'_>, id: ListingId) -> Outcome<Reply> {
    let day = tx.at().day();
    tagged(&queries::listing(tx, id, day)?)
}

/// Put a product on sale: certified or eligible, with price evidence and its first stock.
#[utoipa::path(post, path = "/listings", tag = "catalogue", request_body = CreateListingRequest,
    responses((status = 201, body = ListingDetail)), security(("bearer" = ["catalogue.manage"])))]
#[post("/listings")]
pub async fn create_listing(call: Call<ManageCatalogue, Json<CreateListingRequest>>) -> Answer {
    call.write_keyed(|tx, actor, Json(body)| {
        let id = catalogue::list_product(tx, actor, &body.new_listing())?;
        let day = tx.at().day();
        let view = queries::listing(tx, id, day)?;
        Ok(Reply::created(&format!("/api/v1/listings/{id}"), &view)?.etag(view.version))
    })
    .await
}

/// A new price.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePriceRequest {
    /// Price of one unit in fen.
    #[schema(value_type = i64, minimum = 1, maximum = 1_000_000_000_000_i64)]
    price_fen: Fen,
}

/// Change the price: lowering is free. Raising needs price evidence of this listing that was given since the last raise, and goes
/// no higher per kilogram than the like goods in it.
#[utoipa::path(post, path = "/listings/{id}/price-changes", tag = "catalogue", request_body = ChangePriceRequest,
    params(("id" = ListingId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ListingDetail)), security(("bearer" = ["catalogue.manage"])))]
#[post("/listings/{id}/price-changes")]
pub async fn change_listing_price(
    call: Call<ManageCatalogue, Json<ChangePriceRequest>>,
    path: web::Path<ListingId>,
) -> Answer {
    let seen = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        catalogue::change_price(tx, actor, *path, seen, body.price_fen)?;
        after(tx, *path)
    })
    .await
}

/// Evidence that was given.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceEvidenceView {
    /// Its id.
    id: PriceEvidenceId,
    /// The listing.
    listing_id: ListingId,
}

/// Give evidence for the next raise of the price: a contract or invoice, a link to like goods, or their price per kilogram. One
/// evidence serves one raise.
#[utoipa::path(post, path = "/listings/{id}/price-evidence", tag = "catalogue", request_body = PriceEvidenceRequest,
    params(("id" = ListingId, Path)),
    responses((status = 201, body = PriceEvidenceView)), security(("bearer" = ["catalogue.manage"])))]
#[post("/listings/{id}/price-evidence")]
pub async fn give_price_evidence(
    call: Call<ManageCatalogue, Json<PriceEvidenceRequest>>,
    path: web::Path<ListingId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let id = catalogue::give_evidence(tx, actor, *path, &body.evidence())?;
        Reply::json(201, &PriceEvidenceView { id, listing_id: *path })
    })
    .await
}

/// Goods that came in or went out otherwise than by an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeStockRequest {
    /// Which way.
    direction: StockDirection,
    /// How many units.
    quantity: Quantity,
    /// Why.
    #[schema(min_length = 1, max_length = 200, format = "line", example = "新货入库")]
    reason: String,
}

/// A change of stock and what it led to.
#[derive(Debug, Serialize, ToSchema)]
pub struct StockChangeView {
    /// Its id.
    id: StockChangeId,
    /// The listing.
    listing_id: ListingId,
    /// The stock after it.
    stock: StockView,
}

/// Raise or lower the stock, never below what orders hold.
#[utoipa::path(post, path = "/listings/{id}/stock-changes", tag = "catalogue", request_body = ChangeStockRequest,
    params(("id" = ListingId, Path)),
    responses((status = 201, body = StockChangeView)), security(("bearer" = ["catalogue.manage"])))]
#[post("/listings/{id}/stock-changes")]
pub async fn change_listing_stock(
    call: Call<ManageCatalogue, Json<ChangeStockRequest>>,
    path: web::Path<ListingId>,
) -> Answer {
    call.write_keyed(move |tx, actor, Json(body)| {
        let id = catalogue::change_stock(tx, actor, *path, &body.change())?;
        let stock = queries::stock(tx, actor.org_id, *path)?;
        Reply::json(201, &StockChangeView { id, listing_id: *path, stock })
    })
    .await
}

impl ChangeStockRequest {
    fn change(&self) -> StockChange {
        StockChange { direction: self.direction, quantity: self.quantity, reason: self.reason.clone() }
    }
}

/// Why a listing is withdrawn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawListingRequest {
    /// For the own records.
    #[schema(min_length = 1, max_length = 200, format = "line", example = "本季售罄")]
    reason: String,
}

/// Take a listing off sale; orders that were placed go on.
#[utoipa::path(post, path = "/listings/{id}/withdrawal", tag = "catalogue", request_body = WithdrawListingRequest,
    params(("id" = ListingId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ListingDetail)), security(("bearer" = ["catalogue.manage"])))]
#[post("/listings/{id}/withdrawal")]
pub async fn withdraw_listing(
    call: Call<ManageCatalogue, Json<WithdrawListingRequest>>,
    path: web::Path<ListingId>,
) -> Answer {
    let seen = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        catalogue::withdraw(tx, actor, *path, seen, body.reason.trim())?;
        after(tx, *path)
    })
    .await
}

/// Put a withdrawn listing on sale again, if something entitles it today.
#[utoipa::path(post, path = "/listings/{id}/relisting", tag = "catalogue",
    params(("id" = ListingId, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ListingDetail)), security(("bearer" = ["catalogue.manage"])))]
#[post("/listings/{id}/relisting")]
pub async fn relist_listing(call: Call<ManageCatalogue>, path: web::Path<ListingId>) -> Answer {
    let seen = call.if_match()?;
    call.write(move |tx, actor: &Actor, _| {
        catalogue::relist(tx, actor, *path, seen)?;
        after(tx, *path)
    })
    .await
}
