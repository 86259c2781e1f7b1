//! Pure decisions about framework agreements and standing orders: where one stands on a day, what a proposal must say, on which
//! days goods may come or are to come, how much is left, what becomes of a day.

pub mod framework;
pub mod recurrence;
pub mod standing;
pub mod term;
