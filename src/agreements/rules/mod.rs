//! Pure decisions about framework agreements: where one stands on a day, what a proposal must say, on which days goods may
//! come, how much is left.

pub mod framework;
pub mod term;
