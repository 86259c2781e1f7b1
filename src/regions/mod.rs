//! Regions, working calendars and pairings: dated rows, because codes, holidays and partners change.
//!
//! Owns `regions`, `calendar_days`, `calendar_years`, `pairings`. A region's calendar is the nation's with the days that
//! it and the regions above it add; a year counts as loaded when every one of them that keeps days of its own has it.

mod commands;
pub mod http;
mod import;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    CALENDAR_LOADED, CalendarLoaded, NewPairing, REGIONS_LOADED, add_pairing, claim_pairing, import_calendar,
    import_regions, seed,
};
pub use import::{CalendarLine, RegionLine, parse_calendar, parse_regions};
pub use queries::{
    PairingView, calendar, deadline_calendar_days, deadline_working_days, deadlines_working_days, eligible_counties,
    names, pairings, region, regions_on,
};
pub use rules::{DayWord, PairingKind, Region};
