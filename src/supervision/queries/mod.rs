//! Reads of supervision.

mod complaints;
mod findings;
mod inspections;
mod lateness;
mod scores;
mod watch;

pub use complaints::*;
pub use findings::*;
pub use inspections::*;
pub use scores::*;
pub use watch::*;
