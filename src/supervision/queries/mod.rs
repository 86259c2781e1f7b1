//! Reads of supervision.

mod findings;

pub use findings::*;
