//! To whom a unit's years belong: to itself, and from the year of its merger on to its successor.

use crate::kernel::ids::OrgId;

/// A unit and those that it went over to, each with the first year it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession(Vec<(i64, OrgId)>);

impl Succession {
    /// Of a unit that still stands.
    #[must_use]
    pub fn of(unit: OrgId) -> Succession {
        Succession(vec![(i64::MIN, unit)])
    }
    /// The last one was merged into another in a year; whether that one is new here, as it always is.
    pub fn merged(&mut self, year: i64, into: OrgId) -> bool {
        let new = !self.has(into);
        if new {
            self.0.push((year, into));
        }
        new
    }
    /// To whom a year belongs.
    #[must_use]
    pub fn of_year(&self, year: i64) -> OrgId {
        let taken = self.0.iter().rev().find(|(from, _)| *from <= year).or(self.0.first());
        taken.map_or(OrgId([0; 16]), |(_, unit)| *unit)
    }
    /// The last one: who stands today.
    #[must_use]
    pub fn last(&self) -> OrgId {
        self.of_year(i64::MAX)
    }
    /// Whether a unit is one of them.
    #[must_use]
    pub fn has(&self, unit: OrgId) -> bool {
        self.0.iter().any(|(_, known)| *known == unit)
    }
    /// Whether it was ever merged.
    #[must_use]
    pub fn moved(&self) -> bool {
        self.0.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_belongs_to_the_last_one_merged_by_then() {
        let unit = |n: u8| OrgId([n; 16]);
        let mut chain = Succession::of(unit(1));
        assert_eq!((chain.of_year(1990), chain.last(), chain.moved()), (unit(1), unit(1), false));
        assert!(chain.merged(2021, unit(2)) && chain.merged(2021, unit(3)) && chain.merged(2023, unit(4)));
        assert!(!chain.merged(2024, unit(1)), "nobody takes over from itself");
        let table = [(2020, 1), (2021, 3), (2022, 3), (2023, 4), (2030, 4)];
        for (year, expected) in table {
            assert_eq!(chain.of_year(year), unit(expected), "{year}");
        }
        assert!(chain.has(unit(2)) && !chain.has(unit(9)) && chain.moved());
    }
}
