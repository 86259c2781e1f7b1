//! Bank statements of suppliers: movements of an account, and which reported payment each of them is (product.md §4, Payment).
//!
//! Owns `bank_statements`, `bank_statement_errors`, `bank_lines`, `bank_statement_lines`, `bank_bookings` (append-only) and
//! `bank_desks`, the row by which reading and booking of one supplier come one after another.
//!
//! - A movement is kept once, however many files show it: it is told from others by its account, day, direction and amount,
//!   with the bank's reference, or without one by name, text and its ordinal among equal ones of the file.
//! - A line is proposed for payments that agree with it in something, and the proposal says in what and in what not. A
//!   person books a line to a payment of its amount; nobody else decides, except where it was asked that what is
//!   unambiguous be booked ([`rules::certain`]).
//! - One line books one payment, and a payment is booked by one line. Booking confirms the payment by the same command as
//!   the supplier's answer (`ordering::answer_payment`); of a payment that was confirmed by hand it only keeps the line.
//! - Money that left the account is shown beside refunds of its amount, for information.

mod commands;
pub mod http;
mod matching;
mod queries;
mod reading;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{TOPIC, advance};
