//! How late something is, in working days of its region.

use crate::kernel::calendar::WorkCalendar;
use crate::kernel::error::Outcome;
use crate::kernel::region_code::RegionCode;
use crate::kernel::time::Day;
use crate::platform::db::Read;
use crate::regions;
use std::collections::BTreeMap;

/// Calendars of the regions that a page names, each loaded once.
#[derive(Default)]
pub(super) struct Lateness(BTreeMap<(RegionCode, i64), WorkCalendar>);

impl Lateness {
    /// Working days after a last day, up to today.
    pub fn days(&mut self, on: &mut Read, region: RegionCode, due: Day, today: Day) -> Outcome<i64> {
        let key = (region, due.year());
        if !self.0.contains_key(&key) {
            let calendar = regions::calendar(on, &region, Day::first_of_year(due.year()), today)?;
            self.0.insert(key, calendar);
        }
        let late = self.0.get(&key).map_or(0, |calendar| calendar.working_days_between(due.date(), today.date()));
        Ok(i64::from(late))
    }
}
