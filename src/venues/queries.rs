//! Venues and their sales as they are answered, and what reports of volumes add up.

use super::commands::{Feed, added};
use super::rules::VenueKind;
use super::store::{self, Reach, SaleRow, SalesWanted, SoldOf, SourceRow, SumRow, SumsWanted, VenueRow, VenuesWanted};
use crate::certification;
use crate::identity;
use crate::kernel::actor::{Actor, Scope};
use crate::kernel::error::{AppError, Code, Outcome};
use crate::kernel::ids::{CertificateId, OrderId, OrgId, ProductId, VenueEntryId, VenueId, VenueSaleId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::platform::http::etag;
use crate::platform::secret::hex;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// A venue (专柜、专馆、专区).
#[derive(Debug, Serialize, ToSchema)]
pub struct VenueView {
    /// Its id.
    pub id: VenueId,
    /// What it is.
    pub kind: VenueKind,
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator_id: OrgId,
    /// Its name.
    pub operator_name: String,
    /// Where it is.
    pub region_code: RegionCode,
    /// Its address.
    pub place: String,
    /// The first day of sales.
    pub opened_on: Day,
    /// The last day of sales.
    pub closed_on: Option<Day>,
    /// Why it was closed.
    pub closing_reason: Option<String>,
    /// When an office entered it.
    pub entered_at: At,
    /// The entity tag of this state.
    #[schema(example = "\"v1\"")]
    pub etag: String,
}

/// A county of production of a sale.
#[derive(Debug, Serialize, ToSchema)]
pub struct VenueSaleOrigin {
    /// The county.
    pub county: RegionCode,
    /// Its share, in parts per million.
    pub share_ppm: i64,
}

/// Goods of a sale that were bought here.
#[derive(Debug, Serialize, ToSchema)]
pub struct VenueSaleSource {
    /// The order.
    pub order_id: OrderId,
    /// Its line.
    pub line_no: i64,
    /// How much of it, in the line's unit.
    pub quantity: Quantity,
    /// What that fetched, in fen.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
}

/// What a venue sold on one receipt.
#[derive(Debug, Serialize, ToSchema)]
pub struct VenueSaleView {
    /// Its id.
    pub id: VenueSaleId,
    /// The venue.
    pub venue_id: VenueId,
    /// The receipt's number.
    pub receipt_no: String,
    /// The day.
    pub sold_on: Day,
    /// What the receipt calls the goods.
    pub name: String,
    /// The product, where it is known.
    pub product_id: Option<ProductId>,
    /// The certificate that was in force on that day.
    pub certificate_number: Option<String>,
    /// Whether the goods were certified; no longer once their certificate was found never to have been valid.
    pub certified: bool,
    /// Counties of production.
    pub origins: Vec<VenueSaleOrigin>,
    /// How much.
    pub quantity: Quantity,
    /// What one unit is called.
    pub unit: String,
    /// For how much, in fen.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// What of it goods fetched whose volume their orders count, in fen.
    #[schema(value_type = i64)]
    pub sourced_fen: Fen,
    /// The remainder, which is added to volumes, in fen.
    #[schema(value_type = i64)]
    pub added_fen: Fen,
    /// The goods that were bought here.
    pub sources: Vec<VenueSaleSource>,
    /// When it was reported.
    pub reported_at: At,
    /// When it was annulled.
    pub annulled_at: Option<At>,
    /// Why.
    pub annulment_reason: Option<String>,
}

/// A sale of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct FedSale {
    /// Its id.
    pub id: VenueSaleId,
    /// The receipt's number.
    pub receipt_no: String,
}

/// What a report of sales came to.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedView {
    /// Sales that are new.
    pub added: Vec<FedSale>,
    /// Sales that were reported before, and are not counted again.
    pub known: Vec<FedSale>,
    /// What the new ones come to, in fen.
    #[schema(value_type = i64)]
    pub total_fen: Fen,
    /// The certified part of it, in fen.
    #[schema(value_type = i64)]
    pub certified_fen: Fen,
    /// What of it orders count already, in fen.
    #[schema(value_type = i64)]
    pub sourced_fen: Fen,
    /// The remainder, which is added to volumes, in fen.
    #[schema(value_type = i64)]
    pub added_fen: Fen,
}

