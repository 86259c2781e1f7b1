//! What everybody sees: the public list and one listing.

use crate::catalogue::commands::encode;
use crate::catalogue::offers::{CertificateInForce, in_force, read_origins};
use crate::catalogue::rules::{self, ListingStatus, Months, OriginShare, Standing};
use crate::catalogue::store::{self, Order, ShownRow, Wanted};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{ListingId, OrgId, ProductId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::search_text;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest searched text, in characters.
const LONGEST_SEARCH: usize = 50;

crate::text_enum! {
    /// In which order listings come.
    SortBy {
        /// Latest listed first.
        Newest "newest"
        /// Cheapest kilogram first.
        PricePerKg "price_per_kg"
        /// By the sound of the name.
        Name "name"
    }
}

/// Which listings the public asks for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListingFilter {
    /// Words in the product's or supplier's name, in characters or pinyin initials; all must be found.
    #[param(max_length = 50, example = "滩羊")]
    pub q: Option<String>,
    /// Category.
    pub category: Option<Category>,
    /// Region of origin: a county, or a prefecture or province with all in it. A blend stands under its largest share.
    #[param(example = "640323")]
    pub county: Option<RegionCode>,
    /// Only products of 832 counties, or only others.
    pub eligible: Option<bool>,
    /// Only with a certificate in force, or only without.
    pub certified: Option<bool>,
    /// Only 清真 by a certificate that an office accepted and that is in force, or only without.
    pub halal: Option<bool>,
    /// Of this supplier.
    pub supplier: Option<OrgId>,
    /// At least so much per kilogram, in fen.
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub price_per_kg_min: Option<i64>,
    /// At most so much per kilogram, in fen.
    #[param(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub price_per_kg_max: Option<i64>,
    /// Offered in this month, 1 to 12.
    #[param(minimum = 1, maximum = 12)]
    pub month: Option<i64>,
    /// The order; `newest` when not given.
    #[param(inline)]
    pub sort: Option<SortBy>,
}

/// A listing in the public list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingView {
    /// Its id.
    pub id: ListingId,
    /// Its product.
    pub product_id: ProductId,
    /// The product's name.
    pub name: String,
    /// Its category.
    pub category: Category,
    /// The supplier.
    pub supplier_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// Where the supplier is registered.
    pub supplier_region: RegionCode,
    /// County of origin with the largest share.
    pub county: RegionCode,
    /// Whether it is a product of 832 counties.
    pub eligible: bool,
    /// Whether a certificate is in force today.
    pub certified: bool,
    /// The number of that certificate.
    pub certificate_number: Option<String>,
    /// Its last day.
    pub certified_until: Option<Day>,
    /// The last day on which it is 清真 by a certificate that an office accepted; null when it is not today.
    pub halal_until: Option<Day>,
    /// What one unit is called.
    pub unit: String,
    /// Net weight of one unit in grams.
    pub net_weight_grams: i64,
    /// Whether it is sold by weight.
    pub weighed: bool,
    /// How far the actual weight may differ, in parts per million.
    pub tolerance_ppm: Ppm,
    /// Price of one unit in fen.
    pub price_fen: Fen,
    /// Price of one kilogram in fen.
    pub price_per_kg_fen: Fen,
    /// Months in which it is offered, 1 to 12.
    pub months: Vec<i64>,
    /// Whether anything is left to order.
    pub in_stock: bool,
    /// Since when it is listed.
    pub listed_at: At,
}

/// The certificate by which goods are 清真.
#[derive(Debug, Serialize, ToSchema)]
pub struct HalalInForce {
    /// Its number.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// Its last day.
    pub valid_until: Day,
}

/// One listing.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingDetail {
    /// As in the list.
    #[serde(flatten)]
    pub listing: ListingView,
    /// Whether it may be ordered, season and stock aside.
    pub status: ListingStatus,
    /// What the supplier says.
    pub description: String,
    /// Its mark.
    pub mark: Mark,
    /// Counties of production, largest share first.
    pub origins: Vec<OriginShare>,
    /// Every certificate in force today.
    pub certificates: Vec<CertificateInForce>,
    /// The certificate by which it is 清真 today.
    pub halal_certificate: Option<HalalInForce>,
    /// Counts its changes.
    pub version: i64,
}

/// A page of what is on sale.
///
/// # Errors
/// `invalid_parameter`, `invalid_cursor`.
pub fn listings(on: &mut Read, filter: &ListingFilter, day: Day, page: &PageRequest) -> Outcome<Page<ListingView>> {
    let order = match filter.sort {
        None | Some(SortBy::Newest) => Order::Newest,
        Some(SortBy::PricePerKg) => Order::PricePerKg,
        Some(SortBy::Name) => Order::Name,
    };
    let rows = store::search(on, &wanted(filter)?, order, day, page)?;
    let page = Page::cut(rows, page, |(seq, row, ..)| keys(order, *seq, row));
    Ok(page.map(|(_, row, in_stock, halal_until)| view(row, in_stock, halal_until, day)))
}

