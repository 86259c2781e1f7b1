//! Open contracting data over HTTP: everybody reads it.

use super::json;
use super::package::Publisher;
use super::queries;
use crate::platform::http::{Answer, Public, Reply};
use actix_web::{get, web};
use utoipa_actix_web::service_config::ServiceConfig;

const JSON: &str = "application/json";

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_ocds_releases).service(get_ocds_record);
}

/// Every release of a contracting process, as an OCDS 1.1 release package. A process is an order that its supplier was told of,
/// unless a person pays it; its id is the publisher's prefix and the order's id. Releases never change: what happens later is a
/// release of its own. Amounts are yuan with two decimals, without rounding.
#[utoipa::path(get, path = "/ocds/releases/{ocid}", tag = "open-data", params(("ocid" = String, Path, pattern = "^[a-z0-9_-]{1,60}$", max_length = 60)),
    responses((status = 200, content((serde_json::Value = "application/json")))))]
#[get("/ocds/releases/{ocid}")]
pub async fn get_ocds_releases(public: Public, path: web::Path<String>, publisher: web::Data<Publisher>) -> Answer {
    let (ocid, publisher) = (path.into_inner(), publisher.into_inner());
    public
        .keep(move |read| {
            let process = queries::process(read, &publisher, &ocid)?;
            let (uri, date) = (publisher.releases_at(&process.ocid), process.compiled.date);
            Ok(Reply::bytes(JSON, json::text(&publisher.releases(uri, date, &[process]))?))
        })
        .await
}

/// What the releases of a contracting process come to, as an OCDS 1.1 record package with its compiled release.
#[utoipa::path(get, path = "/ocds/records/{ocid}", tag = "open-data", params(("ocid" = String, Path, pattern = "^[a-z0-9_-]{1,60}$", max_length = 60)),
    responses((status = 200, content((serde_json::Value = "application/json")))))]
#[get("/ocds/records/{ocid}")]
pub async fn get_ocds_record(public: Public, path: web::Path<String>, publisher: web::Data<Publisher>) -> Answer {
    let (ocid, publisher) = (path.into_inner(), publisher.into_inner());
    public
        .keep(move |read| {
            let process = queries::process(read, &publisher, &ocid)?;
            let (uri, date) = (publisher.record_at(&process.ocid), process.compiled.date);
            Ok(Reply::bytes(JSON, json::text(&publisher.records(uri, date, &[process]))?))
        })
        .await
}
