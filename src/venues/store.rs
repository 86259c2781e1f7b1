//! SQL of venues and of what they sold; decides nothing.

use super::rules::VenueKind;
use super::schema::{
    venue_entries as entries, venue_operators as operators, venue_sales as sales, venue_sources as sources, venues,
};
use crate::each;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CertificateId, OrderId, OrgId, ProductId, UserId, VenueEntryId, VenueId, VenueSaleId};
use crate::kernel::money::Fen;
use crate::kernel::page::PageRequest;
use crate::kernel::quantity::Quantity;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{At, Day};
use crate::platform::db::{Read, Tx, total};
use diesel::dsl::{insert_into, update};
use diesel::prelude::*;

/// A venue.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = venues, treat_none_as_default_value = false)]
pub struct VenueRow {
    pub id: VenueId,
    pub operator_id: OrgId,
    pub kind: VenueKind,
    pub name: String,
    pub region_code: RegionCode,
    pub place: String,
    pub opened_on: Day,
    pub closed_on: Option<Day>,
    pub closing_reason: Option<String>,
    pub office_org: OrgId,
    pub entered_by: UserId,
    pub entered_at: At,
    pub version: i64,
}

/// A sale.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sales, treat_none_as_default_value = false)]
pub struct SaleRow {
    pub id: VenueSaleId,
    pub venue_id: VenueId,
    pub receipt_no: String,
    pub receipt_key: String,
    pub sold_on: Day,
    pub name: String,
    pub product_id: Option<ProductId>,
    pub certificate_id: Option<CertificateId>,
    pub certificate_number: Option<String>,
    pub origins: String,
    pub quantity: Quantity,
    pub unit: String,
    pub amount_fen: Fen,
    pub sourced_fen: Fen,
    pub content: String,
    pub reported_by: UserId,
    pub reported_at: At,
    pub annulled_by: Option<UserId>,
    pub annulled_org: Option<OrgId>,
    pub annulled_at: Option<At>,
    pub annulment_reason: Option<String>,
}

/// Goods of a sale that were bought here.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = sources, treat_none_as_default_value = false)]
pub struct SourceRow {
    pub sale_id: VenueSaleId,
    pub position: i64,
    pub order_id: OrderId,
    pub line_no: i64,
    pub quantity: Quantity,
    pub amount_fen: Fen,
}

/// What a sale counts for a county.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = entries, treat_none_as_default_value = false)]
pub struct EntryRow {
    pub id: VenueEntryId,
    pub sale_id: VenueSaleId,
    pub venue_id: VenueId,
    pub operator_id: OrgId,
    pub kind: VenueKind,
    pub venue_region: RegionCode,
    pub times: i64,
    pub position: i64,
    pub county: RegionCode,
    pub month: String,
    pub certificate_id: Option<CertificateId>,
    pub total_fen: Fen,
    pub sourced_fen: Fen,
    pub recorded_on: Day,
}

pub fn insert(tx: &mut Tx<'_>, row: &VenueRow) -> Outcome<()> {
    each!(tx, c => {
        insert_into(operators::table).values((operators::org_id.eq(row.operator_id), operators::version.eq(0))).on_conflict_do_nothing().execute(c)?;
        insert_into(venues::table).values(row).execute(c)
    })?;
    Ok(())
}

/// Locks an operator's venues: nobody else reports or annuls its sales until the transaction ends.
pub fn claim_operator(tx: &mut Tx<'_>, org: OrgId) -> Outcome<()> {
    each!(tx, c => update(operators::table.find(org)).set(operators::version.eq(operators::version + 1)).execute(c))?;
    Ok(())
}

/// Locks and loads a venue, and raises its version; whoever asks: the caller checks whose it is.
pub fn claim(tx: &mut Tx<'_>, id: VenueId) -> Outcome<Option<VenueRow>> {
    Ok(each!(tx, c => update(venues::table.find(id)).set(venues::version.eq(venues::version + 1))
        .returning(VenueRow::as_returning()).get_result(c).optional())?)
}

/// Ends a claimed venue.
pub fn close(tx: &mut Tx<'_>, row: &VenueRow) -> Outcome<()> {
    let end = (venues::closed_on.eq(row.closed_on), venues::closing_reason.eq(row.closing_reason.clone()));
    each!(tx, c => update(venues::table.find(row.id)).set(end).execute(c))?;
    Ok(())
}

