//! The integration tests: one binary, the application in-process, each test on its own database.

#[macro_use]
mod support;

mod base;
mod contract;
mod jobs;
mod migrations;
mod people;
mod store;
