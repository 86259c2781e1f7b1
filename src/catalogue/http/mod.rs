//! Routes of the catalogue.

mod admission;
mod listings;
mod products;

pub use products::CreateProductRequest;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    listings::routes(config);
    products::routes(config);
    admission::routes(config);
}