/// What a report came to.
///
/// # Errors
/// When sums do not fit.
pub fn feed_view(feed: &Feed) -> Outcome<FeedView> {
    let fed = |row: &SaleRow| FedSale { id: row.id, receipt_no: row.receipt_no.clone() };
    let certified = feed.added.iter().filter(|row| row.certificate_id.is_some());
    let added_each: Vec<Fen> = feed.added.iter().map(added).collect::<Outcome<_>>()?;
    Ok(FeedView {
        added: feed.added.iter().map(fed).collect(),
        known: feed.known.iter().map(fed).collect(),
        total_fen: Fen::total(feed.added.iter().map(|row| row.amount_fen))?,
        certified_fen: Fen::total(certified.map(|row| row.amount_fen))?,
        sourced_fen: Fen::total(feed.added.iter().map(|row| row.sourced_fen))?,
        added_fen: Fen::total(added_each)?,
    })
}

/// Whose venues an actor sees: offices and auditors those of their region, an organisation its own.
fn reach(actor: &Actor) -> Reach {
    match &actor.scope {
        Scope::Platform => Reach::Everything,
        Scope::Region(region) => Reach::Region(region.subtree()),
        Scope::UnitTree(org) | Scope::Org(org) => Reach::Own(*org),
    }
}

/// Venues as they are shown.
///
/// # Errors
/// When the database fails.
pub fn venue_views(read: &mut Read, rows: Vec<VenueRow>) -> Outcome<Vec<VenueView>> {
    let ids: BTreeSet<OrgId> = rows.iter().map(|row| row.operator_id).collect();
    let operators = identity::organisations(read, &ids.into_iter().collect::<Vec<_>>())?;
    let names: BTreeMap<OrgId, String> = operators.into_iter().map(|org| (org.id, org.name)).collect();
    let view = |row: VenueRow| VenueView {
        id: row.id,
        kind: row.kind,
        name: row.name,
        operator_id: row.operator_id,
        operator_name: names.get(&row.operator_id).cloned().unwrap_or_default(),
        region_code: row.region_code,
        place: row.place,
        opened_on: row.opened_on,
        closed_on: row.closed_on,
        closing_reason: row.closing_reason,
        entered_at: row.entered_at,
        etag: etag(row.version),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A venue in scope, and its version.
///
/// # Errors
/// `not_found` outside the scope.
pub fn venue(read: &mut Read, actor: &Actor, id: VenueId) -> Outcome<(VenueView, i64)> {
    let row = in_scope(read, actor, id)?;
    let version = row.version;
    let view = venue_views(read, vec![row])?.pop().ok_or_else(|| AppError::internal("a venue without a view"))?;
    Ok((view, version))
}

fn in_scope(read: &mut Read, actor: &Actor, id: VenueId) -> Outcome<VenueRow> {
    let found = store::venues(read, &reach(actor), &VenuesWanted::default(), Some(id), &PageRequest::first(1))?;
    found.into_iter().next().ok_or_else(|| Code::NotFound.into())
}

/// Venues in scope, the newest first.
///
/// # Errors
/// `invalid_parameter` for a cursor of another list; when the database fails.
pub fn venues(read: &mut Read, actor: &Actor, wanted: &VenuesWanted, page: &PageRequest) -> Outcome<Page<VenueView>> {
    let rows = store::venues(read, &reach(actor), wanted, None, page)?;
    let cut = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: venue_views(read, cut.items)?, next: cut.next })
}

