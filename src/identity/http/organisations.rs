//! Organisations, their place in the tree, their contractors.

use super::super::commands::{self, NewOrganisation};
use super::super::queries;
use super::super::store::{OrganisationFilter, Standing};
use super::forgetting;
use super::views::{ContractorView, OrganisationView};
use crate::kernel::actor::{ManageOrganisation, OperatePlatform, OrgKind, SignedIn};
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::kernel::uscc::Uscc;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which organisations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OrganisationQuery {
    /// Of this kind.
    kind: Option<OrgKind>,
    /// Registered in this region or below it.
    region_code: Option<RegionCode>,
    /// In this standing.
    status: Option<Standing>,
    /// With this credit code.
    uscc: Option<Uscc>,
}

/// An organisation to be entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisationRequest {
    /// 统一社会信用代码.
    uscc: Uscc,
    /// Its name.
    #[schema(max_length = 100, min_length = 2, format = "line")]
    name: String,
    /// What it is.
    kind: OrgKind,
    /// Where it is registered; an office's own region.
    region_code: RegionCode,
    /// People it employs.
    #[schema(minimum = 0, maximum = 10_000_000)]
    staff_count: i64,
    /// Whether it is a small or medium enterprise.
    is_sme: bool,
    /// 主管预算单位: the budget unit directly above a budget unit, from today on.
    supervising_unit: Option<OrgId>,
}

impl NewOrganisationRequest {
    /// What it asks for.
    #[must_use]
    pub fn new_organisation(&self) -> NewOrganisation {
        NewOrganisation {
            uscc: Some(self.uscc),
            name: self.name.clone(),
            kind: self.kind,
            region: self.region_code,
            staff_count: self.staff_count,
            is_sme: self.is_sme,
        }
    }
}

/// Why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonRequest {
    /// For the trail.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    pub reason: String,
}

/// A unit's new place.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceRequest {
    /// The unit directly above; absent: none.
    supervising_unit: Option<OrgId>,
    /// From this day on.
    from: Day,
}

/// A contractor's days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractorRequest {
    /// The contractor.
    contractor_id: OrgId,
    /// The first day.
    from: Day,
    /// The last day; absent while open.
    until: Option<Day>,
}

/// The end of a contractor's days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractorEndRequest {
    /// Who orders no longer.
    contractor_id: OrgId,
    /// The last day, today at the earliest.
    until: Day,
}

/// A unit's contractors.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractorsView {
    /// Newest first.
    items: Vec<ContractorView>,
}

/// Organisations in scope, by name.
#[utoipa::path(get, path = "/organisations", tag = "identity", params(OrganisationQuery, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<OrganisationView>)), security(("bearer" = ["signed_in"])))]
#[get("/organisations")]
pub async fn list_organisations(call: Call<SignedIn>, list: List<OrganisationQuery>) -> Answer {
    let day = call.now().day();
    call.list(list, move |read, actor, query, page| {
        let filter =
            OrganisationFilter { kind: query.kind, region: query.region_code, status: query.status, uscc: query.uscc };
        let found = queries::list(read, &actor.scope, &filter, day, page)?;
        Ok(found.map(|(org, parent)| OrganisationView::of(org, parent)))
    })
    .await
}

/// Enters an organisation: an office, a bureau, a budget unit, or any other.
#[utoipa::path(post, path = "/organisations", tag = "identity", request_body = NewOrganisationRequest, responses((status = 201, body = OrganisationView)), security(("bearer" = ["platform.operate"])))]
#[post("/organisations")]
pub async fn create_organisation(call: Call<OperatePlatform, Json<NewOrganisationRequest>>) -> Answer {
    call.write(|tx, actor, Json(body)| {
        let new = body.new_organisation();
        let today = tx.at().day();
        queries::region_exists(tx, &body.region_code, today)?;
        let org = commands::enter_organisation(tx, actor, &new, body.supervising_unit)?;
        let (id, version) = (org.id, org.version);
        let view = OrganisationView::of(org, body.supervising_unit);
        Ok(Reply::created(&format!("/api/v1/organisations/{id}"), &view)?.etag(version))
    })
    .await
}

/// An organisation in scope.
#[utoipa::path(get, path = "/organisations/{id}", tag = "identity", params(("id" = OrgId, Path)), responses((status = 200, body = OrganisationView)), security(("bearer" = ["signed_in"])))]
#[get("/organisations/{id}")]
pub async fn get_organisation(call: Call<SignedIn>, id: web::Path<OrgId>) -> Answer {
    let day = call.now().day();
    call.read_reply(move |read, actor| {
        let org = queries::organisation_in(read, &actor.scope, *id, day)?;
        let (version, parent) = (org.version, queries::parent(read, org.id, day)?);
        Ok(Reply::ok(&OrganisationView::of(org, parent))?.etag(version))
    })
    .await
}

