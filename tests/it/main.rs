//! The integration tests: one binary, the application in-process, each test on its own database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[macro_use]
mod support;

mod admission;
mod admission_figures;
mod agreements;
mod anomalies;
mod approvals;
mod attacks;
mod bad_input;
mod banking;
mod base;
mod blacklist;
mod bulletins;
mod catalogue;
mod ceilings;
mod certification;
mod console;
mod contract;
mod counting;
mod deadlines;
mod demo;
mod documents;
mod donations;
mod floors;
mod front;
mod golden;
mod halal;
mod identity;
mod identity_ends;
mod identity_tokens;
mod identity_tree;
mod imports;
mod invoices;
mod jobs;
mod jobs_apart;
mod keys_of_requests;
mod late_entries;
mod ledger;
mod linkage;
mod listings;
mod migrations;
mod money_reports;
mod named_faults;
mod openings;
mod ordering;
mod payees;
mod payment_clock;
mod payments;
mod people;
mod planner;
mod program;
mod quota;
mod readme;
mod reconciliation;
mod regions;
mod reporting;
mod rulebook;
mod shutdown;
mod statements;
mod store;
mod supervision;
mod units;
mod volumes;
