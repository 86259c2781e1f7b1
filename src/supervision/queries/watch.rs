//! What offices, auditors, the operator and suppliers see of the price watch.

use crate::kernel::actor::Scope;
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::{FindingId, ListingId, OrgId, PriceAlertId, RuleId, UserId};
use crate::kernel::money::{Fen, Ppm};
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::{Category, Mark};
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::supervision::prices::{self, Watched};
use crate::supervision::rules::{Month, PriceAlertState, PriceReason, SettledBy, price_words};
use crate::supervision::store::{self, AlertRow, MedianRow, WantedAlerts};
use serde::Serialize;
use utoipa::ToSchema;

/// A listing on sale whose price is too high, for one reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct HighPrice {
    /// The listing.
    pub listing_id: ListingId,
    /// Its name.
    pub name: String,
    /// Who sells it.
    pub supplier_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// Where the supplier is registered.
    pub region_code: RegionCode,
    /// Its category.
    pub category: Category,
    /// Its mark.
    pub mark: Mark,
    /// The county that most of it comes from.
    pub county: RegionCode,
    /// Why it is too high.
    pub reason: PriceReason,
    /// In words, Chinese.
    pub reason_zh: String,
    /// In words, English.
    pub reason_en: String,
    /// The price of a kilogram.
    pub price_per_kg_fen: Fen,
    /// Where the like goods are from: a prefecture, or a province; only where they are the reason.
    pub compared_in: Option<RegionCode>,
    /// The median of the like goods of other suppliers.
    pub median_fen: Option<Fen>,
    /// How many listings these are.
    pub like_goods: Option<i64>,
    /// How far above the median is too high.
    pub factor_ppm: Ppm,
    /// The rule row of the factor.
    pub factor_rule_id: RuleId,
    /// The rule row of how many like goods are enough.
    pub goods_rule_id: RuleId,
    /// The like price per kilogram that the supplier declared, where it can be brought to a kilogram.
    pub evidence_fen: Option<Fen>,
}

impl HighPrice {
    fn of(watched: &Watched, reason: PriceReason) -> HighPrice {
        let (listing, compared) = (&watched.listing, watched.compared(reason));
        let other = watched.other(reason).unwrap_or(Fen::ZERO);
        let goods = compared.map_or(0, |with| with.goods);
        let (zh, en) = price_words(reason, listing.per_kg, other, watched.rules.factor, goods);
        HighPrice {
            listing_id: listing.id,
            name: listing.name.clone(),
            supplier_id: listing.org_id,
            supplier_name: listing.supplier_name.clone(),
            region_code: listing.supplier_region,
            category: listing.category,
            mark: listing.mark,
            county: listing.county,
            reason,
            reason_zh: zh,
            reason_en: en,
            price_per_kg_fen: listing.per_kg,
            compared_in: compared.map(|with| with.region),
            median_fen: compared.map(|with| with.median),
            like_goods: compared.map(|with| with.goods),
            factor_ppm: watched.rules.factor,
            factor_rule_id: watched.rules.factor_rule,
            goods_rule_id: watched.rules.least_rule,
            evidence_fen: watched.offer.declared.map(|like| like.per_kg),
        }
    }
}

fn sees(scope: &Scope, region: &RegionCode, org: OrgId) -> bool {
    match scope {
        Scope::Platform => true,
        Scope::Region(code) => code.contains(region),
        Scope::Org(own) | Scope::UnitTree(own) => *own == org,
    }
}

/// What is on sale in scope and too high, by the prices of the month that runs; in the order of listings and reasons.
pub fn price_watch(
    on: &mut Read,
    scope: &Scope,
    (category, reason): (Option<Category>, Option<PriceReason>),
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<HighPrice>> {
    let after = page.keys::<ListingId, PriceReason>()?;
    let looked = prices::look(on, &Month::of(today), today)?;
    let seen = looked.offers.iter().filter(|one| sees(scope, &one.listing.supplier_region, one.listing.org_id));
    let seen = seen.filter(|one| category.is_none_or(|category| one.listing.category == category));
    let rows = seen.flat_map(|one| one.reasons().map(move |reason| (one, reason)));
    let rows = rows.filter(|(_, is)| reason.is_none_or(|wanted| wanted == *is));
    let rows = rows.filter(|(one, is)| after.is_none_or(|last| (one.listing.id, *is) > last));
    let most = usize::try_from(page.fetch()).unwrap_or(0);
    let rows = rows.take(most).map(|(one, reason)| HighPrice::of(one, reason)).collect();
    Ok(Page::cut(rows, page, |row: &HighPrice| vec![row.listing_id.to_string(), row.reason.to_string()]))
}

/// A median of a month that ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceMedianView {
    /// The category.
    pub category: Category,
    /// The mark.
    pub mark: Mark,
    /// A prefecture or a province.
    pub region_code: RegionCode,
    /// How many different prices of listings.
    pub goods: i64,
    /// How many suppliers.
    pub suppliers: i64,
    /// The median per kilogram, all suppliers together.
    pub median_fen: Fen,
}