/// Suspends an organisation: from now on nobody acts for it.
#[utoipa::path(post, path = "/organisations/{id}/suspensions", tag = "identity", params(("id" = OrgId, Path)), request_body = ReasonRequest, responses((status = 200, body = OrganisationView)), security(("bearer" = ["platform.operate"])))]
#[post("/organisations/{id}/suspensions")]
pub async fn suspend_organisation(call: Call<OperatePlatform, Json<ReasonRequest>>, id: web::Path<OrgId>) -> Answer {
    stand(call, *id, Standing::Suspended).await
}

/// Lets a suspended organisation act again.
#[utoipa::path(post, path = "/organisations/{id}/reinstatements", tag = "identity", params(("id" = OrgId, Path)), request_body = ReasonRequest, responses((status = 200, body = OrganisationView)), security(("bearer" = ["platform.operate"])))]
#[post("/organisations/{id}/reinstatements")]
pub async fn reinstate_organisation(call: Call<OperatePlatform, Json<ReasonRequest>>, id: web::Path<OrgId>) -> Answer {
    stand(call, *id, Standing::Active).await
}

async fn stand(call: Call<OperatePlatform, Json<ReasonRequest>>, id: OrgId, to: Standing) -> Answer {
    let web = call.web();
    let change = call.write(move |tx, actor, Json(body)| {
        let org = commands::set_organisation_standing(tx, actor, id, to, &body.reason)?;
        let day = tx.at().day();
        let (version, parent) = (org.version, queries::parent(tx, id, day)?);
        Ok(Reply::ok(&OrganisationView::of(org, parent))?.etag(version))
    });
    forgetting(&web, change).await
}

/// Places a budget unit below another from a day on.
#[utoipa::path(post, path = "/organisations/{id}/supervising-units", tag = "identity", params(("id" = OrgId, Path)), request_body = PlaceRequest, responses((status = 204)), security(("bearer" = ["platform.operate"])))]
#[post("/organisations/{id}/supervising-units")]
pub async fn place_unit(call: Call<OperatePlatform, Json<PlaceRequest>>, id: web::Path<OrgId>) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        commands::set_parent(tx, Some(actor), *id, body.supervising_unit, body.from)?;
        Ok(Reply::no_content())
    })
    .await
}

/// The canteen contractors of a unit.
#[utoipa::path(get, path = "/organisations/{id}/contractors", tag = "identity", params(("id" = OrgId, Path)), responses((status = 200, body = ContractorsView)), security(("bearer" = ["signed_in"])))]
#[get("/organisations/{id}/contractors")]
pub async fn list_contractors(call: Call<SignedIn>, id: web::Path<OrgId>) -> Answer {
    let day = call.now().day();
    call.read(move |read, actor| {
        let unit = queries::organisation_in(read, &actor.scope, *id, day)?;
        let items = queries::contractors(read, unit.id)?;
        let items = items.into_iter().map(|(contractor_id, from, until)| ContractorView { contractor_id, from, until });
        Ok(ContractorsView { items: items.collect() })
    })
    .await
}

/// Ties a canteen contractor to a unit: it may order for the unit on these days.
#[utoipa::path(post, path = "/organisations/{id}/contractors", tag = "identity", params(("id" = OrgId, Path)), request_body = ContractorRequest, responses((status = 201, body = ContractorView)), security(("bearer" = ["organisation.manage"])))]
#[post("/organisations/{id}/contractors")]
pub async fn tie_contractor(call: Call<ManageOrganisation, Json<ContractorRequest>>, id: web::Path<OrgId>) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        commands::manages(actor, *id)?;
        commands::tie_contractor(tx, Some(actor), body.contractor_id, *id, body.from, body.until)?;
        let view = ContractorView { contractor_id: body.contractor_id, from: body.from, until: body.until };
        Reply::created(&format!("/api/v1/organisations/{id}/contractors"), &view)
    })
    .await
}

/// Ends a contractor's days at a unit, asked by either: it orders for the unit no longer than `until`, a day from today on. Days
/// that begin later, or on a coming `until`, are withdrawn; the answer then ends before it begins.
#[utoipa::path(post, path = "/organisations/{id}/contractor-endings", tag = "identity", params(("id" = OrgId, Path)), request_body = ContractorEndRequest, responses((status = 200, body = ContractorView)), security(("bearer" = ["organisation.manage"])))]
#[post("/organisations/{id}/contractor-endings")]
pub async fn end_contractor(
    call: Call<ManageOrganisation, Json<ContractorEndRequest>>,
    id: web::Path<OrgId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let contractor_id = body.contractor_id;
        commands::contractor_or_unit(tx, actor, *id, contractor_id)?;
        let (from, last) = commands::end_contractor(tx, Some(actor), *id, contractor_id, body.until)?;
        Reply::json(200, &ContractorView { contractor_id, from, until: Some(last) })
    })
    .await
}
