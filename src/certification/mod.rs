//! Certification (扶贫产品认定): a scheme's review chain that ends in a numbered certificate.
//!
//! Owns `certification_schemes`, `certification_scheme_editions`, `certification_applications`, `certification_submissions`,
//! `certification_assignments`, `certification_opinions`, `certification_evidence`, `certification_reviews`, `public_notices`,
//! `objections`, `certificate_counters`, `certificates`, `certificate_events`, `certificate_keys`, `catalogue_batch_heads`,
//! `catalogue_batches`, `catalogue_batch_rows`, `certificate_requirements`, `certificate_documents`,
//! `certificate_annulments`.
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
//! - A statement is worth as much as the installation's word at its moment: the keys that sign it serve nothing else, and none is
//!   ever withdrawn from the key set (a trigger refuses). Status list and dates say what has become of it since.
//! - What was asked for when an application was handed in is kept with it, and becomes what its certificate rests on. A document
//!   that ends suspends the certificate, whoever else suspended it; nothing is restored whose documents have ended.
//! - A certificate is annulled once, wherever it stands, by nobody who decided a step of its application; it is revoked with it.
//! - A certificate is in one published batch at most. Nothing published changes: no function, a trigger, a SHA-256 over the content.
//!
//! Two things are called batch. The *working batch* (`certificates.batch`, `NX-2021-03`) is given at issue, one a month, and is a
//! handle for the offices' daily work. A *published batch* (`catalogue_batches`, `NX-2021年第3批`) is what an office announces by a
//! numbered document: certificates of any working batches that are in force and were in no published batch before.

mod batch;
mod commands;
pub mod http;
mod page;
mod papers;
mod queries;
mod requirements;
mod rules;
pub(crate) mod schema;
mod scheme;
mod store;

pub use commands::{
    CERTIFICATE_ENDED, CERTIFICATE_RESTORED, CertificateEnded, CertificateRestored, NewAnnulment, NewBatch,
    NewDocument, NewEdition, NewEvidence, NewObjection, NewOpinion, NewReview, NewScheme, ObjectionRuling, Ruling,
    add_evidence, advance, advise, annul, assign, bring_document, date_edition, decide_objection, draft, end_bar,
    end_scheme, expire, file, file_objection, first_certificate_key, first_reminder, follow_documents, found_scheme,
    lift, lift_suspension, publish_batch, receive_objection, recompute_deadlines, remind, remind_objections, renew,
    renew_certificate_key, review, review_document, revoke, rotate_certificate_key, submit, suspend, verify_objection,
    withdraw,
};
pub use http::NewEvidenceRequest;
pub use page::{chinese, moment, paper_foot, paper_policy};
pub use papers::Papers;
pub use queries::{
    Annulment, ApplicationView, BatchDiffView, CatalogueBatchView, CertificateView, InForce, LeftBecause, LikePrice,
    NoticeView, ObjectionView, Recent, Standing, annulled_of, annulled_since, annulled_until, annulment_of,
    applications, applications_of_office, batch_diff, batches, certificate, certificate_in, certificates,
    certificates_in_force, ended_since, in_force_after, let_buyers_out, like_prices, notices, recent, standings,
    stood_on, verify_batches, wanted as wanted_applications,
};
pub use rules::{
    BeneficiaryClass, CarriedMark, CertificateStatus, CertificationDecision, CertificationState, Consequence, Doubt,
    Element, EndReason, EndedCertificate, Facts, KEY_NAMES, LinkageFacts, LinkageKind, LinkageProof, ObjectionDecision,
    PriceFacts, PriceProof, QualityFacts, QualityProof, RejectionReason, STATEMENT_KIND, STATUS_LIST_KIND, SchemeStep,
    SchemeTerms, StatedPlace, Statement, StatusList, StepKind, StepLevel, in_force,
};
pub use scheme::{Edition, Scheme, default_scheme, scheme_names, schemes_on, seed};
