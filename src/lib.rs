#![doc = include_str!("ARCHITECTURE.md")]
#![forbid(unsafe_code)]

pub mod kernel;
pub mod platform;

pub mod admission;
pub mod audit;
pub mod catalogue;
pub mod certification;
pub mod demo;
pub mod documents;
pub mod identity;
pub mod ledger;
pub mod notifications;
pub mod ordering;
pub mod quota;
pub mod regions;
pub mod reporting;
pub mod rulebook;

pub mod app;
