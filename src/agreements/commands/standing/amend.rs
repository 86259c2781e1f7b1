//! What a standing order orders from a day on. Older days, and what is ordered, are never touched; who amends answers for it
//! from that day on.

use super::check::{self, AskedLine, Source};
use super::{Days, claim_alive, comes, new_order, record, refresh};
use crate::agreements::rules::recurrence::NewRecurrence;
use crate::agreements::rules::standing::{
    StandingDelivery, StandingFreight, StandingTerms, amendment_fault, last_day_fault, line_faults,
};
use crate::agreements::store::standing::{self as store, StandingRevisionRow, StandingRow};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrgId, StandingOrderId};
use crate::kernel::recipient::NamedRecipient;
use crate::kernel::time::Day;
use crate::ordering;
use crate::platform::db::Tx;
use serde_json::json;

/// What is to change; what is not named stays.
#[derive(Debug, Clone)]
pub struct NewStandingAmendment {
    /// The revision that was made last.
    pub revision: i64,
    /// The first day for which it holds.
    pub from: Day,
    /// Another last day.
    pub until: Option<Day>,
    /// Other days.
    pub calendar: Option<NewRecurrence>,
    /// Other places.
    pub deliveries: Option<Vec<StandingDelivery>>,
    /// Other freight.
    pub freights: Option<Vec<StandingFreight>>,
    /// Another payer.
    pub payer_id: Option<OrgId>,
    /// Another recipient of donations.
    pub recipient: Option<NamedRecipient>,
    /// Other lines.
    pub lines: Option<Vec<AskedLine>>,
    /// Why.
    pub reason: String,
}

/// Amends a standing order from a day on.
///
/// # Errors
/// `not_found`; `wrong_state` when it has ended; `stale_version` when another revision was made last; everything that is wrong at
/// once.
pub fn amend(tx: &mut Tx<'_>, actor: &Actor, id: StandingOrderId, new: &NewStandingAmendment) -> Outcome<StandingRow> {
    let mut row = claim_alive(tx, actor, id)?;
    if row.revision != new.revision {
        return Err(AppError::new(Code::StaleVersion).with("revision", row.revision));
    }
    let days = Days::load(tx, &row, row.open_from)?;
    let before = days.latest()?;
    let terms = changed(tx, actor, &row, before.terms.clone(), new)?;
    let until = new.until.unwrap_or(row.ends_on);
    if terms == before.terms && until == row.ends_on && before.row.made_by == actor.user_id {
        return Err(AppError::new(Code::ValidationFailed).detail("没有任何变更", "Nothing is changed"));
    }
    row.revision += 1;
    row.ends_on = until;
    // Where the calendar had come to its end, there are days again.
    row.open_from = row.open_from.min(new.from);
    let revised = StandingRevisionRow {
        standing_id: id,
        revision: row.revision,
        from_day: new.from,
        terms: serde_json::to_string(&terms).map_err(AppError::internal)?,
        reason: new.reason.trim().to_owned(),
        made_by: actor.user_id,
        made_at: tx.at(),
    };
    store::insert_revision(tx, &revised)?;
    refresh(tx, &mut row)?;
    let details = json!({ "revision": row.revision, "from": new.from, "until": until, "reason": new.reason,
        "responsible_before": before.row.made_by });
    record(tx, Some(actor), &row, "standing_order.amended", details)?;
    Ok(row)
}

/// The terms as they are from that day on.
fn changed(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &StandingRow,
    mut terms: StandingTerms,
    new: &NewStandingAmendment,
) -> Outcome<StandingTerms> {
    let latest = store::revisions_of(tx, row.id)?.last().map_or(row.starts_on, |last| last.from_day);
    let ordered = store::last_ordered(tx, row.id)?;
    let until = new.until.unwrap_or(row.ends_on);
    let mut faults: Vec<AppError> = amendment_fault(new.from, tx.at().day(), latest, ordered).into_iter().collect();
    faults.extend(last_day_fault(new.from, until));
    if let Some(asked) = &new.calendar {
        let (mut calendar, wrong) = asked.from_week_of(new.from);
        // Every second week goes on as it was counted, unless it becomes another number of weeks.
        if calendar.every_weeks == terms.calendar.every_weeks && !terms.calendar.weekdays.is_empty() {
            calendar.anchor = terms.calendar.anchor;
        }
        terms.calendar = calendar;
        faults.extend(wrong);
    }
    terms.deliveries = new.deliveries.clone().unwrap_or(terms.deliveries);
    terms.freights = new.freights.clone().unwrap_or(terms.freights);
    terms.payer_id = new.payer_id.or(terms.payer_id);
    terms.recipient = new.recipient.clone().or(terms.recipient);
    let order = new_order(row.unit_id, &terms, new.from);
    if let Err(error) = ordering::check_parties(tx, actor, &order) {
        check::beside(&mut faults, error)?;
    }
    match check::source(tx, actor, row.agreement_id, row.unit_id)? {
        Ok(source) => faults.extend(lines(tx, &source, &mut terms, new, until)?),
        Err(error) => faults.push(error),
    }
    if faults.is_empty() && !comes(tx, &row.region_code, &terms.calendar, (new.from, until))? {
        faults.push(check::never());
    }
    if faults.is_empty() { Ok(terms) } else { Err(AppError::several(faults)) }
}

/// Takes the new lines; of those that stay only their places are asked again.
fn lines(
    tx: &mut Tx<'_>,
    source: &Source,
    terms: &mut StandingTerms,
    new: &NewStandingAmendment,
    until: Day,
) -> Outcome<Vec<AppError>> {
    let mut faults = Vec::new();
    let places = terms.deliveries.len();
    match &new.lines {
        Some(asked) => {
            let (lines, wrong) = check::lines(tx, source, asked, places)?;
            faults.extend(wrong);
            terms.lines = lines;
        }
        None => {
            for (index, line) in terms.lines.iter().enumerate() {
                let pointer = format!("/lines/{index}");
                faults.extend(line_faults(line.quantity, true, (line.delivery_no, places), &pointer));
            }
        }
    }
    if faults.is_empty() {
        faults.extend(check::freights(&terms.freights, &terms.lines));
    }
    faults.extend(check::term(source, until));
    Ok(faults)
}
