//! SQL of certification.

mod applications;
mod certificates;
mod notices;

pub use applications::*;
pub use certificates::*;
pub use notices::*;
