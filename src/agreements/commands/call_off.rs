//! A call-off: an order of an entitled unit at the agreed prices, within term, calendar and quantity.

use super::amend::used_by_line;
use super::{current, in_force, record_for};
use crate::agreements::rules::framework::{AgreementCoverage, AgreementState, FrameworkTerms, Used, room};
use crate::agreements::rules::term::{Term, delivers};
use crate::agreements::store::{self, AgreementRow};
use crate::identity::{self, PayerKind};
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{AgreementId, OrgId};
use crate::kernel::money::Fen;
use crate::kernel::quantity::Quantity;
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::Day;
use crate::ordering::{self, AgreementTerms, CallOff, CalledFrom, Delivery, NewLine, NewOrder, Placed};
use crate::platform::db::{Read, Tx};
use serde_json::json;
use std::collections::BTreeMap;

/// What is called off.
#[derive(Debug, Clone)]
pub struct NewCallOff {
    /// Whose count it is; the buyer itself when not stated.
    pub unit_id: Option<OrgId>,
    /// What the money is.
    pub fund: Fund,
    /// Why it is bought.
    pub purpose: Purpose,
    /// Where the goods go; by the kind of buyer when not stated.
    pub channel: Option<Channel>,
    /// Who pays; the buyer when not stated.
    pub payer_id: Option<OrgId>,
    /// For 以购代捐: the selling households' organisation.
    pub beneficiary_id: Option<OrgId>,
    /// For 以购代捐: who gets the goods.
    pub recipient: Option<NamedRecipient>,
    /// The buyer's own reference, unique for ever.
    pub client_ref: Option<String>,
    /// Where and when.
    pub deliveries: Vec<Delivery>,
    /// Agreed freight.
    pub freight_fen: Option<Fen>,
    /// What.
    pub lines: Vec<CalledLine>,
}

/// A line that is called off.
#[derive(Debug, Clone)]
pub struct CalledLine {
    /// The agreement's line.
    pub line_no: i64,
    /// How much.
    pub quantity: Quantity,
    /// The highest agreed price that is accepted; an amendment may have raised it.
    pub most_fen: Option<Fen>,
    /// Which of the deliveries, counted from 0.
    pub delivery_no: usize,
}

/// Calls off: one order, at the agreed prices.
///
/// # Errors
/// `not_found` for who may not call off; `wrong_state` when the agreement is not in force; `validation_failed` for days on which nothing
/// comes; `quantity_exceeded` beyond what is left; what placing any order refuses.
pub fn call_off(tx: &mut Tx<'_>, actor: &Actor, id: AgreementId, new: &NewCallOff) -> Outcome<Placed> {
    let day = tx.at().day();
    let row = store::claim(tx, id)?.ok_or(Code::NotFound)?;
    let unit = new.unit_id.unwrap_or(actor.org_id);
    // What is not accepted is nobody's but the two sides'.
    let known = row.state == AgreementState::InForce || unit == row.holder_id;
    if !known || !orders_for(tx, actor, unit, day)? || !covers(tx, &row, unit, day)? {
        return Err(Code::NotFound.into());
    }
    in_force(tx, &row)?;
    let terms = current(tx, &row)?;
    let mut faults = deliveries(&row, &terms, new);
    faults.extend(quantities(tx, &row, &terms, unit, new)?);
    if !faults.is_empty() {
        return Err(AppError::several(faults));
    }
    let (order, lines) = order(&row, &terms, new)?;
    let agreement = AgreementTerms {
        id,
        number: row.number.clone(),
        revision: row.revision,
        delivery_terms: terms.delivery_terms.clone(),
    };
    let placed = ordering::place_under(tx, actor, &order, Some(&CallOff { agreement, lines }));
    let placed = placed.map_err(|error| error.renamed("/listing_id", "/line_no"))?;
    let ids: Vec<String> = placed.orders.iter().map(|order| order.id.to_string()).collect();
    // What still needs approvals does not exist for the supplier; it is told of the order after the last of them.
    let told = placed.steps.is_empty().then_some(row.supplier_id);
    let details = json!({ "orders": ids, "unit": unit, "revision": row.revision });
    record_for(tx, actor, &row, told, "agreement.called_off", details)?;
    Ok(placed)
}