/// When a listing was changed last.
///
/// # Errors
/// When the database fails.
pub fn changed_last(on: &mut Read) -> Outcome<Option<At>> {
    store::changed_last(on)
}

fn keys(order: Order, seq: i64, row: &ShownRow) -> Vec<String> {
    match order {
        Order::Newest => vec![seq.to_string()],
        Order::PricePerKg => vec![row.price_per_kg_fen.get().to_string(), seq.to_string()],
        Order::Name => vec![row.name_key.clone(), seq.to_string()],
    }
}

fn wanted(filter: &ListingFilter) -> Outcome<Wanted> {
    let within = |name: &str, value: Option<i64>, least: i64, most: i64| match value {
        Some(number) if !(least..=most).contains(&number) => {
            let message = Message::new(format!("应为 {least} 至 {most}"), format!("must be {least} to {most}"));
            Err(AppError::field(Code::InvalidParameter, name, message))
        }
        _ => Ok(()),
    };
    within("month", filter.month, 1, 12)?;
    within("price_per_kg_min", filter.price_per_kg_min, 0, Fen::MAX_INPUT)?;
    within("price_per_kg_max", filter.price_per_kg_max, 0, Fen::MAX_INPUT)?;
    Ok(Wanted {
        terms: filter.q.as_deref().map(searched).transpose()?,
        category: filter.category,
        county: filter.county,
        eligible: filter.eligible,
        certified: filter.certified,
        halal: filter.halal,
        supplier: filter.supplier,
        min_per_kg: filter.price_per_kg_min,
        max_per_kg: filter.price_per_kg_max,
        month_bits: filter.month.map(rules::bit),
    })
}

/// The terms of every searched word.
fn searched(text: &str) -> Outcome<String> {
    let refuse = |zh: &str, en: &str| Err(AppError::field(Code::InvalidParameter, "q", Message::new(zh, en)));
    if text.chars().count() > LONGEST_SEARCH {
        return refuse("最多 50 个字符", "has more than 50 characters");
    }
    let folded = search_text::fold(text);
    let mut terms: Vec<String> = folded.split(' ').flat_map(search_text::query_terms).collect();
    terms.sort();
    terms.dedup();
    if terms.is_empty() {
        return refuse("没有可搜索的文字", "has nothing to search for");
    }
    Ok(encode(&terms))
}

fn view(row: ShownRow, in_stock: bool, halal_until: Option<Day>, day: Day) -> ListingView {
    let until = row.certified_until.parse::<Day>().ok();
    let from = row.certified_from.parse::<Day>().ok();
    let certified = from.is_some_and(|from| from <= day) && until.is_some_and(|until| day <= until);
    ListingView {
        id: row.id,
        product_id: row.product_id,
        name: row.name,
        category: row.category,
        supplier_id: row.org_id,
        supplier_name: row.supplier_name,
        supplier_region: row.supplier_region,
        county: row.county,
        eligible: row.eligible,
        certified,
        certificate_number: row.certificate_number.filter(|_| certified),
        certified_until: until.filter(|_| certified),
        halal_until,
        unit: row.unit,
        net_weight_grams: row.net_weight_grams,
        weighed: row.weighed,
        tolerance_ppm: row.tolerance_ppm,
        price_fen: row.price_fen,
        price_per_kg_fen: row.price_per_kg_fen,
        months: Months::from_bits(row.months).numbers(),
        in_stock,
        listed_at: row.created_at,
    }
}

/// One listing, on sale or not: whoever ordered it may look it up later.
///
/// # Errors
/// `not_found`.
pub fn listing(on: &mut Read, id: ListingId, day: Day) -> Outcome<ListingDetail> {
    let rows = store::shown(on, id, day)?;
    let first = rows.first().cloned().ok_or_else(|| AppError::new(Code::NotFound))?;
    let told = rows.into_iter().filter_map(|row| row.cover);
    let certificates: Vec<_> = told.filter(|cover| !cover.bars).map(in_force).collect();
    let standing = Standing {
        status: first.standing.status,
        certified: !certificates.is_empty(),
        eligible: first.shown.eligible,
        mandated_until: first.standing.mandated_until,
        supplier_may_sell: first.supplier_may_sell,
    };
    let status = if rules::on_sale(standing, day).is_ok() { ListingStatus::OnSale } else { ListingStatus::Withdrawn };
    let halal = first.halal_number.zip(first.halal_issuer).zip(first.halal_until);
    Ok(ListingDetail {
        status,
        halal_certificate: halal.map(|((number, issuer), valid_until)| HalalInForce { number, issuer, valid_until }),
        description: first.product.description,
        mark: first.product.mark,
        origins: read_origins(&first.product.origins)?,
        certificates,
        version: first.standing.version,
        listing: view(first.shown, first.in_stock, first.halal_until, day),
    })
}