impl From<MedianRow> for PriceMedianView {
    fn from(row: MedianRow) -> PriceMedianView {
        PriceMedianView {
            category: row.category,
            mark: row.mark,
            region_code: row.region_code,
            goods: row.goods,
            suppliers: row.suppliers,
            median_fen: row.median_fen,
        }
    }
}

/// The medians that were kept of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceMonth {
    /// The month.
    pub month: String,
    /// In the order of category, mark and region; empty before the month is kept.
    pub medians: Vec<PriceMedianView>,
}

/// A month as it is asked for, `YYYY-MM`.
///
/// # Errors
/// `invalid_parameter`.
pub fn asked_month(text: &str) -> Outcome<Month> {
    let day: Option<Day> = format!("{text}-01").parse().ok();
    let message = Message::new("应为 YYYY-MM", "must be YYYY-MM");
    day.map(Month::of).ok_or_else(|| AppError::field(Code::InvalidParameter, "month", message))
}

/// The medians that were kept of a month.
pub fn price_month(on: &mut Read, month: &Month, category: Option<Category>) -> Outcome<PriceMonth> {
    let medians = store::medians(on, &month.name, category)?.into_iter().map(PriceMedianView::from).collect();
    Ok(PriceMonth { month: month.name.clone(), medians })
}

/// A price alert.
#[derive(Debug, Serialize, ToSchema)]
pub struct PriceAlertView {
    /// Its id.
    pub id: PriceAlertId,
    /// The month at whose end it was raised.
    pub month: String,
    /// The last month at whose end it still held.
    pub last_month: String,
    /// The listing.
    pub listing_id: ListingId,
    /// Its name.
    pub name: String,
    /// Who sells it.
    pub supplier_id: OrgId,
    /// The supplier's name.
    pub supplier_name: String,
    /// Where the supplier is registered.
    pub region_code: RegionCode,
    /// Why it was raised.
    pub reason: PriceReason,
    /// In words, Chinese.
    pub reason_zh: String,
    /// In words, English.
    pub reason_en: String,
    /// The price of a kilogram then.
    pub price_per_kg_fen: Fen,
    /// Where the like goods are from.
    pub compared_in: Option<RegionCode>,
    /// The median of the like goods of other suppliers.
    pub median_fen: Option<Fen>,
    /// How many listings these were.
    pub like_goods: Option<i64>,
    /// How far above the median was too high.
    pub factor_ppm: Option<Ppm>,
    /// The rule row of the factor.
    pub factor_rule_id: Option<RuleId>,
    /// The rule row of how many like goods are enough.
    pub goods_rule_id: Option<RuleId>,
    /// The like price per kilogram that the supplier declared.
    pub evidence_fen: Option<Fen>,
    /// Where it stands.
    pub state: PriceAlertState,
    /// What settled it.
    pub settled_by: Option<SettledBy>,
    /// The finding that was opened.
    pub finding_id: Option<FindingId>,
    /// Who pursued or dismissed it.
    pub decided_by: Option<UserId>,
    /// Why it was dismissed.
    pub decision_reason: Option<String>,
    /// When it was raised.
    pub raised_at: At,
    /// When it was settled or dismissed.
    pub ended_at: Option<At>,
    /// Send it as If-Match with what is done about it.
    #[schema(example = "\"v1\"")]
    pub etag: String,
}

impl From<AlertRow> for PriceAlertView {
    fn from(row: AlertRow) -> PriceAlertView {
        let other = match row.reason {
            PriceReason::AboveMedian => row.median_fen,
            PriceReason::AboveEvidence => row.evidence_fen,
        };
        let (factor, goods) = (row.factor_ppm.unwrap_or(Ppm(0)), row.goods.unwrap_or(0));
        let (zh, en) = price_words(row.reason, row.price_fen, other.unwrap_or(Fen::ZERO), factor, goods);
        PriceAlertView {
            etag: etag(row.version),
            id: row.id,
            month: row.month,
            last_month: row.last_month,
            listing_id: row.listing_id,
            name: row.name,
            supplier_id: row.org_id,
            supplier_name: row.org_name,
            region_code: row.region_code,
            reason: row.reason,
            reason_zh: zh,
            reason_en: en,
            price_per_kg_fen: row.price_fen,
            compared_in: row.compared_in,
            median_fen: row.median_fen,
            like_goods: row.goods,
            factor_ppm: row.factor_ppm,
            factor_rule_id: row.factor_rule_id,
            goods_rule_id: row.goods_rule_id,
            evidence_fen: row.evidence_fen,
            state: row.state,
            settled_by: row.settled_by,
            finding_id: row.finding_id,
            decided_by: row.decided_by,
            decision_reason: row.decision_reason,
            raised_at: row.raised_at,
            ended_at: row.ended_at,
        }
    }
}

/// Alerts in scope, the latest first.
pub fn price_alerts(
    on: &mut Read,
    scope: &Scope,
    wanted: &WantedAlerts,
    page: &PageRequest,
) -> Outcome<Page<PriceAlertView>> {
    let rows = store::alerts(on, scope, wanted, page.key()?, page.fetch())?;
    Ok(Page::cut(rows, page, |row| vec![row.id.to_string()]).map(PriceAlertView::from))
}
