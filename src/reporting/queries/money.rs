//! What is to be received and to be paid, how long it is past due, and what is overdue in a year.

use super::super::rules::overdue::{Age, age, first_overdue, interest, open_at};
use crate::identity;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{OrderId, OrgId, PaymentId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::ordering::{self, Claim, ClaimsTaken, PaymentState, PaymentsWanted};
use crate::platform::db::Read;
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Payments read at once.
const PAGE: i64 = 200;

crate::text_enum! {
    /// What a row of payables is.
    PayablesBy {
        /// To whom it is to be paid.
        Supplier "supplier"
        /// Whose orders they are.
        Unit "unit"
        /// Who pays.
        Payer "payer"
    }
}

crate::text_enum! {
    /// What a row of overdue payments is.
    OverdueBy {
        /// Whose orders they are.
        Unit "unit"
        /// Who waits for the money.
        Supplier "supplier"
        /// Where the units are.
        Region "region"
    }
}

/// Open amounts by how long they are past due.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct AgeingRow {
    /// The organisation; absent in the total.
    pub org_id: Option<OrgId>,
    /// Its name.
    pub name: String,
    /// Orders that are not fully paid.
    pub orders: usize,
    /// Owed and not paid: the sum of the columns that follow.
    pub open_fen: Fen,
    /// Of it, in dispute and therefore not due.
    pub disputed_fen: Fen,
    /// Of it, where no payment clock runs.
    pub no_clock_fen: Fen,
    /// Of it, not past due.
    pub not_due_fen: Fen,
    /// Of it, past due by 1 to 30 days.
    pub days_1_30_fen: Fen,
    /// By 31 to 60 days.
    pub days_31_60_fen: Fen,
    /// By 61 to 90 days.
    pub days_61_90_fen: Fen,
    /// By more than 90 days.
    pub over_90_fen: Fen,
    /// Of what is open: reported as paid, and waiting for the supplier's answer.
    pub reported_fen: Fen,
}

impl AgeingRow {
    fn age(&mut self, due: Option<Day>, fen: Fen, as_of: Day) -> Outcome<()> {
        let column = match age(due, as_of) {
            Age::NoClock => &mut self.no_clock_fen,
            Age::NotDue => &mut self.not_due_fen,
            Age::Days30 => &mut self.days_1_30_fen,
            Age::Days60 => &mut self.days_31_60_fen,
            Age::Days90 => &mut self.days_61_90_fen,
            Age::Over90 => &mut self.over_90_fen,
        };
        *column = column.plus(fen)?;
        Ok(())
    }

    fn add(&mut self, claim: &Claim, as_of: Day) -> Outcome<()> {
        let open = claim.open()?;
        for (due, fen) in &claim.freed {
            self.age(Some(*due), *fen, as_of)?;
        }
        self.age(claim.due_on, claim.plain()?, as_of)?;
        self.disputed_fen = self.disputed_fen.plus(claim.disputed)?;
        self.orders += 1;
        self.open_fen = self.open_fen.plus(open)?;
        self.reported_fen = self.reported_fen.plus(claim.reported)?;
        Ok(())
    }
}

/// An order of which more was kept than invoiced.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToInvoiceRow {
    /// The order.
    pub order_id: OrderId,
    /// The day of placement.
    pub placed_on: Day,
    /// To whom it is invoiced.
    pub payer_id: OrgId,
    /// Its name.
    pub payer_name: String,
    /// Accepted and kept, with the freight.
    pub kept_fen: Fen,
    /// Invoiced, red letters deducted.
    pub invoiced_fen: Fen,
    /// What is left.
    pub to_invoice_fen: Fen,
}

/// A payment that waits for the supplier's answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToConfirmRow {
    /// The payment.
    pub payment_id: PaymentId,
    /// Whose money it is.
    pub payer_id: OrgId,
    /// Its name.
    pub payer_name: String,
    /// The whole transfer.
    pub amount_fen: Fen,
    /// The value date that was reported.
    pub occurred_on: Day,
    /// The last day to answer.
    pub answer_by: Day,
}

/// What a supplier is to receive.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceivablesView {
    /// As it stands on this day.
    pub as_of: Day,
    /// Open amounts by buyer.
    pub rows: Vec<AgeingRow>,
    /// The sum of the rows.
    pub total: AgeingRow,
    /// Orders to invoice.
    pub to_invoice: Vec<ToInvoiceRow>,
    /// Their sum.
    pub to_invoice_fen: Fen,
    /// Payments that wait for an answer.
    pub to_confirm: Vec<ToConfirmRow>,
    /// Their sum.
    pub to_confirm_fen: Fen,
}

/// What is to be paid.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayablesView {
    /// As it stands on this day.
    pub as_of: Day,
    /// What a row is.
    pub by: PayablesBy,
    /// Open amounts.
    pub rows: Vec<AgeingRow>,
    /// The sum of the rows.
    pub total: AgeingRow,
}

