//! Volumes as they are answered.

mod counties;
mod drill;
mod overlays;
mod pairings;
mod picture;
mod rows;
mod sums;
mod table;
mod venues;
mod verify;
mod words;

pub use counties::{CountyMonth, MonthOfCounties, county_month, entries_by_month, months_split_with};
pub use drill::{EntriesWanted, VolumeEntryView, entries};
pub use overlays::OverlayView;
pub use pairings::{PairingActivityView, PairingReport, pairing_activities, pairing_entries, pairing_volumes};
pub use picture::picture;
pub use sums::{Folder, Sums};
pub use venues::{VenueAmounts, VenueDimension, VenueSalesReport, VenueSalesWanted, venue_entries, venue_sales};
pub use verify::verify_sums;

use super::rules::{Apart, COUNTY, Dimension, Key, MONTH, TAGS, VolumeSide, apart};
use super::store::{self, VolumesOf, Which};
use crate::kernel::actor::{Actor, OrgKind, Scope};
use crate::kernel::error::{AppError, Code, Message, Outcome};
use crate::kernel::ids::SchemeId;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::terms::Basis;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::reporting::{Reach, reach};
use drill::Links;
use rows::Rows;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What volumes are asked for.
#[derive(Debug, Clone)]
pub struct VolumesWanted {
    /// On which facts the amounts rest.
    pub basis: Basis,
    /// First month, `YYYY-MM`.
    pub from: String,
    /// Last month.
    pub to: String,
    /// By what they are told apart.
    pub by: Vec<Dimension>,
    /// The side of the caller's region; by kind of organisation when not stated.
    pub side: Option<VolumeSide>,
    /// Whether overlays are asked for as well.
    pub overlays: bool,
    /// Whether what venues sold is added.
    pub venues: bool,
}

/// Volumes.
#[derive(Debug, Serialize, ToSchema)]
pub struct VolumesView {
    /// On which facts the amounts rest.
    pub basis: Basis,
    /// First month.
    pub from: String,
    /// Last month.
    pub to: String,
    /// By what they are told apart.
    pub by: Vec<Dimension>,
    /// The side of the caller's region.
    pub side: VolumeSide,
    /// One row for each combination that has an amount.
    pub rows: Vec<VolumeView>,
    /// The sum of the rows, in fen.
    #[schema(value_type = i64)]
    pub total_fen: Fen,
    /// Where the entries are that sum to it.
    pub entries: String,
    /// Tags and supervised places: parts of the total, which may overlap, and are never added to it. Only where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlays: Option<Vec<OverlayView>>,
    /// What venues sold; only where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venues: Option<VenueAmounts>,
    /// Where the entries are that sum to what venues sold; only where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue_entries: Option<String>,
    /// Orders and what venues sold beyond goods that were bought here, together, in fen; only where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub together_fen: Option<Fen>,
}

/// A row; what was not asked for is absent.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct VolumeView {
    /// County of production.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county_name: Option<String>,
    /// The month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// 资金来源.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund: Option<String>,
    /// 购买目的.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// 四种模式.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The region's own word for the mode; `-` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode_term: Option<String>,
    /// 五进.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The region's own word for the channel; `-` where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_term: Option<String>,
    /// Whether a certificate was in force at placement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certified: Option<bool>,
    /// Whether it was an eligible product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eligible: Option<bool>,
    /// What the purchasing unit is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchaser_kind: Option<String>,
    /// The region of the purchasing unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchaser_region: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purchaser_name: Option<String>,
    /// Under which schemes certificates were in force at placement, as far as it counts as certified; none where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub schemes: Option<Vec<SchemeId>>,
    /// Their names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme_names: Option<Vec<String>>,
    /// The amount, in fen.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
    /// What venues sold beyond goods that were bought here, in fen; only where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub venues_added_fen: Option<Fen>,
    /// Both together, in fen; only where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub together_fen: Option<Fen>,
    /// Where the entries are that sum to the amount.
    pub entries: String,
    /// Where the entries are of what venues sold; only where it is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub venue_entries: Option<String>,
}

/// What a request means for its caller.
struct Asked<'a> {
    wanted: &'a VolumesWanted,
    side: VolumeSide,
    /// The region where goods must come from.
    home: Option<RegionCode>,
    reach: Reach,
}

/// The side of the caller's region, by kind of organisation when not stated, and the region where goods must come from.
fn stands(actor: &Actor, side: Option<VolumeSide>) -> (VolumeSide, Option<RegionCode>) {
    let by_origin = actor.kind == OrgKind::PovertyOffice;
    let side = side.unwrap_or(if by_origin { VolumeSide::Origin } else { VolumeSide::Purchaser });
    // Only an office's region can be where goods come from.
    let home = match (&actor.scope, side) {
        (Scope::Region(code), VolumeSide::Origin) => Some(*code),
        (_, _) => None,
    };
    (side, home)
}

