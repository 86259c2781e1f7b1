//! SQL of certification.

mod applications;
mod certificates;
mod notices;
mod papers;

pub use applications::*;
pub use certificates::*;
pub use notices::*;
pub use papers::*;
