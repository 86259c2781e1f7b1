//! Releases as rows of tables: one row for each process, and for each release, milestone and transaction as it stands in a release.
//! Whoever flattens the packages gets as many rows.

use super::content::model::{Contract, Implementation, Value};
use super::queries::PublishedProcess;
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::platform::sheet::Cell;

/// Names of the tables with the headers of their columns.
pub const TABLES: [(&str, &[&str]); 4] = [
    (
        "processes",
        &[
            "ocid",
            "first_release",
            "last_release",
            "buyer_id",
            "buyer_name",
            "supplier_id",
            "supplier_name",
            "status",
            "value",
            "accepted",
            "returned",
            "allowed",
            "paid",
            "refunded",
            "releases",
        ],
    ),
    ("releases", &["ocid", "id", "date", "tags"]),
    ("milestones", &["ocid", "release_id", "id", "title", "date_met"]),
    ("transactions", &["ocid", "release_id", "id", "date", "amount", "payer_id", "payee_id"]),
];

/// Rows of every table for processes, in the order of [`TABLES`].
///
/// # Errors
/// When an amount does not fit.
pub fn rows(of: &[PublishedProcess]) -> Outcome<[Vec<Vec<Cell>>; 4]> {
    let mut tables = [const { Vec::new() }; 4];
    for process in of {
        tables[0].push(process_row(process)?);
        for release in &process.releases {
            let (ocid, id) = (process.ocid.as_str(), release.id.as_str());
            tables[1].push([ocid, id, &release.date.to_string(), &release.tag.join(" ")].map(Cell::from).to_vec());
            for done in release.contracts.iter().filter_map(|contract| contract.implementation.as_ref()) {
                tables[2].extend(milestones(ocid, id, done));
                tables[3].extend(transactions(ocid, id, done));
            }
        }
    }
    Ok(tables)
}

fn amount(value: Option<&Value>) -> Fen {
    value.and_then(|value| value.amount).map_or(Fen::ZERO, |amount| amount.0)
}

fn milestones(ocid: &str, release: &str, done: &Implementation) -> Vec<Vec<Cell>> {
    let row = |milestone: &super::content::model::Milestone| {
        let title = milestone.title.as_deref().unwrap_or_default();
        let met = milestone.date_met.map(|at| at.to_string()).unwrap_or_default();
        [ocid, release, &milestone.id, title, &met].map(Cell::from).to_vec()
    };
    done.milestones.iter().map(row).collect()
}

fn transactions(ocid: &str, release: &str, done: &Implementation) -> Vec<Vec<Cell>> {
    let row = |transaction: &super::content::model::Transaction| {
        let sent = transaction.date.map(|at| at.to_string()).unwrap_or_default();
        let mut row = [ocid, release, &transaction.id, &sent].map(Cell::from).to_vec();
        row.push(Cell::yuan(amount(transaction.value.as_ref())));
        let sides = [&transaction.payer, &transaction.payee];
        row.extend(sides.map(|side| Cell::from(side.as_ref().map_or("", |side| side.id.as_str()))));
        row
    };
    done.transactions.iter().map(row).collect()
}

fn process_row(process: &PublishedProcess) -> Outcome<Vec<Cell>> {
    let last = &process.compiled;
    let first = process.releases.first().map_or(last.date, |first| first.date);
    let (buyer, supplier) = (last.buyer.as_ref(), last.awards.first().and_then(|award| award.suppliers.first()));
    let contract = last.contracts.first();
    let mut row: Vec<Cell> = [process.ocid.clone(), first.to_string(), last.date.to_string()].map(Cell::from).to_vec();
    for side in [buyer, supplier] {
        row.push(Cell::from(side.map_or("", |side| side.id.as_str())));
        row.push(Cell::from(side.and_then(|side| side.name.as_deref()).unwrap_or_default()));
    }
    row.push(Cell::from(contract.and_then(|contract| contract.status).unwrap_or_default()));
    row.push(Cell::yuan(amount(contract.and_then(|contract| contract.value.as_ref()))));
    for id in ["accepted", "returned", "allowed"] {
        row.push(Cell::yuan(sum_of(contract, id)?));
    }
    let (paid, refunded) = money(contract, supplier.map_or("", |side| side.id.as_str()))?;
    row.extend([Cell::yuan(paid), Cell::yuan(refunded), Cell::count(process.releases.len())]);
    Ok(row)
}

/// The sum of a kind of amounts.
fn sum_of(contract: Option<&Contract>, id: &str) -> Outcome<Fen> {
    let done = contract.and_then(|contract| contract.implementation.as_ref());
    let metric = done.and_then(|done| done.metrics.iter().find(|metric| metric.id == id));
    let observations = metric.map_or(&[][..], |metric| metric.observations.as_slice());
    Ok(Fen::total(observations.iter().map(|observation| amount(observation.value.as_ref())))?)
}

/// What was paid, and what the supplier sent back.
fn money(contract: Option<&Contract>, supplier: &str) -> Outcome<(Fen, Fen)> {
    let done = contract.and_then(|contract| contract.implementation.as_ref());
    let transactions = done.map_or(&[][..], |done| done.transactions.as_slice());
    let (mut paid, mut refunded) = (Fen::ZERO, Fen::ZERO);
    for transaction in transactions {
        let back = transaction.payer.as_ref().is_some_and(|payer| payer.id == supplier);
        let side = if back { &mut refunded } else { &mut paid };
        *side = side.plus(amount(transaction.value.as_ref()))?;
    }
    Ok((paid, refunded))
}
