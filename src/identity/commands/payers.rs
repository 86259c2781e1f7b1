//! Who pays for a unit in its place: its union, its accounting centres.

use super::super::mails;
use super::super::rules;
use super::super::store::{self, Organisation, PayerKind, PayerTieRow};
use super::organisations::note_between;
use super::people::manages;
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::platform::db::Tx;
use serde_json::json;

/// A payer's days at a unit.
#[derive(Debug, Clone, Copy)]
pub struct PayerTie {
    /// For whom.
    pub unit: OrgId,
    /// Who pays.
    pub payer: OrgId,
    /// As what.
    pub kind: PayerKind,
    /// The first day.
    pub from: Day,
    /// The last day; none while open.
    pub until: Option<Day>,
}

/// Ties a union or an accounting centre to a unit.
///
/// # Errors
/// `not_found` without the unit; `wrong_state` when it does not buy for itself; `validation_failed` when the payer is of another
/// kind or prefecture, or the days are no days; `already_exists` when they are tied, or when the unit has a union, on one of the days.
pub fn tie_payer(tx: &mut Tx<'_>, by: Option<&Actor>, new: &PayerTie) -> Outcome<()> {
    let unit = new.unit;
    let held = store::claim_organisation(tx, unit)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    check_kinds(tx, &held, new)?;
    let valid_to = rules::tie_end(new.from, new.until)?;
    for other in store::payer_ties_meeting(tx, unit, new.from, valid_to)? {
        if other.payer_id == new.payer {
            return Err(taken("该付款单位在此期间已登记", "is tied to the unit on one of these days already"));
        }
        if other.kind == PayerKind::Union && new.kind == PayerKind::Union {
            return Err(taken("该单位在此期间已有工会", "the unit has another union on one of these days"));
        }
    }
    let row = PayerTieRow { payer_id: new.payer, unit_id: unit, kind: new.kind, valid_from: new.from, valid_to };
    store::insert_payer_tie(tx, &row)?;
    mails::tell_payer(tx, &held, new.payer, new.kind, new.from)?;
    let details = json!({ "payer": new.payer, "kind": new.kind, "from": new.from, "until": new.until });
    note_between(tx, by, "payer.tied", &held, new.payer, details)
}

/// Refuses who is neither side of a tie, nor the operator: to others neither the unit nor its tie exists.
pub(in super::super) fn either_side(tx: &mut Tx<'_>, by: &Actor, unit: OrgId, payer: OrgId) -> Outcome<()> {
    if by.org_id == payer && !store::payer_ties_between(tx, unit, payer)?.is_empty() {
        return Ok(());
    }
    manages(by, unit)
}

/// Lets a payer pay for a unit no longer than a day from today on, and withdraws its days that begin then or later. What was
/// ordered under the tie keeps its payer. Answers the earliest tie as it now is: its last day is before its first when it was
/// withdrawn.
///
/// # Errors
/// `validation_failed` when the day has passed; `not_found` when they are tied neither on that day nor later.
pub fn end_payer(tx: &mut Tx<'_>, by: Option<&Actor>, unit: OrgId, payer: OrgId, until: Day) -> Outcome<PayerTie> {
    let held = store::claim_organisation(tx, unit)?.ok_or_else(|| AppError::new(Code::NotFound))?;
    let today = tx.at().day();
    rules::check_last_day(until, today)?;
    let mut ties = store::payer_ties_meeting(tx, unit, until, rules::open())?;
    ties.retain(|tie| tie.payer_id == payer);
    let first = ties.first().cloned().ok_or_else(|| AppError::new(Code::NotFound))?;
    for tie in &ties {
        if rules::is_withdrawn(tie.valid_from, until, today) {
            store::delete_payer_tie(tx, tie)?;
        } else {
            store::end_payer_tie(tx, tie, rules::day_after(Some(until)))?;
        }
    }
    let (kind, from) = (first.kind, first.valid_from);
    note_between(tx, by, "payer.ended", &held, payer, json!({ "payer": payer, "kind": kind, "until": until }))?;
    let last = if rules::is_withdrawn(from, until, today) { from.plus_days(-1) } else { until };
    Ok(PayerTie { unit, payer, kind, from, until: Some(last) })
}

/// A union is a union, an accounting centre keeps accounts for others and is a budget unit; both serve who buys for itself and,
/// since nobody asks them, only near them.
fn check_kinds(tx: &mut Tx<'_>, unit: &Organisation, new: &PayerTie) -> Outcome<()> {
    if !matches!(unit.kind, OrgKind::BudgetUnit | OrgKind::EnterpriseBuyer | OrgKind::SocialOrganisation) {
        return Err(
            AppError::new(Code::WrongState).detail("须为采购单位", "this takes an organisation that buys for itself")
        );
    }
    let payer = store::organisation(tx, new.payer)?;
    let payer = payer.ok_or_else(|| wrong("/payer_id", "没有这个单位", "there is no such organisation"))?;
    if payer.id == unit.id {
        return Err(wrong("/payer_id", "本单位付款无须登记", "is the unit itself, which needs no tie"));
    }
    match (new.kind, payer.kind) {
        (PayerKind::Union, OrgKind::Union) | (PayerKind::AccountingCentre, OrgKind::BudgetUnit) => {}
        (PayerKind::Union, _) => return Err(wrong("/payer_id", "须为工会", "must be a union")),
        (PayerKind::AccountingCentre, _) => {
            let (zh, en) = ("会计核算中心须为预算单位", "must be a budget unit, as accounting centres are");
            return Err(wrong("/payer_id", zh, en));
        }
    }
    if rules::on_common_ground(&unit.region_code, &payer.region_code) {
        Ok(())
    } else {
        Err(wrong(
            "/payer_id",
            "须与本单位同属一个地级行政区，或为其上下级地区",
            "must be of the unit's prefecture, or of a region above it",
        ))
    }
}

fn wrong(pointer: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}

fn taken(zh: &str, en: &str) -> AppError {
    AppError::field(Code::AlreadyExists, "/payer_id", Message::new(zh, en))
}
