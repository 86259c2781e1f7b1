//! The entries behind a figure: they sum to it, to the fen.

use super::sums::{origins, split_each};
use super::{Asked, VolumesWanted, check};
use crate::certification;
use crate::kernel::actor::Actor;
use crate::kernel::error::Outcome;
use crate::kernel::ids::{CountId, OrderId, SchemeId};
use crate::kernel::money::Fen;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::kernel::time::{At, Day};
use crate::platform::db::Read;
use crate::volumes::rules::{Apart, Dimension, Key, MONTH, VolumeSide};
use crate::volumes::store::Piece;
use crate::volumes::store::drill::{self as store, EntriesOf, Entry};
use serde::Serialize;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Seen;
use utoipa::ToSchema;

/// Which entries are asked for: those of volumes, narrowed to values of dimensions.
#[derive(Debug, Clone)]
pub struct EntriesWanted {
    /// Basis, months and side; by what they are told apart says nothing here.
    pub volumes: VolumesWanted,
    /// Of goods produced in this region.
    pub county: Option<RegionCode>,
    /// Values by the names of dimensions.
    pub values: BTreeMap<&'static str, String>,
    /// Certified under exactly these schemes; none is not certified.
    pub schemes: Option<Vec<SchemeId>>,
    /// With this tag.
    pub tag: Option<String>,
}

/// A counting entry: what a fact about a line of an order counted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VolumeEntryView {
    /// The order.
    pub order_id: OrderId,
    /// Its line.
    pub line_no: i64,
    /// What it is.
    pub name: String,
    /// The day to which it counts.
    pub day: Day,
    /// The counties of production that are asked for.
    pub counties: Vec<RegionCode>,
    /// Their part of the amount, in fen; negative where something was taken back.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// The whole amount of the entry, in fen.
    #[schema(value_type = i64)]
    pub whole_fen: Fen,
    /// 资金来源.
    pub fund: String,
    /// 购买目的.
    pub purpose: String,
    /// 四种模式.
    pub mode: String,
    /// 五进.
    pub channel: String,
    /// Whether it counts as certified.
    pub certified: bool,
    /// The region of the purchasing unit.
    pub purchaser_region: String,
}

/// The parts of an entry by county.
type Parts = Vec<(RegionCode, Fen)>;

/// A page of entries, those counted last first.
///
/// # Errors
/// `invalid_parameter`; when the database fails.
pub fn entries(
    read: &mut Read,
    actor: &Actor,
    wanted: &EntriesWanted,
    today: Day,
    page: &PageRequest,
) -> Outcome<Page<VolumeEntryView>> {
    check(&wanted.volumes.from, &wanted.volumes.to)?;
    let asked = Asked::of(actor, &wanted.volumes, today);
    let regions: Vec<RegionCode> = [wanted.county, asked.home].into_iter().flatten().collect();
    let narrowest = regions.iter().find(|one| regions.iter().all(|other| other.contains(one)));
    if narrowest.is_none() && !regions.is_empty() {
        // Of goods of another region nothing is shown.
        return Ok(Page { items: Vec::new(), next: None });
    }
    let value = |dimension: Dimension| wanted.values.get(dimension.as_str()).map_or("", String::as_str);
    let prefix = narrowest.map(|code| code.subtree().0);
    let some = wanted.schemes.as_ref().is_some_and(|schemes| !schemes.is_empty());
    let known: Vec<SchemeId> = if some { certification::scheme_names(read)?.into_keys().collect() } else { Vec::new() };
    let of = EntriesOf {
        basis: wanted.volumes.basis,
        from: &wanted.volumes.from,
        to: &wanted.volumes.to,
        reach: &asked.reach,
        values: [
            value(Dimension::Fund),
            value(Dimension::Purpose),
            value(Dimension::Mode),
            value(Dimension::ModeTerm),
            value(Dimension::Channel),
            value(Dimension::ChannelTerm),
            value(Dimension::Certified),
            value(Dimension::Eligible),
            value(Dimension::PurchaserKind),
            value(Dimension::PurchaserRegion),
        ],
        county: prefix.as_deref().unwrap_or_default(),
        schemes: wanted.schemes.as_deref().map(|exactly| (exactly, known.as_slice())),
        tag: wanted.tag.as_deref().unwrap_or_default(),
    };
    let keys: Option<(i64, CountId)> = page.keys()?;
    let rows = store::entries(read, &of, keys.map(|(at, id)| (At(at), id)), page.fetch())?;
    let mut parts = Several::default();
    let cut = Page::cut(rows, page, |row| vec![row.at.0.to_string(), row.id.to_string()]);
    cut.try_map(|row| {
        let within = |county: &RegionCode| narrowest.is_none_or(|region| region.contains(county));
        let own = parts.of(read, &row, of.basis)?.into_iter().filter(|(county, _)| within(county)).collect();
        view(&row, own)
    })
}

