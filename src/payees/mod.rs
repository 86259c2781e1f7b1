//! Accounts to which suppliers are paid.
//!
//! Owns `payee_accounts` (kept for ever) and `payee_notices`.
//!
//! - Who changes where money goes can divert it: one person proposes an account and another one of the supplier confirms it.
//!   Where the supplier has nobody else who
//!   may, the platform's operator does, and only there.
//! - One account is in force on a day: the confirmed one with the latest first day. A confirmation never reaches back.
//! - The confirmation of an order freezes the account in force (`ordering`); a later change leaves the order its account, and
//!   is told to every buyer and payer of an open order, with an event and a mail that names no account number.
//! - An account is shown to its supplier and to the operator who may have to confirm it, and with an order to the order's
//!   parties; to nobody else.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{IN_FORCE, InForce, NewAccount, confirm as confirm_account, note_told, propose};
pub use queries::{Account, in_force};
