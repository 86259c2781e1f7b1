//! SQL of orders and of the facts about their goods; decides nothing.

pub mod allowances;
pub mod annulments;
pub mod approvals;
pub mod arrivals;
pub mod call_offs;
pub mod claims;
pub mod counting;
pub mod disputes;
pub mod duties;
pub mod facts;
pub mod flags;
pub mod halal;
pub mod invoices;
pub mod late;
pub mod lists;
pub mod open;
pub mod orders;
pub mod papers;
pub mod payments;
pub mod performance;
pub mod price_changes;
pub mod purchases;
pub mod recount;
pub mod second;
pub mod stated;
pub mod tasks;
