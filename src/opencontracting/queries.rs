//! Processes with their releases, one or page by page.

use super::rules::facts::{Entry, Line, Named, Process, ReleaseKind, Reserve, Said};
use super::rules::model::{Release, compiled};
use super::rules::releases;
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
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// Figures of published bulletins, kept between pages: what is published never changes.
#[derive(Default)]
pub struct Plans {
    known: HashMap<BulletinId, Published>,
}

impl Plans {
    /// What was published of a unit's year, oldest first.
    fn of(&mut self, read: &mut Read, year: i64) -> Outcome<Vec<BulletinId>> {
        let ids = bulletins::published_by_unit(read, year)?;
        for id in &ids {
            if !self.known.contains_key(id) {
                self.known.insert(*id, bulletins::published(read, *id)?);
            }
        }
        Ok(ids)
    }
    fn reserves(&self, ids: &[BulletinId], unit: OrgId, fund: Fund) -> Vec<Reserve> {
        let all = ids.iter().filter_map(|id| self.known.get(id));
        all.filter_map(|bulletin| {
            let (canteen, union) = bulletin.reserved.get(&unit).copied()?;
            let reserved = if fund == Fund::Union { union } else { canteen };
            Some(Reserve { published_on: bulletin.published_on, reserved })
        })
        .collect()
    }
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
pub fn process(read: &mut Read, prefix: &str, named: &str) -> Outcome<PublishedProcess> {
    let order = named.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('-'));
    let order: OrderId = order.and_then(|id| id.parse().ok()).ok_or(Code::NotFound)?;
    let row = store::process(read, order)?.ok_or(Code::NotFound)?;
    let found = published(read, prefix, &[row], &mut Plans::default(), None)?;
    found.into_iter().next().ok_or_else(|| Code::NotFound.into())
}

/// Processes after one with what took effect by a moment, in the order of their ids.
///
/// # Errors
/// When the database fails.
pub fn page(
    read: &mut Read,
    prefix: &str,
    (after, by, most): (Option<OrderId>, At, i64),
    plans: &mut Plans,
) -> Outcome<Vec<PublishedProcess>> {
    let rows = store::processes_after(read, after, by, most)?;
    published(read, prefix, &rows, plans, Some(by))
}

fn published(
    read: &mut Read,
    prefix: &str,
    rows: &[ProcessRow],
    plans: &mut Plans,
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
        bulletins.insert(year, plans.of(read, year)?);
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
        let reserves = plans.reserves(named, order.unit_id, order.fund);
        let process = assembled(ocid(prefix, order.id), row, order, told, reserves)?;
        let releases = releases(&process)?;
        let Some(compiled) = compiled(&releases) else { continue };
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
