//! Certification over HTTP.

mod applications;
mod batches;
mod blacklist;
mod certificates;
mod documents;
mod notices;
mod papers;
mod queue;
mod schemes;

pub use applications::NewEvidenceRequest;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    schemes::routes(config);
    applications::routes(config);
    queue::routes(config);
    notices::routes(config);
    certificates::routes(config);
    documents::routes(config);
    papers::routes(config);
    batches::routes(config);
    blacklist::routes(config);
}
