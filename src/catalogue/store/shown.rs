//! SQL of what everybody sees of one listing: one statement, and no column that is not shown.

use super::CoverRow;
use super::halal::shows_halal;
use super::offers::{sold, told};
use crate::catalogue::rules::ListingStatus;
use crate::catalogue::schema::{listings, product_certificates as covers, products};
use crate::kernel::error::Outcome;
use crate::kernel::ids::{ListingId, OrgId, ProductId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::{each, ledger};
use diesel::prelude::*;

/// What a listing shows in the list.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = listings)]
pub struct ShownRow {
    pub id: ListingId,
    pub product_id: ProductId,
    pub org_id: OrgId,
    pub unit: String,
    pub net_weight_grams: i64,
    pub weighed: bool,
    pub tolerance_ppm: Ppm,
    pub price_fen: Fen,
    pub price_per_kg_fen: Fen,
    pub months: i64,
    pub name: String,
    pub name_key: String,
    pub supplier_name: String,
    pub supplier_region: RegionCode,
    pub county: RegionCode,
    pub category: Category,
    pub eligible: bool,
    pub certificate_number: Option<String>,
    pub certified_from: String,
    pub certified_until: String,
    pub created_at: At,
}

/// A listing with its place in the order of listing, whether anything is left of its stock, and until when it is 清真.
pub type ListedRow = (i64, ShownRow, bool, Option<Day>);

/// What one listing shows besides.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = listings)]
pub struct StandingRow {
    pub status: ListingStatus,
    pub mandated_until: Day,
    pub version: i64,
}

/// What its product shows.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = products)]
pub struct ShownProduct {
    pub description: String,
    pub mark: Mark,
    pub origins: String,
}

/// A listing with its product, a certificate in force or one that bars it, whether it is sold by who may sell, and whether
/// anything is left of its stock; and the certificate by which it is 清真.
#[derive(Debug, Clone, Queryable)]
pub struct OneShown {
    pub shown: ShownRow,
    pub standing: StandingRow,
    pub product: ShownProduct,
    pub cover: Option<CoverRow>,
    pub supplier_may_sell: bool,
    pub in_stock: bool,
    pub halal_number: Option<String>,
    pub halal_issuer: Option<String>,
    pub halal_until: Option<Day>,
}

/// A listing, once for each certificate that is in force on the day or bars the product, or once without.
pub fn shown(on: &mut Read, id: ListingId, day: Day) -> Outcome<Vec<OneShown>> {
    Ok(each!(on, c => {
        let left = ledger::anything_left(listings::stock_account_id);
        listings::table.inner_join(products::table).left_join(covers::table.on(told!(day)))
            .filter(listings::id.eq(id)).order(covers::number)
            .select((ShownRow::as_select(), StandingRow::as_select(), ShownProduct::as_select(),
                Option::<CoverRow>::as_select(), sold!(), left,
                shows_halal!(number, day), shows_halal!(issuer, day), shows_halal!(valid_until, day))).load(c)
    })?)
}
