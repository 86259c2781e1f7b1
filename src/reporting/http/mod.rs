//! Reports over HTTP, as JSON or CSV.

mod progress;
mod volumes;

use crate::kernel::actor::Permission;
use crate::kernel::error::{Code, Outcome};
use crate::platform::http::{Call, Reply};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(progress::quota_progress);
    config.service(volumes::county_volumes);
}

/// Whether CSV is asked for.
fn wants_csv<P: Permission>(call: &Call<P>) -> Outcome<bool> {
    let accept = call.header("accept").unwrap_or_default();
    let kinds: Vec<&str> = accept.split(',').filter_map(|part| part.split(';').next()).map(str::trim).collect();
    let json = kinds.iter().any(|kind| matches!(*kind, "" | "*/*" | "application/*" | "application/json"));
    let first_csv = kinds.iter().position(|kind| matches!(*kind, "text/csv" | "text/*"));
    let first_json = kinds.iter().position(|kind| *kind == "application/json");
    match first_csv {
        Some(place) => Ok(first_json.is_none_or(|other| place < other)),
        None if json || kinds.is_empty() => Ok(false),
        None => Err(Code::NotAcceptable.into()),
    }
}

fn csv(body: Vec<u8>, name: &str) -> Reply {
    let file = format!("attachment; filename=\"{name}.csv\"");
    Reply::bytes("text/csv; charset=utf-8", body).header("content-disposition", &file)
}
