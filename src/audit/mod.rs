//! The audit trail and the event feed: every command appends one entry in its own transaction.
//!
//! Owns `audit_entries` and `audit_parties` (append-only: no function changes a row, a trigger refuses), and the feed's positions, which a
//! sequencer gives out after the commit so that the feed is ordered and free of gaps on both databases.

pub(crate) mod schema;
mod store;

use crate::kernel::actor::{Actor, Via};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{AuditId, OrgId, UserId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::At;
use crate::platform::db::{Read, Tx};
use std::collections::BTreeSet;
use store::EntryRow;

/// What happened, as a command tells it.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who did it; `None` for a job.
    pub actor: Option<&'a Actor>,
    /// What, as `noun.past_participle`.
    pub action: &'static str,
    /// The subject's id.
    pub subject: String,
    /// The organisation whose business it is.
    pub owner_org: OrgId,
    /// The other party, which may see it too.
    pub other_org: Option<OrgId>,
    /// The region whose offices may see it.
    pub region: RegionCode,
    /// Facts, amounts, rule rows; no personal data.
    pub details: serde_json::Value,
}

/// Appends an entry to the trail.
///
/// # Errors
/// When the database fails.
pub fn record(tx: &mut Tx<'_>, entry: &Entry<'_>) -> Outcome<()> {
    record_for(tx, std::slice::from_ref(entry), &[])
}

/// Appends several entries at once, which these organisations may see as well as the parties.
///
/// # Errors
/// When the database fails.
pub fn record_for(tx: &mut Tx<'_>, entries: &[Entry<'_>], concerned: &[OrgId]) -> Outcome<()> {
    let rows: Vec<EntryRow> = entries.iter().map(|entry| row(tx, entry)).collect();
    let known = |row: &EntryRow, org: OrgId| row.owner_org == org || row.other_org == Some(org);
    let others: BTreeSet<OrgId> = concerned.iter().copied().collect();
    let concerned =
        rows.iter().flat_map(|row| others.iter().filter(move |org| !known(row, **org)).map(move |org| (row.id, *org)));
    let concerned = concerned.collect();
    store::append(tx, rows, concerned)
}

fn row(tx: &Tx<'_>, entry: &Entry<'_>) -> EntryRow {
    EntryRow {
        id: tx.new_id(),
        at: tx.at(),
        user_id: entry.actor.map(|a| a.user_id),
        org_id: entry.actor.map(|a| a.org_id),
        via: via(entry.actor),
        action: entry.action.to_owned(),
        subject: entry.subject.clone(),
        owner_org: entry.owner_org,
        other_org: entry.other_org,
        region_code: entry.region,
        details: entry.details.to_string(),
        request_id: tx.request_id().to_owned(),
    }
}

fn via(actor: Option<&Actor>) -> String {
    match actor.map(|a| a.via) {
        None => "job".to_owned(),
        Some(Via::Program) => "program".to_owned(),
        Some(Via::Session(id)) => id.to_string(),
        Some(Via::Key(id)) => id.to_string(),
    }
}

/// Gives positions in the feed to entries that have none yet; how many.
///
/// # Errors
/// When the database fails.
pub fn sequence(tx: &mut Tx<'_>) -> Outcome<usize> {
    store::sequence(tx, 500)
}

/// A state change, as the feed shows it.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Event {
    /// Its place in the feed; ask for what comes `after` it.
    pub position: i64,
    /// What happened.
    #[schema(example = "order.placed")]
    pub action: String,
    /// To what.
    pub subject: String,
    /// When.
    pub at: At,
    /// The organisation whose business it is.
    pub owner_org: OrgId,
    /// The other party.
    pub other_org: Option<OrgId>,
    /// Its region.
    pub region_code: RegionCode,
    /// Facts.
    #[schema(value_type = Object)]
    pub details: serde_json::Value,
}

/// Whose business a reader of the feed sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    Everybody,
    /// That of a region and all below it.
    Region(RegionCode),
    /// That of these organisations, as owner, other party or otherwise concerned.
    Organisations(Vec<OrgId>),
}

