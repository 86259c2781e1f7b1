//! Reads of certification.

mod applications;
mod public;
mod queue;
mod schemes;

pub use applications::*;
pub use public::*;
pub use queue::*;
pub use schemes::*;
