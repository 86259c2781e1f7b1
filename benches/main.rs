//! Measurements; `./dev bench` runs them.

fn main() {}
