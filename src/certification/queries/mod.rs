//! Reads of certification.

mod applications;
mod public;

pub use applications::*;
pub use public::*;