/// Who reads the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Whose business is seen.
    pub whose: Whose,
    /// The organisation that reads: of its own people's sessions, only it is told; and the operator.
    pub own: Option<OrgId>,
    /// Whether what happens to lists of households and to files that may show them is seen: by reviewing offices, auditors, and
    /// whose it is.
    pub households: bool,
}

impl Reader {
    /// Whoever sees everything.
    #[must_use]
    pub const fn everything() -> Reader {
        Reader { whose: Whose::Everybody, own: None, households: true }
    }
}

/// The feed after a position.
///
/// # Errors
/// When the database fails.
pub fn events(read: &mut Read, reader: &Reader, after: i64, page: &PageRequest) -> Outcome<Page<Event>> {
    let after = page.key::<i64>()?.unwrap_or(after);
    let rows = store::feed(read, reader, after, page.fetch())?;
    Ok(Page::cut(rows, page, |(position, _)| vec![position.to_string()]).map(|(position, row)| Event {
        position,
        action: row.action,
        subject: row.subject,
        at: row.at,
        owner_org: row.owner_org,
        other_org: row.other_org,
        region_code: row.region_code,
        details: serde_json::from_str(&row.details).unwrap_or_default(),
    }))
}

/// When anything was last recorded.
///
/// # Errors
/// When the database fails.
pub fn newest(read: &mut Read) -> Outcome<Option<At>> {
    store::newest(read)
}

/// Something that was recorded about a subject.
#[derive(Debug)]
pub struct Past {
    /// When.
    pub at: At,
    /// What happened.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The organisation whose business it is.
    pub owner_org: OrgId,
    /// For which organisation it was done; `None` for a job.
    pub org_id: Option<OrgId>,
    /// Facts, as JSON.
    pub details: String,
}

/// Everything recorded about one subject, oldest first.
///
/// # Errors
/// When the database fails.
pub fn history(read: &mut Read, subject: &str) -> Outcome<Vec<Past>> {
    Ok(store::about(read, subject)?.into_iter().map(past).collect())
}

/// Everything recorded that is the business of these organisations, oldest first. It reads the whole trail: for the demo and
/// the console, not for requests.
///
/// # Errors
/// When the database fails.
pub fn business_of(read: &mut Read, owners: &[OrgId]) -> Outcome<Vec<Past>> {
    Ok(store::owned_by(read, owners)?.into_iter().map(past).collect())
}

fn past(row: EntryRow) -> Past {
    Past {
        at: row.at,
        action: row.action,
        subject: row.subject,
        owner_org: row.owner_org,
        org_id: row.org_id,
        details: row.details,
    }
}

/// Which openings of restricted files are asked for.
#[derive(Debug, Clone, Default)]
pub struct WantedOpenings {
    /// Of this file.
    pub subject: Option<String>,
    /// By somebody who acted for this organisation.
    pub opener: Option<OrgId>,
    /// Of files of this organisation.
    pub owner: Option<OrgId>,
    /// From this moment on.
    pub from: Option<At>,
    /// Before this moment.
    pub below: Option<At>,
}

/// That somebody opened a restricted file.
#[derive(Debug)]
pub struct Opened {
    /// The entry.
    pub id: AuditId,
    /// When.
    pub at: At,
    /// Which file.
    pub subject: String,
    /// Whose file it is.
    pub owner_org: OrgId,
    /// For which organisation it was opened.
    pub org_id: Option<OrgId>,
    /// By whom.
    pub user_id: Option<UserId>,
}

/// Openings of restricted files as far as the reader sees, the latest first.
///
/// # Errors
/// When the database fails.
pub fn openings(read: &mut Read, whose: &Whose, wanted: &WantedOpenings, page: &PageRequest) -> Outcome<Page<Opened>> {
    let rows = store::openings(read, whose, wanted, page)?;
    let opened = |row: EntryRow| Opened {
        id: row.id,
        at: row.at,
        subject: row.subject,
        owner_org: row.owner_org,
        org_id: row.org_id,
        user_id: row.user_id,
    };
    Ok(Page::cut(rows, page, |row| vec![row.at.to_string(), row.id.to_string()]).map(opened))
}
