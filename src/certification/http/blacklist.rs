//! An office lists a supplier by a decision of its own; the rest of the blacklist is its own slice's.

use crate::blacklist::{Asked, EntryView, show};
use crate::certification::commands::{self, Blacklisting};
use crate::certification::rules::EndReason;
use crate::kernel::actor::ManageBlacklist;
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::post;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(blacklist_supplier);
}

/// Why and how long a supplier is listed. Without `until` and `permanent` as long as the rule table says for the cause.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BlacklistRequest {
    /// The supplier.
    supplier_id: OrgId,
    /// The cause.
    cause: EndReason,
    /// In words.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
    /// The document that says so.
    #[schema(max_length = 100, min_length = 2, format = "line", example = "宁乡振发〔2021〕9号")]
    document_no: Option<String>,
    /// Last day.
    until: Option<Day>,
    /// For good.
    permanent: Option<bool>,
    /// Also revokes the supplier's certificates in the office's region, for the same cause.
    revoke_certificates: Option<bool>,
    /// Also ends the supplier's admission.
    end_admission: Option<bool>,
}

impl BlacklistRequest {
    fn command(&self) -> Blacklisting {
        let permanent = self.permanent.unwrap_or(false);
        Blacklisting {
            org_id: self.supplier_id,
            cause: self.cause,
            reason: self.reason.clone(),
            document_no: self.document_no.clone(),
            asked: match self.until {
                Some(day) => Asked::Until(day),
                None if permanent => Asked::Permanent,
                None => Asked::ByRule,
            },
            revoke_certificates: self.revoke_certificates.unwrap_or(false),
            end_admission: self.end_admission.unwrap_or(false),
        }
    }
}

/// Lists a supplier; other certificates and its admission stay unless the office says so.
#[utoipa::path(post, path = "/blacklist", tag = "blacklist", request_body = BlacklistRequest,
    responses((status = 201, body = EntryView)), security(("bearer" = ["blacklist.manage"])))]
#[post("/blacklist")]
pub async fn blacklist_supplier(call: Call<ManageBlacklist, Json<BlacklistRequest>>) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let today = tx.at().day();
        crate::blacklist::check_term(body.until, body.permanent.unwrap_or(false), today)?;
        let id = commands::blacklist_supplier(tx, actor, &body.command())?;
        Reply::created(&format!("/api/v1/blacklist/{id}"), &show(tx, id, today)?)
    })
    .await
}