/// Sales as they are shown.
///
/// # Errors
/// When the database fails.
pub fn sale_views(read: &mut Read, rows: Vec<SaleRow>) -> Outcome<Vec<VenueSaleView>> {
    let ids: Vec<VenueSaleId> = rows.iter().map(|row| row.id).collect();
    let mut sources: BTreeMap<VenueSaleId, Vec<SourceRow>> = BTreeMap::new();
    for source in store::sources_of(read, &ids)? {
        sources.entry(source.sale_id).or_default().push(source);
    }
    let invalid = never_valid(read, rows.iter().filter_map(|row| row.certificate_id), None)?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let origins: Vec<(RegionCode, i64)> = serde_json::from_str(&row.origins).map_err(AppError::internal)?;
        let shown = |source: SourceRow| VenueSaleSource {
            order_id: source.order_id,
            line_no: source.line_no,
            quantity: source.quantity,
            amount_fen: source.amount_fen,
        };
        views.push(VenueSaleView {
            id: row.id,
            venue_id: row.venue_id,
            added_fen: added(&row)?,
            certified: row.certificate_id.is_some_and(|id| !invalid.contains(&id)),
            origins: origins.into_iter().map(|(county, share_ppm)| VenueSaleOrigin { county, share_ppm }).collect(),
            sources: sources.remove(&row.id).unwrap_or_default().into_iter().map(shown).collect(),
            receipt_no: row.receipt_no,
            sold_on: row.sold_on,
            name: row.name,
            product_id: row.product_id,
            certificate_number: row.certificate_number,
            quantity: row.quantity,
            unit: row.unit,
            amount_fen: row.amount_fen,
            sourced_fen: row.sourced_fen,
            reported_at: row.reported_at,
            annulled_at: row.annulled_at,
            annulment_reason: row.annulment_reason,
        });
    }
    Ok(views)
}

/// Those of the certificates that were found until the end of a day never to have been valid; until now without one.
fn never_valid(
    read: &mut Read,
    ids: impl Iterator<Item = CertificateId>,
    until: Option<Day>,
) -> Outcome<BTreeSet<CertificateId>> {
    let ids: Vec<CertificateId> = ids.collect::<BTreeSet<_>>().into_iter().collect();
    let found = match until {
        Some(day) => certification::annulled_until(read, &ids, day)?,
        None => certification::annulled_of(read, &ids)?,
    };
    Ok(found.into_iter().collect())
}

/// Sales of a venue in scope, those reported last first.
///
/// # Errors
/// `not_found` for a venue outside the scope; when the database fails.
pub fn sales(
    read: &mut Read,
    actor: &Actor,
    id: VenueId,
    wanted: &SalesWanted,
    page: &PageRequest,
) -> Outcome<Page<VenueSaleView>> {
    let venue = in_scope(read, actor, id)?;
    let rows = store::sales(read, venue.id, wanted, page)?;
    let cut = Page::cut(rows, page, |row| vec![row.id.to_string()]);
    Ok(Page { items: sale_views(read, cut.items)?, next: cut.next })
}

/// Which sales reports add up.
#[derive(Debug, Clone)]
pub struct SoldIn {
    /// First and last month, `YYYY-MM`.
    pub months: (String, String),
    /// By what was recorded until the end of this day.
    pub as_of: Day,
    /// Only goods from this region, wherever they were sold.
    pub from: Option<RegionCode>,
    /// What else is asked for.
    pub of: SoldOf,
}

/// What venues sold, by everything that reports tell apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldSum {
    /// The venue.
    pub venue_id: VenueId,
    /// What it is.
    pub kind: VenueKind,
    /// Its name.
    pub venue_name: String,
    /// Where it is.
    pub venue_region: RegionCode,
    /// County of production.
    pub county: RegionCode,
    /// The month.
    pub month: String,
    /// Whether the goods were certified.
    pub certified: bool,
    /// For how much, in fen.
    pub total: Fen,
    /// What of it orders count, in fen.
    pub sourced: Fen,
}

/// What is summed: goods from a region where that is asked for, and otherwise what venues sold that the actor sees.
fn summed(actor: &Actor, asked: &SoldIn) -> SumsWanted {
    let (venues, operator) = match (asked.from, reach(actor)) {
        (Some(_), _) | (None, Reach::Everything) => (None, None),
        (None, Reach::Region(bounds)) => (Some(bounds), None),
        (None, Reach::Own(org)) => (None, Some(org)),
    };
    let counties = asked.from.map(|region| region.subtree());
    SumsWanted { months: asked.months.clone(), as_of: asked.as_of, counties, venues, operator, of: asked.of.clone() }
}

