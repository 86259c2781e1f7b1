//! Who an order is for, who pays it and whom it helps.

use super::NewOrder;
use crate::identity::{self, Organisation};
use crate::kernel::actor::{Actor, OrgKind};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Purpose;
use crate::kernel::time::Day;
use crate::ordering::rules::mode;
use crate::platform::db::Tx;

/// The unit whose count it is, and the payer.
#[derive(Debug, Clone, Copy)]
pub struct Parties {
    /// The unit.
    pub unit: OrgId,
    /// Its region.
    pub unit_region: RegionCode,
    /// The payer.
    pub payer: OrgId,
}

/// Decides the parties. Nothing is asked of the database when the buyer orders for itself and pays itself.
///
/// # Errors
/// `fund_not_allowed`; a unit that the buyer does not serve today, a payer or beneficiary that does not fit.
pub fn parties(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder, day: Day) -> Outcome<Parties> {
    if !mode::fund_allowed(actor.kind, new.fund) {
        let (zh, en) = Code::FundNotAllowed.titles();
        return Err(AppError::field(Code::FundNotAllowed, "/fund", Message::new(zh, en)));
    }
    let unit = unit(tx, actor, new, day)?;
    let unit_region = if unit == actor.org_id { actor.region } else { identity::organisation(tx, unit)?.region_code };
    let payer = new.payer_id.unwrap_or(actor.org_id);
    if payer != actor.org_id && payer != unit {
        let payer = known(tx, payer, "/payer_id")?;
        let pays_for_others = matches!(payer.kind, OrgKind::Union | OrgKind::BudgetUnit);
        if !pays_for_others || payer.region_code != unit_region {
            return Err(wrong(
                "/payer_id",
                "只能是本单位、其工会、承包方或本地会计中心",
                "must be the unit, its union, its contractor or an accounting centre of its region",
            ));
        }
    }
    beneficiary(tx, new)?;
    Ok(Parties { unit, unit_region, payer })
}

/// A contractor names the unit and orders only on the days it serves it; everybody else orders for itself.
fn unit(tx: &mut Tx<'_>, actor: &Actor, new: &NewOrder, day: Day) -> Outcome<OrgId> {
    let unit = new.unit_id.unwrap_or(actor.org_id);
    let own = unit == actor.org_id;
    if actor.kind == OrgKind::Contractor {
        if own {
            return Err(wrong("/unit_id", "承包方须指明为哪个单位订购", "a contractor names the unit it orders for"));
        }
        if identity::contractor_serves(tx, actor.org_id, unit, day)? {
            return Ok(unit);
        }
    } else if own {
        return Ok(unit);
    }
    Err(wrong("/unit_id", "不能为该单位订购", "is no unit that you may order for today"))
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
