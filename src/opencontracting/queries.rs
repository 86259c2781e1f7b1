//! Processes with their releases, one or page by page.

use super::content::facts::{Entry, Line, Named, Process, ReleaseKind, Reserve, Said};
use super::content::model::{Release, compiled};
use super::content::releases;
use super::package::Publisher;
use super::store::{self, EntryRow, ProcessRow};
use crate::bulletins::{self, Published};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{BulletinId, OrderId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Fund;
use crate::kernel::time::At;
use crate::ordering::{self, ContractedFact, ContractedLine, ContractedOrder};
use crate::platform::db::Read;
use moka::sync::Cache;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A process with everything that is published of it.
#[derive(Debug, Clone)]
pub struct PublishedProcess {
    /// Its order.
    pub order: OrderId,
    /// Its id in all Open Contracting data of the world.
    pub ocid: String,
    /// Its releases, oldest first.
    pub releases: Vec<Release>,
    /// What they come to.
    pub compiled: Release,
}

/// Figures of published bulletins, kept between requests: what is published never changes.
#[derive(Debug, Clone)]
pub struct Plans(Cache<BulletinId, Arc<Published>>);

impl Default for Plans {
    fn default() -> Plans {
        Plans(Cache::new(KEPT))
    }
}

/// How many bulletins are kept: those of some years of a region's bureaus.
const KEPT: u64 = 100;

impl Plans {
    /// What was published of units in a year, oldest first.
    fn of_year(&self, read: &mut Read, year: i64) -> Outcome<Vec<Arc<Published>>> {
        let mut found = Vec::new();
        for id in bulletins::published_by_unit(read, year)? {
            let known = match self.0.get(&id) {
                Some(known) => known,
                None => Arc::new(bulletins::published(read, id)?),
            };
            self.0.insert(id, known.clone());
            found.push(known);
        }
        Ok(found)
    }
}

/// What was published of a unit's plan, oldest first.
fn reserves(all: &[Arc<Published>], unit: OrgId, fund: Fund) -> Vec<Reserve> {
    let of = |bulletin: &Arc<Published>| {
        let (canteen, union) = bulletin.reserved.get(&unit).copied()?;
        let reserved = if fund == Fund::Union { union } else { canteen };
        Some(Reserve { published_on: bulletin.published_on, reserved })
    };
    all.iter().filter_map(of).collect()
}

/// The id of a process: the publisher's prefix, and its order.
#[must_use]
pub fn ocid(prefix: &str, order: OrderId) -> String {
    format!("{prefix}-{order}")
}

/// How many processes there are of orders that their suppliers were told of by a moment.
///
/// # Errors
/// When the database fails.
pub fn count(read: &mut Read, by: At) -> Outcome<i64> {
    store::count(read, by)
}

/// One process.
///
/// # Errors
/// `not_found` for what is not published.
pub fn process(read: &mut Read, publisher: &Publisher, named: &str) -> Outcome<PublishedProcess> {
    let order = named.strip_prefix(publisher.prefix.as_str()).and_then(|rest| rest.strip_prefix('-'));
    let order: OrderId = order.and_then(|id| id.parse().ok()).ok_or(Code::NotFound)?;
    let row = store::process(read, order)?.ok_or(Code::NotFound)?;
    let found = published(read, publisher, &[row], None)?;
    found.into_iter().next().ok_or_else(|| Code::NotFound.into())
}

/// Processes after one with what took effect by a moment, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn page(
    read: &mut Read,
    publisher: &Publisher,
    (after, by, most): (Option<OrderId>, At, i64),
) -> Outcome<Vec<PublishedProcess>> {
    let rows = store::processes_after(read, after, by, most)?;
    published(read, publisher, &rows, Some(by))
}

