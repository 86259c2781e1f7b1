#![doc = include_str!("ARCHITECTURE.md")]
#![forbid(unsafe_code)]

pub mod kernel;
pub mod platform;

pub mod audit;
pub mod notifications;
pub mod regions;
pub mod rulebook;

pub mod classification;

pub mod identity;

pub mod documents;
pub mod ledger;

pub mod blacklist;

pub mod admission;
pub mod catalogue;
pub mod certification;
pub mod linkage;
pub mod quota;
pub mod units;

pub mod commitments;
pub mod donations;

pub mod approvals;
pub mod payees;

pub mod ordering;

pub mod giving;
pub mod venues;

pub mod imports;

pub mod agreements;
pub mod statements;

pub mod banking;
pub mod supervision;

pub mod anomalies;

pub mod reporting;
pub mod volumes;

pub mod bulletins;
pub mod opencontracting;
pub mod opendata;
pub mod planner;

pub mod demo;

pub mod app;
