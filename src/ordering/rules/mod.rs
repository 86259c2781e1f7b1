//! Pure decisions about orders: which event fits which state, and what each event does to a line's amounts.

pub mod counting;
pub mod journal;
pub mod line;
pub mod money;
pub mod order;
pub mod payment;
