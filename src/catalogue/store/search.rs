//! SQL of the public list. The one declared difference between the databases: searched words are looked up in an FTS5
//! table on SQLite and in an array with a GIN index on PostgreSQL.

use super::halal::shows_halal;
use super::offers::may_sell;
use super::shown::{ListedRow, ShownRow};
use crate::catalogue::rules::ListingStatus;
use crate::catalogue::schema::{listings, products};
use crate::kernel::error::Outcome;
use crate::kernel::ids::OrgId;
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::terms::Category;
use crate::kernel::time::Day;
use crate::platform::db::{KeptWhen, Read, Tx};
use crate::{admission, each, identity, ledger};
use diesel::dsl::{exists, sql};
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};

/// In which order the list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Latest listed first.
    #[default]
    Newest,
    /// Cheapest kilogram first.
    PricePerKg,
    /// By the sound of the name.
    Name,
}

/// What the public asks for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Terms that must all be found, separated by spaces, as [`insert_terms`] takes them.
    pub terms: Option<String>,
    /// Of this category.
    pub category: Option<Category>,
    /// Whose main county of origin is this one or lies in it.
    pub county: Option<RegionCode>,
    /// With or without the eligible flag.
    pub eligible: Option<bool>,
    /// With or without a certificate in force.
    pub certified: Option<bool>,
    /// With or without a certificate in force that it is 清真.
    pub halal: Option<bool>,
    /// Of this supplier.
    pub supplier: Option<OrgId>,
    /// From this price per kilogram on, in fen.
    pub min_per_kg: Option<i64>,
    /// Up to this price per kilogram, in fen.
    pub max_per_kg: Option<i64>,
    /// Offered in the months of these bits.
    pub month_bits: Option<i64>,
}

impl Wanted {
    /// Whether at most two things are asked for. Lists of so few shapes stay prepared; all shapes would fill the memory.
    fn is_plain(&self) -> bool {
        let flags = self.eligible.is_some() || self.certified.is_some() || self.halal.is_some();
        let prices = self.min_per_kg.is_some() || self.max_per_kg.is_some();
        let others = [self.terms.is_some(), self.category.is_some(), self.county.is_some(), self.supplier.is_some()];
        let all = others.into_iter().chain([flags, prices, self.month_bits.is_some()]);
        all.filter(|asked| *asked).count() <= 2
    }
    /// The price as a bound compares it. A bound on the column leads SQLite to an index by price, from which all that is
    /// found would have to be sorted, unless the list is by price anyway.
    fn price(&self, order: Order) -> SqlLiteral<BigInt> {
        let walked = order == Order::PricePerKg && !self.is_narrow();
        sql(if walked { "listings.price_per_kg_fen" } else { "listings.price_per_kg_fen + 0" })
    }
    /// Whether few rows can be expected: those of a county, of a supplier, or with certain words.
    fn is_narrow(&self) -> bool {
        let county = self.county.is_some_and(|region| region.level() == RegionLevel::County);
        county || self.supplier.is_some() || self.terms.is_some()
    }
}

/// Whether the supplier of a listing may sell, and the producer under whose mandate it does, as long as that was not taken back.
macro_rules! sold {
    () => {{
        let producer = products::table
            .filter(products::id.eq(listings::product_id))
            .filter(identity::acts(products::org_id))
            .filter(admission::admitted(products::org_id));
        let mandated = exists(producer).and(admission::mandate_stands(listings::mandate_id));
        may_sell().and(listings::mandate_id.is_null().or(mandated))
    }};
}

