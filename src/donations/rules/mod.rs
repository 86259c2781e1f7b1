//! Pure decisions about declared activities and helped sales.

mod adjusting;
mod declared;
mod refusal;
mod route;
mod state;

pub use adjusting::{Counted, EntryPart, Wanted, adjust};
pub use declared::{
    DonationMeasure, Period, doubles, held, holds_identity, measure_words, name_key, number_key, read_measure,
};
pub use refusal::Refusal;
pub use route::{Stop, after, at_or_after, stops};
pub use state::{DeclarationEvent, DeclarationKind, DeclarationState, OfficeLevel, level, next};