/// What venues sold, in scope.
///
/// # Errors
/// When the database fails.
pub fn sold(read: &mut Read, actor: &Actor, asked: &SoldIn) -> Outcome<Vec<SoldSum>> {
    let rows = store::sums(read, &summed(actor, asked))?;
    let invalid = never_valid(read, rows.iter().filter_map(|row| row.certificate_id), Some(asked.as_of))?;
    let ids: BTreeSet<VenueId> = rows.iter().map(|row| row.venue_id).collect();
    let known = store::venues_by_id(read, &ids.into_iter().collect::<Vec<_>>())?;
    let names: BTreeMap<VenueId, String> = known.into_iter().map(|row| (row.id, row.name)).collect();
    let sum = |row: SumRow| SoldSum {
        venue_id: row.venue_id,
        kind: row.kind,
        venue_name: names.get(&row.venue_id).cloned().unwrap_or_default(),
        venue_region: row.venue_region,
        county: row.county,
        month: row.month,
        certified: row.certificate_id.is_some_and(|id| !invalid.contains(&id)),
        total: Fen::new(row.total_fen),
        sourced: Fen::new(row.sourced_fen),
    };
    let wanted = |sum: &SoldSum| asked.of.certified.is_none_or(|certified| certified == sum.certified);
    Ok(rows.into_iter().map(sum).filter(wanted).collect())
}

/// What a sale counts for one county, or what its annulment takes back.
#[derive(Debug, Serialize, ToSchema)]
pub struct VenueEntryView {
    /// Its id.
    pub id: VenueEntryId,
    /// The venue.
    pub venue_id: VenueId,
    /// The sale.
    pub sale_id: VenueSaleId,
    /// The receipt's number.
    pub receipt_no: String,
    /// The day of the sale.
    pub sold_on: Day,
    /// What the receipt calls the goods.
    pub name: String,
    /// Whether the goods were certified.
    pub certified: bool,
    /// County of production.
    pub county: RegionCode,
    /// Whether it takes back what the sale counted.
    pub annulled: bool,
    /// Its part of the sale, in fen.
    #[schema(value_type = i64)]
    pub total_fen: Fen,
    /// What of it orders count, in fen.
    #[schema(value_type = i64)]
    pub sourced_fen: Fen,
    /// The remainder, in fen.
    #[schema(value_type = i64)]
    pub added_fen: Fen,
    /// The day on which it was recorded.
    pub recorded_on: Day,
}

/// The entries behind what venues sold, those recorded last first.
///
/// # Errors
/// `invalid_parameter` for a cursor of another list; when the database fails.
pub fn sold_entries(
    read: &mut Read,
    actor: &Actor,
    asked: &SoldIn,
    page: &PageRequest,
) -> Outcome<Page<VenueEntryView>> {
    let wanted = summed(actor, asked);
    let certificates = store::certificates_of(read, &wanted)?;
    let invalid = never_valid(read, certificates.into_iter(), Some(asked.as_of))?;
    let rows = store::entries(read, &wanted, &invalid.iter().copied().collect::<Vec<_>>(), page)?;
    Page::cut(rows, page, |(entry, _)| vec![entry.id.to_string()]).try_map(|(entry, sale)| {
        Ok(VenueEntryView {
            id: entry.id,
            venue_id: entry.venue_id,
            sale_id: entry.sale_id,
            receipt_no: sale.receipt_no,
            sold_on: sale.sold_on,
            name: sale.name,
            certified: entry.certificate_id.is_some_and(|id| !invalid.contains(&id)),
            county: entry.county,
            annulled: entry.times < 0,
            added_fen: entry.total_fen.minus(entry.sourced_fen)?,
            total_fen: entry.total_fen,
            sourced_fen: entry.sourced_fen,
            recorded_on: entry.recorded_on,
        })
    })
}

/// Sales whose entries or sources do not sum to what they say: which, what is said, what was found.
///
/// # Errors
/// When the database fails.
pub fn verify(read: &mut Read) -> Outcome<Vec<String>> {
    let wrong = store::wrong(read)?;
    Ok(wrong.iter().map(|row| format!("{} {} <> {}", hex(&row.id), row.reported, row.counted)).collect())
}
