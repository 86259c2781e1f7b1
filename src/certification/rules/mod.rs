//! Pure decisions of certification: the way of an application, what its evidence must show, the life of a certificate.

mod application;
mod certificate;
mod evidence;
mod objection;
mod scheme;
mod words;

pub use application::*;
pub use certificate::*;
pub use evidence::*;
pub use objection::*;
pub use scheme::*;
pub use words::*;