fn published(
    read: &mut Read,
    publisher: &Publisher,
    rows: &[ProcessRow],
    by: Option<At>,
) -> Outcome<Vec<PublishedProcess>> {
    let ids: Vec<OrderId> = rows.iter().map(|row| row.order_id).collect();
    let mut entries: BTreeMap<OrderId, Vec<EntryRow>> = BTreeMap::new();
    for entry in store::entries(read, &ids)? {
        entries.entry(entry.order_id).or_default().push(entry);
    }
    let orders = ordering::contracted_orders(read, &ids)?;
    let years: BTreeSet<i64> = orders.iter().map(|order| order.placed_on.year()).collect();
    let mut bulletins = BTreeMap::new();
    for year in years {
        bulletins.insert(year, publisher.plans.of_year(read, year)?);
    }
    let mut found = Vec::with_capacity(rows.len());
    for (row, order) in rows.iter().zip(orders) {
        if row.order_id != order.id {
            return Err(AppError::internal("a process without its order"));
        }
        // A fact that took effect later ends what is told: what follows rests on it.
        let told = entries.remove(&order.id).unwrap_or_default();
        let told = told.into_iter().take_while(|entry| by.is_none_or(|by| entry.at <= by)).collect();
        let named = bulletins.get(&order.placed_on.year()).map_or(&[][..], Vec::as_slice);
        let reserves = reserves(named, order.unit_id, order.fund);
        let process = assembled(ocid(&publisher.prefix, order.id), row, order, told, reserves)?;
        let releases = releases(&process)?;
        let compiled = compiled(&releases).ok_or_else(|| AppError::internal("a process without a release"))?;
        found.push(PublishedProcess { order: process.order, ocid: process.ocid, releases, compiled });
    }
    Ok(found)
}

fn assembled(
    ocid: String,
    row: &ProcessRow,
    order: ContractedOrder,
    told: Vec<EntryRow>,
    reserves: Vec<Reserve>,
) -> Outcome<Process> {
    let named = |org: OrgId, name: &str, uscc: &Option<String>, region: Option<RegionCode>| Named {
        org,
        name: name.to_owned(),
        uscc: uscc.clone(),
        region,
    };
    let entries = told.into_iter().map(|entry| Entry {
        said: said(entry.kind, order.facts.get(&entry.subject)),
        seq: entry.seq,
        kind: entry.kind,
        subject: entry.subject,
        at: entry.at,
    });
    Ok(Process {
        ocid,
        order: order.id,
        unit: named(order.unit_id, &row.unit_name, &row.unit_uscc, Some(order.unit_region)),
        buyer: named(order.buyer_id, &row.buyer_name, &row.buyer_uscc, None),
        payer: named(order.payer_id, &row.payer_name, &row.payer_uscc, None),
        supplier: named(order.supplier_id, &row.supplier_name, &row.supplier_uscc, Some(order.supplier_region)),
        fund: order.fund,
        year: order.placed_on.year(),
        wanted_until: order.wanted_until,
        held: Fen::total(order.lines.iter().map(|line| line.held))?,
        freight: order.freight,
        entries: entries.collect(),
        lines: order.lines.into_iter().map(line).collect(),
        reserves,
    })
}

fn line(line: ContractedLine) -> Line {
    Line {
        line_no: line.line_no,
        name: line.name,
        unit: line.unit,
        category: line.category,
        origins: line.origins,
        certificates: line.certificates,
        quantity: line.quantity,
        unit_price: line.unit_price,
    }
}

/// What a fact says; that the order moved on says nothing else.
fn said(kind: ReleaseKind, fact: Option<&ContractedFact>) -> Said {
    match fact {
        Some(ContractedFact::Accepted(day, lines)) => Said::Accepted(*day, lines.clone()),
        Some(ContractedFact::Returned(day, lines)) => Said::Returned(*day, lines.clone()),
        Some(ContractedFact::Allowed(day, lines)) => Said::Allowed(*day, lines.clone()),
        Some(ContractedFact::ShortClosed(lines)) => Said::ShortClosed(lines.clone()),
        Some(ContractedFact::Repriced(lines)) => Said::Repriced(lines.clone()),
        Some(ContractedFact::Paid(day, amount)) if kind == ReleaseKind::Paid || kind == ReleaseKind::Unpaid => {
            Said::Money(*day, *amount)
        }
        Some(ContractedFact::Refunded(day, amount)) => Said::Money(*day, *amount),
        Some(ContractedFact::Paid(..)) | None => Said::Nothing,
    }
}
