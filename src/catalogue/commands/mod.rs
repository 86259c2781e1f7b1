//! Use cases of the catalogue's suppliers: load, decide, write, record.

mod admission;
mod eligible;
mod halal;
mod listings;
mod prices;
mod products;
mod stock;

pub use admission::end_admission;
pub use eligible::refresh_eligible;
pub use halal::{HALAL_ENDED, HalalEnded, NewHalal, file_halal, review_halal, revoke_halal, withdraw_halal};
pub use listings::{NewListing, end_mandate, list_product, relist, withdraw};
pub use prices::{Evidence, change_price, give_evidence};
pub use products::{NewProduct, add_product, declare_output};
pub use stock::{StockChange, change_stock};

use super::rules::{self, OriginShare};
use super::store::{self, ListingRow};
use crate::audit;
use crate::identity::{self, Organisation};
use crate::kernel::actor::Actor;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::ListingId;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::search_text;
use crate::kernel::time::Day;
use crate::platform::db::{Read, Tx};
use crate::regions::{self, Region};
use std::collections::BTreeMap;

/// Locks a listing of the actor's organisation in the version that the client has seen; in the version it had then.
fn claim(tx: &mut Tx<'_>, actor: &Actor, id: ListingId, seen: i64) -> Outcome<ListingRow> {
    let at = tx.at();
    let row = store::claim_listing(tx, actor.org_id, id, at)?.ok_or(Code::NotFound)?;
    if row.version - 1 == seen { Ok(row) } else { Err(Code::StaleVersion.into()) }
}

/// Goods that are counted come in whole units; the field that says otherwise is named.
fn whole(weighed: bool, quantity: Quantity, pointer: &str) -> Outcome<()> {
    let (zh, en) = Code::QuantityNotWhole.titles();
    rules::whole_if_counted(weighed, quantity)
        .map_err(|refusal| AppError::from(refusal).at(pointer, Message::new(zh, en)))
}

/// Records what was done to a listing.
fn record(
    tx: &mut Tx<'_>,
    actor: Option<&Actor>,
    action: &'static str,
    row: &ListingRow,
    details: serde_json::Value,
) -> Outcome<()> {
    let entry = audit::Entry {
        actor,
        action,
        subject: row.id.to_string(),
        owner_org: row.org_id,
        other_org: None,
        region: row.supplier_region,
        details,
    };
    audit::record(tx, &entry)
}

fn supplier(on: &mut Read, actor: &Actor) -> Outcome<Organisation> {
    identity::organisation(on, actor.org_id)
}

/// The county that a place is or lies in.
pub(super) fn county_of(place: RegionCode) -> Option<RegionCode> {
    place.ancestors().into_iter().find(|region| region.level() == RegionLevel::County)
}

/// Whether goods of a supplier registered here and produced there are eligible on a day.
pub(super) fn is_eligible(on: &mut Read, registered: RegionCode, origins: &[OriginShare], day: Day) -> Outcome<bool> {
    let places = origins.iter().map(|share| share.county).chain([registered]);
    let counties: Vec<RegionCode> = places.filter_map(county_of).collect();
    Ok(is_eligible_among(&regions::regions_on(on, &counties, day)?, registered, origins))
}

/// The same, when the counties are loaded; an unknown place lies in no 832 county.
pub(super) fn is_eligible_among(
    known: &BTreeMap<RegionCode, Region>,
    registered: RegionCode,
    origins: &[OriginShare],
) -> bool {
    let within =
        |place| county_of(place).and_then(|county| known.get(&county)).is_some_and(|region| region.eligible_832);
    rules::is_eligible(within(registered), origins.iter().map(|share| within(share.county)))
}

/// The terms under which a listing is found: those of its name and of its supplier's.
fn search_terms(name: &str, supplier: &str) -> String {
    let mut terms = search_text::terms(name);
    terms.extend(search_text::terms(supplier));
    terms.sort();
    terms.dedup();
    encode(&terms)
}

/// Terms as the search tables take them: plain letters and digits, which neither database takes apart.
pub(super) fn encode(terms: &[String]) -> String {
    let hex: Vec<String> = terms.iter().map(|term| crate::platform::secret::hex(term.as_bytes())).collect();
    hex.join(" ")
}

/// Files named as evidence must be the supplier's own.
fn check_file(on: &mut Read, actor: &Actor, pointer: &str, id: crate::kernel::ids::FileId) -> Outcome<()> {
    use crate::kernel::error::Message;
    crate::documents::file(on, &actor.scope, id).map(drop).map_err(|error| match error.code() {
        Code::NotFound => {
            AppError::field(Code::ValidationFailed, pointer, Message::new("没有这个文件", "there is no such file"))
        }
        _ => error,
    })
}
