//! The price watch: what the program does once a day and once a month, and what offices make of its alerts.

use super::findings::{self, NewFinding};
use super::{no_party, tell};
use crate::audit;
use crate::identity;
use crate::kernel::actor::{Actor, Role, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{ListingId, PriceAlertId};
use crate::kernel::money::Fen;
use crate::kernel::time::Day;
use crate::platform::clock::Ctx;
use crate::platform::db::{Read, Store, Tx};
use crate::supervision::prices::{self, Watched};
use crate::supervision::rules::{
    FindingCode, FindingSource, GroupMedian, Month, PriceAlertState, PriceReason, SettledBy, SubjectKind, price_words,
    settled,
};
use crate::supervision::store::{self, AlertRow, FindingRow, MedianRow};
use crate::supervision::subject::Subject;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// The task in the table of runs.
const TASK: &str = "price_watch";

/// What there is to do.
struct Prepared {
    month: Month,
    /// Alerts that are settled.
    settled: Vec<(PriceAlertId, SettledBy, Option<Fen>)>,
    /// What the month that ended leaves, when that is not kept yet.
    ended: Option<Ended>,
}

/// What a month leaves when it ends.
struct Ended {
    medians: Vec<GroupMedian>,
    /// Alerts that hold still.
    lasting: Vec<PriceAlertId>,
    raised: Vec<(Watched, PriceReason)>,
}

/// Settles alerts that hold no more; and once for each month that ended keeps its medians and raises its alerts.
///
/// # Errors
/// When the database fails.
pub async fn watch_prices(db: &Store, ctx: Ctx) -> Outcome<()> {
    let today = ctx.at.day();
    let prepared = db.read(move |read| prepare(read, today)).await?;
    if prepared.settled.is_empty() && prepared.ended.is_none() {
        return Ok(());
    }
    db.write(ctx, move |tx| carry_out(tx, &prepared)).await
}

fn prepare(on: &mut Read, today: Day) -> Outcome<Prepared> {
    let (ended, current) = (Month::ended_before(today), Month::of(today));
    let kept = store::is_run(on, TASK, &ended.name)?;
    let running = store::running_alerts(on)?;
    if kept && running.is_empty() {
        return Ok(Prepared { month: ended, settled: Vec::new(), ended: None });
    }
    let looked = prices::look(on, if kept { &current } else { &ended }, today)?;
    let offers: BTreeMap<ListingId, &Watched> = looked.offers.iter().map(|one| (one.listing.id, one)).collect();
    let mut over = Vec::new();
    let mut lasting = Vec::new();
    for alert in &running {
        let now = offers.get(&alert.listing_id).map(|one| &one.offer);
        match settled(alert.reason, alert.price_fen, alert.raised_at, now) {
            Some(by) => {
                let like = now.and_then(|offer| offer.declared).map(|like| like.per_kg);
                over.push((alert.id, by, like.filter(|_| by == SettledBy::Evidence)));
            }
            None => lasting.push(alert.id),
        }
    }
    let runs: BTreeSet<(ListingId, PriceReason)> = running.iter().map(|one| (one.listing_id, one.reason)).collect();
    let mut covered: BTreeMap<ListingId, Fen> = BTreeMap::new();
    covered.extend(store::covered_listings(on)?.into_iter().filter_map(|(id, fen)| Some((id, fen?))));
    for (alert, by, like) in &over {
        let listing = running.iter().find(|one| one.id == *alert).map(|one| one.listing_id);
        if let (SettledBy::Evidence, Some(listing), Some(like)) = (by, listing, like) {
            covered.insert(listing, *like);
        }
    }
    let stands = |one: &Watched, reason: PriceReason| {
        let shown = covered.get(&one.listing.id).is_some_and(|like| one.offer.per_kg <= *like);
        let excused = shown && reason == PriceReason::AboveMedian;
        !excused && !runs.contains(&(one.listing.id, reason))
    };
    let raised = looked.offers.iter().flat_map(|one| one.reasons().map(move |reason| (one, reason)));
    let raised = raised.filter(|(one, reason)| stands(one, *reason)).map(|(one, reason)| (one.clone(), reason));
    let left = Ended { medians: looked.like.medians(), lasting, raised: raised.collect() };
    Ok(Prepared { month: ended, settled: over, ended: (!kept).then_some(left) })
}

fn carry_out(tx: &mut Tx<'_>, prepared: &Prepared) -> Outcome<()> {
    for (id, by, like) in &prepared.settled {
        settle(tx, *id, *by, *like)?;
    }
    let Some(ended) = &prepared.ended else { return Ok(()) };
    let mut run = store::claim_run(tx, TASK, &prepared.month.name)?;
    if run.finished_at.is_some() {
        return Ok(());
    }
    let month = &prepared.month.name;
    let row = |one: &GroupMedian| MedianRow {
        month: month.clone(),
        category: one.category,
        mark: one.mark,
        region_code: one.region,
        goods: one.goods,
        suppliers: one.suppliers,
        median_fen: one.median,
    };
    store::insert_medians(tx, &ended.medians.iter().map(row).collect::<Vec<_>>())?;
    for id in &ended.lasting {
        if let Some(mut alert) = store::claim_alert(tx, &Scope::Platform, *id)? {
            alert.last_month.clone_from(month);
            save(tx, &alert)?;
        }
    }
    for (watched, reason) in &ended.raised {
        raise(tx, month, watched, *reason)?;
    }
    run.finished_at = Some(tx.at());
    store::save_run(tx, &run)
}

/// Settles an alert, unless it runs no more.
fn settle(tx: &mut Tx<'_>, id: PriceAlertId, by: SettledBy, like: Option<Fen>) -> Outcome<()> {
    let Some(mut alert) = store::claim_alert(tx, &Scope::Platform, id)? else { return Ok(()) };
    if alert.state.runs() {
        alert.state = PriceAlertState::Settled;
        (alert.settled_by, alert.settled_fen, alert.ended_at) = (Some(by), like, Some(tx.at()));
        record(tx, None, &alert, "price_alert.settled", json!({ "by": by, "like_fen": like }))?;
    }
    save(tx, &alert)
}

fn raise(tx: &mut Tx<'_>, month: &str, watched: &Watched, reason: PriceReason) -> Outcome<()> {
    let listing = &watched.listing;
    let (compared, rules) = (watched.compared(reason), watched.rules);
    let judged = reason == PriceReason::AboveMedian;
    let alert = AlertRow {
        id: tx.new_id(),
        month: month.to_owned(),
        last_month: month.to_owned(),
        listing_id: listing.id,
        name: listing.name.clone(),
        org_id: listing.org_id,
        org_name: listing.supplier_name.clone(),
        region_code: listing.supplier_region,
        category: listing.category,
        mark: listing.mark,
        reason,
        price_fen: listing.per_kg,
        compared_in: compared.map(|with| with.region),
        median_fen: compared.map(|with| with.median),
        goods: compared.map(|with| with.goods),
        factor_ppm: judged.then_some(rules.factor),
        factor_rule_id: judged.then_some(rules.factor_rule),
        goods_rule_id: judged.then_some(rules.least_rule),
        evidence_fen: watched.offer.declared.map(|like| like.per_kg),
        state: PriceAlertState::Open,
        settled_by: None,
        settled_fen: None,
        finding_id: None,
        decided_by: None,
        decision_reason: None,
        raised_at: tx.at(),
        ended_at: None,
        version: 1,
    };
    store::insert_alert(tx, &alert)?;
    let details = json!({ "month": month, "listing": listing.id, "reason": reason, "price_fen": alert.price_fen,
        "rule_id": alert.factor_rule_id });
    record(tx, None, &alert, "price_alert.raised", details)?;
    let other = watched.other(reason).unwrap_or(Fen::ZERO);
    let goods = compared.map_or(0, |with| with.goods);
    let (zh, en) = price_words(reason, alert.price_fen, other, rules.factor, goods);
    let name = &alert.name;
    let zh = format!("{name}：{zh}。请降价，或提交同类价格依据。");
    let en = format!("{name}: {en}. Lower the price, or give evidence with the like price.");
    tell(tx, alert.org_id, Role::Seller, ("价格提示", "A price is high"), (&zh, &en))
}

/// Turns an open alert into a finding.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `separation_of_duties`.
pub fn open_from_alert(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PriceAlertId,
    version: i64,
    text: &str,
) -> Outcome<FindingRow> {
    let mut alert = claim_open(tx, actor, id, version)?;
    let owner = identity::organisation(tx, alert.org_id)?;
    let subject = Subject {
        kind: SubjectKind::Listing,
        id: alert.listing_id.to_string(),
        name: alert.name.clone(),
        owner: owner.id,
        owner_name: owner.name,
        region: owner.region_code,
    };
    let new = NewFinding {
        source: FindingSource::PriceWatch,
        source_id: Some(id.to_string()),
        code: FindingCode::Price,
        text: text.to_owned(),
    };
    let finding = findings::open(tx, actor, &subject, &new)?;
    alert.state = PriceAlertState::Finding;
    (alert.finding_id, alert.decided_by) = (Some(finding.id), Some(actor.user_id));
    save(tx, &alert)?;
    record(tx, Some(actor), &alert, "price_alert.pursued", json!({ "finding_id": finding.id }))?;
    Ok(finding)
}

/// Dismisses an open alert with a reason.
///
/// # Errors
/// `not_found`, `stale_version`, `wrong_state`, `separation_of_duties`.
pub fn dismiss_alert(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PriceAlertId,
    version: i64,
    reason: &str,
) -> Outcome<AlertRow> {
    let mut alert = claim_open(tx, actor, id, version)?;
    alert.state = PriceAlertState::Dismissed;
    (alert.decided_by, alert.decision_reason) = (Some(actor.user_id), Some(reason.to_owned()));
    alert.ended_at = Some(tx.at());
    save(tx, &alert)?;
    record(tx, Some(actor), &alert, "price_alert.dismissed", json!({ "reason": reason }))?;
    Ok(alert)
}

fn claim_open(tx: &mut Tx<'_>, actor: &Actor, id: PriceAlertId, version: i64) -> Outcome<AlertRow> {
    let alert = store::claim_alert(tx, &actor.scope, id)?.ok_or(Code::NotFound)?;
    if version != alert.version - 1 {
        return Err(Code::StaleVersion.into());
    }
    no_party(tx, actor, alert.org_id)?;
    match alert.state {
        PriceAlertState::Open => Ok(alert),
        state => Err(AppError::new(Code::WrongState).with("state", state.as_str())),
    }
}

fn save(tx: &mut Tx<'_>, alert: &AlertRow) -> Outcome<()> {
    if store::save_alert(tx, alert)? == 1 { Ok(()) } else { Err(Code::StaleVersion.into()) }
}

fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    alert: &AlertRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: alert.id.to_string(),
        owner_org: alert.org_id,
        other_org: actor.map(|office| office.org_id),
        region: alert.region_code,
        details,
    };
    audit::record(tx, &entry)
}
