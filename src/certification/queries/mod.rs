//! Reads of certification.

mod applications;
mod public;
mod schemes;

pub use applications::*;
pub use public::*;
pub use schemes::*;
