//! Reads of certification.

mod applications;
mod batches;
mod public;

pub use applications::*;
pub use batches::*;
pub use public::*;
