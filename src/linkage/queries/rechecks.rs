//! The yearly re-check of certificates in force: who has filed a list, who is late.

use crate::certification::{self, InForce};
use crate::kernel::actor::Scope;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{HouseholdListId, OrgId, ProductId, RuleId};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::linkage::rules::{self, RecheckState};
use crate::linkage::store::{self, ListRow};
use crate::platform::db::Read;
use crate::regions;
use crate::rulebook::{self, RuleName};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use utoipa::ToSchema;

/// Certificates looked at for one page of the late ones: a page may be short, and another may follow.
const MOST_LOOKED_AT: usize = 2_000;
/// Certificates that one statement asks for.
const AT_ONCE: i64 = 200;

/// The day by which a county's lists of a year are due.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// The last day.
    pub on: Day,
    /// It rests on a year whose holidays are not loaded.
    pub provisional: bool,
    /// The rule row that says so.
    pub rule: RuleId,
}

/// The last day for a county's lists of a year: the rule's, or the next working day when that is a day off.
///
/// # Errors
/// When the database fails.
pub fn due_of(on: &mut Read, county: &RegionCode, year: i64) -> Outcome<Due> {
    let name = RuleName::LinkageRecheck;
    let rules = rulebook::load(on, county, Day::first_of_year(year), &[name])?;
    let deadline = regions::deadline_calendar_days(on, county, rules.day_in(name, year)?, 0)?;
    Ok(Due { on: Day::new(deadline.day), provisional: deadline.provisional, rule: rules.row(name)?.id })
}

/// The re-check of a certificate in a year.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdRecheckView {
    /// The certificate.
    pub certificate_number: String,
    /// The supplier.
    pub supplier_id: OrgId,
    /// Its name.
    pub supplier_name: String,
    /// The county that certified the product.
    pub county: RegionCode,
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub product_name: String,
    /// The year.
    pub year: i64,
    /// The last day for the list.
    pub due_on: Day,
    /// The day rests on a year whose holidays are not loaded.
    pub due_provisional: bool,
    /// The rule row that set it.
    pub due_rule_id: RuleId,
    /// Where it stands.
    pub state: RecheckState,
    /// The list that stands.
    pub list_id: Option<HouseholdListId>,
}

/// Re-checks of the certificates in scope that are in force today, in the order of their numbers; only the late ones when they are
/// wanted.
pub fn rechecks(
    on: &mut Read,
    scope: &Scope,
    (year, late): (i64, bool),
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<HouseholdRecheckView>> {
    let mut after: String = page.key()?.unwrap_or_default();
    let limit = usize::try_from(page.limit).unwrap_or_default();
    let (mut items, mut looked_at, mut dues) = (Vec::new(), 0, BTreeMap::new());
    loop {
        let some = certification::in_force_after(on, scope, today, &after, AT_ONCE)?;
        let full = i64::try_from(some.len()).is_ok_and(|found| found == AT_ONCE);
        for view in views(on, &some, (year, today), &mut dues)? {
            if items.len() == limit {
                return Ok(Page { items, next: Some(vec![after]) });
            }
            after.clone_from(&view.certificate_number);
            looked_at += 1;
            if !late || view.state == RecheckState::Late {
                items.push(view);
            }
        }
        if !full {
            return Ok(Page { items, next: None });
        }
        if looked_at >= MOST_LOOKED_AT {
            return Ok(Page { items, next: Some(vec![after]) });
        }
    }
}

fn views(
    on: &mut Read,
    certificates: &[InForce],
    (year, today): (i64, Day),
    dues: &mut BTreeMap<RegionCode, Due>,
) -> Outcome<Vec<HouseholdRecheckView>> {
    let products: Vec<ProductId> = certificates.iter().map(|certificate| certificate.product_id).collect();
    let lists: BTreeMap<ProductId, ListRow> =
        store::standing_lists(on, &products, year)?.into_iter().map(|list| (list.product_id, list)).collect();
    let mut views = Vec::with_capacity(certificates.len());
    for certificate in certificates {
        let due = match dues.entry(certificate.county) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(unknown) => *unknown.insert(due_of(on, &certificate.county, year)?),
        };
        let list = lists.get(&certificate.product_id);
        views.push(HouseholdRecheckView {
            certificate_number: certificate.number.clone(),
            supplier_id: certificate.org_id,
            supplier_name: certificate.supplier_name.clone(),
            county: certificate.county,
            product_id: certificate.product_id,
            product_name: certificate.product_name.clone(),
            year,
            due_on: due.on,
            due_provisional: due.provisional,
            due_rule_id: due.rule,
            state: rules::recheck(list.map(|list| list.checked), certificate.valid_from, due.on, today),
            list_id: list.map(|list| list.id),
        });
    }
    Ok(views)
}
