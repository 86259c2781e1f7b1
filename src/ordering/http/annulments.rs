//! The order lines of a certificate over HTTP: before an annulment what it would take back, afterwards what it took.

use crate::kernel::actor::ReadCertification;
use crate::kernel::terms::AnnulmentGround;
use crate::ordering::queries::{self, CertifiedLineView};
use crate::platform::http::{Answer, Call, List, PageOf};
use actix_web::{get, web};
use serde::Deserialize;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_certified_lines);
}

/// For which annulment.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CertifiedLineFilter {
    /// The ground for which `would_become` answers; `certification_false` when not stated.
    ground: Option<AnnulmentGround>,
}

/// The order lines that froze a certificate of your scope at placement, by order: what they count, what an annulment would make
/// of each, and what it did.
#[utoipa::path(get, path = "/certificates/{number}/order-lines", tag = "certification",
    params(("number" = String, Path, max_length = 60), CertifiedLineFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<CertifiedLineView>)), security(("bearer" = ["certification.read"])))]
#[get("/certificates/{number}/order-lines")]
pub async fn list_certified_lines(
    call: Call<ReadCertification>,
    path: web::Path<String>,
    list: List<CertifiedLineFilter>,
) -> Answer {
    call.list(list, move |read, actor, filter, page| queries::certified_lines(read, actor, &path, filter.ground, page))
        .await
}
