//! The end of a supplier's admission, with which its goods are withdrawn.

use crate::admission::{self, AdmissionRefusalReason, SupplierApplicationView};
use crate::catalogue::end_admission;
use crate::kernel::actor::EndAdmission;
use crate::kernel::ids::SupplierApplicationId;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(end_supplier_admission);
}

/// Why an admission ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EndAdmissionRequest {
    /// The reason.
    reason_code: AdmissionRefusalReason,
    /// Required with the reason `other`.
    #[schema(min_length = 1, max_length = 1000, format = "text")]
    opinion: Option<String>,
}

/// End the admission of a supplier: its listings are withdrawn, its mandates revoked, orders it has not answered stopped.
#[utoipa::path(post, path = "/supplier-applications/{id}/endings", tag = "admission", request_body = EndAdmissionRequest,
    params(("id" = SupplierApplicationId, Path)),
    responses((status = 201, body = SupplierApplicationView)), security(("bearer" = ["admission.end"])))]
#[post("/supplier-applications/{id}/endings")]
pub async fn end_supplier_admission(
    call: Call<EndAdmission, Json<EndAdmissionRequest>>,
    path: web::Path<SupplierApplicationId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        end_admission(tx, actor, *path, body.reason_code, body.opinion.clone())?;
        let view = admission::application(tx, &actor.scope, *path)?;
        Ok(Reply::json(201, &view)?.etag(view.version))
    })
    .await
}
