//! Overlays: parts of the total that overlap, reported beside it and never added to it.

use crate::classification::{self, Term};
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::volumes::rules::{COUNTY, Key, MONTH, TAGS};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

crate::text_enum! {
    /// What an overlay is.
    OverlayKind {
        /// 标签.
        Tag "tag"
        /// 挂牌督战.
        SupervisedPlace "supervised_place"
    }
}

/// A part of the total.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverlayView {
    /// What it is.
    pub kind: OverlayKind,
    /// The tag, or the code of the supervised county.
    pub code: String,
    /// Its Chinese name, where the dictionary has one.
    pub name: Option<String>,
    /// The amount, in fen.
    #[schema(value_type = i64)]
    pub amount_fen: Fen,
}

/// The overlays of sums by county, month and tags.
pub fn overlays(read: &mut Read, sums: &[(Key, Fen)]) -> Outcome<Vec<OverlayView>> {
    let supervised = classification::supervised_places(read)?;
    let mut found: BTreeMap<(OverlayKind, String), Fen> = BTreeMap::new();
    for (key, amount) in sums {
        let tags = key[TAGS].split_terminator(',').map(|tag| (OverlayKind::Tag, tag.to_owned()));
        let places = supervised.iter().filter(|(term, _)| covers(term, &key[COUNTY], &key[MONTH]));
        let mut codes: Vec<(OverlayKind, String)> =
            places.map(|(term, _)| (OverlayKind::SupervisedPlace, term.code.clone())).collect();
        codes.dedup();
        for one in tags.chain(codes) {
            let sum = found.entry(one).or_default();
            *sum = sum.plus(*amount)?;
        }
    }
    let mut names: BTreeMap<(OverlayKind, String), String> =
        classification::tag_names(read)?.into_iter().map(|(code, name)| ((OverlayKind::Tag, code), name)).collect();
    names.extend(supervised.into_iter().map(|(term, name)| ((OverlayKind::SupervisedPlace, term.code), name)));
    let view = |((kind, code), amount_fen): ((OverlayKind, String), Fen)| {
        let name = names.get(&(kind, code.clone())).cloned();
        OverlayView { kind, code, name, amount_fen }
    };
    Ok(found.into_iter().map(view).collect())
}

/// Whether a county was under supervision on any day of a month. Villages are told apart by the donation report; goods name counties.
fn covers(term: &Term, county: &str, month: &str) -> bool {
    let place: Option<RegionCode> = term.code.parse().ok();
    let first: Option<Day> = format!("{month}-01").parse().ok();
    let (Some(place), Some(first), Ok(county)) = (place, first, county.parse()) else { return false };
    let next: Option<Day> = format!("{}-01", first.plus_days(31).month()).parse().ok();
    place.contains(&county) && next.is_some_and(|next| term.days_within(first, next.plus_days(-1)).is_some())
}