impl Asked<'_> {
    fn of<'a>(actor: &Actor, wanted: &'a VolumesWanted, today: Day) -> Asked<'a> {
        let (side, home) = stands(actor, wanted.side);
        let reach = if home.is_some() { Reach::everything() } else { reach(actor, today) };
        Asked { wanted, side, home, reach }
    }

    /// Exact sums by these places: of what was folded in and what was not yet, or, of single units, of the entries themselves.
    fn sums(&self, read: &mut Read, shown: Apart) -> Outcome<Vec<(Key, Fen)>> {
        let mut apart = shown;
        apart[COUNTY] |= self.home.is_some();
        let (from, to) = (self.wanted.from.as_str(), self.wanted.to.as_str());
        let of = VolumesOf { basis: self.wanted.basis, from, to, reach: &self.reach, apart };
        let county = |key: &Key| key[COUNTY].parse::<RegionCode>().ok();
        let home = |key: &Key| self.home.is_none_or(|home| county(key).is_some_and(|county| home.contains(&county)));
        let counts =
            |key: &Key| home(key) && (!apart[MONTH] || (from <= key[MONTH].as_str() && key[MONTH].as_str() <= to));
        let mut sums = Sums::default();
        let which = if self.reach.under.is_some() { Which::All } else { Which::Tail };
        if which == Which::Tail {
            let counties = self.home.map_or_else(|| (String::new(), "~".to_owned()), |home| home.subtree());
            for volume in store::folded(read, &of, (&counties.0, &counties.1))? {
                sums.add_folded(volume);
            }
        }
        for volume in store::added(read, &of, which)? {
            sums.add_line(volume, &apart, &counts)?;
        }
        if apart[COUNTY] {
            let pieces = store::pieces(read, &of, which)?;
            let within = |key: &Key| home(key) && from <= key[MONTH].as_str() && key[MONTH].as_str() <= to;
            let before: &[&str] = if which == Which::Tail { &["folded"] } else { &[] };
            let folder = Folder { before, after: &["folded", "taken", "waits"] };
            folder.add(&pieces, &apart, &within, &mut sums)?;
        }
        sums.shown(shown)
    }
}

/// Volumes in scope.
///
/// # Errors
/// `invalid_parameter`; when the database fails.
pub fn volumes(read: &mut Read, actor: &Actor, wanted: &VolumesWanted, today: Day) -> Outcome<VolumesView> {
    check(&wanted.from, &wanted.to)?;
    let asked = Asked::of(actor, wanted, today);
    let sums = asked.sums(read, apart(&wanted.by))?;
    let rows = Rows::of(read, &asked)?;
    let total_fen = Fen::total(sums.iter().map(|(_, amount)| *amount))?;
    let overlays = if wanted.overlays {
        let mut places = apart(&[Dimension::County, Dimension::Month]);
        places[TAGS] = true;
        let sums = asked.sums(read, places)?;
        Some(overlays::overlays(read, &asked, &sums)?)
    } else {
        None
    };
    let (venues, added) = if wanted.venues {
        let (venues, added) = venues::beside(read, actor, &asked, today)?;
        (Some(venues), added)
    } else {
        (None, BTreeMap::new())
    };
    let together_fen = venues.map(|venues| total_fen.plus(venues.added_fen)).transpose()?;
    let rows = if wanted.venues { rows.with_venues((wanted, asked.side), sums, added)? } else { rows.all(sums) };
    let entries = Links::new(wanted, asked.side, apart(&[])).to(&Key::default());
    let venue_entries = wanted.venues.then(|| venues::link_beside(wanted, asked.side, [None, None, None]));
    let by = Dimension::ALL.iter().copied().filter(|dimension| wanted.by.contains(dimension)).collect();
    let (from, to) = (wanted.from.clone(), wanted.to.clone());
    Ok(VolumesView {
        basis: wanted.basis,
        from,
        to,
        by,
        side: asked.side,
        rows,
        total_fen,
        entries,
        overlays,
        venues,
        venue_entries,
        together_fen,
    })
}

fn wrong(parameter: &str, zh: &str, en: &str) -> AppError {
    AppError::field(Code::InvalidParameter, parameter, Message::new(zh, en))
}

fn check(from: &str, to: &str) -> Outcome<()> {
    for (name, month) in [("from", from), ("to", to)] {
        if format!("{month}-01").parse::<Day>().is_err() {
            return Err(wrong(name, "应为 YYYY-MM", "must be YYYY-MM"));
        }
    }
    if from > to {
        return Err(wrong("to", "不得早于 from", "lies before from"));
    }
    Ok(())
}
