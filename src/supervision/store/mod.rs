//! SQL of supervision, by subject; decides nothing.

mod complaints;
mod findings;
mod inspections;

pub use complaints::*;
pub use findings::*;
pub use inspections::*;
