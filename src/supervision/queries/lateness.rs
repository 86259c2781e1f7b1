//! How late something is, in working days of its region.

use crate::kernel::calendar::WorkCalendar;
use crate::kernel::error::Outcome;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::regions;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Calendars of the regions that a page names, each loaded once.
#[derive(Default)]
pub(super) struct Lateness(BTreeMap<(RegionCode, i64), WorkCalendar>);

impl Lateness {
    /// Working days after a last day, up to today.
    pub fn days(&mut self, on: &mut Read, region: RegionCode, due: Day, today: Day) -> Outcome<i64> {
        let calendar = match self.0.entry((region, due.year())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(regions::calendar(on, &region, Day::first_of_year(due.year()), today)?),
        };
        Ok(i64::from(calendar.working_days_between(due.date(), today.date())))
    }
}
