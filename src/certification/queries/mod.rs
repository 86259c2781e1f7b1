//! Reads of certification.

mod annulments;
mod applications;
mod batches;
mod current;
mod documents;
mod like_prices;
mod public;
mod queue;
mod schemes;

pub use annulments::*;
pub use applications::*;
pub use batches::*;
pub use current::*;
pub use documents::*;
pub use like_prices::*;
pub use public::*;
pub use queue::*;
pub use schemes::*;
