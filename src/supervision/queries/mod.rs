//! Reads of supervision.

mod complaints;
mod findings;

pub use complaints::*;
pub use findings::*;
