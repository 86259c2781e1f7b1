//! As what volumes are reported: the dated dictionary of modes, channels, tags and supervised places.
//!
//! Owns `classification_terms`. Every order has one national mode and one national channel (`ordering`); a region says it more
//! closely with words of its own, each of which is part of one national word. Tags and supervised places are overlays: reported
//! beside the total, never in it. What an order counts as is decided, and decided anew, by `ordering`.

mod commands;
pub mod http;
mod queries;
mod rules;
mod schema;
mod store;

pub use commands::{NewTerm, add_term};
pub use queries::{TermView, supervised_places, tag_names, term_names, terms_for};
pub use rules::{Term, TermKind};
