//! Bringing in regions, calendars and pairings.

use super::import::{self, CalendarLine, RegionLine};
use super::queries::PairingView;
use super::rules::{self, PairingKind};
use super::store::{self, DayRow, PairingRow, RegionRow};
use crate::audit;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, FieldError, Message, Outcome};
use crate::kernel::ids::{OrgId, PairingId};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::territory::Territory;
use crate::kernel::time::{Day, Span, overlap};
use crate::platform::db::Tx;
use crate::platform::jobs;
use crate::platform::secret::sha256_parts;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The outbox topic that tells of newly loaded years; provisional deadlines are then computed again.
pub const CALENDAR_LOADED: &str = "calendar.loaded";
/// The outbox topic that tells of newly loaded regions; what rests on a county's flags is then looked at again.
pub const REGIONS_LOADED: &str = "regions.loaded";
/// Lines written at once; the progress moves as often.
const STEP: usize = 500;

/// Which years were loaded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CalendarLoaded {
    /// Territory and year.
    pub years: Vec<(Territory, i64)>,
}

/// A partner that an office enters.
#[derive(Debug, Clone)]
pub struct NewPairing {
    /// Partner region or designated unit.
    pub kind: PairingKind,
    /// The county helped.
    pub a_code: RegionCode,
    /// The partner region.
    pub b_code: Option<RegionCode>,
    /// The partner's name.
    pub b_name: String,
    /// The first day.
    pub valid_from: Day,
    /// The first day on which it no longer holds.
    pub valid_to: Option<Day>,
    /// Where it is laid down.
    pub source: String,
}

/// Enters a partner of a county in the actor's region.
///
/// # Errors
/// `forbidden` for a county elsewhere, or what is wrong with the row: a partner stands once on a day.
pub fn add_pairing(tx: &mut Tx<'_>, actor: &Actor, new: &NewPairing) -> Outcome<PairingView> {
    if !is_own(actor, &new.a_code) {
        return Err(AppError::new(Code::Forbidden)
            .at("/a_code", Message::new("不属于本单位辖区", "is outside the region of your office")));
    }
    check_pairing(tx, new)?;
    let row = PairingRow {
        id: tx.new_id(),
        kind: new.kind,
        a_code: new.a_code,
        b_code: new.b_code,
        b_name: new.b_name.clone(),
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        source: new.source.clone(),
    };
    alone(tx, &row)?;
    store::add_pairings(tx, std::slice::from_ref(&row))?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "pairing.added",
        subject: row.id.to_string(),
        owner_org: actor.org_id,
        other_org: None,
        region: row.a_code,
        details: serde_json::json!({ "kind": row.kind, "a_code": row.a_code, "b_code": row.b_code, "b_name": row.b_name, "valid_from": row.valid_from, "valid_to": row.valid_to }),
    };
    audit::record(tx, &entry)?;
    Ok(row.into())
}

fn is_own(actor: &Actor, county: &RegionCode) -> bool {
    match &actor.scope {
        Scope::Platform => true,
        Scope::Region(region) => region.contains(county),
        _ => false,
    }
}

/// A pairing of a county in the actor's region, which nobody else changes until this is done.
///
/// # Errors
/// `not_found` for any other.
pub fn claim_pairing(tx: &mut Tx<'_>, actor: &Actor, id: PairingId) -> Outcome<PairingView> {
    let row = store::claim_pairing(tx, id)?.filter(|row| is_own(actor, &row.a_code)).ok_or(Code::NotFound)?;
    Ok(row.into())
}

/// Corrects from when until when a pairing holds; every report of purchases follows it at once.
///
/// # Errors
/// `not_found` outside the actor's region, `validation_failed` for an end before the first day or days on which the same partner
/// stands already.
pub fn set_pairing_days(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: PairingId,
    (days, reason): (Span, &str),
) -> Outcome<PairingView> {
    let before = store::claim_pairing(tx, id)?.filter(|row| is_own(actor, &row.a_code)).ok_or(Code::NotFound)?;
    let (from, to) = days;
    if to.is_some_and(|to| to <= from) {
        return Err(AppError::invalid(vec![ends_early()]));
    }
    let row = PairingRow { valid_from: from, valid_to: to, ..before.clone() };
    alone(tx, &row)?;
    store::set_pairing_days(tx, id, days)?;
    let entry = audit::Entry {
        actor: Some(actor),
        action: "pairing.days_set",
        subject: row.id.to_string(),
        owner_org: actor.org_id,
        other_org: None,
        region: row.a_code,
        details: serde_json::json!({ "reason": reason, "b_name": row.b_name, "valid_from": [before.valid_from, from], "valid_to": [before.valid_to, to] }),
    };
    audit::record(tx, &entry)?;
    Ok(row.into())
}

