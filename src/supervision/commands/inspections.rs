//! Random inspections: announced with a commitment, drawn from what was frozen, recorded by who was drawn.

use super::findings::{self, NewFinding};
use super::{no_party, own_files, tell};
use crate::admission;
use crate::audit;
use crate::catalogue;
use crate::certification::{self, CertificateStatus, EndReason, Ruling};
use crate::identity;
use crate::kernel::actor::{Actor, Role};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{FileId, InspectionId, InspectionPlanId, OrgId, UserId};
use crate::kernel::terms::Category;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::secret::sha256;
use crate::supervision::queries;
use crate::supervision::rules::{
    self, DrawCandidate, DrawInspector, DrawnItem, FindingCode, FindingSource, InspectionKind, InspectionOutcome,
    InspectionPlanState, InspectionState, MOST_IN_POPULATION, Refusal,
};
use crate::supervision::seeds::Seeds;
use crate::supervision::store::{self, InspectionRow, InspectorRow, PlanRow, PoolRow, PopulationRow};
use crate::supervision::subject::{self, Named, Subject};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// A plan as an office announces it.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// What it is called.
    pub title: String,
    /// What is drawn from.
    pub kind: InspectionKind,
    /// Only listings of this category.
    pub category: Option<Category>,
    /// How many are drawn.
    pub to_draw: usize,
    /// How many inspectors each.
    pub per_item: usize,
    /// Who may inspect.
    pub inspectors: Vec<UserId>,
    /// On which day it is drawn, at the earliest.
    pub draw_on: Day,
    /// The public value to be mixed in.
    pub public_source: Option<String>,
}

/// What may be drawn: subject, name, owner.
type Candidate = (String, String, OrgId);

/// Announces a plan: population and pool are frozen, the hash of the seed is published.
///
/// # Errors
/// What the plan lacks.
pub fn announce(tx: &mut Tx<'_>, actor: &Actor, seeds: &Seeds, new: &NewPlan) -> Outcome<PlanRow> {
    let today = tx.at().day();
    check_inspectors(tx, actor, &new.inspectors)?;
    rules::draw_day(today, new.draw_on)?;
    let population = population(tx, actor, new, today)?;
    let owners: BTreeSet<OrgId> = population.iter().map(|(_, _, owner)| *owner).collect();
    let pool = pool(tx, &new.inspectors, &owners)?;
    let drawn_from: Vec<DrawCandidate> = population.iter().map(candidate).collect();
    if let Some(place) = rules::too_few_inspectors(&drawn_from, &pool, new.per_item) {
        let name = &population[place].1;
        let message = Message::new(
            format!("可为 {name} 检查的人员不足：回避后少于 {} 人", new.per_item),
            format!("fewer than {} of them may inspect {name}", new.per_item),
        );
        return Err(wrong("/inspectors", message));
    }
    let seed = seeds.make()?;
    let row = PlanRow {
        id: tx.new_id(),
        office_org: actor.org_id,
        office_name: identity::organisation(tx, actor.org_id)?.name,
        region_code: actor.region,
        title: new.title.clone(),
        kind: new.kind,
        category: new.category,
        to_draw: whole(new.to_draw)?,
        per_item: whole(new.per_item)?,
        population_size: whole(population.len())?,
        population_hash: rules::population_hash(sha256, &drawn_from),
        pool_hash: rules::pool_hash(sha256, &pool),
        commitment: seed.commitment,
        sealed_seed: seed.sealed,
        public_source: new.public_source.clone(),
        draw_on: new.draw_on,
        state: InspectionPlanState::Announced,
        announced_by: actor.user_id,
        announced_at: tx.at(),
        seed: None,
        public_value: None,
        drawn_by: None,
        drawn_at: None,
        version: 1,
    };
    store::insert_plan(tx, &row)?;
    freeze(tx, &row, population, &pool, &new.inspectors)?;
    let details = json!({ "commitment": row.commitment, "population_hash": row.population_hash, "pool_hash": row.pool_hash,
        "population_size": row.population_size, "to_draw": row.to_draw, "draw_on": row.draw_on });
    record_plan(tx, actor, &row, "inspection_plan.announced", details)?;
    Ok(row)
}

fn wrong(pointer: &str, message: Message) -> AppError {
    AppError::invalid(vec![FieldError::new(pointer, Code::ValidationFailed.as_str(), message)])
}

fn whole(count: usize) -> Outcome<i64> {
    i64::try_from(count).map_err(AppError::internal)
}

