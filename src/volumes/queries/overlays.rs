//! Overlays: parts of the total that overlap, reported beside it and never added to it.

use super::Asked;
use crate::classification::{self, Term};
use crate::kernel::error::Outcome;
use crate::kernel::money::Fen;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::volumes::rules::{COUNTY, Key, MONTH, TAGS};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
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
    /// Where the entries are that sum to it: of a supervised place one address for every run of months in which it was supervised.
    pub entries: Vec<String>,
}

/// The overlays of sums by county, month and tags.
pub fn overlays(read: &mut Read, asked: &Asked<'_>, sums: &[(Key, Fen)]) -> Outcome<Vec<OverlayView>> {
    let supervised = classification::supervised_places(read)?;
    let mut found: BTreeMap<(OverlayKind, String), Fen> = BTreeMap::new();
    for (key, amount) in sums {
        let tags = key[TAGS].split_terminator(',').map(|tag| (OverlayKind::Tag, tag.to_owned()));
        let places = supervised.iter().filter(|(term, _)| covers(term, &key[COUNTY], &key[MONTH]));
        // A place may be named by several terms, one after another.
        let codes: BTreeSet<(OverlayKind, String)> =
            places.map(|(term, _)| (OverlayKind::SupervisedPlace, term.code.clone())).collect();
        for one in tags.chain(codes) {
            let sum = found.entry(one).or_default();
            *sum = sum.plus(*amount)?;
        }
    }
    let terms: Vec<&Term> = supervised.iter().map(|(term, _)| term).collect();
    let links: Vec<Vec<String>> = found.keys().map(|(kind, code)| links(asked, (*kind, code), &terms)).collect();
    let mut names: BTreeMap<(OverlayKind, String), String> =
        classification::tag_names(read)?.into_iter().map(|(code, name)| ((OverlayKind::Tag, code), name)).collect();
    names.extend(supervised.into_iter().map(|(term, name)| ((OverlayKind::SupervisedPlace, term.code), name)));
    let view = |(((kind, code), amount_fen), entries): (((OverlayKind, String), Fen), Vec<String>)| {
        let name = names.get(&(kind, code.clone())).cloned();
        OverlayView { kind, code, name, amount_fen, entries }
    };
    Ok(found.into_iter().zip(links).map(view).collect())
}

/// Where the entries of an overlay are.
fn links(asked: &Asked<'_>, (kind, code): (OverlayKind, &str), supervised: &[&Term]) -> Vec<String> {
    let wanted = asked.wanted;
    let link = |from: &str, to: &str, name: &str| {
        let (basis, side) = (wanted.basis, asked.side);
        format!("/api/v1/reports/county-volumes/entries?basis={basis}&side={side}&from={from}&to={to}&{name}={code}")
    };
    if kind == OverlayKind::Tag {
        return vec![link(&wanted.from, &wanted.to, "tag")];
    }
    let terms: Vec<&&Term> = supervised.iter().filter(|term| term.code == code).collect();
    let mut runs: Vec<(String, String)> = Vec::new();
    let mut month = wanted.from.clone();
    let mut runs_on = false;
    while month <= wanted.to {
        let covered = terms.iter().any(|term| in_month(term, &month));
        match runs.last_mut().filter(|_| runs_on) {
            Some(run) if covered => run.1.clone_from(&month),
            _ if covered => runs.push((month.clone(), month.clone())),
            _ => {}
        }
        runs_on = covered;
        let Some(next) = first_of_next(&month) else { break };
        month = next.month();
    }
    runs.iter().map(|(from, to)| link(from, to, "county")).collect()
}

/// Whether a county was under supervision on any day of a month. Villages are told apart by the donation report; goods name counties.
fn covers(term: &Term, county: &str, month: &str) -> bool {
    let place: Option<RegionCode> = term.code.parse().ok();
    let county: Option<RegionCode> = county.parse().ok();
    place.zip(county).is_some_and(|(place, county)| place.contains(&county)) && in_month(term, month)
}

/// Whether a term held on any day of a month.
fn in_month(term: &Term, month: &str) -> bool {
    let first: Option<Day> = format!("{month}-01").parse().ok();
    first.zip(first_of_next(month)).is_some_and(|(first, next)| term.days_within(first, next.plus_days(-1)).is_some())
}

fn first_of_next(month: &str) -> Option<Day> {
    let first: Day = format!("{month}-01").parse().ok()?;
    format!("{}-01", first.plus_days(31).month()).parse().ok()
}
