//! The vocabulary every slice speaks: ids, money, quantities, days, codes, actors and errors. No SQL, HTTP, clock or randomness.

pub mod actor;
pub mod calendar;
pub mod capitals;
pub mod columns;
pub mod error;
pub mod food_licence;
pub mod identity_number;
pub mod ids;
pub mod money;
pub mod page;
pub mod quantity;
pub mod recipient;
pub mod region_code;
pub mod search_text;
pub mod terms;
pub mod territory;
pub mod time;
pub mod uscc;
