//! Certification (扶贫产品认定): a scheme's review chain that ends in a numbered certificate.
//!
//! Owns `certification_schemes`, `certification_scheme_editions`, `certification_applications`, `certification_submissions`, `certification_assignments`, `certification_opinions`, `certification_evidence`,
//! `certification_reviews`, `public_notices`, `objections`, `certificate_counters`, `certificates`, `certificate_events`.
//!
//! Invariants:
//! - What a scheme asks is an edition, dated and never changed; an application keeps the one that it was first handed in under.
//! - A product has at most one open application under a scheme (a unique index says so too).
//! - Applications move as `rules::next` says, under the claim of their row; notices and objections change only under it.
//! - A step is decided by the office of its level and region; who submits never reviews, nobody reviews two steps.
//! - What was given to a reviewer is decided by nobody else; the queue is ordered by keys that do not change while something waits.
//! - No step begins while the notice runs or an objection is open; what the notice showed is not replaced without a new one.
//! - Numbers have no gaps within a scheme and year. What ends a certificate withdraws its listings in the same transaction.
//! - A suspension with a last day is lifted by the program on the day after; a new decision about it is the same or a higher office's.

mod commands;
pub mod http;
mod queries;
mod rules;
pub(crate) mod schema;
mod scheme;
mod store;

pub use commands::{
    CERTIFICATE_ENDED, CERTIFICATE_RESTORED, CertificateEnded, CertificateRestored, NewEdition, NewEvidence,
    NewObjection, NewOpinion, NewReview, NewScheme, ObjectionRuling, Ruling, add_evidence, advance, advise, assign,
    date_edition, decide_objection, draft, end_bar, end_scheme, expire, file, file_objection, found_scheme, lift,
    lift_suspension, recompute_deadlines, remind, renew, review, revoke, submit, suspend, withdraw,
};
pub use queries::{
    ApplicationView, CertificateView, NoticeView, ObjectionView, Standing, applications, applications_of_office,
    certificate, ended_since, revoked_for_safety, standings, wanted as wanted_applications,
};
pub use rules::{
    BeneficiaryClass, CarriedMark, CertificateStatus, CertificationDecision, CertificationState, Consequence, Element,
    EndReason, Facts, LinkageFacts, LinkageKind, ObjectionDecision, PriceFacts, PriceProof, QualityFacts, QualityProof,
    RejectionReason, StepLevel,
};
pub use scheme::{Edition, Scheme, default_scheme, seed};
