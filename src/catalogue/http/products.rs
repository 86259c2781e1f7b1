//! Products of the own organisation.

use crate::catalogue::queries::{self, ProductView};
use crate::catalogue::{NewProduct, OriginShare, add_product, declare_output};
use crate::kernel::actor::ManageCatalogue;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::food_licence::FoodLicence;
use crate::kernel::ids::ProductId;
use crate::kernel::terms::{Category, Mark};
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(create_product).service(list_products).service(get_product).service(declare_yearly_output);
}

/// A product to enter.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateProductRequest {
    /// Its name, as buyers search for it.
    #[schema(min_length = 1, max_length = 100, format = "line", example = "盐池滩羊带骨后腿")]
    name: String,
    /// Its category.
    category: Category,
    /// 三品一标; `none` when not given.
    mark: Option<Mark>,
    /// Counties of production; the shares sum to 1,000,000 ppm, a single origin is one row.
    #[schema(min_items = 1, max_items = 20)]
    origins: Vec<OriginShare>,
    /// For buyers.
    #[schema(min_length = 1, max_length = 2000, format = "text")]
    description: Option<String>,
    /// Production licence of processed food: SC and 14 digits. Fresh produce has none.
    #[schema(min_length = 16, max_length = 16, pattern = "^SC[0-9]{14}$")]
    sc_licence: Option<String>,
    /// Whether it is sold by weight.
    weighed: bool,
    /// How much of it is produced in a year, in kilograms: the auditor is shown when more is shipped.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    yearly_output_kg: Option<i64>,
}

impl CreateProductRequest {
    /// What it asks for.
    ///
    /// # Errors
    /// When the licence has a shape that the schema forbids.
    pub fn new_product(&self) -> Outcome<NewProduct> {
        let licence = self.sc_licence.as_deref().map(FoodLicence::parse).transpose();
        Ok(NewProduct {
            name: self.name.clone(),
            category: self.category,
            mark: self.mark.unwrap_or(Mark::None),
            origins: self.origins.clone(),
            description: self.description.clone().unwrap_or_default(),
            // The schema has already named a number of another shape.
            sc_licence: licence.map_err(|e| AppError::internal(format!("{e:?}")))?,
            weighed: self.weighed,
            yearly_output_kg: self.yearly_output_kg,
        })
    }
}

/// Enter a product of the own organisation.
#[utoipa::path(post, path = "/products", tag = "catalogue", request_body = CreateProductRequest,
    responses((status = 201, body = ProductView)), security(("bearer" = ["catalogue.manage"])))]
#[post("/products")]
pub async fn create_product(call: Call<ManageCatalogue, Json<CreateProductRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let id = add_product(tx, actor, &body.new_product()?)?;
        let day = tx.at().day();
        let view = queries::own_product(tx, &actor.scope, id, day)?;
        Ok(Reply::created(&format!("/api/v1/products/{id}"), &view)?.etag(view.version))
    })
    .await
}

/// No filters.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProductFilter {}

/// Products of the own organisation, newest first.
#[utoipa::path(get, path = "/products", tag = "catalogue",
    params(("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ProductView>)), security(("bearer" = ["catalogue.manage"])))]
#[get("/products")]
pub async fn list_products(call: Call<ManageCatalogue>, list: List<ProductFilter>) -> Answer {
    let day = call.now().day();
    call.list(list, move |read, actor, _, page| queries::own_products(read, actor.org_id, day, page)).await
}

/// A product of the own organisation with its listings and their stock.
#[utoipa::path(get, path = "/products/{id}", tag = "catalogue", params(("id" = ProductId, Path)),
    responses((status = 200, body = ProductView)), security(("bearer" = ["catalogue.manage"])))]
#[get("/products/{id}")]
pub async fn get_product(call: Call<ManageCatalogue>, path: web::Path<ProductId>) -> Answer {
    let day = call.now().day();
    call.read_reply(move |read, actor| {
        let view = queries::own_product(read, &actor.scope, *path, day)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// A yearly output to declare.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutputRequest {
    /// In kilograms.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    yearly_output_kg: i64,
}

/// Declare anew how much of an own product is made in a year; the auditor is shown when more is shipped in a calendar year.
#[utoipa::path(post, path = "/products/{id}/yearly-outputs", tag = "catalogue", params(("id" = ProductId, Path)),
    request_body = OutputRequest, responses((status = 200, body = ProductView)), security(("bearer" = ["catalogue.manage"])))]
#[post("/products/{id}/yearly-outputs")]
pub async fn declare_yearly_output(
    call: Call<ManageCatalogue, Json<OutputRequest>>,
    path: web::Path<ProductId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        declare_output(tx, actor, *path, body.yearly_output_kg)?;
        let day = tx.at().day();
        let view = queries::own_product(tx, &actor.scope, *path, day)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}
