//! Pure decisions of supervision.

mod complaint;
mod draw;
mod finding;
mod inspection;
mod month;
mod score;
mod watch;

pub use complaint::*;
pub use draw::*;
pub use finding::*;
pub use inspection::*;
pub use month::*;
pub use score::*;
pub use watch::*;
