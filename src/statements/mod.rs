//! 对账单: a supplier states what one buyer accepted in a period, the buyer matches it, and what both agree on is invoiced and paid.
//!
//! Owns `statements`, `statement_revisions`, `statement_lines` and `statement_differences` (what was stated and what differed
//! never changes), `statement_acceptances`, `statement_invoices`, `statement_payments` and `statement_desks`, the row by which
//! what a supplier states comes one after another.
//!
//! - A statement is between one supplier, one buyer (who ordered and accepted) and one payer, because an invoice and a transfer
//!   are. Its lines are acceptances, line by line; the server draws them up from the records of the orders, and the supplier only
//!   leaves out orders.
//! - An acceptance stands in one statement at most that was not withdrawn: by the desk, and by a key of the table.
//! - A draft, and what is amended of a statement that was sent back, is seen by its supplier alone.
//! - When the buyer matches it the records are asked again, with the orders kept as they are: whatever was accepted, returned,
//!   disputed or paid since is a difference, whoever agreed. A statement without any is confirmed; its lines are frozen then, and
//!   what happens to the goods later is shown beside them and lowers what is to be paid and invoiced.
//! - What of an order stands under which acceptance follows from one rule (`rules/account.rs`), so that statements that share an
//!   order neither overlap nor miss a fen.
//! - Invoices and transfers are registered by the commands of `ordering`, all of one request in one transaction. What is disputed
//!   is in neither, as long as it is.

mod commands;
pub mod http;
mod queries;
mod records;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use queries::{Awaited, awaited};
