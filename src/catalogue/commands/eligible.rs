//! The eligible flag rests on what counties are: when their status begins or ends, listings are looked at again.

use super::super::covers;
use super::super::offers::read_origins;
use super::super::rules;
use super::super::store::{self, Flagged};
use crate::kernel::error::Outcome;
use crate::kernel::ids::ProductId;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::platform::clock::Ctx;
use crate::platform::db::{Store, Tx};
use crate::regions;
use serde_json::json;
use std::collections::BTreeSet;

/// Listings read at once.
const BATCH: i64 = 500;

/// Compares the eligible flag of everything on sale with the counties of today, and mends what differs, a product at a time;
/// how many products. What nothing entitles any more is withdrawn.
///
/// # Errors
/// When the database fails.
pub async fn refresh_eligible(db: &Store, ctx: &Ctx) -> Outcome<usize> {
    let day = ctx.at.day();
    let counties = db.read(move |read| regions::eligible_counties(read, day)).await?;
    let counties: BTreeSet<RegionCode> = counties.into_iter().collect();
    let (mut after, mut count) = (0, 0);
    loop {
        let page = db.read(move |read| store::flagged(read, after, BATCH)).await?;
        let Some(last) = page.last() else { return Ok(count) };
        after = last.seq;
        let mut stale = BTreeSet::new();
        for row in &page {
            if differs(row, &counties)? {
                stale.insert(row.product_id);
            }
        }
        count += stale.len();
        for product in stale {
            db.write(ctx.clone(), move |tx| look_again(tx, product)).await?;
        }
    }
}

fn differs(row: &Flagged, counties: &BTreeSet<RegionCode>) -> Outcome<bool> {
    let within = |place: &RegionCode| {
        place.ancestors().iter().any(|region| region.level() == RegionLevel::County && counties.contains(region))
    };
    let origins = read_origins(&row.origins)?;
    let eligible = rules::is_eligible(within(&row.supplier_region), origins.iter().map(|share| within(&share.county)));
    Ok(eligible != row.eligible)
}

fn look_again(tx: &mut Tx<'_>, id: ProductId) -> Outcome<()> {
    let (day, at) = (tx.at().day(), tx.at());
    let Some(product) = store::claim_product(tx, id)? else { return Ok(()) };
    let origins = read_origins(&product.origins)?;
    for listing in store::on_sale_of(tx, id)? {
        let eligible = super::is_eligible(tx, listing.supplier_region, &origins, day)?;
        if eligible != listing.eligible {
            store::set_eligible(tx, listing.id, eligible, at)?;
            super::record(tx, None, "listing.eligibility_changed", &listing, json!({ "eligible": eligible }))?;
        }
    }
    if !store::covers_of(tx, id)?.iter().any(|cover| cover.in_force(day)) {
        covers::withdraw(tx, None, id, false, ("region", "not_eligible"))?;
    }
    Ok(())
}
