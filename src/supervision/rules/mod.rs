//! Pure decisions of supervision.

mod complaint;
mod draw;
mod finding;
mod inspection;

pub use complaint::*;
pub use draw::*;
pub use finding::*;
pub use inspection::*;
