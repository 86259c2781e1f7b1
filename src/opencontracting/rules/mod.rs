//! Pure rules of open contracting data: facts become releases, releases one compiled release.

pub mod facts;
mod first;
mod fold;
pub mod model;

pub use fold::releases;

#[cfg(test)]
mod tests;
