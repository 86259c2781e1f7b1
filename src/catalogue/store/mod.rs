//! SQL of the catalogue, by subject; decides nothing.

mod covers;
mod listings;
mod offers;
mod products;

pub use covers::*;
pub use listings::*;
pub use offers::*;
pub use products::*;
