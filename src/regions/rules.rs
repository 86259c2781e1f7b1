//! The words of the regions slice and the decisions about its rows.

use crate::kernel::calendar::{DayKind, WorkCalendar};
use crate::kernel::region_code::{RegionCode, RegionLevel};
use crate::kernel::territory::Territory;
use crate::kernel::time::Day;
use std::collections::{BTreeMap, BTreeSet};

crate::text_enum! {
    /// What a notice says of a day.
    DayWord {
        /// 放假.
        Off "off"
        /// 调休上班.
        Work "work"
    }
}

impl From<DayWord> for DayKind {
    fn from(word: DayWord) -> DayKind {
        match word {
            DayWord::Off => DayKind::Off,
            DayWord::Work => DayKind::Work,
        }
    }
}

crate::text_enum! {
    /// Who is paired with a county.
    PairingKind {
        /// 闽宁协作.
        Pairing "pairing"
        /// 中央定点帮扶单位.
        DesignatedUnit "designated_unit"
    }
}

/// A region as it was on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Its code.
    pub code: RegionCode,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: RegionLevel,
    /// The region above it that has a row.
    pub parent: Option<RegionCode>,
    /// Among the 832 counties.
    pub eligible_832: bool,
    /// 有脱贫任务县: may certify.
    pub poverty_task: bool,
    /// The first day of the row.
    pub valid_from: Day,
    /// The first day on which it no longer holds.
    pub valid_to: Option<Day>,
}

/// The years that are loaded for a chain of territories: the nation has them, and so has everyone in the chain who keeps
/// days of its own.
#[must_use]
pub fn loaded_years(rows: &[(Territory, i64)]) -> Vec<i16> {
    let mut by_place: BTreeMap<Territory, BTreeSet<i64>> = BTreeMap::new();
    for (place, year) in rows {
        by_place.entry(*place).or_default().insert(*year);
    }
    let Some(national) = by_place.get(&Territory::Nation) else { return Vec::new() };
    let everywhere = |year: &&i64| by_place.values().all(|years| years.contains(*year));
    national.iter().filter(everywhere).filter_map(|year| i16::try_from(*year).ok()).collect()
}

/// A region's calendar from notices of many places, the nation's before those of regions: `(place, day, word)`, or
/// `(place, year, "loaded")`.
#[must_use]
pub fn calendar_of(region: &RegionCode, notices: &[(Territory, String, String)]) -> WorkCalendar {
    let chain = Territory::chain(region);
    let here = || notices.iter().filter(|(place, _, _)| chain.contains(place));
    let day = |(_, day, word): &(Territory, String, String)| {
        let kind: DayWord = word.parse().ok()?;
        let day: Day = day.parse().ok()?;
        Some((day.date(), kind.into()))
    };
    let year = |(place, year, word): &(Territory, String, String)| {
        if word == "loaded" { Some((*place, year.parse().ok()?)) } else { None }
    };
    let years: Vec<(Territory, i64)> = here().filter_map(year).collect();
    WorkCalendar::new(here().filter_map(day), loaded_years(&years))
}

/// The years that a list of days loads: those it names a day of, but not by New Year's days off alone, which the notice
/// of a year takes from the December before.
#[must_use]
pub fn years_named(days: &[(Territory, Day)]) -> BTreeSet<(Territory, i64)> {
    let plain = |day: Day| day.month_number() < 12 || day.date().day() < 28;
    days.iter().filter(|(_, day)| plain(*day)).map(|(place, day)| (*place, day.year())).collect()
}

/// The nearest region above this one that is known.
#[must_use]
pub fn parent_among(code: &RegionCode, known: impl Fn(&RegionCode) -> bool) -> Option<RegionCode> {
    code.ancestors().into_iter().skip(1).find(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Territory {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_is_loaded_when_all_who_keep_days_have_it() {
        let nation = [(place("000000"), 2021), (place("000000"), 2022), (place("000000"), 2023)];
        assert_eq!(loaded_years(&nation), [2021, 2022, 2023]);
        let ningxia =
            [nation.as_slice(), &[(place("640000"), 2021), (place("640000"), 2022), (place("640000"), 2024)]].concat();
        assert_eq!(loaded_years(&ningxia), [2021, 2022]);
        assert!(loaded_years(&ningxia[3..]).is_empty());
    }

    #[test]
    fn new_years_eve_does_not_load_its_year() {
        let days = [
            (place("000000"), Day::ymd(2022, 12, 31)),
            (place("000000"), Day::ymd(2023, 1, 1)),
            (place("640000"), Day::ymd(2031, 12, 14)),
        ];
        let years: Vec<_> = years_named(&days).into_iter().collect();
        assert_eq!(years, [(place("000000"), 2023), (place("640000"), 2031)]);
    }

    #[test]
    fn a_parent_is_the_nearest_known_region_above() {
        let known = |code: &RegionCode| matches!(code.as_str(), "110000" | "640000" | "640300");
        let table = [("110101", Some("110000")), ("640323", Some("640300")), ("640000", None), ("990101", None)];
        for (code, expected) in table {
            let found = parent_among(&code.parse().unwrap(), known);
            assert_eq!(found.map(|code| code.to_string()).as_deref(), expected, "{code}");
        }
    }
}
