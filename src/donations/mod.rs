//! 以购代捐 outside the platform: activities at which units buy from households, and helped sales (帮助销售), as they are declared.
//!
//! Owns `donation_declarations`, `donation_units`, `donation_cadres`, `donation_items`, `donation_files`, `donation_steps`,
//! `donation_entries` and `donation_entry_parts`.
//!
//! Invariants:
//! - A declaration goes by `rules/state.rs`: draft, village, township, county, each verified by the poverty office of exactly that
//!   region. A village or township without an active office is passed over; a county without one is verified by the nearest
//!   office above. Whoever an earlier step was decided by, whoever submitted it, and members of the organiser decide nothing.
//! - A document number is declared once in a county (the county of the place, whose offices know its papers; numbers are short
//!   and counted anew in each county), by activities and helped sales together: a partial unique index says so to two who
//!   submit at once. Drafts hold it against their own organiser only; what was rejected, withdrawn or annulled frees it.
//! - Nothing here counts to a plan or is an order's volume, and helped sales are never added to activities.
//! - What counts are entries, made at the county's verification and by corrections of the county's office, and only added to. A
//!   correction counts in the period of its activity, from the day on which it was recorded: the report of a past day is that of
//!   the entries recorded until then.
//! - Numbers of cadres and households are nowhere: only their keyed hashes, a household's being that of `linkage`. Names of cadres
//!   are encrypted, and shown to the organiser and to the offices that verify.

mod commands;
pub mod http;
mod persons;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::declare;
pub use http::{DonationDeclarationRequest, new_declaration};
pub use persons::Keys;
pub use queries::{Waits, verify, waiting};
pub use rules::{DeclarationKind, measure_words, number_key, read_measure};
