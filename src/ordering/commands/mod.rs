//! Use cases of orders: one function per verb.

pub mod accept;
pub mod annul;
pub mod approve;
pub mod cancel;
pub(super) mod claimed;
pub mod close;
pub mod confirm;
pub mod dispute;
pub mod duties;
pub mod expire;
pub mod flag;
pub mod invoice;
pub mod invoice_whole;
pub mod papers;
pub mod pay;
pub mod payee;
pub(super) mod photos;
pub mod place;
pub mod rate;
pub mod recompute;
pub mod refund;
pub mod returns;
pub mod second;
pub mod settle;
pub mod ship;
pub mod stop;
