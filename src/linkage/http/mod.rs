//! Household linkage over HTTP.

mod doubles;
mod lists;
mod oversight;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    lists::routes(config);
    doubles::routes(config);
    oversight::routes(config);
}
