//! 最低采购承诺: an organisation that has no plan commits itself to buy at least so much in a year, and declares it to a poverty office.
//!
//! Owns `purchase_commitments` and `purchase_commitment_revisions`. What was bought is none of its business: `reporting` compares the two.
//!
//! - A commitment is the organisation's own word: nobody assigns one (no 摊派). The office accepts it, or returns it with a reason.
//! - It is for a year, or some months of it, and counts everything that was bought, or only goods of one region, or of one supplier. Each
//!   commitment counts every purchase of its scope, so that commitments of one organisation are never added.
//! - What was declared never changes: another word is a revision with its date and reason, and the one that was accepted last stands until
//!   the office accepts another. Once the year is over nothing is revised; what was never accepted may be withdrawn at any time.
//! - Nobody decides about an organisation whose member he is.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{NewCommitment, declare};
pub use queries::{CommitmentWaits, CommitmentsSeen, seen, waiting};
pub use rules::{CommitmentState, CommitmentTerms};
