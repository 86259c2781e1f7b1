//! Suppliers' scores over HTTP, and what follows from them.

use crate::kernel::actor::{AnswerFinding, DecideScores, ReadScores, WatchSuppliers};
use crate::kernel::error::{AppError, Code, Message};
use crate::kernel::ids::{OrgId, ScoreProposalId};
use crate::kernel::region_code::RegionCode;
use crate::platform::http::{Answer, Call, Json, List, PageOf, Reply};
use crate::supervision::commands::{self, ProposalRuling};
use crate::supervision::queries::{self, ScoreProposalView, SupplierScoreView};
use crate::supervision::rules::ProposalState;
use crate::supervision::store::WantedScores;
use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_scores)
        .service(list_scores_of)
        .service(list_proposals)
        .service(answer_score_proposal)
        .service(decide_score_proposal);
}

/// Which scores.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScoreFilter {
    /// Of this month, `YYYY-MM`.
    month: Option<String>,
    /// Of suppliers registered in this county, or region.
    county: Option<RegionCode>,
    /// Below so many points.
    #[param(minimum = 0, maximum = 101)]
    below: Option<i64>,
}

/// Suppliers' scores in scope with what they are made of, newest first.
#[utoipa::path(get, path = "/supplier-scores", tag = "supervision", params(ScoreFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<SupplierScoreView>)), security(("bearer" = ["supervision.watch"])))]
#[get("/supplier-scores")]
pub async fn list_scores(call: Call<WatchSuppliers>, list: List<ScoreFilter>) -> Answer {
    call.list(list, move |read, actor, filter, page| {
        if filter.below.is_some_and(|below| !(0..=101).contains(&below)) {
            let message = Message::new("应为 0 至 101", "must be 0 to 101");
            return Err(AppError::field(Code::InvalidParameter, "below", message));
        }
        let month = filter.month.as_deref().map(queries::asked_month).transpose()?;
        let wanted = WantedScores { month: month.map(|month| month.name), within: filter.county, below: filter.below };
        queries::scores(read, &actor.scope, &wanted, page)
    })
    .await
}

/// Nothing to choose by.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScoreHistoryFilter {}

/// The scores of a supplier with what they are made of, the latest month first; a supplier sees its own.
#[utoipa::path(get, path = "/supplier-scores/{id}", tag = "supervision", params(("id" = OrgId, Path), ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<SupplierScoreView>)), security(("bearer" = ["scores.read"])))]
#[get("/supplier-scores/{id}")]
pub async fn list_scores_of(call: Call<ReadScores>, path: web::Path<OrgId>, list: List<ScoreHistoryFilter>) -> Answer {
    call.list(list, move |read, actor, _, page| queries::scores_of(read, &actor.scope, *path, page)).await
}

/// Which proposals.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ScoreProposalFilter {
    /// In this state.
    state: Option<ProposalState>,
}

/// What low scores propose, in scope, newest first; a supplier sees its own.
#[utoipa::path(get, path = "/score-proposals", tag = "supervision", params(ScoreProposalFilter, ("limit" = Option<i64>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = PageOf<ScoreProposalView>)), security(("bearer" = ["scores.read"])))]
#[get("/score-proposals")]
pub async fn list_proposals(call: Call<ReadScores>, list: List<ScoreProposalFilter>) -> Answer {
    call.list(list, move |read, actor, filter, page| queries::proposals(read, &actor.scope, filter.state, page)).await
}

/// What a supplier says to a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreAnswerRequest {
    /// In words.
    #[schema(max_length = 4000, min_length = 2, format = "text")]
    text: String,
}

/// Answers a proposal about the own organisation, once, in the days of the rule.
#[utoipa::path(post, path = "/score-proposals/{id}/answers", tag = "supervision", params(("id" = ScoreProposalId, Path)),
    request_body = ScoreAnswerRequest, responses((status = 200, body = ScoreProposalView)), security(("bearer" = ["supervision.answer"])))]
#[post("/score-proposals/{id}/answers")]
pub async fn answer_score_proposal(
    call: Call<AnswerFinding, Json<ScoreAnswerRequest>>,
    path: web::Path<ScoreProposalId>,
) -> Answer {
    call.write(move |tx, actor, Json(body)| {
        let row = commands::answer_proposal(tx, actor, *path, &body.text)?;
        let version = row.version;
        Ok(Reply::ok(&ScoreProposalView::from(row))?.etag(version))
    })
    .await
}

crate::text_enum! {
    /// What the operator decides about a proposal.
    ScoreDecision {
        /// 执行.
        CarryOut "carry_out"
        /// 不予采取.
        Dismiss "dismiss"
    }
}

/// A decision about a proposal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreDecisionRequest {
    /// Carry out or dismiss.
    decision: ScoreDecision,
    /// Why; the supplier reads it.
    #[schema(max_length = 1000, min_length = 2, format = "text")]
    reason: String,
}

/// Decides about a proposal: the suspension or the end of the admission is carried out with it, once the supplier has
/// answered or its days are over.
#[utoipa::path(post, path = "/score-proposals/{id}/decisions", tag = "supervision", params(("id" = ScoreProposalId, Path), ("If-Match" = String, Header)),
    request_body = ScoreDecisionRequest, responses((status = 200, body = ScoreProposalView)), security(("bearer" = ["scores.decide"])))]
#[post("/score-proposals/{id}/decisions")]
pub async fn decide_score_proposal(
    call: Call<DecideScores, Json<ScoreDecisionRequest>>,
    path: web::Path<ScoreProposalId>,
) -> Answer {
    let version = call.if_match()?;
    let web = call.web();
    let decided = call.write(move |tx, actor, Json(body)| {
        let carry_out = body.decision == ScoreDecision::CarryOut;
        let ruling = ProposalRuling { carry_out, reason: body.reason.clone() };
        let row = commands::decide_proposal(tx, actor, *path, version, &ruling)?;
        let version = row.version;
        Ok(Reply::ok(&ScoreProposalView::from(row))?.etag(version))
    });
    let answer = decided.await;
    // A suspension counts here at once.
    web.forget();
    answer
}
