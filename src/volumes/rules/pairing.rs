//! To which pairing a purchase belongs: of each kind to one at most, the one in force on the day when it was placed.

use crate::kernel::ids::{OrgId, PairingId};
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::{Day, within};

/// A county's partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pairing {
    /// Its id.
    pub id: PairingId,
    /// The county that is helped.
    pub county: RegionCode,
    /// Who helps.
    pub partner: Partner,
    /// The first day.
    pub from: Day,
    /// The first day on which it no longer holds.
    pub to: Option<Day>,
}

/// Who helps a county.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Partner {
    /// Purchasers of a region: 闽宁协作.
    Region(RegionCode),
    /// These organisations: 定点帮扶.
    Units(Vec<Member>),
}

/// An organisation that buys as a designated unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// The organisation.
    pub unit: OrgId,
    /// The first day.
    pub from: Day,
    /// The first day on which it no longer does.
    pub to: Option<Day>,
}

/// What was bought by whom and when, as far as pairings ask; an activity outside the platform was bought by its organiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bought {
    /// Where it was produced.
    pub county: RegionCode,
    /// The purchasing unit.
    pub unit: OrgId,
    /// Its region.
    pub region: RegionCode,
    /// The day when it was placed, or when the activity was held.
    pub placed_on: Day,
}

impl Pairing {
    fn takes(&self, bought: &Bought) -> bool {
        let in_force = |from, to| within(bought.placed_on, (from, to));
        let by_partner = match &self.partner {
            Partner::Region(region) => region.contains(&bought.region),
            Partner::Units(members) => {
                members.iter().any(|member| member.unit == bought.unit && in_force(member.from, member.to))
            }
        };
        in_force(self.from, self.to) && by_partner && self.county == bought.county
    }
    /// Of several regions the smallest is the partner, of the same one the row that began last.
    fn closeness(&self) -> (usize, Day, PairingId) {
        let depth = match &self.partner {
            Partner::Region(region) => region.ancestors().len(),
            Partner::Units(_) => 0,
        };
        (depth, self.from, self.id)
    }
}

/// The pairing of a region and the one of a designated unit that a purchase belongs to. They are told apart and may overlap.
#[must_use]
pub fn belongs<'a>(pairings: &'a [Pairing], bought: &Bought) -> [Option<&'a Pairing>; 2] {
    let closest = |of_region: bool| {
        let taking = pairings.iter().filter(|pairing| matches!(pairing.partner, Partner::Region(_)) == of_region);
        taking.filter(|pairing| pairing.takes(bought)).max_by_key(|pairing| pairing.closeness())
    };
    [closest(true), closest(false)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(id: u8, county: &str, partner: &str, from: &str, to: &str) -> Pairing {
        Pairing {
            id: PairingId([id; 16]),
            county: county.parse().unwrap(),
            partner: Partner::Region(partner.parse().unwrap()),
            from: from.parse().unwrap(),
            to: to.parse().ok(),
        }
    }

    #[test]
    fn a_purchase_belongs_to_the_pairing_in_force_on_its_day() {
        let unit = OrgId([7; 16]);
        let member = |from: &str, to: &str| Member { unit, from: from.parse().unwrap(), to: to.parse().ok() };
        let pairings = [
            region(1, "640402", "350105", "2018-01-01", "2020-01-01"),
            region(2, "640422", "350181", "2021-05-01", ""),
            region(3, "640422", "350100", "2012-01-01", ""),
            region(4, "640522", "350600", "2012-01-01", ""),
            Pairing {
                partner: Partner::Units(vec![member("2012-01-01", "2020-01-01"), member("2021-05-01", "")]),
                ..region(5, "640522", "350600", "2012-01-01", "")
            },
        ];
        let cases = [
            ("640402", "350105", "2019-12-31", [Some(1), None]),
            ("640402", "350105", "2020-01-01", [None, None]),
            ("640402", "350104", "2019-12-31", [None, None]),
            // Of a city and a district of it the district is the partner, from its first day on.
            ("640422", "350181", "2021-04-30", [Some(3), None]),
            ("640422", "350181", "2021-05-01", [Some(2), None]),
            ("640422", "350102", "2021-05-01", [Some(3), None]),
            // A region and a designated unit are two overlays.
            ("640522", "350623", "2021-05-01", [Some(4), Some(5)]),
            ("640522", "640104", "2021-05-01", [None, Some(5)]),
            // An organisation buys for it from when until when it is entered.
            ("640522", "640104", "2021-04-30", [None, None]),
            ("640522", "640104", "2020-01-01", [None, None]),
            ("640522", "640104", "2019-12-31", [None, Some(5)]),
        ];
        for (county, place, day, want) in cases {
            let bought = Bought {
                county: county.parse().unwrap(),
                unit,
                region: place.parse().unwrap(),
                placed_on: day.parse().unwrap(),
            };
            let found = belongs(&pairings, &bought).map(|found| found.map(|pairing| pairing.id.0[0]));
            assert_eq!(found, want, "{county} {place} {day}");
            let other = Bought { unit: OrgId([8; 16]), ..bought };
            assert_eq!(belongs(&pairings, &other)[1], None);
        }
    }
}
