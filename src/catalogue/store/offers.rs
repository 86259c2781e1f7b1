//! SQL of what an order freezes: one statement for all its listings.

use super::halal::shows_halal;
use super::{CoverRow, ListingRow, ProductRow};
use crate::admission::Admitted;
use crate::catalogue::schema::{listings, product_certificates as covers, products};
use crate::identity::Acts;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ListingId, ProductId};
use crate::kernel::time::Day;
use crate::platform::db::{Condition, Conn, Kept, Read, Tx};
use crate::{admission, each, identity};
use diesel::dsl::And;
use diesel::prelude::*;

/// The certificates that are told of a listing.
macro_rules! told {
    ($day:expr) => {{
        use $crate::catalogue::rules::CoverStatus;
        use $crate::catalogue::schema::{listings, product_certificates as covers};
        covers::product_id.eq(listings::product_id).and(
            (covers::status
                .eq(CoverStatus::InForce)
                .and(covers::valid_from.le($day))
                .and(covers::valid_until.ge($day)))
            .or(covers::bars.eq(true)),
        )
    }};
}

/// Whether who lists goods may sell: admitted, and not stopped by the operator. For goods listed under a mandate the same is
/// asked of their producer.
pub(super) fn may_sell() -> And<Condition<Acts, listings::org_id>, Condition<Admitted, listings::org_id>> {
    identity::acts(listings::org_id).and(admission::admitted(listings::org_id))
}

/// Whether the supplier may sell, and the producer under whose mandate it does, as long as that was not taken back.
macro_rules! sold {
    () => {{
        use $crate::catalogue::schema::{listings, products};
        let producer = $crate::identity::acts(products::org_id).and($crate::admission::admitted(products::org_id));
        let producer = producer.and($crate::admission::mandate_stands(listings::mandate_id));
        $crate::catalogue::store::offers::may_sell().and(listings::mandate_id.is_null().or(producer))
    }};
}

pub(super) use {sold, told};

/// A listing, its product, a certificate in force or one that bars it, whether it is sold by who may sell, and the number of the
/// certificate by which it is 清真.
pub type OfferRow = (ListingRow, ProductRow, Option<CoverRow>, bool, Option<String>);

/// Listings with their products, once for each certificate that is in force on the day or bars the product, or once without.
pub fn offers(on: &mut Read, ids: &[ListingId], day: Day) -> Outcome<Vec<OfferRow>> {
    Ok(each!(on, c => {
        let wanted = listings::table.inner_join(products::table).left_join(covers::table.on(told!(day)))
            .filter(listings::id.eq_any(ids)).order((listings::id, covers::number))
            .select((ListingRow::as_select(), ProductRow::as_select(), Option::<CoverRow>::as_select(), sold!(), shows_halal!(number, day)));
        Kept(wanted).load(c)
    })?)
}

/// Keeps the products of listings as they are until the transaction ends: who ends a certificate waits, and who comes
/// after an end waits for it. SQLite has one writer, so nothing comes between there.
pub fn keep_products(tx: &mut Tx<'_>, ids: &[ListingId]) -> Outcome<()> {
    if let Conn::Pg(c) = tx.conn() {
        let named = listings::table.filter(listings::id.eq_any(ids)).select(listings::product_id);
        let kept =
            products::table.filter(products::id.eq_any(named)).order(products::id).select(products::id).for_share();
        kept.load::<ProductId>(c)?;
    }
    Ok(())
}