/// The same partner of a county stands once on any day.
fn alone(tx: &mut Tx<'_>, row: &PairingRow) -> Outcome<()> {
    store::claim_partners(tx, &row.a_code)?;
    let others = store::pairings(tx, Some(row.a_code), None, None, i64::MAX)?;
    let same = |other: &&PairingRow| {
        let partner = if row.b_code.is_some() { other.b_code == row.b_code } else { other.b_name == row.b_name };
        other.id != row.id && other.kind == row.kind && partner
    };
    let taken = |other: &PairingRow| overlap((other.valid_from, other.valid_to), (row.valid_from, row.valid_to));
    if !others.iter().filter(same).any(taken) {
        return Ok(());
    }
    let message =
        Message::new("与该县同一帮扶方的已有日期重叠", "overlaps days on which the same partner stands already");
    Err(AppError::invalid(vec![FieldError::new("/valid_from", "invalid", message)]))
}

fn ends_early() -> FieldError {
    FieldError::new("/valid_to", "invalid", Message::new("须晚于起始日", "must be later than valid_from"))
}

fn check_pairing(tx: &mut Tx<'_>, new: &NewPairing) -> Outcome<()> {
    let mut wrong = Vec::new();
    let mut say =
        |pointer: &str, zh: &str, en: &str| wrong.push(FieldError::new(pointer, "invalid", Message::new(zh, en)));
    if store::region_history(tx, &new.a_code)?.is_empty() || new.a_code.level() != RegionLevel::County {
        say("/a_code", "应为已知的县级区划", "must be a known county");
    }
    match (new.kind, new.b_code) {
        (PairingKind::Pairing, None) => say("/b_code", "结对协作须填写对方区划", "a pairing names the partner region"),
        (PairingKind::Pairing, Some(code)) if store::region_history(tx, &code)?.is_empty() => {
            say("/b_code", "未知的区划", "is not a known region");
        }
        (PairingKind::DesignatedUnit, Some(_)) => {
            say("/b_code", "定点帮扶单位不填区划", "a designated unit has no region");
        }
        _ => {}
    }
    if new.valid_to.is_some_and(|to| to <= new.valid_from) {
        wrong.push(ends_early());
    }
    if wrong.is_empty() { Ok(()) } else { Err(AppError::invalid(wrong)) }
}

/// Writes the lines of a file of regions, all or none. A line with a later first day ends the row before it; what the file
/// does not say stays as stored. `progress` hears how many lines are done.
///
/// # Errors
/// Lines whose region above is neither in the file nor stored.
pub fn import_regions(tx: &mut Tx<'_>, lines: &[RegionLine], progress: &dyn Fn(usize)) -> Outcome<usize> {
    let mut latest: BTreeMap<RegionCode, RegionRow> = BTreeMap::new();
    for row in store::all_regions(tx)? {
        latest.insert(row.code, row);
    }
    let named: BTreeSet<RegionCode> = lines.iter().map(|line| line.code).collect();
    let known = |code: &RegionCode| named.contains(code) || latest.contains_key(code);
    let mut rows = Vec::with_capacity(lines.len());
    let mut errors = Vec::new();
    for line in lines {
        let parent = rules::parent_among(&line.code, known);
        if parent.is_none() && line.code.level() != RegionLevel::Province {
            let (zh, en) = (
                format!("第 {} 行 code：缺少上级区划", line.row),
                format!("line {}, code: no region above it is known", line.row),
            );
            errors.push(import::wrong(line.row, "code", zh, en));
        }
        rows.push(region_row(line, parent, latest.get(&line.code)));
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }
    for (n, part) in rows.chunks(STEP).enumerate() {
        for row in part.iter().filter(|row| latest.get(&row.code).is_some_and(|old| old.valid_from < row.valid_from)) {
            store::end_region(tx, row.code, row.valid_from)?;
        }
        store::put_regions(tx, part)?;
        progress(n * STEP + part.len());
    }
    if let Some(first) = rows.first() {
        jobs::enqueue(tx, REGIONS_LOADED, &serde_json::json!({ "lines": rows.len() }))?;
        note(tx, "regions.imported", first.code, serde_json::json!({ "lines": rows.len() }))?;
    }
    Ok(rows.len())
}

fn region_row(line: &RegionLine, parent: Option<RegionCode>, stored: Option<&RegionRow>) -> RegionRow {
    let valid_from = line.valid_from.or(stored.map(|old| old.valid_from)).unwrap_or(Day::ymd(2012, 1, 1));
    let same = stored.filter(|old| old.valid_from == valid_from);
    RegionRow {
        code: line.code,
        valid_from,
        valid_to: line.valid_to.or(same.and_then(|old| old.valid_to)),
        name: line.name.clone(),
        level: line.code.level().as_str().to_owned(),
        parent,
        eligible_832: line.eligible_832.or(stored.map(|old| old.eligible_832)).unwrap_or(false),
        poverty_task: line.poverty_task.or(stored.map(|old| old.poverty_task)).unwrap_or(false),
    }
}