/// Rows by the organisation that a claim stands under, by name, and their sum.
fn ageing(
    claims: &[Claim],
    names: &BTreeMap<OrgId, String>,
    as_of: Day,
    key: impl Fn(&Claim) -> OrgId,
) -> Outcome<(Vec<AgeingRow>, AgeingRow)> {
    let mut rows: BTreeMap<OrgId, AgeingRow> = BTreeMap::new();
    let mut total = AgeingRow::default();
    for claim in claims {
        if claim.open()? > Fen::ZERO {
            rows.entry(key(claim)).or_default().add(claim, as_of)?;
            total.add(claim, as_of)?;
        }
    }
    let named = rows.into_iter().map(|(org, row)| {
        let name = names.get(&org).cloned().unwrap_or_default();
        AgeingRow { org_id: Some(org), name, ..row }
    });
    let mut rows: Vec<AgeingRow> = named.collect();
    rows.sort_by(|a, b| (&a.name, a.org_id).cmp(&(&b.name, b.org_id)));
    Ok((rows, total))
}

fn names(read: &mut Read, ids: impl Iterator<Item = OrgId>) -> Outcome<BTreeMap<OrgId, String>> {
    let ids: std::collections::BTreeSet<OrgId> = ids.collect();
    let found = identity::organisations(read, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|org| (org.id, org.name)).collect())
}

/// What a supplier is to receive, to invoice and to confirm.
///
/// # Errors
/// When the database fails.
pub fn receivables(read: &mut Read, actor: &Actor, today: Day) -> Outcome<ReceivablesView> {
    let claims = ordering::claims(read, actor, true, ClaimsTaken::Kept, today)?;
    let confirm = unanswered(read, actor, today)?;
    let parties = claims.iter().flat_map(|claim| [claim.buyer_id, claim.payer_id]);
    let names = names(read, parties.chain(confirm.iter().map(|row| row.payer_id)))?;
    let name = |org: OrgId| names.get(&org).cloned().unwrap_or_default();
    let (rows, total) = ageing(&claims, &names, today, |claim| claim.buyer_id)?;
    let mut to_invoice = Vec::new();
    for claim in &claims {
        let left = claim.owed.minus(claim.invoiced)?;
        if left > Fen::ZERO {
            to_invoice.push(ToInvoiceRow {
                order_id: claim.order_id,
                placed_on: claim.placed_on,
                payer_id: claim.payer_id,
                payer_name: name(claim.payer_id),
                kept_fen: claim.owed,
                invoiced_fen: claim.invoiced,
                to_invoice_fen: left,
            });
        }
    }
    let to_confirm: Vec<ToConfirmRow> =
        confirm.into_iter().map(|row| ToConfirmRow { payer_name: name(row.payer_id), ..row }).collect();
    Ok(ReceivablesView {
        as_of: today,
        rows,
        total,
        to_invoice_fen: Fen::total(to_invoice.iter().map(|row| row.to_invoice_fen))?,
        to_invoice,
        to_confirm_fen: Fen::total(to_confirm.iter().map(|row| row.amount_fen))?,
        to_confirm,
    })
}

/// Payments that the supplier has not answered, the first to be answered first.
fn unanswered(read: &mut Read, actor: &Actor, today: Day) -> Outcome<Vec<ToConfirmRow>> {
    let wanted = PaymentsWanted { state: Some(PaymentState::Reported), order: None };
    let (mut found, mut page) = (Vec::new(), PageRequest::first(PAGE));
    loop {
        let some = ordering::payments(read, actor, wanted, today, &page)?;
        found.extend(some.items.into_iter().map(|payment| ToConfirmRow {
            payment_id: payment.id,
            payer_id: payment.payer_id,
            payer_name: String::new(),
            amount_fen: payment.amount_fen,
            occurred_on: payment.occurred_on,
            answer_by: payment.answer_by,
        }));
        let Some(next) = some.next else { break };
        page.after = Some(next);
    }
    found.sort_by_key(|row| (row.answer_by, row.payment_id));
    Ok(found)
}

/// What is to be paid in scope.
///
/// # Errors
/// When the database fails.
pub fn payables(read: &mut Read, actor: &Actor, by: PayablesBy, today: Day) -> Outcome<PayablesView> {
    let claims = ordering::claims(read, actor, false, ClaimsTaken::Unpaid, today)?;
    let key = |claim: &Claim| match by {
        PayablesBy::Supplier => claim.supplier_id,
        PayablesBy::Unit => claim.unit_id,
        PayablesBy::Payer => claim.payer_id,
    };
    let names = names(read, claims.iter().map(key))?;
    let (rows, total) = ageing(&claims, &names, today, key)?;
    Ok(PayablesView { as_of: today, by, rows, total })
}