fn view(row: &Entry, own: Parts) -> Outcome<VolumeEntryView> {
    let volume = &row.volume;
    Ok(VolumeEntryView {
        order_id: row.order_id,
        line_no: row.line_no,
        name: row.name.clone(),
        day: row.day,
        amount_fen: Fen::total(own.iter().map(|(_, part)| *part))?,
        counties: own.into_iter().map(|(county, _)| county).collect(),
        whole_fen: Fen::new(volume.amount),
        fund: volume.fund.clone(),
        purpose: volume.purpose.clone(),
        mode: volume.mode.clone(),
        channel: volume.channel.clone(),
        certified: volume.certified == "true",
        purchaser_region: volume.purchaser_region.clone(),
    })
}

/// Parts of entries of lines of several counties, which follow from the entries before them; each order is looked up once.
#[derive(Default)]
struct Several(BTreeMap<OrderId, BTreeMap<CountId, Parts>>);

impl Several {
    fn of(&mut self, read: &mut Read, row: &Entry, basis: Basis) -> Outcome<Parts> {
        let origins = origins(&row.volume.county)?;
        if let [origin] = origins.as_slice() {
            return Ok(vec![(origin.county, Fen::new(row.volume.amount))]);
        }
        let parts = match self.0.entry(row.order_id) {
            Seen::Occupied(known) => known.into_mut(),
            Seen::Vacant(unknown) => unknown.insert(of_order(&store::of_order(read, row.order_id, basis)?)?),
        };
        Ok(parts.get(&row.id).cloned().unwrap_or_default())
    }
}

fn of_order(rows: &[Entry]) -> Outcome<BTreeMap<CountId, Parts>> {
    let several = rows.iter().filter(|row| row.volume.county.contains(",{"));
    let split = split_each(several.map(|row| {
        let (line_id, standing, volume) = (row.line_id.clone(), row.standing.clone(), row.volume.clone());
        let piece = Piece { line_id, standing, class_no: row.class_no, stage: String::new(), volume };
        ((row.line_id.as_slice(), row.standing.as_str(), row.class_no), row.id, piece)
    }))?;
    let coded = |parts: Vec<(String, Fen)>| {
        parts.into_iter().filter_map(|(county, part)| Some((county.parse().ok()?, part))).collect()
    };
    Ok(split.into_iter().map(|(id, parts)| (id, coded(parts))).collect())
}

/// Addresses of the entries behind rows.
pub struct Links {
    head: String,
    /// The month is said by the head, unless it is told apart.
    months: Option<String>,
    /// Every place that is told apart, and what it is called.
    places: Vec<(usize, &'static str)>,
}

impl Links {
    /// Of rows that are told apart by these places.
    pub fn new(wanted: &VolumesWanted, side: VolumeSide, shown: Apart) -> Links {
        let head = format!("/api/v1/reports/county-volumes/entries?basis={}&side={side}", wanted.basis);
        let months = (!shown[MONTH]).then(|| format!("&from={}&to={}", wanted.from, wanted.to));
        let named = Dimension::ALL.iter().map(|dimension| dimension.as_str()).enumerate();
        let places = named.filter(|(place, _)| shown[*place] && *place != MONTH).collect();
        Links { head, months, places }
    }

    /// The address of those behind one row.
    pub fn to(&self, key: &Key) -> String {
        let mut link = String::with_capacity(400);
        link.push_str(&self.head);
        match &self.months {
            Some(months) => link.push_str(months),
            None => ["&from=", &key[MONTH], "&to=", &key[MONTH]].iter().for_each(|part| link.push_str(part)),
        }
        for (place, name) in &self.places {
            let value = if key[*place].is_empty() { "-" } else { &key[*place] };
            ["&", name, "=", value].iter().for_each(|part| link.push_str(part));
        }
        link.shrink_to_fit();
        link
    }
}
