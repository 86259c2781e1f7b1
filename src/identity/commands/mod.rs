//! Use cases of identity: organisations and their tree, people, sessions, invitations, keys.

mod organisations;
mod people;

pub use organisations::*;
pub use people::*;
