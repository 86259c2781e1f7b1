//! Open contracting: orders as OCDS 1.1.5 releases, for everybody.
//!
//! Owns `contracting_processes` and `contracting_releases`, the facts of published orders in the order in which they took effect.
//! Triggers write them, because facts are recorded in many ways and none may be forgotten; nothing else does.
//!
//! What is published, and what is not:
//! - A contracting process is an order that its supplier was told of: placed, or approved by the last who had to. What a person pays
//!   (fund `personal`) is no process, and an order that its supplier never knew of is none.
//! - The first release has the tags planning, tender (method `direct`), award and contract; award and contract are pending until the
//!   supplier confirms, by which the contract is made. Award and contract name every line, and the freight as an item of its own.
//! - Every later fact is a release: confirmation, the ends without delivery, acceptance (a milestone, and its amounts as metrics),
//!   returns and allowances (metrics), payments that count and refunds (transactions, a refund from supplier to payer), short
//!   closures, other prices and allowances of the freight (amendments). A payment that was deemed received and then denied is
//!   stated again with nothing. The contract is terminated when every line is closed and what was kept is paid, and active again
//!   when that is so no more.
//! - The budget is what the order held of its unit's year. What the unit reserved in that year is told from the day on after a
//!   finance bureau published it in a bulletin of units, never from a plan that was only approved here.
//! - Organisations are named as they were called at that moment, by credit code (`CN-USCC`). No person, address, phone, account,
//!   bank reference, reason or other free text is in a release.
//!
//! A release follows from the facts up to its own alone ([`content`]), so it is the same, byte for byte, whenever it is made.
//! `CN-USCC`, and the prefix `ocds-yigou0` unless another is configured, stand for what an installation registers with org-id.guide
//! and the Open Contracting Partnership.

pub mod content;
pub mod http;
pub mod json;
mod package;
mod queries;
pub(crate) mod schema;
mod store;
mod tables;

pub use package::Publisher;
pub use queries::{Plans, PublishedProcess, count, page, process};
pub use tables::{TABLES, rows as table_rows};
