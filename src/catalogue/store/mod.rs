//! SQL of the catalogue, by subject; decides nothing.

mod covers;
mod listings;
mod offers;
mod priced;
mod products;
mod search;
mod shown;

pub use covers::*;
pub use listings::*;
pub use offers::*;
pub use priced::*;
pub use products::*;
pub use search::{Order, Wanted, search};
pub use shown::{ShownRow, shown};