/// Listings that are really on sale on a day, with their place in the order of listing.
pub fn search(on: &mut Read, wanted: &Wanted, order: Order, day: Day, page: &PageRequest) -> Outcome<Vec<ListedRow>> {
    let (found, end) = match on.is_postgres() {
        true => ("listings.seq IN (SELECT s.seq FROM listing_search s WHERE s.terms @> string_to_array(", ", ' '))"),
        false => ("listings.seq IN (SELECT rowid FROM listing_search WHERE listing_search MATCH ", ")"),
    };
    let newest = if order == Order::Newest { page.key::<i64>()? } else { None };
    let by_price = if order == Order::PricePerKg { page.keys::<i64, i64>()? } else { None };
    let by_name = if order == Order::Name { page.keys::<String, i64>()? } else { None };
    Ok(each!(on, c => {
        let certified = listings::certified_from.le(day).and(listings::certified_until.ge(day));
        let mut query = listings::table
            .select((listings::seq, ShownRow::as_select(), ledger::anything_left(listings::stock_account_id), shows_halal!(valid_until, day))).into_boxed();
        query = query.filter(listings::status.eq(ListingStatus::OnSale)).filter(listings::mandated_until.ge(day)).filter(sold!());
        query = match wanted.certified {
            Some(true) => query.filter(certified),
            Some(false) => query.filter(diesel::dsl::not(certified)).filter(listings::eligible.eq(true)),
            None if wanted.eligible == Some(true) => query,
            None => query.filter(listings::eligible.eq(true).or(certified)),
        };
        if let Some(terms) = &wanted.terms {
            query = query.filter(sql::<Bool>(found).bind::<Text, _>(terms).sql(end));
        }
        if let Some(category) = wanted.category { query = query.filter(listings::category.eq(category)); }
        if let Some(county) = wanted.county {
            let (from, to) = county.subtree();
            query = if county.level() == RegionLevel::County {
                query.filter(listings::county.eq(county))
            } else {
                query.filter(listings::county.ge(from)).filter(listings::county.lt(to))
            };
        }
        if let Some(eligible) = wanted.eligible { query = query.filter(listings::eligible.eq(eligible)); }
        if let Some(halal) = wanted.halal {
            query = query.filter(shows_halal!(valid_until, day).is_not_null().eq(halal));
        }
        if let Some(supplier) = wanted.supplier {
            query = query.filter(listings::org_id.eq(supplier));
        }
        if let Some(least) = wanted.min_per_kg {
            query = query.filter(wanted.price(order).ge(least));
        }
        if let Some(most) = wanted.max_per_kg {
            query = query.filter(wanted.price(order).le(most));
        }
        if let Some(bits) = wanted.month_bits {
            query = query.filter(sql::<Bool>("(listings.months & ").bind::<BigInt, _>(bits).sql(") <> 0"));
        }
        // A page after another one repeats its bound on the first key, which lets either database start in its index.
        if let Some(seq) = newest {
            query = query.filter(listings::seq.lt(seq));
        }
        if let Some((price, seq)) = by_price {
            let price = Fen::new(price);
            let later = listings::price_per_kg_fen.gt(price).or(listings::price_per_kg_fen.eq(price).and(listings::seq.gt(seq)));
            query = query.filter(listings::price_per_kg_fen.ge(price)).filter(later);
        }
        if let Some((name, seq)) = &by_name {
            let later = listings::name_key.gt(name).or(listings::name_key.eq(name).and(listings::seq.gt(seq)));
            query = query.filter(listings::name_key.ge(name)).filter(later);
        }
        // Few rows are sorted; many are walked through in an index. An expression is in no index, so it says which.
        query = match (order, wanted.is_narrow()) {
            (Order::Newest, _) => query.order(listings::seq.desc()),
            (Order::PricePerKg, false) => query.order((listings::price_per_kg_fen, listings::seq)),
            (Order::PricePerKg, true) => query.order((sql::<BigInt>("listings.price_per_kg_fen + 0"), listings::seq)),
            (Order::Name, false) => query.order((listings::name_key, listings::seq)),
            (Order::Name, true) => query.order((sql::<Text>("listings.name_key || ''"), listings::seq)),
        };
        KeptWhen(query.limit(page.fetch()), wanted.is_plain()).load(c)
    })?)
}

/// Puts a listing's terms, separated by spaces, into the search table.
pub fn insert_terms(tx: &mut Tx<'_>, seq: i64, terms: &str) -> Outcome<()> {
    let insert = match tx.is_postgres() {
        true => "INSERT INTO listing_search (seq, terms) VALUES ($1, string_to_array($2, ' '))",
        false => "INSERT INTO listing_search (rowid, terms) VALUES ($1, $2)",
    };
    each!(tx, c => diesel::sql_query(insert).bind::<BigInt, _>(seq).bind::<Text, _>(terms).execute(c))?;
    Ok(())
}

/// Takes a listing's terms out of the search table.
pub fn delete_terms(tx: &mut Tx<'_>, seq: i64) -> Outcome<()> {
    let delete = match tx.is_postgres() {
        true => "DELETE FROM listing_search WHERE seq = $1",
        false => "DELETE FROM listing_search WHERE rowid = $1",
    };
    each!(tx, c => diesel::sql_query(delete).bind::<BigInt, _>(seq).execute(c))?;
    Ok(())
}
