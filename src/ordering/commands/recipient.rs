//! 受益单位: who gets the goods of a donation, named with the order, and put right before anything is shipped.

use super::claimed::Claimed;
use crate::identity::{self, Organisation};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{OrderId, OrgId, UserId};
use crate::kernel::recipient::{NamedRecipient, RecipientKind};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Purpose;
use crate::kernel::time::At;
use crate::kernel::uscc::Uscc;
use crate::ordering::rules::recipient::{RecipientFault, faults, may_be_named};
use crate::ordering::store::orders::{OrderRow, Side};
use crate::ordering::store::recipients::{self as store, RecipientRow};
use crate::platform::db::Tx;
use serde_json::json;

/// Who gets the goods, as far as it was checked.
#[derive(Debug, Clone)]
pub struct Recipient {
    org_id: Option<OrgId>,
    name: String,
    kind: RecipientKind,
    region: RegionCode,
    code: Option<Uscc>,
    contact: String,
    phone: String,
}

impl Recipient {
    /// As it is entered with an order.
    pub fn row(&self, tx: &Tx<'_>, actor: &Actor, order_id: OrderId) -> RecipientRow {
        self.named(order_id, (actor.user_id, tx.at()))
    }

    fn named(&self, order_id: OrderId, (named_by, named_at): (UserId, At)) -> RecipientRow {
        RecipientRow {
            order_id,
            org_id: self.org_id,
            name: self.name.clone(),
            kind: self.kind,
            region_code: self.region,
            credit_code: self.code,
            contact: self.contact.clone(),
            phone: self.phone.clone(),
            named_by,
            named_at,
            corrected_by: None,
            corrected_at: None,
        }
    }
}

/// Checks who is to get the goods; `parties` are those who buy, count and pay. An organisation of the platform is known by its credit
/// code as well, so that nobody else confirms in its place.
///
/// # Errors
/// Everything that is wrong at once.
pub fn checked(tx: &mut Tx<'_>, purpose: Purpose, named: &NamedRecipient, parties: &[OrgId]) -> Outcome<Recipient> {
    let mut wrong: Vec<AppError> = faults(purpose, named).into_iter().map(AppError::from).collect();
    let (field, org) = match (named.organisation_id, &named.credit_code) {
        (Some(id), _) => ("/recipient/organisation_id", identity::organisations(tx, &[id])?.into_iter().next()),
        (None, Some(code)) => ("/recipient/credit_code", identity::organisation_by_uscc(tx, code)?),
        (None, None) => ("/recipient", None),
    };
    if named.organisation_id.is_some() && org.is_none() {
        wrong.push(RecipientFault::Unknown.into());
    }
    if org.as_ref().is_some_and(|org| org.kind.sells() || parties.contains(&org.id)) {
        wrong.push(RecipientFault::OneOfTheParties(field).into());
    }
    if let Some(region) = &named.region_code {
        let today = tx.at().day();
        wrong.extend(identity::region_exists(tx, region, today).err().map(|error| error.below("/recipient")));
    }
    if !wrong.is_empty() {
        return Err(AppError::several(wrong));
    }
    put_together(named, org)
}

fn put_together(named: &NamedRecipient, org: Option<Organisation>) -> Outcome<Recipient> {
    let (org_id, name, region, code) = match (org, &named.name, named.region_code) {
        (Some(org), _, _) => (Some(org.id), org.name, org.region_code, org.uscc),
        (None, Some(name), Some(region)) => (None, name.trim().to_owned(), region, named.credit_code),
        (None, _, _) => return Err(RecipientFault::Unnamed.into()),
    };
    Ok(Recipient {
        org_id,
        name,
        kind: named.kind,
        region,
        code,
        contact: named.contact.trim().to_owned(),
        phone: named.phone.trim().to_owned(),
    })
}

/// Names the recipient of an order that has none, or puts right who was named, before anything is shipped.
///
/// # Errors
/// `not_found`, `wrong_state`; everything that is wrong with the recipient.
pub fn name(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: OrderId,
    (new, reason): (&NamedRecipient, &str),
) -> Outcome<(RecipientRow, OrderRow)> {
    let claimed = Claimed::claim(tx, Side::Buyer(actor.org_id), id)?;
    let order = &claimed.order;
    let recipient = checked(tx, order.purpose, new, &order.concerned())?;
    let before = store::of_order(tx, id)?;
    let shipped = claimed.lines.iter().any(|line| !line.shipped.is_zero());
    if !may_be_named(order.state, before.is_some(), shipped) {
        return Err(AppError::new(Code::WrongState).with("state", order.state.as_str()).detail(
            "受益单位只能在发货前更正",
            "A recipient is put right as long as the order stands and before anything is shipped",
        ));
    }
    let now = (actor.user_id, tx.at());
    let row = match &before {
        None => recipient.named(id, now),
        Some(before) => RecipientRow {
            corrected_by: Some(actor.user_id),
            corrected_at: Some(tx.at()),
            ..recipient.named(id, (before.named_by, before.named_at))
        },
    };
    store::put(tx, &row)?;
    // Who is to be called there is nobody's business but that of the order's parties.
    let said = |row: &RecipientRow| json!({ "name": row.name, "kind": row.kind, "organisation": row.org_id, "region": row.region_code });
    let details = json!({ "before": before.as_ref().map(said), "recipient": said(&row), "reason": reason });
    claimed.record(tx, Some(actor), "order.recipient_named", details)?;
    Ok((row, claimed.order))
}
