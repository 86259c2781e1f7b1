//! Use cases of identity: organisations and their tree, people, ways in, sessions, keys.

mod contractors;
mod joining;
mod keys;
mod organisations;
mod payers;
mod people;
mod sessions;
mod succession;

pub use contractors::*;
pub use joining::*;
pub use keys::*;
pub use organisations::*;
pub use payers::*;
pub use people::*;
pub use sessions::*;
pub use succession::*;
