//! SQL of certification.

mod applications;
mod certificates;
mod notices;
mod queue;
mod schemes;

pub use applications::*;
pub use certificates::*;
pub use notices::*;
pub use queue::*;
pub use schemes::*;
