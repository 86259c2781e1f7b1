//! Pure decisions of certification: the way of an application, what its evidence must show, the life of a certificate.

mod application;
mod batch;
mod certificate;
mod document;
mod evidence;
mod objection;
mod scheme;
mod statement;
mod words;

pub use application::*;
pub use batch::*;
pub use certificate::*;
pub use document::*;
pub use evidence::*;
pub use objection::*;
pub use scheme::*;
pub use statement::*;
pub use words::*;
