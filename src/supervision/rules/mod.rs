//! Pure decisions of supervision.

mod complaint;
mod finding;

pub use complaint::*;
pub use finding::*;
