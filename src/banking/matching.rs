//! What the lines of a supplier may be: its payments with every name under which they may have been transferred.

use super::rules::{Line, Marks, PayerAs, Payment, Written};
use super::store::{self, LineRow};
use crate::identity::{self, PayerKind};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrgId, RuleId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering::{self, Arrival, PaymentState};
use crate::platform::db::Read;
use crate::rulebook::{self, RuleName};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that lines are compared with.
pub struct Known {
    /// Payments that no line is booked to: unanswered ones, and those confirmed around the lines' days.
    pub payments: Vec<Payment>,
    /// By how many days the bank's day and the reported one may differ.
    pub days: i64,
    /// The rule row that says so.
    pub rule: RuleId,
}

/// Loads what lines of these days are compared with.
///
/// # Errors
/// When the database fails.
pub fn known(on: &mut Read, supplier: OrgId, region: &RegionCode, first: Day, today: Day) -> Outcome<Known> {
    let rules = rulebook::load(on, region, today, &[RuleName::BankMatchDays])?;
    let row = rules.row(RuleName::BankMatchDays)?;
    let (days, rule) = (row.int()?, row.id);
    let arrivals = ordering::arrivals(on, supplier, first.plus_days(-days))?;
    let ids: Vec<_> = arrivals.iter().map(|arrival| arrival.id).collect();
    let booked: BTreeSet<_> = store::booked(on, &ids)?.into_iter().collect();
    let free: Vec<Arrival> = arrivals.into_iter().filter(|arrival| !booked.contains(&arrival.id)).collect();
    let mut ties: BTreeMap<(OrgId, Day), Vec<(OrgId, PayerKind)>> = BTreeMap::new();
    for arrival in &free {
        for unit in &arrival.units {
            let key = (*unit, arrival.occurred_on);
            if let std::collections::btree_map::Entry::Vacant(entry) = ties.entry(key) {
                entry.insert(identity::payers_of(on, *unit, arrival.occurred_on)?);
            }
        }
    }
    let parties = free
        .iter()
        .flat_map(|a| [a.payer_id, a.reporter_id].into_iter().chain(a.units.clone()).chain(a.buyers.clone()));
    let tied = ties.values().flatten().map(|(payer, _)| *payer);
    let orgs: BTreeSet<OrgId> = parties.chain(tied).collect();
    let named = identity::organisations(on, &orgs.into_iter().collect::<Vec<_>>())?;
    let names: BTreeMap<OrgId, String> = named.into_iter().map(|org| (org.id, org.name)).collect();
    let payments = free.into_iter().map(|arrival| payment(arrival, &ties, &names)).collect();
    Ok(Known { payments, days, rule })
}

fn payment(
    arrival: Arrival,
    ties: &BTreeMap<(OrgId, Day), Vec<(OrgId, PayerKind)>>,
    names: &BTreeMap<OrgId, String>,
) -> Payment {
    let mut known = vec![(PayerAs::Payer, arrival.payer_id), (PayerAs::Reporter, arrival.reporter_id)];
    known.extend(arrival.units.iter().map(|unit| (PayerAs::Unit, *unit)));
    known.extend(arrival.buyers.iter().map(|buyer| (PayerAs::Buyer, *buyer)));
    for unit in &arrival.units {
        let tied = ties.get(&(*unit, arrival.occurred_on)).into_iter().flatten();
        known.extend(tied.map(|(payer, kind)| match kind {
            PayerKind::Union => (PayerAs::Union, *payer),
            PayerKind::AccountingCentre => (PayerAs::AccountingCentre, *payer),
        }));
    }
    let marks = Marks {
        reference: arrival.bank_reference,
        names: known.into_iter().filter_map(|(known_as, org)| Some((known_as, names.get(&org)?.clone()))).collect(),
        orders: arrival.orders.iter().map(ToString::to_string).collect(),
        invoices: arrival.invoices,
    };
    let open = arrival.state != PaymentState::Confirmed;
    Payment::new(arrival.id, open, arrival.amount, arrival.occurred_on, marks)
}

/// A stored line as the rules see it.
#[must_use]
pub fn line(row: &LineRow) -> Line {
    let written = Written { name: &row.name, text: &row.text, reference: row.reference.as_deref() };
    Line::new(row.id, row.booked_on, row.amount_fen, written)
}
