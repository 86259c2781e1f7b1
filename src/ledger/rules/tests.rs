//! Table tests and a naive model of the rules.
