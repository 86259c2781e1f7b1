//! Pure decisions of supervision.

mod finding;

pub use finding::*;
