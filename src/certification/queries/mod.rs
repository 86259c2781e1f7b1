//! Reads of certification.

mod applications;
mod batches;
mod current;
mod documents;
mod public;
mod queue;
mod schemes;

pub use applications::*;
pub use batches::*;
pub use current::*;
pub use documents::*;
pub use public::*;
pub use queue::*;
pub use schemes::*;
