//! Double claims over HTTP.

use crate::kernel::actor::{OverseeLinkage, ReviewLinkage};
use crate::kernel::ids::{DoubleClaimId, HouseholdListId};
use crate::kernel::region_code::RegionCode;
use crate::linkage::commands::{self, NewSettlement};
use crate::linkage::queries::{self, DoubleClaimView};
use crate::linkage::rules::DoubleClaimStatus;
use crate::linkage::store::WantedDoubleClaims;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_double_claims).service(get_double_claim).service(settle_double_claim);
}

/// Which double claims.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DoubleClaimFilter {
    /// Of this year.
    #[param(minimum = 2012, maximum = 2100)]
    year: Option<i64>,
    /// With a side in this county, or in the counties of this region.
    county: Option<RegionCode>,
    /// In this status.
    status: Option<DoubleClaimStatus>,
}

/// Households that several suppliers claim for the same kind and year, oldest first: those of which a side is registered in your
/// region, with all sides. Which household it is stands nowhere.
#[utoipa::path(get, path = "/household-double-claims", tag = "linkage", params(DoubleClaimFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<DoubleClaimView>)), security(("bearer" = ["linkage.oversee"])))]
#[get("/household-double-claims")]
pub async fn list_double_claims(call: Call<OverseeLinkage>, list: List<DoubleClaimFilter>) -> Answer {
    call.list(list, |read, actor, filter, page| {
        let wanted = WantedDoubleClaims { year: filter.year, status: filter.status };
        queries::double_claims(read, &actor.scope, (filter.county, &wanted), page)
    })
    .await
}

/// A double claim with its sides and what was decided.
#[utoipa::path(get, path = "/household-double-claims/{id}", tag = "linkage", params(("id" = DoubleClaimId, Path)),
    responses((status = 200, body = DoubleClaimView)), security(("bearer" = ["linkage.oversee"])))]
#[get("/household-double-claims/{id}")]
pub async fn get_double_claim(call: Call<OverseeLinkage>, path: web::Path<DoubleClaimId>) -> Answer {
    call.read_reply(move |read, actor| {
        let view = queries::double_claim(read, &actor.scope, *path)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}

/// Whose claim stands.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DoubleClaimSettlementRequest {
    /// A list of the supplier whose claim stands; those of the other suppliers no longer count.
    stands_list_id: HouseholdListId,
    /// Why; each supplier reads it with what became of its own row.
    #[schema(max_length = 2000, min_length = 2, format = "text")]
    reason: String,
}

/// Settles a double claim of which every side is registered in the office's region; where one is not, the office above decides.
/// It holds while the supplier whose claim stands claims the household and no further supplier does.
#[utoipa::path(post, path = "/household-double-claims/{id}/settlements", tag = "linkage",
    params(("id" = DoubleClaimId, Path), ("If-Match" = String, Header)), request_body = DoubleClaimSettlementRequest,
    responses((status = 200, body = DoubleClaimView)), security(("bearer" = ["linkage.review"])))]
#[post("/household-double-claims/{id}/settlements")]
pub async fn settle_double_claim(
    call: Call<ReviewLinkage, Json<DoubleClaimSettlementRequest>>,
    path: web::Path<DoubleClaimId>,
) -> Answer {
    let version = call.if_match()?;
    call.write(move |tx, actor, Json(body)| {
        let new = NewSettlement { stands: body.stands_list_id, reason: body.reason.clone() };
        let row = commands::settle(tx, actor, (*path, version), &new)?;
        let view = queries::double_claim(tx, &actor.scope, row.id)?;
        Ok(Reply::ok(&view)?.etag(view.version))
    })
    .await
}
