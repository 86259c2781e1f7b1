//! Adapters without business words: database, HTTP, jobs, mail, files, secrets, clock and id sources.

pub mod chart;
pub mod clock;
pub mod config;
pub mod db;
pub mod files;
pub mod http;
pub mod idempotency;
pub mod installation;
pub mod jobs;
pub mod jws;
pub mod mail;
pub mod networks;
pub mod password;
pub mod qr;
pub mod secret;
pub mod sheet;
pub mod telemetry;
pub mod token;
pub mod workbook;
