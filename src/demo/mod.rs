//! A believable year of Ningxia, played through the same commands that the API uses.
//!
//! Owns no table. Invariants: what is played is decided beforehand and the same in every run ([`plan`]); each command is
//! carried out once, so that a run that was interrupted is continued by the next.

mod chance;
pub mod data;
pub mod plan;
