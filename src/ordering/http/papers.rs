//! Papers of lots and the second person of an acceptance, over HTTP.

use super::fact_reply;
use crate::kernel::actor::{AcceptGoods, FulfilOrder};
use crate::kernel::ids::{AcceptanceId, FileId, OrderId, ShipmentId};
use crate::kernel::time::Day;
use crate::ordering::commands::papers::{self, LaterPapers, NewPaper};
use crate::ordering::commands::second::{self, SecondAnswer};
use crate::ordering::queries::{FactReply, LotPaperView};
use crate::ordering::rules::paper::PaperKind;
use crate::ordering::rules::second::SecondDecision;
use crate::platform::http::{Answer, Call, Json, Reply};
use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config.service(add_papers).service(answer_acceptance);
}

/// A paper of a lot.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotPaperRequest {
    /// What it is.
    kind: PaperKind,
    /// Its number.
    #[schema(max_length = 100, min_length = 1, format = "line", example = "6403230012345678")]
    number: String,
    /// Who made it out.
    #[schema(max_length = 100, min_length = 1, format = "line", example = "盐池县动物卫生监督所")]
    issuer: String,
    /// When.
    issued_on: Day,
    /// Its last day; absent when it has none.
    expires_on: Option<Day>,
    /// Its picture, a file of class `evidence`; the buyer sees it.
    file_id: FileId,
}

impl LotPaperRequest {
    /// The paper.
    pub(super) fn paper(&self) -> NewPaper {
        NewPaper {
            kind: self.kind,
            number: self.number.clone(),
            issuer: self.issuer.clone(),
            issued_on: self.issued_on,
            expires_on: self.expires_on,
            file_id: self.file_id,
        }
    }
}

/// Papers of a lot that was shipped before.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LotPapersRequest {
    /// The shipment.
    shipment_id: ShipmentId,
    /// The line.
    #[schema(minimum = 1, maximum = 200)]
    line_no: i64,
    /// The lot.
    #[schema(max_length = 50, min_length = 1, format = "line")]
    lot: String,
    /// Its papers.
    #[schema(min_items = 1, max_items = 20)]
    papers: Vec<LotPaperRequest>,
}

/// Papers that were added.
#[derive(Debug, Serialize, ToSchema)]
pub struct LotPapersReply {
    /// Them.
    papers: Vec<LotPaperView>,
}

/// Adds papers to a lot, until all that came of its line is accepted or rejected.
#[utoipa::path(post, path = "/orders/{id}/papers", tag = "orders", params(("id" = OrderId, Path)),
    request_body = LotPapersRequest, responses((status = 201, body = LotPapersReply)), security(("bearer" = ["orders.fulfil"])))]
#[post("/orders/{id}/papers")]
pub async fn add_papers(call: Call<FulfilOrder, Json<LotPapersRequest>>, path: web::Path<OrderId>) -> Answer {
    let id = path.into_inner();
    call.write(move |tx, actor, Json(body)| {
        let new = LaterPapers {
            shipment_id: body.shipment_id,
            line_no: body.line_no,
            lot: body.lot.clone(),
            papers: body.papers.iter().map(LotPaperRequest::paper).collect(),
        };
        let (rows, line) = papers::add(tx, actor, id, &new)?;
        let papers = rows.into_iter().map(|row| LotPaperView::new(row, line.line_no)).collect();
        Reply::created(&format!("/api/v1/orders/{id}"), &LotPapersReply { papers })
    })
    .await
}

/// The second person's answer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceAnswerRequest {
    /// Whether it is so. The first person may decline, which takes it back, and so may others who accept there once both have left.
    decision: SecondDecision,
    /// Why not.
    #[schema(max_length = 500, min_length = 1, format = "text")]
    reason: Option<String>,
}

/// The second person confirms or declines an acceptance that waits for one; only a confirmation accepts anything.
#[utoipa::path(post, path = "/orders/{id}/acceptances/{acceptance_id}/confirmations", tag = "orders",
    params(("id" = OrderId, Path), ("acceptance_id" = AcceptanceId, Path)), request_body = AcceptanceAnswerRequest,
    responses((status = 201, body = FactReply)), security(("bearer" = ["orders.accept"])))]
#[post("/orders/{id}/acceptances/{acceptance_id}/confirmations")]
pub async fn answer_acceptance(
    call: Call<AcceptGoods, Json<AcceptanceAnswerRequest>>,
    path: web::Path<(OrderId, AcceptanceId)>,
) -> Answer {
    let (id, acceptance) = path.into_inner();
    call.write_keyed(move |tx, actor, Json(body)| {
        let told = SecondAnswer { acceptance, decision: body.decision, reason: body.reason.clone() };
        let (fact, order) = second::answer(tx, actor, id, &told)?;
        fact_reply(&fact, &order)
    })
    .await
}
