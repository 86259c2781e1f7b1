//! Certification over HTTP.

mod applications;
mod batches;
mod certificates;
mod notices;
mod papers;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    applications::routes(config);
    notices::routes(config);
    certificates::routes(config);
    papers::routes(config);
    batches::routes(config);
}
