//! Lists of households over HTTP, and the yearly re-check.

use crate::certification::{BeneficiaryClass, LinkageKind};
use crate::kernel::actor::{FileHouseholds, ReadLinkage, ReviewLinkage};
use crate::kernel::ids::{HouseholdListId, OrgId, ProductId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::linkage::commands::{self, NewCheck, NewList, NewRow};
use crate::linkage::households::Households;
use crate::linkage::queries::{self, HouseholdListDetail, HouseholdListView, HouseholdRecheckView, HouseholdRowView};
use crate::linkage::rules::{HouseholdCheckResult, HouseholdListStatus};
use crate::linkage::store::WantedLists;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::web::Data;
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_household_lists)
        .service(file_household_list)
        .service(get_household_list)
        .service(get_household_rows)
        .service(check_household_list)
        .service(list_household_rechecks);
}

/// A household. It is no `Debug`: nothing may write down what names it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdItem {
    /// 户编号 (4 to 32 letters and digits), or the householder's 身份证号 (18 places, its check character is tested). Full width,
    /// small letters and blanks are forgiven. It is hashed at once and kept nowhere.
    #[schema(max_length = 64, min_length = 4, format = "line")]
    identity: String,
    /// Wage, asset or business.
    kind: LinkageKind,
    /// What the household is registered as.
    class: BeneficiaryClass,
    /// Its persons.
    #[schema(minimum = 1, maximum = 50)]
    persons: i64,
    /// What it gained in the year.
    #[schema(value_type = i64, minimum = 0, maximum = 10_000_000_000_i64)]
    amount_fen: Fen,
}

/// The households that a product's linkage reaches in a year.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdListRequest {
    /// One of the own products.
    product_id: ProductId,
    /// The year, which has begun.
    #[schema(minimum = 2012, maximum = 2100)]
    year: i64,
    /// The households, each once for a kind.
    #[schema(min_items = 1, max_items = 2000)]
    items: Vec<HouseholdItem>,
}

/// Files the list of a product's households of a year, all rows or none; every wrong row is named (200 at most). It replaces the
/// product's former list of the year as a new edition. A household that another supplier claims for the same kind and year is
/// disputed until the office has settled it.
#[utoipa::path(post, path = "/household-lists", tag = "linkage", request_body = HouseholdListRequest,
    responses((status = 201, body = HouseholdListView)), security(("bearer" = ["linkage.file"])))]
#[post("/household-lists")]
pub async fn file_household_list(
    call: Call<FileHouseholds, Json<HouseholdListRequest>>,
    households: Data<Households>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let view = HouseholdListView::from(commands::file(tx, actor, &households, &body.list())?);
        Ok(Reply::created(&format!("/api/v1/household-lists/{}", view.id), &view)?.etag(view.version))
    })
    .await
}

impl HouseholdListRequest {
    fn list(&self) -> NewList<'_> {
        let rows = self.items.iter().map(|item| NewRow {
            identity: &item.identity,
            kind: item.kind,
            class: item.class,
            persons: item.persons,
            amount_fen: item.amount_fen,
        });
        NewList { product: self.product_id, year: self.year, rows: rows.collect() }
    }
}

/// Which lists.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HouseholdListFilter {
    /// Of this product.
    product: Option<ProductId>,
    /// Of this supplier.
    supplier: Option<OrgId>,
    /// Of this year.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// In this status.
    status: Option<HouseholdListStatus>,
    /// Of suppliers registered in this county, or in the counties of this region.
    county: Option<RegionCode>,
}

/// Lists in scope, the latest first: the own ones, or those of suppliers of the region.
#[utoipa::path(get, path = "/household-lists", tag = "linkage", params(HouseholdListFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<HouseholdListView>)), security(("bearer" = ["linkage.read"])))]
#[get("/household-lists")]
pub async fn list_household_lists(call: Call<ReadLinkage>, list: List<HouseholdListFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| {
        let wanted = WantedLists {
            product: filter.product,
            supplier: filter.supplier,
            year: filter.year,
            status: filter.status,
            county: filter.county,
        };
        queries::lists(read, &actor.scope, &wanted, page)
    })
    .await
}

/// A list with its checks.
#[utoipa::path(get, path = "/household-lists/{id}", tag = "linkage", params(("id" = HouseholdListId, Path)),
    responses((status = 200, body = HouseholdListDetail)), security(("bearer" = ["linkage.read"])))]
#[get("/household-lists/{id}")]
pub async fn get_household_list(call: Call<ReadLinkage>, path: web::Path<HouseholdListId>) -> Answer {
    call.read_reply(move |read, actor| {
        let view = queries::list(read, &actor.scope, *path)?;
        Ok(Reply::ok(&view)?.etag(view.list.version))
    })
    .await
}

/// Nothing but the page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// The rows of a list in their order, without what names the households.
#[utoipa::path(get, path = "/household-lists/{id}/rows", tag = "linkage", params(("id" = HouseholdListId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<HouseholdRowView>)), security(("bearer" = ["linkage.read"])))]
#[get("/household-lists/{id}/rows")]
pub async fn get_household_rows(
    call: Call<ReadLinkage>,
    path: web::Path<HouseholdListId>,
    list: List<NoFilter>,
) -> Answer {
    call.list(list, move |read, actor, _, page| queries::rows(read, &actor.scope, *path, page)).await
}

/// What the office found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdCheckRequest {
    /// Confirmed, or rejected: a rejected list no longer counts.
    result: HouseholdCheckResult,
    /// Why.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
    /// How many of its households were checked.
    #[schema(minimum = 1, maximum = 2000)]
    checked_households: i64,
}

/// Records the result of the yearly re-check of a list of the region. Nobody checks a list of an organisation whose member he is.
#[utoipa::path(post, path = "/household-lists/{id}/checks", tag = "linkage",
    params(("id" = HouseholdListId, Path), ("If-Match" = String, Header)), request_body = HouseholdCheckRequest,
    responses((status = 200, body = HouseholdListView)), security(("bearer" = ["linkage.review"])))]
#[post("/household-lists/{id}/checks")]
pub async fn check_household_list(
    call: Call<ReviewLinkage, Json<HouseholdCheckRequest>>,
    path: web::Path<HouseholdListId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let new =
            NewCheck { result: body.result, reason: body.reason.clone(), checked_households: body.checked_households };
        let view = HouseholdListView::from(commands::check(tx, actor, (*path, version), &new)?);
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// Which re-checks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HouseholdRecheckFilter {
    /// Of this year; this year when absent.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// Only those whose list did not come in time.
    late: Option<bool>,
}

/// The yearly re-check of every certificate in scope that is in force today: each needs a standing list of its product by the day
/// that the rule names, unless it begins later in the year. A page of the late ones may be short although another follows.
#[utoipa::path(get, path = "/household-rechecks", tag = "linkage", params(HouseholdRecheckFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<HouseholdRecheckView>)), security(("bearer" = ["linkage.read"])))]
#[get("/household-rechecks")]
pub async fn list_household_rechecks(call: Call<ReadLinkage>, list: List<HouseholdRecheckFilter>) -> Answer {
    let today = call.now().day();
    call.list(list, move |read, actor, filter, page| {
        let year = filter.year.unwrap_or_else(|| today.year());
        queries::rechecks(read, &actor.scope, (year, filter.late == Some(true)), today, page)
    })
    .await
}