/// Writes the lines of a file of days, all or none, and has provisional deadlines computed again.
///
/// # Errors
/// When the database fails.
pub fn import_calendar(tx: &mut Tx<'_>, lines: &[CalendarLine], progress: &dyn Fn(usize)) -> Outcome<usize> {
    let rows: Vec<DayRow> = lines
        .iter()
        .map(|line| DayRow { region_code: line.region, day: line.day, kind: line.kind, name: line.name.clone() })
        .collect();
    for (n, part) in rows.chunks(STEP).enumerate() {
        store::put_days(tx, part)?;
        progress(n * STEP + part.len());
    }
    let years = load_years(tx, &rows)?;
    if let Some(first) = rows.first() {
        jobs::enqueue(tx, CALENDAR_LOADED, &CalendarLoaded { years: years.clone() })?;
        let region = region_of(first.region_code)?;
        note(tx, "calendar.imported", region, serde_json::json!({ "days": rows.len(), "years": years }))?;
    }
    Ok(rows.len())
}

fn load_years(tx: &mut Tx<'_>, rows: &[DayRow]) -> Outcome<Vec<(Territory, i64)>> {
    let days: Vec<(Territory, Day)> = rows.iter().map(|row| (row.region_code, row.day)).collect();
    let years: Vec<(Territory, i64)> = rules::years_named(&days).into_iter().collect();
    if !years.is_empty() {
        store::add_years(tx, &years)?;
    }
    Ok(years)
}

/// The audit trail keeps a region with every entry; GB/T 2260 leaves 10 free, so the nation stands under 100000 there.
fn region_of(place: Territory) -> Outcome<RegionCode> {
    match place {
        Territory::Region(code) => Ok(code),
        Territory::Nation => "100000".parse().map_err(AppError::internal),
    }
}

/// An entry for what the program's own command line did; it belongs to no organisation.
fn note(tx: &mut Tx<'_>, action: &'static str, region: RegionCode, details: serde_json::Value) -> Outcome<()> {
    let entry = audit::Entry {
        actor: None,
        action,
        subject: region.to_string(),
        owner_org: OrgId([0; 16]),
        other_org: None,
        region,
        details,
    };
    audit::record(tx, &entry)
}

/// A line of the built-in pairings.
#[derive(Debug, Deserialize)]
struct PairingLine {
    kind: PairingKind,
    a_code: RegionCode,
    b_code: Option<RegionCode>,
    b_name: String,
    valid_from: Day,
    valid_to: Option<Day>,
    source: String,
}

/// Brings in the built-in regions, days and pairings; rows that are there stay as they are. How many are new.
///
/// # Errors
/// When the database fails or a built-in file is damaged.
pub fn seed(tx: &mut Tx<'_>) -> Outcome<usize> {
    let broken = |errors: Vec<FieldError>| AppError::internal(format!("built-in data: {errors:?}"));
    let lines = import::parse_regions(include_str!("data/regions.csv").as_bytes()).map_err(broken)?;
    let named: BTreeSet<RegionCode> = lines.iter().map(|line| line.code).collect();
    let regions: Vec<RegionRow> = lines
        .iter()
        .map(|line| region_row(line, rules::parent_among(&line.code, |code| named.contains(code)), None))
        .collect();
    let days: Vec<DayRow> = import::parse_calendar(include_str!("data/days_off.csv").as_bytes())
        .map_err(broken)?
        .into_iter()
        .map(|line| DayRow { region_code: line.region, day: line.day, kind: line.kind, name: line.name })
        .collect();
    let mut pairings = Vec::new();
    for line in csv::Reader::from_reader(include_str!("data/pairings.csv").as_bytes()).deserialize::<PairingLine>() {
        pairings.push(pairing_row(line.map_err(AppError::internal)?));
    }
    let added = store::add_regions(tx, &regions)? + store::add_days(tx, &days)? + store::add_pairings(tx, &pairings)?;
    load_years(tx, &days)?;
    Ok(added)
}

fn pairing_row(line: PairingLine) -> PairingRow {
    // The same row has the same id in every installation and at every start.
    let digest = sha256_parts(&[
        b"pairing",
        line.a_code.as_str().as_bytes(),
        line.b_name.as_bytes(),
        line.valid_from.to_string().as_bytes(),
    ]);
    let mut id = PairingId([0; 16]);
    id.0.copy_from_slice(&digest[..16]);
    PairingRow {
        id,
        kind: line.kind,
        a_code: line.a_code,
        b_code: line.b_code,
        b_name: line.b_name,
        valid_from: line.valid_from,
        valid_to: line.valid_to,
        source: line.source,
    }
}