/// Inspectors are reviewers of the office, each named once.
fn check_inspectors(tx: &mut Tx<'_>, actor: &Actor, people: &[UserId]) -> Outcome<()> {
    for (n, person) in people.iter().enumerate() {
        if !identity::holds(tx, *person, actor.org_id, Role::Reviewer)? {
            let message = Message::new("不是本部门的审核人员", "is no reviewer of the own office");
            return Err(wrong(&format!("/inspectors/{n}"), message));
        }
        if people[..n].contains(person) {
            return Err(wrong(&format!("/inspectors/{n}"), Message::new("重复", "is named twice")));
        }
    }
    Ok(())
}

/// What may be drawn, in the order of ids and numbers: only what belongs to suppliers registered in the office's region.
fn population(tx: &mut Tx<'_>, actor: &Actor, new: &NewPlan, today: Day) -> Outcome<Vec<Candidate>> {
    if new.category.is_some() && new.kind != InspectionKind::Listing {
        let message = Message::new("只有在售商品可按类别筛选", "only listings have a category");
        return Err(wrong("/category", message));
    }
    let (region, most) = (&actor.region, whole(MOST_IN_POPULATION + 1)?);
    let mut found: Vec<Candidate> = match new.kind {
        InspectionKind::Listing => {
            let goods = catalogue::on_sale(tx, region, new.category, most)?;
            goods.into_iter().map(|one| (one.id.to_string(), one.name, one.org_id)).collect()
        }
        InspectionKind::Certificate => {
            let certificates = certification::certificates_in_force(tx, region, today, most)?;
            certificates.into_iter().map(|(number, org, name)| (number, name, org)).collect()
        }
        InspectionKind::Supplier => {
            let suppliers = admission::admitted_in(tx, region, most)?;
            suppliers.into_iter().map(|org| (org.to_string(), String::new(), org)).collect()
        }
    };
    if found.len() > MOST_IN_POPULATION {
        let message = Message::new("对象过多，请缩小范围", "there are too many; ask for fewer");
        return Err(wrong("/kind", message));
    }
    let owners: BTreeSet<OrgId> = found.iter().map(|(_, _, owner)| *owner).collect();
    let known = identity::organisations(tx, &owners.into_iter().collect::<Vec<_>>())?;
    let here: BTreeMap<OrgId, String> =
        known.into_iter().filter(|org| region.contains(&org.region_code)).map(|org| (org.id, org.name)).collect();
    found.retain(|(_, _, owner)| here.contains_key(owner));
    if new.kind == InspectionKind::Supplier {
        for (_, name, owner) in &mut found {
            name.clone_from(&here[owner]);
        }
    }
    found.sort();
    if found.len() < new.to_draw {
        let message = Message::new(
            format!("范围内只有 {} 个对象", found.len()),
            format!("there are only {} to draw from", found.len()),
        );
        return Err(wrong("/to_draw", message));
    }
    Ok(found)
}

fn candidate((subject, _, owner): &Candidate) -> DrawCandidate {
    DrawCandidate { subject: subject.clone(), owner: owner.to_string() }
}

/// Each inspector with the organisations of the population whose member he is.
fn pool(tx: &mut Tx<'_>, people: &[UserId], owners: &BTreeSet<OrgId>) -> Outcome<Vec<DrawInspector>> {
    let mut pool = Vec::with_capacity(people.len());
    for person in people {
        let own: BTreeSet<OrgId> =
            identity::organisations_of(tx, *person)?.into_iter().filter(|org| owners.contains(org)).collect();
        let conflicts = own.iter().map(ToString::to_string).collect();
        pool.push(DrawInspector { inspector: person.to_string(), conflicts });
    }
    Ok(pool)
}

fn freeze(
    tx: &mut Tx<'_>,
    plan: &PlanRow,
    population: Vec<Candidate>,
    pool: &[DrawInspector],
    people: &[UserId],
) -> Outcome<()> {
    let frozen = (0..).zip(population).map(|(place, (subject, subject_name, owner_org))| PopulationRow {
        plan_id: plan.id,
        place,
        subject,
        subject_name,
        owner_org,
    });
    store::insert_population(tx, &frozen.collect::<Vec<_>>())?;
    let mut rows = Vec::with_capacity(pool.len());
    for (place, (one, user_id)) in (0..).zip(pool.iter().zip(people)) {
        let conflicts = serde_json::to_string(&one.conflicts).map_err(AppError::internal)?;
        rows.push(PoolRow { plan_id: plan.id, place, user_id: *user_id, conflicts });
    }
    store::insert_pool(tx, &rows)
}

