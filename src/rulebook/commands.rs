//! Adding rows to the rule table.

use super::queries::RuleView;
use super::rules::{self, Draft, RuleName};
use super::store::{self, StoredRule};
use crate::audit;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::RuleId;
use crate::kernel::terms::Fund;
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use crate::platform::secret::sha256_parts;
use serde::Deserialize;

/// The rows that the program carries.
const BUILT_IN: &str = include_str!("data/rules.csv");

/// A row that an office wants to add.
#[derive(Debug, Clone)]
pub struct NewRule {
    /// What it is about.
    pub name: RuleName,
    /// Where it shall hold.
    pub region: Territory,
    /// The level it is narrowed to.
    pub level: Option<String>,
    /// The fund it is narrowed to.
    pub fund: Option<Fund>,
    /// The first day on which it holds.
    pub effective_from: Day,
    /// The first day on which it no longer holds.
    pub effective_to: Option<Day>,
    /// Its value, in the name's unit.
    pub value: String,
    /// Where it is laid down.
    pub source: String,
}

/// Adds a row for the actor's own region or one below, and ends the row that it replaces.
///
/// # Errors
/// `forbidden` for another region, `already_exists` when a row of that day is there, or what is wrong with the row.
pub fn add_rule(tx: &mut Tx<'_>, actor: &Actor, new: &NewRule) -> Outcome<RuleView> {
    if !may_set(&actor.scope, &new.region) {
        return Err(AppError::new(Code::Forbidden)
            .at("/region_code", Message::new("不属于本单位辖区", "is outside the region of your office")));
    }
    let level = new.level.as_deref().unwrap_or("");
    let draft = Draft {
        name: new.name,
        level,
        value: &new.value,
        effective_from: new.effective_from,
        effective_to: new.effective_to,
    };
    rules::check(&draft, tx.at().day())?;
    let mut row = StoredRule {
        id: tx.new_id(),
        sort_key: String::new(),
        name: new.name,
        region_code: new.region,
        level: level.to_owned(),
        fund: new.fund.map_or("", Fund::as_str).to_owned(),
        effective_from: new.effective_from,
        effective_to: new.effective_to,
        value: new.value.clone(),
        unit: new.name.unit().to_owned(),
        source: new.source.clone(),
        created_at: tx.at(),
        created_by: Some(actor.user_id),
    };
    row.sort_key = sort_key(&row);
    let alike = store::alike(tx, &row)?;
    if let Some(same) = alike.iter().find(|old| old.effective_from == row.effective_from) {
        return Err(AppError::new(Code::AlreadyExists).with("existing", same.id.to_string()));
    }
    let span = (row.effective_from, row.effective_to);
    let mut closed = Vec::new();
    for old in alike.iter().filter(|old| rules::closes((old.effective_from, old.effective_to), span)) {
        store::close(tx, old.id, row.effective_from)?;
        closed.push(old.id);
    }
    if store::add(tx, std::slice::from_ref(&row))? == 0 {
        return Err(Code::AlreadyExists.into());
    }
    note(tx, actor, &row, &closed)?;
    Ok(row.into())
}

fn may_set(scope: &Scope, place: &Territory) -> bool {
    match (scope, place) {
        (Scope::Platform, _) => true,
        (Scope::Region(own), Territory::Region(asked)) => own.contains(asked),
        _ => false,
    }
}

fn note(tx: &mut Tx<'_>, actor: &Actor, row: &StoredRule, closed: &[RuleId]) -> Outcome<()> {
    let region = match row.region_code {
        Territory::Region(code) => code,
        Territory::Nation => actor.region,
    };
    audit::record(
        tx,
        &audit::Entry {
            actor: Some(actor),
            action: "rule.added",
            subject: row.id.to_string(),
            owner_org: actor.org_id,
            other_org: None,
            region,
            details: serde_json::json!({
                "name": row.name, "region_code": row.region_code, "level": row.level, "fund": row.fund, "value": row.value,
                "effective_from": row.effective_from, "effective_to": row.effective_to, "closed": closed,
            }),
        },
    )
}

/// What a row is about, then from when; unique, and the order of lists.
fn sort_key(row: &StoredRule) -> String {
    format!("{}|{}|{}|{}|{}", row.name, row.region_code, row.level, row.fund, row.effective_from)
}

/// A line of the built-in table.
#[derive(Debug, Deserialize)]
struct Line {
    name: String,
    region_code: String,
    level: String,
    fund: String,
    effective_from: String,
    effective_to: String,
    value: String,
    unit: String,
    source: String,
}

/// Brings the built-in rows into the table; rows that are there stay as they are. How many are new.
///
/// # Errors
/// When the database fails or the built-in file is damaged.
pub fn seed(tx: &mut Tx<'_>) -> Outcome<usize> {
    let mut rows = Vec::new();
    for line in csv::Reader::from_reader(BUILT_IN.as_bytes()).deserialize::<Line>() {
        let line = line.map_err(AppError::internal)?;
        let mut row = built_in(tx, &line).ok_or_else(|| AppError::internal(format!("rules.csv: {line:?}")))?;
        row.sort_key = sort_key(&row);
        // The same row has the same id in every installation and at every start.
        let digest = sha256_parts(&[b"rule", row.sort_key.as_bytes()]);
        row.id.0.copy_from_slice(&digest[..16]);
        rows.push(row);
    }
    store::add(tx, &rows)
}

fn built_in(tx: &Tx<'_>, line: &Line) -> Option<StoredRule> {
    let name: RuleName = line.name.parse().ok()?;
    let effective_to = if line.effective_to.is_empty() { None } else { Some(line.effective_to.parse().ok()?) };
    let known = name.unit() == line.unit && (line.level.is_empty() || name.levels().contains(&line.level.as_str()));
    known.then_some(StoredRule {
        id: RuleId([0; 16]),
        sort_key: String::new(),
        name,
        region_code: line.region_code.parse().ok()?,
        level: line.level.clone(),
        fund: line.fund.clone(),
        effective_from: line.effective_from.parse().ok()?,
        effective_to,
        value: line.value.clone(),
        unit: line.unit.clone(),
        source: line.source.clone(),
        created_at: tx.at(),
        created_by: None,
    })
}
