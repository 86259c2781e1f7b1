//! Which offices verify a declaration, one after another.

use super::state::OfficeLevel;
use crate::kernel::region_code::{RegionCode, RegionLevel};

/// An office on the way of a declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Which step it takes.
    pub level: OfficeLevel,
    /// Its region.
    pub region: RegionCode,
}

/// The way of a declaration from where it was, with the regions above it that have an active office. Village and township take
/// part where they have an office of exactly that region, and are passed over where they have none; the county's step is never
/// passed over, and taken by the nearest office above where the county has none.
#[must_use]
pub fn stops(place: &RegionCode, offices: &[RegionCode]) -> Vec<Stop> {
    let above = place.ancestors();
    let has = |region: &&RegionCode| offices.contains(region);
    let own = |wanted: RegionLevel, level| {
        let region = above.iter().filter(|region| region.level() == wanted).find(has)?;
        Some(Stop { level, region: *region })
    };
    let county = above.iter().filter(|region| region.level() <= RegionLevel::County).find(has);
    let county = county.map(|region| Stop { level: OfficeLevel::County, region: *region });
    [own(RegionLevel::Village, OfficeLevel::Village), own(RegionLevel::Township, OfficeLevel::Township), county]
        .into_iter()
        .flatten()
        .collect()
}

/// Who decides at a level: its office or, when that has gone meanwhile, the next one.
#[must_use]
pub fn at_or_after(stops: &[Stop], level: OfficeLevel) -> Option<Stop> {
    stops.iter().find(|stop| stop.level >= level).copied()
}

/// Who decides after a level.
#[must_use]
pub fn after(stops: &[Stop], level: OfficeLevel) -> Option<Stop> {
    stops.iter().find(|stop| stop.level > level).copied()
}

#[cfg(test)]
mod tests {
    use super::OfficeLevel::{County, Township, Village};
    use super::*;

    fn code(text: &str) -> RegionCode {
        text.parse().unwrap()
    }

    #[test]
    fn levels_without_an_office_are_passed_over_but_for_the_county() {
        type Case<'a> = (&'a str, &'a [&'a str], &'a [(OfficeLevel, &'a str)]);
        let table: [Case<'_>; 7] = [
            (
                "640323100201",
                &["640323100201", "640323100", "640323", "640000"],
                &[(Village, "640323100201"), (Township, "640323100"), (County, "640323")],
            ),
            ("640323100201", &["640323", "640323100"], &[(Township, "640323100"), (County, "640323")]),
            ("640323100201", &["640323", "640323101", "640323100202"], &[(County, "640323")]),
            ("640323100", &["640323100", "640300", "640000"], &[(Township, "640323100"), (County, "640300")]),
            ("640323", &["640323100", "640323"], &[(County, "640323")]),
            ("640323", &["640000"], &[(County, "640000")]),
            ("640323", &["650000"], &[]),
        ];
        for (place, offices, expected) in table {
            let offices: Vec<RegionCode> = offices.iter().map(|text| code(text)).collect();
            let found: Vec<(OfficeLevel, String)> =
                stops(&code(place), &offices).iter().map(|stop| (stop.level, stop.region.to_string())).collect();
            let expected: Vec<(OfficeLevel, String)> =
                expected.iter().map(|(level, text)| (*level, (*text).to_owned())).collect();
            assert_eq!(found, expected, "{place} {offices:?}");
        }
    }

    #[test]
    fn an_office_that_has_gone_is_passed_over_too() {
        let stops = stops(&code("640323100201"), &[code("640323100"), code("640323")]);
        assert_eq!(at_or_after(&stops, Village).map(|stop| stop.level), Some(Township));
        assert_eq!(at_or_after(&stops, Township).map(|stop| stop.level), Some(Township));
        assert_eq!(after(&stops, Township).map(|stop| stop.level), Some(County));
        assert_eq!(after(&stops, County), None);
    }
}