/// What is overdue, and what became so in a year.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct OverdueRow {
    /// The organisation or the region's code; absent in the total.
    pub key: Option<String>,
    /// Its name.
    pub name: String,
    /// Orders that are overdue today.
    pub orders: usize,
    /// What of them is open and past due.
    pub overdue_fen: Fen,
    /// Interest on them by rule until today, also on what was paid late meanwhile.
    pub interest_fen: Fen,
    /// The longest that a part of one of them is past due, in days.
    pub most_days: i64,
    /// Orders that became overdue in the year, also those that were paid late meanwhile.
    pub year_orders: usize,
    /// What of them was open on the first day past due on which anything was.
    pub year_fen: Fen,
    /// Interest by rule on these orders until today.
    pub year_interest_fen: Fen,
}

/// Overdue payments.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverdueView {
    /// As it stands on this day.
    pub as_of: Day,
    /// The year of the last three columns: that of the last day to pay what was overdue first.
    pub year: i64,
    /// What a row is.
    pub by: OverdueBy,
    /// The rows, by name.
    pub rows: Vec<OverdueRow>,
    /// The sum of the rows.
    pub total: OverdueRow,
}

/// An order that is or was overdue.
struct Late {
    days: i64,
    open: Fen,
    year: i64,
    at_first: Fen,
    interest: Fen,
}

impl OverdueRow {
    fn add(&mut self, late: &Late, year: i64) -> Outcome<()> {
        if late.open > Fen::ZERO {
            self.orders += 1;
            self.overdue_fen = self.overdue_fen.plus(late.open)?;
            self.interest_fen = self.interest_fen.plus(late.interest)?;
            self.most_days = self.most_days.max(late.days);
        }
        if late.year == year && late.at_first > Fen::ZERO {
            self.year_orders += 1;
            self.year_fen = self.year_fen.plus(late.at_first)?;
            self.year_interest_fen = self.year_interest_fen.plus(late.interest)?;
        }
        Ok(())
    }
}

/// Overdue payments in scope.
///
/// # Errors
/// When the database fails.
pub fn overdue(read: &mut Read, actor: &Actor, by: OverdueBy, year: i64, today: Day) -> Outcome<OverdueView> {
    let claims = ordering::claims(read, actor, actor.kind.sells(), ClaimsTaken::Clocked, today)?;
    let mut rates: BTreeMap<(RegionCode, Day), i64> = BTreeMap::new();
    let mut rows: BTreeMap<String, OverdueRow> = BTreeMap::new();
    let mut total = OverdueRow::default();
    for claim in &claims {
        let Some(due) = claim.due_on.filter(|due| *due < today) else { continue };
        let (since, at_first) = first_overdue(&claim.moves, due, today)?.unwrap_or((due, Fen::ZERO));
        let rate = rate(read, &mut rates, claim.unit_region, since.plus_days(1))?;
        // What a dispute freed and is to be paid by today is not overdue yet.
        let due_today = Fen::total(claim.freed.iter().filter(|(due, _)| *due == today).map(|(_, fen)| *fen))?;
        let late = Late {
            days: claim.past_due(today)?,
            open: open_at(&claim.moves, today)?.minus(due_today)?.max(Fen::ZERO),
            year: since.year(),
            at_first,
            interest: interest(&claim.moves, due, today, rate)?,
        };
        if late.open.is_zero() && late.at_first.is_zero() {
            continue;
        }
        let key = match by {
            OverdueBy::Unit => claim.unit_id.to_string(),
            OverdueBy::Supplier => claim.supplier_id.to_string(),
            OverdueBy::Region => claim.unit_region.to_string(),
        };
        rows.entry(key).or_default().add(&late, year)?;
        total.add(&late, year)?;
    }
    rows.retain(|_, row| row.orders > 0 || row.year_orders > 0);
    let known = known_names(read, by, &claims)?;
    let named = rows.into_iter().map(|(key, row)| {
        let name = known.get(&key).cloned().unwrap_or_default();
        OverdueRow { key: Some(key), name, ..row }
    });
    let mut rows: Vec<OverdueRow> = named.collect();
    rows.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
    Ok(OverdueView { as_of: today, year, by, rows, total })
}

/// The rate in force in a region on the first day past due, in parts per million a day.
fn rate(read: &mut Read, rates: &mut BTreeMap<(RegionCode, Day), i64>, region: RegionCode, day: Day) -> Outcome<i64> {
    if let Some(known) = rates.get(&(region, day)) {
        return Ok(*known);
    }
    let found = rulebook::load(read, &region, day, &[RuleName::InterestPpmPerDay])?.int(RuleName::InterestPpmPerDay)?;
    rates.insert((region, day), found);
    Ok(found)
}

fn known_names(read: &mut Read, by: OverdueBy, claims: &[Claim]) -> Outcome<BTreeMap<String, String>> {
    Ok(match by {
        OverdueBy::Region => regions::names(read)?.into_iter().map(|(code, name)| (code.to_string(), name)).collect(),
        OverdueBy::Unit | OverdueBy::Supplier => {
            let ids = claims.iter().map(|claim| if by == OverdueBy::Unit { claim.unit_id } else { claim.supplier_id });
            names(read, ids)?.into_iter().map(|(org, name)| (org.to_string(), name)).collect()
        }
    })
}