/// Reveals the seed and draws.
///
/// # Errors
/// `not_found` for the plan of another office, `stale_version`, `wrong_state` before its day and after it was drawn,
/// `validation_failed` without the public value that was named.
pub fn draw(
    tx: &mut Tx<'_>,
    actor: &Actor,
    seeds: &Seeds,
    (id, version): (InspectionPlanId, i64),
    public_value: Option<&str>,
) -> Outcome<PlanRow> {
    let mut plan = store::claim_plan(tx, actor.org_id, id)?.ok_or(Code::NotFound)?;
    if version != plan.version - 1 {
        return Err(Code::StaleVersion.into());
    }
    if plan.state == InspectionPlanState::Drawn {
        return Err(AppError::new(Code::WrongState).with("state", plan.state.as_str()));
    }
    if tx.at().day() < plan.draw_on {
        return Err(Refusal::DrawnFrom(plan.draw_on).into());
    }
    rules::public_value(plan.public_source.as_deref(), public_value)?;
    let seed = seeds.reveal(&plan.commitment, &plan.sealed_seed)?;
    let frozen = queries::draw_record(tx, &plan)?;
    let drawn = rules::draw(sha256, &frozen, &seed, public_value);
    enter(tx, &plan, &drawn)?;
    plan.state = InspectionPlanState::Drawn;
    plan.seed = Some(seed);
    plan.public_value = public_value.map(str::to_owned);
    plan.drawn_by = Some(actor.user_id);
    plan.drawn_at = Some(tx.at());
    if store::save_plan(tx, &plan)? != 1 {
        return Err(Code::StaleVersion.into());
    }
    let details = json!({ "seed": plan.seed, "public_value": plan.public_value, "drawn": drawn.len() });
    record_plan(tx, actor, &plan, "inspection_plan.drawn", details)?;
    let (title, count) = (&plan.title, drawn.len());
    let zh = format!("《{title}》已抽取 {count} 个检查对象，请检查人员查看并办理。");
    let en = format!("{count} inspections of “{title}” were drawn; see which are yours.");
    tell(tx, plan.office_org, Role::Reviewer, ("双随机抽取结果", "Inspections drawn"), (&zh, &en))?;
    Ok(plan)
}

/// Enters what was drawn.
fn enter(tx: &mut Tx<'_>, plan: &PlanRow, drawn: &[DrawnItem]) -> Outcome<()> {
    let (population, pool) = (store::population_of(tx, plan.id)?, store::pool_of(tx, plan.id)?);
    let owners: BTreeSet<OrgId> = drawn.iter().map(|item| population[item.population_place].owner_org).collect();
    let owners = identity::organisations(tx, &owners.into_iter().collect::<Vec<_>>())?;
    let (mut rows, mut people) = (Vec::new(), Vec::new());
    for (drawn_as, item) in (0..).zip(drawn) {
        let frozen = &population[item.population_place];
        let owner = owners.iter().find(|org| org.id == frozen.owner_org).ok_or(Code::NotFound)?;
        let id: InspectionId = tx.new_id();
        rows.push(InspectionRow {
            id,
            plan_id: plan.id,
            drawn_as,
            population_place: frozen.place,
            subject_kind: plan.kind.subject(),
            subject: frozen.subject.clone(),
            subject_name: frozen.subject_name.clone(),
            owner_org: owner.id,
            owner_name: owner.name.clone(),
            // Whoever moves away after the announcement is inspected all the same, by the office that announced it.
            region_code: if plan.region_code.contains(&owner.region_code) {
                owner.region_code
            } else {
                plan.region_code
            },
            office_org: plan.office_org,
            state: InspectionState::Drawn,
            outcome: None,
            text: None,
            file_ids: "[]".to_owned(),
            recorded_by: None,
            recorded_at: None,
            finding_id: None,
            suspended: None,
            version: 1,
        });
        for (drawn_as, at) in (0..).zip(&item.pool_places) {
            let user_id = pool[*at].user_id;
            people.push(InspectorRow { inspection_id: id, drawn_as, pool_place: whole(*at)?, user_id });
        }
    }
    store::insert_inspections(tx, &rows, &people)
}

/// What an inspection found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Pass, defects, or unsafe.
    pub outcome: InspectionOutcome,
    /// What is wrong.
    pub code: Option<FindingCode>,
    /// In words.
    pub text: String,
    /// Evidence.
    pub files: Vec<FileId>,
    /// The certificate that an unsafe result suspends, where the subject does not say which.
    pub certificate: Option<String>,
}

