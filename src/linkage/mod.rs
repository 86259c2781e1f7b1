//! Household linkage (带贫减贫机制): which households a product's supplier reaches in a year, by lists.
//!
//! Owns `household_years`, `household_lists`, `household_claims`, `household_double_claims`, `household_settlements`,
//! `household_checks`, `household_reminder_days` and `household_reminders`.
//!
//! Invariants:
//! - The number of a household or an identity number is nowhere: it is normalised and hashed under a key of the installation before
//!   anything is written, and neither replies nor audit entries nor mails repeat it.
//! - A product has at most one standing list of a year (a unique index says so too); editions are numbered without gaps, rows never
//!   change but for whether they count.
//! - The claims of a year are changed by one transaction at a time, under the claim of the year's row: no double claim is overlooked.
//! - A double claim is the same household, kind and year in standing lists of *several suppliers*. One supplier may claim a
//!   household for several products, and several suppliers for different kinds; it is counted once.
//! - A list belongs to the county where its supplier was registered when it was filed. A double claim is seen by the offices of each
//!   side, settled by one above all sides; a supplier sees of it only that its own row is disputed.
//! - Nobody settles or checks what concerns an organisation whose member he is.

mod commands;
mod households;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::remind;
pub use households::Households;
pub use queries::households_behind;
pub use rules::{NoHousehold, normal_identity};
