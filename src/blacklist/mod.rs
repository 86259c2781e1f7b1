//! The supplier blacklist (黑名单): who may neither be admitted anew nor apply for certification, why, until when, and the appeal.
//!
//! Owns `blacklist_entries` and `blacklist_appeals`; both are kept for ever.
//!
//! Invariants:
//! - An entry counts from its day to its last day unless it was lifted by the office that decided or one above, or annulled by
//!   an appeal; it touches neither other certificates nor the admission, which end by decisions of their own.
//! - How long a cause lists is the rule row that the entry names, unless the office set a term of its own.
//! - A supplier appeals once against an entry, within its days; the office above decides, and nobody who decided the entry.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    AppealRuling, Asked, NewAppeal, NewEntry, appeal, decide_appeal, enter, lift, recompute_deadlines, refuse_listed,
};
pub use queries::{AppealView, EntryView, entry as show};
pub use rules::{AppealDecision, AppealStatus, BlacklistCause, BlacklistStatus, check_term};
