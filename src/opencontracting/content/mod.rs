//! What is published, as a pure function of facts: they become releases, and releases one compiled release. It sees the kernel alone,
//! and is no `rules` only because its types are what is written, and so know serde.

pub mod facts;
mod first;
mod fold;
pub mod model;

pub use fold::releases;

#[cfg(test)]
mod tests;
