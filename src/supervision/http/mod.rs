//! Supervision over HTTP.

mod complaints;
mod findings;
mod inspections;
mod scores;
mod watch;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    findings::routes(config);
    complaints::routes(config);
    inspections::routes(config);
    watch::routes(config);
    scores::routes(config);
}