/// The last day on which a venue sold anything that stands.
pub fn last_sale(on: &mut Read, id: VenueId) -> Outcome<Option<Day>> {
    Ok(each!(on, c => sales::table.filter(sales::venue_id.eq(id)).filter(sales::annulled_at.is_null())
        .order(sales::sold_on.desc()).select(sales::sold_on).first(c).optional())?)
}

pub fn venue(on: &mut Read, id: VenueId) -> Outcome<Option<VenueRow>> {
    Ok(each!(on, c => venues::table.find(id).select(VenueRow::as_select()).first(c).optional())?)
}

/// Venues by their ids.
pub fn venues_by_id(on: &mut Read, ids: &[VenueId]) -> Outcome<Vec<VenueRow>> {
    Ok(
        each!(on, c => venues::table.filter(venues::id.eq_any(ids)).order(venues::id).select(VenueRow::as_select()).load(c))?,
    )
}

/// Whose venues are seen.
#[derive(Debug, Clone)]
pub enum Reach {
    /// Everybody's.
    Everything,
    /// Those in a region.
    Region((String, String)),
    /// Those of one operator.
    Own(OrgId),
}

/// Which venues a list shows.
#[derive(Debug, Clone, Default)]
pub struct VenuesWanted {
    pub kind: Option<VenueKind>,
    pub region: Option<RegionCode>,
    pub operator: Option<OrgId>,
    pub open_on: Option<Day>,
}

