//! What offices, auditors, the operator and suppliers see of scores, and of what they propose.

use crate::identity;
use crate::kernel::actor::Scope;
use crate::kernel::error::{Code, Outcome};
use crate::kernel::ids::{FindingId, OrgId, RuleId, ScoreId, ScoreProposalId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::supervision::rules::{ProposalState, ScoreAspect, ScorePart, ScoreStep};
use crate::supervision::store::{self, PartRow, ProposalRow, ScoreRow, WantedScores};
use serde::Serialize;
use utoipa::ToSchema;

/// A part of a score: how many of so many were good.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScorePartView {
    /// What it belongs to.
    pub aspect: ScoreAspect,
    /// What was measured.
    pub part: ScorePart,
    /// So many were good.
    pub numerator: i64,
    /// Of so many; 0 leaves the part out.
    pub denominator: i64,
    /// What the aspect weighs.
    pub weight_ppm: i64,
    /// The rule row of the weight.
    pub weight_rule_id: RuleId,
}

/// A supplier's points for a month.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SupplierScoreView {
    /// Its id.
    pub id: ScoreId,
    /// The month.
    pub month: String,
    /// The supplier.
    pub supplier_id: OrgId,
    /// Its name.
    pub supplier_name: String,
    /// Where it is registered.
    pub region_code: RegionCode,
    /// 0 to 100.
    pub points: i64,
    /// Orders confirmed, declined or expired in the month.
    pub orders: i64,
    /// The rule row of how many are enough for a score.
    pub orders_rule_id: RuleId,
    /// The step of the ladder that followed.
    pub step: Option<ScoreStep>,
    /// The rule row of the step that the points are below.
    pub ladder_rule_id: Option<RuleId>,
    /// The finding of a warning.
    pub finding_id: Option<FindingId>,
    /// When it was computed.
    pub computed_at: At,
    /// From what: an aspect is the mean of its parts, the points are the aspects by their weights.
    pub parts: Vec<ScorePartView>,
}

fn views(on: &mut Read, rows: &Page<ScoreRow>) -> Outcome<Page<SupplierScoreView>> {
    let parts = store::parts_of(on, &rows.items.iter().map(|row| row.id).collect::<Vec<_>>())?;
    Ok(rows.clone().map(|row| {
        let own = parts.iter().filter(|part| part.score_id == row.id).map(part_view).collect();
        score_view(row, own)
    }))
}

fn part_view(row: &PartRow) -> ScorePartView {
    ScorePartView {
        aspect: row.aspect,
        part: row.part,
        numerator: row.numerator,
        denominator: row.denominator,
        weight_ppm: row.weight_ppm,
        weight_rule_id: row.weight_rule_id,
    }
}

fn score_view(row: ScoreRow, parts: Vec<ScorePartView>) -> SupplierScoreView {
    SupplierScoreView {
        id: row.id,
        month: row.month,
        supplier_id: row.org_id,
        supplier_name: row.org_name,
        region_code: row.region_code,
        points: row.points,
        orders: row.orders,
        orders_rule_id: row.orders_rule_id,
        step: row.step,
        ladder_rule_id: row.ladder_rule_id,
        finding_id: row.finding_id,
        computed_at: row.computed_at,
        parts,
    }
}

/// Scores in scope, the latest first.
pub fn scores(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedScores,
    page: &PageRequest,
) -> Outcome<Page<SupplierScoreView>> {
    let rows = store::scores(on, scope, wanted, page.key()?, page.fetch())?;
    views(on, &Page::cut(rows, page, |row| vec![row.id.to_string()]))
}

/// The scores of a supplier in scope, the latest month first.
pub fn scores_of(on: &mut Read, scope: &Scope, org: OrgId, page: &PageRequest) -> Outcome<Page<SupplierScoreView>> {
    let supplier = identity::organisation(on, org)?;
    let seen = match scope {
        Scope::Platform => true,
        Scope::Region(code) => code.contains(&supplier.region_code),
        Scope::Org(own) | Scope::UnitTree(own) => *own == org,
    };
    if !seen || !supplier.kind.sells() {
        return Err(Code::NotFound.into());
    }
    let before = page.key::<String>()?;
    let rows = store::scores_of(on, org, before.as_deref(), page.fetch())?;
    views(on, &Page::cut(rows, page, |row| vec![row.month.clone()]))
}

/// What the ladder proposes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreProposalView {
    /// Its id.
    pub id: ScoreProposalId,
    /// The score that it follows from.
    pub score_id: ScoreId,
    /// The month.
    pub month: String,
    /// The supplier.
    pub supplier_id: OrgId,
    /// Its name.
    pub supplier_name: String,
    /// Where it is registered.
    pub region_code: RegionCode,
    /// Its points.
    pub points: i64,
    /// What is proposed.
    pub step: ScoreStep,
    /// Where it stands.
    pub state: ProposalState,
    /// When it was proposed.
    pub proposed_at: At,
    /// The supplier's last day to answer.
    pub answer_by: Day,
    /// That day rests on a year whose holidays are not loaded.
    pub answer_provisional: bool,
    /// The rule row that set it.
    pub answer_rule_id: RuleId,
    /// What the supplier says.
    pub answer: Option<String>,
    /// When it answered.
    pub answered_at: Option<At>,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<At>,
    /// Why.
    pub reason: Option<String>,
    /// Send it as If-Match with the decision.
    #[schema(example = "\"v1\"")]
    pub etag: String,
}

impl From<ProposalRow> for ScoreProposalView {
    fn from(row: ProposalRow) -> ScoreProposalView {
        ScoreProposalView {
            etag: etag(row.version),
            id: row.id,
            score_id: row.score_id,
            month: row.month,
            supplier_id: row.org_id,
            supplier_name: row.org_name,
            region_code: row.region_code,
            points: row.points,
            step: row.step,
            state: row.state,
            proposed_at: row.proposed_at,
            answer_by: row.answer_by,
            answer_provisional: row.answer_provisional,
            answer_rule_id: row.answer_rule_id,
            answer: row.answer,
            answered_at: row.answered_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
            reason: row.reason,
        }
    }
}

/// Proposals in scope, the latest first.
pub fn proposals(
    on: &mut Read,
    scope: &Scope,
    state: Option<ProposalState>,
    page: &PageRequest,
) -> Outcome<Page<ScoreProposalView>> {
    let rows = store::proposals(on, scope, state, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(ScoreProposalView::from))
}
