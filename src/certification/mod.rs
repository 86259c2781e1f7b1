//! Certification (扶贫产品认定): a scheme's review chain that ends in a numbered certificate.
//!
//! Owns `certification_schemes`, `certification_applications`, `certification_submissions`, `certification_evidence`,
//! `certification_reviews`, `public_notices`, `objections`, `certificate_counters`, `certificates`, `certificate_events`.
//!
//! Invariants:
//! - A product has at most one open application under a scheme (a unique index says so too).
//! - Applications move as `rules::next` says, under the claim of their row; notices and objections change only under it.
//! - A step is decided by the office of its level and region; who submits never reviews, nobody reviews two steps.
//! - No step begins while the notice runs or an objection is open; what the notice showed is not replaced without a new one.
//! - Numbers have no gaps within a scheme and year. What ends a certificate withdraws its listings in the same transaction.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod scheme;
mod store;

pub use commands::{
    CERTIFICATE_ENDED, CertificateEnded, NewEvidence, NewObjection, NewReview, ObjectionRuling, Ruling, add_evidence,
    advance, decide_objection, draft, end_bar, expire, file_objection, lift_suspension, recompute_deadlines, renew,
    review, revoke, submit, suspend, withdraw,
};
pub use http::NewEvidenceRequest;
pub use queries::{
    ApplicationView, CertificateView, NoticeView, ObjectionView, applications, applications_of_office, certificate,
    ended_since, revoked_for_safety, wanted as wanted_applications,
};
pub use rules::{
    BeneficiaryClass, CarriedMark, CertificateStatus, CertificationDecision, CertificationState, Consequence, Element,
    EndReason, Facts, LinkageFacts, LinkageKind, ObjectionDecision, PriceFacts, PriceProof, QualityFacts, QualityProof,
    RejectionReason, StepLevel,
};
pub use scheme::{Scheme, default_scheme, schemes_on, seed};
