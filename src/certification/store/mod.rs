//! SQL of certification.

mod applications;
mod batches;
mod certificates;
mod notices;
mod papers;

pub use applications::*;
pub use batches::*;
pub use certificates::*;
pub use notices::*;
pub use papers::*;
