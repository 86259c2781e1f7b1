//! SQL of certification.

mod applications;
mod certificates;
mod notices;
mod schemes;

pub use applications::*;
pub use certificates::*;
pub use notices::*;
pub use schemes::*;