/// Records what an inspection found. Failing opens a finding; what is unsafe suspends the certificate, where the office may.
///
/// # Errors
/// `not_found`, `forbidden` for who was not drawn, `separation_of_duties`, `wrong_state`, or what the result lacks.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, id: InspectionId, found: &Found) -> Outcome<InspectionRow> {
    let mut row = store::claim_inspection(tx, actor.org_id, id)?.ok_or(Code::NotFound)?;
    if !store::inspectors_of(tx, &[id])?.iter().any(|one| one.user_id == actor.user_id) {
        return Err(Refusal::NotDrawn.into());
    }
    no_party(tx, actor, row.owner_org)?;
    if row.state == InspectionState::Done {
        return Err(AppError::new(Code::WrongState).with("state", row.state.as_str()));
    }
    let code = rules::finding_of(found.outcome, found.code, found.files.len())?;
    row.file_ids = own_files(tx, actor, &found.files)?;
    row.state = InspectionState::Done;
    row.outcome = Some(found.outcome);
    row.text = Some(found.text.clone());
    (row.recorded_by, row.recorded_at) = (Some(actor.user_id), Some(tx.at()));
    let named = certificate(tx, &row, found)?;
    if let Some(code) = code {
        let source_id = Some(row.id.to_string());
        let new = NewFinding { source: FindingSource::Inspection, source_id, code, text: found.text.clone() };
        row.finding_id = Some(findings::open(tx, actor, &subject_of(&row), &new)?.id);
    }
    if found.outcome == InspectionOutcome::Unsafe
        && let Some(number) = named
        && suspend(tx, actor, &number, &found.text)?
    {
        row.suspended = Some(number);
    }
    if store::save_inspection(tx, &row)? != 1 {
        return Err(Code::StaleVersion.into());
    }
    let details = json!({ "plan_id": row.plan_id, "outcome": row.outcome, "finding_id": row.finding_id, "suspended": row.suspended });
    let entry = audit::Entry {
        actor: Some(actor),
        action: "inspection.recorded",
        subject: row.id.to_string(),
        owner_org: row.owner_org,
        other_org: Some(row.office_org),
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)?;
    Ok(row)
}

fn subject_of(row: &InspectionRow) -> Subject {
    Subject {
        kind: row.subject_kind,
        id: row.subject.clone(),
        name: row.subject_name.clone(),
        owner: row.owner_org,
        owner_name: row.owner_name.clone(),
        region: row.region_code,
    }
}

/// The certificate that is at stake: the one named, which must be the owner's, else the subject's own.
fn certificate(tx: &mut Tx<'_>, row: &InspectionRow, found: &Found) -> Outcome<Option<String>> {
    if let Some(number) = &found.certificate {
        let today = tx.at().day();
        let named = Named { certificate: Some(number.clone()), ..Named::default() };
        let owned = match subject::find(tx, &named, today) {
            Ok(subject) => subject.owner == row.owner_org,
            Err(error) if error.code() == Code::NotFound => false,
            Err(error) => return Err(error),
        };
        let message = Message::new("不是该供应商的证书", "is no certificate of this supplier");
        return if owned { Ok(Some(number.clone())) } else { Err(wrong("/certificate_number", message)) };
    }
    match row.subject_kind {
        rules::SubjectKind::Certificate => Ok(Some(row.subject.clone())),
        rules::SubjectKind::Listing => {
            let listing = row.subject.parse().map_err(AppError::internal)?;
            Ok(catalogue::listed(tx, listing)?.certificate_number)
        }
        _ => Ok(None),
    }
}

/// Suspends a certificate that is in force, in the office's region; whether it did.
fn suspend(tx: &mut Tx<'_>, actor: &Actor, number: &str, reason: &str) -> Outcome<bool> {
    let today = tx.at().day();
    let found = certification::certificate(tx, number, today)?;
    if found.status != CertificateStatus::Valid || !actor.region.contains(&found.county.code) {
        return Ok(false);
    }
    let ruling =
        Ruling { reason_code: Some(EndReason::FoodSafety), reason: Some(reason.to_owned()), safety: true, until: None };
    certification::suspend(tx, actor, number, &ruling)?;
    Ok(true)
}

fn record_plan(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &PlanRow,
    action: &'static str,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor: Some(actor),
        action,
        subject: row.id.to_string(),
        owner_org: row.office_org,
        other_org: None,
        region: row.region_code,
        details,
    };
    audit::record(tx, &entry)
}
