//! SQL of household linkage, by subject; decides nothing.

mod claims;
mod doubles;
mod figures;
mod lists;
mod rechecks;

pub use claims::*;
pub use doubles::*;
pub use figures::*;
pub use lists::*;
pub use rechecks::*;

/// Households that one statement names: SQLite takes only so many values.
const AT_ONCE: usize = 500;