/// Venues within reach, the newest first; only the named one when an id is given.
pub fn venues(
    on: &mut Read,
    reach: &Reach,
    wanted: &VenuesWanted,
    only: Option<VenueId>,
    page: &PageRequest,
) -> Outcome<Vec<VenueRow>> {
    let after = page.key::<VenueId>()?;
    Ok(each!(on, c => {
        let mut query = venues::table.select(VenueRow::as_select()).into_boxed();
        match reach {
            Reach::Everything => {}
            Reach::Region((from, below)) => query = query.filter(venues::region_code.ge(from)).filter(venues::region_code.lt(below)),
            Reach::Own(org) => query = query.filter(venues::operator_id.eq(org)),
        }
        if let Some(id) = only {
            query = query.filter(venues::id.eq(id));
        }
        if let Some(kind) = wanted.kind {
            query = query.filter(venues::kind.eq(kind));
        }
        if let Some(region) = wanted.region {
            let (from, below) = region.subtree();
            query = query.filter(venues::region_code.ge(from)).filter(venues::region_code.lt(below));
        }
        if let Some(operator) = wanted.operator {
            query = query.filter(venues::operator_id.eq(operator));
        }
        if let Some(day) = wanted.open_on {
            query = query.filter(venues::opened_on.le(day)).filter(venues::closed_on.is_null().or(venues::closed_on.ge(day)));
        }
        if let Some(after) = after {
            query = query.filter(venues::id.lt(after));
        }
        query.order(venues::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// The standing sale of a receipt.
pub fn sale_of(on: &mut Read, venue: VenueId, receipt_key: &str) -> Outcome<Option<SaleRow>> {
    Ok(each!(on, c => sales::table.filter(sales::venue_id.eq(venue)).filter(sales::receipt_key.eq(receipt_key))
        .filter(sales::annulled_at.is_null()).select(SaleRow::as_select()).first(c).optional())?)
}

pub fn sale(on: &mut Read, id: VenueSaleId) -> Outcome<Option<SaleRow>> {
    Ok(each!(on, c => sales::table.find(id).select(SaleRow::as_select()).first(c).optional())?)
}

/// How much of an order's lines standing sales name.
pub fn sold_of(on: &mut Read, order: OrderId) -> Outcome<Vec<(i64, Quantity)>> {
    let found: Vec<(i64, i64)> = each!(on, c => sources::table.inner_join(sales::table.on(sales::id.eq(sources::sale_id)))
        .filter(sources::order_id.eq(order)).filter(sales::annulled_at.is_null()).group_by(sources::line_no)
        .select((sources::line_no, total("venue_sources.quantity"))).load(c))?;
    Ok(found.into_iter().map(|(line, milli)| (line, Quantity::from_milli(milli))).collect())
}

pub fn insert_sale(tx: &mut Tx<'_>, row: &SaleRow, of: &[SourceRow], counts: &[EntryRow]) -> Outcome<()> {
    each!(tx, c => {
        insert_into(sales::table).values(row).execute(c)?;
        insert_into(sources::table).values(of).execute(c)?;
        insert_into(entries::table).values(counts).execute(c)
    })?;
    Ok(())
}

/// Annuls a standing sale, by entries that take back what it counted.
pub fn annul(tx: &mut Tx<'_>, row: &SaleRow, counts: &[EntryRow]) -> Outcome<()> {
    let end = (
        sales::annulled_by.eq(row.annulled_by),
        sales::annulled_org.eq(row.annulled_org),
        sales::annulled_at.eq(row.annulled_at),
        sales::annulment_reason.eq(row.annulment_reason.clone()),
    );
    each!(tx, c => {
        update(sales::table.find(row.id)).set(end).execute(c)?;
        insert_into(entries::table).values(counts).execute(c)
    })?;
    Ok(())
}

/// The entries of a sale that counted it.
pub fn counted(on: &mut Read, id: VenueSaleId) -> Outcome<Vec<EntryRow>> {
    Ok(
        each!(on, c => entries::table.filter(entries::sale_id.eq(id)).filter(entries::times.eq(1)).order(entries::position)
        .select(EntryRow::as_select()).load(c))?,
    )
}

/// The sources of sales, by sale.
pub fn sources_of(on: &mut Read, ids: &[VenueSaleId]) -> Outcome<Vec<SourceRow>> {
    Ok(each!(on, c => sources::table.filter(sources::sale_id.eq_any(ids)).order((sources::sale_id, sources::position))
        .select(SourceRow::as_select()).load(c))?)
}

/// Which sales of a venue a list shows.
#[derive(Debug, Clone, Default)]
pub struct SalesWanted {
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub standing: Option<bool>,
    pub receipt_key: Option<String>,
}

/// Sales of a venue, those reported last first.
pub fn sales(on: &mut Read, venue: VenueId, wanted: &SalesWanted, page: &PageRequest) -> Outcome<Vec<SaleRow>> {
    let after = page.key::<VenueSaleId>()?;
    Ok(each!(on, c => {
        let mut query = sales::table.filter(sales::venue_id.eq(venue)).select(SaleRow::as_select()).into_boxed();
        if let Some(from) = wanted.from {
            query = query.filter(sales::sold_on.ge(from));
        }
        if let Some(to) = wanted.to {
            query = query.filter(sales::sold_on.le(to));
        }
        match wanted.standing {
            Some(true) => query = query.filter(sales::annulled_at.is_null()),
            Some(false) => query = query.filter(sales::annulled_at.is_not_null()),
            None => {}
        }
        if let Some(key) = &wanted.receipt_key {
            query = query.filter(sales::receipt_key.eq(key));
        }
        if let Some(after) = after {
            query = query.filter(sales::id.lt(after));
        }
        query.order(sales::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// What entries are summed.
#[derive(Debug, Clone)]
pub struct SumsWanted {
    /// First and last month.
    pub months: (String, String),
    /// Recorded until the end of this day.
    pub as_of: Day,
    /// Goods of these counties.
    pub counties: Option<(String, String)>,
    /// Sold at venues of this region.
    pub venues: Option<(String, String)>,
    /// Sold by this operator.
    pub operator: Option<OrgId>,
    /// Of these entries only.
    pub of: SoldOf,
}

/// What else tells apart the entries that are meant.
#[derive(Debug, Clone, Default)]
pub struct SoldOf {
    /// Of this venue.
    pub venue: Option<VenueId>,
    /// Of venues of this kind.
    pub kind: Option<VenueKind>,
    /// Of venues of exactly this region.
    pub venue_region: Option<RegionCode>,
    /// Produced in exactly this county.
    pub county: Option<RegionCode>,
    /// Certified or not.
    pub certified: Option<bool>,
}

/// Narrows a query of entries to what is asked for, but for certificates.
macro_rules! narrowed {
    ($query:expr, $wanted:expr) => {{
        let wanted: &SumsWanted = $wanted;
        let mut query = $query;
        query = query.filter(entries::month.between(&wanted.months.0, &wanted.months.1));
        query = query.filter(entries::recorded_on.le(wanted.as_of));
        if let Some((from, below)) = &wanted.counties {
            query = query.filter(entries::county.ge(from)).filter(entries::county.lt(below));
        }
        if let Some((from, below)) = &wanted.venues {
            query = query.filter(entries::venue_region.ge(from)).filter(entries::venue_region.lt(below));
        }
        if let Some(operator) = wanted.operator {
            query = query.filter(entries::operator_id.eq(operator));
        }
        if let Some(venue) = wanted.of.venue {
            query = query.filter(entries::venue_id.eq(venue));
        }
        if let Some(kind) = wanted.of.kind {
            query = query.filter(entries::kind.eq(kind));
        }
        if let Some(region) = wanted.of.venue_region {
            query = query.filter(entries::venue_region.eq(region));
        }
        if let Some(county) = wanted.of.county {
            query = query.filter(entries::county.eq(county));
        }
        query
    }};
}

/// A sum of entries; `certificate_id` tells apart what may turn out to be uncertified.
#[derive(Debug, Clone, Queryable)]
pub struct SumRow {
    pub venue_id: VenueId,
    pub kind: VenueKind,
    pub venue_region: RegionCode,
    pub county: RegionCode,
    pub month: String,
    pub certificate_id: Option<CertificateId>,
    pub total_fen: i64,
    pub sourced_fen: i64,
}

/// Sums of entries by everything that reports tell apart.
pub fn sums(on: &mut Read, wanted: &SumsWanted) -> Outcome<Vec<SumRow>> {
    let apart = || {
        (
            entries::venue_id,
            entries::kind,
            entries::venue_region,
            entries::county,
            entries::month,
            entries::certificate_id,
        )
    };
    Ok(each!(on, c => {
        let query = entries::table.group_by(apart())
            .select((entries::venue_id, entries::kind, entries::venue_region, entries::county, entries::month, entries::certificate_id,
                total("total_fen"), total("sourced_fen"))).into_boxed();
        narrowed!(query, wanted).load(c)
    })?)
}

/// The certificates of the entries that are meant.
pub fn certificates_of(on: &mut Read, wanted: &SumsWanted) -> Outcome<Vec<CertificateId>> {
    let found: Vec<Option<CertificateId>> = each!(on, c => {
        let query = entries::table.filter(entries::certificate_id.is_not_null()).select(entries::certificate_id).distinct().into_boxed();
        narrowed!(query, wanted).load(c)
    })?;
    Ok(found.into_iter().flatten().collect())
}

/// Entries that are meant with their sales, those recorded last first; of certified goods those of other certificates than these.
pub fn entries(
    on: &mut Read,
    wanted: &SumsWanted,
    invalid: &[CertificateId],
    page: &PageRequest,
) -> Outcome<Vec<(EntryRow, SaleRow)>> {
    let after = page.key::<VenueEntryId>()?;
    Ok(each!(on, c => {
        let query = entries::table.inner_join(sales::table.on(sales::id.eq(entries::sale_id)))
            .select((EntryRow::as_select(), SaleRow::as_select())).into_boxed();
        let mut query = narrowed!(query, wanted);
        match wanted.of.certified {
            Some(true) => query = query.filter(entries::certificate_id.is_not_null()).filter(entries::certificate_id.ne_all(invalid)),
            Some(false) => query = query.filter(entries::certificate_id.is_null().or(entries::certificate_id.eq_any(invalid))),
            None => {}
        }
        if let Some(after) = after {
            query = query.filter(entries::id.lt(after));
        }
        query.order(entries::id.desc()).limit(page.fetch()).load(c)
    })?)
}

/// A sale whose entries are not what it says: its id, what it says, what they sum to.
#[derive(Debug, QueryableByName)]
pub struct Wrong {
    #[diesel(sql_type = diesel::sql_types::Binary)]
    pub id: Vec<u8>,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub reported: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    pub counted: i64,
}

/// Sales whose entries, or whose sources, do not sum to what they say.
pub fn wrong(on: &mut Read) -> Outcome<Vec<Wrong>> {
    let text = "SELECT f.id AS id, f.reported AS reported, f.counted AS counted FROM (
        SELECT s.id AS id, CASE WHEN s.annulled_at IS NULL THEN s.amount_fen ELSE 0 END AS reported,
            CAST(COALESCE((SELECT SUM(e.total_fen) FROM venue_entries e WHERE e.sale_id = s.id), 0) AS BIGINT) AS counted FROM venue_sales s
        UNION ALL
        SELECT s.id AS id, CASE WHEN s.annulled_at IS NULL THEN s.sourced_fen ELSE 0 END AS reported,
            CAST(COALESCE((SELECT SUM(e.sourced_fen) FROM venue_entries e WHERE e.sale_id = s.id), 0) AS BIGINT) AS counted FROM venue_sales s
        UNION ALL
        SELECT s.id AS id, s.sourced_fen AS reported,
            CAST(COALESCE((SELECT SUM(b.amount_fen) FROM venue_sources b WHERE b.sale_id = s.id), 0) AS BIGINT) AS counted FROM venue_sales s
        ) f WHERE f.reported <> f.counted ORDER BY f.id";
    Ok(each!(on, c => diesel::sql_query(text).load(c))?)
}
