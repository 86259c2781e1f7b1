//! Use cases of orders: one function per verb.

pub mod accept;
pub mod cancel;
mod claimed;
pub mod close;
pub mod confirm;
pub mod expire;
pub mod place;
pub mod returns;
pub mod ship;
