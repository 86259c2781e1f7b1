//! Pure decisions of household linkage.

mod allocation;
mod claim;
mod identity;
mod recheck;

pub use allocation::*;
pub use claim::*;
pub use identity::*;
pub use recheck::*;
