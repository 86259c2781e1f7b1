//! The union and the accounting centres that pay for a unit.

use super::super::commands::{self, PayerTie};
use super::super::queries;
use super::super::store::PayerKind;
use crate::kernel::actor::{ManageOrganisation, SignedIn};
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A payer's days.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayerRequest {
    /// The union, or the budget unit that is the accounting centre.
    payer_id: OrgId,
    /// As what it pays.
    kind: PayerKind,
    /// The first day.
    from: Day,
    /// The last day; absent while open.
    until: Option<Day>,
}

/// The end of a tie.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayerEndRequest {
    /// Who pays no longer.
    payer_id: OrgId,
    /// The last day, today at the earliest.
    until: Day,
}

/// A payer's days at a unit.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayerView {
    /// For whom.
    unit_id: OrgId,
    /// Who pays.
    payer_id: OrgId,
    /// As what.
    kind: PayerKind,
    /// The first day.
    from: Day,
    /// The last day; absent while open.
    until: Option<Day>,
}

impl From<PayerTie> for PayerView {
    fn from(tie: PayerTie) -> PayerView {
        PayerView { unit_id: tie.unit, payer_id: tie.payer, kind: tie.kind, from: tie.from, until: tie.until }
    }
}

/// Who pays for an organisation, and for whom it pays.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayersView {
    /// Newest first.
    items: Vec<PayerView>,
}

/// Who pays for an organisation, its union and its accounting centres, and for whom it pays itself. Who pays for a unit that it
/// may not read is told its own ties to it.
#[utoipa::path(get, path = "/organisations/{id}/payers", tag = "identity", params(("id" = OrgId, Path)), responses((status = 200, body = PayersView)), security(("bearer" = ["signed_in"])))]
#[get("/organisations/{id}/payers")]
pub async fn list_payers(call: Call<SignedIn>, id: web::Path<OrgId>) -> Answer {
    let day = call.now().day();
    call.read(move |read, actor| {
        let ties = queries::payers_in(read, actor, *id, day)?;
        Ok(PayersView { items: ties.into_iter().map(PayerView::from).collect() })
    })
    .await
}

/// Ties a union or an accounting centre to a unit: orders of these days may name it as payer, and its union may order for it
/// from union money. A unit has one union a day. Both are of one prefecture, or the region of one lies in the other's; the payer
/// is told by mail.
#[utoipa::path(post, path = "/organisations/{id}/payers", tag = "identity", params(("id" = OrgId, Path)), request_body = PayerRequest, responses((status = 201, body = PayerView)), security(("bearer" = ["organisation.manage"])))]
#[post("/organisations/{id}/payers")]
pub async fn tie_payer(call: Call<ManageOrganisation, Json<PayerRequest>>, id: web::Path<OrgId>) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        commands::manages(actor, *id)?;
        let tie = PayerTie { unit: *id, payer: body.payer_id, kind: body.kind, from: body.from, until: body.until };
        commands::tie_payer(tx, Some(actor), &tie)?;
        Reply::created(&format!("/api/v1/organisations/{id}/payers"), &PayerView::from(tie))
    })
    .await
}

/// Ends a tie with a day from today on, asked by the unit or by who pays for it; what was ordered before keeps its payer. Days
/// that begin later, or on a coming `until`, are withdrawn; the answer then ends before it begins.
#[utoipa::path(post, path = "/organisations/{id}/payer-endings", tag = "identity", params(("id" = OrgId, Path)), request_body = PayerEndRequest, responses((status = 200, body = PayerView)), security(("bearer" = ["organisation.manage"])))]
#[post("/organisations/{id}/payer-endings")]
pub async fn end_payer(call: Call<ManageOrganisation, Json<PayerEndRequest>>, id: web::Path<OrgId>) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        commands::either_side(tx, actor, *id, body.payer_id)?;
        let tie = commands::end_payer(tx, Some(actor), *id, body.payer_id, body.until)?;
        Reply::json(200, &PayerView::from(tie))
    })
    .await
}
