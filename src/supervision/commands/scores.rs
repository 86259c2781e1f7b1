//! Suppliers' points of the month that ended, in batches, and the ladder that follows.

use super::findings::{self, NewFinding};
use super::proposals::propose;
use super::tell;
use crate::audit;
use crate::catalogue;
use crate::identity::{self, Organisation};
use crate::kernel::actor::{Actor, OrgKind, Role, Scope, Via};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{FindingId, OrgId, RuleId, UserId};
use crate::ordering::{self, Performance};
use crate::platform::clock::Ctx;
use crate::platform::db::{Read, Store, Tx};
use crate::rulebook::{self, RuleName, Rules};
use crate::supervision::rules::{
    AspectWeight, FindingCode, FindingSource, Ladder, Measured, Month, ProposalState, ScoreAspect, ScorePart,
    ScoreStep, StepBefore, SubjectKind, aspect_ppm, points, step_after,
};
use crate::supervision::store::{self, PartRow, ScoreRow};
use crate::supervision::subject::Subject;
use serde_json::json;

/// The task in the table of runs.
const TASK: &str = "score";
/// Suppliers scored in one transaction, so that nobody waits long behind it.
const BATCH: i64 = 20;
/// The rules of a score.
const RULES: [RuleName; 3] = [RuleName::ScoreWeightPpm, RuleName::ScoreLadder, RuleName::ScoreMinOrders];

/// Scores the suppliers of the month that ended, once, batch after batch; an interrupted run goes on where it stopped.
///
/// # Errors
/// When the database fails.
pub async fn score_suppliers(db: &Store, ctx: Ctx) -> Outcome<()> {
    let month = Month::ended_before(ctx.at.day());
    let name = month.name.clone();
    if db.read(move |read| store::is_run(read, TASK, &name)).await? {
        return Ok(());
    }
    loop {
        let month = month.clone();
        if db.write(ctx.clone(), move |tx| batch(tx, &month)).await? {
            return Ok(());
        }
    }
}

/// Scores the next suppliers; whether these were the last.
fn batch(tx: &mut Tx<'_>, month: &Month) -> Outcome<bool> {
    let mut run = store::claim_run(tx, TASK, &month.name)?;
    if run.finished_at.is_some() {
        return Ok(true);
    }
    let next = ordering::answering(tx, month.from, month.until, run.reached, BATCH)?;
    for org in &next {
        score(tx, month, *org)?;
    }
    run.reached = next.last().copied().or(run.reached);
    let last = i64::try_from(next.len()).unwrap_or(BATCH) < BATCH;
    run.finished_at = last.then_some(tx.at());
    store::save_run(tx, &run)?;
    Ok(last)
}

/// Everything that a supplier's month comes to.
fn measure(on: &mut Read, org: OrgId, month: &Month, served: &Performance) -> Outcome<Vec<Measured>> {
    use ScorePart as P;
    let (from, until) = (month.from, month.until);
    let alerted = store::alerted_listings(on, org, &month.name)?;
    let listings = catalogue::count_offered(on, org)?.max(alerted);
    let found = store::findings_counted(on, org, from, until)?;
    let upheld = store::complaints_upheld(on, org, from, until)?;
    let (passed, inspected) = store::inspections_counted(on, org, from, until)?;
    let orders = served.confirmed + served.refused;
    let of = |part, good, of| Measured { part, good, of };
    Ok(vec![
        of(P::PriceStars, served.price_stars, 5 * served.ratings),
        Measured::without(P::PricesInOrder, listings, alerted),
        of(P::QualityStars, served.quality_stars, 5 * served.ratings),
        of(P::Accepted, served.accepted, served.accepted + served.rejected),
        of(P::InspectionsPassed, passed, inspected),
        Measured::without(P::WithoutFinding, orders, found),
        Measured::without(P::WithoutComplaint, orders, upheld),
        of(P::DeliveryStars, served.delivery_stars, 5 * served.ratings),
        of(P::Confirmed, served.confirmed, orders),
        of(P::ShippedInTime, served.in_time, served.shipments),
        of(P::ShippedInFull, served.shipped, served.shipped + served.short),
    ])
}

fn weights(rules: &Rules) -> Outcome<Vec<AspectWeight>> {
    let of = |aspect: &ScoreAspect| {
        let row = rules.row_for(RuleName::ScoreWeightPpm, Some(aspect.as_str()), None)?;
        Ok(AspectWeight { aspect: *aspect, ppm: row.int()?, rule: row.id })
    };
    ScoreAspect::ALL.iter().map(of).collect()
}

fn ladder(rules: &Rules) -> Outcome<Ladder> {
    let of = |step: ScoreStep| rules.int_for(RuleName::ScoreLadder, Some(step.as_str()), None);
    Ok(Ladder { warn: of(ScoreStep::Warn)?, suspend: of(ScoreStep::Suspend)?, remove: of(ScoreStep::Remove)? })
}

