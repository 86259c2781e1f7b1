//! 购买凭证（非捐赠票据）: what a buyer may show of a purchase in place of a donation. The purchase stays a purchase at a fair price; the paper
//! is no receipt for a donation and says so.
//!
//! Owns `purchase_certificates` (append-only), `purchase_certificate_years` (numbers without gaps within a year) and
//! `purchase_certificate_ends`. Who gets the goods, and what it received, is the order's own (`ordering`).
//!
//! - One is issued when every line is closed, everything that was kept is accepted and paid, and exactly that was received. Lines whose
//!   origin was found false stand in none.
//! - What it says is frozen with it: parties, goods, amounts by county of production (blends by largest remainder), households behind the
//!   products (each once, by the list of the order's year or the latest before it), the amount in capital numerals.
//! - It stands until something of the order is taken back: goods, money, a price, a standing, or what the recipient said. That follows from
//!   the order's facts at any moment; a job notes it and tells the buyer. Another one may be issued then, which names the one before.
//! - Its number ends in letters of its id, so that nobody finds those of others by counting.
//! - It is signed by the keys of certificates, as another kind of paper.

mod commands;
pub mod http;
mod page;
mod papers;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{issue, note_taken_back};
pub use queries::{IssuedCertificate, issued_for, verify};
pub use rules::{PURCHASE_KIND, PurchaseCertificateStatus, StatedPurchase};
