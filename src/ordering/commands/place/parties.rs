//! Who an order is for, who pays it and whom it helps.

use super::NewOrder;
use crate::identity::{self, Organisation, PayerKind};
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Fund, Purpose};
use crate::kernel::time::Day;
use crate::ordering::commands::recipient::{self, Recipient};
use crate::ordering::rules::mode;
use crate::platform::db::Tx;

/// The unit whose count it is, and the payer.
#[derive(Debug, Clone)]
pub struct Parties {
    /// The unit.
    pub unit: OrgId,
    /// Its region.
    pub unit_region: RegionCode,
    /// The payer.
    pub payer: OrgId,
    /// Who gets the goods of a donation, where that is named.
    pub recipient: Option<Recipient>,
}

/// Decides the parties. A contractor and a union that order for a unit are payers themselves. Nothing is asked of the database
/// when the buyer orders for itself and pays itself.
///
/// # Errors
/// `fund_not_allowed`; a unit that the buyer does not serve today, a payer, beneficiary or recipient that does not fit.
pub fn parties(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder, day: Day) -> Outcome<Parties> {
    if !mode::fund_allowed(actor.kind, new.fund) {
        let (zh, en) = Code::FundNotAllowed.titles();
        return Err(AppError::field(Code::FundNotAllowed, "/fund", Message::new(zh, en)));
    }
    let unit = unit(tx, actor, new, day)?;
    let unit_region = if unit == actor.org_id { actor.region } else { identity::organisation(tx, unit)?.region_code };
    let payer = new.payer_id.unwrap_or(actor.org_id);
    if unit != actor.org_id && payer != actor.org_id {
        return Err(wrong(
            "/payer_id",
            "为其他单位订购时由订购方自己付款",
            "must be yourself, since you order for another organisation",
        ));
    }
    if payer != unit && !pays(tx, payer, unit, day)? {
        return Err(wrong(
            "/payer_id",
            "只能是本单位，或今天与其绑定的工会、承包方或会计核算中心",
            "must be the unit, or its union, contractor or accounting centre that is tied to it today",
        ));
    }
    beneficiary(tx, new)?;
    let recipient = match &new.recipient {
        Some(named) => Some(recipient::checked(tx, new.purpose, named, &[actor.org_id, unit, payer])?),
        None => None,
    };
    Ok(Parties { unit, unit_region, payer, recipient })
}

/// Whether an organisation is tied to a unit and may be named as its payer.
fn pays(tx: &mut Tx<'_>, payer: OrgId, unit: OrgId, day: Day) -> Outcome<bool> {
    Ok(identity::pays_for(tx, payer, unit, day)?.is_some() || identity::contractor_serves(tx, payer, unit, day)?)
}

/// A contractor names the unit and orders only on the days it serves it; a union may name the unit whose union it is, so that
/// its purchases count in the unit's union part; everybody else orders for itself.
fn unit(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder, day: Day) -> Outcome<OrgId> {
    let unit = new.unit_id.unwrap_or(actor.org_id);
    let own = unit == actor.org_id;
    if own && actor.kind == OrgKind::Contractor {
        return Err(wrong("/unit_id", "承包方须指明为哪个单位订购", "a contractor names the unit it orders for"));
    }
    let may = own
        || match actor.kind {
            OrgKind::Contractor => identity::contractor_serves(tx, actor.org_id, unit, day)?,
            OrgKind::Union if new.fund != Fund::Union => {
                return Err(wrong(
                    "/unit_id",
                    "工会只能用工会经费为单位订购",
                    "a union orders for its unit from union money only",
                ));
            }
            OrgKind::Union => identity::pays_for(tx, actor.org_id, unit, day)? == Some(PayerKind::Union),
            _ => false,
        };
    if may {
        Ok(unit)
    } else {
        Err(wrong("/unit_id", "不能为该单位订购", "is no unit that you may order for today"))
    }
}

/// 以购代捐 names an organisation of the selling households; nothing else does.
fn beneficiary(tx: &mut Tx<'_>, new: &NewOrder) -> Outcome<()> {
    let pointer = "/beneficiary_id";
    match (new.purpose, new.beneficiary_id) {
        (Purpose::PurchaseForDonation, None) => {
            Err(wrong(pointer, "以购代捐须写明受益方", "a purchase for donation names its beneficiary"))
        }
        (Purpose::PurchaseForDonation, Some(id)) if known(tx, id, pointer)?.kind.sells() => Ok(()),
        (_, None) => Ok(()),
        (Purpose::PurchaseForDonation, Some(_)) => {
            Err(wrong(pointer, "受益方须是销售农户所在的主体", "must be an organisation of the selling households"))
        }
        (_, Some(_)) => Err(wrong(pointer, "只有以购代捐写受益方", "only a purchase for donation has a beneficiary")),
    }
}

fn known(tx: &mut Tx<'_>, id: OrgId, pointer: &str) -> Outcome<Organisation> {
    let found = identity::organisations(tx, &[id])?.into_iter().next();
    found.ok_or_else(|| wrong(pointer, "没有这个单位", "there is no such organisation"))
}

fn wrong(pointer: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::ValidationFailed, pointer, Message::new(zh, en))
}
