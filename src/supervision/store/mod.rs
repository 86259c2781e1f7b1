//! SQL of supervision, by subject; decides nothing.

mod complaints;
mod findings;

pub use complaints::*;
pub use findings::*;
