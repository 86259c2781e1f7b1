//! SQL of supervision, by subject; decides nothing.

mod findings;

pub use findings::*;
