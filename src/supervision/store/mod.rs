//! SQL of supervision, by subject; decides nothing.

mod complaints;
mod findings;
mod inspections;
mod reminders;
mod scores;
mod watch;

pub use complaints::*;
pub use findings::*;
pub use inspections::*;
pub use reminders::*;
pub use scores::*;
pub use watch::*;
