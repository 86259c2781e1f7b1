//! Suppliers are reminded of lists that are still to come.

use crate::certification::{self, InForce};
use crate::identity;
use crate::kernel::actor::{Role, Scope};
use crate::kernel::error::{AppError, Outcome};
use crate::kernel::ids::{OrgId, ProductId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::linkage::queries::{Due, due_of};
use crate::linkage::rules;
use crate::linkage::store::{self, ListRow};
use crate::notifications::{self, Both};
use crate::platform::db::Tx;
use crate::rulebook::{self, RuleName};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Certificates looked at in one transaction.
const BATCH: i64 = 200;
/// The most products that a mail names.
const NAMED: usize = 20;

/// What a county's rules say of the year's re-check.
struct Terms {
    due: Due,
    before: i64,
    every: i64,
}

/// Reminds suppliers whose certificates in force have no list of the year yet, the next of those not looked at today; how many
/// certificates were looked at.
///
/// # Errors
/// When the database fails.
pub fn remind(tx: &mut Tx<'_>) -> Outcome<usize> {
    let today = tx.at().day();
    if store::reminders_done(tx, today)? {
        return Ok(0);
    }
    let (after, done) = store::claim_reminders(tx, today)?;
    if done {
        return Ok(0);
    }
    let next = certification::in_force_after(tx, &Scope::Platform, today, &after, BATCH)?;
    let looked_at = next.len();
    let last = next.last().map_or(after, |certificate| certificate.number.clone());
    let over = i64::try_from(looked_at).map_err(AppError::internal)? < BATCH;
    remind_of(tx, &next, today)?;
    store::keep_reminders(tx, today, &last, over)?;
    Ok(looked_at)
}

fn remind_of(tx: &mut Tx<'_>, certificates: &[InForce], today: Day) -> Outcome<()> {
    let year = today.year();
    let products: Vec<ProductId> = certificates.iter().map(|certificate| certificate.product_id).collect();
    let lists: BTreeMap<ProductId, ListRow> =
        store::standing_lists(tx, &products, year)?.into_iter().map(|list| (list.product_id, list)).collect();
    let numbers: Vec<String> = certificates.iter().map(|certificate| certificate.number.clone()).collect();
    let reminded: BTreeMap<String, Day> = store::reminded(tx, &numbers, year)?.into_iter().collect();
    let mut terms: BTreeMap<RegionCode, Terms> = BTreeMap::new();
    let mut letters: BTreeMap<OrgId, (Day, Vec<String>)> = BTreeMap::new();
    for certificate in certificates {
        let Terms { due, before, every } = match terms.entry(certificate.county) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(terms_of(tx, &certificate.county, today)?),
        };
        let list = lists.get(&certificate.product_id).map(|list| list.checked);
        let state = rules::recheck(list, certificate.valid_from, due.on, today);
        let last = reminded.get(&certificate.number).copied();
        if rules::remind_now(state, due.on, today, (*before, *every), last) {
            store::keep_reminder(tx, &certificate.number, year, today, due.rule)?;
            let line = format!("· {}（{}）", certificate.product_name, certificate.number);
            letters.entry(certificate.org_id).or_insert((due.on, Vec::new())).1.push(line);
        }
    }
    for (org, (due, lines)) in letters {
        remind_supplier(tx, org, (due, year), &lines)?;
    }
    Ok(())
}

fn terms_of(tx: &mut Tx<'_>, county: &RegionCode, today: Day) -> Outcome<Terms> {
    use RuleName::{LinkageReminderDays, LinkageReminderInterval};
    let rules = rulebook::load(tx, county, today, &[LinkageReminderDays, LinkageReminderInterval])?;
    Ok(Terms {
        due: due_of(tx, county, today.year())?,
        before: rules.int(LinkageReminderDays)?,
        every: rules.int(LinkageReminderInterval)?,
    })
}

fn remind_supplier(tx: &mut Tx<'_>, org: OrgId, (due, year): (Day, i64), lines: &[String]) -> Outcome<()> {
    let count = lines.len();
    let named = lines[..count.min(NAMED)].join("\n");
    let zh = format!("以下 {count} 个已认定商品尚未报送 {year} 年带贫花名册，期限 {due}：\n{named}");
    let en = format!("The {year} household lists of {count} certified products, named above, are due on {due}.");
    let subject = Both { zh: "带贫花名册报送提醒", en: "Household lists are due" };
    for (_, address) in identity::recipients(tx, org, Role::Seller)? {
        notifications::mail(tx, &address, subject, Both { zh: &zh, en: &en })?;
    }
    Ok(())
}
