//! Bulletins (通报): the progress of the plans as a finance bureau publishes it, and the units that it urges.
//!
//! Owns `bulletins` and `bulletin_urges`.
//!
//! Invariants:
//! - A bulletin's content is made once, of what was known at the end of a day that is over, and never changes: no function, a trigger,
//!   a SHA-256 over it. Whatever comes later is a correction, a bulletin of its own that names every figure and every order that
//!   differs.
//! - Who drafts never signs; a number is used once by a bureau; corrections of one bulletin are numbered without gaps.
//! - A bulletin is signed while its figures can be made again to the byte: what was changed under it is found then ([`verify`]
//!   makes those of every published one again).
//! - A draft is its bureau's; what is published, everybody who reads reports may read.

mod commands;
mod content;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod sheet;
mod store;

pub use commands::{NewBulletin, NewCorrection, correct, discard, draft, publish, sign, urge};
pub use queries::open::{PublishedBulletin, published_as, published_last, published_page};
pub use queries::{Published, published, published_by_unit, verify};
