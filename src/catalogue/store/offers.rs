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

/// The certificates that are told of a listing.
macro_rules! told {
    ($day:expr) => {
        covers::product_id.eq(listings::product_id).and(
            (covers::status
                .eq(CoverStatus::InForce)
                .and(covers::valid_from.le($day))
                .and(covers::valid_until.ge($day)))
            .or(covers::bars.eq(true)),
        )
    };
}

/// One of `offers`, by a statement whose text need not be built to be found prepared.
pub fn offer(on: &mut Read, id: ListingId, day: Day) -> Outcome<Vec<(ListingRow, ProductRow, Option<CoverRow>)>> {
    Ok(each!(on, c => {
        listings::table.inner_join(products::table).left_join(covers::table.on(told!(day)))
            .filter(listings::id.eq(id)).order(covers::number)
            .select((ListingRow::as_select(), ProductRow::as_select(), Option::<CoverRow>::as_select())).load(c)
    })?)
}

/// Listings with their products, once for each certificate that is in force on the day or bars the product, or once without.
pub fn offers(on: &mut Read, ids: &[ListingId], day: Day) -> Outcome<Vec<(ListingRow, ProductRow, Option<CoverRow>)>> {
    Ok(each!(on, c => {
        let wanted = listings::table.inner_join(products::table).left_join(covers::table.on(told!(day)))
            .filter(listings::id.eq_any(ids)).order((listings::id, covers::number))
            .select((ListingRow::as_select(), ProductRow::as_select(), Option::<CoverRow>::as_select()));
        Kept(wanted).load(c)
    })?)
}
