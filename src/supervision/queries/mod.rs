//! Reads of supervision.

mod complaints;
mod findings;
mod inspections;

pub use complaints::*;
pub use findings::*;
pub use inspections::*;
