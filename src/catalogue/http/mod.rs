//! Routes of the catalogue.

mod admission;
mod halal;
mod listings;
mod products;

pub use products::CreateProductRequest;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    listings::routes(config);
    products::routes(config);
    halal::routes(config);
    admission::routes(config);
}
