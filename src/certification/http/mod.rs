//! Certification over HTTP.

mod applications;
mod certificates;
mod notices;

pub use applications::NewEvidenceRequest;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    applications::routes(config);
    notices::routes(config);
    certificates::routes(config);
}
