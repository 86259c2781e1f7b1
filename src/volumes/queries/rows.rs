//! The rows of a report: sums with the names of what they are of, and the address of the entries behind them.

use super::drill::Links;
use super::{Asked, VolumeView, VolumesWanted, venues};
use crate::certification;
use crate::kernel::error::Outcome;
use crate::kernel::ids::SchemeId;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::platform::db::Read;
use crate::regions;
use crate::volumes::rules::{Apart, CERTIFIED, COUNTY, Key, MONTH, SCHEMES, VolumeSide, apart};
use std::collections::{BTreeMap, BTreeSet};

/// What is needed to say a sum as a row.
pub struct Rows {
    shown: Apart,
    links: Links,
    regions: BTreeMap<RegionCode, String>,
    schemes: BTreeMap<SchemeId, String>,
}

impl Rows {
    /// For what was asked.
    pub fn of(read: &mut Read, asked: &Asked<'_>) -> Outcome<Rows> {
        let shown = apart(&asked.wanted.by);
        let schemes = if shown[SCHEMES] { certification::scheme_names(read)? } else { BTreeMap::new() };
        Ok(Rows { shown, links: Links::new(asked.wanted, asked.side, shown), regions: regions::names(read)?, schemes })
    }

    /// One for each sum.
    pub fn all(&self, sums: Vec<(Key, Fen)>) -> Vec<VolumeView> {
        sums.into_iter().map(|(key, amount)| self.row(key, amount)).collect()
    }

    /// One for each sum with what venues add to it; where they alone sold something there is a row too.
    pub fn with_venues(
        &self,
        (wanted, side): (&VolumesWanted, VolumeSide),
        mut sums: Vec<(Key, Fen)>,
        mut added: BTreeMap<[String; 3], Fen>,
    ) -> Outcome<Vec<VolumeView>> {
        let of = |key: &Key| [key[COUNTY].clone(), key[MONTH].clone(), key[CERTIFIED].clone()];
        let known: BTreeSet<[String; 3]> = sums.iter().map(|(key, _)| of(key)).collect();
        for place in added.iter().filter(|(place, amount)| **amount != Fen::ZERO && !known.contains(*place)) {
            let mut key = Key::default();
            [key[COUNTY], key[MONTH], key[CERTIFIED]] = place.0.clone();
            sums.push((key, Fen::ZERO));
        }
        sums.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let row = |(key, amount): (Key, Fen)| {
            let added = added.remove(&of(&key)).unwrap_or_default();
            let told = [COUNTY, MONTH, CERTIFIED].map(|place| self.shown[place].then_some(key[place].as_str()));
            let venue_entries = venues::link_beside(wanted, side, told);
            let mut row = self.row(key, amount);
            row.venue_entries = Some(venue_entries);
            (row.venues_added_fen, row.together_fen) = (Some(added), Some(amount.plus(added)?));
            Ok(row)
        };
        sums.into_iter().map(row).collect()
    }

    fn row(&self, key: Key, amount_fen: Fen) -> VolumeView {
        let entries = self.links.to(&key);
        let region = |code: &str| code.parse().ok().and_then(|code: RegionCode| self.regions.get(&code).cloned());
        // Taken one after another, in the order of the dimensions.
        let mut places = key.into_iter().zip(self.shown);
        let mut given = || places.next().and_then(|(value, shown)| shown.then_some(value));
        let named = |value: String| if value.is_empty() { "-".to_owned() } else { value };
        let flag = |value: String| value == "true";
        let county = given().map(named);
        let mut row = VolumeView {
            county_name: county.as_deref().and_then(region),
            county,
            month: given().map(named),
            fund: given().map(named),
            purpose: given().map(named),
            mode: given().map(named),
            mode_term: given().map(named),
            channel: given().map(named),
            channel_term: given().map(named),
            certified: given().map(flag),
            eligible: given().map(flag),
            purchaser_kind: given().map(named),
            purchaser_region: given().map(named),
            schemes: given().map(|value| ids(&value)),
            amount_fen,
            entries,
            ..VolumeView::default()
        };
        row.purchaser_name = row.purchaser_region.as_deref().and_then(region);
        row.scheme_names = row.schemes.as_ref().map(|ids| self.named(ids));
        row
    }

    fn named(&self, schemes: &[SchemeId]) -> Vec<String> {
        let name = |id: &SchemeId| self.schemes.get(id).cloned().unwrap_or_else(|| id.to_string());
        schemes.iter().map(name).collect()
    }
}

/// Schemes as sums tell them apart: by their ids, since several may have one name.
pub fn joined_ids(schemes: &[SchemeId]) -> String {
    schemes.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn ids(value: &str) -> Vec<SchemeId> {
    value.split_terminator(',').filter_map(|id| id.parse().ok()).collect()
}