/// Whether the actor orders for a unit today.
pub(in crate::agreements) fn orders_for(tx: &mut Tx<'_>, actor: &Actor, unit: OrgId, day: Day) -> Outcome<bool> {
    Ok(unit == actor.org_id
        || match actor.kind {
            OrgKind::Contractor => identity::contractor_serves(tx, actor.org_id, unit, day)?,
            OrgKind::Union => identity::pays_for(tx, actor.org_id, unit, day)? == Some(PayerKind::Union),
            _ => false,
        })
}

/// Whether a unit may call off today.
pub(in crate::agreements) fn covers(read: &mut Read, row: &AgreementRow, unit: OrgId, day: Day) -> Outcome<bool> {
    if unit == row.holder_id {
        return Ok(true);
    }
    let named = match row.coverage {
        AgreementCoverage::Own => false,
        AgreementCoverage::Listed => store::units_of(read, row.id)?.contains(&unit),
        AgreementCoverage::Below => true,
    };
    Ok(named && identity::tree_contains(read, row.holder_id, unit, day)?)
}

/// Days on which nothing comes.
fn deliveries(row: &AgreementRow, terms: &FrameworkTerms, new: &NewCallOff) -> Vec<AppError> {
    let term = Term { from: terms.from, until: terms.until, ends_on: row.ends_on, calendar: &terms.calendar };
    let days = new.deliveries.iter().enumerate();
    days.filter_map(|(index, delivery)| {
        delivers(&term, delivery.date).err().map(|why| why.at(&format!("/deliveries/{index}/date")))
    })
    .collect()
}

/// Lines that there are none of, or of which too little is left. Under the agreement's claim.
fn quantities(
    tx: &mut Tx<'_>,
    row: &AgreementRow,
    terms: &FrameworkTerms,
    unit: OrgId,
    new: &NewCallOff,
) -> Outcome<Vec<AppError>> {
    let mut faults = Vec::new();
    // The first place that names a line stands for all of them.
    let mut wanted: BTreeMap<i64, (usize, i64)> = BTreeMap::new();
    for (index, line) in new.lines.iter().enumerate() {
        let sum = &mut wanted.entry(line.line_no).or_insert((index, 0)).1;
        *sum = sum.saturating_add(line.quantity.milli());
    }
    let from =
        CalledFrom { line_no: wanted.keys().next().copied().filter(|_| wanted.len() == 1), ..CalledFrom::all(row.id) };
    let mut used_of = used_by_line(tx, from)?;
    for (line_no, (index, wanted)) in wanted {
        let Some(line) = terms.lines.iter().find(|line| line.line_no == line_no) else {
            let message = Message::new("协议没有这一行", "the agreement has no such line");
            faults.push(AppError::field(Code::ValidationFailed, format!("/lines/{index}/line_no"), message));
            continue;
        };
        let by_unit = used_of.remove(&line_no).unwrap_or_default();
        let used = Used { whole: by_unit.values().sum(), unit: by_unit.get(&unit).copied().unwrap_or_default() };
        faults.extend(room(line, used, wanted, &format!("/lines/{index}/quantity")).err());
    }
    Ok(faults)
}

/// The order, and what each of its lines is called off from.
fn order(row: &AgreementRow, terms: &FrameworkTerms, new: &NewCallOff) -> Outcome<(NewOrder, Vec<(i64, Fen)>)> {
    let (mut lines, mut agreed) = (Vec::with_capacity(new.lines.len()), Vec::with_capacity(new.lines.len()));
    for called in &new.lines {
        let line = terms.lines.iter().find(|line| line.line_no == called.line_no);
        let line = line.ok_or_else(|| AppError::internal("a line that there is none of"))?;
        agreed.push((line.line_no, line.unit_price_fen));
        lines.push(NewLine {
            listing_id: line.listing_id,
            quantity: called.quantity,
            unit_price_fen: None,
            most_fen: called.most_fen,
            delivery_no: called.delivery_no,
        });
    }
    let order = NewOrder {
        unit_id: new.unit_id,
        fund: new.fund,
        purpose: new.purpose,
        channel: new.channel,
        payer_id: new.payer_id,
        beneficiary_id: new.beneficiary_id,
        recipient: new.recipient.clone(),
        client_ref: new.client_ref.clone(),
        deliveries: new.deliveries.clone(),
        freights: new.freight_fen.iter().map(|fen| (row.supplier_id, *fen)).collect(),
        lines,
    };
    Ok((order, agreed))
}
