//! SQL of certification.

mod annulments;
mod applications;
mod batches;
mod certificates;
mod current;
mod documents;
mod like_prices;
mod notices;
mod papers;
mod queue;
mod schemes;

pub use annulments::*;
pub use applications::*;
pub use batches::*;
pub use certificates::*;
pub use current::*;
pub use documents::*;
pub use like_prices::*;
pub use notices::*;
pub use papers::*;
pub use queue::*;
pub use schemes::*;
