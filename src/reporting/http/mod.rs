//! Reports over HTTP, as JSON or CSV.

mod certification;
mod filling;
mod money;
mod progress;
mod purchases;

use crate::kernel::actor::Permission;
use crate::kernel::error::Outcome;
use crate::platform::http::{Call, Format, Reply};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(progress::quota_progress).service(filling::plan_filling);
    money::routes(config);
    config.service(certification::certification_report);
    config.service(purchases::purchase_year).service(purchases::purchase_commitments);
}

/// Whether CSV is asked for.
fn wants_csv<P: Permission>(call: &Call<P>) -> Outcome<bool> {
    let accept = call.header("accept").unwrap_or_default();
    Ok(Format::asked(&accept, &[Format::Json, Format::Csv])? == Format::Csv)
}

fn csv(body: Vec<u8>, name: &str) -> Reply {
    Reply::file(Format::Csv, name, body)
}
