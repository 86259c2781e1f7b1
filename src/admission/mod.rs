//! Supplier admission: a supplier applies, its county recommends, the platform decides; and agent traders' mandates.
//!
//! Owns `supplier_applications`, `supplier_decisions`, `mandates` and `mandate_products`.
//!
//! Invariants:
//! - A supplier has at most one application that is open or admitted (a unique index says so too).
//! - Who took one step takes no other; every refusal has a reason code; decisions are kept for ever.
//! - An agent trader sells a product only under its producer's mandate in force on the day.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    MANDATE_REVOKED, MandateRevoked, NewApplication, NewMandate, Verdict, apply, give_mandate, recommend, review,
    revoke_mandate,
};
pub use queries::{Metrics, applications, is_admitted, mandated, metrics};
pub use rules::{AdmissionDecision, AdmissionRefusalReason, AdmissionStep, SupplierApplicationStatus};
pub use store::admitted;
