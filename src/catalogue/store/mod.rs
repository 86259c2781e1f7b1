//! SQL of the catalogue, by subject; decides nothing.

mod covers;
mod halal;
mod listings;
mod offers;
mod priced;
mod products;
mod search;
mod shown;

pub use covers::*;
pub use halal::{HalalRow, claim_halal, decide_halal, find_halal, insert_halal, list_halal};
pub use listings::*;
pub use offers::*;
pub use priced::*;
pub use products::*;
pub use search::{Order, Wanted, search};
pub use shown::{ShownRow, shown};
