//! SQL of declarations, by subject; decides nothing.

mod content;
mod declarations;
mod entries;
mod figures;

pub use content::*;
pub use declarations::*;
pub use entries::*;
pub use figures::*;
