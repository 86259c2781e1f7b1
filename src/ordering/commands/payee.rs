//! The account to which an order is paid: frozen when the contract is made, and what others are told when a newer one holds.

use crate::audit;
use crate::identity;
use crate::kernel::actor::Role;
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::OrgId;
use crate::kernel::time::Day;
use crate::ordering::store::open::{self, OpenParties};
use crate::ordering::store::orders::OrderRow;
use crate::ordering::terms::{self, FrozenPayee, Terms};
use crate::payees::{self, Account, InForce};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use crate::platform::jobs::Job;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Freezes the account in force on the day of the contract; where the supplier has none, nothing is frozen.
pub(super) fn freeze(tx: &mut Tx<'_>, order: &mut OrderRow, day: Day) -> Outcome<()> {
    let Some(account) = payees::in_force(tx, order.supplier_id, day)? else { return Ok(()) };
    let mut terms: Terms = terms::read(&order.terms)?;
    terms.payee = Some(FrozenPayee {
        account_id: account.id,
        holder: account.holder,
        bank: account.bank,
        account_number: account.account_number,
    });
    order.terms = terms::write(&terms)?;
    Ok(())
}

/// Who is told, and as what.
#[derive(Default)]
struct Told {
    orders: usize,
    roles: BTreeSet<Role>,
    region: Option<crate::kernel::region_code::RegionCode>,
}

/// Tells every buyer and payer of an open order that another account of its supplier is in force, each once and in a
/// transaction of its own. Nothing is told of an account that another one replaced before its day.
///
/// # Errors
/// When the database fails; whom it told already is not told again.
pub async fn announce_payee(db: &Store, ctx: &Ctx, job: &Job) -> Outcome<()> {
    let InForce { org_id, account_id } = serde_json::from_str(&job.payload).map_err(AppError::internal)?;
    let today = ctx.at.day();
    let found = db.read(move |read| {
        let account = payees::in_force(read, org_id, today)?.filter(|account| account.id == account_id);
        Ok((account, open::parties(read, org_id)?))
    });
    let (Some(account), parties) = found.await? else { return Ok(()) };
    let mut told: BTreeMap<OrgId, Told> = BTreeMap::new();
    for OpenParties { buyer, payer, region } in parties {
        for (org, role) in [(buyer, Role::Trader), (buyer, Role::Payer), (payer, Role::Payer)] {
            let one = told.entry(org).or_default();
            one.orders += usize::from(role == Role::Trader || (buyer != payer && org == payer));
            one.roles.insert(role);
            one.region = one.region.or(Some(region));
        }
    }
    for (org, told) in told {
        let (account, told) = (account.clone(), std::sync::Arc::new(told));
        db.write(ctx.clone(), move |tx| tell(tx, org_id, org, &account, &told)).await?;
    }
    Ok(())
}

/// An event and a mail, which names no account: a number is looked up here, and believed nowhere else.
fn tell(tx: &mut Tx<'_>, supplier: OrgId, org: OrgId, account: &Account, told: &Told) -> Outcome<()> {
    if !payees::note_told(tx, account.id, org)? {
        return Ok(());
    }
    let found = identity::organisations(tx, &[supplier])?;
    let Some(from) = found.first() else { return Ok(()) };
    let (name, day, orders) = (&from.name, account.valid_from, told.orders);
    let entry = audit::Entry {
        actor: None,
        action: "payee.changed",
        subject: account.id.to_string(),
        owner_org: supplier,
        other_org: Some(org),
        region: told.region.unwrap_or(from.region_code),
        details: json!({ "valid_from": day, "open_orders": orders }),
    };
    audit::record(tx, &entry)?;
    let zh = format!(
        "供应商“{name}”自 {day} 起登记了新的收款账户，贵单位有 {orders} 个未付清的订单。已确认的订单仍以确认时的收款账户为准；付款前请登录平台核对，不要仅凭电话、邮件或纸面通知改付。"
    );
    let en = format!(
        "{name} has another payee account from {day} on, and you have {orders} orders with it that are not fully paid. Confirmed orders keep the account of their confirmation. Look it up on the platform before you pay; never change it on the word of a call, a mail or a letter."
    );
    for role in &told.roles {
        identity::tell(tx, org, *role, ("供应商收款账户变更", "A supplier's payee account changed"), (&zh, &en))?;
    }
    Ok(())
}
