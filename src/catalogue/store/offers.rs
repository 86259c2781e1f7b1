//! SQL of what an order freezes: one statement for all its listings.

use super::{CoverRow, ListingRow, ProductRow};
use crate::catalogue::rules::CoverStatus;
use crate::catalogue::schema::{listings, product_certificates as covers, products};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::ListingId;
use crate::kernel::time::Day;
use crate::platform::db::{Kept, Read};
use diesel::prelude::*;

/// Listings with their products, once for each certificate that is in force on the day or bars the product, or once without.
pub fn offers(on: &mut Read, ids: &[ListingId], day: Day) -> Outcome<Vec<(ListingRow, ProductRow, Option<CoverRow>)>> {
    Ok(each!(on, c => {
        let in_force = covers::status.eq(CoverStatus::InForce).and(covers::valid_from.le(day)).and(covers::valid_until.ge(day));
        let told = covers::product_id.eq(listings::product_id).and(in_force.or(covers::bars.eq(true)));
        let wanted = listings::table.inner_join(products::table).left_join(covers::table.on(told))
            .filter(listings::id.eq_any(ids)).order((listings::id, covers::number))
            .select((ListingRow::as_select(), ProductRow::as_select(), Option::<CoverRow>::as_select()));
        Kept(wanted).load(c)
    })?)
}
