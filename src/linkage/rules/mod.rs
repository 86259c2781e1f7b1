//! Pure decisions of household linkage.

mod claim;
mod identity;
mod recheck;

pub use claim::*;
pub use identity::*;
pub use recheck::*;
