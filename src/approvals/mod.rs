//! Chains of approvals (审批链): who approves which orders of a unit, and who does so in another's place (product.md §4).
//!
//! Owns `approval_chains` (append-only: a later edition holds from its day on) and `approval_delegations`. It knows units and
//! people, not orders: `ordering` asks at placement which steps an order needs, freezes them, and asks at each decision for
//! whom somebody may decide.
//!
//! - A chain belongs to the unit whose count an order is, whoever orders for it. Its managers and administrators enter it, or
//!   those of a unit above. It may name people of the unit and of units above it.
//! - The rule `approval_band_fen` binds orders of budget units whatever their chain says: from that amount on one manager of the
//!   unit approves at least, who did not order. 0 binds nobody.
//! - A delegation is for one organisation, for days, and goes no further: who decides for another decides by what that other
//!   may himself. Who has left, or has no role there that decides, gives nothing any more.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{NewChain, NewDelegation, delegate, end_delegation, enter};
pub use queries::{Needed, able, hats, lacking, needed};
pub use rules::{Approver, Band, Hat, Refusal, Step, Verdict, decider};
