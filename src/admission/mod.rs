//! Supplier admission: a supplier applies, its county recommends, the platform decides; and agent traders' mandates.
//!
//! Owns `supplier_applications`, `supplier_decisions`, `mandates` and `mandate_products`.
//!
//! Invariants:
//! - A supplier has at most one application that is open or admitted (a unique index says so too).
//! - What the platform fills in for a supplier is a draft, which only the supplier submits.
//! - Who took one step takes no other; every refusal has a reason code; decisions are kept for ever.
//! - An agent trader sells a product only under its producer's mandate in force on the day, and only while that producer may
//!   sell itself.
//! - With an admission its mandates end, its listings are withdrawn and its unanswered orders stopped; what was confirmed goes
//!   on. A suspension by the operator only pauses all of that.

mod commands;
pub mod http;
mod queries;
pub(crate) mod rules;
pub(crate) mod schema;
mod store;

pub use commands::{
    ADMISSION_ENDED, AdmissionEnded, MANDATE_REVOKED, MandateRevoked, NewApplication, NewMandate, Verdict, apply,
    draft, end, give_mandate, recommend, review, revoke_mandate,
};
pub use http::ApplyForAdmissionRequest;
pub use queries::{
    Metrics, SupplierApplicationView, admitted_by, admitted_in, application, applications, ended_since, is_admitted,
    mandated, metrics,
};
pub use rules::{AdmissionDecision, AdmissionRefusalReason, AdmissionStep, SupplierApplicationStatus};
pub use store::{Admitted, admitted, keep_admitted, mandate_stands};
