//! SQL of orders and of the facts about their goods; decides nothing.

pub mod facts;
pub mod orders;
