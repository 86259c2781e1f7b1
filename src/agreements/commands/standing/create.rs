//! Somebody who may order makes a standing order, and answers for it.

use super::check::{self, AskedLine};
use super::{comes, new_order, record, refresh};
use crate::agreements::rules::recurrence::NewRecurrence;
use crate::agreements::rules::standing::{
    StandingDelivery, StandingFreight, StandingOrderState, StandingTerms, span_faults,
};
use crate::agreements::store::standing::{self as store, StandingRevisionRow, StandingRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{AgreementId, OrgId};
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Channel, Fund, Purpose};
use crate::kernel::time::{At, Day};
use crate::ordering;
use crate::platform::db::Tx;
use serde_json::json;

/// What is to be ordered again and again.
#[derive(Debug, Clone)]
pub struct NewStandingOrder {
    /// What it is called.
    pub name: String,
    /// Whose count it is; the buyer itself when not stated.
    pub unit_id: Option<OrgId>,
    /// The agreement from which it is called off.
    pub agreement_id: Option<AgreementId>,
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
    /// The first day of the calendar.
    pub from: Day,
    /// The last one.
    pub until: Day,
    /// Which days of it.
    pub calendar: NewRecurrence,
    /// Where.
    pub deliveries: Vec<StandingDelivery>,
    /// Freight agreed with suppliers.
    pub freights: Vec<StandingFreight>,
    /// What.
    pub lines: Vec<AskedLine>,
}

/// Makes a standing order. Its first orders are placed by the job.
///
/// # Errors
/// Everything that is wrong at once: days, parties, agreement, lines; `unit_ended`.
pub fn create(tx: &mut Tx<'_>, actor: &Actor, new: &NewStandingOrder) -> Outcome<StandingRow> {
    let unit = new.unit_id.unwrap_or(actor.org_id);
    let (terms, region) = checked(tx, actor, new, unit)?;
    let row = StandingRow {
        id: tx.new_id(),
        name: new.name.trim().to_owned(),
        buyer_id: actor.org_id,
        unit_id: unit,
        region_code: region,
        agreement_id: new.agreement_id,
        state: StandingOrderState::Active,
        paused_on: None,
        starts_on: new.from,
        ends_on: new.until,
        end_reason: None,
        revision: 1,
        open_from: new.from,
        due_on: None,
        next_on: None,
        failures: 0,
        retry_at: At(0),
        created_by: actor.user_id,
        created_at: tx.at(),
        version: 1,
    };
    let first = StandingRevisionRow {
        standing_id: row.id,
        revision: 1,
        from_day: new.from,
        terms: serde_json::to_string(&terms).map_err(AppError::internal)?,
        reason: String::new(),
        made_by: actor.user_id,
        made_at: tx.at(),
    };
    store::insert(tx, &row, &first)?;
    let mut row = row;
    refresh(tx, &mut row)?;
    let details = json!({ "name": row.name, "unit": unit, "agreement": new.agreement_id, "from": new.from, "until": new.until,
        "lines": terms.lines.len() });
    record(tx, Some(actor), &row, "standing_order.created", details)?;
    Ok(row)
}

/// What is ordered each time, and the region of the unit.
fn checked(
    tx: &mut Tx<'_>,
    actor: &Actor,
    new: &NewStandingOrder,
    unit: OrgId,
) -> Outcome<(StandingTerms, RegionCode)> {
    let mut faults = span_faults(new.from, new.until, tx.at().day());
    let (calendar, wrong) = new.calendar.from_week_of(new.from);
    faults.extend(wrong);
    let mut terms = StandingTerms {
        fund: new.fund,
        purpose: new.purpose,
        channel: new.channel,
        payer_id: new.payer_id,
        beneficiary_id: new.beneficiary_id,
        recipient: new.recipient.clone(),
        deliveries: new.deliveries.clone(),
        freights: new.freights.clone(),
        lines: Vec::new(),
        calendar,
    };
    let mut asked = new_order(unit, &terms, new.from);
    asked.unit_id = new.unit_id;
    let region = match ordering::check_parties(tx, actor, &asked) {
        Ok(region) => region,
        Err(error) => {
            check::beside(&mut faults, error)?;
            actor.region
        }
    };
    match check::source(tx, actor, new.agreement_id, unit)? {
        Ok(source) => {
            let (lines, wrong) = check::lines(tx, &source, &new.lines, new.deliveries.len())?;
            faults.extend(wrong);
            if lines.len() == new.lines.len() {
                faults.extend(check::freights(&new.freights, &lines));
            }
            faults.extend(check::term(&source, new.until));
            terms.lines = lines;
        }
        Err(error) => faults.push(error),
    }
    if faults.is_empty() && !comes(tx, &region, &terms.calendar, (new.from, new.until))? {
        faults.push(check::never());
    }
    if faults.is_empty() { Ok((terms, region)) } else { Err(AppError::several(faults)) }
}