fn score(tx: &mut Tx<'_>, month: &Month, org: OrgId) -> Outcome<()> {
    let supplier = identity::organisation(tx, org)?;
    let rules = rulebook::load(tx, &supplier.region_code, month.last_day(), &RULES)?;
    let served = ordering::performance(tx, org, month.from, month.until)?;
    let least = rules.row(RuleName::ScoreMinOrders)?;
    let orders = served.confirmed + served.refused;
    if orders < least.int()? {
        return Ok(());
    }
    let (parts, weights) = (measure(tx, org, month, &served)?, weights(&rules)?);
    let Some(points) = points(&parts, &weights).map_err(AppError::internal)? else { return Ok(()) };
    let ladder = ladder(&rules)?;
    let before = step_before(tx, org, month)?;
    let step = step_after(points, &ladder, before);
    let by_points = ladder.step(points).map(ScoreStep::as_str);
    let ladder_rule = by_points.and_then(|level| rules.find(RuleName::ScoreLadder, Some(level), None));
    let mut row = ScoreRow {
        id: tx.new_id(),
        month: month.name.clone(),
        org_id: org,
        org_name: supplier.name.clone(),
        region_code: supplier.region_code,
        points,
        orders,
        orders_rule_id: least.id,
        step,
        ladder_rule_id: ladder_rule.map(|rule| rule.id),
        finding_id: None,
        computed_at: tx.at(),
    };
    let words = words(month, points, &parts)?;
    if step == Some(ScoreStep::Warn) {
        row.finding_id = warn(tx, &supplier, &row, &words)?;
    }
    store::insert_score(tx, &row, &stored(&row, &parts, &weights))?;
    let details = json!({ "month": row.month, "points": points, "step": step, "rule_id": row.ladder_rule_id });
    record(tx, &row, details)?;
    match step {
        Some(ScoreStep::Suspend | ScoreStep::Remove) => propose(tx, &row, &words),
        Some(ScoreStep::Warn) | None => Ok(()),
    }
}

/// The step of the supplier's latest score before.
fn step_before(on: &mut Read, org: OrgId, month: &Month) -> Outcome<Option<StepBefore>> {
    let Some(last) = store::score_before(on, org, &month.name)? else { return Ok(None) };
    let Some(step) = last.step else { return Ok(None) };
    let proposal = store::proposal_of(on, last.id)?;
    let dismissed = proposal.is_some_and(|proposal| proposal.state == ProposalState::Dismissed);
    Ok(Some(StepBefore { step, dismissed }))
}

fn stored(row: &ScoreRow, parts: &[Measured], weights: &[AspectWeight]) -> Vec<PartRow> {
    let weight = |aspect| weights.iter().find(|weight| weight.aspect == aspect);
    let part = |(place, one): (i64, &Measured)| PartRow {
        score_id: row.id,
        place,
        aspect: one.part.aspect(),
        part: one.part,
        numerator: one.good,
        denominator: one.of,
        weight_ppm: weight(one.part.aspect()).map_or(0, |weight| weight.ppm),
        weight_rule_id: weight(one.part.aspect()).map_or(RuleId([0; 16]), |weight| weight.rule),
    };
    (1..).zip(parts).map(part).collect()
}

/// The points with those of each aspect, Chinese and English.
fn words(month: &Month, points: i64, parts: &[Measured]) -> Outcome<(String, String)> {
    let shown = |aspect| -> Outcome<String> {
        let ppm = aspect_ppm(aspect, parts).map_err(AppError::internal)?;
        Ok(ppm.map_or("—".to_owned(), |ppm| format!("{}%", ppm / 10_000)))
    };
    let name = &month.name;
    let (price, quality) = (shown(ScoreAspect::Price)?, shown(ScoreAspect::Quality)?);
    let delivery = shown(ScoreAspect::Delivery)?;
    Ok((
        format!("{name} 评分 {points} 分（价格 {price}，质量 {quality}，履约 {delivery}）"),
        format!("the score of {name} is {points} (price {price}, quality {quality}, delivery {delivery})"),
    ))
}

/// Warns a supplier: a finding of its county's office, or of the nearest one above.
fn warn(
    tx: &mut Tx<'_>,
    supplier: &Organisation,
    row: &ScoreRow,
    words: &(String, String),
) -> Outcome<Option<FindingId>> {
    let (zh, en) = words;
    let mail = (format!("{zh}，低于预警线，请改进。"), format!("{en}: below the line of warning. Please improve."));
    tell(tx, supplier.id, Role::Seller, ("供应商评分预警", "Warning by score"), (&mail.0, &mail.1))?;
    let Some(office) = identity::nearest_office(tx, OrgKind::PovertyOffice, &supplier.region_code)? else {
        return Ok(None);
    };
    let region = identity::organisation(tx, office)?.region_code;
    let program = Actor {
        user_id: UserId([0; 16]),
        org_id: office,
        kind: OrgKind::PovertyOffice,
        region,
        scope: Scope::Region(region),
        ended_on: None,
        via: Via::Program,
    };
    let subject = Subject {
        kind: SubjectKind::Supplier,
        id: supplier.id.to_string(),
        name: supplier.name.clone(),
        owner: supplier.id,
        owner_name: supplier.name.clone(),
        region: supplier.region_code,
    };
    let new = NewFinding {
        source: FindingSource::Score,
        source_id: Some(row.id.to_string()),
        code: FindingCode::Other,
        text: format!("{zh}，低于预警线"),
    };
    Ok(Some(findings::enter(tx, &program, &subject, &new)?.id))
}

fn record(tx: &mut Tx<'_>, row: &ScoreRow, details: serde_json::Value) -> Outcome<()> {
    let entry = audit::Entry {
        actor: None,
        action: "score.computed",
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}
